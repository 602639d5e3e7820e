"""Colour words from pixels: shading changes a surface's brightness, not its hue."""

import colorsys
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralbrain.rover.catalogue import COLORS

GREY: Final = -1
"""The label of what has no colour: floor, walls, obstacles."""
WORDS: Final = tuple(COLORS)
"""Label -> colour word."""
_HUES: Final = [colorsys.rgb_to_hsv(*rgb)[0] * 256.0 for rgb in COLORS.values()]
_NEAREST: Final = np.array(
    [
        min(range(len(_HUES)), key=lambda label: abs((hue - _HUES[label] + 128.0) % 256.0 - 128.0))
        for hue in range(256)
    ],
    np.int8,
)
"""Label of each of the 256 hues: the nearest on the circle of hues."""


def label_colors(rgb: NDArray[np.uint8], min_saturation: float, min_value: float) -> NDArray[np.int8]:
    """Name the colour of every pixel by the nearest hue of the catalogue.

    Args:
        rgb: Picture, shape (rows, columns, 3).
        min_saturation: HSV saturation below which a pixel is grey, 0 to 1.
        min_value: HSV value below which a pixel is too dark to tell, 0 to 1.

    Returns:
        Index into `WORDS`, or `GREY`, shape (rows, columns).
    """
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV_FULL)
    labels: NDArray[np.int8] = _NEAREST[hsv[:, :, 0]]
    faint = (hsv[:, :, 1] < 255 * min_saturation) | (hsv[:, :, 2] < 255 * min_value)
    labels[faint] = GREY
    return labels
