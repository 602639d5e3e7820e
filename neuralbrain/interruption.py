"""An interruption waits for a place at which nothing is half done.

Python raises Ctrl-C wherever it stands, in the middle of a region's step as well. Not every library lets it
through (planners and serialisers turn it into errors of their own), and not every one can be used after it.
So it is held back while ticks are run, and raised between two of them: the session can go on from there.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Postponed:
    """Holds back what interrupts this process; use it in a ``with``, at whose end it is passed on.

    It is true once something was held back. A second interruption is not held back: what runs may hang. Only
    handlers written in Python are, as those of Ctrl-C are: a signal that kills, still kills. Outside the main
    thread, where no signal arrives, it does nothing.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._held: tuple[int, FrameType | None] | None = None

    def __bool__(self) -> bool:
        return self._held is not None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler) and not isinstance(handler, signal.Handlers):
                    self._handlers[number] = handler
                    signal.signal(number, self._hold)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._held is not None and error is None:  # an error ends what runs just as well
            number, frame = self._held
            self._handlers[number](number, frame)

    def _hold(self, number: int, frame: FrameType | None) -> None:
        if self._held is None:
            self._held = number, frame
        else:
            self._handlers[number](number, frame)
