"""What an arm is: what it feels, what it can do, how it is built, and how it is driven."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from neuralbrain.body import Body, Floats, Picture


@dataclass(frozen=True, kw_only=True)
class ArmState:
    """What an arm feels: see `neuralbrain.arm.messages.Proprioception` for each field's unit and shape."""

    joint_positions: Floats
    joint_velocities: Floats
    gripper_width: float
    tool_position: Floats
    tool_rotation: Floats
    contact_force: Floats
    arm_force: float


OVERVIEW: Final = "overview"
"""The role of a camera that overlooks the workspace and stays where it is."""
ON_HAND: Final = "hand"
"""The role of a camera that the hand carries, and that looks where the hand points."""


@dataclass(frozen=True, kw_only=True)
class ArmLimits:
    """What the arm can do, from its data sheet; n is the number of its joints.

    Attributes:
        joints: Their names, base to wrist.
        lower: Joint limits, rad, shape (n,).
        upper: Joint limits, rad, shape (n,).
        speed: Largest joint speeds, rad/s, shape (n,).
        gripper_width: Largest opening, m.
        gripper_force: Largest force of the fingers, N.
    """

    joints: tuple[str, ...]
    lower: Floats
    upper: Floats
    speed: Floats
    gripper_width: float
    gripper_force: float


@dataclass(frozen=True, kw_only=True)
class ArmLinks:
    """How the arm is built, so that a brain can reckon where its hand is and how to bring it elsewhere.

    The tool's frame lies between the finger tips: its third axis points out of the gripper and its second is
    the axis along which the fingers close. Heights of the hand's parts are above its origin when it points
    down.

    Attributes:
        chain: Denavit-Hartenberg parameters (Craig's convention) a, m, d, m, and alpha, rad: one row a joint
            and one for the tool, shape (n + 1, 3). The base is the world's origin.
        tool_turn: The tool's angle about its axis, rad: what a joint's angle is for a joint.
        swivel: Which joint, counted from 0, turns the elbow of an arm with a joint too many for a pose; None:
            it has none too many.
        camera: Where the camera of the hand is in the tool's frame, m, shape (3,).
        finger_depth: How far the finger tips reach below the tool's origin, m.
        finger_width: Of a finger, across the axis on which the fingers close, m.
        finger_thickness: How far a finger extends outwards from its pad, m: at its tip, and at the palm; it
            widens evenly between.
        palm_height: Of the palm, m.
        palm: Extent of the hand across and along the axis on which the fingers close, m.
    """

    chain: Floats
    tool_turn: float
    swivel: int | None
    camera: Floats
    finger_depth: float
    finger_width: float
    finger_thickness: tuple[float, float]
    palm_height: float
    palm: tuple[float, float]


UNKNOWN: Final = ArmLinks(
    chain=np.zeros((0, 3)),
    tool_turn=0.0,
    swivel=None,
    camera=np.zeros(3),
    finger_depth=0.0,
    finger_width=0.0,
    finger_thickness=(0.0, 0.0),
    palm_height=0.0,
    palm=(0.0, 0.0),
)
"""What the schema says of an arm of which nobody knows how it is built."""


class ArmBody(Body, Protocol):
    """An arm with a gripper and cameras.

    A Gymnasium environment whose ``unwrapped.body`` is one can be driven by a brain.

    Attributes:
        limits: What the arm can do.
        links: How it is built; None: nobody knows, and no skill that reaches for something can be done.
        cameras: The name of each of its cameras -> its role, ``OVERVIEW``, ``ON_HAND`` or another.
        servo_steps: Servo targets in one `act`: physics substeps a tick.
    """

    limits: ArmLimits
    links: ArmLinks | None
    cameras: Mapping[str, str]
    servo_steps: int

    def sense(self) -> ArmState:
        """Return what the arm feels now."""

    def look(self, camera: str) -> Picture:
        """Take a picture."""

    def act(self, joints: Floats, gripper_width: float, gripper_force: float) -> None:
        """Run one tick of physics.

        Args:
            joints: Joint targets, one row a servo step, rad, shape (servo_steps, n).
            gripper_width: Target distance between the fingers, m.
            gripper_force: Largest force of the fingers, N.
        """
