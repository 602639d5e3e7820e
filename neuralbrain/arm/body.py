"""What an arm is: what it feels, what it can do, and how it is driven."""

from dataclasses import dataclass
from typing import Protocol

from neuralbrain.body import Body, Floats, Picture


@dataclass(frozen=True, kw_only=True)
class ArmState:
    """What an arm feels: see `neuralbrain.arm.messages.Percept` for each field's unit and shape."""

    joint_positions: Floats
    joint_velocities: Floats
    gripper_width: float
    tool_position: Floats
    tool_rotation: Floats
    contact_force: Floats
    arm_force: float


@dataclass(frozen=True, kw_only=True)
class ArmLimits:
    """What the arm can do, from its data sheet.

    Attributes:
        lower: Joint limits, rad, shape (7,).
        upper: Joint limits, rad, shape (7,).
        speed: Largest joint speeds, rad/s, shape (7,).
        gripper_width: Largest opening, m.
        gripper_force: Largest force of the fingers, N.
    """

    lower: Floats
    upper: Floats
    speed: Floats
    gripper_width: float
    gripper_force: float


class ArmBody(Body, Protocol):
    """An arm with a gripper and cameras.

    A Gymnasium environment whose ``unwrapped.body`` is one can be driven by a brain.

    Attributes:
        limits: What the arm can do.
        cameras: The names of its cameras.
        servo_steps: Servo targets in one `act`: physics substeps a tick.
    """

    limits: ArmLimits
    cameras: tuple[str, ...]
    servo_steps: int

    def sense(self) -> ArmState:
        """Return what the arm feels now."""

    def look(self, camera: str) -> Picture:
        """Take a picture."""

    def act(self, joints: Floats, gripper_width: float, gripper_force: float) -> None:
        """Run one tick of physics.

        Args:
            joints: Joint targets, one row a servo step, rad, shape (servo_steps, 7).
            gripper_width: Target distance between the fingers, m.
            gripper_force: Largest force of the fingers, N.
        """
