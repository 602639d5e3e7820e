"""Where an arm's tool is for given joint angles, and which angles bring it somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from neuralbrain import portable
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.errors import PlanError

Floats = NDArray[np.float64]

_LEAP = (0.15, 0.5)
"""The most that an iteration of `solve` goes for, m and rad."""


@dataclass(frozen=True)
class Pose:
    """Where the tool is.

    Attributes:
        position: World frame, m, shape (3,).
        rotation: Tool to world, shape (3, 3).
    """

    position: Floats
    rotation: Floats


def downward(position: Sequence[float] | Floats, yaw: float) -> Pose:
    """Return the pose at ``position`` that points straight down.

    Args:
        position: World frame, m.
        yaw: Direction of the tool's first axis, rad; the fingers close along ``yaw`` - 90 degrees.
    """
    c, s = cos(yaw), sin(yaw)
    rotation = np.array([[c, s, 0.0], [s, -c, 0.0], [0.0, 0.0, -1.0]])
    return Pose(np.asarray(position, dtype=np.float64), rotation)


class Arm:
    """What the brain makes of the body schema: limits, and where the tool is.

    Args:
        schema: What the body says of itself.

    Attributes:
        schema: The same.
        links: Of each joint, and of the tool: a and d, m; cosine and sine of alpha.
    """

    def __init__(self, schema: ArmSchema) -> None:
        self.schema = schema
        self.links = [(a, d, _exact(cos(alpha)), _exact(sin(alpha))) for a, d, alpha in schema.chain.tolist()]

    def camera(self, role: str) -> str:
        """Return the name of the camera that has a role; empty if none has."""
        return next((name for name, its in self.schema.cameras.items() if its == role), "")

    def forward(self, joints: Floats) -> Pose:
        """Return the tool's pose for joint angles, rad, shape (n,).

        Raises:
            PlanError: The body does not say how it is built.
        """
        return _pose(np.array(_frames(self, joints)[-1]))


def _exact(ratio: float) -> float:
    """Return a sine or cosine, exact for quarter turns, although pi is not."""
    return float(round(ratio)) if abs(ratio - round(ratio)) < 1e-15 else ratio


def _frames(arm: Arm, joints: Floats) -> list[list[list[float]]]:
    """Return the axes x, y, z and the origin of each joint's frame, and of the tool last, in the world.

    Numbers, and not arrays: for three entries that takes a third of the time.
    """
    if not arm.links:
        raise PlanError(
            "the body does not say how it is built, so I can reach for nothing: give it `links` "
            "(neuralbrain.arm.body.ArmLinks)"
        )
    frames, angles = [], [*joints.tolist(), arm.schema.tool_turn]
    x, y, z, origin = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]
    for (a, d, ca, sa), angle in zip(arm.links, angles, strict=True):
        c, s = cos(angle), sin(angle)
        y, z = (
            [ca * v + sa * w for v, w in zip(y, z, strict=True)],
            [ca * w - sa * v for v, w in zip(y, z, strict=True)],
        )
        origin = [o + a * u + d * w for o, u, w in zip(origin, x, z, strict=True)]
        x, y = (
            [c * u + s * v for u, v in zip(x, y, strict=True)],
            [c * v - s * u for u, v in zip(x, y, strict=True)],
        )
        frames.append([x, y, z, origin])
    return frames


def _pose(axes: Floats) -> Pose:
    """Return the pose of a frame, shape (4, 3): its axes and its origin."""
    return Pose(axes[3].copy(), axes[:3].T.copy())


def jacobian(arm: Arm, joints: Floats) -> tuple[Pose, Floats]:
    """Return the tool's pose and its geometric Jacobian.

    Args:
        arm: The arm.
        joints: rad, shape (n,).

    Returns:
        The pose, and the matrix, shape (6, n), from joint speeds, rad/s, to the tool's velocity in the world
        frame: linear, m/s, above angular, rad/s.
    """
    frames = np.array(_frames(arm, joints))
    axes = frames[:-1, 2]
    matrix = np.empty((6, len(axes)))
    arms = frames[-1, 3] - frames[:-1, 3]
    matrix[0] = axes[:, 1] * arms[:, 2] - axes[:, 2] * arms[:, 1]
    matrix[1] = axes[:, 2] * arms[:, 0] - axes[:, 0] * arms[:, 2]
    matrix[2] = axes[:, 0] * arms[:, 1] - axes[:, 1] * arms[:, 0]
    matrix[3:] = axes.T
    return _pose(frames[-1]), matrix


def difference(target: Pose, pose: Pose) -> Floats:
    """Return the twist, shape (6,), that carries ``pose`` to ``target``: m above rad, world frame."""
    turn = portable.gram(target.rotation, pose.rotation)
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    sine, cosine = portable.length(axis) / 2, (float(np.trace(turn)) - 1) / 2
    if sine > 1e-9:
        axis *= atan2(sine, cosine) / (2 * sine)
    else:  # nearly no turn (axis/2 is exact) or nearly half a turn (any axis of it will do to begin with)
        axis = axis / 2 if cosine > 0 else pi * pose.rotation[:, 2]
    return np.concatenate([target.position - pose.position, axis])


@dataclass(frozen=True)
class Solution:
    """What `solve` found.

    Attributes:
        joints: rad, shape (n,).
        error: How far the tool stays from its target, m.
        tilt: How far its orientation stays from its target, rad.
    """

    joints: Floats
    error: float
    tilt: float

    @property
    def reached(self) -> bool:
        """Whether the target is met to a millimetre and half a degree."""
        return self.error < 1e-3 and self.tilt < 9e-3


def solve(
    arm: Arm,
    target: Pose,
    start: Floats,
    *,
    iterations: int = 60,
    damping: float = 0.02,
    swivel_gain: float = 0.2,
) -> Solution:
    """Find joint angles for a pose by damped least squares (Wampler 1986, Nakamura and Hanafusa 1986).

    An arm of seven joints has one too many for a pose. That freedom, the swivel of its elbow, is drawn in the
    null space to where the joint that turns it is at 0; so postures do not drift over a long episode.

    Args:
        arm: The arm.
        target: Where the tool should be.
        start: Angles to begin with, rad, shape (n,).
        iterations: At most.
        damping: Of the least squares; larger is steadier near singular postures, and slower.
        swivel_gain: Share of that joint's angle taken back in an iteration.
    """
    joints, lower, upper = np.array(start, dtype=np.float64), arm.schema.lower, arm.schema.upper
    elbow, swivel = arm.schema.swivel, 0.0
    regular = damping**2 * np.eye(6)
    for _ in range(iterations):
        pose, matrix = jacobian(arm, joints)
        twist = difference(target, pose)
        if elbow is not None:
            swivel = swivel_gain * float(joints[elbow])
        if abs(twist[:3]).max() < 5e-5 and abs(twist[3:]).max() < 5e-4 and abs(swivel) < 2e-3:
            break
        # A far target is approached in bounded steps: a Jacobian says nothing of what lies beyond them.
        twist /= max(1.0, abs(twist[:3]).max() / _LEAP[0], abs(twist[3:]).max() / _LEAP[1])
        if elbow is not None:  # the part of the pull on it that the null space allows
            twist += swivel * matrix[:, elbow]
        right = portable.solve(portable.gram(matrix, matrix) + regular, twist)
        move = portable.product(right, matrix)
        if elbow is not None:
            move[elbow] -= swivel
        joints = np.clip(joints + np.clip(move, -0.3, 0.3), lower, upper)
    twist = difference(target, arm.forward(joints))
    return Solution(joints, portable.length(twist[:3]), portable.length(twist[3:]))
