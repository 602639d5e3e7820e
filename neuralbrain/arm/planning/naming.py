"""The meaning of what a sentence names (names.lark): rules, by their names, to references."""

# ruff: noqa: D102  (a method is the meaning of the rule of its name, which says what is read)

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NoReturn

from lark import Token, Tree

from neuralbrain.arm.catalogue import CONTAINERS, SHAPES
from neuralbrain.arm.planning.references import IT, ROLLING, TABLE, THEM, Reference, Selection, Selector
from neuralbrain.errors import AmbiguityError, InstructionError

NOUNS: Final = {f"{name}{end}": name for name in SHAPES for end in ("", "s", "es")}
"""Nouns, in the singular and the plural -> the category."""
FIXED: Final = (*CONTAINERS, "zone")
"""What lies in or on nothing."""
_RANKS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4}

_KINDS: Final = {"roller": ROLLING, "rollers": ROLLING, "container": CONTAINERS}
"""Words for what several kinds of things are or can do."""

References = tuple[Reference, ...]


@dataclass(frozen=True)
class Trait:
    """What an adjective, or a phrase after the noun, says of where something is.

    Attributes:
        by: What decides; "rank" only counts, from a side that another says; "tower" only says of what.
        anchor: What they are compared with.
        rank: The how manieth.
    """

    by: Selector | Literal["rank", "plain"]
    anchor: Reference | None = None
    rank: int = 1

    @property
    def narrows(self) -> bool:
        """Whether it says what several can have; else it picks one."""
        return self.by in ("in", "on", "under", "beside", "tower", "alone")


