"""Parsing with the rules alone that the words of a sentence can fill: a large grammar stays fast.

Parsing is Earley's (J. Earley, "An efficient context-free parsing algorithm", CACM 13(2), 1970), which finds
every way in which a sentence can be read. Its time grows with the rules that are tried at each word; a rule
with a word that the sentence does not have can never be completed, and so is left out beforehand.
"""

from collections.abc import Iterable
from typing import Any

from lark import Lark, Token, Tree

from neuralbrain.planning.lexing import WordLexer

STARTS = ("start", "ref")
_Needs = tuple[Any, frozenset[str], frozenset[Any]]


class SentenceParser(Lark):
    """A parser of sentences.

    Args:
        grammar: In the notation of Lark.
    """

    def __init__(self, grammar: str) -> None:
        super().__init__(grammar, parser="earley", lexer=WordLexer, ambiguity="explicit", start=list(STARTS))
        self._earley: Any = self.parser.parser
        self._words = WordLexer(self.parser.lexer_conf)
        self._all: dict[Any, list[Any]] = self._earley.predictions
        """For each symbol the rules with which it can begin."""
        self._needs = [
            (
                rule,
                frozenset(symbol.name for symbol in rule.expansion if symbol.is_term),
                frozenset(symbol for symbol in rule.expansion if not symbol.is_term),
            )
            for rule in self.rules
        ]
        """Each rule, with the words and the other rules that it is made of."""

    def parse(self, text: Any, start: str | None = None, on_error: Any = None) -> Tree[Token]:
        """Return the tree of a sentence, with all its readings.

        Args:
            text: The sentence.
            start: The rule that it is to be read by.
            on_error: As in Lark; Earley's parsing has no use for it.

        Raises:
            UnexpectedInput: It has none.
        """
        tokens = {token.type for token in self._words.lex(text)}
        self._earley.predictions = _Predictions(self._all, _fillable(self._needs, tokens))
        try:
            return super().parse(text, start=start)
        finally:
            self._earley.predictions = self._all


class _Predictions(dict[Any, list[Any]]):
    """The rules that can be filled, found when they are asked for."""

    def __init__(self, everything: dict[Any, list[Any]], fillable: set[Any]) -> None:
        super().__init__()
        self._everything, self._fillable = everything, fillable

    def __missing__(self, symbol: Any) -> list[Any]:
        found = self[symbol] = [rule for rule in self._everything[symbol] if rule in self._fillable]
        return found


def _fillable(needs: Iterable[_Needs], tokens: set[str]) -> set[Any]:
    """Return the rules of which every symbol can be made of some words."""
    made: set[Any] = set()
    left = [(rule, parts) for rule, words, parts in needs if words <= tokens]
    fillable: set[Any] = set()
    while True:
        new = [rule for rule, parts in left if parts <= made]
        if not new:
            return fillable
        fillable.update(new)
        left = [(rule, parts) for rule, parts in left if not parts <= made]
        made |= {rule.origin for rule in new}
