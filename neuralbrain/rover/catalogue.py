"""What can stand in the arena: shapes, sizes and colours.

This is prior knowledge, like knowing what a pillar looks like: perception and planning may import it. It says
nothing about where anything is.
"""

from types import MappingProxyType
from typing import Final

Rgb = tuple[float, float, float]

COLORS: Final = MappingProxyType(
    {
        "red": (0.80, 0.08, 0.08),
        "orange": (0.95, 0.45, 0.05),
        "yellow": (0.92, 0.85, 0.10),
        "green": (0.10, 0.60, 0.15),
        "blue": (0.08, 0.20, 0.80),
        "purple": (0.50, 0.10, 0.60),
    }
)
"""Colour word -> sRGB, 0 to 1, of a pillar's or ball's surface. All else is grey. In one arena no two pillars
and balls have the same colour."""

FLOOR: Final[Rgb] = (0.62, 0.61, 0.59)
WALL: Final[Rgb] = (0.80, 0.80, 0.78)
OBSTACLE: Final[Rgb] = (0.36, 0.36, 0.38)
"""sRGB, 0 to 1."""

PILLAR_RADIUS: Final = 0.08
PILLAR_HEIGHT: Final = 0.50
BALL_RADIUS: Final = 0.06
WALL_HEIGHT: Final = 0.30
OBSTACLE_HEIGHT: Final = 0.25
"""m; an obstacle is a box whose sides are drawn."""
