"""The meaning of clauses in which towers, pyramids and rows are built (building.lark): rules to commands."""

# ruff: noqa: D102  (a method is the meaning of the rule of its name, which says what is read)

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from lark import Tree

from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.naming import References, several, shared, whole
from neuralbrain.arm.planning.putting import STACKABLE
from neuralbrain.arm.planning.references import Reference
from neuralbrain.errors import AmbiguityError, InstructionError

_LEVELS = ("bottom", "middle", "top")
_SEATS = ("left", "middle", "right")
BLOCKS = Reference(category="block", quantity="all")


class Building:
    """Towers, pyramids and rows."""

    def up(self, parts: list[Any]) -> list[c.Command]:
        return [_layered(parts[0], parts[1]) if len(parts) > 1 else _tower(parts[0])]

    bare_tower = up

    def down_from_top(self, parts: list[Any]) -> list[c.Command]:
        return [_tower(parts[0][::-1])]

    def listed_up(self, parts: list[Any]) -> list[c.Command]:
        return [_tower(tuple(shared([*parts[1], parts[0][0]])[:-1]))]

    def whole(self, _: list[Any]) -> list[c.Command]:
        return [c.Tower((BLOCKS,))]

    def listed_down(self, parts: list[Any]) -> list[c.Command]:
        return [_tower(tuple(shared([*parts[1], parts[0][0]])[:-1])[::-1])]

    def next_up(self, parts: list[Any]) -> tuple[str, Reference]:
        return ("", parts[0])

    def which_order(self, parts: list[Any]) -> NoReturn:
        raise AmbiguityError("In which order? Say for example: red, green, blue from left to right.", "", ())

    def ladder(self, rungs: list[Any]) -> list[tuple[str, Reference]]:
        pairs = [rung if isinstance(rung, tuple) else ("", rung) for rung in rungs]
        named = shared(ref for _, ref in pairs)
        return [(level, ref) for (level, _), ref in zip(pairs, named, strict=True)]

    def laddered(self, parts: list[Any]) -> list[c.Command]:
        """A tower told one by one, from one end to the other."""
        levels = [level for level, _ in parts[-1]]
        order = tuple(replace(ref, category=ref.category or "block") for _, ref in parts[-1])
        said = [ref for part in parts[:-1] if isinstance(part, tuple) for ref in part]
        named = [ref for ref in said if ref.category != "them"]
        if len(named) > 1 or (named and named[0].count not in (0, len(order))):
            raise InstructionError("Name each object of the tower once, from the bottom up.")
        if levels[0] == "top" or levels[-1] == "bottom":
            levels, order = levels[::-1], order[::-1]
        inner = set(levels[1:-1]) - {"", "middle"}
        if inner or levels[0] not in ("", "bottom") or levels[-1] not in ("", "top"):
            raise InstructionError("Name the objects of the tower from the bottom up.")
        return [_tower(order)]

    bare_ladder = laddered

    def risen(self, parts: list[Any]) -> list[c.Command]:
        """A red block, on it a blue one, on that a green one."""
        return [_tower(tuple(replace(ref, category=ref.category or "block") for ref in parts))]

    def based(self, order: list[Reference]) -> list[c.Command]:
        return [_tower(tuple(replace(ref, category=ref.category or "block") for ref in shared(order)))]

    def layered(self, parts: list[Any]) -> list[c.Command]:
        said = (ref for part in parts[:-1] if isinstance(part, tuple) for ref in part)
        named = tuple(ref for ref in said if ref.category not in ("tower", "it", "them"))
        return [_layered(named, parts[-1])]

    bare_layers = layered

    def on_base_of(self, parts: list[Any]) -> list[c.Command]:
        return _on_base(parts[0], parts[1])

    def with_base(self, parts: list[Any]) -> list[c.Command]:
        return _on_base(parts[1], parts[0])

    def ends(self, layers: list[Any]) -> list[tuple[str, Reference]]:
        named = shared(ref for _, ref in layers)
        return [(level, ref) for (level, _), ref in zip(layers, named, strict=True)]

    def layer(self, parts: list[Any]) -> tuple[str, Reference]:
        return str(parts[1].data), parts[0]

    def towers(self, parts: list[Any]) -> list[c.Command]:
        number, height = (whole(part) for part in parts)
        return [c.Tower((BLOCKS,), number, height)]

    def on_base(self, parts: list[Any]) -> list[c.Command]:
        left, right, top = _flat(parts)
        return [c.Pyramid(left, right, top)]

    def top_first(self, parts: list[Any]) -> list[c.Command]:
        left, right = parts[1]
        return [c.Pyramid(left, right, parts[0])]

    def with_top(self, parts: list[Any]) -> list[c.Command]:
        base = [ref for ref in parts[0] if ref != parts[1]]
        if len(base) != 2:
            raise InstructionError("A pyramid needs two objects below and one on top: name all three.")
        return [c.Pyramid(base[0], base[1], parts[1])]

    def rightwards(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_row(parts[0]))]

    def leftwards(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_row(parts[0])[::-1])]

    def ordered_right(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_row(shared([*parts[1], parts[0][0]])[:-1]))]

    def ordered_left(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_row(shared([*parts[1], parts[0][0]])[:-1])[::-1])]

    def seat(self, parts: list[Any]) -> tuple[str, Reference]:
        return (parts[1].data if len(parts) > 1 else "", parts[0])

    def led(self, parts: list[Any]) -> list[c.Command]:
        """A row of several of which only one end is told."""
        given, (place, end) = parts
        if len(given) > 1:
            return self._led_by(shared(given), place, end)
        (named,) = given
        end = shared([end, named])[0]
        end = replace(end, category=end.category or named.category)
        rest = replace(named, but=(*named.but, end), count=max(named.count - 1, 0))
        if place not in ("left", "right") or named.quantity != "all":
            raise InstructionError("Say which should be on the left, or which on the right.")
        return [c.Row((end, rest) if place == "left" else (rest, end))]

    def _led_by(self, order: list[Reference], place: str, end: Reference) -> list[c.Command]:
        """Return a row of which it is said what each is, and which is at an end."""
        ends = {
            order[0].color: "left" if place == "left" else "",
            order[-1].color: "right" if place == "right" else "",
        }
        if place not in ("left", "right") or end.color not in (order[0].color, order[-1].color):
            raise InstructionError("Say which should be on the left, or which on the right.")
        return [c.Row(_row(order if ends[end.color] else order[::-1]))]

    def seated(self, parts: list[Any]) -> list[c.Command]:
        """A row in which it is said who stands at an end."""
        several_ = next(
            (part for part in parts if isinstance(part, tuple) and isinstance(part[0], Reference)), ()
        )
        seats = [part for part in parts if isinstance(part, tuple) and not isinstance(part[0], Reference)]
        places = [place for place, _ in seats]
        order = shared([*(ref for _, ref in seats), *several_[:1]])[: len(seats)]
        if len(seats) == 3 and set(places) == set(_SEATS):
            order = [order[places.index(place)] for place in _SEATS]
        elif places[0] == "right" or places[-1] == "left":
            order = order[::-1]
        elif not (places[0] == "left" or places[-1] == "right"):
            raise InstructionError("Say which should be on the left.")
        return [c.Row(_row(order))]


