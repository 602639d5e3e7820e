"""The live view on a terminal: a picture that fits it, whatever its size, and leaves nothing half said.

From the top: what runs, the sentence, how far it is; the plan beside the regions; the newest news; a legend.
Where there is no room for all of the plan, the steps round the present one are shown, and it is said how many
are above and below. Text that is too long for its line goes on in the next.
"""

import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from neuralbrain.messages import Fallback, Step, TreeNode, steps
from neuralbrain.record.story import RecordedPlan, Story

if TYPE_CHECKING:
    from neuralbrain.runtime import Emission

MARKS = {
    "waiting": ("·", "dim"),
    "running": ("▶", "bold cyan"),
    "checking": ("?", "yellow"),
    "succeeded": ("✓", "green"),
    "failed": ("✗", "red"),
}
LEGEND = "· to do ▶ now ? checking ✓ done ✗ failed   █ sent of late (log), number: in all"
BAR = 20
"""Greatest length of a region's bar, characters."""
NEWS = 4
"""So many lines are kept for news, whatever else there is."""


class Picture:
    """An observer that draws a story as it grows.

    Args:
        title: What runs.
        tick_seconds: Simulated time of a tick, s.
        regions: The brain's regions, also those that never say anything.
    """

    def __init__(self, title: str, tick_seconds: float, regions: Sequence[str]) -> None:
        self._title, self._tick_seconds, self._names = title, tick_seconds, sorted(regions)
        self._story, self._begun, self._first = Story(), time.monotonic(), 0.0
        self._lock = threading.Lock()  # a thread of rich's draws

    def observe(self, until: int, emissions: "Sequence[Emission]") -> None:
        """Take in what is new; it is drawn a few times a second."""
        with self._lock:
            self._first = self._first or time.monotonic()
            self._story.observe(until, emissions)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw, in at most one line less than the terminal has: the cursor stands in that."""
        width, height = options.max_width, max(1, console.size.height - 1)
        with self._lock:
            head = _wrapped(console, self._head(), width)
            legend = _wrapped(console, [Text(LEGEND, style="dim")], width)
            room = height - len(head) - len(legend)
            middle = self._middle(console, width, max(1, room - NEWS - 1))
            lines = [*head, *middle, *self._news(console, width, max(1, room - len(middle))), *legend]
        yield from lines[-height:]

    def _head(self) -> Iterator[Text]:
        now, story = time.monotonic(), self._story
        yield Text(self._title, style="reverse")
        if not self._first:
            yield Text(f"starting the regions: {now - self._begun:.0f} s", style="cyan")
            return
        yield Text(story.instruction or "(no instruction yet)", style="bold")
        simulated, wall = story.until * self._tick_seconds, now - self._first
        pace = f", {simulated / wall:.1f} times real time" if wall > 1.0 else ""
        clock = f"{simulated:.1f} s simulated in {wall:.0f} s{pace}"
        if story.troubles:
            clock += f"; anomalies: {len(story.troubles)}, recovered: {story.recovered}"
        yield Text(clock, style="dim")

    def _middle(self, console: Console, width: int, room: int) -> list[Text]:
        """Return the plan and, at its right, the regions: in so many columns as it takes to show them all."""
        columns = -(-len(self._names) // room)
        rows = -(-len(self._names) // max(1, columns))
        cells = self._regions(max(1, min(BAR, width // 2 - 26)) if columns == 1 else 1)
        blocks = [cells[i : i + rows] for i in range(0, len(cells), max(1, rows))]
        left = max(1, width - sum(cell[0].cell_len + 2 for cell in blocks) - 1)
        blocks.insert(0, _window(console, self._plan(), left, room))
        for line in blocks[0]:
            line.pad_right(left - line.cell_len)
        lines = []
        for row in range(max(map(len, blocks))):
            found = [block[row] if row < len(block) else Text(" " * block[0].cell_len) for block in blocks]
            lines.append(Text("  ").join(found))
        return lines

    def _regions(self, length: int) -> list[Text]:
        """Return a line for each region; all are equally long."""
        story = self._story
        longest = max(map(len, self._names), default=0)
        most = math.log1p(max(story.activity.values(), default=1.0))
        lines = []
        for name in self._names:  # by the logarithm: some send at every tick, others twice a minute
            full = round(length * math.log1p(story.activity.get(name, 0.0)) / most)
            bar = ("█" * full + "·" * (length - full), "cyan")
            lines.append(Text.assemble(f"{name:<{longest}} ", bar, f" {_short(story.sent[name]):>4}"))
        return lines

    def _plan(self) -> list[Text]:
        plan = self._story.plan
        return [Text("no plan yet", style="dim")] if plan is None else list(_steps(plan, self._story))

    def _news(self, console: Console, width: int, room: int) -> list[Text]:
        """Return the newest news that has room; the newest of all is at the bottom."""
        longest = max(map(len, self._names), default=0)
        found: list[Text] = []
        for tick, region, line in reversed(self._story.news):
            style = "yellow" if line.startswith("anomaly") else "dim"
            start = f"{tick * self._tick_seconds:7.2f} s  {region:<{longest}}  "
            lines = list(Text(line, style=style).wrap(console, max(10, width - len(start))))
            for number, part in enumerate(lines):
                lines[number] = Text(" " * len(start) if number else start, style=style) + part
            if found and len(found) + len(lines) > room:
                break
            found = lines + found
        return [Text()] * (room - len(found)) + found[-room:]


def _steps(plan: RecordedPlan, story: Story) -> Iterator[Text]:
    """Yield a plan's lines; what else could be tried is told in one line until it is tried."""

    def state(step: Step) -> str:
        return story.state(plan.tree.plan, step.id)

    def walk(node: TreeNode, indent: str) -> Iterator[Text]:
        if isinstance(node, Step):
            mark, style = MARKS[state(node)]
            yield Text(f"{indent}{mark} {node}", style=style)
            return
        first, *others = node.children
        yield from walk(first, indent)
        for other in others:
            if not isinstance(node, Fallback):
                yield from walk(other, indent)
            elif all(state(step) == "waiting" for step in steps(other)):
                first_of_all, *more = steps(other)
                also = f", {len(more)} more" if more else ""
                yield Text(f"{indent}  or else: {first_of_all}{also}", style="dim")
            else:
                yield Text(f"{indent}  or else", style="dim")
                yield from walk(other, indent + "  ")

    yield Text.assemble((f"{plan.tree.plan}: ", "dim"), plan.tree.goal)
    yield from walk(plan.tree.root, "")


