"""Live pictures: a second body in this process does what the first one does, and is looked at.

The first body may live in another process, and its cameras are the brain's: they take a picture where the
brain needs one, a few times a minute. The second one follows the reports of the body's region, as that of the
video does (`neuralbrain.record.rerun`), and costs the run nothing but the processor's time. Where
there is none, or it does not do the same, the pictures that the brain itself took are shown.
"""

import io
import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neuralbrain.blueprint import Blueprint
from neuralbrain.embodiment import embodiments
from neuralbrain.messages import CameraFrame
from neuralbrain.record.rerun import Mirror, mirror_of
from neuralbrain.record.sights import Arrow
from neuralbrain.runtime import Emission
from neuralbrain.view.board import Board

SECONDS = 0.2
"""At most every so often a picture is drawn, s."""
SHARE = 0.4
"""At most this share of the time is spent on drawing: a swarm takes long to draw."""
LIVE = "live"


class Pictures:
    """An observer that draws the world for a board, in a thread of its own; use it in a ``with``.

    Args:
        blueprint: The brain, set into its world.
        board: Where to show them.
    """

    def __init__(self, blueprint: Blueprint, board: Board) -> None:
        self._board = board
        self._spec = blueprint.by_name[blueprint.body]
        self._tick_seconds = blueprint.tick_seconds
        self._sent: SimpleQueue[Emission | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Pictures":
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._sent.put(None)
        self._thread.join()

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what the body's region sent."""
        for emission in emissions:
            if emission.region == self._spec.name:
                self._sent.put(emission)

    def _run(self) -> None:
        embodiment = embodiments().get(self._spec.type.partition(".")[0])
        if embodiment is None or not embodiment.rerun:
            self._show_frames()
            return
        try:
            with mirror_of(embodiment, self._spec.config) as mirror:
                on = mirror is None or self._follow(mirror)
        except Exception:  # somebody's drawing that fails is no reason to end a run
            on = True
        if on:
            self._board.caption("no longer live")
            self._show_frames()

    def _follow(self, mirror: Mirror) -> bool:
        """Draw the second body; whether the run goes on without it, since it does not do the same."""
        fresh, due = True, 0.0
        while True:
            if fresh and self._board.watchers and time.monotonic() >= due:
                begun = time.monotonic()
                sight = mirror.sight()
                self._board.show(_jpeg(sight.rgb), sight.arrows, LIVE)
                fresh, due = False, begun + max(SECONDS, (time.monotonic() - begun) / SHARE)
            if fresh and self._sent.empty():
                time.sleep(SECONDS / 4)
                continue
            emission = self._sent.get()
            if emission is None:
                if fresh and self._board.watchers:
                    sight = mirror.sight()
                    self._board.show(_jpeg(sight.rgb), sight.arrows, LIVE)
                return False
            if not isinstance(emission.message, CameraFrame):
                if not mirror.follow(emission):
                    return True
                fresh = True

    def _show_frames(self) -> None:
        """Show what the brain itself sees."""
        while emission := self._sent.get():
            message: Any = emission.message
            if isinstance(message, CameraFrame):
                arrows: tuple[Arrow, ...] = ()
                note = f"{message.camera} camera at {message.tick * self._tick_seconds:.1f} s"
                self._board.show(_jpeg(message.rgb), arrows, note)


def _jpeg(rgb: NDArray[np.uint8]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, "JPEG", quality=88)
    return stream.getvalue()
