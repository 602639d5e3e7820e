"""Pictures by PyBullet's TinyRenderer: what all cameras of the worlds have in common."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import Floats

Triple = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Lens:
    """How a camera sees.

    Attributes:
        width: Pixels.
        height: Pixels.
        field: Vertical field of view, degrees.
        near: What is nearer is not drawn, m.
        far: What is farther has no depth, m.
        light: Where light comes from. Every picture must say it: the renderer keeps what the last one said.
        shadow: Whether there are shadows.
    """

    width: int
    height: int
    field: float
    near: float
    far: float
    light: Triple
    shadow: bool = False


def render(bullet: Any, view: Any, lens: Lens) -> tuple[NDArray[np.uint8], Floats]:
    """Return a picture, shape (height, width, 3), and its depth, m, 0 where all is too far, (height, width).

    Args:
        bullet: The world's client.
        view: Its view matrix.
        lens: How the camera sees.
    """
    width, height, near, far = lens.width, lens.height, lens.near, lens.far
    _, _, rgba, buffer, _ = bullet.getCameraImage(
        width,
        height,
        view,
        bullet.computeProjectionMatrixFOV(lens.field, width / height, near, far),
        shadow=int(lens.shadow),
        lightDirection=lens.light,
        renderer=bullet.ER_TINY_RENDERER,
        flags=bullet.ER_NO_SEGMENTATION_MASK,
    )
    rgb = np.asarray(rgba, np.uint8).reshape(height, width, 4)[:, :, :3]
    depth = far * near / (far - (far - near) * np.asarray(buffer, np.float64).reshape(height, width))
    depth[depth > 0.98 * far] = 0.0
    return np.ascontiguousarray(rgb), depth


def intrinsics(focal: float, width: int, height: int) -> Floats:
    """Return fx, fy, cx and cy of a camera of some focal length, pixels.

    TinyRenderer's pixel of column c and row r looks along u = c, v = r + 1 (measured), not c + 1/2.
    """
    return np.array([focal, focal, width / 2, height / 2 - 1])
