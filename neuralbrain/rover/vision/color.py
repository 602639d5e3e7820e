"""The colours of what stands in the arena."""

from typing import Final

from neuralbrain.palette import Palette
from neuralbrain.rover.catalogue import COLORS

PALETTE: Final = Palette(COLORS)
"""Floor, walls and obstacles have none of them."""
