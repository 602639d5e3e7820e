"""Where the command line writes: results to stdout, everything on the way to stderr.

Names, sentences, memories and errors come from others. On their way to a screen they are text and nothing
else: no markup, and nothing that moves its cursor or turns its letters round.
"""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from neuralbrain.words import as_json, legible


class Screen(Console):
    """A console on which text is shown as it stands.

    Args:
        file: Where to; None for stdout.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        super().__init__(file=file, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return what is to be written; all that is printed, in tables and trees too, comes through here."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(legible(segment.text), segment.style)


def results() -> Screen:
    """Return the console of results: stdout."""
    return Screen()


def progress() -> Screen:
    """Return the console of progress: stderr."""
    return Screen(sys.stderr)


def say(text: object, *, err: bool = False) -> None:
    """Write a line of text to stdout, or to stderr."""
    typer.echo(legible(str(text)), err=err)


def say_json(data: Any) -> None:
    """Write data to stdout as JSON, in one line."""
    typer.echo(as_json(data))


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
        console.print(doing)
        yield