class Naming:
    """What is named."""

    # ---- one object
    def the(self, words: list[Any]) -> Reference:
        return reference(words)

    name = many = the

    def any(self, words: list[Any]) -> Reference:
        return reference(words, quantity="any")

    def whatever(self, words: list[Any]) -> Reference:
        return reference(words, quantity="all", one=False)

    def other(self, words: list[Any]) -> Reference:
        return reference(words, other=True)

    def another(self, words: list[Any]) -> Reference:
        return reference(words, quantity="any", other=True)

    def unlike(self, words: list[Any]) -> Any:
        said = words[1:]
        but = tuple(word if isinstance(word, Reference) else Reference(str(word)) for word in said)
        return _but(words[0], but)

    def any_unlike(self, words: list[Any]) -> Any:
        """One block that is not red."""
        said = [word for word in words if not isinstance(word, Reference)]
        named = [word for word in words if isinstance(word, Reference)]
        color = isinstance(words[-1], Token) and words[-1].type == "COLOR"
        but = (Reference(str(words[-1])),) if color else tuple(ref for ref in named if ref.category)[-1:]
        first = named[0] if named and named[0] not in but else reference(said[:-1] if color else said)
        return replace(first, quantity="any", but=(*first.but, *but))

    def not_placed(self, words: list[Any]) -> Reference:
        """The block that is not in the bowl."""
        *said, where = words
        selection = _selection([where])
        if selection is None or not where.narrows:
            raise InstructionError("Say which one it is, not which it is not.")
        ref = reference(said)
        return replace(ref, but=(*ref.but, Reference(selection=selection)))

    def whichever_name(self, words: list[Any]) -> Reference:
        ref = reference(words)
        return ref if ref.selection else replace(ref, quantity="any")

    def colored_like(self, words: list[Any]) -> Any:
        """The block of the same colour as the bowl."""
        like: Reference = words[-1]
        if isinstance(words[0], tuple):
            return tuple(_colored_like(ref, like) for ref in words[0])
        return _colored_like(words[0], like)

    def kind(self, words: list[Any]) -> Reference:
        return Reference(category=_category(words))

    def excepted(self, words: list[Any]) -> Any:
        if isinstance(words[0], Reference) and words[0].quantity == "the":
            raise InstructionError("Of one thing nothing can be left out.")
        return _but(words[0], words[-1] if isinstance(words[-1], tuple) else (words[-1],))

    def it(self, _: list[Any]) -> Reference:
        return IT

    def the_tower(self, _: list[Any]) -> Reference:
        return Reference(category="tower")

    def table(self, _: list[Any]) -> Reference:
        return TABLE

    def rather(self, parts: list[Reference]) -> Reference:
        """Not the red ball, the red block."""
        return shared(parts[::-1])[0]

    def either(self, parts: list[Reference]) -> Reference:
        first, other = parts
        second = replace(other, category=other.category or first.category)  # "or in the green one"
        first = replace(first, category=first.category or second.category)
        return Reference(quantity="any", either=(first, second))

    # ---- several
    def all(self, words: list[Any]) -> References:
        return (reference(words, quantity="all"),)

    bare_plural = all

    def all_but_so_many(self, words: list[Any]) -> References:
        number = next(word for word in words if isinstance(word, Token) and word.type in ("ONE", "NUMBER"))
        less = 1 if number.type == "ONE" else whole(number)
        return (reference([word for word in words if word is not number], quantity="all", less=less),)

    def everything(self, words: list[Any]) -> References:
        return (reference(words, quantity="all", one=False),)

    def both(self, words: list[Any]) -> References:
        return (reference(words, quantity="all", count=2),)

    def all_so_many(self, words: list[Any]) -> References:
        return (reference(words, quantity="all", count=_number(words)),)

    def so_many(self, words: list[Any]) -> References:
        return (reference(words, quantity=_number(words)),)

    def others(self, words: list[Any]) -> References:
        return (reference(words, quantity="all", other=True),)

    def all_but(self, parts: list[Any]) -> References:
        """All but the yellow block: of its kind."""
        but = several(parts[-1])
        if any(ref.quantity not in ("the", "all") for ref in but):
            raise InstructionError("Say how many, or which should be left out by its name.")
        return (Reference(category=but[0].category, quantity="all", one=not but[0].category, but=but),)

    def remaining(self, words: list[Any]) -> References:
        return (reference(words, quantity="all", count=1, other=True),)

    def everything_else(self, _: list[Any]) -> References:
        return (Reference(quantity="all", other=True),)

    def none_of(self, _: list[Any]) -> NoReturn:
        raise InstructionError("That says of what nothing should be done: say what should be done.")

    def corrected(self, parts: list[Reference]) -> References:
        """The red block, I mean the green one."""
        return (shared(parts[::-1])[0],)

    def so_many_others(self, words: list[Any]) -> References:
        return (reference(words, quantity="all", count=_number(words), other=True),)

    def them(self, words: list[Any]) -> References:
        return (replace(THEM, count=_number(words)) if words else THEM,)

    def same_noun(self, words: list[Any]) -> References:
        return tuple(Reference(str(color), _category(words)) for color in words if isinstance(color, Token))

    same_pair = same_noun

    def objects(self, named: list[Any]) -> References:
        return tuple(shared(ref for one in named for ref in (one if isinstance(one, tuple) else (one,))))

    pair = objects

    def rather_than(self, parts: list[Any]) -> References:
        """The red block, not the red ball; any block, not the red one."""
        said = several(parts[0])
        if said[0].quantity == "the":
            return (shared([*said, parts[1]])[0],)
        return (replace(said[0], but=(*said[0].but, parts[1])),)

    def both_of(self, words: list[Any]) -> References:
        ref = reference(words)
        return tuple(replace(ref, selection=Selection("left", rank=rank)) for rank in (1, 2))

    def containers(self, parts: list[Any]) -> Reference:
        return single(parts[0])

    # ---- where it is
    def at_side(self, words: list[Any]) -> Trait:
        return Trait(words[0].data)

    def on_your_left(self, _: list[Any]) -> Trait:
        return Trait("right")

    def on_your_right(self, _: list[Any]) -> Trait:
        return Trait("left")

    def in_front(self, words: list[Any]) -> Trait:
        return Trait("front")

    def in_middle(self, _: list[Any]) -> Trait:
        return Trait("middle")

    def at_top(self, _: list[Any]) -> Trait:
        return Trait("top")

    def at_bottom(self, _: list[Any]) -> Trait:
        return Trait("bottom")

    def of_tower(self, _: list[Any]) -> Trait:
        return Trait("tower")

    def near_to(self, words: list[Any]) -> Trait:
        return Trait(words[0], words[1])

    def nearer_to(self, words: list[Any]) -> Trait:
        return Trait("nearest", words[0])

    def nearest_me(self, words: list[Any]) -> Trait:
        return Trait("front" if words[0] == "nearest" else "behind")

    def nearest_you(self, words: list[Any]) -> Trait:
        """Nearest to the arm: farthest from who speaks."""
        return Trait("behind" if words[0] == "nearest" else "front")

    def by_distance(self, words: list[Any]) -> Trait:
        return Trait(words[0])

    def nearest_one(self, words: list[Any]) -> Reference:
        return reference([*words, Trait("nearest")])

    def near(self, words: list[Any]) -> Any:
        return str(words[0])

    def rank(self, words: list[Any]) -> Trait:
        return Trait("rank", rank=_RANKS.get(str(words[0]), 0))

    def under(self, words: list[Any]) -> Trait:
        return Trait("under", words[0])

    def alone(self, _: list[Any]) -> Trait:
        return Trait("alone")

    def with_in_it(self, words: list[Any]) -> Trait:
        return Trait("under", words[0])

    def nearby(self, words: list[Any]) -> Trait:
        return Trait("beside", words[0])

    def lying(self, words: list[Any]) -> Trait:
        return Trait("in" if words[0].data == "inside" else "on", words[1])

    def bare(self, words: list[Any]) -> Any:
        return words[0]

    def plain(self, _: list[Any]) -> Trait:
        return Trait("plain")


