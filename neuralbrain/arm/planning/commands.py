"""What a sentence can ask for, as the grammar understands it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

Relation = Literal["at", "left", "right", "beside", "front", "behind"]
"""How something shall lie to another: "at" is in or on it, whichever suits it; the sides are the robot's."""

_WHERE = {
    "at": "in or on",
    "left": "left of",
    "right": "right of",
    "beside": "next to",
    "front": "in front of",
    "behind": "behind",
}


@dataclass(frozen=True)
class Thing:
    """Something that a sentence names: by colour, by category, or by both.

    Attributes:
        color: A word of the catalogue; empty for any.
        category: A category of the catalogue, or "table"; empty for any.
    """

    color: str = ""
    category: str = ""

    def __str__(self) -> str:
        return " ".join(word for word in ("the", self.color, self.category or "thing") if word)


TABLE = Thing(category="table")


@dataclass(frozen=True)
class Put:
    """Put a thing in, on or beside another."""

    thing: Thing
    relation: Relation
    target: Thing

    def __str__(self) -> str:
        return f"put {self.thing} {_WHERE[self.relation]} {self.target}"


@dataclass(frozen=True)
class Tower:
    """Stack things on each other, the first at the bottom."""

    order: tuple[Thing, ...]

    def __str__(self) -> str:
        return f"stack {', then '.join(map(str, self.order))}, from the bottom up"


@dataclass(frozen=True)
class Pyramid:
    """Two things side by side and a third on both."""

    left: Thing
    right: Thing
    top: Thing

    def __str__(self) -> str:
        return f"build a pyramid with {self.top} on {self.left} and {self.right}"


@dataclass(frozen=True)
class Row:
    """Things in a row; the first is the leftmost as the robot sees it."""

    order: tuple[Thing, ...]

    def __str__(self) -> str:
        return f"line up {', '.join(map(str, self.order))}, from left to right"


@dataclass(frozen=True)
class Sort:
    """Each block into the bowl of its colour."""

    def __str__(self) -> str:
        return "put each block in the bowl of its color"


@dataclass(frozen=True)
class Swap:
    """Two things change places."""

    first: Thing
    second: Thing

    def __str__(self) -> str:
        return f"swap {self.first} and {self.second}"


@dataclass(frozen=True)
class Push:
    """Push a thing onto a zone."""

    thing: Thing
    target: Thing

    def __str__(self) -> str:
        return f"push {self.thing} to {self.target}"


@dataclass(frozen=True)
class Open:
    """Open a drawer."""

    drawer: Thing

    def __str__(self) -> str:
        return f"open {self.drawer}"


@dataclass(frozen=True)
class Close:
    """Close a drawer."""

    drawer: Thing

    def __str__(self) -> str:
        return f"close {self.drawer}"


@dataclass(frozen=True)
class Hold:
    """Take a thing and hold it up."""

    thing: Thing

    def __str__(self) -> str:
        return f"pick up {self.thing}"


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
    named: tuple[Thing, ...]

    def __str__(self) -> str:
        return self.phrase.format(**dict(zip(self.arguments, map(str, self.named), strict=True)))


Command = Put | Tower | Pyramid | Row | Sort | Swap | Push | Open | Close | Hold | Restore | Home | Do


def replaced(command: Command, old: Thing, new: Thing) -> Command:
    """Return a command with a thing in the place of another."""
    changes: dict[str, Any] = {}
    for field in fields(command):
        value = getattr(command, field.name)
        if value == old:
            changes[field.name] = new
        elif isinstance(value, tuple):
            changes[field.name] = tuple(new if one == old else one for one in value)
    return replace(command, **changes)


def things(command: Command) -> Iterator[Thing]:
    """Yield the things that a command names, in order; the table is none."""
    for field in fields(command):
        value = getattr(command, field.name)
        for thing in value if isinstance(value, tuple) else (value,):
            if isinstance(thing, Thing) and thing != TABLE:
                yield thing
