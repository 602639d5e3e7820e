"""Ray-cast pictures of solids on a table, to try perception without a simulator."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from neuralbrain.arm.catalogue import COLORS, SHAPES
from neuralbrain.envs.tabletop.shapes import tray_parts
from neuralbrain.messages import CameraFrame

FIXED = ((1.15, 0.0, 0.75), (0.48, 0.0, 0.0))
"""Eye and target of a camera that looks back at the robot."""
ABOVE = ((0.50, 0.01, 0.50), (0.50, 0.0, 0.0))
"""Eye and target of a camera that looks straight down."""
GREY = (0.6, 0.6, 0.6)


@dataclass(frozen=True)
class Solid:
    """An object in the picture: centre, m; yaw, rad; extents, m; "cuboid", "cylinder" or "ball"."""

    center: tuple[float, float, float]
    size: tuple[float, float, float]
    color: tuple[float, float, float] = GREY
    yaw: float = 0.0
    form: str = "cuboid"


def obj(
    category: str, color: str, x: float, y: float, yaw: float = 0.0, base: float = 0.0, out: float = 0.0
) -> list[Solid]:
    """Return the solids of one object of the catalogue that stands at a height; a drawer is so far out, m."""
    shape = SHAPES[category]
    rgb = COLORS[color]
    height = shape.size[2]
    if category == "bowl":
        radius, wall = shape.size[0] / 2, shape.wall
        apothem = radius
        side = 2 * radius * np.tan(np.pi / 8)
        walls = []
        for k in range(8):
            angle = yaw + k * np.pi / 4
            inward = apothem - wall / 2
            center = (x + inward * np.cos(angle), y + inward * np.sin(angle), base + height / 2)
            walls.append(Solid(center, (wall, side, height), rgb, angle))
        floor = Solid((x, y, base + wall / 2), (2 * apothem, 2 * apothem, wall), rgb, yaw, "cylinder")
        return [floor, *walls]
    if category == "drawer":
        deep, wide = shape.size[:2]
        cabinet = [
            (GREY, (0.0, (wide - shape.wall) / 2, height / 2), (deep, shape.wall, height)),
            (GREY, (0.0, (shape.wall - wide) / 2, height / 2), (deep, shape.wall, height)),
            (GREY, ((shape.wall - deep) / 2, 0.0, height / 2), (shape.wall, wide, height)),
            (GREY, (0.0, 0.0, height - shape.wall / 2), (deep, wide, shape.wall)),
        ]
        tray = [(rgb, (a + out, b, c), (2 * i, 2 * j, 2 * k)) for (i, j, k), (a, b, c), _ in tray_parts()]
        cos, sin = np.cos(yaw), np.sin(yaw)
        return [
            Solid((x + cos * a - sin * b, y + sin * a + cos * b, base + c), size, rgb, yaw)
            for rgb, (a, b, c), size in [*cabinet, *tray]
        ]
    form = category if category in ("cylinder", "ball") else "cuboid"
    return [Solid((x, y, base + height / 2), shape.size, rgb, yaw, form)]


def block(color: str, x: float, y: float, yaw: float = 0.0, base: float = 0.0) -> list[Solid]:
    return obj("block", color, x, y, yaw, base)


def beside(x: float, y: float, angle: float, away: float = 0.1) -> Any:
    """Return eye and target of a camera that looks down at a spot from 0.5 m above and somewhat beside it."""
    return (x + away * np.cos(angle), y + away * np.sin(angle), 0.5), (x, y, 0.0)


def camera_pose(eye: tuple[float, float, float], target: tuple[float, float, float]) -> Any:
    """Return the 4 x 4 pose of a camera at `eye` that looks at `target` with the world's z up."""
    forward = np.subtract(target, eye)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = right, np.cross(forward, right), forward, eye
    return pose


