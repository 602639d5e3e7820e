"""What an arm is, what it feels, what it is told, and what the brainstem says was really sent."""

from dataclasses import fields
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import FiniteFloat, model_validator

from neuralbrain.arm.body import ArmBody
from neuralbrain.messages import ArrayOf, Message, Vector3

JointVector = Annotated[NDArray[np.float64], ArrayOf("float64", None)]
"""One value for each of the arm's joints, base to wrist: as many as the `ArmSchema` names."""

JointPath = Annotated[NDArray[np.float64], ArrayOf("float64", None, None)]
"""Joint targets, one row a tick, rad."""


class ArmSchema(Message):
    """The body schema: what the body says of itself, once, at the first tick.

    The fields are those of `neuralbrain.arm.body.ArmLimits` and `neuralbrain.arm.body.ArmLinks`.

    Attributes:
        tick_seconds: Length of the body's tick, s.
        joints: The names of the joints, base to wrist.
        lower: Joint limits, rad.
        upper: Joint limits, rad.
        speed: Largest joint speeds, rad/s.
        gripper_width: Largest opening, m.
        gripper_force: Largest force of the fingers, N.
        cameras: Name -> role.
        chain: Denavit-Hartenberg parameters of joints and tool; no rows where nobody knows how it is built.
        tool_turn: rad.
        camera: Where the camera of the hand is in the tool's frame, m.
    """

    kind: Literal["arm_schema"] = "arm_schema"
    tick_seconds: float
    joints: tuple[str, ...]
    lower: JointVector
    upper: JointVector
    speed: JointVector
    gripper_width: float
    gripper_force: float
    cameras: dict[str, str]
    chain: Annotated[NDArray[np.float64], ArrayOf("float64", None, 3)]
    tool_turn: float
    camera: Vector3

    @model_validator(mode="after")
    def _as_many_of_each(self) -> Self:
        count = len(self.joints)
        for name in ("lower", "upper", "speed"):
            if len(getattr(self, name)) != count:
                raise ValueError(f"{count} joints have {len(getattr(self, name))} values of {name}")
        if len(self.chain) not in (0, count + 1):
            raise ValueError(f"{count} joints and a tool have {len(self.chain)} rows of the chain")
        return self

    @classmethod
    def of(cls, body: ArmBody, tick: int, source: str) -> Self:
        """Return what a body says of itself."""
        limits, links = body.limits, body.links
        return cls(
            tick=tick,
            source=source,
            tick_seconds=body.tick_seconds,
            **{field.name: getattr(limits, field.name) for field in fields(limits)},
            cameras=dict(body.cameras),
            chain=np.zeros((0, 3)) if links is None else links.chain,
            tool_turn=0.0 if links is None else links.tool_turn,
            camera=np.zeros(3) if links is None else links.camera,
        )

    def headline(self) -> str:
        """Say what the body is."""
        return f"a body of {len(self.joints)} joints, with the cameras {', '.join(self.cameras)}"


class Proprioception(Message):
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

    kind: Literal["arm_proprioception"] = "arm_proprioception"
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
    joints: JointVector
    gripper_width: float
    gripper_force: float
    clamped: tuple[str, ...]
    held: bool
