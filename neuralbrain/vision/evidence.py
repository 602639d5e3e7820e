"""Does a picture bear out that a thing stands where it is believed to be?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralbrain.vision.bowls import HEIGHT, RADIUS
from neuralbrain.vision.geometry import Floats, View, turn

_GRID = np.linspace(-0.8, 0.8, 5)
_RIM_ANGLES = np.arange(24) * (2 * np.pi / 24)


@dataclass(frozen=True)
class Evidence:
    """What became of the points at which a thing's surface was expected; the shares add up to 1.

    Attributes:
        seen: A surface of the thing's colour is there.
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
        """Whether the picture shows that the thing is not there."""
        watched = self.seen + self.through + self.other
        return watched > 0.15 and self.through + self.other > 0.6 * watched


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


def cuboid_surface(center: Floats, size: Floats, yaw: float, eye: Floats) -> Floats:
    """Return a grid of points on the faces of an upright cuboid that face the camera, m, shape (n, 3)."""
    half = size / 2
    rotation = np.eye(3)
    rotation[:2, :2] = turn(yaw)
    viewer = (eye - center) @ rotation
    first, second = (grid.ravel() for grid in np.meshgrid(_GRID, _GRID))
    faces = []
    for axis in range(3):
        side = 1.0 if viewer[axis] > 0 else -1.0
        if side * viewer[axis] <= half[axis]:
            continue
        one, two = [i for i in range(3) if i != axis]
        face = np.empty((len(first), 3))
        face[:, axis] = side * half[axis]
        face[:, one], face[:, two] = first * half[one], second * half[two]
        faces.append(face)
    if not faces:  # the camera is inside
        return center[None, :].copy()
    points: Floats = np.concatenate(faces) @ rotation.T + center
    return points


def rim_points(center: Floats) -> Floats:
    """Return points on the middle of the rim of a bowl about x, y, m, shape (24, 3)."""
    middle = RADIUS - 0.005
    circle = np.stack([np.cos(_RIM_ANGLES), np.sin(_RIM_ANGLES)], axis=1) * middle + center[:2]
    return np.column_stack([circle, np.full(len(circle), HEIGHT - 0.001)])


def expected_pixels(view: View, center: Floats, size: Floats, yaw: float) -> float:
    """Return how many pixels an upright cuboid covers if nothing hides it, to first order."""
    rotation = np.eye(3)
    rotation[:2, :2] = turn(yaw)
    offset = view.eye - center
    distance = float(np.linalg.norm(offset))
    slant = np.abs(offset / distance @ rotation)
    area = slant @ np.array([size[1] * size[2], size[0] * size[2], size[0] * size[1]])
    axial = float((center - view.eye) @ view.frame.pose[:3, 2])
    fx, fy = view.frame.intrinsics[:2]
    return float(fx * fy * area * distance / max(axial, 1e-3) ** 3)
