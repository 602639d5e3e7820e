"""All that a sentence can be read as: whole or not at all; and what is asked where that is not one thing.

Parsing is Earley's (J. Earley, "An efficient context-free parsing algorithm", CACM 13(2), 1970), which finds
every way in which a sentence can be read by a grammar. A word that no rule takes leaves the sentence without
a tree, so no word can be passed over.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.visitors import CollapseAmbiguities

from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.planning.lexing import WordLexer
from neuralbrain.planning.sentence import near_misses
from neuralbrain.words import listed

T = TypeVar("T")
YES_OR_NO = ("yes", "no")
"""The answers to "Did you mean ...?"."""
MOST_AMBIGUITIES = 12
"""A sentence with more places that can be read in several ways than this is refused."""
MOST_READINGS = 200
"""So many trees are looked at."""
_ORDINALS = {"1": 0, "first": 0, "one": 0, "2": 1, "second": 1, "two": 1, "3": 2, "third": 2, "three": 2}


def parser_of(grammar: str, *starts: str) -> Lark:
    """Return the parser of a grammar in Lark's notation, to which the rules of ``english.lark`` are added."""
    english = (files("neuralbrain.planning") / "english.lark").read_text(encoding="utf-8")
    text = f"{grammar}\n{english}"
    return Lark(text, parser="earley", lexer=WordLexer, ambiguity="explicit", start=["start", *starts])


@cache
def vocabulary(parser: Lark, names: Collection[str] = ()) -> frozenset[str]:
    """Return the words of all of a grammar's terminals, or of those of some names."""
    return frozenset(
        word
        for terminal in parser.terminals
        if not names or terminal.name in names
        for word in re.findall(r"[a-z]+", terminal.pattern.value)
    )


def trees_of(
    text: str,
    words: Sequence[str],
    parser: Lark,
    known: str,
    abilities: str,
    understood: Callable[[str], object],
    others: Iterable[Sequence[str]] = (),
) -> list[Tree[Token]]:
    """Return every tree of a sentence.

    Args:
        text: As it was said, for errors.
        words: Of it; a comma stands for each mark that parts clauses. Numbers are the grammar's ``NUMBER``.
        parser: Of the grammar, whose rule for sentences is ``start``.
        known: What words there are, to be told to who uses another; a clause.
        abilities: What can be asked for, likewise.
        understood: Understands a sentence or raises: whether a misspelt one would make sense.
        others: The same in other words, which are tried in turn where those have no tree.

    Raises:
        AmbiguityError: It seems to be misspelt.
        InstructionError: It cannot be understood; the message says why and what can.
    """
    wrong: UnexpectedInput | None = None
    last = words
    for wording in (words, *others):
        last = wording or last
        if not wording or _strange(wording, parser):
            continue
        try:
            tree = parser.parse(" ".join(wording), start="start")
        except UnexpectedInput as error:
            wrong = wrong or error
            continue
        if sum(1 for _ in tree.find_data("_ambig")) > MOST_AMBIGUITIES:
            raise InstructionError("That can be read in too many ways: say it in shorter sentences.")
        trees: list[Tree[Token]] = CollapseAmbiguities().transform(tree)
        return trees[:MOST_READINGS]
    if wrong is None and (strange := _strange(last, parser)):
        raise _unknown(last, strange, vocabulary(parser), known, abilities, understood)
    if wrong is None:
        raise InstructionError(f"That says nothing. {abilities}.")
    if isinstance(wrong, UnexpectedToken):
        place = str(wrong.token)
        raise InstructionError(f"I do not understand {text!r} from {place!r} on. {abilities}.")
    raise InstructionError(f"I understand {text!r} only in part: something is missing. {abilities}.")


def _strange(words: Sequence[str], parser: Lark) -> list[str]:
    """Return the words that no rule has."""
    known = vocabulary(parser)
    number = next((t.pattern.to_regexp() for t in parser.terminals if t.name == "NUMBER"), "(?!)")
    return [w for w in words if w not in known and w != "," and w[0] != "@" and not re.fullmatch(number, w)]


def _unknown(
    words: Sequence[str],
    strange: Sequence[str],
    vocabulary_: frozenset[str],
    known: str,
    abilities: str,
    understood: Callable[[str], object],
) -> InstructionError:
    """Say that words are not known: they may be misspelt, of another language, or beyond what can be done."""
    meant = near_misses(strange, vocabulary_)
    if set(strange) <= set(meant):
        said = re.sub(" ,", ",", " ".join(meant.get(word, word) for word in words))
        try:
            understood(said)
        except InstructionError:
            pass
        else:
            return AmbiguityError(f'Did you mean "{said}"?', said, YES_OR_NO)
    quoted = listed([repr(word) for word in dict.fromkeys(strange)])
    if len(strange) > len(words) / 2:
        return InstructionError(
            f"I understand plain English only, about what I can do, and not {quoted}. {abilities}."
        )
    hints = [f"{miss!r} for {word!r}" for word, miss in meant.items() if len(word) > 4]
    hint = f" (did you mean {listed(hints)}?)" if hints else ""
    word = "word" if len(set(strange)) == 1 else "words"
    return InstructionError(f"I do not know the {word} {quoted}{hint}. {known}. {abilities}.")


def only(found: Sequence[tuple[T, ...]], text: str) -> tuple[T, ...]:
    """Return the only reading of a sentence.

    Raises:
        AmbiguityError: There are several: the person is asked which.
    """
    if len(found) > 1:
        choices = [listed([str(part) for part in reading]) for reading in found]
        told = [f"({number}) {choice}" for number, choice in enumerate(choices, start=1)]
        raise AmbiguityError(f"I can read this in {len(found)} ways: {listed(told, 'or')}?", text, choices)
    return found[0]


def numbered(words: Sequence[str], question: AmbiguityError) -> int | None:
    """Return which of the choices of a question an answer means, from 0; None if it says no such number."""
    chosen = [_ORDINALS[word] for word in words if word in _ORDINALS]
    return chosen[0] if len(chosen) == 1 and chosen[0] < len(question.choices) else None
