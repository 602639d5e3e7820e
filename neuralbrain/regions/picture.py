"""Whether a picture shows anything: a camera may be covered, unlit, dazzled, or send one colour for all."""

import numpy as np
from numpy.typing import NDArray

BRIGHTNESS = (0.15, 0.85)
"""Mean brightness between which a picture shows something, as a part of white. Those of the worlds that come
with NeuralBrain have 0.43 to 0.68."""
BEND = 0.05
"""What bends more is more than one surface: the second difference of the inverse depth, as a part of it. On a
plane that is 0 but for noise."""
RELIEF = 0.005
"""Share of the pixels that bend in a picture of more than one surface."""


def fault_of(rgb: NDArray[np.uint8], depth: NDArray[np.float32]) -> str:
    """Say why nothing can be seen in a picture; empty: something can.

    One colour alone is no fault where all that is in sight is one surface: a bare table looks so from near.

    Args:
        rgb: Height x width x 3, 0 to 255.
        depth: Height x width, m; 0 where there is none.
    """
    brightness = float(rgb.sum(dtype=np.int64)) / (255 * rgb.size)
    if brightness < BRIGHTNESS[0]:
        return "the picture is dark"
    if brightness > BRIGHTNESS[1]:
        return "the picture is too bright"
    if not depth.any():
        return "the picture has no depth"
    if (rgb == rgb[0, 0]).all() and not _is_one_surface(depth):
        return "the picture has one colour all over"
    return ""


def _is_one_surface(depth: NDArray[np.float32]) -> bool:
    """Whether a depth picture shows a plane alone, and all over."""
    if not depth.all():
        return False
    for near in (1.0 / depth.astype(np.float64), 1.0 / depth.T.astype(np.float64)):
        far = len(near) // 4
        middle = near[far : len(near) - far]
        bent = np.abs(near[2 * far :] - 2.0 * middle + near[: len(near) - 2 * far]) > BEND * middle
        if int(bent.sum()) > RELIEF * bent.size:
            return False
    return True
