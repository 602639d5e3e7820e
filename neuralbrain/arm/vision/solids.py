"""Fitting upright solids of known size to points on their surface.

A solid's signed distance function tells how far a point is from its surface. The fit moves and turns the
solid until the points lie on it: Gauss-Newton on the distances with Huber weights, from the best of a few
starts. Where only some faces are seen the known size tells where the others are.
"""

from dataclasses import dataclass

import numpy as np

from neuralbrain.arm.vision.geometry import Floats, Mask, turn, wrap
from neuralbrain.portable import gram, length, lengths, product, solve

OUTLIER = 0.004
"""Distance at which the Huber weight begins to fall, m: a few times the depth noise."""
WORST = 0.010
"""What one stray point can cost at most, m."""

_YAWS = np.arange(12) * (np.pi / 24)
_AXES = [turn(yaw) for yaw in _YAWS]


@dataclass(frozen=True)
class Fit:
    """Where a solid was found.

    Attributes:
        center: World frame, m, shape (3,).
        yaw: rad; 0 for solids of revolution.
        error: Mean distance of the points from its surface, each at most `WORST`, m.
    """

    center: Floats
    yaw: float
    error: float


def cuboid_distance(points: Floats, center: Floats, yaw: float, half: Floats) -> tuple[Floats, Floats]:
    """Return signed distance, m, shape (n,), and its gradient in the solid's own axes, shape (n, 3).

    Args:
        points: World frame, m, shape (n, 3).
        center: World frame, m, shape (3,).
        yaw: rad.
        half: Half of each extent, m, shape (3,).
    """
    local = points - center
    local[:, :2] = product(local[:, :2], turn(yaw))
    side = np.where(local < 0, -1.0, 1.0)
    beyond = np.abs(local) - half
    outside = np.maximum(beyond, 0.0)
    far = lengths(outside)
    nearest = np.argmax(beyond, axis=1)
    within = far == 0
    distance = np.where(within, beyond[np.arange(len(beyond)), nearest], far)
    gradient = outside / np.where(within, 1.0, far)[:, None]
    gradient[within, nearest[within]] = 1.0
    return distance, gradient * side


def cylinder_distance(points: Floats, center: Floats, radius: float, height: float) -> Floats:
    """Return the signed distance, m, shape (n,), of points from an upright cylinder about ``center``."""
    across = np.hypot(points[:, 0] - center[0], points[:, 1] - center[1]) - radius
    up = np.abs(points[:, 2] - center[2]) - height / 2
    outside = np.hypot(np.maximum(across, 0.0), np.maximum(up, 0.0))
    distance: Floats = np.where(outside > 0, outside, np.maximum(across, up))
    return distance


def error_of(distance: Floats) -> float:
    """Return the mean distance from the surface, each counted as `WORST` at most, m."""
    return float(np.minimum(np.abs(distance), WORST).mean())


def _huber(distance: Floats) -> Floats:
    """Return Huber's weights."""
    return OUTLIER / np.maximum(np.abs(distance), OUTLIER)


