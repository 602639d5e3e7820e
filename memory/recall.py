"""Asking the memory from outside: what the command line and people use."""

from pathlib import Path

from neuralbrain.errors import ConfigurationError
from neuralbrain.memory.snapshot import Passage
from neuralbrain.memory.store import read


def ask(path: str | Path, question: str, n: int = 5) -> list[Passage]:
    """Return the remembered passages nearest to a question, best first.

    Args:
        path: The store's folder.
        question: In words; what matters are the words that it shares with the memories.
        n: At most so many.

    Raises:
        ConfigurationError: There is no store, the question has no words, or ``n`` is below 1.
        RecordError: The store cannot be read, or another process holds it.
    """
    if n < 1:
        raise ConfigurationError(f"cannot recall {n} passages: ask for 1 or more")
    if not question.strip():
        raise ConfigurationError("the question is empty: say in words what to recall")
    snapshot = read(path)
    if not snapshot.passages:
        raise ConfigurationError(
            f"memory store {path}: nothing has been remembered there yet; run an episode first"
        )
    return list(snapshot.near(question, n))
