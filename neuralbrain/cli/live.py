"""The live view of a running episode: on a terminal a picture that keeps moving, elsewhere plain lines."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.live import Live

from neuralbrain.cli.picture import Picture
from neuralbrain.cli.terminal import progress
from neuralbrain.record.story import Story

if TYPE_CHECKING:
    from neuralbrain.runtime import Emission, Observer

FRAMES_PER_SECOND = 5
SILENCE_SECONDS = 20.0
"""The plain view says that it is still there after so long without news, s."""


class View(Protocol):
    """Shows a story that grows."""

    def observe(self, until: int, emissions: "Sequence[Emission]") -> None:
        """Take in what was sent since the last call."""


@contextlib.contextmanager
def watch(
    title: str, tick_seconds: float, regions: Sequence[str], quiet: bool = False
) -> Iterator["Observer"]:
    """Show an episode while it runs.

    Args:
        title: What runs.
        tick_seconds: Simulated time of a tick, s.
        regions: The names of the brain's regions.
        quiet: Whether to show nothing.

    Yields:
        The observer to give to the run.
    """
    console = progress()
    if quiet:
        yield Story()
    elif console.is_terminal:
        picture = Picture(title, tick_seconds, regions)
        with Live(picture, console=console, refresh_per_second=FRAMES_PER_SECOND):
            yield picture
    else:
        lines = Lines(title, tick_seconds, console)
        with lines:
            yield lines


class Lines:
    """The plain view: a line for each piece of news, and a sign of life where there is none.

    Args:
        title: What runs.
        tick_seconds: Simulated time of a tick, s.
        console: Where to.
    """

    def __init__(self, title: str, tick_seconds: float, console: Console) -> None:
        self._console, self._tick_seconds = console, tick_seconds
        self._story, self._told = Story(), 0
        self._over, self._spoke = threading.Event(), time.monotonic()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._print(title)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self._thread.join()

    def observe(self, until: int, emissions: "Sequence[Emission]") -> None:
        """Print what is new."""
        self._story.observe(until, emissions)
        for tick, region, text in self._story.news[self._told :]:
            self._print(f"{tick * self._tick_seconds:7.2f} s  {region:<15} {text}")
        self._told = len(self._story.news)

    def _live(self) -> None:
        while not self._over.wait(1.0):
            if time.monotonic() - self._spoke > SILENCE_SECONDS:
                seconds = self._story.until * self._tick_seconds
                self._print(f"{seconds:7.2f} s  still running" if seconds else "still starting the regions")

    def _print(self, line: str) -> None:
        self._spoke = time.monotonic()
        self._console.print(line, soft_wrap=True)
