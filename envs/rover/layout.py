"""Draws where objects stand in the arena, so that there is a way to each of them."""

import math
from dataclasses import dataclass

import numpy as np

from neuralbrain.rover.catalogue import BALL_RADIUS, COLORS, PILLAR_RADIUS

HALF = 2.0
"""Half the arena's side, m: its inner walls stand at x and y = ±HALF. No rover is told."""
GAP = 0.45
"""What is kept free between any two objects and along the walls, m; the rover is 0.20 m wide, 0.25 m long."""
BEHIND = 0.65
"""What is kept free between a ball and the walls, m, so that the rover gets behind it."""
CORRIDOR = 0.30
"""What is kept free on both sides of the line from a ball to the pillar it is to be pushed to, m."""
ROVER_ROOM = 0.15
"""Radius of the circle that the rover needs to turn, m."""


class NoRoomError(Exception):
    """This draw does not fit; the next one may."""


@dataclass(frozen=True, kw_only=True)
class ArenaObject:
    """One object in the arena, at the start.

    Attributes:
        name: Like "red_pillar"; unique in an arena.
        category: "pillar", "ball" or "obstacle".
        color: One of the catalogue's, or "grey".
        x: Of its middle in the world, m.
        y: Of its middle in the world, m.
        yaw: rad.
        sides: Of an obstacle, m; of the others their diameter, twice.
    """

    name: str
    category: str
    color: str
    x: float
    y: float
    yaw: float = 0.0
    sides: tuple[float, float]

    @property
    def radius(self) -> float:
        """Return the radius of the smallest circle around it, m."""
        return math.hypot(*self.sides) / 2 if self.category == "obstacle" else self.sides[0] / 2


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What was drawn of the arena.

    Attributes:
        objects: What stands in it; what the task is about comes first.
        start: Where the rover starts: x, y, m, and its heading, rad.
    """

    objects: tuple[ArenaObject, ...]
    start: tuple[float, float, float]


def draw_layout(
    rng: np.random.Generator, pillars: list[str], balls: list[str], obstacles: int, target: str | None
) -> Layout:
    """Draw an arena that fits.

    Args:
        rng: All random numbers come from it.
        pillars: Their colours.
        balls: Their colours.
        obstacles: How many.
        target: The colour of the pillar to which the first ball is to be pushed; None for none.
    """
    while True:
        try:
            return _draw(rng, pillars, balls, obstacles, target)
        except NoRoomError:
            continue


def _draw(
    rng: np.random.Generator, pillars: list[str], balls: list[str], obstacles: int, target: str | None
) -> Layout:
    objects: list[ArenaObject] = []
    for color in balls:
        objects.append(_round(rng, objects, "ball", color, BALL_RADIUS, BEHIND))
    for color in pillars:
        objects.append(_round(rng, objects, "pillar", color, PILLAR_RADIUS, GAP))
    for number in range(obstacles):
        sides = (float(rng.uniform(0.15, 0.35)), float(rng.uniform(0.15, 0.35)))
        room = math.hypot(*sides) / 2
        x, y = _spot(rng, objects, room, GAP)
        yaw = float(rng.uniform(-math.pi, math.pi))
        name = f"obstacle_{number + 1}"
        objects.append(
            ArenaObject(name=name, category="obstacle", color="grey", x=x, y=y, yaw=yaw, sides=sides)
        )
    if target is not None and not _open(objects, f"{balls[0]}_ball", f"{target}_pillar"):
        raise NoRoomError
    x, y = _spot(rng, objects, ROVER_ROOM, GAP)
    return Layout(objects=tuple(objects), start=(x, y, float(rng.uniform(-math.pi, math.pi))))


def _round(
    rng: np.random.Generator,
    objects: list[ArenaObject],
    category: str,
    color: str,
    radius: float,
    edge: float,
) -> ArenaObject:
    x, y = _spot(rng, objects, radius, edge)
    name, sides = f"{color}_{category}", (2 * radius, 2 * radius)
    return ArenaObject(name=name, category=category, color=color, x=x, y=y, sides=sides)


def _spot(
    rng: np.random.Generator, objects: list[ArenaObject], room: float, edge: float
) -> tuple[float, float]:
    """Draw the middle of a free circle, ``edge`` away from the walls.

    Raises:
        NoRoomError: None was found.
    """
    reach = HALF - room - edge
    for _ in range(100):
        x, y = float(rng.uniform(-reach, reach)), float(rng.uniform(-reach, reach))
        if all(math.hypot(x - t.x, y - t.y) > room + t.radius + GAP for t in objects):
            return x, y
    raise NoRoomError


def _open(objects: list[ArenaObject], ball: str, pillar: str) -> bool:
    """Say whether a ball can be pushed to a pillar: the way is long enough, and nothing stands in it."""
    named = {obj.name: obj for obj in objects}
    a, b = named[ball], named[pillar]
    way = math.hypot(b.x - a.x, b.y - a.y)
    if way < 0.9:
        return False
    ux, uy = (b.x - a.x) / way, (b.y - a.y) / way
    for obj in objects:
        if obj in (a, b):
            continue
        along = (obj.x - a.x) * ux + (obj.y - a.y) * uy
        aside = abs((obj.x - a.x) * uy - (obj.y - a.y) * ux)
        # The rover starts the push some 0.3 m behind the ball, and the corridor begins there.
        if -0.45 < along - obj.radius < way and aside < CORRIDOR + obj.radius:
            return False
    return True


def draw_colors(rng: np.random.Generator, pillars: int, balls: int) -> tuple[list[str], list[str]]:
    """Draw the colours of pillars and balls, no two the same."""
    colors = [str(color) for color in rng.permutation(list(COLORS))]
    return colors[:pillars], colors[pillars : pillars + balls]
