"""Texts as vectors with no model and no network: feature hashing of words and of pieces of words.

Each feature (a word, a pair of neighbouring words, three letters in a row) is hashed to one dimension and
to a sign, and weighted by the square root of how often it occurs; the vector is scaled to length one. See
Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009: the signs keep the
inner product unbiased by collisions.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 1024
"""Length of a vector. Collisions fall with it; a store grows with it (4 KiB a text at 1024)."""

WORD, PAIR, TRIGRAM = 1.0, 0.7, 0.3
"""Weights: a whole word says most; three letters find "stacked" when asked for "stack"."""

STEM = 4
"""Letters by which a word is known again in another form of it."""

_TOKEN = re.compile(r"[^\W_]+")

FUNCTION_WORDS = frozenset(
    _TOKEN.findall(
        "a an and are as at be been by can could did do does for from had has have how i if in into is it "
        "its me my of on or our please so that the their them then there they this to was we were what when "
        "where which who why will with would you your"
    )
)
"""Words that say how a sentence is built, not what it is about."""


def words(text: str) -> list[str]:
    """Return the words of a text that say what it is about, in lower case and in order."""
    return [word for word in _TOKEN.findall(text.casefold()) if word not in FUNCTION_WORDS]


def share_a_word(one: str, other: str) -> bool:
    """Whether two texts have a word in common, but for its ending ("stack" and "stacked").

    Vectors do not tell: two features may be hashed to the same dimension, and "ing" ends many words.
    """
    stems = {word[:STEM] for word in words(one)}
    return any(word[:STEM] in stems for word in words(other))


def _features(text: str) -> Iterator[tuple[str, float]]:
    said = words(text)
    for word in said:
        yield f"w:{word}", WORD
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            yield f"c:{padded[start : start + 3]}", TRIGRAM
    for first, second in pairwise(said):
        yield f"p:{first} {second}", PAIR


@lru_cache(maxsize=65536)
def _slot(feature: str) -> tuple[int, float]:
    """Return a feature's dimension and sign. Python's own ``hash`` differs from process to process."""
    number = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")
    return (number >> 1) % DIMENSIONS, 1.0 if number & 1 else -1.0


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return one vector a text, of length one (zero for a text without words); shape (n, DIMENSIONS).

    The same text gives the same bytes in every process.
    """
    vectors = np.zeros((len(texts), DIMENSIONS))
    for vector, text in zip(vectors, texts, strict=True):
        for (feature, weight), times in Counter(_features(text)).items():
            place, sign = _slot(feature)
            vector[place] += sign * weight * times**0.5
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    return (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
