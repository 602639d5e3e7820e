"""Where the command line writes: results to stdout, everything on the way to stderr."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def results() -> "Console":
    """Return the console of results: stdout."""
    from rich.console import Console

    return Console(highlight=False)


def progress() -> "Console":
    """Return the console of progress: stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@contextlib.contextmanager
def busy(doing: str, quiet: bool = False) -> Iterator[None]:
    """Say that something takes a while: a spinner on a terminal, else a line."""
    console = progress()
    if quiet:
        yield
    elif console.is_terminal:
        with console.status(doing):
            yield
    else:
        console.print(doing, markup=False)
        yield
