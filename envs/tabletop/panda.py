"""The Franka Emika Panda in PyBullet: loading it, its limits, its servo and what it feels."""

import math
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pybullet_data

from neuralbrain.arm.body import ArmLimits, ArmLinks, ArmState
from neuralbrain.portable import gram, product, solve

HOME = np.array([0.0, -0.55, 0.0, -2.35, 0.0, 1.80, 0.785])
"""Joint angles at the start, rad: the hand stands back over the table's near edge, fingers down."""

LIMITS = ArmLimits(
    joints=tuple(f"panda_joint{number}" for number in range(1, 8)),
    lower=np.array([-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]),
    upper=np.array([2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]),
    speed=np.array([2.1750, 2.1750, 2.1750, 2.1750, 2.6100, 2.6100, 2.6100]),
    gripper_width=0.08,
    gripper_force=70.0,
)
"""Joint position and speed limits, opening and continuous grasping force of the Panda's data sheet
(Franka Emika, "Panda data sheet" and "Robot and interface specifications")."""

_FLANGE, _GRIPPER = 0.107, 0.1034
"""From the last joint to the flange, where the hand's frame is, and from there to the point between the
finger tips, m (Franka Hand data sheet)."""
CAMERA_ON_HAND = np.array([0.07, 0.0, 0.02])
"""The wrist camera in the hand's frame, m: beside the fingers, looking where they point."""
LINKS = ArmLinks(
    chain=np.array(
        [
            [0.0, 0.333, 0.0],
            [0.0, 0.0, -math.pi / 2],
            [0.0, 0.316, math.pi / 2],
            [0.0825, 0.0, math.pi / 2],
            [-0.0825, 0.384, -math.pi / 2],
            [0.0, 0.0, math.pi / 2],
            [0.088, 0.0, math.pi / 2],
            [0.0, _FLANGE + _GRIPPER, 0.0],
        ]
    ),
    tool_turn=-math.pi / 4,
    swivel=2,
    camera=CAMERA_ON_HAND - np.array([0.0, 0.0, _GRIPPER]),
    finger_depth=0.009,
    finger_width=0.021,
    finger_thickness=(0.0145, 0.0235),
    palm_height=0.037,
    palm=(0.044, 0.208),
)
"""Franka Robotics, "Robot and interface specifications: Denavit-Hartenberg parameters"; the hand's measures
are those of its collision meshes."""

_TORQUE = [87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0]
"""Largest joint torques, N m: the URDF's effort limits, which are the data sheet's."""
_ARM = list(range(7))
FINGERS = [9, 10]
HAND, TOOL = 8, 11
"""Link numbers: the hand, and the point between the finger tips."""
_JOINTS = [*_ARM, *FINGERS]
_AT_TOOL, _STILL = [0.0] * 3, [0.0] * 9
_DAMPING = 1e-3 * np.eye(6)
"""Of the inverse kinematics: the square of 0.03 m/rad, well below the lever arms within the workspace."""


class Reading(NamedTuple):
    """The arm's state as plain numbers.

    Attributes:
        positions: Of the seven joints, rad, and of the two fingers, m.
        velocities: The same, rad/s and m/s.
        tool: Position of the tool, m.
        turn: Its quaternion, x, y, z, w.
        speed: Its velocity, m/s.
    """

    positions: tuple[float, ...]
    velocities: tuple[float, ...]
    tool: tuple[float, float, float]
    turn: tuple[float, float, float, float]
    speed: tuple[float, float, float]


