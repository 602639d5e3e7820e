"""What is drawn into pictures for people: the directions of sentences, and what a brain made of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import atan2, cos, hypot, pi, sin
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuralbrain.messages import CameraFrame, Scene, SceneObject

RADIUS, MARGIN = 0.085, (0.27, 0.19)
"""Of the arrows: how long they are, and how far their middle is from the left and lower edge; shares of the
picture's height."""
HEAD, LETTER = 6.0, 6.0
"""Length of an arrow's head, and how wide a letter of its word is, about; pixels."""
STEP = 0.02
"""Over so short a way a direction is straight in a picture, m."""
NEAREST = 0.02
"""What is nearer to the camera than this is not drawn, m."""

Point = tuple[float, float]
"""Column and row, as shares of a picture's width and height."""


@dataclass(frozen=True)
class Arrow:
    """A direction drawn into a picture, with the word that a person may use for it.

    Attributes:
        word: Like "left".
        start: Where it begins: column and row, as shares of width and height.
        end: Where it points.
    """

    word: str
    start: Point
    end: Point

    def lines(self, width: float, height: float) -> list[tuple[Point, Point]]:
        """Return the ends of its lines, shaft and head, in a picture of that size, pixels."""
        (x1, y1), (x2, y2) = ((x * width, y * height) for x, y in (self.start, self.end))
        back = atan2(y1 - y2, x1 - x2)
        sides = ((x2 + HEAD * cos(back + turn), y2 + HEAD * sin(back + turn)) for turn in (-pi / 7, pi / 7))
        return [((x1, y1), (x2, y2)), *((side, (x2, y2)) for side in sides)]

    def word_at(self, width: float, height: float) -> Point:
        """Return where the word's middle stands, pixels: beyond the end, and inside the picture."""
        x, y = self.end[0] * width, self.end[1] * height
        across, down = x - self.start[0] * width, y - self.start[1] * height
        half = LETTER * len(self.word) / 2
        far = (half + LETTER if abs(across) > abs(down) else 1.8 * LETTER) / (hypot(across, down) or 1.0)
        x, y = x + far * across, y + far * down
        return min(max(x, half + 2), width - half - 2), min(max(y, LETTER), height - LETTER)


@dataclass(frozen=True)
class Sight:
    """What a person sees of a world while a brain acts in it: from where left is their left.

    Attributes:
        rgb: Height x width x 3.
        arrows: The directions.
    """

    rgb: NDArray[np.uint8]
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True)
class Outline:
    """An object's box in a picture.

    Attributes:
        name: What it is.
        edges: The ends of its lines.
    """

    name: str
    edges: tuple[tuple[Point, Point], ...]

    @property
    def top(self) -> Point:
        """Where the name can stand: above the middle of what is inside the picture."""
        columns, rows = zip(*(end for edge in self.edges for end in edge), strict=True)
        left, right = (min(max(bound(columns), 0.0), 1.0) for bound in (min, max))
        return (left + right) / 2, max(min(rows), 0.0)


class Taken(Protocol):
    """A picture, and where its camera was; see `neuralbrain.messages.CameraFrame`."""

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """Height x width x 3."""

    @property
    def intrinsics(self) -> NDArray[np.float64]:
        """fx, fy, cx, cy, pixels."""

    @property
    def pose(self) -> NDArray[np.float64]:
        """4 x 4, from the camera to the world, m."""


def compass(picture: Taken, directions: Mapping[str, Point]) -> tuple[Arrow, ...]:
    """Return the directions as arrows in a corner of a picture, as they run in its middle.

    Args:
        picture: It, and where its camera was in the frame of the directions.
        directions: Word -> x and y of a direction along the ground.
    """
    height, width = picture.rgb.shape[:2]
    pose, (fx, fy, cx, cy) = picture.pose, picture.intrinsics.tolist()
    ahead = ((width / 2 - cx) / fx, (height / 2 - cy) / fy, 1.0)
    ray, eye = (pose[:3, :3] * ahead).sum(axis=1).tolist(), pose[:3, 3].tolist()
    far = -eye[2] / ray[2] if eye[2] * ray[2] < 0 else 1.0  # to the ground, if it looks there
    x, y, z = (eye[i] + far * ray[i] for i in range(3))
    middle = _seen(picture, pose, (x, y, z))
    shares: dict[str, Point] = {}
    for word, (dx, dy) in directions.items():
        tip = _seen(picture, pose, (x + STEP * far * dx, y + STEP * far * dy, z))
        if middle is not None and tip is not None:
            shares[word] = ((tip[0] - middle[0]) * width / height, tip[1] - middle[1])  # of the height
    longest = max((hypot(*share) for share in shares.values()), default=0.0)
    if longest == 0.0:
        return ()
    start = (MARGIN[0], 1 - MARGIN[1])
    ends = {
        word: (start[0] + across * RADIUS / longest, start[1] + down * RADIUS / longest)
        for word, (across, down) in shares.items()
    }
    shape = height / width
    return tuple(Arrow(word, (start[0] * shape, start[1]), (x * shape, y)) for word, (x, y) in ends.items())


def outlines(frame: CameraFrame, scene: Scene) -> list[Outline]:
    """Return the boxes of what a brain saw in a picture, where it believes them to be.

    Args:
        frame: The picture.
        scene: What the brain made of it. If its own body is among the objects, the camera's pose is relative
            to that (`neuralbrain.messages.CameraFrame`).
    """
    pose = frame.pose
    for body in scene.objects:
        if body.is_body:
            pose = _carried(body, pose)
    return [
        Outline(obj.id.replace("_", " "), edges)
        for obj in scene.seen
        if obj.seen_tick == scene.frame_tick and (edges := _edges(frame, pose, obj))
    ]


def _edges(frame: CameraFrame, pose: Any, obj: SceneObject) -> tuple[tuple[Point, Point], ...]:
    """Return the edges of an object's box; none if it is not before the camera, or outside the picture."""
    c, s = cos(obj.yaw), sin(obj.yaw)
    corners: dict[tuple[int, ...], Point] = {}
    for signs in product((-1, 1), repeat=3):
        x, y, z = (sign * size / 2 for sign, size in zip(signs, obj.size, strict=True))
        px, py, pz = obj.position
        seen = _seen(frame, pose, (px + c * x - s * y, py + s * x + c * y, pz + z))
        if seen is None:
            return ()
        corners[signs] = seen
    if not any(0 <= x <= 1 and 0 <= y <= 1 for x, y in corners.values()):
        return ()
    return tuple(
        (corners[a], corners[b])
        for a, b in product(corners, repeat=2)
        if a < b and sum(i != j for i, j in zip(a, b, strict=True)) == 1
    )


def _carried(body: SceneObject, pose: Any) -> NDArray[np.float64]:
    """Return a pose in the frame in which a body is, of one that is relative to the body."""
    c, s = cos(body.yaw), sin(body.yaw)
    turned = np.array(pose, dtype=np.float64)
    turned[0], turned[1] = c * pose[0] - s * pose[1], s * pose[0] + c * pose[1]
    turned[:3, 3] += body.position
    return turned


def _seen(picture: Taken, pose: Any, point: tuple[float, float, float]) -> Point | None:
    """Return where a point is in a picture; None if it is not before the camera."""
    height, width = picture.rgb.shape[:2]
    right, down, ahead = ((np.array(point) - pose[:3, 3]) * pose[:3, :3].T).sum(axis=1).tolist()
    if ahead < NEAREST:
        return None
    fx, fy, cx, cy = picture.intrinsics.tolist()
    return (cx + fx * right / ahead) / width, (cy + fy * down / ahead) / height
