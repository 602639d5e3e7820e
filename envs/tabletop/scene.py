"""A scene: what a person wants to lie on the table, told in words."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Final, NamedTuple

from neuralbrain.arguments import all_of, expect, refused
from neuralbrain.arm.catalogue import COLORS, SHAPES
from neuralbrain.errors import ConfigurationError, UnknownNameError

MOST: Final = 12
"""How many things a scene can have: the rows of the "objects" observation."""
ON: Final = ("block", "cylinder", "box")
"""On what something can be placed: what has a flat top."""
IN: Final = ("bowl", "drawer", "zone")
"""In what something can be placed."""
CARRIED: Final = ("block", "cylinder", "ball", "box")
"""What can be placed on or in something."""
BOUNDS: Final = ((0.30, 0.72), (-0.38, 0.38))
"""Where a layout may put the middle of a thing, x and y, m: on the table, in the fixed camera's picture."""
_PLACED: Final = re.compile(r"(on|in)\(\s*([a-z0-9 ]+?)\s*,\s*([a-z0-9 ]+?)\s*\)")
_AN_EXAMPLE: Final = '"on(green block, red block)" or "in(yellow block, blue bowl)"'


class Thing(NamedTuple):
    """One thing of a scene.

    Attributes:
        name: In words, unique: "red block"; the second of two alike is "red block 2".
        category: One of the catalogue's.
        color: One of the catalogue's; None: the seed draws it.
    """

    name: str
    category: str
    color: str | None


