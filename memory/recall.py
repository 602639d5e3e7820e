"""Asking the memory from outside: what the command line and people use."""

from dataclasses import replace
from pathlib import Path

from neuralbrain.errors import ConfigurationError
from neuralbrain.memory.embedding import embedding
from neuralbrain.memory.snapshot import Passage
from neuralbrain.memory.store import read
from neuralbrain.memory.terms import terms


def ask(path: str | Path, question: str, n: int = 5, embedded: str | None = None) -> list[Passage]:
    """Return the remembered passages that answer a question best; none if nothing is about it.

    Args:
        path: The store's folder.
        question: In words.
        n: At most so many.
        embedded: The embedding by which to compare; None: the store's own. By another every memory is
            embedded again for this question, and the store stays as it is.

    Raises:
        ConfigurationError: There is no store, the question has no words to look for, or ``n`` is below 1.
        RecordError: The store cannot be read, or another process holds it.
    """
    if n < 1:
        raise ConfigurationError(f"cannot recall {n} passages: ask for 1 or more")
    if not terms(question):
        raise ConfigurationError(
            f"the question {question!r} has no words to look for: name an object, a place, or what was done"
        )
    snapshot = read(path)
    if not snapshot.passages:
        raise ConfigurationError(
            f"memory store {path}: nothing has been remembered there yet; run an episode first"
        )
    if embedded not in (None, snapshot.embedding):
        vectors = embedding(embedded).passages([passage.text for passage in snapshot.passages])
        snapshot = replace(snapshot, vectors=vectors, embedding=embedded)
    return list(snapshot.near(question, n))
