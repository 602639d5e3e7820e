"""From a sentence to tokens: one a word, whole, so that no word is taken for the beginning of another."""

import re
from collections.abc import Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer, PatternStr

UNKNOWN = "UNKNOWN"
"""The kind of a word that no rule has: parsing ends there."""


class WordLexer(Lexer):
    """Takes words, which spaces part, for the terminals of a grammar.

    Args:
        conf: Of the parser, with its terminals.
    """

    def __init__(self, conf: Any) -> None:
        plain = [t for t in conf.terminals if isinstance(t.pattern, PatternStr)]
        self._plain = {t.pattern.value: t.name for t in plain}
        self._patterns = [
            (re.compile(t.pattern.to_regexp()), t.name) for t in conf.terminals if t not in plain
        ]

    def lex(self, data: str) -> Iterator[Token]:  # type: ignore[override]
        """Yield the token of each word."""
        for word in data.split():
            yield Token(self.kind(word), word)

    def kind(self, word: str) -> str:
        """Return the terminal of a word; `UNKNOWN` if it has none."""
        found = self._plain.get(word)
        return found or next((name for p, name in self._patterns if p.fullmatch(word)), UNKNOWN)
