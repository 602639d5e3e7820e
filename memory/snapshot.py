"""What a store held at one moment: recall reads this, so nothing that is written later can change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neuralbrain.memory.embedding import DIMENSIONS, embed, share_a_word

Value = str | int | float | bool


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One thing that is remembered.

    Attributes:
        id: Unique in its store.
        text: What is remembered, in words.
        metadata: Figures and words about it.
        similarity: Cosine between it and what was asked, -1 to 1.
    """

    id: str
    text: str
    metadata: Mapping[str, Value]
    similarity: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What is remembered, with its vectors, oldest first.

    Attributes:
        passages: What is remembered, in words.
        vectors: One row a passage, of length one; shape (n, `DIMENSIONS`).
    """

    passages: tuple[Passage, ...] = ()
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, DIMENSIONS), np.float32))

    def __deepcopy__(self, memo: object) -> "Snapshot":
        """Return itself: nothing in it ever changes, and it may be large."""
        return self

    def near(self, question: str, n: int) -> tuple[Passage, ...]:
        """Return the ``n`` passages nearest to a question, best first; equally near ones by id.

        Every vector is looked at. Chroma's index (HNSW) is approximate: two stores filled alike need not
        answer alike, and the trace of an episode must not hang on that. What has no word in common with
        the question is left out.
        """
        asked = embed([question])[0]
        # Summed row by row: a matrix product may round equal rows differently, and break ties by chance.
        similarity = (self.vectors * asked).sum(axis=1, dtype=np.float64).round(6)
        order = sorted(
            (-float(near), passage.id, row)
            for row, (near, passage) in enumerate(zip(similarity, self.passages, strict=True))
            if share_a_word(question, passage.text)
        )
        return tuple(
            Passage(
                id=passage_id,
                text=self.passages[row].text,
                metadata=self.passages[row].metadata,
                similarity=-negative,
            )
            for negative, passage_id, row in order[:n]
        )
