"""Colour words from pixels: shading changes a surface's brightness, not its hue."""

import colorsys
from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

GREY: Final = -1
"""The label of what has no colour."""


class Palette:
    """The colours that a picture's pixels are named by.

    Args:
        colors: Colour word -> sRGB, 0 to 1.

    Attributes:
        words: Label -> colour word.
    """

    def __init__(self, colors: Mapping[str, tuple[float, float, float]]) -> None:
        self.words = tuple(colors)
        hues = np.array([colorsys.rgb_to_hsv(*rgb)[0] for rgb in colors.values()]) * 256.0
        distance = np.abs((np.arange(256)[:, None] - hues + 128) % 256 - 128)  # on the circle of hues
        self._nearest: NDArray[np.int8] = np.argmin(distance, axis=1).astype(np.int8)

    def label(self, rgb: NDArray[np.uint8], min_saturation: float, min_value: float) -> NDArray[np.int8]:
        """Name the colour of every pixel by the nearest hue.

        Args:
            rgb: Picture, shape (rows, columns, 3).
            min_saturation: HSV saturation below which a pixel is grey, 0 to 1.
            min_value: HSV value below which a pixel is too dark to tell, 0 to 1.

        Returns:
            Index into `words`, or `GREY`, shape (rows, columns).
        """
        hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV_FULL)
        labels: NDArray[np.int8] = self._nearest[hsv[:, :, 0]]
        faint = (hsv[:, :, 1] < 255 * min_saturation) | (hsv[:, :, 2] < 255 * min_value)
        labels[faint] = GREY
        return labels
