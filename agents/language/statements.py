"""Statements about what lies on a table, from text: data, and never code."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from neuralbrain.arm.catalogue import COLORS, SHAPES
from neuralbrain.errors import ConfigurationError

ANYTHING: Final = "thing"
"""Stands for every category."""
LONGEST: Final = 300
"""A statement has at most so many characters."""
PREDICATES: Final = MappingProxyType(
    {
        **dict.fromkeys(("on", "in", "place_of", "beside", "closer"), "tt"),
        **dict.fromkeys(("left_of", "right_of", "nearer", "farther"), "tt"),
        **dict.fromkeys(("on_table", "held", "unmoved", "was", "middle", "closed", "open"), "t"),
        "between": "ttt",
        "moved": "tdn",
        "turned": "tn",
        "tower": "n",
        "row": "tt+",
    }
)
"""Predicate -> its arguments: t a thing, d a direction, n a number; + says that more of the last may follow.
What each means is said in `neuralbrain.agents.language.predicates`."""


class Term(NamedTuple):
    """One thing, or several, as a statement calls them.

    Attributes:
        text: The words.
        quantifier: "all", "any", "other", or empty: the only one there is.
        category: One of the catalogue's, or `ANYTHING`.
        color: One of the catalogue's; empty for any.
        ordinal: Its number by place from the viewer's left, from 1 on; 0 for none.
        edge: "leftmost", "rightmost", "nearest", "farthest", as the viewer sees it; empty for none.
        beside: It is the one nearest to this; None for none.
    """

    text: str
    quantifier: str
    category: str
    color: str = ""
    ordinal: int = 0
    edge: str = ""
    beside: "Term | None" = None


class Statement(NamedTuple):
    """A predicate with its arguments, or how often it is true.

    Attributes:
        text: As it was written.
        predicate: One of `PREDICATES`.
        arguments: Terms, directions ("left") and numbers.
        times: How often it must be true, of what its first argument can be; None: it is no count.
    """

    text: str
    predicate: str
    arguments: tuple[Term | str | float, ...]
    times: int | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """Its arguments that are things."""
        return tuple(argument for argument in self.arguments if isinstance(argument, Term))


def parse_statement(text: str) -> Statement:
    """Return a statement.

    Raises:
        ConfigurationError: It is none; the message says what there is.
    """
    if len(text) > LONGEST:
        raise ConfigurationError(f"{text[:40]!r}... is no statement: give {LONGEST} characters at most")
    try:
        statement = _Reader().transform(_parser().parse(text))
    except LarkError as error:
        column = getattr(error, "column", 0)
        where = f" at {text[column - 1 :][:30]!r}" if column > 0 and text[column - 1 :] else ""
        raise ConfigurationError(
            f"{text!r} cannot be read{where}: give something like in(all block, purple bowl); there are "
            f"{', '.join(PREDICATES)} and count(...) = n, of {', '.join((*SHAPES, ANYTHING))} in "
            f"{', '.join(COLORS)}"
        ) from error
    assert isinstance(statement, Statement)
    _check(statement._replace(text=text))
    return statement._replace(text=text)


def _check(statement: Statement) -> None:
    """Raise ConfigurationError unless the arguments are those of the predicate."""
    form = PREDICATES[statement.predicate]
    kinds = "".join(
        "t" if isinstance(one, Term) else "n" if isinstance(one, float) else "d"
        for one in statement.arguments
    )
    wanted = form.rstrip("+")
    if kinds != wanted and not (form.endswith("+") and kinds.startswith(wanted) and set(kinds) == {"t"}):
        words = {"t": "a thing", "d": "a direction", "n": "a number"}
        raise ConfigurationError(
            f"{statement.text!r}: {statement.predicate} takes {', '.join(words[kind] for kind in wanted)}"
            + (" or more" if form.endswith("+") else "")
        )
    if statement.times is not None and not statement.terms and statement.predicate != "tower":
        raise ConfigurationError(f"{statement.text!r}: there is nothing to count")


@cache
def _parser() -> Lark:
    def listed(words: Sequence[str]) -> str:
        return " | ".join(f'"{word}"' for word in words)

    grammar = (files("neuralbrain.agents.language") / "statements.lark").read_text(encoding="utf-8")
    for name, words in (("COLORS", COLORS), ("CATEGORIES", (*SHAPES, ANYTHING)), ("PREDICATES", PREDICATES)):
        grammar = grammar.replace(f"@{name}@", listed(sorted(words, key=len, reverse=True)))
    return Lark(grammar, parser="lalr")


class _Reader(Transformer[Token, Any]):
    """Makes a statement of a parsed one."""

    def NUMBER(self, token: Token) -> float:  # noqa: N802 - Lark calls it by the terminal's name
        return float(token)

    def noun(self, words: list[Token]) -> Term:
        text = " ".join(words)
        return Term(text, "", str(words[-1]), str(words[0]) if len(words) > 1 else "")

    def term(self, parts: list[Any]) -> Term:
        said = {part.type: str(part) for part in parts if isinstance(part, Token)}
        noun, *beside = (part for part in parts if isinstance(part, Term))
        words = [*said.values(), noun.text, *(f"nearest to {one.text}" for one in beside)]
        return noun._replace(
            text=" ".join(words),
            quantifier=said.get("QUANTIFIER", ""),
            ordinal=int(said.get("ORDINAL", "0th")[:-2]),
            edge=said.get("EDGE", ""),
            beside=beside[0] if beside else None,
        )

    def call(self, parts: list[Any]) -> Statement:
        name, *arguments = parts
        plain = [str(one) if isinstance(one, Token) else one for one in arguments]
        return Statement("", str(name), tuple(plain))

    def count(self, parts: list[Any]) -> Statement:
        call, number = parts
        if not number.is_integer():
            raise ValueError("a count is a whole number")  # Lark wraps it
        return call._replace(times=int(number))  # type: ignore[no-any-return]
