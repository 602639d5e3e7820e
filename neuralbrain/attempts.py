"""What comes after a result: each thing is tried, and none that fails takes the result with it."""

import contextlib
from collections.abc import Iterator

from neuralbrain.errors import NeuralBrainError, told


class Attempts:
    """Tries things one after another; only an interruption stops it.

    Attributes:
        failed: What could not be done ("write the report"), and why.
    """

    def __init__(self) -> None:
        self.failed: list[tuple[str, Exception]] = []

    @contextlib.contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Do something that may fail in any way.

        Args:
            what: It, as the warning says it ("write the report").
        """
        try:
            yield
        except Exception as error:
            self.failed.append((what, error))

    @property
    def warnings(self) -> list[str]:
        """A line for each thing that failed."""
        return [f"could not {what}: {_line(error)}" for what, error in self.failed]

    def settle(self) -> None:
        """Raise the first error, if there was one, with the others as its notes."""
        if self.failed:
            (_, first), *_ = self.failed
            for warning in self.warnings[1:]:
                first.add_note(warning)
            raise first


def _line(error: Exception) -> str:
    """Return what an error says, with its notes; and its type, where it is none of ours."""
    said = str(error) if isinstance(error, NeuralBrainError) else told(error)
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return " ".join(f"{said.rstrip(': ')}{notes}".split())
