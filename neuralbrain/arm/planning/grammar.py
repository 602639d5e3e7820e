"""From an English sentence to commands.

The grammar is in instructions.lark and the files beside it; the phrases that skills declare become further
rules of it. Every way in which a sentence can be read by it is found (parsing.py). Where two of them that are
equally simple ask for different things, the person is asked.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.visitors import CollapseAmbiguities

from neuralbrain.arm.catalogue import COLORS, SHAPES
from neuralbrain.arm.motor.skills import known_skills
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning import everyday, sentence
from neuralbrain.arm.planning.meaning import DO, SLOT, Phrase, commands_of, reference_of
from neuralbrain.arm.planning.parsing import STARTS, SentenceParser
from neuralbrain.arm.planning.plainer import plainer
from neuralbrain.arm.planning.pronouns import without_pronouns
from neuralbrain.arm.planning.references import Reference
from neuralbrain.arm.planning.sentence import spelt, words_of
from neuralbrain.errors import ConfigurationError, InstructionError
from neuralbrain.planning.inquiry import asked_words
from neuralbrain.planning.readings import MOST_READINGS, only, trees_of, vocabulary
from neuralbrain.planning.sentence import respelt
from neuralbrain.words import listed

STRANGE = re.compile(
    r"(?:there (?:is|are)|see)(?: not)?(?: no| a| an| any| some)?"
    r"(?: (?:red|blue|green|yellow|orange|purple))?$"
)
"""What comes before a thing of which it is said whether it is there."""
RULES = ("instructions", "names", "putting", "building")
"""The files of the grammar, each ``.lark``."""


def phrases() -> tuple[Phrase, ...]:
    """Return the phrases that skills declare, in order of the skills."""
    return tuple((name, phrase) for name, skill in known_skills().items() for phrase in skill.phrases)


def abilities() -> str:
    """Say what can be asked for."""
    firsts = dict(reversed(phrases()))
    own = [f'"{SLOT.sub("the ...", phrase)}"' for phrase in reversed(firsts.values())]
    return (
        "I can pick up, put, stack, sort, swap, line up, push and turn objects, open and close the drawer, "
        f'and undo it ("put the red block in the blue bowl"){f", and {listed(own)}" if own else ""}'
    )


def parse(text: str, before: Sequence[c.Command | c.Mentioned] = ()) -> tuple[c.Command, ...]:
    """Understand a sentence.

    Args:
        text: English; case, punctuation and courtesies do not matter.
        before: What was asked for last, to which "it" may refer.

    Returns:
        What it asks for, in the order in which it is to be done; at least one command.

    Raises:
        AmbiguityError: It can be read in several ways, or seems to be misspelt.
        InstructionError: It cannot be understood; the message says why and what can.
    """
    return only(readings(text, before), text)


def meant(text: str) -> tuple[str, str]:
    """Return a sentence in which misspelt words are spelt as they must be meant, and what was taken for what.

    Only where there is one way to do so that makes sense; else it is returned as it is.
    """
    found: dict[tuple[c.Command, ...], tuple[str, str]] = {}
    for mended, told in respelt(text, known_words(), everyday.words()):
        try:
            found.setdefault(parse(mended), (mended, told))
        except InstructionError:
            continue
    return next(iter(found.values())) if len(found) == 1 else (text, "")


@cache
def known_words() -> frozenset[str]:
    """Return all words that sentences can have."""
    return vocabulary(_parser(phrases())) | sentence.known() | asked_words()


def readings(text: str, before: Sequence[c.Command | c.Mentioned] = ()) -> list[tuple[c.Command, ...]]:
    """Return all that a sentence can ask for, each once.

    Raises:
        AmbiguityError: It seems to be misspelt.
        InstructionError: It cannot be understood.
    """
    asked = phrases()
    known = f"I know the colors {listed(list(COLORS))}, and: {', '.join(SHAPES)}"
    words = _with_strange_things(words_of(text), vocabulary(_parser(asked)))
    others = (_with_strange_things(words_of(one), vocabulary(_parser(asked))) for one in plainer(spelt(text)))
    trees = trees_of(text, words, _parser(asked), known, abilities(), parse, others)
    found: dict[tuple[c.Command, ...], int] = {}
    refusals: list[tuple[int, InstructionError]] = []
    for tree in trees:
        try:
            meant = without_pronouns(commands_of(tree, asked), before)
        except InstructionError as error:
            refusals.append((_strained(tree), error))
        else:
            found[meant] = min(_strained(tree), found.get(meant, MOST_READINGS))
    if not found:
        raise min(refusals, key=lambda refusal: refusal[0])[1] from None
    simplest = min(found.values())
    plain = {c.bare(meant): meant for meant, strain in found.items() if strain == simplest}
    return list(plain.values())


def _with_strange_things(words: Sequence[str], vocabulary_: Collection[str]) -> list[str]:
    """Mark what a condition may find not to be there, though nobody here has heard of it: "a cat"."""
    marked = list(words)
    for place, word in enumerate(words):
        before = " ".join(words[max(place - 6, 0) : place])
        if word.isalpha() and word not in vocabulary_ and STRANGE.search(before):
            marked[place] = f"@{word}"
    return marked


def _strained(tree: Tree[Token]) -> int:
    """Return how many places belong to names without a word like "that is", and how many verbs are left out.

    "Put the red block in the bowl and the ball on the table" could be about a red block that is in the bowl;
    nobody takes it so, as the simpler reading makes sense (minimal attachment: L. Frazier, "On comprehending
    sentences", 1979).
    """
    costs = {
        "bare": 2,
        "taken": 2,
        "taken_beside": 2,
        "elliptic": 1,
        "put_it": 3,
        "wanted": 5,
        "elliptic_apart": 2,
        "topical": 2,
        "likewise": 4,
        "remove": 1,
        "nearest_one": 1,
        "nearer_to": 1,
        "sort_these": 1,
        "another": 1,
        "bare_ladder": 1,
        "risen": 3,
        "distribute_bare": 3,
        "bare_tower": 1,
        "bare_layers": 1,
    }  # "take the ball in the bowl": from there?
    return sum(costs.get(str(node.data), 0) for node in tree.iter_subtrees())


def chosen(answer: str, among: Reference) -> Reference | None:
    """Return the object that an answer to "which ...?" names, like "the left one"; None if it names none.

    Args:
        answer: What the person said.
        among: What was asked about; what the answer leaves out is as there.
    """
    words = words_of(answer)
    for lead in ("i mean", "i meant", "take"):
        words = words[len(lead.split()) :] if " ".join(words).startswith(lead) else words
    try:
        tree = _parser(phrases()).parse(" ".join(words), start="ref")
        found = reference_of(CollapseAmbiguities().transform(tree)[0])
    except (InstructionError, UnexpectedInput):
        return None
    if found.category in ("it", "tower"):
        return None
    return replace(
        found,
        color=found.color or among.color,
        category=found.category or among.category,
        quantity=among.quantity,
    )


def load() -> None:
    """Build the parser, which takes some tenths of a second; `parse` does so if it has not been done."""
    vocabulary(_parser(phrases()))


@cache
def _parser(asked: tuple[Phrase, ...]) -> SentenceParser:
    """Return the parser of the sentences of ``instructions.lark``, and of skills' phrases.

    Raises:
        ConfigurationError: A phrase uses a word that names objects.
    """
    colors = " | ".join(f'"{color}"' for color in COLORS)
    folder = files("neuralbrain.arm.planning")
    text = "\n".join((folder / f"{name}.lark").read_text(encoding="utf-8") for name in RULES)
    text = f'{text.replace("@COLORS@", colors)}\n%ignore " "\n'
    if asked:
        names = {"COLOR", *map(str.upper, SHAPES), "BOXES", *(f"{name.upper()}S" for name in SHAPES)}
        nouns = vocabulary(Lark(text, parser="earley", lexer="basic", start=list(STARTS)), frozenset(names))
        rules = [f"{_rule(skill, phrase, nouns)} -> {DO}{n}" for n, (skill, phrase) in enumerate(asked)]
        text = text.replace("?clause: ", "?clause: do | ") + f"\ndo: {' | '.join(rules)}\n"
    return SentenceParser(text)


def _rule(skill: str, phrase: str, nouns: frozenset[str]) -> str:
    """Return a phrase as the right side of a rule."""
    symbols = []
    for part in phrase.split():
        words = [] if SLOT.fullmatch(part) else words_of(part)
        if nouns & set(words):
            raise ConfigurationError(
                f"skill {skill!r}: the phrase {phrase!r} has the word {part!r}, which names objects"
            )
        symbols += [f'"{word}"' for word in words] if words else ["ref"] if SLOT.fullmatch(part) else []
    return " ".join(symbols)
