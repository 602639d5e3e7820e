"""What a rover is: what it senses, what it is made of, and how it is driven.

**Frames.** The rover's frame has its origin on the floor between the wheels, x forward, y to the left, z up;
m. Turning left is positive. The camera's frame is x right, y down, z along the optical axis; a picture's pose
leads from it into the *rover's* frame as it was when the picture was taken, because a rover does not know
where in the world it is.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import Body, Floats, Picture


@dataclass(frozen=True, kw_only=True)
class RoverState:
    """What the rover senses at one moment.

    Attributes:
        wheel_angles: How far the left and the right wheel have turned since the start, rad, shape (2,);
            forwards is positive. The encoders are exact.
        wheel_speeds: rad/s, shape (2,).
        heading_rate: How fast it turns by its gyro, left positive, rad/s.
        ranges: From the vertical through its origin to what is nearest along each bearing of ``Rangers``, m,
            shape (n,), ``near`` to ``far``; wrong by up to ``error``.
        bumper: Which quarters of the bumper are pressed: front, left, back, right, shape (4,).
        cradled: Whether something is between the prongs.
    """

    wheel_angles: Floats
    wheel_speeds: Floats
    heading_rate: float
    ranges: Floats
    bumper: NDArray[np.bool_]
    cradled: bool


@dataclass(frozen=True, kw_only=True)
class Wheels:
    """The two driven wheels.

    Attributes:
        radius: m; a real wheel's differs by up to 0.5 %.
        axle: Distance between the points where they touch the floor, m.
        max_speed: rad/s, either way.
        torque: Of each motor at most, N m.
    """

    radius: float
    axle: float
    max_speed: float
    torque: float


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A camera with depth, fixed to the rover.

    Attributes:
        name: What `RoverBody.look` calls it.
        width: Pixels.
        height: Pixels.
        field: Horizontal field of view, rad.
        forward: Where it is before the rover's origin, m.
        up: How high above the floor, m.
        pitch: How far it looks down, rad.
        near: What is nearer along the optical axis is not drawn, m.
        far: What is farther is 0 in the depth picture, m.
    """

    name: str
    width: int
    height: int
    field: float
    forward: float
    up: float
    pitch: float
    near: float
    far: float

    @property
    def focal(self) -> float:
        """Return the focal length in pixels, the same both ways."""
        return self.width / 2 / math.tan(self.field / 2)


@dataclass(frozen=True, kw_only=True)
class Rangers:
    """Range sensors in a horizontal ring.

    Attributes:
        bearings: Where each looks from the rover's axis, rad, left positive.
        up: Height of the beams, m.
        near: Smallest range, m.
        far: Largest range, m; it is also said where nothing is nearer.
        error: Largest error, m.
    """

    bearings: tuple[float, ...]
    up: float
    near: float
    far: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Hull:
    """The rover's outline.

    Attributes:
        radius: Of its round rim, m.
        prong_ahead: How far ahead of the origin the tips of its two prongs are, m.
        prong_aside: How far to each side the inner edges of the tips are, m.
    """

    radius: float
    prong_ahead: float
    prong_aside: float

    def cradle(self, ball: float) -> float:
        """Return how far ahead of the origin the middle of a ball is that lies against both prongs, m.

        Args:
            ball: Its radius, m.
        """
        return self.prong_ahead + math.sqrt(max(ball * ball - self.prong_aside * self.prong_aside, 0.0))


class RoverBody(Body, Protocol):
    """A rover with two driven wheels, a camera, range sensors and a bumper.

    A Gymnasium environment whose ``unwrapped.body`` is one can be driven by a brain.

    Attributes:
        wheels: What the data sheet says of them.
        camera: What it says of the camera.
        rangers: What it says of the range sensors.
        hull: What it says of the outline.
        cameras: The names of the cameras.
        servo_steps: Physics substeps a tick.
    """

    wheels: Wheels
    camera: Camera
    rangers: Rangers
    hull: Hull
    cameras: tuple[str, ...]
    servo_steps: int

    def sense(self) -> RoverState:
        """Return what the rover senses now."""

    def look(self, camera: str) -> Picture:
        """Take a picture."""

    def act(self, left: float, right: float) -> None:
        """Run one tick of physics.

        Args:
            left: What the left wheel's motor holds, rad/s.
            right: The right one's.
        """
