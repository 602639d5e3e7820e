"""The standard streams, whatever the shell has made of them: closed, a pipe that nobody reads, a full device.

What is said on the way (stderr) may be lost, and nothing else with it. Where a result (stdout) cannot be
delivered, what runs ends in order, as at Ctrl-C.
"""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

UNREAD = 141
"""The exit status of a program whose reader has gone: 128 and the number of SIGPIPE, as in a shell."""


class Progress(io.FileIO):
    """Writes to a file, and drops what it does not take."""

    def write(self, data: Any) -> int:
        """Write, or do not."""
        try:
            return super().write(data)
        except OSError:
            return len(data)


class Results(io.FileIO):
    """Writes to a file until it fails.

    Attributes:
        failed: Why it did; from then on everything is dropped.
    """

    failed: OSError | None = None

    def write(self, data: Any) -> int:
        """Write.

        Raises:
            KeyboardInterrupt: It failed just now.
        """
        if self.failed is not None:
            return len(data)
        try:
            return super().write(data)
        except OSError as error:
            self.failed = error
            raise KeyboardInterrupt from error

    def status(self, status: int) -> int:
        """Return a program's exit status: its own, or what it is without its results, which is said."""
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdout.flush()
        if self.failed is None:
            return status
        if self.failed.errno == errno.EPIPE:  # the reader had enough
            return UNREAD
        print(f"error: stdout cannot be written: {self.failed.strerror}", file=sys.stderr)
        return 2


@contextlib.contextmanager
def own_streams(debug: bool) -> Iterator[Results]:
    """Have both streams as above; what C libraries chatter on stdout (PyBullet does) is dropped.

    Args:
        debug: Whether it goes to stderr.

    Yields:
        The file of results.
    """
    _open_closed()
    before, kept = (sys.stdin, sys.stdout, sys.stderr), os.dup(1)
    for stream in before[1:]:
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.flush()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(2 if debug else nowhere.fileno(), 1)
    # Never closed: what libraries do at exit (Ray's colorama) may still ask whether it is a terminal.
    results = Results(kept, "w", closefd=False)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _text(results, "strict")
    sys.stderr = _text(Progress(2, "w", closefd=False), "backslashreplace")
    try:
        yield results
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        os.dup2(kept, 1)
        os.close(kept)


def _open_closed() -> None:
    """Open what the shell has closed, on nothing: else the next file that is opened would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free: this one


def _text(raw: io.FileIO, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, line_buffering=True)
