"""The meaning of a sentence's tree: a rule of instructions.lark, by its name, to commands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import radians
from typing import Any, Final, get_args

from lark import Token, Transformer, Tree
from lark.exceptions import VisitError

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning.references import IT, TABLE, Reference, Selection
from neuralbrain.errors import AmbiguityError, InstructionError

SLOT: Final = re.compile(r"{(\w+)}")
DO: Final = "do_"
"""Beginning of the rules made of phrases; the number of the phrase follows."""
_UNITS: Final = {"cm": 0.01, "mm": 0.001, "m": 1.0}
_RANKS: Final = {"second": 2, "third": 3, "fourth": 4}

NOUNS: Final = {f"{name}{end}": name for name in SHAPES for end in ("", "s", "es")}
"""Nouns, in the singular and the plural -> the category."""

Phrase = tuple[str, str]
"""The name of a skill, and a phrase that asks for it."""
References = tuple[Reference, ...]


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
    reference: Reference = _read(tree, ())
    return reference


def _read(tree: Tree[Token], asked: tuple[Phrase, ...]) -> Any:
    try:
        return _Meaning(asked).transform(tree)
    except VisitError as error:
        raise error.orig_exc from None


class _Meaning(Transformer[Token, Any]):
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

    def in_order(self, clauses: list[Any]) -> list[c.Command]:
        return [command for clause in clauses for command in clause]

    group = in_order

    def before(self, groups: list[Any]) -> list[c.Command]:
        return [*groups[1], *groups[0]]

    def forbid(self, parts: list[Any]) -> list[c.Command]:
        return [c.Nothing(tuple(parts[0]))]

    def nothing(self, _: list[Any]) -> list[c.Command]:
        return [c.Nothing()]

    def telegram(self, parts: list[Reference]) -> list[c.Command]:
        if not all(ref.category for ref in parts):
            raise InstructionError("That names objects, and does not say what to do with them.")
        said = str(c.Put(parts[0], "at", parts[1]))
        return _asked(f"Did you mean: {said}?", said, ("yes", "no"))

    # ---- one object
    def the(self, words: list[Any]) -> Reference:
        return _reference(words)

    def any(self, words: list[Any]) -> Reference:
        return _reference(words, quantity="any")

    def other(self, words: list[Any]) -> Reference:
        return _reference(words, other=True)

    def first(self, words: list[Any]) -> Reference:
        return _reference(words, selection=Selection(_side(words)))

    def ranked(self, words: list[Any]) -> Reference:
        rank = next(_RANKS[word] for word in words if isinstance(word, Token) and word.type == "RANK")
        return _reference(words, selection=Selection(_side(words), rank=rank))

    def near(self, words: list[Any]) -> Reference:
        by: Any = next(str(word) for word in words if isinstance(word, Token) and word.type == "NEAR")
        return _reference(words[:-1], selection=Selection(by, words[-1]))

    def lying(self, words: list[Any]) -> Any:
        by: Any = {"inside": "in", "upon": "on"}[words[-2].data]
        selection = Selection(by, words[-1])
        if isinstance(words[0], tuple):
            return (replace(words[0][0], selection=selection),)
        return _reference(words[:-2], selection=selection)

    def unlike(self, words: list[Any]) -> Any:
        but = (Reference(str(words[-1])),)
        if isinstance(words[0], tuple):
            return (replace(words[0][0], but=but),)
        return _reference(words[:-1], but=but)

    def excepted(self, words: list[Any]) -> Any:
        but = words[-1] if isinstance(words[-1], tuple) else (words[-1],)
        if isinstance(words[0], tuple):
            return (replace(words[0][0], but=but),)
        return _reference(words[:-1], but=but)

    def it(self, _: list[Any]) -> Reference:
        return IT

    def the_tower(self, _: list[Any]) -> Reference:
        return Reference(category="tower")

    def table(self, _: list[Any]) -> Reference:
        return TABLE

    def either(self, parts: list[Reference]) -> Reference:
        first, other = parts
        second = replace(other, category=other.category or first.category)  # "or in the green one"
        return Reference(quantity="any", either=(first, second))

    # ---- several
    def all(self, words: list[Any]) -> References:
        return (_reference(words, quantity="all"),)

    bare = everything = all

    def both(self, words: list[Any]) -> References:
        return (_reference(words, quantity="all"),)

    def so_many(self, words: list[Any]) -> References:
        number = next(word for word in words if isinstance(word, Token) and word.type == "NUMBER")
        return (_reference(words, quantity=_whole(number)),)

    def them(self, _: list[Any]) -> References:
        return (IT,)

    def same_noun(self, words: list[Any]) -> References:
        return tuple(Reference(str(color), _category(words)) for color in words if isinstance(color, Token))

    same_pair = same_noun

    def objects(self, named: list[Any]) -> References:
        return tuple(_shared([ref for one in named for ref in (one if isinstance(one, tuple) else (one,))]))

    pair = objects

    def both_of(self, words: list[Any]) -> References:
        ref = _reference(words)
        return tuple(replace(ref, selection=Selection("left", rank=rank)) for rank in (1, 2))

    def containers(self, parts: list[Any]) -> Reference:
        return _single(parts[0])

    # ---- putting
    def put(self, parts: list[Any]) -> list[c.Command]:
        subjects, where = parts if isinstance(parts[0], tuple) else ((parts[0],), parts[1])
        named = [part for part in where.children if isinstance(part, Reference | tuple)]
        match str(where.data):
            case "at" | "away":
                targets = [_single(part) for part in named]
                return _put_at(subjects, targets, away=where.data == "away")
            case "inside":
                return [c.Put(ref, "at", Reference()) for ref in subjects]
            case "beside":
                return [c.Put(ref, where.children[0].data, _single(named[0])) for ref in subjects]
            case "middle" | "aside":
                return [c.Aside(ref, middle=where.data == "middle") for ref in subjects]
            case "between":
                first, second = _several(named[0])
                return [c.Between(ref, first, second) for ref in subjects]
            case "down":
                return self.put_down(list(subjects))
            case "nowhere":
                return _where(subjects)
            case "nearer":
                return [c.Put(ref, "closer", _single(named[0])) for ref in subjects]
            case _:
                return [c.Put(ref, "instead", _single(named[0]) if named else IT) for ref in subjects]

    def correction(self, parts: list[Reference]) -> Reference:
        return parts[-1]

    def aside(self, parts: list[Any]) -> Any:
        return [c.Aside(parts[0], bare=True)] if parts else Tree("aside", [])

    def put_down(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(ref, "at", TABLE) for ref in parts]

    def nowhere(self, parts: list[Any]) -> Any:
        return _where(parts[0]) if parts else Tree("nowhere", [])

    def distribute(self, parts: list[Any]) -> list[c.Command]:
        return [c.Put(ref, "at", parts[0]) for ref in parts[1]]

    # ---- taking apart
    def take_out(self, parts: list[Any]) -> list[c.Command]:
        """Out of what it lies in: where that is named, it must be in there."""
        source = next((ref for ref in parts[1:] if isinstance(ref, Reference) and ref != TABLE), None)
        return [c.Put(_taken_from(ref, source), "at", TABLE) for ref in parts[0]]

    def unstack(self, parts: list[Any]) -> list[c.Command]:
        refs = next((part for part in parts if isinstance(part, tuple)), ())
        blocks = [ref for ref in refs if ref.category != "tower"]
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

    def shift_somewhat(self, parts: list[Any]) -> list[c.Command]:
        what = " and ".join(map(str, parts[0]))
        return _asked(f"How far should {what} be moved? Say for example: by 5 cm.", what)

    def turn(self, parts: list[Any]) -> list[c.Command]:
        clockwise = len(parts) > 2 and parts[2] == "clockwise"
        return [c.Turn(parts[0], radians(float(parts[1])) * (-1 if clockwise else 1))]

    # ---- building
    def up(self, parts: list[Any]) -> list[c.Command]:
        return [_tower(parts[0])]

    def down_from_top(self, parts: list[Any]) -> list[c.Command]:
        return [_tower(parts[0][::-1])]

    def based(self, order: list[Reference]) -> list[c.Command]:
        return [_tower(tuple(order))]

    def towers(self, parts: list[Any]) -> list[c.Command]:
        number, height = (_whole(part) for part in parts)
        return [c.Tower((Reference(category="block", quantity="all"),), number, height)]

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
        return [c.Row(_row(_shared([*parts[1], parts[0][0]])[:-1]))]

    def ordered_left(self, parts: list[Any]) -> list[c.Command]:
        return [c.Row(_row(_shared([*parts[1], parts[0][0]])[:-1])[::-1])]

    # ---- the others
    def sort(self, _: list[Any]) -> list[c.Command]:
        return [c.Sort()]

    def missort(self, _: list[Any]) -> list[c.Command]:
        return [c.Sort(matching=False)]

    def swap(self, parts: list[Any]) -> list[c.Command]:
        return [c.Swap(*parts)]

    def swap_pair(self, parts: list[Any]) -> list[c.Command]:
        return [c.Swap(*parts[0])]

    def swap_where(self, parts: list[Any]) -> list[c.Command]:
        if parts[:2] != parts[:1:-1]:
            raise InstructionError("Only two objects can change places.")
        return [c.Swap(*parts[:2])]

    def push(self, parts: list[Any]) -> list[c.Command]:
        return [c.Push(ref, parts[1]) for ref in (parts[0] if isinstance(parts[0], tuple) else parts[:1])]

    def push_by(self, parts: list[Any]) -> list[c.Command]:
        return [c.Push(*parts)]

    def open(self, parts: list[Any]) -> list[c.Command]:
        return [c.Open(*parts)]

    def close(self, parts: list[Any]) -> list[c.Command]:
        return [c.Close(*parts)]

    def hold(self, parts: list[Any]) -> list[c.Command]:
        return [c.Hold(parts[0])]

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
        return [c.Keep(ref) for ref in parts[0]]

    def tidy(self, _: list[Any]) -> list[c.Command]:
        return _asked("Where should everything go: which bowl, or the drawer?", "tidy up")

    # ---- conditions
    def then(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(parts[0], tuple(parts[1]))]

    def provided(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(parts[1], tuple(parts[0]))]

    def unless(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(_not(parts[1]), tuple(parts[0]))]

    def unless_first(self, parts: list[Any]) -> list[c.Command]:
        return [c.If(_not(parts[0]), tuple(parts[1]))]

    def is_empty(self, parts: list[Any]) -> c.Premise:
        return c.Premise("empty", parts[0], negated=_negated(parts))

    def is_open(self, parts: list[Any]) -> c.Premise:
        return c.Premise("open", parts[0], negated=_negated(parts))

    def is_closed(self, parts: list[Any]) -> c.Premise:
        return c.Premise("closed", parts[0], negated=_negated(parts))

    def is_in(self, parts: list[Any]) -> c.Premise:
        inside = any(_is(part, "inside") for part in parts)
        return c.Premise("in" if inside else "on", parts[0], parts[-1], negated=_negated(parts))

    def is_there(self, parts: list[Any]) -> c.Premise:
        words = [part for part in parts if not (isinstance(part, Token) and part.type == "NO")]
        return c.Premise("there", _reference(words, quantity="any"), negated=len(words) < len(parts))

    def is_filled(self, parts: list[Any]) -> c.Premise:
        return c.Premise("empty", parts[-1], negated=len(parts) == 1)


def _reference(words: Sequence[Any], **what: Any) -> Reference:
    """Make a reference of the words of a rule: a colour and a noun, each of which may be missing."""
    said = [part for word in words for part in (word.children if _is(word, "name", "many") else [word])]
    color = next((str(part) for part in said if isinstance(part, Token) and part.type == "COLOR"), "")
    return Reference(color, _category(said), one=any(_is_one(part) for part in said), **what)


def _is_one(part: Any) -> bool:
    return _is(part, "head") and any(isinstance(word, Token) and word.type == "ONE" for word in part.children)


def _category(said: Sequence[Any]) -> str:
    """Return what the first noun names."""
    for part in said:
        if isinstance(part, Token) and part.type.lower() in NOUNS:
            return NOUNS[part.type.lower()]
        inner = (
            _category(part.children) if _is(part, "name", "many", "head", "heads", "noun", "nouns") else ""
        )
        if inner:
            return inner
    return ""


def _is(part: Any, *names: str) -> bool:
    return isinstance(part, Tree) and part.data in names


def _side(words: Iterable[Any]) -> Any:
    return next(word.data for word in words if _is(word, "left", "right"))


def _single(part: Reference | References) -> Reference:
    return part[0] if isinstance(part, tuple) else part


def _shared(refs: Sequence[Reference]) -> list[Reference]:
    """Give a colour alone the noun that comes later: "the red and the green block"."""
    noun, shared = "", []
    for ref in reversed(refs):
        if ref.category not in ("", "it", "tower", "table"):
            noun = ref.category
        lacks = ref.color and not ref.category and ref.quantity == "the"
        shared.append(replace(ref, category=noun) if lacks else ref)
    return shared[::-1]


def _several(part: Reference | References) -> References:
    return part if isinstance(part, tuple) else (part,)


def _where(subjects: References) -> list[c.Command]:
    what = " and ".join(map(str, subjects))
    return _asked(f"Where should {what} go? Say for example: in the blue bowl.", what)


def _put_at(subjects: References, targets: list[Reference], *, away: bool = False) -> list[c.Command]:
    """Say that objects are put in or on another; a box is pushed, and a drawer closed after "away"."""
    target = targets[-1]  # "in the blue bowl, no, wait, in the purple one"
    target = replace(target, category=target.category or targets[0].category)
    if target.category == "zone" and all(ref.category == "box" for ref in subjects):
        return [c.Push(ref, target) for ref in subjects]
    shut = [c.Close(target)] if away and target.category == "drawer" else []
    return [*(c.Put(ref, "at", target) for ref in subjects), *shut]


def _taken_from(ref: Reference, source: Reference | None) -> Reference:
    """Say what something is taken from: "everything out of the bowl" is what lies in it."""
    if source is None or ref == IT or ref.selection is not None:
        return ref
    by: Any = "in" if source.category in ("bowl", "drawer") else "on"
    return replace(ref, selection=Selection(by, source))


def _tower(order: References) -> c.Tower:
    if len(order) == 1:
        quantity = order[0].quantity
        if quantity == "all":
            return c.Tower(order)
        if isinstance(quantity, int) and quantity > 1:
            return c.Tower((replace(order[0], quantity="all"),), 1, quantity)
    if len(order) < 2 or len(set(order)) < len(order) or any(ref.quantity == "all" for ref in order):
        raise InstructionError("A tower needs two or more different objects: name them, from the bottom up.")
    return c.Tower(order)


def _row(order: Sequence[Reference]) -> References:
    if len(order) == 1 and order[0].quantity == "all":
        return tuple(order)
    if len(order) < 2 or len(set(order)) < len(order):
        raise InstructionError("A row needs two or more different objects: name them, from left to right.")
    return tuple(order)


def _flat(parts: list[Any]) -> list[Reference]:
    return [
        ref
        for part in parts
        for ref in (part if isinstance(part, tuple) else (part,))
        if isinstance(ref, Reference)
    ]


def _way(tree: Tree[Token]) -> c.Direction:
    ways: dict[str, c.Direction] = {way: way for way in get_args(c.Direction)}
    return ways[tree.data]


def _negated(parts: Iterable[Any]) -> bool:
    return any(isinstance(part, Token) and part.type == "NOT" for part in parts)


def _not(premise: c.Premise) -> c.Premise:
    return replace(premise, negated=not premise.negated)


def _whole(number: str) -> int:
    if not number.isdigit() or int(number) < 1:
        raise InstructionError(f"There cannot be {number} of anything here.")
    return int(number)


def _asked(question: str, phrase: str, choices: tuple[str, ...] = ()) -> list[c.Command]:
    raise AmbiguityError(question, phrase, choices)
