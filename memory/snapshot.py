"""What a store held at one moment: recall reads this, so nothing that is written later can change it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuralbrain.memory.embedding import Floats, embedding
from neuralbrain.memory.entry import Value
from neuralbrain.memory.terms import terms

CONSIDERED = 100
"""Among so many of the nearest the newest about the same thing is looked for."""

SAME, AS_NEAR = 0.6, 0.4
"""Two memories are about the same thing if the newer has all terms of the question that the other has, or if
they share so much of the shorter one's terms, by weight. The newest comes first if it has at least so much of
the other's similarity to the question. Chosen with tests/memory/questions.yaml."""

BLOCK = 10_000
"""Vectors that are compared at once."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One thing that is remembered.

    Attributes:
        id: Unique in its store.
        text: What is remembered, in words.
        metadata: Figures and words about it; of the last time, if it is remembered several times.
        similarity: How near it is to what was asked: about 1 for the same words, 0 for nothing in common.
        times: How often the same is remembered.
    """

    id: str
    text: str
    metadata: Mapping[str, Value]
    similarity: float = 0.0
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What is remembered, with its vectors, oldest first.

    Attributes:
        passages: What is remembered, in words.
        vectors: One row a passage; shape (n, dimensions).
        embedding: The name of the embedding of the vectors.
    """

    passages: tuple[Passage, ...] = ()
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    embedding: str = "hash"

    def __deepcopy__(self, memo: object) -> "Snapshot":
        """Return itself: nothing in it ever changes, and it may be large."""
        return self

    def near(self, question: str, n: int, present: str = "") -> tuple[Passage, ...]:
        """Return the ``n`` passages that answer a question best; none if nothing is about it.

        Every memory is looked at, each text once: what is remembered several times is one passage, the last
        of them. Chroma's index (HNSW) is approximate: two stores filled alike need not answer alike, and the
        trace of an episode must not hang on that. The nearest comes first, but before it the newest that is
        about the same thing; equally near ones come newest first.

        Args:
            question: In words. Without `terms` nothing is about it.
            n: At most so many.
            present: A text that counts as the newest passage, with an empty id; empty for none.
        """
        asked = set(terms(question))
        if not asked:
            return ()
        by = embedding(self.embedding)
        candidates, share, vector = self._distinct, self._share(asked), by.question(question)
        similarity = [_products(vectors, vector) for vectors in self._blocks]
        if present:
            candidates = (*candidates, Passage(id="", text=present, metadata={}))
            share = np.append(share, self._weight(asked & set(terms(present))) / self._weight(asked))
            similarity.append(_products(by.passages([present]), vector))
        near = by.rated(np.concatenate([*similarity, ()]), share).round(6)
        order = sorted(np.flatnonzero(near > -np.inf).tolist(), key=lambda row: (-near[row], -row))
        rows = self._newest_first(order[:CONSIDERED], near, candidates, asked) + order[CONSIDERED:]
        return tuple(replace(candidates[row], similarity=float(near[row])) for row in rows[:n])

    def _newest_first(
        self, order: Sequence[int], near: Floats, candidates: Sequence[Passage], asked: set[str]
    ) -> list[int]:
        """Return rows, which come nearest first, each behind the newest about the same thing."""
        about = {row: set(terms(candidates[row].text)) for row in order}
        weights = {row: self._weight(about[row]) for row in order}

        def same(newer: int, row: int) -> bool:
            of_question, shared = asked & about[row], self._weight(about[newer] & about[row])
            if of_question and of_question <= about[newer]:
                return True
            return shared >= SAME * min(weights[newer], weights[row])

        left, ordered = list(order), list[int]()
        while left:
            first = left[0]
            newer = [
                row for row in left if row > first and near[row] >= AS_NEAR * near[first] and same(row, first)
            ]
            ordered += [max(newer), first] if newer else [first]
            left = [row for row in left if row not in ordered[-2:]]
        return ordered

    def _share(self, asked: set[str]) -> Floats:
        """Return how much of a question's terms, by weight, each distinct passage has, 0 to 1."""
        share = np.zeros(len(self._distinct))
        for term in sorted(asked):
            share[np.array(self._rows.get(term, ()), np.intp)] += self._weight({term})
        result: Floats = share / self._weight(asked)
        return result

    def _weight(self, said: set[str]) -> float:
        """Return what terms say together; one says the more, the fewer of the memories have it."""
        known = len(self._distinct) + 1
        return sum((known - len(self._rows.get(term, ()))) / known for term in sorted(said))

    @cached_property
    def _last(self) -> dict[str, tuple[int, int]]:
        """Text, but for case, spaces and the last stop -> row of the last such passage, and how many."""
        last: dict[str, tuple[int, int]] = {}
        for row, passage in enumerate(self.passages):
            same = " ".join(passage.text.casefold().split()).rstrip(" .!?")
            last[same] = row, last.pop(same, (row, 0))[1] + 1  # popped, so that the newest stands last
        return last

    @cached_property
    def _distinct(self) -> tuple[Passage, ...]:
        return tuple(replace(self.passages[row], times=times) for row, times in self._last.values())

    @property
    def _blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the vectors of the distinct passages, some at a time: all would take their size again."""
        rows = [row for row, _ in self._last.values()]
        for start in range(0, len(rows), BLOCK):
            yield self.vectors[rows[start : start + BLOCK]]

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        """Term -> the distinct passages that have it."""
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self._distinct):
            for term in set(terms(passage.text)):
                rows.setdefault(term, []).append(row)
        return rows


def _products(vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> Floats:
    """Return the inner products of rows with a vector, shape (n,).

    Summed row by row: a matrix product may round equal rows differently, and break ties by chance.
    """
    products: Floats = (vectors * asked).sum(axis=1, dtype=np.float64)
    return products
