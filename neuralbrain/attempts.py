"""What comes after a result: each thing is tried, and none that fails takes the result with it."""

import contextlib
from collections.abc import Iterator

from neuralbrain.errors import NeuralBrainError


def one_line(error: BaseException) -> str:
    """Return what an error says, in one line with its notes, and with its type where it is none of ours."""
    said = " ".join(str(error).split())
    if not isinstance(error, NeuralBrainError):
        said = f"{type(error).__name__}: {said}".rstrip(": ")
    return said + "".join(f" ({' '.join(note.split())})" for note in getattr(error, "__notes__", ()))


class Attempts:
    """Tries things one after another; only an interruption stops it.

    Attributes:
        warnings: A line for each that failed: what could not be done, and why.
    """

    def __init__(self) -> None:
        self.warnings: list[str] = []

    @contextlib.contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Do something that may fail.

        Args:
            what: It, as the warning says it ("write the report").
        """
        try:
            yield
        except Exception as error:  # whatever it is, it is no reason to lose what has been reached
            self.warnings.append(f"could not {what}: {one_line(error)}")
