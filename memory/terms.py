"""What a text is about: its terms, the same for "stacked blocks" and "stack the block", "thirteen" and "13".

Words are reduced by the first step of Porter's rules (M. F. Porter, "An algorithm for suffix stripping",
Program 14(3), 1980): plurals, -ed, -ing. What they leave need not be a word, but is the same for its forms.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*")
_FIGURES = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

FUNCTION_WORDS = frozenset(
    _TOKEN.findall(
        "a am an and any anybody anyone anything are as at be been by can could did do does ever for from "
        "had has have he her his how i if in into is it its may me might must my of on or our please shall "
        "she should so some somebody someone something that the their them then there they this to us was "
        "we were what when where which who whom whose why will with would you your"
    )
)
"""Words that say how a sentence is built, not what it is about."""

_SMALL = {
    word: number
    for number, word in enumerate(
        _TOKEN.findall(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        )
    )
} | {
    word: 10 * number
    for number, word in enumerate(
        _TOKEN.findall("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}
_LARGE = {"hundred": 100, "thousand": 1000}


def terms(text: str) -> list[str]:
    """Return the terms of a text that say what it is about, in order; none for "the" or "???"."""
    tokens = (token.replace("’", "'").removesuffix("'s") for token in _TOKEN.findall(text.casefold()))
    return [stem(token) for token in _figures(token for token in tokens if token not in FUNCTION_WORDS)]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return what the forms of a word have in common: "stack" of "stacked", "batteri" of "battery"."""
    if not word.isalpha():
        return word
    if word.endswith(("sses", "ies", "ied")):
        word = word[:-2]
    elif word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 1 and re.search("[aeiouy]", root) and not word.endswith("eed"):
            doubled = root[-1] == root[-2] and root[-1] not in "aeioulsz"
            word = root[:-1] if doubled else root
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 2 else word


def _figures(tokens: Iterable[str]) -> Iterable[str]:
    """Yield tokens with numbers in figures: "two hundred fifty" as "250", "5,000" as "5000"."""
    thousands, number = 0, None  # so far, of the number that is being said
    for token in tokens:
        small, large = _SMALL.get(token), _LARGE.get(token)
        if small is not None and number is not None and _goes_on(thousands + number, small):
            number += small
        elif large == 100 and number is not None and number in range(1, 10):
            number *= 100
        elif large == 1000 and number:
            thousands, number = thousands + 1000 * number, 0
        else:
            if number is not None:
                yield str(thousands + number)
            thousands, number = (1000, 0) if large == 1000 else (0, small if large is None else large)
            if number is None:
                yield _plain(token) if _FIGURES.fullmatch(token) else token
    if number is not None:
        yield str(thousands + number)


def _goes_on(number: int, small: int) -> bool:
    """Whether a number goes on with a word: "twenty" with "one", "two hundred" with "fifty"."""
    after_tens = small in range(1, 10) and number % 10 == 0 and number % 100 >= 20
    return after_tens or (number > 0 and number % 100 == 0)


def _plain(figures: str) -> str:
    whole, _, part = figures.replace(",", "").partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")
