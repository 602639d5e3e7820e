"""Ways around objects in the plane: which way is free, and where to head to pass one on either side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Spot = tuple[float, float]
"""x and y, m."""
LEFT, RIGHT = 1, -1
_CHAIN = 6
"""At most so many objects are passed on one side."""
KEPT = 0.8
"""By so much the other side's detour must be shorter for the side to change, m."""
_OUTWARD = 0.35
"""Who is too near to an object heads so far away from its edge, rad."""


@dataclass(frozen=True)
class Circle:
    """Something round that stands in the way.

    Attributes:
        x: Of its middle, m.
        y: Likewise.
        radius: m.
    """

    x: float
    y: float
    radius: float

    @property
    def middle(self) -> Spot:
        """Return where it is."""
        return self.x, self.y


@dataclass(frozen=True)
class Path:
    """How to get somewhere.

    Attributes:
        heading: The straight one, rad.
        side: 0 if that is free; else on which side the detour is the shorter one, `LEFT` or `RIGHT`.
        left: Where to head to pass on the left, rad.
        right: Likewise on the right.
    """

    heading: float
    side: int
    left: float
    right: float

    @property
    def best(self) -> float:
        """Return where to head on the shorter way, rad."""
        return self.heading if not self.side else self.left if self.side == LEFT else self.right


def wrapped(angle: float) -> float:
    """Return an angle, rad, brought into -pi to pi."""
    return math.atan2(math.sin(angle), math.cos(angle))


def heading(start: Spot, goal: Spot) -> float:
    """Return the direction from one spot to another, rad."""
    return math.atan2(goal[1] - start[1], goal[0] - start[0])


def ahead(start: Spot, direction: float, distance: float) -> Spot:
    """Return the spot so far away in a direction."""
    return start[0] + distance * math.cos(direction), start[1] + distance * math.sin(direction)


def path(start: Spot, goal: Spot, objects: Sequence[Circle], clear: float, side: int = 0) -> Path:
    """Find the way to a spot.

    Args:
        start: Where it begins.
        goal: Where it ends.
        objects: What stands there; where the goal is nearer to one than ``clear``, so near may it be passed.
        clear: How far from the edge of each object the way keeps, m.
        side: The side taken so far: it is kept unless the other is much shorter.
    """
    rooms = [
        Circle(t.x, t.y, max(min(t.radius + clear, math.dist(t.middle, goal) - 0.01), 0.01)) for t in objects
    ]
    straight = heading(start, goal)
    first = _first(start, goal, rooms)
    if first is None:
        return Path(straight, 0, straight, straight)
    (left, along_left), (right, along_right) = (
        _around(start, goal, first, rooms, own) for own in (LEFT, RIGHT)
    )
    return Path(straight, LEFT if along_left < along_right + side * KEPT else RIGHT, left, right)


def _first(start: Spot, goal: Spot, rooms: Sequence[Circle]) -> Circle | None:
    """Return the first room that the straight way enters."""
    far = math.dist(start, goal)
    if far < 1e-6:
        return None
    ux, uy = (goal[0] - start[0]) / far, (goal[1] - start[1]) / far
    entered = []
    for room in rooms:
        dx, dy = room.x - start[0], room.y - start[1]
        along, aside = dx * ux + dy * uy, dy * ux - dx * uy
        if along <= 0 or abs(aside) >= room.radius:
            continue  # it is behind, or beside the way
        enters = along - math.sqrt(room.radius * room.radius - aside * aside)
        if enters < far:
            entered.append((enters, room.x, room.y, room))
    return min(entered)[3] if entered else None


def _around(start: Spot, goal: Spot, room: Circle, rooms: Sequence[Circle], side: int) -> tuple[float, float]:
    """Return where to head to pass a room on a side, and how long that way is, m.

    What stands before the point where the way touches the room is passed on the same side.
    """
    for _ in range(_CHAIN):
        direction, length = _tangent(start, room, side)
        corner = ahead(start, direction, length)
        other = _first(start, corner, [r for r in rooms if r is not room])
        if other is None:
            break
        room = other
    return direction, length + math.dist(corner, goal)


def _tangent(start: Spot, room: Circle, side: int) -> tuple[float, float]:
    """Return where to head to touch a room on a side, and how far away that is, m."""
    far, to = math.dist(start, room.middle), heading(start, room.middle)
    if far <= room.radius:
        return to + side * (math.pi / 2 + _OUTWARD), room.radius
    return to + side * math.asin(room.radius / far), math.sqrt(far * far - room.radius * room.radius)
