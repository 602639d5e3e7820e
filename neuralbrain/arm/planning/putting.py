"""The meaning of clauses in which objects are put somewhere or moved (putting.lark): rules to commands."""

# ruff: noqa: D102  (a method is the meaning of the rule of its name, which says what is read)

from collections.abc import Sequence
from dataclasses import replace
from math import radians
from typing import Any, Final, NoReturn, get_args

from lark import Token, Tree

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.naming import FIXED, References, several, single
from neuralbrain.arm.planning.references import BEARING, HOLLOW, IT, TABLE, Reference, Selection
from neuralbrain.errors import AmbiguityError, InstructionError

_UNITS: Final = {"cm": 0.01, "mm": 0.001, "m": 1.0, "inches": 0.0254}
STACKABLE: Final = ("block", "cylinder")
"""What can be stacked."""

_NEVER: Final = {"in": (*GRASPABLE, "table"), "into": (*GRASPABLE, "table"), "on": CONTAINERS}
"""Preposition -> the kinds of things that nothing can be put so."""


class Putting:
    """Putting, taking apart, moving by so much."""

    def put(self, parts: list[Any]) -> list[c.Command]:
        subjects, where = several(parts[0]), parts[-1]
        named = [part for part in where.children if isinstance(part, Reference | tuple)]
        match str(where.data):
            case "in" | "into" | "on" | "to" | "away" as how:
                targets = [_fit(single(part), how) for part in named]
                return _put_at(subjects, targets, how)
            case "inside":
                return [c.Put(ref, "at", Reference(kinds=HOLLOW)) for ref in subjects]
            case "on_it":
                return [c.Put(ref, "at", replace(IT, kinds=BEARING)) for ref in subjects]
            case "beside":
                return [c.Put(ref, where.children[0].data, single(named[0])) for ref in subjects]
            case "left_of_it" | "right_of_it" as side:
                way: Any = side.removesuffix("_of_it")
                return [c.Put(ref, way, IT) for ref in subjects]
            case "middle" | "aside":
                return [c.Aside(ref, middle=where.data == "middle") for ref in subjects]
            case "between":
                first, second = several(named[0])
                return [c.Between(ref, first, second) for ref in subjects]
            case "down" | "on_table":
                return self.put_down(list(subjects))
            case "nowhere":
                return _where(subjects)
            case "there":
                return [c.Put(ref, "at", Reference(category="there")) for ref in subjects]
            case "under_it" if single(named[0]).category in STACKABLE and len(subjects) == 1:
                return [c.Put(single(named[0]), "at", subjects[0])]
            case "under_it":
                raise InstructionError(
                    f"I cannot put anything under or over {single(named[0])}: only in, on or beside it."
                )
            case "in_with":
                holder = Reference(kinds=HOLLOW, selection=Selection("under", single(named[0])))
                return [c.Put(ref, "at", holder) for ref in subjects]
            case "nearer":
                return [c.Put(ref, "closer", single(named[0])) for ref in subjects]
            case _ if named and single(named[0]) == IT and subjects[0] == IT:
                raise InstructionError("Say where it should go back to.")
            case _:
                if any(ref.quantity != "the" for ref in subjects):
                    raise InstructionError("Only one object can stand where another was.")
                return [c.Put(ref, "instead", single(named[0]) if named else IT) for ref in subjects]

    def wanted(self, parts: list[Any]) -> NoReturn:
        what = " and ".join(map(str, several(parts[0])))
        asked(f"What should I do with {what}, and which do you mean?", what)

    def put_it(self, parts: list[Any]) -> list[c.Command]:
        """Take the ball, put in the bowl."""
        return self.put([IT, parts[0]])

    elliptic = elliptic_apart = taken = put

    def taken_beside(self, parts: list[Any]) -> list[c.Command]:
        return self.put([parts[0], Tree("beside", parts[1:])])

    def put_there(self, parts: list[Any]) -> list[c.Command]:
        return self.put(parts[::-1])

    def move_from(self, parts: list[Any]) -> list[c.Command]:
        """From one thing to another: it must lie in the first."""
        return self.put([_taken_from(parts[0], parts[1]), parts[2]])

    def stack_on(self, parts: list[Any]) -> list[c.Command]:
        subjects, target = several(parts[0]), _fit(single(parts[1]), "on")
        kinds = [replace(ref, kinds=STACKABLE) if not ref.category else ref for ref in subjects]
        if target.category not in ("zone", "table") and (
            len(kinds) > 1 or kinds[0].quantity not in ("the", "any")
        ):
            return [c.Tower(tuple(kinds), base=target)]
        return _put_at(tuple(kinds), [target], "on")

    def pair_up(self, parts: list[Any]) -> list[c.Command]:
        """One red block on top of the other."""
        ref = parts[0]
        if ref.quantity != "any":
            return [c.Put(ref, "at", Reference(category=ref.category, other=True))]
        return [c.Tower((replace(ref, quantity="all"),), 1, 2)]

    def piles(self, parts: list[Any]) -> list[c.Command]:
        said = [command for part in parts[1:] for command in part]
        if len(said) != int(parts[0]):
            raise InstructionError(f"You say {parts[0]} towers, and name {len(said)}.")
        return said

    def share(self, parts: list[Any]) -> list[c.Command]:
        """One in each bowl, or as many in each."""
        target: Any = next(
            part.children[0] if isinstance(part, Tree) else part
            for part in parts[1:]
            if not isinstance(part, Token)
        )
        each = isinstance(parts[-1], Token)
        return [c.Share(several(parts[0]), replace(single(target), quantity="all"), each)]

    def continued(self, parts: list[Any]) -> list[c.Command]:
        """Then into the green zone: what was moved before."""
        return self.put([IT, parts[0]])

    def none_may(self, parts: list[Any]) -> list[c.Command]:
        """Neither block may stay on the table: so both are to go, and it must be said where."""
        count = 2 if isinstance(parts[0], Token) else 0
        ref = next(part for part in parts if isinstance(part, Reference))
        return [c.Aside(replace(ref, quantity="all", count=count), bare=True)]

    def not_there(self, parts: list[Any]) -> list[c.Command]:
        """The ball does not belong on the table: it must be said where."""
        if str(parts[1].data) not in ("on", "on_table", "in", "into"):
            raise InstructionError("Say where it should go, not where not.")
        return [c.Aside(ref, bare=True) for ref in several(parts[0])]

    def hand_over(self, parts: list[Any]) -> NoReturn:
        what = " and ".join(map(str, parts[0]))
        if any(ref == IT or not (ref.color or ref.category) for ref in parts[0]):
            raise AmbiguityError("What should I take? Name it, as in: pick up the red block.", what, ())
        raise InstructionError(
            f"I cannot hand anything over: I can pick {what} up and hold it, or move it toward you."
        )

    def mended_where(self, parts: list[Any]) -> Any:
        """In the green bowl, no, in the blue one."""
        first, second = parts
        if first.children and second.children:
            named, new = first.children[-1], second.children[-1]
            if isinstance(named, Reference) and isinstance(new, Reference) and not new.category:
                return Tree(second.data, [*second.children[:-1], replace(new, category=named.category)])
        return second

    def aside(self, parts: list[Any]) -> Any:
        return [c.Aside(parts[0], bare=True)] if parts else Tree("aside", [])

    def put_down(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(ref, "at", TABLE) for ref in parts]

    def nowhere(self, parts: list[Any]) -> Any:
        return _where(several(parts[0])) if parts else Tree("nowhere", [])

    def together(self, parts: list[Any]) -> NoReturn:
        """These two together: it must be said which, and how."""
        what = several(parts[0])
        deictic = any(ref.category in ("", "them") and not ref.color for ref in what)
        which = "Which do you mean, and how" if deictic else "How"
        asked(
            f"{which} should they be put together: one on the other, side by side, or what in one bowl?", ""
        )

    def to_front(self, _: list[Any]) -> NoReturn:
        asked("How far toward you should it go? Say for example: move the red block 5 cm toward me.", "")

    def distribute_bare(self, parts: list[Any]) -> list[c.Command]:
        """Blue bowl: two blocks."""
        holder, objects = single(parts[0]), several(parts[1])
        if holder.category not in (*CONTAINERS, "zone") or any(
            ref.category == holder.category for ref in objects
        ):
            raise InstructionError("That names objects, and does not say what to do with them.")
        return [c.Put(ref, "at", holder) for ref in objects]

    def distribute(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(ref, "at", parts[0]) for ref in parts[1]]

    # ---- taking apart
    def take_out(self, parts: list[Any]) -> list[c.Command]:
        """Out of what it lies in: where that is named, it must be in there."""
        source = next((ref for ref in parts[1:] if isinstance(ref, Reference) and ref != TABLE), None)
        if source is not None and source.category == "tower" and parts[0][0].quantity == "all":
            raise InstructionError("All of a tower is taken apart, not off it.")
        return [c.Put(_taken_from(ref, source), "at", TABLE) for ref in several(parts[0])]

    def but_there(self, parts: list[Any]) -> list[c.Command]:
        """Do not put it there, but there."""
        return [c.Nothing(tuple(self.put(parts[:2]))), *self.put([parts[0], parts[2]])]

    def remove(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(ref, "off", TABLE) for ref in several(parts[0])]

    def unstack(self, parts: list[Any]) -> list[c.Command]:
        refs = next((part for part in parts if isinstance(part, tuple)), ())
        blocks = [ref for ref in refs if ref.category not in ("tower", "it")]
        return [c.Put(ref, "at", TABLE) for ref in blocks or (Reference(category="block", quantity="all"),)]

    def empty(self, parts: list[Any]) -> list[c.Command]:
        inside = Selection("in", replace(parts[0], quantity="the"))
        return [c.Put(Reference(quantity="all", selection=inside), "at", TABLE)]

    # ---- by a distance, and turning
    def shift(self, parts: list[Any]) -> list[c.Command]:
        number = next(float(part) for part in parts if isinstance(part, Token) and part.type == "NUMBER")
        said = {"unit" if part.data == "unit" else "way": part for part in parts if isinstance(part, Tree)}
        unit, way = _UNITS[str(said["unit"].children[0])], _way(said["way"])
        return [c.Shift(ref, way, number * unit) for ref in parts[0]]

    def shift_somewhat(self, parts: list[Any]) -> NoReturn:
        _check_loose(parts[0])
        what = " and ".join(map(str, parts[0]))
        asked(f"How far and which way should {what} be moved? Say for example: by 5 cm to the left.", what)

    def shift_somewhere(self, parts: list[Any]) -> NoReturn:
        _check_loose(parts[0])
        what = " and ".join(map(str, parts[0]))
        asked(f"Which way should {what} be moved? Say for example: by 5 cm to the left.", what)

    def turn(self, parts: list[Any]) -> list[c.Command]:
        number = next(float(part) for part in parts if isinstance(part, Token))
        way = next((str(part.children[0]) for part in parts if isinstance(part, Tree)), "")
        return [c.Turn(parts[0], radians(number) * (-1 if way in ("clockwise", "right") else 1))]

    def turn_somewhat(self, parts: list[Any]) -> NoReturn:
        _check_loose([parts[0]])
        asked(f"How far should {parts[0]} be turned? Say for example: by 45 degrees.", str(parts[0]))


