"""Does a picture confirm that an object stands where it is believed to be?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.vision.bowls import HEIGHT, RADIUS, SHAPE
from neuralbrain.arm.vision.geometry import Floats, View, turn
from neuralbrain.portable import gram, length, lengths, product, units

_CIRCLE = units(np.arange(24) * (2 * np.pi / 24))


def _unit_cube() -> tuple[Floats, Floats]:
    """Return 5 x 5 points on each face of the cube from -1 to 1, off its edges, and their normals."""
    grid = np.linspace(-0.8, 0.8, 5)
    first, second = (values.ravel() for values in np.meshgrid(grid, grid))
    points, normals = np.zeros((6, 25, 3)), np.zeros((6, 25, 3))
    for face in range(6):
        axis, side = face // 2, (-1.0, 1.0)[face % 2]
        points[face, :, axis] = normals[face, :, axis] = side
        points[face, :, (axis + 1) % 3], points[face, :, (axis + 2) % 3] = first, second
    return points.reshape(-1, 3), normals.reshape(-1, 3)


def _unit_drum() -> tuple[Floats, Floats]:
    """Return points on the side and top of the upright cylinder from -1 to 1, and their normals."""
    heights = np.linspace(-0.8, 0.8, 5)
    side = np.column_stack([np.tile(_CIRCLE, (5, 1)), np.repeat(heights, 24)])
    top = np.column_stack([np.concatenate([_CIRCLE * 0.4, _CIRCLE * 0.8]), np.ones(48)])
    return np.concatenate([side, top]), np.concatenate([side * [1, 1, 0], np.tile([0, 0, 1], (48, 1))])


_CUBE, _CUBE_NORMALS = _unit_cube()
_DRUM, _DRUM_NORMALS = _unit_drum()
_SPHERE = _CUBE / lengths(_CUBE)[:, None]


@dataclass(frozen=True)
class Evidence:
    """What became of the points at which an object's surface was expected; the shares add up to 1.

    Attributes:
        seen: A surface of the object's colour is there.
        through: The camera looks through the place: nothing is there.
        other: A surface of another colour is there.
        hidden: Something nearer covers the place, or it could not be ranged.
        outside: The place is outside the picture.
    """

    seen: float
    through: float
    other: float
    hidden: float
    outside: float

    @property
    def gone(self) -> bool:
        """Whether the picture shows that the object is not there."""
        against = self.through + self.other
        return against > 0.25 and against > 1.5 * self.seen


def examine(view: View, labels: NDArray[np.int8], label: int, points: Floats, tolerance: float) -> Evidence:
    """Compare a picture with points at which a surface of one colour is expected.

    Args:
        view: The picture.
        labels: Its colour labels.
        label: The colour.
        points: World frame, m, shape (n, 3); n at least 1.
        tolerance: How far the depth may be off, m.
    """
    pixels, expected = view.project(points)
    measured, _ = view.sample_depth(points)
    rows, columns = view.shape
    nearest = np.rint(pixels).astype(np.int64)
    inside = (
        (expected > 0)
        & (nearest[:, 0] >= 0)
        & (nearest[:, 0] < columns)
        & (nearest[:, 1] >= 0)
        & (nearest[:, 1] < rows)
    )
    found = np.full(len(points), -2)
    found[inside] = labels[nearest[inside, 1], nearest[inside, 0]]
    through = measured > expected + tolerance
    there = np.abs(measured - expected) <= tolerance
    shares = np.array(
        [
            np.count_nonzero(there & (found == label)),
            np.count_nonzero(through),
            np.count_nonzero(there & (found != label)),
            0,
            np.count_nonzero(~inside),
        ]
    ) / len(points)
    shares[3] = 1.0 - shares.sum()
    return Evidence(*(float(share) for share in shares))


def surface(category: str, center: Floats, size: Floats, yaw: float, eye: Floats) -> Floats:
    """Return points spread over what a camera sees of an object that nothing hides, m, shape (n, 3).

    Args:
        category: Of the catalogue; "bowl" gives the rim, what has no form of its own a cuboid.
        center: World frame, m, shape (3,).
        size: Extents, m, shape (3,).
        yaw: rad.
        eye: Position of the camera, m, shape (3,).
    """
    if category == "bowl":
        rim = np.column_stack([_CIRCLE * (RADIUS - SHAPE.wall / 2), np.full(len(_CIRCLE), HEIGHT - 0.001)])
        rim[:, :2] += center[:2]
        return rim
    if category == "ball":
        points, normals = _SPHERE * size[0] / 2, _SPHERE
    elif category == "cylinder":
        points, normals = _DRUM * size / 2, _DRUM_NORMALS
    else:
        faces = slice(-25, None) if category == "zone" else slice(None)  # of a flat object the top alone
        points, normals = _CUBE[faces] * size / 2, _CUBE_NORMALS[faces]
    rotation = np.eye(3)
    rotation[:2, :2] = turn(yaw)
    points, normals = gram(points, rotation) + center, gram(normals, rotation)
    toward = eye - points
    # Grazing views are left out: there a pixel's rounding decides what is seen.
    facing = np.einsum("ij,ij->i", normals, toward) > 0.2 * lengths(toward)
    result: Floats = points[facing] if facing.any() else center[None, :].copy()
    return result


def expected_pixels(view: View, center: Floats, size: Floats, yaw: float) -> float:
    """Return how many pixels an upright cuboid covers if nothing hides it, to first order."""
    rotation = np.eye(3)
    rotation[:2, :2] = turn(yaw)
    offset = view.eye - center
    distance = length(offset)
    slant = np.abs(product(offset / distance, rotation))
    area = (slant * [size[1] * size[2], size[0] * size[2], size[0] * size[1]]).sum()
    axial = float(product(center - view.eye, view.frame.pose[:3, 2]))
    fx, fy = view.frame.intrinsics[:2]
    near = max(axial, 1e-3)
    return float(fx * fy * area * distance / (near * near * near))
