"""The recorder: an observer that writes a run down as it happens."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from neuralbrain.errors import RecordError
from neuralbrain.record.folder import LOG
from neuralbrain.record.log import LogWriter
from neuralbrain.runtime import Emission


class Recorder:
    """Writes every message of a run into its folder; use it in a ``with``.

    Args:
        folder: The run folder.
        tick_seconds: Simulated time of a tick, s.

    Raises:
        RecordError: The log cannot be written (no room on disk, no right); what was written stays readable.
    """

    def __init__(self, folder: Path, tick_seconds: float) -> None:
        self._log = LogWriter(folder / LOG, tick_seconds)

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Write down what was sent since the last call."""
        for emission in emissions:
            self._log.add(emission)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._log.close()
        except RecordError as second:
            if error is None:
                raise
            error.add_note(f"then {second}")  # the first error is the one to tell
