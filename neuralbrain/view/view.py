"""A view of a run: board, pictures and server together."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType

from neuralbrain.blueprint import Blueprint
from neuralbrain.runtime import Emission
from neuralbrain.view.board import Board
from neuralbrain.view.pictures import Pictures
from neuralbrain.view.server import Server


class View:
    """An observer that shows a run on a page on this machine; use it in a ``with``.

    Args:
        title: What runs.
        say: Takes what a person types on the page, in another thread; None: nobody may type.
    """

    def __init__(self, title: str, say: Callable[[str], None] | None = None) -> None:
        self._board = Board(title, say is not None)
        self._server = Server(self._board, say)
        self._pictures: Pictures | None = None

    @property
    def url(self) -> str:
        """The page's address; whoever has it can watch, and type."""
        return self._server.url

    def __enter__(self) -> "View":
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._board.close("broke off" if error else "ended")
        self._server.__exit__()

    @contextlib.contextmanager
    def showing(self, blueprint: Blueprint) -> Iterator[None]:
        """Show the world of a brain while it lasts.

        Args:
            blueprint: The brain, set into its world, before its first tick.
        """
        self._board.begin(blueprint.tick_seconds, tuple(blueprint.by_name))
        with Pictures(blueprint, self._board) as self._pictures:
            yield

    def wait_for_page(self, seconds: float) -> bool:
        """Wait until somebody has opened the page, at most so long; whether somebody has."""
        return self._board.wait_for_watchers(seconds)

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what was sent since the last call."""
        self._board.observe(until, emissions)
        if self._pictures is not None:
            self._pictures.observe(until, emissions)

    def close(self, verdict: str) -> None:
        """Say on the page how it ended."""
        self._board.close(verdict)
