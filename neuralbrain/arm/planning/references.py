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

Selector = Literal[
    "nearest", "farthest", "left", "right", "front", "behind", "middle", "top", "bottom", "in", "on", "under",
    "beside", "tower", "alone", "like",
]  # fmt: skip
"""Of several: the nearest or farthest to an anchor; the first from a side, or the middle one; the top or the
bottom of a tower; what lies in or on an anchor, or carries it, or is next to it; what is part of a
tower, or of none; what has the colour of an anchor."""

AXES: Final = {"left": (0.0, -1.0), "right": (0.0, 1.0), "front": (1.0, 0.0), "behind": (-1.0, 0.0)}
"""The viewer's directions in the world, as in the picture of the fixed camera: right is +y, in front is
nearer to the viewer, +x."""

MOVABLE: Final = (*GRASPABLE, "box")
"""What can be moved, and so is meant where no category is said of what should move."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_RANKS = ("", "first", "second", "third", "fourth", "fifth", "sixth")
ROLLING: Final = ("ball", "cylinder")
"""What can roll: what is round."""
HOLLOW: Final = ("bowl", "drawer", "zone")
BEARING: Final = ("block", "zone")
"""In what, and on what, objects can be put: so these are meant where a sentence says no kind."""
UNSETTLED: Final = ("in", "on", "under", "top", "bottom", "tower", "alone")
"""What comes to be only while a sentence is carried out."""
NEXT: Final = 0.14
"""So far apart the centres of objects next to each other may be, m."""

_RELATED = {
    "nearest": "nearest to",
    "farthest": "farthest from",
    "beside": "lying next to",
    "in": "lying in",
    "on": "lying on",
    "under": "lying under",
    "like": "of the same color as",
}
_SELECTED = {
    "middle": "in the middle",
    "top": "on top",
    "bottom": "at the bottom",
    "tower": "of the tower",
    "alone": "that stands alone",
    "left": "on the left",
    "right": "on the right",
    "front": "nearest to you",
    "nearest": "nearest to you",
    "farthest": "farthest from you",
    "behind": "farthest from you",
}


@dataclass(frozen=True)
class Selection:
    """Which of several.

    Attributes:
        by: What decides.
        anchor: What they are compared with; None for a side.
        rank: The how manieth, from 1.
        among: Of which it is chosen; None for all.
    """

    by: Selector
    anchor: "Reference | None" = None
    rank: int = 1
    among: "Selection | None" = None

    def __str__(self) -> str:
        among = f"{self.among}, " if self.among else ""
        if self.anchor is None:
            side = _SELECTED[self.by] if self.rank == 1 else f"{_RANKS[self.rank]} from the {self.by}"
            return among + side
        how = _RELATED.get(self.by, self.by)
        return f"{among}{how} {self.anchor}"


@dataclass(frozen=True)
class Reference:
    """Something that a sentence names.

    Attributes:
        color: A colour word; empty for any.
        category: Of the catalogue, "table", "it", "them" or "tower"; empty for any.
        quantity: How many are meant.
        count: Of how many the sentence says that these are all; 0: it does not say.
        kinds: What it can be where no category is said, as the preposition has it; empty for anything.
        but: What is excepted.
        selection: Which of several; None: what is said already tells.
        either: Alternatives, of which any will do; then the rest is empty.
        less: By how many fewer than all are meant: "all but one".
        other: Whether it is another than the one spoken of last.
        one: Whether the noun was "one", which stands for one that was said before.
        id: The object that it meant when the sentence was said; empty: it is found anew.
    """

    color: str = ""
    category: str = ""
    quantity: Quantity = "the"
    count: int = 0
    kinds: tuple[str, ...] = ()
    but: tuple["Reference", ...] = ()
    selection: Selection | None = None
    either: tuple["Reference", ...] = ()
    less: int = 0
    other: bool = False
    one: bool = False
    id: str = ""

    def __str__(self) -> str:
        if self.either:
            return listed([str(one) for one in self.either], "or")
        if self.category in ("it", "them"):
            return self.category
        noun = self.category or ("round object" if self.kinds == ROLLING else "object")
        all_ = f"the {_counted(self.count)}" if self.count else "all"
        all_ += f" but {_counted(self.less)} of the" if self.less else ""
        article = {"the": "the other" if self.other else "the", "any": "a", "all": all_}
        number = article.get(str(self.quantity)) or _counted(self.quantity)
        noun += "" if self.quantity in ("the", "any", 1) else "es" if noun == "box" else "s"
        words = " ".join(word for word in (number, self.color, noun) if word)
        chosen = f" {self.selection}" if self.selection else ""
        but = f" except {listed([str(one) for one in self.but])}" if self.but else ""
        return words + chosen + but


IT: Final = Reference(category="it")
THEM: Final = Reference(category="them", quantity="all")
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
    kinds = ref.kinds or kinds
    found = [
        obj
        for obj in scene.objects
        if ref.color in ("", obj.color)
        and (ref.category == obj.category if ref.category else not kinds or obj.category in kinds)
    ]
    excepted = {obj.id for one in ref.but for obj in fitting(one, scene)}
    found = [obj for obj in found if obj.id not in excepted]
    return _selected(ref.selection, found, scene, max(ref.count, 1)) if ref.selection else found


def _selected(
    selection: Selection, found: list[SceneObject], scene: Scene, count: int = 1
) -> list[SceneObject]:
    """Return those of some objects that are selected; of those from a side, so many."""
    if selection.among is not None:
        found = _selected(selection.among, found, scene)
    by = selection.by
    if selection.anchor is None:
        by = "front" if by == "nearest" else "behind" if by == "farthest" else by  # from whom speaks
        if by in AXES:
            ahead = AXES[by]
            ranked = sorted(found, key=lambda o: -(ahead[0] * o.position[0] + ahead[1] * o.position[1]))
            return ranked[selection.rank - 1 :][:count]
        if by == "middle":
            ranked = sorted(found, key=lambda o: o.position[1])
            return ranked[len(ranked) // 2 :][:1] if len(ranked) % 2 else []
        loose = {obj.id for obj in scene.objects if obj.category in GRASPABLE}
        below = {name for obj in scene.objects for name in supports_of(obj, scene)} & loose
        standing = {obj.id for obj in scene.objects if _stands_on_block(obj, scene)}
        if by == "alone":
            return [obj for obj in found if not supports_of(obj, scene) and obj.id not in below]
        wanted = {"top": standing - below, "bottom": below - standing}.get(by, below | standing)
        return [obj for obj in found if obj.id in wanted]
    anchor = one(selection.anchor, scene)
    if anchor is None:
        return []
    found = [obj for obj in found if obj.id != anchor.id]
    if by in ("in", "on"):
        return [obj for obj in found if anchor.id in _bearers(obj, scene)]
    if by == "under":
        return [obj for obj in found if obj.id in _bearers(anchor, scene)]
    if by == "like":
        return [obj for obj in found if obj.color == anchor.color]
    if by == "beside":
        return [obj for obj in found if dist(obj.position[:2], anchor.position[:2]) <= NEXT]
    ranked = sorted(found, key=lambda obj: dist(obj.position[:2], anchor.position[:2]))
    return (ranked if by == "nearest" else ranked[::-1])[:1]


def _stands_on_block(obj: SceneObject, scene: Scene) -> bool:
    below = [scene.find(name) for name in supports_of(obj, scene)]
    return any(other is not None and other.category in GRASPABLE for other in below)


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
    if ref.id or ref.selection is None or ref.selection.by in UNSETTLED or ref.quantity != "the":
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
    if ref.quantity == "all" and ref.count and ref.count != len(all_of_them):
        raise _not_so_many(ref, all_of_them, scene)
    if ref.quantity == "all":
        return all_of_them[: max(len(all_of_them) - ref.less, 0)]
    number = 1 if ref.quantity == "any" else int(ref.quantity)
    if all_of_them and len(all_of_them) < number:
        raise InstructionError(f"I see only {_counted(len(all_of_them))} where you say {str(ref)!r}.")
    return all_of_them[:number]


def _not_so_many(ref: Reference, found: list[SceneObject], scene: Scene) -> InstructionError:
    """Say that there are more or fewer than the sentence has it."""
    plain = str(replace(ref, count=0))
    if len(found) < ref.count:
        return InstructionError(f"I see only {_counted(len(found))} where you say {str(ref)!r}.")
    choices = [str(choice) for choice in distinguished(found, scene)]
    return AmbiguityError(
        f"Which {_counted(ref.count)} of {plain} do you mean: I see {listed(choices)}?", str(ref), ()
    )


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