def _window(console: Console, lines: list[Text], width: int, room: int) -> list[Text]:
    """Return the heading and the lines round the present step, and how many stand above and below."""
    heading, *wrapped = ([*_wrapped(console, [line], width)] for line in lines)
    marks = [line.plain.lstrip()[:1] for line in lines[1:]]
    now = next((i for i, mark in enumerate(marks) if mark in "▶?"), None)
    if now is None:  # between two steps: the last that ended
        now = max((i for i, mark in enumerate(marks) if mark in "✓✗"), default=0)
    first, last = now, now + 1
    free = room - len(heading) - 2 - (len(wrapped[now]) if wrapped else 0)
    while True:  # grow below and above, in turn, while there is room
        grown = False
        if last < len(wrapped) and len(wrapped[last]) <= free:
            free, last, grown = free - len(wrapped[last]), last + 1, True
        if first > 0 and len(wrapped[first - 1]) <= free:
            free, first, grown = free - len(wrapped[first - 1]), first - 1, True
        if not grown:
            break
    above = [Text(f"  {first} above", style="dim")] * (first > 0)
    below = [Text(f"  {len(wrapped) - last} below", style="dim")] * (last < len(wrapped))
    return [*heading, *above, *(line for some in wrapped[first:last] for line in some), *below]


def _wrapped(console: Console, lines: Iterable[Text], width: int) -> list[Text]:
    """Return lines no longer than the width; what goes on is indented as its line is, and a little more."""
    found: list[Text] = []
    for line in lines:
        first, *rest = list(line.wrap(console, width)) or [Text()]
        found.append(first)
        if rest:
            indent = " " * min(width // 2, len(line.plain) - len(line.plain.lstrip()) + 2)
            begun = len(first.plain)
            tail = line[begun:]
            tail = tail[len(tail.plain) - len(tail.plain.lstrip()) :]
            found += [Text(indent) + part for part in tail.wrap(console, width - len(indent))]
    return found


def _short(number: int) -> str:
    """Return a count in at most four characters, up to a thousand million."""
    for unit in ("", "k", "M"):
        if number < 10_000:
            return f"{number}{unit}"
        number //= 1000
    return f"{number}G"
