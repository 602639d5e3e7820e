"""The rover's data sheet: what it may know of itself. `neuralbrain.envs.rover.body` tells its frames."""

import math
from typing import Final

from neuralbrain.rover.body import Camera, Hull, Rangers, Wheels

WHEELS: Final = Wheels(radius=0.035, axle=0.13, max_speed=14.0, torque=0.06)

CAMERA: Final = Camera(
    name="front",
    width=160,
    height=120,
    field=math.radians(85.0),
    forward=0.08,
    up=0.18,
    pitch=math.radians(15.0),
    near=0.02,
    far=6.0,
)

RANGERS: Final = Rangers(
    bearings=tuple(math.radians(degrees) for degrees in (0, 45, 90, 135, 180, -135, -90, -45)),
    up=0.07,
    near=0.10,
    far=2.0,
    error=0.005,
)
"""Ranges count from the vertical through the rover's origin, so the nearest one possible is its own rim."""

HULL: Final = Hull(radius=0.10, prong_ahead=0.13, prong_aside=0.05)
"""The tips of both prongs cradle a ball, whose middle is then 0.163 m ahead of the rover's origin."""
CRADLE: Final = (0.12, 0.06)
"""Where the light barrier between the prongs is: how far ahead, and how high, m."""

GYRO_ERROR: Final = 0.01
"""Largest error of the heading rate, rad/s."""
BUMPER_FORCE: Final = 1.0
"""Force at which a bumper's switch closes, N; a ball that is pushed does not close it."""
BUMPERS: Final = ("front", "left", "back", "right")
"""The quarters of the bumper, in the order in which their switches are told."""
