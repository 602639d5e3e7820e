"""A sentence's words, before they are understood, whatever the body: spelling, numbers, courtesies, slips.

What is dropped here says nothing about what should be done; all other words are kept.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from math import prod
from typing import Final

from neuralbrain.words import listed

MOST_SPELLINGS: Final = 24
"""So many ways to mend a sentence are tried."""

_SPELT: Final = (
    (r"[’`]", "'"),
    (r"(->|=>|→|»)", " into "),
    (r"\b(do|does|did|is|are|was|were|has|have)n'?t\b", r"\1 not"),
    (r"\bcan'?t\b|\bcannot\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"\bi'd like\b", "i would like"),
    (r"\blet's\b", "let us"),
    (r"\b(it|that|what|where|there|which|who)'s\b", r"\1 is"),
    (r"\bcolour", "color"),
    (r"\bcentre", "center"),
    (r"(?<=[0-9]),(?=[0-9]{3}\b)", ""),
    (r"&", " and "),
    (r"([0-9])\s*(°)", r"\1 degrees"),
    (r"([0-9])(cm|mm|m)\b", r"\1 \2"),
    (r"\b(centi|milli)met(?:er|re)s?\b", lambda m: {"centi": "cm", "milli": "mm"}[m[1]]),
    (r"\bmet(?:er|re)s?\b", "m"),
    (r"\bdegrees?\b", "degrees"),
    (r"'", ""),
)
_WORD: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W_]+|[,;.:!?]|(?<!\w)-(?=[0-9])|[%+*/=<>≠±~]")
"""A word, a mark that parts clauses, or a sign that changes what a number says."""
_NUMBERS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_DIGITS: Final = {word: str(number) for number, word in enumerate(_NUMBERS, start=2)}

_COURTESIES: Final = re.compile(
    r"\b(please|kindly|(?:could|can|would|will) you|i (?:want|need|would like) you to|you (?:should|must)"
    r"|go ahead and|be so kind as to|be so good as to|let us|hey|hi|robot|okay|ok|now|just|simply|carefully"
    r"|gently|for me|thank you|thanks|try to|would you mind)\b"
)
POLITE: Final = frozenset(
    [
        *re.findall(r"[a-z]{2,}", _COURTESIES.pattern),
        *["colour", "colours", "coloured", "centre", "metre", "metres", "cannot"],
    ]
)
"""Words of courtesies, and other spellings."""
_GREETING: Final = re.compile(r"^(hello|good (?:morning|day|evening))\b(?=.*\w.*\w)")


def spelt(text: str) -> str:
    """Return a sentence in lower case with one spelling of each word, its words and marks apart by spaces.

    A comma stands for each mark that parts clauses; a colon stays.
    """
    text = text.lower()
    for wrong, right in _SPELT:
        text = re.sub(wrong, right, text)
    return re.sub(r"[;.!?](?= |$)", ",", " ".join(_WORD.findall(text)))


def words_of(text: str, synonyms: Mapping[str, str], courtesies: bool = False) -> list[str]:
    """Return a sentence's words, numbers in digits, and a comma for each mark that parts clauses.

    Args:
        text: The sentence.
        synonyms: Other words for the same, of the embodiment.
        courtesies: Whether to keep what is only said to be polite.
    """
    text = re.sub(r":(?= |$)", ",", spelt(text))
    if not courtesies:
        text = _COURTESIES.sub(" ", _GREETING.sub("", text))
    text = re.sub(r"\bcan (?=you|i|we|not|see)", "could ", text)  # else it is a cylinder
    found = [synonyms.get(word, _DIGITS.get(word, word)) for word in text.split()]
    kept: list[str] = []
    for word in found:
        if word != "," or (kept and kept[-1] != ","):
            kept.append(word)
    return kept[:-1] if kept[-1:] == [","] else kept


@cache
def common_words() -> frozenset[str]:
    """Return everyday words that are one slip from a word of our grammars: who says one of them means it."""
    return frozenset((files("neuralbrain.planning") / "common.txt").read_text(encoding="utf-8").split())


def candidates(word: str, known: Collection[str]) -> list[str]:
    """Return what a word was probably meant to be; nothing for an everyday word.

    A word is near to another if one letter is missing, too much or wrong in it, or if two neighbours have
    changed places: four of five slips are of these kinds (F. J. Damerau, CACM 7(3), 1964). So are two words
    without the space between them, and, if nothing else is near, the letters in another order.
    """
    if word in common_words():
        return []
    near = [other for other in sorted(known) if len(other) > 1 and _one_slip(word, other)]
    near = [other for other in near if min(len(word), len(other)) > 2 or sorted(word) == sorted(other)]
    cuts = ((word[:i], word[i:]) for i in range(2, len(word) - 1))
    near += [f"{one} {other}" for one, other in cuts if one in known and other in known]
    return near or [other for other in sorted(known) if len(word) > 4 and _is_jumbled(word, other)]


def _is_jumbled(word: str, other: str) -> bool:
    return word[0] == other[0] and word != other and sorted(word) == sorted(other)


def near_misses(words: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Return what misspelt words were probably meant to be; those that are near to none are left out."""
    found = {word: candidates(word, known) for word in words}
    return {word: near[0] for word, near in found.items() if near}


def respelt(text: str, known: Collection[str], heard: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return what a sentence was probably meant to be, where words are misspelt.

    Args:
        text: The sentence.
        known: All words that can be understood.
        heard: Words that are spelt as they are meant, though none is taken for one of them.

    Returns:
        Sentences, each with what was taken for what, in words; none if a word is near to no other, if no
        word is misspelt, or if there are very many.
    """
    said = re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())
    strange = [
        w for w in dict.fromkeys(said) if w.replace("'", "") not in known and "'" not in w and w not in heard
    ]
    near = [candidates(word, known) for word in strange]
    if not strange or prod(map(len, near)) not in range(1, MOST_SPELLINGS + 1):
        return []
    found = []
    for meant in product(*near):
        pairs = dict(zip(strange, meant, strict=True))
        new = re.sub(r"[a-z]+", lambda word: pairs.get(word[0], word[0]), text.lower())  # noqa: B023
        taken = listed([f"{meant!r} for {word!r}" for word, meant in pairs.items()])
        found.append((new, f"I took {taken}"))
    return found


def _one_slip(word: str, other: str) -> bool:
    if len(word) > len(other):
        word, other = other, word
    if len(other) - len(word) > 1 or word == other:
        return False
    i = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(word))
    if len(word) < len(other):
        return word[i:] == other[i + 1 :]
    swapped = word[i : i + 2] == other[i : i + 2][::-1] and word[i + 2 :] == other[i + 2 :]
    return word[i + 1 :] == other[i + 1 :] or swapped
