"""What an arm feels, what it is told, and what the brainstem says was really sent."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import FiniteFloat

from neuralbrain.messages import ArrayOf, Message, Vector3

JointVector = Annotated[NDArray[np.float64], ArrayOf("float64", 7)]
"""One value for each of the arm's seven joints, base to wrist."""

JointPath = Annotated[NDArray[np.float64], ArrayOf("float64", None, 7)]
"""Joint targets, one row a tick, rad."""


class Percept(Message):
    """Proprioception and touch: the state of the arm before this tick's physics.

    Attributes:
        joint_positions: rad.
        joint_velocities: rad/s.
        gripper_width: Distance between the fingers, m, 0 to 0.08.
        tool_position: The point between the finger tips in the world frame, m.
        tool_rotation: Rotation matrix, tool to world; its third column points out of the gripper.
        contact_force: Normal force of each finger against something other than the arm, N; (left, right).
        arm_force: Largest normal force on a link other than the fingers, N.
    """

    kind: Literal["percept"] = "percept"
    joint_positions: JointVector
    joint_velocities: JointVector
    gripper_width: float
    tool_position: Vector3
    tool_rotation: Annotated[NDArray[np.float64], ArrayOf("float64", 3, 3)]
    contact_force: Annotated[NDArray[np.float64], ArrayOf("float64", 2)]
    arm_force: float


class MotorCommand(Message):
    """A short timed trajectory, which the brainstem tracks at servo rate.

    Attributes:
        start: The tick for which row 0 is meant; row k is the target at the end of tick ``start + k``.
        joints: Rows of joint targets, rad. After the last row the command is stale and the arm holds.
        gripper_width: Target distance between the fingers, m, 0 to 0.08.
        gripper_force: Largest force of the fingers, N.
    """

    kind: Literal["motor_command"] = "motor_command"
    start: int
    joints: JointPath
    gripper_width: FiniteFloat
    gripper_force: FiniteFloat


class MotorReport(Message):
    """What the brainstem really sent to the body in this tick.

    Attributes:
        joints: The joint target at the end of the tick, after all limits, rad.
        gripper_width: The gripper target, m.
        gripper_force: The largest force that the fingers may use, N.
        clamped: What changed the command ("reflex", "position", "speed", "force"), in order; often empty.
        held: Whether there was no fresh command, so that the arm held still.
    """

    kind: Literal["motor_report"] = "motor_report"
    joints: Annotated[NDArray[np.float64], ArrayOf("float64", 7)]
    gripper_width: float
    gripper_force: float
    clamped: tuple[str, ...]
    held: bool
