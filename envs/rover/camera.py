"""The rover's camera, colour and depth, by TinyRenderer."""

import math
from typing import Any

import numpy as np

from neuralbrain.body import Floats, Picture
from neuralbrain.envs.renderer import Lens, intrinsics, render
from neuralbrain.envs.rover.chassis import Chassis, Triple, turned
from neuralbrain.envs.rover.datasheet import CAMERA

_C, _S = math.cos(CAMERA.pitch), math.sin(CAMERA.pitch)
_AXIS: Triple = (_C, 0.0, -_S)
"""Where it looks, in the rover's frame."""
_UP: Triple = (_S, 0.0, _C)
LIGHT = (0.8, -1.2, 3.0)
"""Where the light comes from."""
_LENS = Lens(
    width=CAMERA.width,
    height=CAMERA.height,
    field=2 * math.degrees(math.atan(CAMERA.height / 2 / CAMERA.focal)),
    near=CAMERA.near,
    far=CAMERA.far,
    light=LIGHT,
)
_PLACE: Triple = (CAMERA.forward, 0.0, CAMERA.up)


def look(bullet: Any, rover: Chassis, noise: Floats | None) -> Picture:
    """Take a picture; its pose is in the rover's frame.

    Args:
        bullet: The world's client.
        rover: Who looks.
        noise: Factors of the depth, shape (height, width); None for none.
    """
    (x, y, z), turn = rover.frame()
    px, py, pz = turned(turn, _PLACE)
    ax, ay, az = turned(turn, _AXIS)
    eye = (x + px, y + py, z + pz)
    view = bullet.computeViewMatrix(eye, (eye[0] + ax, eye[1] + ay, eye[2] + az), turned(turn, _UP))
    rgb, depth = render(bullet, view, _LENS)
    if noise is not None:
        depth *= noise
    return Picture(
        rgb=rgb,
        depth=depth.astype(np.float32),
        intrinsics=intrinsics(CAMERA.focal, CAMERA.width, CAMERA.height),
        pose=pose_in_rover(),
    )


def pose_in_rover() -> Floats:
    """Return where the camera is: its frame (x right, y down, z forward) to the rover's, m, shape (4, 4)."""
    return np.array(
        [
            [0.0, -_S, _C, CAMERA.forward],
            [-1.0, 0.0, 0.0, 0.0],
            [0.0, -_C, -_S, CAMERA.up],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )
