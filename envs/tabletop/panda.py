"""The Franka Emika Panda in PyBullet: loading it, its limits, its servo and what it feels."""

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pybullet_data

from neuralbrain.body import ArmLimits, ArmState, Floats

HOME = np.array([0.0, -0.55, 0.0, -2.35, 0.0, 1.80, 0.785])
"""Joint angles at the start, rad: the hand stands back over the table's near edge, fingers down."""

LIMITS = ArmLimits(
    lower=np.array([-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]),
    upper=np.array([2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]),
    speed=np.array([2.1750, 2.1750, 2.1750, 2.1750, 2.6100, 2.6100, 2.6100]),
    gripper_width=0.08,
    gripper_force=70.0,
)
"""Joint position and speed limits, opening and continuous grasping force of the Panda's data sheet
(Franka Emika, "Panda data sheet" and "Robot and interface specifications")."""

_TORQUE = [87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0]
"""Largest joint torques, N m: the URDF's effort limits, which are the data sheet's."""
_ARM = list(range(7))
_FINGERS = [9, 10]
HAND, TOOL = 8, 11
"""Link numbers: the hand, and the point between the finger tips."""
DOWN = (1.0, 0.0, 0.0, 0.0)
"""Quaternion of a tool that points down."""
_JOINTS = [*_ARM, *_FINGERS]


class Panda:
    """The arm in one PyBullet world.

    Only collision shapes are drawn: a picture then takes half the time.

    Args:
        bullet: A PyBullet client.
    """

    def __init__(self, bullet: Any) -> None:
        self._bullet = bullet
        self.id = _load(bullet)
        for link in (*range(-1, 7), HAND):
            grey = 0.92 if link % 2 == 0 else 0.75
            bullet.changeVisualShape(self.id, link, rgbaColor=(grey, grey, grey, 1.0))
        for link in _FINGERS:
            bullet.changeVisualShape(self.id, link, rgbaColor=(0.30, 0.30, 0.30, 1.0))
            bullet.changeDynamics(self.id, link, lateralFriction=1.0, spinningFriction=0.001)
        for joint, angle in zip(_ARM, HOME, strict=True):
            bullet.resetJointState(self.id, joint, angle)
        for joint in _FINGERS:
            bullet.resetJointState(self.id, joint, 0.04)
        self.command(HOME, 0.08, 20.0)

    def command(self, joints: Floats, width: float, force: float) -> None:
        """Set the targets of the joints' position servos.

        Args:
            joints: rad, shape (7,).
            width: Between the fingers, m.
            force: Of both fingers together, N.
        """
        self._bullet.setJointMotorControlArray(
            self.id,
            _JOINTS,
            self._bullet.POSITION_CONTROL,
            targetPositions=[*joints.tolist(), width / 2, width / 2],
            forces=[*_TORQUE, force / 2, force / 2],
        )

    def encoders(self) -> tuple[Floats, Floats, float]:
        """Return the joints' positions, rad, and velocities, rad/s, each (7,), and the gripper's width, m."""
        states = self._bullet.getJointStates(self.id, _JOINTS)
        positions = np.array([state[0] for state in states[:7]])
        velocities = np.array([state[1] for state in states[:7]])
        return positions, velocities, states[7][0] + states[8][0]

    def tool(self) -> tuple[Floats, Floats]:
        """Return the tool's position, m, shape (3,), and its velocity, m/s, shape (3,)."""
        state = self._bullet.getLinkState(
            self.id, TOOL, computeLinkVelocity=True, computeForwardKinematics=True
        )
        return np.array(state[4]), np.array(state[6])

    def inverse(self, position: Floats) -> Floats:
        """Return joint angles, rad, shape (7,), that bring the tool, pointing down, near to a position, m."""
        angles = self._bullet.calculateInverseKinematics(self.id, TOOL, position.tolist(), DOWN)
        return np.array(angles[:7])

    def sense(self) -> ArmState:
        """Return what the arm feels now."""
        bullet = self._bullet
        positions, velocities, width = self.encoders()
        tool = bullet.getLinkState(self.id, TOOL, computeForwardKinematics=True)
        fingers = [0.0, 0.0]
        arm = 0.0
        for contact in bullet.getContactPoints(self.id):
            if contact[2] == self.id:
                continue
            link, normal = contact[3], contact[9]
            if link in _FINGERS:
                fingers[link - _FINGERS[0]] += normal
            else:
                arm = max(arm, normal)
        return ArmState(
            joint_positions=positions,
            joint_velocities=velocities,
            gripper_width=width,
            tool_position=np.array(tool[4]),
            tool_rotation=np.array(bullet.getMatrixFromQuaternion(tool[5])).reshape(3, 3),
            contact_force=np.array(fingers),
            arm_force=arm,
        )


def _load(bullet: Any) -> int:
    """Load the URDF of pybullet_data with the collision meshes drawn in the place of the visual ones."""
    home = Path(pybullet_data.getDataPath()) / "franka_panda"
    urdf = (home / "panda.urdf").read_text(encoding="utf-8")
    urdf = re.sub(r"meshes/visual/", "meshes/collision/", urdf)
    urdf = urdf.replace("package://", f"{home}/")
    with tempfile.NamedTemporaryFile("w", suffix=".urdf", encoding="utf-8") as file:
        file.write(urdf)
        file.flush()
        flags = bullet.URDF_ENABLE_CACHED_GRAPHICS_SHAPES
        return int(bullet.loadURDF(file.name, useFixedBase=True, flags=flags))
