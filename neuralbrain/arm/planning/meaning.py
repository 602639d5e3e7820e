"""The meaning of a sentence's tree: a rule of the grammar, by its name, to commands.

What is named is dealt with in naming.py, what is put somewhere in putting.py, what is built in building.py;
the rest stands here.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, NoReturn

from lark import Token, Transformer, Tree
from lark.exceptions import VisitError

from neuralbrain.arm.catalogue import GRASPABLE
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.building import Building
from neuralbrain.arm.planning.naming import FIXED, Naming, reference, several, single
from neuralbrain.arm.planning.pronouns import amended
from neuralbrain.arm.planning.putting import Putting, asked
from neuralbrain.arm.planning.references import HOLLOW, IT, THEM, Reference
from neuralbrain.errors import InstructionError

SLOT: Final = re.compile(r"{(\w+)}")
DO: Final = "do_"
"""Beginning of the rules made of phrases; the number of the phrase follows."""

Phrase = tuple[str, str]
"""The name of a skill, and a phrase that asks for it."""


def commands_of(tree: Tree[Token], asked: tuple[Phrase, ...]) -> list[c.Command]:
    """Return what the tree of a sentence asks for, pronouns and all.

    Args:
        tree: Of one reading.
        asked: The skills' phrases, as the parser knows them.

    Raises:
        AmbiguityError: The person must say more.
        InstructionError: It makes no sense.
    """
    commands: list[c.Command] = _read(tree, asked)
    return commands


def reference_of(tree: Tree[Token]) -> Reference:
    """Return what the tree of a noun with its articles names."""
    found: Reference = _read(tree, ())
    return found


def _read(tree: Tree[Token], asked: tuple[Phrase, ...]) -> Any:
    try:
        return _Meaning(asked).transform(tree)
    except VisitError as error:
        raise error.orig_exc from None


class _Meaning(Naming, Putting, Building, Transformer[Token, Any]):
    """Turns a tree into commands; a rule's name is the method's.

    Args:
        asked: The skills' phrases, as the parser knows them.
    """

    def __init__(self, asked: tuple[Phrase, ...]) -> None:
        super().__init__()
        self._asked = asked

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        if not data.startswith(DO):
            return Tree(data, children, meta)
        skill, phrase = self._asked[int(data.removeprefix(DO))]
        return [c.Do(skill, phrase, tuple(SLOT.findall(phrase)), tuple(children))]

    # ---- the sentence as a whole
    def in_order(self, clauses: list[Any]) -> list[c.Command]:
        return [command for clause in clauses for command in clause]

    steps = in_order

    def likewise(self, parts: list[Any]) -> list[c.Command]:
        """The green one too: what was asked for last, of something else."""
        return [c.Amended(ref, likewise=True) for ref in parts[0]]

    def topical(self, parts: list[Any]) -> list[c.Command]:
        """The green block, put it there: of what "it" is said."""
        return [*(c.Aside(ref, bare=True) for ref in several(parts[0])), *parts[1]]

    def nothing_left(self, parts: list[Any]) -> list[c.Command]:
        """Nothing may be left on the table: it must be said where everything goes."""
        return [c.Aside(Reference(quantity="all"), bare=True)]

    def so_that(self, parts: list[Any]) -> list[c.Command]:
        """How it should be in the end; "on top" is on the other of the two that are changed."""
        changed = [ref for part in parts if isinstance(part, Tree) for ref in _named_in(part)]
        stated = self.in_order([part for part in parts if not isinstance(part, Tree)])
        if len(changed) == 1:
            return [c.replaced(command, IT, changed[0]) for command in stated]
        if len(changed) != 2:
            return stated
        return [
            replace(command, target=next(ref for ref in changed if ref.color != command.obj.color))
            if isinstance(command, c.Put)
            and command.target.category == "it"
            and changed[0].color != changed[1].color
            and command.obj.color in (changed[0].color, changed[1].color)
            else command
            for command in stated
        ]

    def before(self, groups: list[Any]) -> list[c.Command]:
        """Close the drawer after you put the ball in: "in" is in what was named, though it is done later."""
        later = next((one.drawer for one in groups[0] if isinstance(one, c.Close)), None)
        first = tuple(groups[1])
        if later is not None:
            first = c.replaced(first, Reference(kinds=HOLLOW), later)
            first = c.replaced(first, replace(IT, kinds=HOLLOW), later)
        elif isinstance(groups[0][0], c.Put) and groups[0][0].relation == "at":
            first = c.replaced(first, Reference(category="there"), groups[0][0].target)
            first = c.replaced(first, Reference(kinds=HOLLOW), groups[0][0].target)
        return [*first, *groups[0]]

    def forbid(self, parts: list[Any]) -> list[c.Command]:
        """Not to move something is to leave it alone."""
        if all(isinstance(one, c.Aside) for one in parts[0]):
            return [c.Keep(one.obj) for one in parts[0]]
        return [c.Nothing(tuple(parts[0]))]

    def not_but(self, parts: list[Any]) -> list[c.Command]:
        """Do not put it there, put it here."""
        return [c.Nothing(tuple(parts[0])), *parts[1]]

    def nothing(self, _: list[Any]) -> list[c.Command]:
        return [c.Nothing()]

    def telegram(self, parts: list[Reference]) -> NoReturn:
        if not all(ref.category for ref in parts):
            raise InstructionError("That names objects, and does not say what to do with them.")
        said = str(c.Put(parts[0], "at", parts[1]))
        asked(f"Did you mean: {said}?", said, ("yes", "no"))

    def mended(self, parts: list[Any]) -> list[c.Command]:
        """The last thing said is corrected."""
        *before, last = parts[0]
        return [*before, amended(last, single(parts[-1]))]

    def amended(self, parts: list[Any]) -> list[c.Command]:
        """No, the other bowl: what was said in the sentence before is corrected."""
        if isinstance(parts[0], Tree):
            return [c.Amended(place=command) for command in self.put([IT, parts[0]])]
        return [c.Amended(single(parts[0]))]

    def amended_from(self, parts: list[Any]) -> list[c.Command]:
        """No, not the red one, the green one."""
        return [c.Amended(parts[0], old=parts[1])]

    def amended_object(self, parts: list[Any]) -> list[c.Command]:
        """No, take the green one instead: what is moved is another."""
        return [*(parts[0] if len(parts) > 1 else ()), c.Amended(single(parts[-1]), obj=True)]

    def reversed(self, parts: list[Any]) -> list[c.Command]:
        """No, the other way round."""
        return [*(command for part in parts for command in part), c.Amended(reversed=True)]

    def not_that(self, parts: list[Any]) -> list[c.Command]:
        """Of several any, but not this; else it only says which is not meant."""
        *before, last = parts[0]
        obj = vars(last).get("obj")
        if isinstance(parts[1], Tree) or obj is None:
            return [*before, last]
        if obj.quantity in ("the", 1):
            return [*before, last]
        return [*before, replace(last, obj=replace(obj, but=(*obj.but, *several(parts[1]))))]

    def renewed(self, parts: list[Any]) -> list[c.Command]:
        """What was said last is taken back, and something else said."""
        return [*parts[0][:-1], c.Nothing((parts[0][-1],), taken_back=True), *parts[1]]

    def whichever(self, parts: list[Any]) -> list[c.Command]:
        """It does not matter which."""
        *before, last = parts[0]
        for ref in dict.fromkeys(c.references(last)):
            if ref.quantity == "the" and ref != IT:
                last = c.replaced(last, ref, replace(ref, quantity="any"))
        return [*before, last]

    def of_kind(self, parts: list[Any]) -> list[c.Command]:
        """Colours alone are of that kind: "just the blocks"."""
        kind, said = reference(parts[1:]), tuple(parts[0])
        for ref in dict.fromkeys(c.references(said)):
            if not ref.category:
                said = c.replaced(said, ref, replace(ref, category=kind.category, kinds=()))
        return list(said)

    # ---- swapping, pushing, and the drawer
    def invert(self, parts: list[Any]) -> list[c.Command]:
        return [c.Rebuild(inverted=True, top=parts[0] if parts else None)]

    def rebuild(self, parts: list[Any]) -> list[c.Command]:
        """In the same order, on something else."""
        on: Any = parts[-1]
        return [c.Rebuild(single(on.children[0]))]

    def sort(self, _: list[Any]) -> list[c.Command]:
        return [c.Sort()]

    def sort_these(self, parts: list[Any]) -> list[c.Command]:
        return [c.Sort(ref) for ref in several(parts[0])]

    def missort(self, _: list[Any]) -> list[c.Command]:
        return [c.Sort(matching=False)]

    def swap(self, parts: list[Any]) -> list[c.Command]:
        return [c.Swap(*parts)]

    def swap_them(self, _: list[Any]) -> list[c.Command]:
        return [c.Swap(THEM, THEM)]

    def swap_pair(self, parts: list[Any]) -> list[c.Command]:
        return [c.Swap(*parts[0])]

    def push(self, parts: list[Any]) -> list[c.Command]:
        return [c.Push(ref, parts[1]) for ref in several(parts[0])]

    push_by = push

    def push_where(self, parts: list[Any]) -> list[c.Command]:
        where = parts[1]
        if where.data not in ("in", "into", "on", "to"):
            raise InstructionError("I push onto a zone only, or so far.")
        return [c.Push(ref, single(where.children[0])) for ref in several(parts[0])]

    def push_there(self, parts: list[Any]) -> list[c.Command]:
        return self.put([parts[0], Tree("there", [])])

    def push_nowhere(self, parts: list[Any]) -> NoReturn:
        what = " and ".join(map(str, several(parts[0])))
        named = what if several(parts[0])[0] != IT else "it, and what do you mean"
        asked(f"Where should I push {named}? Say for example: the box to the green zone.", what)

    def open(self, parts: list[Any]) -> list[c.Command]:
        if parts[0].category not in ("drawer", "it", ""):
            raise InstructionError(f"I cannot open or close {parts[0]}, only the drawer.")
        return [c.Open(*parts)]

    def close(self, parts: list[Any]) -> list[c.Command]:
        return [c.Close(*parts)]

    # ---- and the rest
    def hold(self, parts: list[Any]) -> list[c.Command]:
        ref = single(parts[0])
        if ref.category in FIXED or ref.category == "box":
            raise InstructionError(
                f"I cannot pick up {ref}: only a {', a '.join(GRASPABLE)} fits between my fingers"
                + (" (I can push a box to a zone)." if ref.category == "box" else ".")
            )
        return [c.Hold(ref)]

    def hold_corrected(self, parts: list[Any]) -> list[c.Command]:
        """Take the green block, no, the yellow one."""
        return self.hold([self.corrected(parts)])

    def hold_all(self, parts: list[Any]) -> list[c.Command]:
        """Take both, and put them there."""
        return [c.Hold(ref) for ref in parts[0]]

    def restore(self, _: list[Any]) -> list[c.Command]:
        return [c.Restore()]

    def undo(self, _: list[Any]) -> list[c.Command]:
        return [c.Restore(undo=True)]

    def put_back(self, parts: list[Any]) -> list[c.Command]:
        everything = Reference(quantity="all")
        return [c.Restore(None if ref == everything else ref) for ref in parts[0]]

    def back(self, _: list[Any]) -> list[c.Command]:
        return [c.Restore(IT)]

    def home(self, _: list[Any]) -> list[c.Command]:
        return [c.Home()]

    def keep(self, parts: list[Any]) -> list[c.Command]:
        return [c.Keep(ref) for ref in (parts[0] if parts else ())]

    def tidy(self, _: list[Any]) -> NoReturn:
        asked("Where should everything go? Say for example: put all the blocks in the blue bowl.", "tidy up")

    # ---- conditions
    def then(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(parts[0], tuple(parts[1]))]

    def then_else(self, parts: list[Any]) -> list[c.Command]:
        otherwise = tuple(one for one in parts[-1] if not isinstance(one, c.Keep | c.Nothing))
        return [c.If(parts[0], tuple(parts[1]), otherwise if len(parts) > 2 else ())]

    def then_else_of(self, parts: list[Any]) -> list[c.Command]:
        """Otherwise use the blue one: the same, of something else than the condition is about."""
        premise, then, other = parts
        about = premise.obj
        noun = other.category or about.category
        otherwise = tuple(then)
        for ref in (IT, about):
            otherwise = c.replaced(otherwise, ref, replace(other, category=noun, kinds=(), one=False))
        if otherwise == tuple(then):
            asked(f"For what should {other} be used otherwise? Say the whole.", "")
        return [c.If(premise, tuple(then), otherwise)]

    def provided(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(parts[1], tuple(parts[0]))]

    def unless(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(_not(parts[1]), tuple(parts[0]))]

    def unless_first(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(_not(parts[0]), tuple(parts[1]))]

    def is_empty(self, parts: list[Any]) -> c.Premise:
        return c.Premise("empty", parts[0], negated=_negated(parts))

    def is_full(self, parts: list[Any]) -> c.Premise:
        return _not(self.is_empty(parts))

    def is_open(self, parts: list[Any]) -> c.Premise:
        return c.Premise("open", parts[0], negated=_negated(parts))

    def is_closed(self, parts: list[Any]) -> c.Premise:
        return c.Premise("closed", parts[0], negated=_negated(parts))

    def is_in(self, parts: list[Any]) -> c.Premise:
        inside = any(isinstance(part, Tree) and part.data == "inside" for part in parts)
        return c.Premise("in" if inside else "on", parts[0], parts[-1], negated=_negated(parts))

    def is_color(self, parts: list[Any]) -> c.Premise:
        color = next(str(part) for part in parts if isinstance(part, Token) and part.type == "COLOR")
        return c.Premise("color", parts[0], Reference(color), negated=_negated(parts))

    def is_count(self, parts: list[Any]) -> c.Premise:
        said = {part.data: part for part in parts if isinstance(part, Tree)}
        words = said["some_object"].children if "some_object" in said else []
        how: Any = next(part.data for part in parts if isinstance(part, Tree) and part.data != "some_object")
        number = int(float(next(part for part in parts if isinstance(part, Token) and part.type == "NUMBER")))
        return c.Premise("count", reference(words, quantity="any"), compare=how, number=number)

    def is_more(self, parts: list[Any]) -> c.Premise:
        how: Any = parts[0].data
        first, second = (
            reference(part.children, quantity="any") for part in parts if part.data == "some_object"
        )
        second = replace(second, category=second.category or first.category, one=False)
        return c.Premise("more", first, second, compare=how)

    def is_on_table(self, parts: list[Any]) -> c.Premise:
        return c.Premise("on_table", parts[0], negated=_negated(parts))

    def is_beside(self, parts: list[Any]) -> c.Premise:
        side: Any = next(part.data for part in parts if isinstance(part, Tree))
        return c.Premise(side, parts[0], parts[-1], negated=_negated(parts))

    def is_there(self, parts: list[Any]) -> c.Premise:
        words = [word for part in parts for word in (part.children if isinstance(part, Tree) else [part])]
        strange = next((str(word)[1:] for word in words if isinstance(word, Token) and word[:1] == "@"), "")
        ref = reference(words, quantity="any")
        return c.Premise("there", replace(ref, category=strange or ref.category), negated=_negated(words))

    def is_filled(self, parts: list[Any]) -> c.Premise:
        (ref,) = (part for part in parts if isinstance(part, Reference))
        nothing = any(
            isinstance(part, Tree) and part.data == "some_amount" and part.children for part in parts
        )
        upon = any(isinstance(part, Tree) and part.data == "upon" for part in parts)
        return c.Premise("clear" if upon else "empty", ref, negated=not nothing)


def _named_in(tree: Tree[Any]) -> list[Reference]:
    named: list[Reference] = []
    for child in tree.children:
        if isinstance(child, Tree):
            named += _named_in(child)
        else:
            named += several(child)
    return named


def _negated(parts: Iterable[Any]) -> bool:
    return any(isinstance(part, Token) and part.type in ("NOT", "NO") for part in parts)


def _not(premise: c.Premise) -> c.Premise:
    return replace(premise, negated=not premise.negated)
