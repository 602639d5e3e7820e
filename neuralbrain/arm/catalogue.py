"""The objects that can lie on the table: their shapes, sizes and colours.

This is prior knowledge, like knowing what a bowl looks like: perception and planning may import it. It
says nothing about where anything is.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

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
"""Colour word -> sRGB, 0 to 1, of the object's surface. The table, the walls and the arm are grey."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The shape of one category of objects.

    Attributes:
        category: Its name.
        size: Extent along its own x, y and up, m.
        mass: kg; 0 for what is fixed to the table.
        wall: Thickness of its walls and floor, m; 0 for what is solid.
    """

    category: str
    size: tuple[float, float, float]
    mass: float
    wall: float = 0.0


SHAPES: Final = MappingProxyType(
    {
        shape.category: shape
        for shape in (
            Shape(category="block", size=(0.04, 0.04, 0.04), mass=0.05),
            # Eight walls on a floor; twice as wide as a block's diagonal, so that two lie side by side.
            Shape(category="bowl", size=(0.15, 0.15, 0.045), mass=0.25, wall=0.005),
            # Wider each way than a gripper of a Panda's size opens.
            Shape(category="box", size=(0.12, 0.12, 0.06), mass=0.20),
            # A cabinet; its drawer slides out along the direction of its yaw. Its measures are below.
            Shape(category="drawer", size=(0.20, 0.22, 0.07), mass=0.0, wall=0.006),
            Shape(category="zone", size=(0.16, 0.16, 0.001), mass=0.0),
            Shape(category="cylinder", size=(0.04, 0.04, 0.07), mass=0.06),
            Shape(category="ball", size=(0.05, 0.05, 0.05), mass=0.04),
        )
    }
)
"""Category -> shape."""

DRAWER_TRAVEL: Final = 0.14
"""How far a drawer slides out, m."""
HANDLE_GAP: Final = 0.040
"""Free room between a drawer's front and the bar that is its handle, m."""
HANDLE_BAR: Final = 0.010
"""Thickness of the bar, m."""
HANDLE_LENGTH: Final = 0.10
"""Its length, across the drawer, m."""
HANDLE_HEIGHT: Final = 0.045
"""Height of its middle, m."""
HANDLE_STANDOFF: Final = HANDLE_GAP + HANDLE_BAR / 2
"""From the front to its middle, m."""
HANDLE_REACH: Final = HANDLE_GAP + HANDLE_BAR
"""From the front to its far side, m."""
TRAY_LIFT: Final = 0.003
"""Height of the underside of a drawer's tray, m."""
TRAY_FLOOR: Final = 0.009
"""Height of what lies in the tray, m: the underside and the floor's thickness."""
TRAY_SIDE: Final = 0.05
"""Height of the tray's side walls above its underside, m."""

TABLE_MIDDLE: Final = (0.40, 0.0)
"""The middle of the whole table's top, m."""

CENTER: Final = (0.5, 0.0)
"""The middle of the part of the table where objects lie, m."""

GRASPABLE: Final = ("block", "cylinder", "ball")
"""Categories that fit between the fingers."""

CONTAINERS: Final = ("bowl", "drawer")
"""Categories that other objects lie in."""

DISTRACTORS: Final = ("cylinder", "ball")
"""Categories that no task asks for."""
