"""What a brain answers when it is asked about what it sees: from the scene alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import dist
from typing import Final

from neuralbrain.messages import Scene, SceneObject
from neuralbrain.words import counted, listed

AJAR: Final = 0.015
"""From so far on what opens is open, m."""
NEAR: Final = 0.14
"""So far apart the centres of things next to each other may be, m."""
AHEAD: Final = 0.02
"""By so much something lies at least on a side of something else, m."""
COLORS: Final = (
    "red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "brown", "black", "white", "gray",
    "grey", "turquoise", "cyan", "magenta",
)  # fmt: skip
"""Colours that can be asked about."""
_ANY = (
    "one",
    "thing",
    "object",
    "anything",
    "something",
    "there",
    "item",
    "everything",
    "they",
    "it",
    "them",
    "of",
)
"""Nouns that fit any object."""
_SIDES = {"left": "left of", "right": "right of", "front": "in front of", "near": "next to"}


@dataclass(frozen=True)
class There:
    """Where something may be.

    Attributes:
        how: "in", "on", "under", "near", or the viewer's word for a direction.
        other: What it may be there to, in words.
        negated: Whether it is asked for what is not there.
        directions: The viewer's words for directions -> unit vectors in the world.
    """

    how: str
    other: str
    negated: bool
    directions: Mapping[str, tuple[float, float]]

    def others(self, scene: Scene) -> list[SceneObject]:
        """Return what it may be there to."""
        return called(self.other, scene)

    @property
    def on_table(self) -> bool:
        """Whether it is asked for what lies on the table, and on or in nothing else."""
        return self.other == "table" and self.how == "on"

    def holds(self, obj: SceneObject, scene: Scene) -> bool:
        """Whether an object is there, or, if that is asked, is not."""
        if self.on_table:
            return (scene.support(obj.id) is None) is not self.negated
        return any(self.plain(obj, other, scene) for other in self.others(scene)) is not self.negated

    def plain(self, obj: SceneObject, other: SceneObject, scene: Scene) -> bool:
        """Whether an object lies so to another."""
        if obj.id == other.id:
            return False
        if self.how == "under":
            return _lies(other, "on", obj, scene)
        if self.how == "near":
            return dist(obj.position[:2], other.position[:2]) <= NEAR
        if self.how in self.directions:
            x, y = self.directions[self.how]
            dx, dy = obj.position[0] - other.position[0], obj.position[1] - other.position[1]
            return x * dx + y * dy >= AHEAD
        return _lies(obj, self.how, other, scene)

    def __str__(self) -> str:
        return f"{'not ' if self.negated else ''}{_SIDES.get(self.how, self.how)}"


def scene(scene: Scene) -> str:
    """Say what is seen."""
    seen = [_described(obj, scene) for obj in scene.seen]
    return f"I see {listed(seen)}." if seen else "I see nothing."


def body(scene: Scene) -> str:
    """Say where the body is."""
    here = next((obj.position for obj in scene.objects if obj.is_body), None)
    if here is None:
        return "I do not see myself."
    return f"I am at x = {here[0]:.2f} m, y = {here[1]:.2f} m, from where I started."


def hand(holding: str | None, obj: str) -> str:
    """Say what is held, or whether something is."""
    if not holding:
        return "I hold nothing." if not obj else "No, I hold nothing."
    right = all(word in (*_words(holding).split(), *_ANY) for word in _plain(obj))
    yes = "" if not obj else "Yes, " if right else "No, "
    return f"{yes}I hold the {_words(holding)}."


def where(words: str, scene: Scene, there: There | None, whether: bool) -> str:
    """Say where something is, or whether there is something."""
    found = called(words, scene)
    if there is not None:
        if not there.others(scene):
            return _nothing(there.other)
        found = [obj for obj in found if there.holds(obj, scene)]
    if not found:
        place = f" {there} the {there.other}" if there else ""
        return f"No, I see no {words}{place}." if whether else _nothing(words)
    return f"{'Yes, ' if whether else ''}I see {listed([_described(obj, scene) for obj in found])}."


def number(words: str, scene: Scene, there: There | None) -> str:
    """Say how many there are."""
    noun = "color" if _plain(words) == ["color"] else _singular(words)
    if noun == "color":
        said = sorted({obj.color for obj in scene.seen})
        return f"I see {counted(len(said), 'color')}: {listed(said)}."
    found = called(words, scene)
    if there is not None:
        if not there.others(scene):
            return _nothing(there.other)
        found = [obj for obj in found if there.holds(obj, scene)]
    which = f": {listed([_name(obj) for obj in found])}" if found else ""
    place = f" {there} the {there.other}" if there else ""
    return f"I see {counted(len(found), noun)}{place}{which}."


def comparison(words: str, other: str, how: str, scene: Scene) -> str:
    """Say whether there are more of these or of those."""
    noun = _plain(words)[-1:] if not set(_plain(words)) <= set(COLORS) else []
    other = " ".join(
        word if _singular(word) != "one" else (noun[0] if noun else word) for word in other.split()
    )
    a, b = len(called(words, scene)), len(called(other, scene))
    right = {"more": a > b, "fewer": a < b}.get(how, a == b)
    if how == "in":
        most = "as many of both" if a == b else f"more {words if a > b else other}"
        return f"There are {most}: I see {counted(a, _singular(words))} and {counted(b, _singular(other))}."
    both = f"{counted(a, _singular(words))} and {counted(b, _singular(other))}"
    return f"{'Yes' if right else 'No'}, I see {both}."


def compared(words: str, how: str, number: int, scene: Scene) -> str:
    """Say whether there are so many, or more or fewer than so many."""
    found = len(called(words, scene))
    right = {
        "more than": found > number,
        "fewer than": found < number,
        "less than": found < number,
        "at most": found <= number,
        "in": found >= number,
        "at least": found >= number,
    }.get(how, found == number)
    return f"{'Yes' if right else 'No'}, I see {counted(found, _singular(words))}."


def colors(words: str, scene: Scene) -> str:
    """Say what colours some objects have."""
    found = called(words, scene) if words else list(scene.seen)
    if not found:
        return _nothing(words)
    if len(found) == 1:
        return f"The {found[0].category} is {found[0].color}."
    return (
        f"They are {listed(sorted({obj.color for obj in found}))}: {listed([_name(obj) for obj in found])}."
    )


def state(words: str, how: str, scene: Scene, negated: bool) -> str:
    """Say whether something is open, empty, red and the like."""
    found = called(words, scene)
    if not found:
        return _nothing(words)
    return " ".join(_state(obj, how, scene, negated) for obj in found)


def which(words: str, scene: Scene, there: There) -> str:
    """Say which of some objects are somewhere, or are so."""
    found = called(words, scene)
    if there.how in ("open", "closed", "empty", "full", *COLORS):
        found = [obj for obj in found if _is(obj, there.how, scene) is not there.negated]
        place = there.how
    else:
        if not there.others(scene) and not there.on_table:
            return _nothing(there.other)
        found = [obj for obj in found if there.holds(obj, scene) and obj not in there.others(scene)]
        place = f"{_SIDES.get(there.how, there.how)} the {there.other}"
    not_ = "not " if there.negated else ""
    verb = "is" if len(found) < 2 else "are"
    return (
        f"{listed([_name(obj) for obj in found]) if found else 'nothing'} {verb} {not_}{place}.".capitalize()
    )


def nearest(words: str, other: str, how: str, scene: Scene) -> str:
    """Say which is nearest to something, or farthest from it."""
    others = called(other, scene)
    if not others:
        return _nothing(other)
    found = [obj for obj in called(words, scene) if obj.id != others[0].id]
    if not found:
        return _nothing(words)
    ranked = sorted(found, key=lambda obj: dist(obj.position, others[0].position))
    chosen = ranked[-1 if how == "farthest" else 0]
    to = "from" if how == "farthest" else "to"
    return (
        f"{_name(chosen).capitalize()} is {how if how == 'farthest' else 'nearest'} {to} {_name(others[0])}."
    )


def apart(words: str, other: str, scene: Scene) -> str:
    """Say how far two things are apart."""
    one, two = called(words, scene), called(other, scene)
    if not one or not two:
        return _nothing(words if not one else other)
    far = dist(one[0].position[:2], two[0].position[:2])
    return f"{_name(one[0]).capitalize()} is {100 * far:.0f} cm from {_name(two[0])}, from middle to middle."


def relation(words: str, scene: Scene, there: There, *, every: bool) -> str:
    """Say whether something lies so to something else."""
    found = called(words, scene)
    others = there.others(scene)
    if not found or not (others or there.on_table):
        return _nothing(words if not found else there.other)
    found = [obj for obj in found if obj not in others] or found
    right = [obj for obj in found if there.holds(obj, scene)]
    place = f"{there} {_name(others[0]) if len(others) == 1 else f'the {there.other}'}"
    if every and len(right) < len(found):
        off = [_name(obj) for obj in found if obj not in right]
        return f"No, {listed(off)} {'is' if len(off) == 1 else 'are'} not."
    if right:
        return f"Yes, {listed([_name(obj) for obj in right])} {'is' if len(right) == 1 else 'are'} {place}."
    return f"No, {_described(found[0], scene)}."


def tower(scene: Scene) -> str:
    """Say what stands on what."""
    upon = [(obj, below) for obj in scene.seen for below in scene.seen if _lies(obj, "on", below, scene)]
    pairs = [(obj, below) for obj, below in upon if below.category in (obj.category, "block")]
    if not pairs:
        return "No, I see no tower: nothing stands on anything else."
    carried = {obj.id for obj, _ in pairs}
    told = []
    for base in dict.fromkeys(below.id for _, below in pairs if below.id not in carried):
        pile = [base]
        while above := [obj.id for obj, below in pairs if below.id == pile[-1]]:
            pile.append(above[0])
        told.append(
            f"a tower of {len(pile)}, from the bottom up: {listed([f'the {_words(name)}' for name in pile])}"
        )
    return f"I see {listed(told)}."


def holders(words: str, other: str, scene: Scene) -> str:
    """Say which of some objects have something in or on them."""
    told = []
    for obj in called(words, scene):
        inside = [
            one
            for one in called("anything" if other == "nothing" else other, scene)
            if _lies(one, "in", obj, scene) or _lies(one, "on", obj, scene)
        ]
        if other == "nothing":
            told += [] if inside else [f"{_name(obj)} has nothing"]
        elif inside:
            told.append(f"{_name(obj)} has {listed([_name(one) for one in inside])}")
    return f"{listed(told)}.".capitalize() if told else f"None has {other}."


def side(words: str, how: str, scene: Scene, directions: Mapping[str, tuple[float, float]]) -> str:
    """Say which of some objects is the first from a side."""
    wanted = {
        "leftmost": "left",
        "first": "left",
        "rightmost": "right",
        "last": "right",
        "back": "behind",
    }.get(how, how)
    found = [obj for obj in (called(words, scene) if words else scene.seen) if not obj.is_body]
    x, y = directions.get(wanted, directions.get("front", (0.0, 0.0)))
    if not found:
        return _nothing(words)
    first = max(found, key=lambda obj: x * obj.position[0] + y * obj.position[1])
    place = (
        f"farthest to the {wanted}"
        if wanted in ("left", "right")
        else "nearest to you"
        if x > 0
        else "farthest away"
    )
    return f"{_name(first).capitalize()} is {place}."


def contents(scene: Scene, there: There) -> str:
    """Say what is in or on something, or beside it."""
    others = there.others(scene)
    if not others:
        return _nothing(there.other)
    told = []
    for other in others:
        found = [_name(obj) for obj in scene.seen if there.plain(obj, other, scene)]
        told.append(f"{listed(found) if found else 'nothing'} {there} {_name(other)}")
    return f"I see {listed(told)}."


def called(words: str, scene: Scene) -> list[SceneObject]:
    """Return the objects that some words could mean: all of them say colour or category, or a side."""
    wanted = _plain(words)
    return [obj for obj in scene.seen if all(word in (obj.color, obj.category, *_ANY) for word in wanted)]


def _plain(words: str) -> list[str]:
    return [_singular(word) for word in words.split() if word not in ("the", "a", "an", "other")]


def _singular(words: str) -> str:
    return re.sub(r"(?<=x)es$|(?<=[^s])s$", "", words)


def _lies(obj: SceneObject, how: str, other: SceneObject, scene: Scene) -> bool:
    support = scene.support(obj.id)
    if support is None or obj.id == other.id:
        return False
    if support.object == other.id:
        return how in {support.predicate, "on"}
    below = scene.find(support.object)
    return how == "in" and below is not None and _lies(below, how, other, scene)


def _inside(obj: SceneObject, scene: Scene) -> Sequence[str]:
    return [_name(other) for other in scene.seen if _lies(other, "in", obj, scene)]


def _is(obj: SceneObject, how: str, scene: Scene) -> bool:
    if how in COLORS:
        return obj.color == how
    if how in ("empty", "full"):
        return bool(_inside(obj, scene)) is (how == "full")
    return (obj.extension > AJAR) is (how == "open")


def _state(obj: SceneObject, how: str, scene: Scene, negated: bool) -> str:
    if how in COLORS:
        return f"{'Yes' if (obj.color == how) is not negated else 'No'}, {_name(obj)} is {obj.color}."
    yes = "Yes" if _is(obj, how, scene) is not negated else "No"
    if how in ("empty", "full"):
        inside = _inside(obj, scene)
        return (
            f"{yes}, {listed(inside)} in {_name(obj)}."
            if inside
            else f"{yes}, I see nothing in {_name(obj)}."
        )
    return f"{yes}, {_name(obj)} is {'open' if obj.extension > AJAR else 'closed'}."


def _nothing(words: str) -> str:
    return f"I see nothing that is called {words!r}."


def _described(obj: SceneObject, scene: Scene) -> str:
    """Say what and where an object is."""
    support = scene.support(obj.id)
    place = f" {support.predicate} the {_words(support.object)}" if support else ""
    x, y = obj.position[:2]
    return f"the {_words(obj.id)}{place} at x = {x:.2f} m, y = {y:.2f} m"


def _name(obj: SceneObject) -> str:
    return f"the {_words(obj.id)}"


def _words(name: str) -> str:
    return name.replace("_", " ")
