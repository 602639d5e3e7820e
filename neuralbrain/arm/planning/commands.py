"""What a sentence can ask for, as the grammar understands it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from math import degrees
from typing import Any, Literal

from neuralbrain.arm.planning.references import TABLE, Reference
from neuralbrain.words import listed

Relation = Literal["at", "left", "right", "beside", "front", "behind", "closer", "instead", "off"]
"""How something should lie to another: "at" is in or on it, whichever suits it; the sides are the viewer's;
"closer" than it is now; "instead" is where the other was when the sentence was said; "off" is anywhere on the
table, not in or on what it is now."""

Direction = Literal["left", "right", "front", "behind"]
"""The viewer's; "front" is toward the viewer."""

_WHERE = {
    "left": "left of",
    "right": "right of",
    "beside": "next to",
    "front": "in front of",
    "behind": "behind",
    "closer": "closer to",
    "instead": "in the place of",
}
ALL_BLOCKS = Reference(category="block", quantity="all")
_AT = {"bowl": "in", "drawer": "in", "block": "on", "zone": "on", "table": "on"}
_TOWARD = {"left": "to the left", "right": "to the right", "front": "toward you", "behind": "away from you"}


@dataclass(frozen=True)
class Put:
    """Put objects in, on or beside another."""

    obj: Reference
    relation: Relation
    target: Reference

    def __str__(self) -> str:
        if self.relation == "off":
            return f"take {self.obj} away"
        where = _WHERE.get(self.relation) or _AT.get(self.target.category, "in or on")
        return f"put {self.obj} {where} {self.target}"


@dataclass(frozen=True)
class Share:
    """Put several objects in several containers, or on several zones, in any order, as evenly as it gets.

    Attributes:
        objs: What.
        target: The containers.
        each: Whether there should be just one in each.
    """

    objs: tuple[Reference, ...]
    target: Reference
    each: bool = False

    def __str__(self) -> str:
        each = ", one in each" if self.each else ""
        return f"share {listed([str(obj) for obj in self.objs])} between {self.target}{each}"


@dataclass(frozen=True)
class Amended:
    """What was said before is corrected: something else is meant, or another place.

    Attributes:
        new: What is meant; None: the place is another.
        likewise: Whether the same is to be done to that as well.
        place: What should be put, where "it" is what was to be put before; None: an object is another.
        reversed: Whether what is put, and where, change their roles.
        obj: Whether what is meant is what is moved.
        old: What is not meant; None: it is not said.
    """

    new: Reference | None = None
    place: "Command | None" = None
    likewise: bool = False
    reversed: bool = False
    obj: bool = False
    old: Reference | None = None

    def __str__(self) -> str:
        return f"rather {self.new or self.place or 'the other way round'}"


@dataclass(frozen=True)
class Between:
    """Put an object between two others."""

    obj: Reference
    first: Reference
    second: Reference

    def __str__(self) -> str:
        return f"put {self.obj} between {self.first} and {self.second}"


@dataclass(frozen=True)
class Aside:
    """Put an object on free table: in the middle, or anywhere else than it is.

    Attributes:
        obj: What.
        middle: Whether in the middle.
        bare: Whether the sentence does not say that it may be anywhere.
    """

    obj: Reference
    middle: bool = False
    bare: bool = False

    def __str__(self) -> str:
        return f"put {self.obj} {'in the middle of the table' if self.middle else 'somewhere else'}"


@dataclass(frozen=True)
class Shift:
    """Move an object by a distance, m."""

    obj: Reference
    direction: Direction
    distance: float

    def __str__(self) -> str:
        return f"move {self.obj} {self.distance * 100:g} cm {_TOWARD[self.direction]}"


@dataclass(frozen=True)
class Turn:
    """Turn an object about the vertical, rad, counter-clockwise as seen from above."""

    obj: Reference
    angle: float

    def __str__(self) -> str:
        return f"turn {self.obj} by {degrees(self.angle):g} degrees"


