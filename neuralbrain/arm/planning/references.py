"""What a sentence means by "all blocks except the yellow one": objects of a scene."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from math import dist
from typing import Final, Literal

from neuralbrain.arm.catalogue import GRASPABLE
from neuralbrain.arm.planning.symbols import supports_of
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import Scene, SceneObject
from neuralbrain.words import listed

Quantity = Literal["the", "any", "all"] | int
"""How many are meant: the one, any one, all, or so many, whichever."""

Selector = Literal["nearest", "farthest", "left", "right", "front", "behind", "in", "on"]
"""Of several: the nearest or farthest to an anchor; the first from a side; what lies in or on an anchor."""

AXES: Final = {"left": (0.0, -1.0), "right": (0.0, 1.0), "front": (1.0, 0.0), "behind": (-1.0, 0.0)}
"""The viewer's directions in the world, as in the picture of the fixed camera: right is +y, in front is
nearer to the viewer, +x."""

MOVABLE: Final = (*GRASPABLE, "box")
"""What can be moved, and so is meant where no category is said of what should move."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_RANKS = ("", "first", "second", "third", "fourth", "fifth", "sixth")
_SELECTED = {
    "left": "on the left",
    "right": "on the right",
    "front": "nearest to you",
    "behind": "farthest from you",
}


@dataclass(frozen=True)
class Selection:
    """Which of several.

    Attributes:
        by: What decides.
        anchor: What they are compared with; None for a side.
        rank: The how manieth, from 1.
    """

    by: Selector
    anchor: "Reference | None" = None
    rank: int = 1

    def __str__(self) -> str:
        if self.anchor is None:
            return _SELECTED[self.by] if self.rank == 1 else f"{_RANKS[self.rank]} from the {self.by}"
        return {"nearest": "nearest to", "farthest": "farthest from"}.get(
            self.by, self.by
        ) + f" {self.anchor}"


@dataclass(frozen=True)
class Reference:
    """Something that a sentence names.

    Attributes:
        color: A colour word; empty for any.
        category: Of the catalogue, "table", "it" or "tower"; empty for any.
        quantity: How many are meant.
        but: What is excepted.
        selection: Which of several; None: what is said already tells.
        either: Alternatives, of which any will do; then the rest is empty.
        other: Whether it is another than the one spoken of last.
        one: Whether the noun was "one", which stands for one that was said before.
        id: The object that it meant when the sentence was said; empty: it is found anew.
    """

    color: str = ""
    category: str = ""
    quantity: Quantity = "the"
    but: tuple["Reference", ...] = ()
    selection: Selection | None = None
    either: tuple["Reference", ...] = ()
    other: bool = False
    one: bool = False
    id: str = ""

    def __str__(self) -> str:
        if self.either:
            return listed([str(one) for one in self.either], "or")
        noun = self.category or "object"
        article = {"the": "the other" if self.other else "the", "any": "a", "all": "all"}
        number = article.get(str(self.quantity)) or _counted(self.quantity)
        noun += "" if self.quantity in ("the", "any", 1) else "es" if noun == "box" else "s"
        words = " ".join(word for word in (number, self.color, noun) if word)
        chosen = f" {self.selection}" if self.selection else ""
        but = f" except {listed([str(one) for one in self.but])}" if self.but else ""
        return words + chosen + but


IT: Final = Reference(category="it")
TABLE: Final = Reference(category="table")


def fitting(ref: Reference, scene: Scene, kinds: Collection[str] = ()) -> list[SceneObject]:
    """Return all objects that a reference could mean, in order of id.

    Args:
        ref: What is said of them.
        scene: What is seen.
        kinds: The categories that can be meant where none is said; empty for all.

    Raises:
        AmbiguityError: What it is compared with could be several things.
    """
    if ref.id:
        return [obj for obj in scene.objects if obj.id == ref.id]
    if ref.either:
        return [obj for one in ref.either for obj in fitting(one, scene, kinds)]
    found = [
        obj
        for obj in scene.objects
        if ref.color in ("", obj.color)
        and (ref.category == obj.category if ref.category else not kinds or obj.category in kinds)
    ]
    excepted = {obj.id for one in ref.but for obj in fitting(one, scene)}
    found = [obj for obj in found if obj.id not in excepted]
    return _selected(ref.selection, found, scene) if ref.selection else found


