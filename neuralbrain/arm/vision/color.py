"""Colour words from pixels: shading changes a surface's brightness, not its hue."""

import colorsys
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.catalogue import COLORS

GREY: Final = -1
"""The label of what has no colour: table, walls, arm."""
WORDS: Final = tuple(COLORS)
"""Label -> colour word."""

_HUES: Final = np.array([colorsys.rgb_to_hsv(*rgb)[0] for rgb in COLORS.values()]) * 256.0


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


def _nearest_hue() -> NDArray[np.int8]:
    """Return the label of each of the 256 hues: the nearest on the circle of hues."""
    distance = np.abs((np.arange(256)[:, None] - _HUES + 128) % 256 - 128)
    nearest: NDArray[np.int8] = np.argmin(distance, axis=1).astype(np.int8)
    return nearest


_NEAREST: Final = _nearest_hue()
