"""What is true of a table at one moment, as plain data: judges can keep it, and tests can make it up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from neuralbrain.arm.catalogue import SHAPES

TABLE = "table"
"""What stands for the table where something rests on it."""
FEET = ("bowl", "drawer", "zone")
"""Categories whose position is that of their foot; the position of others is that of their middle."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One object.

    Attributes:
        category: One of the catalogue's.
        color: One of the catalogue's.
        position: Of its middle, or its foot (`FEET`), m.
        yaw: How it is turned about the vertical, rad.
        extension: How far a drawer is out, m; 0 for all else.
    """

    category: str
    color: str
    position: tuple[float, float, float]
    yaw: float = 0.0
    extension: float = 0.0

    @property
    def foot(self) -> float:
        """The height of its foot, m, as long as it stands upright."""
        half = 0.0 if self.category in FEET else SHAPES[self.category].size[2] / 2
        return self.position[2] - half


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The truth at one moment.

    Attributes:
        seconds: When, simulated time, s.
        pieces: Name, like "red_block" -> object.
        rests: What rests on what: pairs of names, upper and lower; the lower may be `TABLE`.
        gripped: What both fingers touch.
        tool: Where the point between the finger tips is, m.
    """

    seconds: float
    pieces: Mapping[str, Piece]
    rests: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    gripped: frozenset[str] = field(default_factory=frozenset)
    tool: tuple[float, float, float] = (0.0, 0.0, 0.0)