@dataclass(frozen=True)
class Tower:
    """Stack objects on each other, the first at the bottom; or several, in any order, in towers.

    Attributes:
        order: What; a single reference means several, in any order.
        towers: How many.
        height: Of each, in objects; 0: as high as it gets.
        base: What stands at the bottom, if that is said of several in any order.
        top: What stands on top, likewise.
        middle: What stands in the middle, likewise.
    """

    order: tuple[Reference, ...]
    towers: int = 1
    height: int = 0
    base: Reference | None = None
    top: Reference | None = None
    middle: Reference | None = None

    def __str__(self) -> str:
        ends = f" on {self.base}" if self.base else ""
        ends += f" with {self.middle} in the middle" if self.middle else ""
        ends += f" with {self.top} on top" if self.top else ""
        return self._plain() + ends

    def _plain(self) -> str:
        if self.height:
            return (
                f"build {self.towers} towers of {self.height} blocks"
                if self.towers > 1
                else (f"build a tower of {self.height} blocks")
            )
        if len(self.order) == 1:
            return f"stack {self.order[0]}"
        return f"stack {', then '.join(map(str, self.order))}, from the bottom up"


@dataclass(frozen=True)
class Rebuild:
    """Build the tower that is there anew.

    Attributes:
        base: On what; None: where it is.
        inverted: Whether upside down.
        top: What should be on top then, where that is said.
    """

    base: Reference | None = None
    inverted: bool = False
    top: Reference | None = None

    def __str__(self) -> str:
        where = f" on {self.base}" if self.base else ""
        return f"build the tower{where} {'the other way round' if self.inverted else 'in the same order'}"


@dataclass(frozen=True)
class Pyramid:
    """Two objects side by side and a third on both."""

    left: Reference
    right: Reference
    top: Reference

    def __str__(self) -> str:
        return f"build a pyramid with {self.top} on {self.left} and {self.right}"


@dataclass(frozen=True)
class Row:
    """Objects in a row; the first is the leftmost as the viewer sees it."""

    order: tuple[Reference, ...]

    def __str__(self) -> str:
        return f"line up {', '.join(map(str, self.order))}, from left to right"


@dataclass(frozen=True)
class Sort:
    """Each of some objects into the bowl of its colour, or into one of another colour."""

    obj: Reference = ALL_BLOCKS
    matching: bool = True

    def __str__(self) -> str:
        bowl = "the bowl of its color" if self.matching else "a bowl of another color"
        return f"put each block in {bowl}"


@dataclass(frozen=True)
class Swap:
    """Two objects change places."""

    first: Reference
    second: Reference

    def __str__(self) -> str:
        return f"swap {self.first} and {self.second}"


@dataclass(frozen=True)
class Push:
    """Push an object onto a zone."""

    obj: Reference
    target: Reference

    def __str__(self) -> str:
        return f"push {self.obj} to {self.target}"


@dataclass(frozen=True)
class Open:
    """Open a drawer."""

    drawer: Reference

    def __str__(self) -> str:
        return f"open {self.drawer}"


@dataclass(frozen=True)
class Close:
    """Close a drawer."""

    drawer: Reference

    def __str__(self) -> str:
        return f"close {self.drawer}"


@dataclass(frozen=True)
class Hold:
    """Take an object and hold it up."""

    obj: Reference

    def __str__(self) -> str:
        return f"pick up {self.obj}"


@dataclass(frozen=True)
class Mentioned:
    """Nothing to do: an object was asked about, and may be "it" in what is said next.

    Attributes:
        obj: It; None: the question was which object it is, so "it" is what was said, if anything.
    """

    obj: Reference | None


@dataclass(frozen=True)
class Restore:
    """Put everything back as in the first scene; or undo what was done last, to one object or to all."""

    obj: Reference | None = None
    undo: bool = False

    def __str__(self) -> str:
        return "undo that" if self.undo else f"put {self.obj or 'everything'} back as it was"


@dataclass(frozen=True)
class Home:
    """Move the arm to its rest pose."""

    def __str__(self) -> str:
        return "go home"


@dataclass(frozen=True)
class Keep:
    """Leave objects as they are, whatever else is done."""

    obj: Reference

    def __str__(self) -> str:
        return f"leave {self.obj} alone"


