"""Whether what a brain says of an arena is true, by simulator truth and as the tasks judge it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from neuralbrain.body import Thing, meant
from neuralbrain.envs.rover.judge import AT_GOAL, REACH, STILL
from neuralbrain.envs.rover.tasks import Setting
from neuralbrain.envs.rover.world import World

SPOT: Final = "location"
"""The category of a mere place."""


def truth_of(world: World, setting: Setting, predicate: str, things: Sequence[Thing]) -> bool | None:
    """Whether a statement is true.

    Args:
        world: As it stands.
        setting: What was drawn.
        predicate: One of the rover's domain.
        things: What it is about; their positions are in the frame in which the rover started.

    Returns:
        None where it is about something that is not there, or no judge can tell.
    """
    objects = {obj.name: obj for obj in setting.layout.objects}
    named = {
        name: Thing(category=obj.category, color=obj.color, position=(*world.place(name), 0.0))
        for name, obj in objects.items()
    }
    names: list[str] = []
    places: list[tuple[float, float]] = []
    for thing in things:
        place = _in_world(thing.position, setting.layout.start)
        name = "" if thing.category == SPOT else meant(replace(thing, position=(*place, 0.0)), named)
        if name is None:
            return None
        names.append(name)
        places.append(world.place(name) if name else place)
    if predicate == "near" and len(places) == 1:
        return math.dist(world.rover.frame()[0][:2], places[0]) < REACH
    if predicate == "at" and len(places) == 2 and names[0]:
        return math.dist(*places) < AT_GOAL and world.speed(names[0]) < STILL
    return None


def _in_world(spot: tuple[float, float, float], start: tuple[float, float, float]) -> tuple[float, float]:
    """Return where a spot of the rover's frame is in the world, x and y, m."""
    x, y, heading = start
    cos, sin = math.cos(heading), math.sin(heading)
    return x + cos * spot[0] - sin * spot[1], y + sin * spot[0] + cos * spot[1]