class Placed(NamedTuple):
    """That a thing stands on, or lies in, another one at the start.

    Attributes:
        relation: "on" or "in".
        upper: The name of what is placed.
        lower: The name of where.
    """

    relation: str
    upper: str
    lower: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What lies on the table, as far as a person says so; a seed draws the rest.

    Attributes:
        things: What there is.
        placed: What stands on or lies in what, each thing placed at most once.
        layout: Where some of the others are: name -> x, m, y, m, and yaw, degrees.
    """

    things: tuple[Thing, ...]
    placed: tuple[Placed, ...] = ()
    layout: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, things: Sequence[str], placed: Sequence[str] = (), layout: Any = None) -> "Scene":
        """Return a scene that is told in words.

        Args:
            things: Each a colour and a category of the catalogue ("red block"), or "drawer", whose colour the
                seed draws; 12 at most, among them one drawer at most. Two may be alike: the second "red
                block" is called "red block 2" in what follows.
            placed: Like "on(green block, red block)" or "in(yellow block, blue bowl)".
            layout: Name -> [x, y, yaw]: m, m, degrees; yaw may be left out and is 0 then. Whatever is neither
                placed nor here lies where the seed draws it.

        Raises:
            ConfigurationError: Something in it cannot be used.
        """
        words = all_of("things", things, lambda one: isinstance(one, str), 'like "red block"')
        named = _named(words)
        known = {thing.name: thing for thing in named}
        scene = cls(
            things=named,
            placed=tuple(_placing(text, known) for text in _told(placed)),
            layout=_laid({} if layout is None else layout, known),
        )
        scene._check()
        return scene

    @classmethod
    def from_mapping(cls, data: Any) -> "Scene":
        """Return a scene that is told as plain data: ``things``, and perhaps ``placed`` and ``layout``.

        Raises:
            ConfigurationError: Something in it cannot be used.
        """
        parts = ("things", "placed", "layout")
        expect("a scene", data, Mapping, "a mapping with things, like [red block, blue bowl]")
        for key in data:
            if key not in parts:
                raise UnknownNameError("part of a scene", str(key), parts)
        if "things" not in data:
            raise ConfigurationError("a scene has things: give some, like things: [red block, blue bowl]")
        return cls.of(data["things"], data.get("placed") or (), data.get("layout"))

    def options(self) -> dict[str, Any]:
        """Return the scene as parameters of the world: what `of` takes."""
        options: dict[str, Any] = {"things": [re.sub(r" \d+$", "", thing.name) for thing in self.things]}
        if self.placed:
            options["placed"] = [f"{p.relation}({p.upper}, {p.lower})" for p in self.placed]
        if self.layout:
            options["layout"] = {name: list(pose) for name, pose in self.layout.items()}
        return options

    def _check(self) -> None:
        """Raise ConfigurationError unless the parts go together."""
        if len(self.things) > MOST:
            raise ConfigurationError(f"{len(self.things)} things do not fit: give {MOST} at most")
        if sum(thing.category == "drawer" for thing in self.things) > 1:
            raise ConfigurationError("there is room for one drawer: leave the other out")
        carriers: dict[str, str] = {}
        for _, upper, lower in self.placed:
            if upper in carriers:
                raise ConfigurationError(f"{upper!r} is placed twice: leave one of them out")
            if upper in self.layout:
                raise ConfigurationError(f"{upper!r} is placed and in the layout: leave one of them out")
            carriers[upper] = lower
        for name in carriers:
            seen = name
            for _ in carriers:
                seen = carriers.get(seen, "")
                if seen == name:
                    raise ConfigurationError(
                        f"{name!r} is placed on itself in the end: leave one of them out"
                    )


def _named(words: Sequence[str]) -> tuple[Thing, ...]:
    """Return things by their words, with a number for the second of two alike."""
    things: list[Thing] = []
    for word in words:
        color, _, category = " ".join(word.split()).rpartition(" ")
        if category not in SHAPES:
            raise UnknownNameError("thing", category, SHAPES, 'Give a colour and one of these: "red block".')
        if not color and category != "drawer":
            raise ConfigurationError(f"{word!r} has no colour: give one of {', '.join(COLORS)}")
        if color and color not in COLORS:
            raise UnknownNameError("colour", color, COLORS, f"It stands in {word!r}.")
        whole = f"{color} {category}".strip()
        alike = sum((thing.color or "", thing.category) == (color, category) for thing in things)
        things.append(Thing(f"{whole} {alike + 1}" if alike else whole, category, color or None))
    return tuple(things)


def _told(placed: Sequence[str]) -> list[str]:
    """Return each placing by itself: in a YAML list without quotes, each stands in two pieces."""
    pieces = all_of("placed things", placed, lambda one: isinstance(one, str), f"like {_AN_EXAMPLE}")
    return re.split(r"(?<=\))\s*,\s*", ", ".join(pieces)) if pieces else []


def _placing(text: str, known: Mapping[str, Thing]) -> Placed:
    """Return one placing, read and checked."""
    match = _PLACED.fullmatch(text.strip())
    if not match:
        raise refused("one of the placed things", text, _AN_EXAMPLE)
    relation, *names = match.groups()
    for name in names:
        if name not in known:
            raise UnknownNameError("thing", name, known, f"It stands in {text!r}.")
    upper, lower = (known[name] for name in names)
    carriers = ON if relation == "on" else IN
    if upper.category not in CARRIED or lower.category not in carriers:
        raise ConfigurationError(
            f"{text!r} cannot be: a {', '.join(CARRIED)} can be {relation} a {' or '.join(carriers)}"
        )
    return Placed(relation, upper.name, lower.name)


def _laid(layout: Any, known: Mapping[str, Thing]) -> dict[str, tuple[float, float, float]]:
    """Return a layout, checked."""
    expect("the layout", layout, Mapping, "a mapping from things to [x, y, yaw], m and degrees")
    poses: dict[str, tuple[float, float, float]] = {}
    for name, pose in layout.items():
        if name not in known:
            raise UnknownNameError("thing", str(name), known, "It stands in the layout.")
        if (
            not isinstance(pose, list | tuple)
            or len(pose) not in (2, 3)
            or not all(isinstance(v, Real) and not isinstance(v, bool) and math.isfinite(v) for v in pose)
        ):
            raise refused(f"the place of {name!r}", pose, "[x, y] or [x, y, yaw]: m, m, degrees")
        x, y, yaw = (*map(float, pose), 0.0)[:3]
        if not all(low <= value <= high for value, (low, high) in zip((x, y), BOUNDS, strict=True)):
            (left, right), (near, far) = BOUNDS
            raise refused(
                f"the place of {name!r}", pose, f"x from {left} to {right}, y from {near} to {far} m"
            )
        poses[str(name)] = (x, y, yaw)
    return poses
