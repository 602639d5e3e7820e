"""What the page shows: it is written by the run, and read by whoever has the page open."""

import base64
import contextlib
import math
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from neuralbrain.messages import ExecutionTree, Fallback, TreeNode
from neuralbrain.messages import Step as StepNode
from neuralbrain.record.sights import Arrow
from neuralbrain.record.story import Story
from neuralbrain.runtime import Emission

LINES = 200
"""At most so many lines of the dialogue are shown, the newest."""


class Board:
    """An observer that tells a run's story to pages; its methods may be called from any thread.

    Args:
        title: What runs.
        talks: Whether a person may type.
    """

    def __init__(self, title: str, talks: bool) -> None:
        self._title, self._talks, self._tick_seconds = title, talks, 1.0
        self._story, self._regions = Story(), list[str]()
        self._begun, self._over = False, ""
        self._jpeg, self._arrows, self._pictures, self._note = b"", tuple[Arrow, ...](), 0, ""
        self._version, self._watchers = 0, 0
        self._changed = threading.Condition()

    # ---- what the run does

    def begin(self, tick_seconds: float, regions: Sequence[str]) -> None:
        """Say that the regions are there, and which."""
        with self._change():
            self._begun, self._tick_seconds, self._regions = True, tick_seconds, sorted(regions)

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what was sent since the last call."""
        with self._change():
            self._story.observe(until, emissions)

    def show(self, jpeg: bytes, arrows: Sequence[Arrow], note: str) -> None:
        """Show a picture, with the directions in it and what it is."""
        with self._change():
            self._jpeg, self._arrows, self._note = jpeg, tuple(arrows), note
            self._pictures += 1

    def caption(self, note: str) -> None:
        """Say what the picture that is shown is now."""
        with self._change():
            self._note = note

    def close(self, verdict: str) -> None:
        """Say that it is over, and how; pages then stop listening."""
        with self._change():
            self._over = self._over or verdict

    # ---- what pages do

    @property
    def watchers(self) -> int:
        """How many pages are open."""
        return self._watchers

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Count a page that is open."""
        with self._change():
            self._watchers += 1
        try:
            yield
        finally:
            with self._change():
                self._watchers -= 1

    def wait_for_watchers(self, seconds: float) -> bool:
        """Wait until a page is open, at most so long; whether one is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._watchers > 0, seconds)

    def news(self, version: int, picture: int, seconds: float) -> tuple[int, int, dict[str, Any] | None]:
        """Wait for something new.

        Args:
            version: What the page knows; -1 for nothing.
            picture: Which picture it has.
            seconds: How long to wait.

        Returns:
            The version and picture that it knows then, and what to show; None if nothing is new.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._version != version, seconds):
                return version, picture, None
            shown = self._shown()
            if self._pictures != picture:
                shown["picture"] = "data:image/jpeg;base64," + base64.b64encode(self._jpeg).decode()
            return self._version, self._pictures, shown

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            yield
            self._version += 1
            self._changed.notify_all()

    def _shown(self) -> dict[str, Any]:
        story, tick = self._story, self._tick_seconds
        acting = bool(story.dialogue) and story.outcome is None
        plan = story.plan
        most = math.log1p(max(story.activity.values(), default=1.0))
        return {
            "title": self._title,
            "seconds": round(story.until * tick, 2),
            "status": ("acting" if acting else "listening") if self._begun else "starting",
            "talks": self._talks,
            "over": self._over,
            "note": self._note,
            "arrows": [{"word": a.word, "start": a.start, "end": a.end} for a in self._arrows],
            "plan": None
            if plan is None
            else {"goal": plan.tree.goal, "nodes": list(_nodes(plan.tree, story))},
            "regions": [  # by the logarithm: some send at every tick, others twice a minute
                {
                    "name": name,
                    "share": round(math.log1p(story.activity.get(name, 0.0)) / most, 3),
                    "sent": story.sent[name],
                }
                for name in self._regions
            ],
            "dialogue": [
                line.as_dict() | {"seconds": round(line.tick * tick, 2)} for line in story.dialogue[-LINES:]
            ],
        }


def _nodes(tree: ExecutionTree, story: Story) -> Iterator[dict[str, Any]]:
    """Yield the lines of a plan; ``depth`` counts the fallbacks above."""

    def walk(node: TreeNode, depth: int) -> Iterator[dict[str, Any]]:
        if isinstance(node, StepNode):
            yield {"label": str(node), "state": story.state(tree.plan, node.id), "depth": depth}
            return
        first, *others = node.children
        yield from walk(first, depth)
        if isinstance(node, Fallback):
            yield {"label": "or else", "state": "", "depth": depth}
        for child in others:
            yield from walk(child, depth + isinstance(node, Fallback))

    return walk(tree.root, 0)