def _fit(target: Reference, how: str) -> Reference:
    """Say of what kinds a target can be, where the sentence does not: only some are hollow, and some bear."""
    if target.category == "them":
        if how == "on":
            return replace(target, kinds=BEARING)  # on what was built of them
        raise InstructionError("Say in which one of them.")
    kinds = {"in": HOLLOW, "into": HOLLOW, "on": BEARING}.get(how, ())
    return target if target.category not in ("", "it") or target.either else replace(target, kinds=kinds)


def _put_at(subjects: Sequence[Reference], targets: list[Reference], how: str) -> list[c.Command]:
    """Say that objects are put in or on another; a box is pushed, and a drawer closed after "away"."""
    if how == "on" and [ref.category for ref in subjects] == ["tower"]:
        return [c.Rebuild(targets[-1])]
    target = targets[-1]  # "in the blue bowl, no, wait, in the purple one"
    category = target.category or targets[0].category
    if category in _NEVER.get(how, ()):
        raise InstructionError(_cannot(how, target))
    if how == "to" and category in GRASPABLE:  # brought to a block it is beside it
        return [c.Put(ref, "beside", target) for ref in subjects]
    target = replace(target, category=category, kinds=() if category not in ("", "it") else target.kinds)
    if target.category == "zone" and all(ref.category == "box" for ref in subjects):
        return [c.Push(ref, target) for ref in subjects]
    if (
        target.quantity == "all"
        and category in (*CONTAINERS, "zone")
        and (len(subjects) > 1 or subjects[0].quantity == "all")
    ):
        return [c.Share(tuple(subjects), target)]
    shut = [c.Close(target)] if how == "away" and target.category == "drawer" else []
    return [*(c.Put(ref, "at", target) for ref in subjects), *shut]


