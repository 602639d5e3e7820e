"""Ctrl-C, a polite kill and a terminal that was closed end a command in order."""

import signal
from types import FrameType, TracebackType
from typing import Any, Self

from neuralbrain.interruption import SIGNALS


class Interruption:
    """Raises KeyboardInterrupt at each of `SIGNALS`, and keeps the first; use it in a ``with``.

    A signal that the parent had ignored stays so (``nohup`` does that, and shells for a job in the
    background), but for SIGTERM: nobody sends it but to end a process.

    Attributes:
        error: What was raised; None if nothing was. Who ends in order adds notes to it.
        status: The exit status of a process that it ended: 128 and the signal's number.
    """

    def __init__(self) -> None:
        self.error: KeyboardInterrupt | None = None
        self.status = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            if number == signal.SIGTERM or signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._raise)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self.error is not None and error is not None and error is not self.error:
            for note in getattr(error, "__notes__", ()):
                self.error.add_note(note)
            raise self.error from error  # a library has made another error of it

    def renew(self) -> None:
        """Raise again what a library has kept to itself."""
        if self.error is not None:
            raise self.error

    def _raise(self, number: int, _: FrameType | None) -> None:
        error = KeyboardInterrupt()
        if self.error is None:
            self.error, self.status = error, 128 + number
        raise error
