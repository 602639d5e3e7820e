"""What was true from a start up to some moment, and where things are to each other, as the viewer sees it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.envs.tabletop.moment import Moment, Piece

DIRECTIONS: Final = MappingProxyType({"left": (0, -1), "right": (0, 1), "nearer": (1, 0), "farther": (-1, 0)})
"""The viewer's words -> a unit vector, x and y."""


@dataclass(frozen=True)
class Course:
    """What was true from the start up to some moment.

    Attributes:
        moments: In order of time, the start first.
    """

    moments: Sequence[Moment]

    @property
    def start(self) -> Moment:
        """The first moment."""
        return self.moments[0]

    @property
    def now(self) -> Moment:
        """The last moment."""
        return self.moments[-1]

    def shift(self, name: str) -> float:
        """Return how far a thing is from where it was at the start, m; a drawer may have slid, too."""
        was, now = self.start.pieces[name], self.now.pieces[name]
        return max(math.dist(was.position, now.position), abs(now.extension - was.extension))

    def strayed(self, name: str) -> float:
        """Return how far a thing ever was from where it was at the start, m."""
        return max(Course([self.start, moment]).shift(name) for moment in self.moments)


def carriers(moment: Moment, name: str) -> set[str]:
    """Return what a thing rests on."""
    return {lower for upper, lower in moment.rests if upper == name}


def distance(course: Course, one: str, other: str) -> float:
    """Return how far the middles of two things are apart, seen from above, m."""
    pieces = course.now.pieces
    return math.dist(pieces[one].position[:2], pieces[other].position[:2])


def ahead(course: Course, here: str, there: str, direction: str) -> float:
    """Return how much farther one thing is in a direction than another, m."""
    x, y = DIRECTIONS[direction]
    one, other = course.now.pieces[here].position, course.now.pieces[there].position
    return x * (other[0] - one[0]) + y * (other[1] - one[1])


def on_line(course: Course, name: str, one: str, two: str) -> tuple[float, float]:
    """Return where a thing is along the line from one to another, 0 to 1, and how far off it, m."""
    (px, py), (ax, ay), (bx, by) = (course.now.pieces[n].position[:2] for n in (name, one, two))
    dx, dy = bx - ax, by - ay
    whole = math.hypot(dx, dy) or math.inf
    return ((px - ax) * dx + (py - ay) * dy) / whole**2, abs((px - ax) * dy - (py - ay) * dx) / whole


def reach(piece: Piece, towards: Piece) -> float:
    """Return how far a thing extends from its middle towards another, m."""
    size = SHAPES[piece.category].size
    if piece.category in ("bowl", "ball", "cylinder"):
        return size[0] / 2
    x, y = seen_from(piece, towards)
    far = math.hypot(x, y) or math.inf
    ends = [half * far / abs(along) for half, along in ((size[0] / 2, x), (size[1] / 2, y)) if along]
    return min(ends, default=0.0)


def over(upper: Piece, lower: Piece) -> bool:
    """Whether the middle of one thing is over another."""
    return math.dist(upper.position[:2], lower.position[:2]) <= reach(lower, upper)


def seen_from(around: Piece, piece: Piece) -> tuple[float, float]:
    """Return where a thing is in another one's frame, x and y, m."""
    x, y = (piece.position[axis] - around.position[axis] for axis in (0, 1))
    c, s = math.cos(around.yaw), math.sin(around.yaw)
    return c * x + s * y, c * y - s * x
