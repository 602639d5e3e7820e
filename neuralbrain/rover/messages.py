"""What a rover is told of itself, what it feels, and how it is driven."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat

from neuralbrain.messages import ArrayOf, BodySchema, Message

Pair = Annotated[NDArray[np.float64], ArrayOf("float64", 2)]
"""One value for each wheel: left, right."""


class RoverSchema(BodySchema):
    """The body schema: what the rover is made of, told once, at tick 0.

    Attributes:
        tick_seconds: Length of the body's tick, s.
        wheel_radius: m.
        axle: Distance between the wheels, m.
        max_wheel_speed: rad/s, either way.
        radius: Of its round rim, m.
        prong_ahead: How far ahead of its origin the tips of its prongs are, m.
        prong_aside: How far to each side their inner edges are, m.
        bearings: Where each range sensor looks, rad, left positive.
        range_far: What a range sensor says where nothing is, m.
        camera: The name of the camera that looks ahead.
        camera_field: Its horizontal field of view, rad.
    """

    kind: Literal["rover_schema"] = "rover_schema"  # type: ignore[assignment]  # a kind is one message's own
    wheel_radius: float
    axle: float
    max_wheel_speed: float
    radius: float
    prong_ahead: float
    prong_aside: float
    bearings: tuple[float, ...]
    range_far: float
    camera: str
    camera_field: float


class Proprioception(Message):
    """What the rover feels before this tick's physics.

    Attributes:
        wheel_angles: How far each wheel has turned since the start, rad.
        wheel_speeds: rad/s.
        heading_rate: How fast it turns by its gyro, rad/s, left positive.
        ranges: From its origin to what is nearest along each bearing of the body schema, m.
        bumper: Which quarters are pressed: front, left, back, right.
        cradled: Whether something is between the prongs.
    """

    kind: Literal["rover_proprioception"] = "rover_proprioception"
    wheel_angles: Pair
    wheel_speeds: Pair
    heading_rate: float
    ranges: Annotated[NDArray[np.float64], ArrayOf("float64", None)]
    bumper: Annotated[NDArray[np.bool_], ArrayOf("bool", 4)]
    cradled: bool


class Pose(Message):
    """Where the rover is by path integration, in the frame in which it started.

    Attributes:
        sensed: The tick at which what it follows from was felt.
        x: Ahead of the start, m.
        y: Left of the start, m.
        heading: rad, left positive, not wrapped.
    """

    kind: Literal["rover_pose"] = "rover_pose"
    sensed: int
    x: float
    y: float
    heading: float


class Drive(Message):
    """A short timed command: both wheels' speeds.

    Attributes:
        left: rad/s.
        right: rad/s.
        ticks: For so many ticks from its arrival on; then it is stale, and the rover stands still.
    """

    kind: Literal["rover_drive"] = "rover_drive"
    left: FiniteFloat
    right: FiniteFloat
    ticks: Annotated[int, Field(ge=1)]


class DriveReport(Message):
    """What the brainstem really sent to the wheels in this tick.

    Attributes:
        left: rad/s.
        right: rad/s.
        clamped: What changed the command ("reflex", "speed"), in order; often empty.
        held: Whether there was no fresh command, so that the rover stood still.
    """

    kind: Literal["rover_drive_report"] = "rover_drive_report"
    left: float
    right: float
    clamped: tuple[str, ...]
    held: bool


class BehaviourChoice(Message):
    """What the basal ganglia have chosen to do; sent when the choice changes.

    Attributes:
        behaviour: The behaviour's name.
        about: The id of what it is about; empty for nothing.
    """

    kind: Literal["rover_behaviour"] = "rover_behaviour"
    behaviour: str
    about: str = ""

    def headline(self) -> str:
        """Say what it does."""
        return f"chooses to {self.behaviour}" + (f" ({self.about.replace('_', ' ')})" if self.about else "")