def picture(
    solids: list[Solid],
    camera: tuple[tuple[float, float, float], tuple[float, float, float]] = FIXED,
    rows: int = 240,
    columns: int = 320,
    focal: float = 290.0,
    noise: float = 0.0,
    seed: int = 0,
    **fields: Any,
) -> CameraFrame:
    """Return what a camera sees of solids on an endless grey table; `fields` replace those of the message.

    `noise` is the depth's standard deviation, m.
    """
    eye, target = camera
    pose = camera_pose(eye, target)
    intrinsics = np.array([focal, focal, (columns - 1) / 2, (rows - 1) / 2])
    rays = _grid(rows, columns, focal) @ pose[:3, :3].T
    depth = np.where(rays[:, 2] < -0.05, -eye[2] / np.minimum(rays[:, 2], -0.05), np.inf)
    rgb = np.tile(_shaded(GREY, np.array([[0.0, 0.0, 1.0]])), (len(rays), 1))
    length = np.einsum("ij,ij->i", rays, rays)
    for solid in solids:
        toward = np.subtract(solid.center, eye)
        along = rays @ toward
        # The rays that pass it within half its diagonal; most do not.
        near = np.flatnonzero((toward @ toward - np.dot(solid.size, solid.size) / 4) * length < along**2)
        hit, facing = _hit(solid, np.asarray(eye), rays[near])
        nearer = hit < depth[near]
        first = near[nearer]
        depth[first], rgb[first] = hit[nearer], _shaded(solid.color, facing[nearer])
    depth[~np.isfinite(depth)] = 0.0
    if noise:
        depth += np.where(depth > 0, np.random.default_rng(seed).normal(0, noise, len(depth)), 0.0)
    content: dict[str, Any] = {
        "tick": 7,
        "source": "brainstem",
        "camera": "fixed",
        "request": "r1",
        "rgb": rgb.reshape(rows, columns, 3),
        "depth": depth.astype(np.float32).reshape(rows, columns),
        "intrinsics": intrinsics,
        "pose": pose,
    }
    return CameraFrame(**(content | fields))


def bare_table(**fields: Any) -> CameraFrame:
    """Return a small picture of the table alone."""
    return picture([], rows=60, columns=80, focal=70.0, **fields)


@cache
def _grid(rows: int, columns: int, focal: float) -> Any:
    """Return where each pixel's ray goes in the camera's frame, for one metre of depth."""
    across = (np.arange(columns) - (columns - 1) / 2) / focal
    down = (np.arange(rows) - (rows - 1) / 2) / focal
    return np.stack([*np.meshgrid(across, down), np.ones((rows, columns))], axis=-1).reshape(-1, 3)


def _shaded(color: tuple[float, float, float], normal: Any) -> Any:
    """Return the pixels of a surface with these normals."""
    light = np.clip(normal @ np.array([0.3, 0.4, 0.87]), 0, 1)
    return np.rint(np.multiply(color, (0.55 + 0.45 * light)[:, None]) * 255).astype(np.uint8)


def _hit(solid: Solid, eye: Any, rays: Any) -> tuple[Any, Any]:
    """Return the distance along each ray to the solid, infinite where missed, and the normal there."""
    c, s = np.cos(solid.yaw), np.sin(solid.yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    start, along = (eye - solid.center) @ turn, rays @ turn
    half = np.array(solid.size) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        if solid.form == "ball":
            b, a = along @ start, np.einsum("ij,ij->i", along, along)
            root = b * b - a * (start @ start - half[0] ** 2)
            hit = np.where(root > 0, (-b - np.sqrt(root)) / a, np.inf)
            local = (start + hit[:, None] * along) / half[0]
        else:
            one, two = (-half - start) / along, (half - start) / along
            near, far = np.minimum(one, two), np.maximum(one, two)
            if solid.form == "cylinder":
                a = along[:, 0] ** 2 + along[:, 1] ** 2
                b = along[:, 0] * start[0] + along[:, 1] * start[1]
                root = np.sqrt(b * b - a * (start[0] ** 2 + start[1] ** 2 - half[0] ** 2))
                near[:, 0], far[:, 0] = (-b - root) / a, (-b + root) / a
                near, far = near[:, [0, 2]], far[:, [0, 2]]
            hit = np.where(near.max(axis=1) < far.min(axis=1), near.max(axis=1), np.inf)
            place = start + hit[:, None] * along
            local = np.zeros_like(place)
            axis = near.argmax(axis=1)
            if solid.form == "cylinder":
                local[axis == 0, :2] = place[axis == 0, :2] / half[0]
                local[axis == 1, 2] = np.sign(place[axis == 1, 2])
            else:
                local[np.arange(len(place)), axis] = np.sign(place[np.arange(len(place)), axis])
    hit = np.where(hit > 0, hit, np.inf)
    return hit, np.where(np.isfinite(hit)[:, None], local, 0.0) @ turn.T
