"""From an English sentence to errands and questions; the grammar is in instructions.lark."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from lark import Lark

from neuralbrain.errors import InstructionError
from neuralbrain.nanorobots.planning.errands import Errand
from neuralbrain.nanorobots.planning.meaning import intentions_of
from neuralbrain.planning import sentence
from neuralbrain.planning.readings import only, parser_of, trees_of, vocabulary
from neuralbrain.planning.seams import Intention

ABILITIES = (
    "I can find a cancer cell, treat cancer cells, all or so many, and follow one "
    '("find the cancer cells and treat them")'
)
_SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("tumour", "tumours"), "tumor"),
        **dict.fromkeys(("cancerous", "malignant", "tumorous"), "cancer"),
        **dict.fromkeys(("normal", "benign", "sound"), "healthy"),
        **dict.fromkeys(("nanorobots", "swimmers"), "robots"),
        "each": "every",
        "towards": "toward",
        "closest": "nearest",
        "furthest": "farthest",
    }
)
"""Other words for the same."""


def parse(text: str, before: Sequence[Errand] = ()) -> tuple[Intention, ...]:
    """Understand a sentence.

    Args:
        text: English; case, punctuation and courtesies do not matter.
        before: What was asked for last, to which "it" may refer.

    Returns:
        What it asks for, in the order in which it is to be done; at least one intention.

    Raises:
        AmbiguityError: It can be read in several ways, or seems to be misspelt.
        InstructionError: It cannot be understood, or not be done; the message says why and what can.
    """
    return only(readings(text, before), text)


def readings(text: str, before: Sequence[Errand] = ()) -> list[tuple[Intention, ...]]:
    """Return all that a sentence can ask for, each once.

    Raises:
        AmbiguityError: It seems to be misspelt.
        InstructionError: It cannot be understood, or not be done.
    """
    known = "I know cells, cancer and healthy, and robots"
    trees = trees_of(text, words_of(text), _parser(), known, ABILITIES, parse)
    found: dict[tuple[Intention, ...], None] = {}
    refusals: list[InstructionError] = []
    for tree in trees:
        try:
            found[intentions_of(tree, before)] = None
        except InstructionError as error:
            refusals.append(error)
    if not found:
        raise refusals[0]
    return list(found)


def load() -> None:
    """Build the parser; `parse` does so if it has not been done."""
    vocabulary(_parser())


def words_of(text: str, courtesies: bool = False) -> list[str]:
    """Return a sentence's words; it may call the robots by their name."""
    words = sentence.words_of(text, _SYNONYMS, courtesies)
    return words[2:] if words[:2] == ["robots", ","] else words


@cache
def _parser() -> Lark:
    return parser_of((files("neuralbrain.nanorobots.planning") / "instructions.lark").read_text("utf-8"))
