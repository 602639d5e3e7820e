"""What a sentence about an arena names: one object by its look or place, or several."""

import math
from dataclasses import dataclass
from typing import Literal

from neuralbrain.errors import InstructionError
from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.planning.phrases import named as name_of
from neuralbrain.words import listed

Place = Literal["", "nearest", "farthest", "left", "right", "any", "other"]


@dataclass(frozen=True)
class Placed(ObjectPhrase):
    """One object by where it is, seen from the rover.

    Attributes:
        place: Left and right are the rover's own: "left" is anything that is to the left of where it faces.
            "any" leaves the choice to the rover, which takes the nearest; "other" is one that was not named.
        but: What was named, for "other".
    """

    place: Place = ""
    but: tuple[ObjectPhrase, ...] = ()

    def __str__(self) -> str:
        noun = " ".join(word for word in (self.color, self.category or "object") if word)
        if self.place in ("left", "right"):
            return f"the {noun} on the {self.place}"
        return f"any {noun}" if self.place == "any" else f"the {self.place} {noun}"


@dataclass(frozen=True)
class Known(ObjectPhrase):
    """One object that has been settled upon.

    Attributes:
        id: What scenes call it.
    """

    id: str = ""


@dataclass(frozen=True)
class Several:
    """Some objects of a kind.

    Attributes:
        color: A colour word; empty for any.
        category: In the words of scenes; empty for any.
        number: How many; None for all.
        the: Whether these should be all that there are ("the two pillars").
        but: Which are not meant.
        these: Of which it consists, where they are named one by one.
    """

    color: str = ""
    category: str = ""
    number: int | None = None
    the: bool = True
    but: tuple[ObjectPhrase, ...] = ()
    these: tuple[ObjectPhrase, ...] = ()

    def __str__(self) -> str:
        if self.these:
            return listed([str(one) for one in self.these])
        many = ("all the" if self.the else "") if self.number is None else f"{self.number}"
        many = f"the {many}" if self.the and self.number is not None else many
        words = " ".join(word for word in (many, self.color, f"{self.category or 'object'}s") if word)
        return f"{words} but {listed([str(one) for one in self.but])}" if self.but else words


Named = ObjectPhrase | Several
"""What a command can be about."""


def chosen(phrase: ObjectPhrase, scene: Scene) -> SceneObject | None:
    """Return the object of a scene that is meant, which is never the rover itself; None if none is seen.

    Raises:
        AmbiguityError: Several could be meant.
        InstructionError: Several could be meant, and they cannot be told apart.
    """
    if isinstance(phrase, Known):
        return scene.find(phrase.id)
    if not isinstance(phrase, Placed):
        return phrase.find(scene.seen)
    fitting = _nearest_first(_fitting(phrase, scene), scene)
    if phrase.place in ("left", "right"):
        return phrase.find([obj for obj in fitting if _side(obj, scene) == phrase.place])
    if phrase.place == "other":
        return phrase.find(fitting)
    return (fitting[-1] if phrase.place == "farthest" else fitting[0]) if fitting else None


def group(several: Several, scene: Scene) -> list[SceneObject]:
    """Return the objects that are meant, the nearest first; empty where too few are seen.

    Raises:
        InstructionError: There are more than the sentence says, and it does not say which.
    """
    if several.these:
        named_here = [chosen(one, scene) for one in several.these]
        there = [obj for obj in named_here if obj is not None]
        return there if len(there) == len(named_here) else []
    found = _nearest_first(_fitting(several, scene), scene)
    if several.number is None:
        return found
    if several.the and len(found) > several.number:
        raise InstructionError(
            f"I see {len(found)}, not {several.number}: {listed([name_of(obj) for obj in found])}. "
            "Name those that you mean."
        )
    return found[: several.number] if len(found) >= several.number else []


def phrases(named: Named) -> tuple[ObjectPhrase, ...]:
    """Return the phrases for one object each of which something that is named consists."""
    return named.these if isinstance(named, Several) else (named,)


def known(obj: SceneObject) -> Known:
    """Return a phrase that means just this object."""
    return Known(obj.color, obj.category, obj.id)


def _fitting(phrase: ObjectPhrase | Several, scene: Scene) -> list[SceneObject]:
    color, category = phrase.color, phrase.category
    but = phrase.but if isinstance(phrase, Placed | Several) else ()
    left_out = [obj.id for one in but for obj in _fitting(one, scene)]
    fitting = [obj for obj in scene.seen if color in ("", obj.color) and category in ("", obj.category)]
    return [obj for obj in fitting if obj.id not in left_out]


def _nearest_first(found: list[SceneObject], scene: Scene) -> list[SceneObject]:
    """Return objects in the order in which the rover comes by them, if it always goes on to the nearest."""
    here = next((obj.position[:2] for obj in scene.objects if obj.is_body), (0.0, 0.0))
    ordered, rest = [], list(found)
    while rest:
        best = min(rest, key=lambda obj: (math.dist(obj.position[:2], here), obj.id))
        ordered.append(best)
        rest.remove(best)
        here = best.position[:2]
    return ordered


def _side(obj: SceneObject, scene: Scene) -> str:
    """Return at which side of where the rover faces an object is."""
    rover = next((body for body in scene.objects if body.is_body), None)
    if rover is None:
        return ""
    ahead, y = obj.position[0] - rover.position[0], obj.position[1] - rover.position[1]
    return "left" if math.cos(rover.yaw) * y - math.sin(rover.yaw) * ahead > 0 else "right"
