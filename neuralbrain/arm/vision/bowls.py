"""Finding bowls by their rims, so that what lies in a bowl of its own colour is still told apart."""

from dataclasses import dataclass
from math import cos, log, pi, tan

import numpy as np

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.vision.geometry import Floats, Mask
from neuralbrain.portable import directions, product, solve, units

SHAPE = SHAPES["bowl"]
RADIUS = SHAPE.size[0] / 2
"""Outer radius, m."""
HEIGHT = SHAPE.size[2]
_RIM = (RADIUS - SHAPE.wall / 2) * (8 / pi) * log(tan(pi / 4 + pi / 16))
"""Mean radius of the middle of the rim, m: the mean of a / cos(t) over an eighth of a turn, a its apothem."""
_CELL = 0.005
_CIRCLE = _RIM * units(np.arange(72) * (2 * pi / 72))


@dataclass(frozen=True)
class Ring:
    """A rim that was found.

    Attributes:
        center: x and y, m, shape (2,).
        coverage: Share of its circle on which rim points are seen, 0 to 1.
    """

    center: Floats
    coverage: float

    def radius_of(self, points: Floats) -> Floats:
        """Return the distance of points from its axis, m, shape (n,)."""
        radius: Floats = np.hypot(points[:, 0] - self.center[0], points[:, 1] - self.center[1])
        return radius


def find_ring(points: Floats, eye: Floats, tolerance: float, min_coverage: float) -> Ring | None:
    """Find the rim of a bowl among points of one colour.

    Each point at rim height votes for all centres one rim radius away (Hough transform); the winner is
    refined by least squares.

    Args:
        points: Points that may belong to the bowl, world frame, m, shape (n, 3).
        eye: Position of the camera, m, shape (3,).
        tolerance: How far a point may be from the rim to count as its own, m.
        min_coverage: Least share of the circle that must be seen, 0 to 1.
    """
    rim = points[np.abs(points[:, 2] - HEIGHT) < tolerance]
    if len(rim) < 12 or max(np.ptp(rim[:, :2], axis=0)) < RADIUS:
        return None
    center = _vote(rim[:, :2])
    # Lower down, near and far walls show different sides.
    edge = rim[:, 2] > HEIGHT - tolerance / 4
    rim = rim[edge] if edge.sum() > 12 else rim
    # Where the rays meet the height of the rim, the noise of the depth does not matter.
    rim = eye[:2] + (rim[:, :2] - eye[:2]) * ((HEIGHT - eye[2]) / (rim[:, 2:] - eye[2]))
    for reach in (3 * tolerance, 1.5 * tolerance, tolerance):
        offset = rim - center
        radius = np.hypot(offset[:, 0], offset[:, 1])
        own = np.abs(radius - _RIM) < reach
        if own.sum() < 12:
            return None
        outward = offset[own] / radius[own, None]
        # Every sector of the circle counts alike, however many pixels show it.
        sector = np.floor(directions(outward) / (2 * pi) * 36).astype(int) % 36
        weight = 1.0 / np.bincount(sector, minlength=36)[sector]
        weighted = outward * weight[:, None]
        # The damping is for points that all lie on one side.
        normal = product(weighted.T, outward) + 1e-9 * np.eye(2)
        center = center + solve(normal, product(radius[own] - _RIM, weighted))
    coverage = len(np.unique(sector)) / 36
    ring = Ring(center, coverage)
    # A rim has nothing above it: this tells it from the edge of something higher, like a box.
    higher = (points[:, 2] > HEIGHT + tolerance) & (np.abs(ring.radius_of(points) - _RIM) < tolerance)
    return ring if coverage >= min_coverage and higher.sum() < own.sum() / 4 else None


def _vote(rim: Floats) -> Floats:
    """Return the centre of the circle of rim radius that most points lie on, to one cell."""
    low = rim.min(axis=0) - RADIUS - _CELL
    cells = np.ceil((rim.max(axis=0) + RADIUS + _CELL - low) / _CELL).astype(int) + 1
    chosen = rim[:: max(1, len(rim) // 300)]
    index = np.rint((chosen[:, None, :] + _CIRCLE - low) / _CELL).astype(int)
    votes = np.bincount((index[..., 0] * cells[1] + index[..., 1]).ravel(), minlength=cells[0] * cells[1])
    field = votes.reshape(cells).astype(np.float64)
    smooth = np.zeros_like(field)
    smooth[1:-1, 1:-1] = sum(
        field[1 + i : cells[0] - 1 + i, 1 + j : cells[1] - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)
    )
    best = np.unravel_index(int(np.argmax(smooth)), field.shape)
    center: Floats = low + np.array(best) * _CELL
    return center


def shell(ring: Ring, points: Floats, slack: float) -> Mask:
    """Return which points belong to the bowl itself: its walls, rim and floor, not what lies in it.

    Args:
        ring: The bowl.
        points: World frame, m, shape (n, 3).
        slack: How far the depth may be off, m.
    """
    radius = ring.radius_of(points)
    inner = RADIUS - SHAPE.wall
    low = points[:, 2] < HEIGHT + slack
    wall = (radius > inner - slack) & (radius < RADIUS / cos(pi / 8) + slack)
    floor = (radius <= inner - slack) & (points[:, 2] < 0.008 + SHAPE.wall + slack)
    own: Mask = low & (wall | floor)
    return own
