"""Who waits is told for whom: a region that has been in `step` for long may hang."""

import logging
import sys
import threading
import time
from types import FrameType

from neuralbrain.runtime.group import Group

HANG_SECONDS = 60.0
"""After so long in one `step`, and then again and again, a region is named, s of wall time."""
LOG = logging.getLogger("neuralbrain")


class Watchdog:
    """Watches a thread that runs groups, from another, and names a region that does not come back.

    It looks now and then at the frame of the loop that fires regions; so it costs that loop nothing. A region
    that computes in C without ever letting another thread run cannot be seen before it is done.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._watched: int | None = None
        threading.Thread(target=self._watch, args=(HANG_SECONDS,), daemon=True).start()

    def __enter__(self) -> None:
        self._watched = threading.get_ident()

    def __exit__(self, *raised: object) -> None:
        self._watched = None

    def end(self) -> None:
        """Watch no longer."""
        self._over.set()

    def _watch(self, patience: float) -> None:
        last, since, told = None, time.monotonic(), 0
        while not self._over.wait(patience / 10):
            now = _firing(sys._current_frames().get(self._watched or 0))
            if now is None or now != last:
                last, since, told = now, time.monotonic(), 0
                continue
            seconds = time.monotonic() - since
            if seconds > patience * (told + 1):
                told += 1
                tick, region = now
                LOG.warning(
                    "region %r has been in step for %.0f s, at tick %d; Ctrl-C ends it", region, seconds, tick
                )


def _firing(frame: FrameType | None) -> tuple[int, str] | None:
    """Return tick and name of the region that fires in a thread; None where none does."""
    while frame is not None:
        if frame.f_code is Group.advance.__code__:
            local = frame.f_locals
            return (local["tick"], local["slot"].name) if "slot" in local else None
        frame = frame.f_back
    return None
