"""What an arm is, what it feels, what it is told, and what the brainstem says was really sent."""

from dataclasses import fields
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import FiniteFloat, model_validator

from neuralbrain.arm.body import UNKNOWN, ArmBody
from neuralbrain.errors import PlanError
from neuralbrain.messages import ArrayOf, BodySchema, Message, Vector3
from neuralbrain.words import counted

JointVector = Annotated[NDArray[np.float64], ArrayOf("float64", None)]
"""One value for each of the arm's joints, base to wrist: as many as the `ArmSchema` names."""

JointPath = Annotated[NDArray[np.float64], ArrayOf("float64", None, None)]
"""Joint targets, one row a tick, rad."""


class ArmSchema(BodySchema):
    """The body schema: what the body says of itself, once, at the first tick.

    The fields are those of `neuralbrain.arm.body.ArmLimits` and `neuralbrain.arm.body.ArmLinks`, which say
    more of each.

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
        swivel: The joint that turns the elbow, counted from 0; None: no joint is too many.
        camera: Where the camera of the hand is in the tool's frame, m.
        finger_depth: m.
        finger_width: m.
        finger_thickness: At the tip and at the palm, m.
        palm_height: m.
        palm: Extent across and along the axis on which the fingers close, m.
    """

    kind: Literal["arm_schema"] = "arm_schema"  # type: ignore[assignment]  # a kind is one message's own
    joints: tuple[str, ...]
    lower: JointVector
    upper: JointVector
    speed: JointVector
    gripper_width: float
    gripper_force: float
    cameras: dict[str, str]
    chain: Annotated[NDArray[np.float64], ArrayOf("float64", None, 3)]
    tool_turn: float
    swivel: int | None
    camera: Vector3
    finger_depth: float
    finger_width: float
    finger_thickness: tuple[float, float]
    palm_height: float
    palm: tuple[float, float]

    @model_validator(mode="after")
    def _as_many_of_each(self) -> Self:
        count = len(self.joints)
        for name in ("lower", "upper", "speed"):
            if len(getattr(self, name)) != count:
                raise ValueError(f"{name}: {len(getattr(self, name))} values for {counted(count, 'joint')}")
        if len(self.chain) not in (0, count + 1):
            raise ValueError(f"chain: {len(self.chain)} rows for {counted(count, 'joint')} and a tool")
        return self

    @classmethod
    def of(cls, body: ArmBody, tick: int, source: str) -> Self:
        """Return what a body says of itself."""
        links = UNKNOWN if body.links is None else body.links
        return cls(
            tick=tick,
            source=source,
            tick_seconds=body.tick_seconds,
            cameras=dict(body.cameras),
            **{
                field.name: getattr(part, field.name)
                for part in (body.limits, links)
                for field in fields(part)
            },
        )

    @classmethod
    def told(cls, body: BodySchema | None) -> Self:
        """Return what the body has said of itself.

        Raises:
            PlanError: It has said nothing, or is no arm.
        """
        if not isinstance(body, cls):
            raise PlanError(
                "I do not know my hand, so I cannot tell where it has room: let a projection of the "
                "blueprint bring the brainstem's `schema` to the cortex"
            )
        return body

    def headline(self) -> str:
        """Say what the body is."""
        cameras = f"; cameras: {', '.join(self.cameras)}" if self.cameras else ""
        return f"a body of {counted(len(self.joints), 'joint')}{cameras}"


class Proprioception(Message):
    """Proprioception and touch: the state of the arm before this tick's physics.

    Attributes:
        joint_positions: rad.
        joint_velocities: rad/s.
        gripper_width: Distance between the fingers, m.
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
        gripper_width: Target distance between the fingers, m.
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
        held: Whether no command was followed: the arm held still, or a reflex moved it.
        withdrawing: Whether that reflex was still moving it at this tick; it obeys no command until then.
    """

    kind: Literal["motor_report"] = "motor_report"
    joints: JointVector
    gripper_width: float
    gripper_force: float
    clamped: tuple[str, ...]
    held: bool
    withdrawing: bool = False