def reference(words: Sequence[Any], **what: Any) -> Reference:
    """Make a reference of the words of a rule, any of them missing: a colour, a noun, a place."""
    named = next((word for word in words if isinstance(word, Reference)), None)
    if named is not None:
        return replace(named, **what)
    color = next((str(part) for part in words if isinstance(part, Token) and part.type == "COLOR"), "")
    traits = [word if isinstance(word, Trait) else Trait(word.data) for word in words if _says_where(word)]
    category = _category(words)
    selection = _selection([trait for trait in traits if trait.by != "plain"])
    if category in FIXED and selection is not None and _lies(selection):
        raise InstructionError(f"The {category} lies in or on nothing.")
    bare = not any(
        isinstance(word, Tree) and word.data in ("head", "heads", "noun", "nouns") for word in words
    )
    kinds = next((_KINDS[word] for word in _tokens(words) if word in _KINDS), ())
    if kinds:
        what = {"kinds": kinds, "one": False, **what}
    one = any(_is_one(word) for word in words) or (bare and not color and selection is None)
    return Reference(color, category, selection=selection, **{"one": one, **what})


def _tokens(words: Iterable[Any]) -> Iterator[str]:
    for word in words:
        if isinstance(word, Tree):
            yield from _tokens(word.children)
        elif isinstance(word, Token):
            yield str(word)


def _says_where(word: Any) -> bool:
    side = isinstance(word, Tree) and word.data in ("left", "right", "front", "behind")
    return side or isinstance(word, Trait)


def _selection(traits: Sequence[Trait]) -> Selection | None:
    """Join what is said of where something is: what narrows first, then what picks one of these."""
    ranks = [trait.rank for trait in traits if trait.by == "rank"]
    said: dict[Trait, None] = dict.fromkeys(trait for trait in traits if trait.by != "rank")
    picks = [trait for trait in said if not trait.narrows]
    if any(trait.by in ("top", "bottom") for trait in picks):
        said = {trait: None for trait in said if trait.by != "tower"}
    if len(picks) > 1:
        raise InstructionError("I understand one place of a thing at a time, as in: the leftmost block.")
    if ranks and (not picks or picks[0].by not in ("left", "right", "front", "behind") or 0 in ranks):
        raise AmbiguityError("From which side do you count? Say for example: second from the left.", "", ())
    found: Selection | None = None
    for trait in sorted(said, key=lambda trait: not trait.narrows):
        rank = ranks[0] if ranks and not trait.narrows else trait.rank
        by: Any = trait.by
        found = Selection(by, trait.anchor, rank, among=found)
    return found


def _lies(selection: Selection | None) -> bool:
    return selection is not None and (selection.by in ("in", "on", "tower", "top") or _lies(selection.among))


def _colored_like(ref: Reference, like: Reference) -> Reference:
    if like.color:
        return replace(ref, color=like.color)
    return replace(ref, selection=Selection("like", like, among=ref.selection))


def _but(said: Any, but: References) -> Any:
    if isinstance(said, tuple):
        return (replace(said[0], but=(*said[0].but, *but)),)
    return replace(said, but=(*said.but, *but))


def _is_one(part: Any) -> bool:
    return (
        isinstance(part, Tree)
        and part.data in ("head", "heads")
        and any(isinstance(word, Token) and word.type in ("ONE", "ONES") for word in part.children)
    )


def _category(said: Iterable[Any]) -> str:
    """Return what the first noun names."""
    for part in said:
        if isinstance(part, Token) and part.type.lower() in NOUNS:
            return NOUNS[part.type.lower()]
        if isinstance(part, Reference) and part.category:
            return part.category
        inner = _category(part.children) if isinstance(part, Tree) else ""
        if inner:
            return inner
    return ""


def _number(words: Iterable[Any]) -> int:
    return whole(next(word for word in words if isinstance(word, Token) and word.type == "NUMBER"))


def whole(number: str) -> int:
    """Return how many are meant.

    Raises:
        InstructionError: There cannot be so many.
    """
    if not number.isdigit() or int(number) < 1:
        raise InstructionError(f"There cannot be {number} of anything here.")
    return int(number)


def single(part: Reference | References) -> Reference:
    """Return what is named, where it is one phrase."""
    return part[0] if isinstance(part, tuple) else part


def several(part: Reference | References) -> References:
    """Return what is named, by one phrase or more."""
    return part if isinstance(part, tuple) else (part,)


def shared(refs: Iterable[Reference]) -> list[Reference]:
    """Give a colour alone the noun that comes later: "the red and the green block"."""
    noun, found = "", []
    for ref in reversed(list(refs)):
        if ref.category not in ("", "it", "them", "tower", "table"):
            noun = ref.category
        lacks = ref.color and not ref.category and ref.quantity == "the"
        found.append(replace(ref, category=noun) if lacks else ref)
    return found[::-1]
