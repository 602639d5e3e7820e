"""From an English sentence to commands; the grammar is in instructions.lark."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from lark import Lark
from lark.exceptions import LarkError
from lark.visitors import CollapseAmbiguities

from neuralbrain.errors import InstructionError
from neuralbrain.planning import sentence
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.planning.readings import only, parser_of, trees_of, vocabulary
from neuralbrain.rover.catalogue import COLORS
from neuralbrain.rover.planning.commands import Command
from neuralbrain.rover.planning.meaning import IT, commands_of, object_of
from neuralbrain.words import listed

ABILITIES = (
    "I can go to a pillar, a ball or an obstacle, visit several or all, push a ball to something, find an "
    'object, and go back to the start ("go to the red pillar, then push the ball to the blue one")'
)
_SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("column", "post", "pole"), "pillar"),
        **dict.fromkeys(("columns", "posts", "poles"), "pillars"),
        **dict.fromkeys(("box", "block"), "obstacle"),
        **dict.fromkeys(("boxes", "blocks"), "obstacles"),
        "sphere": "ball",
        "spheres": "balls",
        "violet": "purple",
        "each": "every",
        "towards": "toward",
        "closest": "nearest",
        "furthest": "farthest",
    }
)
"""Other words for the same."""


def parse(text: str, before: Sequence[Command] = ()) -> tuple[Command, ...]:
    """Understand a sentence.

    Args:
        text: English; case, punctuation and courtesies do not matter.
        before: What was asked for last, to which "it" may refer.

    Returns:
        What it asks for, in the order in which it is to be done; at least one command.

    Raises:
        AmbiguityError: It can be read in several ways, or seems to be misspelt.
        InstructionError: It cannot be understood, or not be done; the message says why and what can.
    """
    return only(readings(text, before), text)


def readings(text: str, before: Sequence[Command] = ()) -> list[tuple[Command, ...]]:
    """Return all that a sentence can ask for, each once.

    Raises:
        AmbiguityError: It seems to be misspelt.
        InstructionError: It cannot be understood, or not be done.
    """
    known = f"I know the colors {listed(list(COLORS))}"
    trees = trees_of(text, words_of(text), _parser(), known, ABILITIES, parse)
    found: dict[tuple[Command, ...], None] = {}
    refusals: list[InstructionError] = []
    for tree in trees:
        try:
            found[commands_of(tree, before)] = None
        except InstructionError as error:
            refusals.append(error)
    if not found:
        raise refusals[0]
    return list(found)


def chosen(answer: str, among: ObjectPhrase) -> ObjectPhrase | None:
    """Return the object that an answer to "which ...?" names, like "the blue one"; None if it names none.

    Args:
        answer: What the person said.
        among: What was asked about; what the answer leaves out is as there.
    """
    words = [word for word in words_of(answer) if word not in ("i", "mean", "meant", ",")]
    if words and words[-1] in COLORS:
        words.append("one")
    try:
        tree: Any = _parser().parse(" ".join(words), start="ref")
        obj = object_of(CollapseAmbiguities().transform(tree)[0])
    except LarkError:
        return None
    return None if obj == IT else ObjectPhrase(obj.color or among.color, obj.category or among.category)


def load() -> None:
    """Build the parser; `parse` does so if it has not been done."""
    vocabulary(_parser())


def words_of(text: str, courtesies: bool = False) -> list[str]:
    """Return a sentence's words in those of scenes; it may call the rover by its name."""
    words = sentence.words_of(text, _SYNONYMS, courtesies)
    while words and words[0] in ("rover", ","):
        words = words[1:]
    return words


@cache
def _parser() -> Lark:
    colors = " | ".join(f'"{color}"' for color in COLORS)
    text = (files("neuralbrain.rover.planning") / "instructions.lark").read_text(encoding="utf-8")
    return parser_of(text.replace("@COLORS@", colors), "ref")
