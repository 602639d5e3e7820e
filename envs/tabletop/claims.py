"""Whether what a brain says of a table is true, by simulator truth and as the tasks judge it."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from neuralbrain.arm.catalogue import DRAWER_TRAVEL, SHAPES
from neuralbrain.body import Thing, meant
from neuralbrain.envs.tabletop.moment import FEET, TABLE
from neuralbrain.envs.tabletop.truth import Truth

SPOT: Final = "location"
"""The category of a mere place."""
TURNED: Final = math.radians(5.0)
"""How far the yaw may be off where it was told."""
SQUARE: Final = ("block", "box")
"""What looks the same after a quarter of a turn; all else looks the same after any, or has a front."""


def truth_of(truth: Truth, predicate: str, things: Sequence[Thing]) -> bool | None:
    """Whether a statement is true.

    Args:
        truth: The table as it is.
        predicate: One of `neuralbrain.arm.predicates`.
        things: What it is about.

    Returns:
        None where it is about something that is not there, or no judge can tell.
    """
    pieces = truth.pieces()
    named = {n: Thing(category=p.category, color=p.color, position=p.position) for n, p in pieces.items()}
    names = [meant(thing, named) for thing in things if thing.category not in (SPOT, TABLE)]
    if predicate == "hand_empty":
        return not truth.moment(0.0).gripped
    if not names or None in names:
        return None
    known = [name for name in names if name is not None]
    name, other, last = known[0], known[-1], things[-1]
    match predicate, last.category:
        case "on", "table":
            return truth.on_table(name)
        case "on", _:
            return truth.on(name, other)
        case "in", "bowl":
            return truth.in_bowl(name, other)
        case "in", "drawer":
            return truth.in_drawer(name, other)
        case "in_zone", "zone":
            return truth.in_zone(name, other)
        case "at", "location":
            return _at(truth, name, last)
        case "open", "drawer":
            return truth.extension(name) >= DRAWER_TRAVEL / 2
        case "closed", "drawer":
            return truth.closed(name)
        case "clear", _:
            return not any(lower == name for _, lower in truth.moment(0.0).rests)
        case "holding", _:
            return name in truth.moment(0.0).gripped
    return None


def _at(truth: Truth, name: str, spot: Thing) -> bool | None:
    """Whether an object is where it should be, and turned as it should."""
    category = truth.objects[name].category
    x, y, z = spot.position  # of its middle
    foot = z - SHAPES[category].size[2] / 2
    if spot.yaw is not None:
        if category not in SQUARE:
            return None
        off = (truth.yaw(name) - spot.yaw + math.pi / 4) % (math.pi / 2) - math.pi / 4
        if abs(off) > TURNED:
            return False
    return truth.at(name, np.array([x, y, foot if category in FEET else z]))