def fit_cuboid(
    points: Floats, cut: Mask, size: Floats, top: float, eye: Floats, *, start: tuple[Floats, float] | None
) -> Fit:
    """Fit a cuboid with a square base, standing upright, its top at a known height.

    Args:
        points: Points on its surface, world frame, m, shape (n, 3).
        cut: Which points lie at a border made by something in front, shape (n,).
        size: Extents, m, shape (3,); the first two are equal.
        top: Height of its top, m.
        eye: Position of the camera, m, shape (3,).
        start: Centre in x and y, and yaw, to begin with; None to find them.
    """
    half = size / 2
    height = top - half[2]
    few = slice(None, None, max(1, len(points) // 400))
    points, cut = points[few], cut[few]
    if start is None:
        xy, yaw = _coarse_square(points, cut, half, height, eye)
    else:
        xy, yaw = start
    center = np.array([xy[0], xy[1], height])
    for _ in range(8):
        distance, gradient = cuboid_distance(points, center, yaw, half)
        axes = turn(yaw)
        local = product(points[:, :2] - center[:2], axes)
        jacobian = np.empty((len(points), 3))
        jacobian[:, :2] = -gram(gradient[:, :2], axes)
        jacobian[:, 2] = gradient[:, 0] * local[:, 1] - gradient[:, 1] * local[:, 0]
        weighted = jacobian * _huber(distance)[:, None]
        # The damping holds still what the points leave open, like sliding along a single face.
        normal = product(weighted.T, jacobian) + np.diag([1e-2, 1e-2, 1e-5]) * (1 + len(points) / 100)
        step = -solve(normal, product(distance, weighted))
        step = np.clip(step, [-0.01, -0.01, -0.2], [0.01, 0.01, 0.2])
        center[:2] += step[:2]
        yaw += step[2]
        if abs(step[0]) + abs(step[1]) < 2e-5 and abs(step[2]) < 1e-3:
            break
    distance, _ = cuboid_distance(points, center, yaw, half)
    return Fit(center, wrap(yaw, np.pi / 2), error_of(distance))


def _coarse_square(
    points: Floats, cut: Mask, half: Floats, height: float, eye: Floats
) -> tuple[Floats, float]:
    """Try yaws 7.5 degrees apart, place the square by the outermost points, and keep the best."""
    few = slice(None, None, max(1, len(points) // 200))
    points, cut = points[few], cut[few]
    best: tuple[float, Floats, float] | None = None
    for yaw, axes in zip(_YAWS.tolist(), _AXES, strict=True):
        local = product(points[:, :2], axes)
        ranked = np.sort(local, axis=0, kind="stable")
        margin = len(ranked) // 50
        low, high = ranked[margin], ranked[-1 - margin]
        viewer = product(eye[:2], axes)
        middle = [_place(local[:, i], cut, 2 * half[i], viewer[i], low[i], high[i]) for i in (0, 1)]
        center = np.array([*product(axes, np.array(middle)), height])
        error = error_of(cuboid_distance(points, center, yaw, half)[0])
        if best is None or error < best[0]:
            best = (error, center[:2], yaw)
    assert best is not None
    return best[1], best[2]


def _place(along: Floats, cut: Mask, extent: float, viewer: float, low: float, high: float) -> float:
    """Return the middle of a known extent along one axis from what is seen of it, from low to high.

    The side that faces the viewer is the one that is seen, unless something in front cuts it off.
    """
    if high - low > 0.85 * extent:
        return (low + high) / 2
    low_cut = cut[along < low + 0.005].mean()
    high_cut = cut[along > high - 0.005].mean()
    near_is_high = viewer > (low + high) / 2
    if max(low_cut, high_cut) > 0.4 and abs(low_cut - high_cut) > 0.2:
        near_is_high = high_cut < low_cut
    return high - extent / 2 if near_is_high else low + extent / 2


def fit_cylinder(points: Floats, radius: float, height: float, top: float, eye: Floats) -> Fit:
    """Fit an upright cylinder whose top is at a known height."""
    toward = eye[:2] - points[:, :2].mean(axis=0)
    toward /= np.hypot(*toward) + 1e-9
    xy = points[:, :2].mean(axis=0) - 0.3 * radius * toward
    center = np.array([xy[0], xy[1], top - height / 2])
    return _slide(points, center, 2, lambda p, c: cylinder_distance(p, c, radius, height))


def fit_ball(points: Floats, radius: float, eye: Floats) -> Fit:
    """Fit a ball: the centre lies one radius behind the surface."""
    toward = eye - points.mean(axis=0)
    center = points.mean(axis=0) - 0.6 * radius * toward / length(toward)
    return _slide(points, center, 3, lambda p, c: lengths(p - c) - radius)


def _slide(points: Floats, center: Floats, free: int, distance_of: object) -> Fit:
    """Move a solid along its first ``free`` axes until the points lie on its surface."""
    assert callable(distance_of)
    nudge = 1e-5
    points = points[:: max(1, len(points) // 150)]
    for _ in range(8):
        distance = distance_of(points, center)
        moved = [distance_of(points, center + nudge * np.eye(3)[i]) for i in range(free)]
        jacobian = (np.stack(moved, axis=1) - distance[:, None]) / nudge
        weighted = jacobian * _huber(distance)[:, None]
        step = -solve(product(weighted.T, jacobian) + 1e-3 * np.eye(free), product(distance, weighted))
        center = center.copy()
        center[:free] += np.clip(step, -0.01, 0.01)
        if np.abs(step).max() < 3e-5:
            break
    return Fit(center, 0.0, error_of(distance_of(points, center)))
