"""Where the Panda's tool is for given joint angles, and which angles bring it somewhere.

The tool frame lies between the finger tips: its third axis points out of the gripper and its second is the
axis along which the fingers close.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Franka Robotics, "Robot and interface specifications: Denavit-Hartenberg parameters" (Craig's convention).
_A = (0.0, 0.0, 0.0, 0.0825, -0.0825, 0.0, 0.088)
_D = (0.333, 0.0, 0.316, 0.0, 0.384, 0.0, 0.0)
_ALPHA = (0.0, -pi / 2, pi / 2, pi / 2, -pi / 2, pi / 2, pi / 2)
_FLANGE = 0.107
_HAND_TURN = -pi / 4
_TOOL = 0.1034
"""From the flange to the point between the finger tips, m (Franka Hand data sheet)."""

HOME: Floats = np.array([0.0, -pi / 4, 0.0, -3 * pi / 4, 0.0, pi / 2, pi / 4])
"""The posture from which a search starts when nothing better is known, rad: gripper down, elbow up."""

_LOWER = np.array([-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973])
_UPPER = np.array([2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973])
SPEED: Floats = np.array([2.1750, 2.1750, 2.1750, 2.1750, 2.6100, 2.6100, 2.6100])
"""Largest joint speeds, rad/s (the data sheet of the arm)."""

_LEAP = (0.15, 0.5)
"""The most that an iteration of `solve` goes for, m and rad."""


def _link_constants() -> tuple[Floats, ...]:
    """Return the fixed part of each link's transform: rotation about x by alpha after a shift by a, d."""
    fixed = []
    for a, d, alpha in zip(_A, _D, _ALPHA, strict=True):
        ca, sa = round(cos(alpha)), round(sin(alpha))
        fixed.append(np.array([[1, 0, 0, a], [0, ca, -sa, -sa * d], [0, sa, ca, ca * d], [0, 0, 0, 1.0]]))
    return tuple(fixed)


_FIXED = _link_constants()
_END = np.array(
    [
        [cos(_HAND_TURN), -sin(_HAND_TURN), 0, 0],
        [sin(_HAND_TURN), cos(_HAND_TURN), 0, 0],
        [0, 0, 1, _FLANGE + _TOOL],
        [0, 0, 0, 1.0],
    ]
)


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


def _frames(joints: Floats) -> list[Floats]:
    """Return the world transform of each joint's frame, and of the tool last."""
    frames = []
    frame = np.eye(4)
    for fixed, angle in zip(_FIXED, joints.tolist(), strict=True):
        frame = frame @ fixed
        c, s = cos(angle), sin(angle)
        x, y = frame[:, 0].copy(), frame[:, 1].copy()
        frame[:, 0] = c * x + s * y
        frame[:, 1] = c * y - s * x
        frames.append(frame)
    frames.append(frame @ _END)
    return frames


def forward(joints: Floats) -> Pose:
    """Return the tool's pose for joint angles, rad, shape (7,)."""
    tool = _frames(joints)[-1]
    return Pose(tool[:3, 3].copy(), tool[:3, :3].copy())


def jacobian(joints: Floats) -> tuple[Pose, Floats]:
    """Return the tool's pose and its geometric Jacobian.

    Args:
        joints: rad, shape (7,).

    Returns:
        The pose, and the matrix, shape (6, 7), from joint speeds, rad/s, to the tool's velocity in the world
        frame: linear, m/s, above angular, rad/s.
    """
    frames = np.array(_frames(joints))
    axes = frames[:7, :3, 2]
    tool = frames[7]
    matrix = np.empty((6, 7))
    arms = tool[:3, 3] - frames[:7, :3, 3]
    matrix[0] = axes[:, 1] * arms[:, 2] - axes[:, 2] * arms[:, 1]
    matrix[1] = axes[:, 2] * arms[:, 0] - axes[:, 0] * arms[:, 2]
    matrix[2] = axes[:, 0] * arms[:, 1] - axes[:, 1] * arms[:, 0]
    matrix[3:] = axes.T
    return Pose(tool[:3, 3].copy(), tool[:3, :3].copy()), matrix


def difference(target: Pose, pose: Pose) -> Floats:
    """Return the twist, shape (6,), that carries ``pose`` to ``target``: m above rad, world frame."""
    turn = target.rotation @ pose.rotation.T
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    sine, cosine = float(np.sqrt(axis @ axis)) / 2, (float(np.trace(turn)) - 1) / 2
    if sine > 1e-9:
        axis *= float(np.arctan2(sine, cosine)) / (2 * sine)
    else:  # nearly no turn (axis/2 is exact) or nearly half a turn (any axis of it will do to begin with)
        axis = axis / 2 if cosine > 0 else pi * pose.rotation[:, 2]
    return np.concatenate([target.position - pose.position, axis])


@dataclass(frozen=True)
class Solution:
    """What `solve` found.

    Attributes:
        joints: rad, shape (7,).
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
    target: Pose, start: Floats, *, iterations: int = 60, damping: float = 0.02, swivel_gain: float = 0.2
) -> Solution:
    """Find joint angles for a pose by damped least squares (Wampler 1986, Nakamura and Hanafusa 1986).

    The arm has one joint too many for a pose. That freedom, the swivel of its elbow, is drawn in the null
    space towards joint 3 = 0, where the elbow stands above the line from shoulder to wrist; so postures do
    not drift over a long episode.

    Args:
        target: Where the tool shall be.
        start: Angles to begin with, rad, shape (7,).
        iterations: At most.
        damping: Of the least squares; larger is steadier near singular postures, and slower.
        swivel_gain: Share of joint 3's angle taken back in an iteration.
    """
    joints = np.array(start, dtype=np.float64)
    regular = damping**2 * np.eye(6)
    for _ in range(iterations):
        pose, matrix = jacobian(joints)
        twist = difference(target, pose)
        swivel = swivel_gain * joints[2]
        if abs(twist[:3]).max() < 5e-5 and abs(twist[3:]).max() < 5e-4 and abs(swivel) < 2e-3:
            break
        # A far target is approached in bounded steps: a Jacobian says nothing of what lies beyond them.
        twist /= max(1.0, abs(twist[:3]).max() / _LEAP[0], abs(twist[3:]).max() / _LEAP[1])
        # Least squares for the twist plus the part of the pull on joint 3 that the null space allows.
        right = np.linalg.solve(matrix @ matrix.T + regular, twist + swivel * matrix[:, 2])
        move = matrix.T @ right
        move[2] -= swivel
        joints = np.clip(joints + np.clip(move, -0.3, 0.3), _LOWER, _UPPER)
    twist = difference(target, forward(joints))
    return Solution(joints, float(np.sqrt(twist[:3] @ twist[:3])), float(np.sqrt(twist[3:] @ twist[3:])))