def _on_base(base: Reference, built: Sequence[c.Command]) -> list[c.Command]:
    """Return a tower with something at the bottom."""
    (tower,) = built
    assert isinstance(tower, c.Tower)
    return [replace(tower, base=base)]


def _layered(named: References, layers: list[tuple[str, Reference]]) -> c.Tower:
    """Return a tower of which it is said what is where."""
    plain = named or (BLOCKS,)
    noun = "block" if plain[0].category in ("", "them") else plain[0].category
    at: dict[str, Reference] = {}
    for level, ref in layers:
        if level in at:
            raise InstructionError(f"Only one can be at the {level}.")
        at[level] = replace(ref, category=ref.category or noun)
    if set(at) == {"middle"} and len(plain) == 1:
        return replace(_tower(plain), middle=at["middle"])
    middle = at.get("middle")
    others = [
        ref
        for ref in plain
        if middle is None or (ref.color, ref.selection) != (middle.color, middle.selection)
    ]
    if set(at) == {"middle"} and len(plain) == len(_LEVELS) and len(others) == 2:
        return _tower((others[0], at["middle"], others[1]))
    if "middle" in at:
        if set(at) != set(_LEVELS):
            raise InstructionError("Name the objects of the tower from the bottom up.")
        return _tower(tuple(at[level] for level in _LEVELS))
    if len(plain) > 1:
        rest = [ref for ref in plain if ref not in at.values()]
        order = [*([at["bottom"]] if "bottom" in at else []), *rest, *([at["top"]] if "top" in at else [])]
        return _tower(tuple(order))
    if len(at) == 2 and not named:  # just these two
        return _tower((at["bottom"], at["top"]))
    return replace(_tower(plain), base=at.get("bottom"), top=at.get("top"))


def _tower(order: References) -> c.Tower:
    order = tuple(
        replace(ref, category="block")
        if ref.one and not (ref.color or ref.category)
        else replace(ref, kinds=STACKABLE)
        if not ref.category
        else ref
        for ref in order
    )
    if len(order) == 1:
        quantity = order[0].quantity
        if quantity == "all" or order[0].category == "them":
            return c.Tower(order)
        if isinstance(quantity, int) and quantity > 1:
            return c.Tower((replace(order[0], quantity="all"),), 1, quantity)
    if len(order) < 2 or len(set(order)) < len(order) or any(ref.quantity == "all" for ref in order):
        raise InstructionError("A tower needs two or more different objects: name them, from the bottom up.")
    return c.Tower(order)


def _row(order: Sequence[Reference]) -> References:
    order = tuple(order)
    if len(order) == 1 and (order[0].quantity == "all" or order[0].category == "them"):
        return order
    if len(order) < 2 or len(set(order)) < len(order):
        raise InstructionError("A row needs two or more different objects: name them, from left to right.")
    return order


def _flat(parts: list[Any]) -> list[Reference]:
    return [
        ref
        for part in parts
        if not isinstance(part, Tree)
        for ref in several(part)
        if isinstance(ref, Reference)
    ]
