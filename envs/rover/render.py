"""The arena for people: from above and a little aslant. No brain sees it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.rover.camera import LIGHT

WIDTH, HEIGHT = 320, 240


def spectate(bullet: Any) -> NDArray[np.uint8]:
    """Return a picture of the whole arena, uint8, shape (HEIGHT, WIDTH, 3)."""
    view = bullet.computeViewMatrix((0.0, -3.3, 4.6), (0.0, -0.12, 0.0), (0.0, 0.0, 1.0))
    projection = bullet.computeProjectionMatrixFOV(44.0, WIDTH / HEIGHT, 0.5, 12.0)
    _, _, rgba, _, _ = bullet.getCameraImage(
        WIDTH,
        HEIGHT,
        view,
        projection,
        shadow=0,
        lightDirection=LIGHT,
        renderer=bullet.ER_TINY_RENDERER,
        flags=bullet.ER_NO_SEGMENTATION_MASK,
    )
    return np.ascontiguousarray(np.asarray(rgba, np.uint8).reshape(HEIGHT, WIDTH, 4)[:, :, :3])
