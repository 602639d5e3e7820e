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


class ObjectLike(Protocol):
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


def relate(objects: Sequence[ObjectLike], slack: float) -> tuple[Relation, ...]:
    """Return ``on`` and ``in`` for everything that can be moved, in order of subject.

    An object that rests on several has one ``on`` for each, the one that carries most of it first. What is
    held in the air has none.

    Args:
        objects: The objects known.
        slack: How far an object's underside may be from what it stands on, m.
    """
    found = []
    for obj in sorted(objects, key=lambda obj: obj.id):
        if SHAPES[obj.category].mass > 0:
            found += [
                Relation(subject=obj.id, predicate=predicate, object=other)
                for predicate, other in _support(obj, objects, slack)
            ]
    return tuple(found)


def _support(obj: ObjectLike, objects: Sequence[ObjectLike], slack: float) -> list[tuple[str, str]]:
    """Return predicate and object of everything that carries an object, the strongest first."""
    others = [other for other in sorted(objects, key=lambda one: one.id) if other.id != obj.id]
    carriers = []
    for other in others:
        overlap = _overlap(obj, other)
        if (
            other.category not in ("bowl", "drawer", "zone")
            and abs(obj.bottom - (other.center[2] + other.size[2] / 2)) < slack
            and overlap > 0.1
        ):
            carriers.append((-overlap, other.id))
    if carriers:
        return [("on", other) for _, other in sorted(carriers)]
    for other in others:
        if other.category == "bowl" and obj.category != "bowl" and _in_bowl(obj, other):
            return [("in", other.id)]
        if other.category == "drawer" and inside(obj.center[None, :], other.center, other.yaw)[0]:
            return [("in", other.id)]
    return [("on", TABLE)] if obj.bottom < slack else []


def _overlap(obj: ObjectLike, other: ObjectLike) -> float:
    """Return which share of an object's footprint lies on that of another, 0 to 1, to first order."""
    local = product((obj.center - other.center)[:2], turn(other.yaw))
    reach = (obj.size[:2] + other.size[:2]) / 2
    inside = np.clip(reach - np.abs(local), 0.0, obj.size[:2]) / obj.size[:2]
    return float(np.prod(inside))


def _in_bowl(obj: ObjectLike, bowl: ObjectLike) -> bool:
    """Whether an object's middle is over the inside of a bowl and its underside below the rim."""
    away = np.hypot(*(obj.center - bowl.center)[:2])
    rim = bowl.center[2] + bowl.size[2] / 2
    return bool(away < _BOWL.size[0] / 2 - 0.01 and obj.bottom < rim - 0.01)
