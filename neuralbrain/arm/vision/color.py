"""The colours of what lies on the table."""

from typing import Final

from neuralbrain.arm.catalogue import COLORS
from neuralbrain.palette import Palette

PALETTE: Final = Palette(COLORS)
"""Table, walls and arm have none of them."""
