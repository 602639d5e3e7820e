"""What a sentence can ask for, as the grammar understands it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from neuralbrain.planning.phrases import ObjectPhrase

Relation = Literal["at", "left", "right", "beside", "front", "behind"]
"""How something should lie to another: "at" is in or on it, whichever suits it; the sides are the robot's."""

_WHERE = {
    "at": "in or on",
    "left": "left of",
    "right": "right of",
    "beside": "next to",
    "front": "in front of",
    "behind": "behind",
}


TABLE = ObjectPhrase(category="table")


@dataclass(frozen=True)
class Put:
    """Put an object in, on or beside another."""

    obj: ObjectPhrase
    relation: Relation
    target: ObjectPhrase

    def __str__(self) -> str:
        return f"put {self.obj} {_WHERE[self.relation]} {self.target}"


@dataclass(frozen=True)
class Tower:
    """Stack objects on each other, the first at the bottom."""

    order: tuple[ObjectPhrase, ...]

    def __str__(self) -> str:
        return f"stack {', then '.join(map(str, self.order))}, from the bottom up"


@dataclass(frozen=True)
class Pyramid:
    """Two objects side by side and a third on both."""

    left: ObjectPhrase
    right: ObjectPhrase
    top: ObjectPhrase

    def __str__(self) -> str:
        return f"build a pyramid with {self.top} on {self.left} and {self.right}"


@dataclass(frozen=True)
class Row:
    """Objects in a row; the first is the leftmost as the robot sees it."""

    order: tuple[ObjectPhrase, ...]

    def __str__(self) -> str:
        return f"line up {', '.join(map(str, self.order))}, from left to right"


@dataclass(frozen=True)
class Sort:
    """Each block into the bowl of its colour."""

    def __str__(self) -> str:
        return "put each block in the bowl of its color"


@dataclass(frozen=True)
class Swap:
    """Two objects change places."""

    first: ObjectPhrase
    second: ObjectPhrase

    def __str__(self) -> str:
        return f"swap {self.first} and {self.second}"


@dataclass(frozen=True)
class Push:
    """Push an object onto a zone."""

    obj: ObjectPhrase
    target: ObjectPhrase

    def __str__(self) -> str:
        return f"push {self.obj} to {self.target}"


@dataclass(frozen=True)
class Open:
    """Open a drawer."""

    drawer: ObjectPhrase

    def __str__(self) -> str:
        return f"open {self.drawer}"


@dataclass(frozen=True)
class Close:
    """Close a drawer."""

    drawer: ObjectPhrase

    def __str__(self) -> str:
        return f"close {self.drawer}"


@dataclass(frozen=True)
class Hold:
    """Take an object and hold it up."""

    obj: ObjectPhrase

    def __str__(self) -> str:
        return f"pick up {self.obj}"


@dataclass(frozen=True)
class Restore:
    """Put everything back as it was in the first scene."""

    def __str__(self) -> str:
        return "put everything back as it was"


@dataclass(frozen=True)
class Home:
    """Move the arm to its rest pose."""

    def __str__(self) -> str:
        return "go home"


@dataclass(frozen=True)
class Do:
    """Do a skill that is asked for by a phrase of its own.

    Attributes:
        skill: Its name.
        phrase: With slots, like "shake {object}".
        arguments: The slots.
        named: What is named in each.
    """

    skill: str
    phrase: str
    arguments: tuple[str, ...]
    named: tuple[ObjectPhrase, ...]

    def __str__(self) -> str:
        return self.phrase.format(**dict(zip(self.arguments, map(str, self.named), strict=True)))


Command = Put | Tower | Pyramid | Row | Sort | Swap | Push | Open | Close | Hold | Restore | Home | Do


def replaced(command: Command, old: ObjectPhrase, new: ObjectPhrase) -> Command:
    """Return a command with one object replaced by another."""
    changes: dict[str, Any] = {}
    for field in fields(command):
        value = getattr(command, field.name)
        if value == old:
            changes[field.name] = new
        elif isinstance(value, tuple):
            changes[field.name] = tuple(new if one == old else one for one in value)
    return replace(command, **changes)


def objects(command: Command) -> Iterator[ObjectPhrase]:
    """Yield the objects that a command names, in order; the table is none."""
    for field in fields(command):
        value = getattr(command, field.name)
        for obj in value if isinstance(value, tuple) else (value,):
            if isinstance(obj, ObjectPhrase) and obj != TABLE:
                yield obj