@dataclass(frozen=True)
class Nothing:
    """Do nothing.

    Attributes:
        instead_of: What is forbidden; empty: whatever there was to do.
        taken_back: Whether that was said and taken back, so that it may be spoken of.
    """

    instead_of: tuple["Command", ...] = ()
    taken_back: bool = False

    def __str__(self) -> str:
        return (
            f"not {listed([str(command) for command in self.instead_of])}"
            if self.instead_of
            else "do nothing"
        )


@dataclass(frozen=True)
class Premise:
    """Something that is so or not.

    Attributes:
        what: What is said.
        obj: What it is said of.
        other: In or on what; None where it is said of one.
        negated: Whether the contrary is meant.
        compare: How the number that there are should be to another.
        number: That, where it is said.
    """

    what: Literal[
        "empty", "clear", "open", "closed", "there", "in", "on", "on_table", "color", "count", "more",
        "left", "right", "beside", "front", "behind",
    ]  # fmt: skip
    obj: Reference
    other: Reference | None = None
    negated: bool = False
    compare: Literal["more", "fewer", "at_least", "at_most", "equal"] = "equal"
    number: int = 0


@dataclass(frozen=True)
class If:
    """Do something, if something is so, and something else if it is not."""

    premise: Premise
    then: tuple["Command", ...]
    otherwise: tuple["Command", ...] = ()

    def __str__(self) -> str:
        return listed([str(command) for command in self.then])


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
    named: tuple[Reference, ...]

    def __str__(self) -> str:
        return self.phrase.format(**dict(zip(self.arguments, map(str, self.named), strict=True)))


Command = (
    Put
    | Share
    | Amended
    | Between
    | Aside
    | Shift
    | Turn
    | Tower
    | Rebuild
    | Pyramid
    | Row
    | Sort
    | Swap
    | Push
    | Open
    | Close
    | Hold
    | Restore
    | Home
    | Keep
    | Nothing
    | If
    | Do
)


def replaced(part: Any, old: Reference, new: Reference) -> Any:
    """Return a command, or a part of one, with one reference replaced by another wherever it stands."""
    if part == old:
        return new
    if isinstance(part, tuple):
        return tuple(replaced(one, old, new) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    changes = {f.name: replaced(getattr(part, f.name), old, new) for f in fields(part)}
    return replace(part, **changes)


def spared(command: Command, keep: tuple[Reference, ...]) -> Command:
    """Return a command that takes, of several, others than those that are to be left alone."""
    for ref in moved(command) if keep and not isinstance(command, Nothing | If) else ():
        if ref.quantity != "the" and ref.category not in ("it", "them"):
            command = replaced(
                command, ref, replace(ref, but=(*ref.but, *(one for one in keep if one != ref)))
            )
    return command


def bare(part: Any) -> Any:
    """Return commands without what only says how they were worded: two that are equal then are the same."""
    if isinstance(part, Reference):
        part = replace(part, kinds=(), one=False)
    if isinstance(part, tuple):
        return tuple(map(bare, part))
    if not is_dataclass(part) or isinstance(part, type):
        return part
    return replace(part, **{f.name: bare(getattr(part, f.name)) for f in fields(part)})


def references(part: Any) -> Iterator[Reference]:
    """Yield what a command names, in order, with what stands within; the table is none."""
    if isinstance(part, Reference) and part != TABLE:
        yield part
    for one in part if isinstance(part, tuple) else ():
        yield from references(one)
    if is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from references(getattr(part, field.name))


def moved(command: Command) -> tuple[Reference, ...]:
    """Return what a command moves."""
    if isinstance(command, Tower | Row):
        return command.order
    if isinstance(command, Share):
        return command.objs
    if isinstance(command, Swap):
        return (command.first, command.second)
    if isinstance(command, Pyramid):
        return (command.left, command.right, command.top)
    obj = vars(command).get("obj")
    return (obj,) if isinstance(obj, Reference) and not isinstance(command, Keep) else ()
