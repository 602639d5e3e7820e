"""What stands on what, and what lies in what."""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.vision.drawers import inside
from neuralbrain.arm.vision.geometry import Floats, turn
from neuralbrain.messages import Relation
from neuralbrain.portable import product

TABLE: Final = "table"
_BOWL = SHAPES["bowl"]


class Thing(Protocol):
    """What a relation is read from."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def center(self) -> Floats: ...  # noqa: D102
    @property
    def yaw(self) -> float: ...  # noqa: D102
    @property
    def size(self) -> Floats: ...  # noqa: D102
    @property
    def bottom(self) -> float: ...  # noqa: D102


def relate(things: Sequence[Thing], slack: float) -> tuple[Relation, ...]:
    """Return ``on`` and ``in`` for everything that can be moved, in order of subject.

    A thing that rests on several has one ``on`` for each, the one that carries most of it first. What is
    held in the air has none.

    Args:
        things: The things known.
        slack: How far a thing's underside may be from what it stands on, m.
    """
    found = []
    for thing in sorted(things, key=lambda thing: thing.id):
        if SHAPES[thing.category].mass > 0:
            found += [
                Relation(subject=thing.id, predicate=predicate, object=other)
                for predicate, other in _support(thing, things, slack)
            ]
    return tuple(found)


def _support(thing: Thing, things: Sequence[Thing], slack: float) -> list[tuple[str, str]]:
    """Return predicate and object of everything that carries a thing, the strongest first."""
    others = [other for other in sorted(things, key=lambda one: one.id) if other.id != thing.id]
    carriers = []
    for other in others:
        overlap = _overlap(thing, other)
        if (
            other.category not in ("bowl", "drawer", "zone")
            and abs(thing.bottom - (other.center[2] + other.size[2] / 2)) < slack
            and overlap > 0.1
        ):
            carriers.append((-overlap, other.id))
    if carriers:
        return [("on", other) for _, other in sorted(carriers)]
    for other in others:
        if other.category == "bowl" and thing.category != "bowl" and _in_bowl(thing, other):
            return [("in", other.id)]
        if other.category == "drawer" and inside(thing.center[None, :], other.center, other.yaw)[0]:
            return [("in", other.id)]
    return [("on", TABLE)] if thing.bottom < slack else []


def _overlap(thing: Thing, other: Thing) -> float:
    """Return which share of a thing's footprint lies on that of another, 0 to 1, to first order."""
    local = product((thing.center - other.center)[:2], turn(other.yaw))
    reach = (thing.size[:2] + other.size[:2]) / 2
    inside = np.clip(reach - np.abs(local), 0.0, thing.size[:2]) / thing.size[:2]
    return float(np.prod(inside))


def _in_bowl(thing: Thing, bowl: Thing) -> bool:
    """Whether a thing's middle is over the inside of a bowl and its underside below the rim."""
    away = np.hypot(*(thing.center - bowl.center)[:2])
    rim = bowl.center[2] + bowl.size[2] / 2
    return bool(away < _BOWL.size[0] / 2 - 0.01 and thing.bottom < rim - 0.01)
