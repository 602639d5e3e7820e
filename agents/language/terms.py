"""Which things a statement is about: words, looked up in the scene as it was at the start."""

import math
from collections.abc import Collection
from itertools import product

from neuralbrain.agents.language.statements import ANYTHING, Statement, Term
from neuralbrain.envs.tabletop.moment import Moment, Piece
from neuralbrain.errors import ConfigurationError

Bound = tuple[str | float, ...]
"""The arguments of a predicate, with the names of things."""
EDGES = {"leftmost": (1, -1), "rightmost": (1, 1), "nearest": (0, 1), "farthest": (0, -1)}
"""As the viewer sees it: along which axis of the world, and towards which end of it."""


def found(term: Term, start: Moment, others: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of what a term can be, from the viewer's left to right.

    Args:
        term: The words.
        start: The scene at the start.
        others: What other terms name already, which "other" leaves out.

    Raises:
        ConfigurationError: There is no such thing, or several where one is meant.
    """
    pieces = start.pieces
    names = sorted(
        (name for name, piece in pieces.items() if _fits(term, piece)),
        key=lambda name: (pieces[name].position[1], name),
    )
    if term.quantifier == "other":
        names = [name for name in names if name not in others]
    if term.edge:
        axis, sign = EDGES[term.edge]
        names = sorted(names, key=lambda name: -sign * pieces[name].position[axis])[:1]
    if term.beside is not None:
        (goal,) = found(term.beside, start)
        names = [name for name in names if name != goal]
        names = sorted(names, key=lambda name: _apart(pieces[name], pieces[goal]))[:1]
    if term.ordinal:
        names = names[term.ordinal - 1 : term.ordinal]
    if not names and term.quantifier != "other":
        raise ConfigurationError(f"there is no {term.text} in the scene: it has {', '.join(pieces)}")
    return tuple(names)


def bindings(statement: Statement, start: Moment, others: Collection[str] = ()) -> list[Bound]:
    """Return what the arguments of a statement can be, each once for each combination.

    Args:
        statement: The statement.
        start: The scene at the start.
        others: See `found`.

    Raises:
        ConfigurationError: There is no such thing, or several where one is meant.
    """
    columns: list[tuple[str | float, ...]] = []
    for number, argument in enumerate(statement.arguments):
        if not isinstance(argument, Term):
            columns.append((argument,))
            continue
        names = found(argument, start, others)
        counted = statement.times is not None and number == 0
        if len(names) > 1 and not argument.quantifier and not counted:
            several = " or ".join(names)
            raise ConfigurationError(
                f"{argument.text!r} could be {several} in {statement.text!r}: say all, any, or which"
            )
        columns.append(names)
    return list(product(*columns))


def is_open(statement: Statement) -> bool:
    """Whether a statement leaves open for which of its things it is true: any of them, or a number."""
    return statement.times is not None or any(term.quantifier == "any" for term in statement.terms)


def _fits(term: Term, piece: Piece) -> bool:
    return term.category in (ANYTHING, piece.category) and term.color in ("", piece.color)


def _apart(one: Piece, other: Piece) -> float:
    return math.dist(one.position[:2], other.position[:2])