class Panda:
    """The arm in one PyBullet world.

    Only collision shapes are drawn: a picture then takes half the time.

    Args:
        bullet: A PyBullet client.
    """

    def __init__(self, bullet: Any) -> None:
        self._bullet = bullet
        self._reading: Reading | None = None
        self.id = _load(bullet)
        for link in (*range(-1, 7), HAND):
            grey = 0.92 if link % 2 == 0 else 0.75
            bullet.changeVisualShape(self.id, link, rgbaColor=(grey, grey, grey, 1.0))
        for link in FINGERS:
            bullet.changeVisualShape(self.id, link, rgbaColor=(0.30, 0.30, 0.30, 1.0))
            bullet.changeDynamics(self.id, link, lateralFriction=1.0, spinningFriction=0.001)
        for joint, angle in zip(_ARM, HOME, strict=True):
            bullet.resetJointState(self.id, joint, angle)
        for joint in FINGERS:
            bullet.resetJointState(self.id, joint, 0.04)
        self.command(HOME.tolist(), 0.08, 20.0)

    def command(self, joints: Sequence[float], width: float, force: float) -> None:
        """Set the targets of the joints' position servos.

        Args:
            joints: Seven angles, rad.
            width: Between the fingers, m.
            force: Of both fingers together, N.
        """
        self._reading = None  # the arm is about to move
        self._bullet.setJointMotorControlArray(
            self.id,
            _JOINTS,
            self._bullet.POSITION_CONTROL,
            targetPositions=[*joints, width / 2, width / 2],
            forces=[*_TORQUE, force / 2, force / 2],
        )

    def put(self, positions: Sequence[float], velocities: Sequence[float]) -> None:
        """Set the joints' state; the servos are told nothing.

        Args:
            positions: As in `Reading`.
            velocities: As in `Reading`.
        """
        self._reading = None
        for joint, position, velocity in zip(_JOINTS, positions, velocities, strict=True):
            self._bullet.resetJointState(self.id, joint, position, velocity)

    def read(self) -> Reading:
        """Return what the encoders say; the simulator is asked once between two commands."""
        if self._reading is None:
            bullet = self._bullet
            positions, velocities, _, _ = zip(*bullet.getJointStates(self.id, _JOINTS), strict=True)
            link = bullet.getLinkState(self.id, TOOL, computeLinkVelocity=True, computeForwardKinematics=True)
            self._reading = Reading(positions, velocities, link[4], link[5], link[6])
        return self._reading

    def inverse(self, position: Sequence[float]) -> list[float]:
        """Return seven joint angles, rad, that bring the tool, pointing down, near to a position.

        One step of damped least squares from where the arm is (Wampler 1986, "Manipulator inverse kinematic
        solutions based on vector formulations and damped least-squares methods"): for goals up to 5 cm away
        it misses by some millimetres, which the next step makes good, and singular poses do no harm.

        Args:
            position: m.
        """
        angles, _, (x, y, z), (qx, qy, qz, qw), _ = self.read()
        linear, angular = self._bullet.calculateJacobian(self.id, TOOL, _AT_TOOL, angles, _STILL, _STILL)
        jacobian = np.array(linear + angular)[:, :7]
        # Half the rotation that is left is the vector part of DOWN times the conjugate of what is.
        turn = 2.0 if qx >= 0 else -2.0
        error = (position[0] - x, position[1] - y, position[2] - z, turn * qw, turn * qz, -turn * qy)
        weights = solve(gram(jacobian, jacobian) + _DAMPING, np.array(error))
        step: list[float] = product(weights, jacobian).tolist()
        return [angle + by for angle, by in zip(angles[:7], step, strict=True)]

    def sense(self) -> ArmState:
        """Return what the arm feels now."""
        bullet = self._bullet
        reading = self.read()
        fingers = [0.0, 0.0]
        arm = 0.0
        for contact in bullet.getContactPoints(self.id):
            if contact[2] == self.id:
                continue
            link, normal = contact[3], contact[9]
            if link in FINGERS:
                fingers[link - FINGERS[0]] += normal
            else:
                arm = max(arm, normal)
        return ArmState(
            joint_positions=np.array(reading.positions[:7]),
            joint_velocities=np.array(reading.velocities[:7]),
            gripper_width=reading.positions[7] + reading.positions[8],
            tool_position=np.array(reading.tool),
            tool_rotation=np.array(bullet.getMatrixFromQuaternion(reading.turn)).reshape(3, 3),
            contact_force=np.array(fingers),
            arm_force=arm,
        )


def _load(bullet: Any) -> int:
    """Load pybullet_data's Panda with other meshes; return its body.

    The collision meshes are drawn instead of the visual ones, and it collides with ``hulls``: the
    corners alone of the same meshes' hulls, which are read in a third of the time. The tool's frame is put
    where the body schema says it is, 1.6 mm nearer to the hand.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".urdf", encoding="utf-8") as file:
        file.write(_description())
        file.flush()
        flags = bullet.URDF_ENABLE_CACHED_GRAPHICS_SHAPES
        return int(bullet.loadURDF(file.name, useFixedBase=True, flags=flags))


@cache
def _description() -> str:
    """Return the changed URDF."""
    home = Path(pybullet_data.getDataPath()) / "franka_panda"
    urdf = (home / "panda.urdf").read_text(encoding="utf-8")
    drawn, hulls = f"{home}/meshes/collision/", f"{Path(__file__).parent}/hulls/"
    urdf = re.sub(r"package://meshes/(visual|collision)/", drawn, urdf)
    urdf = urdf.replace('xyz="0 0 0.105"', f'xyz="0 0 {_GRIPPER}"')
    return re.sub(
        r"<collision>.*?</collision>", lambda part: part[0].replace(drawn, hulls), urdf, flags=re.DOTALL
    )
