"""Paths of the tool and how fast the joints can follow them: rows of joint targets, one a tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

import numpy as np

from neuralbrain import portable
from neuralbrain.arm.motor.kinematics import Arm, Floats, Pose, difference, solve
from neuralbrain.errors import NeuralBrainError

_STEP = 0.02
"""Spacing of the solved points of a path, m."""
_TURN_LENGTH = 0.12
"""A turn by one radian counts like so many metres of way, m/rad."""
_SMOOTH = 4
"""Rows that a track is averaged over: it bounds the accelerations where a way bends."""


class UnreachableError(NeuralBrainError):
    """A path leaves the arm's workspace."""


@dataclass(frozen=True)
class Pace:
    """How fast to move.

    Attributes:
        tool: Largest speed of the tool, m/s.
        joint: Largest share of the joints' own speed limits, 0 to 1.
        ramp: Time to reach full speed, and to stop from it, s.
    """

    tool: float
    joint: float = 0.6
    ramp: float = 0.3


FREE = Pace(tool=0.6)
"""Through free air, nothing held."""
CARRY = Pace(tool=0.45)
"""Through free air with something in the hand."""
NEAR = Pace(tool=0.2, ramp=0.2)
"""The last centimetres before an object."""


def _turned(start: Pose, twist: Floats, share: float) -> Floats:
    """Return the rotation ``share`` of the way along a twist's turn (Rodrigues' formula)."""
    turn = twist[3:] * share
    angle = portable.length(turn)
    if angle < 1e-9:
        return start.rotation
    x, y, z = turn / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = np.eye(3) + sin(angle) * cross + (1 - cos(angle)) * portable.product(cross, cross)
    return portable.product(rotation, start.rotation)


def between(start: Pose, end: Pose) -> list[Pose]:
    """Return poses on the straight way from ``start``, left out, to ``end``, in even steps."""
    twist = difference(end, start)
    length = max(portable.length(twist[:3]), _TURN_LENGTH * portable.length(twist[3:]))
    n = max(1, int(np.ceil(length / _STEP)))
    inner = [Pose(start.position + k / n * twist[:3], _turned(start, twist, k / n)) for k in range(1, n)]
    return [*inner, end]


def rounded(corners: Sequence[Pose], radius: float = 0.05) -> list[Pose]:
    """Return poses along a way with corners, which it cuts by quadratic curves.

    Args:
        corners: Start, corners and end.
        radius: A curve begins and ends this far from its corner at most, m.
    """
    way: list[Pose] = []
    here = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        come, go = difference(before, corner), difference(after, corner)
        lengths = [portable.length(part[:3]) for part in (come, go)]
        if min(lengths) < 0.01:
            way += between(here, corner)
            here = corner
            continue
        share = [min(radius / length, 0.45) for length in lengths]
        enter = Pose(corner.position + share[0] * come[:3], _turned(corner, come, share[0]))
        leave = Pose(corner.position + share[1] * go[:3], _turned(corner, go, share[1]))
        way += between(here, enter)
        twist = difference(leave, enter)
        for t in (0.25, 0.5, 0.75):
            bend = (1 - t) ** 2 * enter.position + 2 * t * (1 - t) * corner.position + t**2 * leave.position
            way.append(Pose(bend, _turned(enter, twist, t)))
        way.append(leave)
        here = leave
    return [*way, *between(here, corners[-1])]


def track(arm: Arm, joints: Floats, way: Sequence[Pose], pace: Pace) -> Floats:
    """Return joint targets that lead the tool along a way, starting and ending at rest.

    Each point is solved from the one before. The way is then travelled as fast as the pace allows, with
    speed ramps whose jerk is bounded (a cubic in time, so acceleration begins and ends at zero).

    Args:
        arm: The arm.
        joints: Where it stands, rad, shape (n,).
        way: Poses, close together, the start left out.
        pace: How fast.

    Returns:
        rad, one row a tick, shape (ticks, n); the last row is the end of the way.

    Raises:
        UnreachableError: The arm cannot follow.
    """
    solved = [np.asarray(joints)]
    here, speed = arm.forward(joints), arm.schema.speed
    costs = []
    for pose in way:
        solution = solve(arm, pose, solved[-1], iterations=12 if pose is not way[-1] else 60)
        if not solution.reached:
            x, y, z = pose.position
            raise UnreachableError(
                f"the arm cannot reach ({x:.3f}, {y:.3f}, {z:.3f}) m from where it is: "
                f"it stays {solution.error * 1000:.0f} mm and {solution.tilt * 180 / pi:.0f} degrees short"
            )
        length = portable.length(pose.position - here.position)
        swing = float((np.abs(solution.joints - solved[-1]) / speed).max())
        costs.append(max(length / pace.tool, swing / pace.joint))
        solved.append(solution.joints)
        here = pose
    rows = timed(np.array(solved), np.array(costs), pace.ramp, arm.schema.tick_seconds)
    padded = np.vstack([[joints] * (_SMOOTH - 1), rows, [rows[-1]] * (_SMOOTH - 1)])
    sums = np.cumsum(np.vstack([np.zeros(len(joints)), padded]), axis=0)
    smooth: Floats = (sums[_SMOOTH:] - sums[:-_SMOOTH]) / _SMOOTH
    smooth[-1] = rows[-1]
    return smooth


def swing(arm: Arm, joints: Floats, target: Floats, pace: Pace) -> Floats:
    """Return joint targets straight from one posture to another, joint by joint; rad, shape (ticks, n)."""
    cost = float((np.abs(target - joints) / arm.schema.speed).max()) / pace.joint
    return timed(np.array([joints, target]), np.array([cost]), pace.ramp, arm.schema.tick_seconds)


def timed(points: Floats, costs: Floats, ramp: float, tick_seconds: float) -> Floats:
    """Return the rows of a path between points, each stretch of which takes a time at full speed.

    Args:
        points: Joint angles, shape (stretches + 1, n).
        costs: Least time of each stretch, s, shape (stretches,).
        ramp: Time to full speed, s; a short path has shorter ramps and never reaches full speed.
        tick_seconds: Time between rows, s.
    """
    reach = np.concatenate([[0.0], np.cumsum(costs)])
    total = float(reach[-1])
    if total < 1e-6:
        return points[-1:].copy()
    # A ramp's mean speed is half of full speed. Below one ramp's way, keep its acceleration instead.
    ramp = ramp if total >= ramp else sqrt(total * ramp)
    full = total / ramp if total < ramp else 1.0
    duration = total / full + ramp
    n = int(np.ceil(duration / tick_seconds))
    times = np.arange(1, n + 1) / n * duration

    def ramped(since: Floats) -> Floats:
        """Return the way covered on a ramp: the integral of 3 x^2 - 2 x^3."""
        x = np.clip(since / ramp, 0.0, 1.0)
        cubed = x * x * x
        return ramp * (cubed - cubed * x / 2)

    cruise = np.clip(times - ramp, 0.0, duration - 2 * ramp)
    stop = times - (duration - ramp)
    slowed = ramp / 2 - ramped(ramp - np.clip(stop, 0.0, ramp))
    covered = full * (ramped(times) + cruise + slowed)
    return np.stack([np.interp(covered, reach, points[:, joint]) for joint in range(points.shape[1])], axis=1)
