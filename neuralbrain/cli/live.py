"""The live view of a running episode: on a terminal a picture that keeps moving, elsewhere plain lines."""

import contextlib
import math
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from neuralbrain.cli.terminal import progress
from neuralbrain.messages import ExecutionTree, Fallback, Step
from neuralbrain.messages import Sequence as InOrder
from neuralbrain.record.story import Story

if TYPE_CHECKING:
    from neuralbrain.runtime import Emission, Observer

FRAMES_PER_SECOND = 5
SILENCE_SECONDS = 20.0
"""The plain view says that it is still there after so long without news, s."""
BAR = 24
"""Width of a region's activity bar, characters."""
LINES = 5
"""How many of the newest lines of news are shown."""

MARKS = {
    "waiting": ("·", "dim"),
    "running": ("▶", "bold cyan"),
    "checking": ("?", "yellow"),
    "succeeded": ("✓", "green"),
    "failed": ("✗", "red"),
}


class View(Protocol):
    """Shows a story that grows."""

    def observe(self, until: int, emissions: "Sequence[Emission]") -> None:
        """Take in what was sent since the last call."""


@contextlib.contextmanager
def watch(title: str, tick_seconds: float, quiet: bool = False) -> Iterator["Observer"]:
    """Show an episode while it runs.

    Args:
        title: What runs.
        tick_seconds: Simulated time of a tick, s.
        quiet: Whether to show nothing.

    Yields:
        The observer to give to the run.
    """
    console = progress()
    if quiet:
        yield Story()
    elif console.is_terminal:
        picture = Picture(title, tick_seconds)
        with Live(
            get_renderable=picture.render,
            console=console,
            refresh_per_second=FRAMES_PER_SECOND,
        ):
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


class Picture:
    """The view on a terminal: the plan with the state of its steps, the regions at work, time, news.

    Args:
        title: What runs.
        tick_seconds: Simulated time of a tick, s.
    """

    def __init__(self, title: str, tick_seconds: float) -> None:
        self._title, self._tick_seconds = title, tick_seconds
        self._story, self._begun, self._first = Story(), time.monotonic(), 0.0
        self._lock = threading.Lock()  # a thread of rich's draws

    def observe(self, until: int, emissions: "Sequence[Emission]") -> None:
        """Take in what is new; it is drawn a few times a second."""
        with self._lock:
            self._first = self._first or time.monotonic()
            self._story.observe(until, emissions)

    def render(self) -> RenderableType:
        """Draw."""
        with self._lock:
            return Panel(
                Group(self._head(), Text(), self._plan(), Text(), self._regions(), Text(), self._news()),
                title=Text(self._title),
                title_align="left",
            )

    def _head(self) -> RenderableType:
        now, story = time.monotonic(), self._story
        if not self._first:
            return Text(f"starting the regions ... {now - self._begun:.0f} s", style="cyan")
        simulated, wall = story.until * self._tick_seconds, now - self._first
        pace = f", {simulated / wall:.1f} times real time" if wall > 1.0 else ""
        clock = f"{simulated:.1f} s simulated in {wall:.0f} s{pace}"
        if story.troubles:
            clock += f"; anomalies: {len(story.troubles)}, recovered: {story.recovered}"
        return Text.assemble((story.instruction or "(no instruction yet)", "bold"), "\n", (clock, "dim"))

    def _plan(self) -> RenderableType:
        plan = self._story.plan
        if plan is None:
            return Text("no plan yet", style="dim")
        heading = Text.assemble((f"plan {plan.tree.plan} ", "dim"), plan.tree.goal)
        tree = Tree(heading)
        _grow(tree, plan.tree.root, plan.tree, self._story)
        return tree

    def _regions(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        story = self._story
        most = math.log1p(max(story.activity.values(), default=1.0))
        for region in sorted(story.sent):  # by the logarithm: some send at every tick, others twice a minute
            length = round(BAR * math.log1p(story.activity[region]) / most)
            table.add_row(
                region, Text("█" * length + "·" * (BAR - length), style="cyan"), str(story.sent[region])
            )
        return table

    def _news(self) -> RenderableType:
        text = Text(style="dim", no_wrap=True, overflow="ellipsis")
        for tick, region, line in self._story.news[-LINES:]:
            style = "yellow" if line.startswith("anomaly") else "dim"
            text.append(f"{tick * self._tick_seconds:7.2f} s  {region:<15} {line}\n", style=style)
        return text


def _grow(branch: Tree, node: Step | InOrder | Fallback, tree: ExecutionTree, story: Story) -> None:
    """Draw a node of the plan under a branch."""
    if isinstance(node, Step):
        mark, style = MARKS[story.state(tree.plan, node.id)]
        branch.add(Text(f"{mark} {node}", style=style))
        return
    first, *others = node.children
    _grow(branch, first, tree, story)
    if isinstance(node, Fallback):
        branch = branch.add(Text("or else", style="dim"))
    for child in others:
        _grow(branch, child, tree, story)