def _selected(selection: Selection, found: list[SceneObject], scene: Scene) -> list[SceneObject]:
    if selection.anchor is None:
        ahead = AXES[selection.by]
        ranked = sorted(found, key=lambda o: -(ahead[0] * o.position[0] + ahead[1] * o.position[1]))
        return ranked[selection.rank - 1 : selection.rank]
    anchor = one(selection.anchor, scene)
    if anchor is None:
        return []
    found = [obj for obj in found if obj.id != anchor.id]
    if selection.by in ("in", "on"):
        return [obj for obj in found if anchor.id in _bearers(obj, scene)]
    ranked = sorted(found, key=lambda obj: dist(obj.position[:2], anchor.position[:2]))
    return (ranked if selection.by == "nearest" else ranked[::-1])[:1]


def _bearers(obj: SceneObject, scene: Scene) -> set[str]:
    """Return all that an object lies in or stands on, through whatever is between."""
    bearers = set(supports_of(obj, scene))
    for name in sorted(bearers):
        below = scene.find(name)
        bearers |= _bearers(below, scene) if below is not None and below.category in GRASPABLE else set()
    inside = scene.support(obj.id)
    return bearers | ({inside.object} if inside is not None else set())


def one(ref: Reference, scene: Scene, kinds: Collection[str] = ()) -> SceneObject | None:
    """Return the one object that is meant; None if none is seen.

    Raises:
        AmbiguityError: Several could be meant.
        InstructionError: Several are meant.
    """
    if ref.category == "tower":
        raise _parts_of_tower(ref, scene)
    found = fitting(ref, scene, kinds)
    if not found:
        return None
    if (ref.quantity == "all" and len(found) > 1) or (isinstance(ref.quantity, int) and ref.quantity > 1):
        raise InstructionError(f"Only one object can be meant by {str(ref)!r} here.")
    if ref.quantity != "the" or len(found) == 1:
        return found[0]
    choices = [str(choice) for choice in distinguished(found, scene)]
    raise AmbiguityError(f"Which do you mean by {str(ref)!r}: {listed(choices, 'or')}?", str(ref), choices)


def settled(ref: Reference, scene: Scene) -> Reference:
    """Return a reference that goes on meaning what it means now: the leftmost block may be moved."""
    if ref.id or ref.selection is None or ref.selection.by in ("in", "on") or ref.quantity != "the":
        return ref
    found = fitting(ref, scene)
    return replace(ref, id=found[0].id) if len(found) == 1 else ref


def several(
    ref: Reference, scene: Scene, kinds: Collection[str] = (), first: Collection[str] = ()
) -> list[SceneObject]:
    """Return the objects that are meant; empty if none is seen.

    Args:
        ref: What is said of them.
        scene: What is seen.
        kinds: As for `fitting`.
        first: The ids of those to take first where it does not matter which.

    Raises:
        AmbiguityError: Several could be meant, and the sentence says one.
        InstructionError: There are not so many.
    """
    if ref.quantity == "the":
        found = one(ref, scene, kinds)
        return [] if found is None else [found]
    all_of_them = sorted(fitting(ref, scene, kinds), key=lambda obj: obj.id not in first)
    if ref.quantity == "all":
        return all_of_them
    number = 1 if ref.quantity == "any" else int(ref.quantity)
    if all_of_them and len(all_of_them) < number:
        raise InstructionError(f"I see only {_counted(len(all_of_them))} where you say {str(ref)!r}.")
    return all_of_them[:number]


def distinguished(found: Iterable[SceneObject], scene: Scene) -> list[Reference]:
    """Return references that tell some objects apart: by colour and category, or by where they are."""
    chosen = []
    for obj in found:
        plain = Reference(obj.color, obj.category)
        alike = sorted(fitting(plain, scene), key=lambda o: (o.position[1], o.position[0]))
        place = alike.index(obj)
        if len(alike) == 1:
            chosen.append(plain)
        elif place < len(alike) / 2:
            chosen.append(Reference(obj.color, obj.category, selection=Selection("left", rank=place + 1)))
        else:
            rank = len(alike) - place
            chosen.append(Reference(obj.color, obj.category, selection=Selection("right", rank=rank)))
    return chosen


def _parts_of_tower(ref: Reference, scene: Scene) -> InstructionError:
    stacked = [obj for obj in scene.objects if supports_of(obj, scene) and obj.category in GRASPABLE]
    below = [o for top in stacked for name in supports_of(top, scene) if (o := scene.find(name)) is not None]
    parts = {obj.id: obj for obj in [*stacked, *below] if obj.category in GRASPABLE}
    if not parts:
        return InstructionError("I see no tower.")
    choices = [str(choice) for choice in distinguished(parts.values(), scene)]
    return AmbiguityError(
        f"A tower is several objects to me: do you mean {listed(choices, 'or')}?", str(ref), choices
    )


def _counted(number: Quantity) -> str:
    return _NUMBERS[number] if isinstance(number, int) and number < len(_NUMBERS) else str(number)
