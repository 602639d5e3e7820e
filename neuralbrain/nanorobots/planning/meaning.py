"""From the parse tree of a sentence to errands: which cells, how many, what "it" is, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast, get_args

from lark import Token, Transformer, Tree

from neuralbrain.errors import InstructionError
from neuralbrain.nanorobots.planning.errands import ALIKE, Errand, Leave, Verb
from neuralbrain.nanorobots.planning.questions import Question
from neuralbrain.planning.seams import Intention

HEALTHY = "Healthy cells secrete nothing that I could find them by: I can find, treat or follow cancer cells"
BEYOND = {
    "blind": "I swim where what I sense leads me, not by directions",
    "lost": "I do not know where I began: I know my own moves for some seconds only",
    "no_clock": "I keep no time: I go on until it is done, until the time is up, or until you say stop",
    "no_dosing": "I give a cell as many portions as it takes, until I see it dead",
    "no_goal": "Which cells? Say for example: find the cancer cells and treat them",
    "either": "Which of them? I do one thing after the other",
    "no_contact": "I find a cell by touching it, and may brush others: I can only leave some untreated",
    "how": "I do it once, as fast as I can: say only what to do",
}
"""What is understood and cannot be done -> why."""


@dataclass(frozen=True)
class Cells:
    """Cells that a sentence names.

    Attributes:
        number: How many; None for all that there are.
        every: Whether it says expressly that it should be every one.
        kind: "cancer", "healthy", or empty where it does not say.
        stands: "it", "them" or "another" where it stands for something that was said before; "mass" for
            "the cancer"; else empty.
        why_not: Why this cannot be what is meant; empty where it can.
    """

    number: int | None = None
    every: bool = False
    kind: str = ""
    stands: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Clause:
    """One clause.

    Attributes:
        verb: A `Verb`; "also": the same as before; "forbidden", "corrected", "team"; or one of `BEYOND`.
        cells: What it names.
        inner: The clauses that it consists of.
        robots: How many robots do it; None for all.
    """

    verb: str
    cells: tuple[Cells, ...] = ()
    inner: tuple["Clause", ...] = ()
    robots: int | None = None


def intentions_of(tree: Tree[Token], before: Sequence[Errand]) -> tuple[Intention, ...]:
    """Say what a tree asks for.

    Raises:
        InstructionError: Something in it cannot be done, or stands for nothing.
    """
    found: list[Any] = _Clauses().transform(tree)
    if isinstance(found[0], Question | Leave):
        return tuple(found)
    errands: list[Errand] = []
    forbidden: list[Errand | Leave] = []
    for clause in found:
        if clause.verb in ("forbidden", "spared"):
            forbidden += _forbidden(clause, errands, before)
        else:
            named = [one for one in forbidden if isinstance(one, Errand)]
            _add(clause, errands, [*before, *named])
    _check_order(errands)
    for one in forbidden:
        if isinstance(one, Errand) and any(one.verb in errand.goals for errand in errands):
            raise InstructionError("That asks for something and forbids it: which should it be?")
    return (*(Leave(str(one)) if isinstance(one, Errand) else one for one in forbidden), *errands)


def _forbidden(clause: Clause, done: Sequence[Errand], before: Sequence[Errand]) -> list[Errand | Leave]:
    """Return what should not be done; healthy cells never are."""
    parts: list[Errand | Leave] = []
    verb = "treat" if clause.verb == "spared" else ""
    for part in clause.inner or (clause,):
        verb = part.verb if part.verb in get_args(Verb) else verb or (done[-1].verb if done else "")
        for cells in part.cells:
            if cells.every or (cells.number or 1) > 1:
                raise InstructionError("How many, then? Say how many I should treat, or none at all.")
            if cells.kind == "healthy":
                parts.append(Leave(f"{verb or 'treat'} healthy cells", healthy=True))
            else:
                parts.append(_errand(verb, cells, None, [*before, *done]))
    return parts


def _add(clause: Clause, done: list[Errand], before: Sequence[Errand]) -> None:
    """Add what a clause asks for to what those before it do."""
    if clause.verb in BEYOND:
        raise InstructionError(f"{BEYOND[clause.verb]}.")
    if clause.verb == "corrected":
        for part in clause.inner:  # what was said last holds, with the verb of what it takes back
            last = [] if part is clause.inner[0] else [done.pop()]
            verb = last[-1].verb if last and part.verb == "also" else part.verb
            done.append(_errand(verb, part.cells[0], None, [*before, *done, *last]))
        return
    robots = clause.robots
    (clause,) = clause.inner if clause.verb == "team" else (clause,)
    verb = done[-1].verb if clause.verb == "also" and done else clause.verb
    cells = clause.cells[0]
    errand = _errand(verb, cells, robots, [*before, *done])
    if done and done[-1].verb == "find" and errand.verb != "find":
        if cells.stands == "another":
            raise InstructionError(f"{ALIKE}: I cannot tell another living one from it.")
        found = done[-1]
        if cells.stands or (found.number, found.every) == (errand.number, errand.every):
            done.pop()  # who treats or follows a cell finds it first
            errand = replace(errand, robots=errand.robots or found.robots)
        elif found.number is None:
            done.pop()  # one of them, or two
    done.append(errand)


def _errand(verb: str, cells: Cells, robots: int | None, before: Sequence[Errand]) -> Errand:
    """Return what should be done with cells.

    Raises:
        InstructionError: It cannot be done with these, or they stand for nothing.
    """
    if verb not in get_args(Verb):
        raise InstructionError("What should I do with them? I can find, treat or follow cancer cells.")
    if cells.why_not:
        raise InstructionError(f"{cells.why_not}.")
    if cells.kind == "healthy":
        raise InstructionError(f"{HEALTHY}.")
    number, every = cells.number, cells.every
    if cells.stands in ("it", "them"):
        if not before:
            raise InstructionError(f'What is "{cells.stands}"? No cell was named before.')
        number, every = before[-1].number, every or before[-1].every
        if (cells.stands == "it") is not (number == 1):
            raise InstructionError(f'What is "{cells.stands}"? Named before: {before[-1]}.')
    if cells.stands == "another" and not any(one.verb == "treat" for one in before):
        raise InstructionError(f"{ALIKE}: I cannot tell another living one from it.")
    if cells.stands == "mass":
        number = None if verb == "treat" else 1
    if every and not cells.kind and not cells.stands:
        raise InstructionError(f"All cells, healthy ones too? {HEALTHY}.")
    return Errand(cast(Verb, verb), number, every, robots)


def _check_order(errands: Sequence[Errand]) -> None:
    """Make sure that one thing can be done after the other.

    Raises:
        InstructionError: It cannot.
    """
    for earlier, later in pairwise(errands):
        if not earlier.ends:
            raise InstructionError(f"To {earlier} has no end, so I could never {later} after it.")
        if not earlier.leaves:
            raise InstructionError(
                f"When I have done what I can to {earlier}, nothing secretes any more: I could not {later}."
            )


class _Clauses(Transformer[Token, list[Any]]):
    """Turns the parse tree into clauses; a rule's name is the method's."""

    def __default__(self, data: str, children: list[Any], meta: object) -> Any:
        """Make a clause, or a question: its verb or topic is the rule's name."""
        cells = tuple(child for child in children if isinstance(child, Cells))
        inner = tuple(child for child in children if isinstance(child, Clause))
        return Clause(str(data), cells, inner)

    def in_order(self, clauses: list[Clause]) -> list[Clause]:
        return clauses

    def start(self, found: list[Any]) -> list[Any]:
        return [Question(found[0].verb) if found[0].verb != "never_mind" else Leave()]

    def team(self, parts: list[Any]) -> Clause:
        (number,) = (part for part in parts if isinstance(part, _Team))
        return Clause("team", inner=tuple(p for p in parts if isinstance(p, Clause)), robots=number.robots)

    def so_many(self, words: list[Token]) -> "_Team":
        return _Team(int(words[0]))

    def single(self, _: list[Any]) -> "_Team":
        return _Team(1)

    def everybody(self, _: list[Any]) -> "_Team":
        return _Team(None)

    # ---- what is named

    def healthy(self, _: list[Any]) -> str:
        return "healthy"

    def cancer(self, _: list[Any]) -> str:
        return "cancer"

    def plural(self, words: list[Any]) -> Cells:
        return Cells(kind=_kind(words))

    def some(self, words: list[Any]) -> Cells:
        return Cells(kind=_kind(words), why_not="How many? Say all of them, or a number")

    def single_cell(self, words: list[Any]) -> Cells:
        return Cells(1, kind=_kind(words))

    def another(self, words: list[Any]) -> Cells:
        return Cells(1, kind=_kind(words), stands="another")

    def all(self, words: list[Any]) -> Cells:
        return Cells(every=True, kind=_kind(words))

    def number(self, words: list[Any]) -> Cells:
        return Cells(next((int(w) for w in words if isinstance(w, Token)), 2), kind=_kind(words))

    def two(self, words: list[Any]) -> Cells:
        return Cells(2, kind=_kind(words))

    def mass(self, _: list[Any]) -> Cells:
        return Cells(kind="cancer", stands="mass")

    def it(self, _: list[Any]) -> Cells:
        return Cells(1, stands="it")

    def them(self, _: list[Any]) -> Cells:
        return Cells(stands="them")

    def them_all(self, _: list[Any]) -> Cells:
        return Cells(every=True, stands="them")

    def everything(self, _: list[Any]) -> Cells:
        return Cells(kind="healthy")

    def excepted(self, words: list[Cells]) -> Cells:
        named, but = words
        if but.kind != "healthy" or but.number:
            return replace(named, why_not=f"{ALIKE}: I cannot leave one out")
        return replace(named, kind=named.kind or "cancer")

    def odd_one(self, words: list[Any]) -> Cells:
        return Cells(why_not=HEALTHY if _kind(words) == "healthy" else ALIKE)


@dataclass(frozen=True)
class _Team:
    """How many robots do something; None for all."""

    robots: int | None


def _kind(words: Sequence[Any]) -> str:
    """Return which kind of cells is said; empty for none."""
    return next((word for word in words if word in ("cancer", "healthy")), "")
