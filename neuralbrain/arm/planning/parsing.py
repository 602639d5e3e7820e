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
        self._earley.predictions = _Predictions(self._all, _fillable(self.rules, tokens))
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


def _fillable(rules: Iterable[Any], tokens: set[str]) -> set[Any]:
    """Return the rules of which every symbol can be made of some words."""
    made: set[Any] = set()
    left = [rule for rule in rules if all(not s.is_term or s.name in tokens for s in rule.expansion)]
    fillable: set[Any] = set()
    while True:
        new = [rule for rule in left if all(s.is_term or s in made for s in rule.expansion)]
        if not new:
            return fillable
        fillable.update(new)
        made |= {rule.origin for rule in new}
        left = [rule for rule in left if rule not in fillable]