def _cannot(how: str, target: Reference) -> str:
    """Say that a kind of thing cannot be had something in, or on."""
    if how == "on":
        return f"I cannot put anything on top of {target}, only in it: say for example: in {target}."
    other = "on it or next to it" if target.category == "block" else "next to it"
    other = "on it" if target.category == "table" else other
    return f"Nothing can be put inside {target}, as it is not hollow: I could put something {other}."


def _taken_from(ref: Reference, source: Reference | None) -> Reference:
    """Say what something is taken from: "everything out of the bowl" is what lies in it."""
    if source is None or ref.category in ("it", "them") or ref.selection is not None or source == IT:
        return ref
    by: Any = "in" if source.category in ("bowl", "drawer") else "on"
    return replace(ref, selection=Selection(by, source))


def _check_loose(refs: Sequence[Reference]) -> None:
    """Make sure that things can be moved at all, before it is asked how far.

    Raises:
        InstructionError: One cannot.
    """
    for ref in refs:
        if ref.category in FIXED:
            raise InstructionError(f"I cannot move {ref}: a {ref.category} stays where it is.")


def _where(subjects: References) -> list[c.Command]:
    _check_loose(subjects)
    what = " and ".join(map(str, subjects))
    if any(ref.category in ("it", "them") for ref in subjects):
        asked(f'What do you mean by "{what}", and where should it go?', what)
    return asked(f"Where should {what} go? Say for example: in the blue bowl.", what)


def _way(tree: Tree[Token]) -> c.Direction:
    ways: dict[str, c.Direction] = {way: way for way in get_args(c.Direction)}
    return ways[tree.data]


def asked(question: str, phrase: str, choices: tuple[str, ...] = ()) -> NoReturn:
    """Ask the person."""
    raise AmbiguityError(question, phrase, choices)
