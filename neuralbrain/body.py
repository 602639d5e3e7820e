"""The seam between the brainstem and a body. Nothing but a brainstem calls a body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ArmState:
    """What an arm feels: see `neuralbrain.messages.Percept` for each field's unit and shape."""

    joint_positions: Floats
    joint_velocities: Floats
    gripper_width: float
    tool_position: Floats
    tool_rotation: Floats
    contact_force: Floats
    arm_force: float


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a camera sees: see `neuralbrain.messages.CameraFrame` for each field's unit and shape."""

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    intrinsics: Floats
    pose: Floats


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How the task stands, by simulator truth.

    Attributes:
        success: Whether the task is solved as the world stands now.
        reward: The environment's reward for the world as it stands.
        info: Further figures.
    """

    success: bool
    reward: float
    info: Mapping[str, float | int | bool | str]


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


class ArmBody(Protocol):
    """An arm with a gripper and cameras.

    A Gymnasium environment whose ``unwrapped.body`` is one can be driven by a brain.

    Attributes:
        instruction: The sentence of this episode; set by `reset`.
        limits: What the arm can do.
        cameras: The names of its cameras.
        tick_seconds: Simulated time of one `act`, s.
        servo_steps: Servo targets in one `act`: physics substeps a tick.
        max_ticks: When the task's time is up.
    """

    instruction: str
    limits: ArmLimits
    cameras: tuple[str, ...]
    tick_seconds: float
    servo_steps: int
    max_ticks: int

    def reset(self, seed: int) -> None:
        """Build the world afresh from the seed."""

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

    def evaluate(self) -> Evaluation:
        """Judge the world as it stands, by simulator truth."""

    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs; it can be pickled."""

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there, in this process or another."""

    def close(self) -> None:
        """Release the simulator."""


@dataclass(frozen=True, kw_only=True)
class SwarmState:
    """What robots sense: see `neuralbrain.messages.Chemosense` for each field's unit; shape (robots,)."""

    molecules: NDArray[np.int32]
    quick_change: NDArray[np.float32]
    slow_change: NDArray[np.float32]
    contact: NDArray[np.bool_]
    rise_ahead: NDArray[np.float32]
    rise_left: NDArray[np.float32]
    rise_up: NDArray[np.float32]
    portions: NDArray[np.int32]
    signal: NDArray[np.int32]
    signal_change: NDArray[np.float32]


class SwarmBody(Protocol):
    """Robots that swim and taste: one, or thousands as one body.

    A Gymnasium environment whose ``unwrapped.body`` is one can be driven by a brain.

    Attributes:
        instruction: The sentence of this episode; set by `reset`.
        robots: How many robots there are.
        actions: How many things a robot can do: the first so many of `neuralbrain.messages.Move`.
        portions: Into how many portions each one's payload is divided; 0: they carry none.
        tick_seconds: Simulated time of one `act`, s.
        max_ticks: When the task's time is up.
    """

    instruction: str
    robots: int
    actions: int
    portions: int
    tick_seconds: float
    max_ticks: int

    def reset(self, seed: int) -> None:
        """Draw the world of the seed."""

    def sense(self) -> SwarmState:
        """Return what the robots sense now."""

    def act(self, actions: NDArray[np.int32]) -> None:
        """Let a tick pass.

        Args:
            actions: What each robot does, 0 to ``actions`` - 1, shape (robots,).
        """

    def evaluate(self) -> Evaluation:
        """Judge the world as it stands, by simulator truth."""

    def places(self) -> NDArray[np.float32]:
        """Return where the robots are, µm, shape (robots, 3): by simulator truth, for people."""

    def picture(self, path: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return a picture for people, height x width x 3.

        Args:
            path: What `places` has returned so far, shape (ticks, robots, 3).
        """

    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs; it can be pickled."""

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there, in this process or another."""

    def close(self) -> None:
        """Release the simulator."""
