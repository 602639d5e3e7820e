"""The timeline of an episode as inline SVG: steps, anomalies, and which regions spoke when."""

import math
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup, escape

from neuralbrain.record.story import Story

WIDTH, LEFT, ROW, BAR = 960, 230, 20, 13
"""Of the picture, of the column of names, of a row, of a bar; pixels."""
BINS = 160
"""Time slots, at most, in which a region's messages are counted."""


def timeline(story: Story, activity: Mapping[str, Sequence[int]], tick_seconds: float) -> Markup:
    """Return the picture.

    Args:
        story: What happened.
        activity: Region -> the ticks at which it sent something.
        tick_seconds: Simulated time of a tick, s.
    """
    end = max(1, story.until, *(ticks[-1] + 1 for ticks in activity.values() if ticks))
    steps = list(dict.fromkeys((a.plan, a.step) for a in story.attempts))
    rows = [story.label(*step) for step in steps] + [""] * bool(steps) + sorted(activity)
    height = ROW * (len(rows) + 2)

    def x(tick: float) -> float:
        return round(LEFT + (WIDTH - LEFT - 20) * tick / end, 1)

    parts = [f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="timeline">']
    for second in _ruler(end * tick_seconds):
        at = x(second / tick_seconds)
        parts.append(f'<line class="grid" x1="{at}" y1="{ROW}" x2="{at}" y2="{height - ROW}"/>')
        parts.append(f'<text class="ruler" x="{at}" y="{height - 5}">{second:g} s</text>')
    for number, name in enumerate(rows):
        parts.append(
            f'<text class="name" x="{LEFT - 8}" y="{ROW * (number + 1) + BAR - 2}">{escape(name)}</text>'
        )
    for attempt in story.attempts:
        y = ROW * (steps.index((attempt.plan, attempt.step)) + 1)
        begin = x(attempt.begun)
        width = max(2.0, x(end if attempt.ended is None else attempt.ended) - begin)
        label = story.label(attempt.plan, attempt.step)
        note = f"{label}, try {attempt.number}: {attempt.state} {attempt.reason}".rstrip()
        parts.append(
            f'<rect class="{attempt.state}" x="{begin}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3">'
            f"<title>{escape(note)}</title></rect>"
        )
    offset = len(rows) - len(activity)
    for number, name in enumerate(sorted(activity)):
        parts += _density(activity[name], end, ROW * (offset + number + 1), x(end) - LEFT)
    for trouble in story.troubles:
        at, anomaly = x(trouble.tick), trouble.anomaly
        fate = "recovered" if trouble.recovered else "not recovered"
        note = f"{anomaly.level}: {anomaly.what} ({fate})"
        parts.append(
            f'<path class="anomaly {fate.replace(" ", "-")}" d="M{at} {ROW - 3}l-6 -11h12z">'
            f"<title>{escape(note)}</title></path>"
            f'<line class="anomaly" x1="{at}" y1="{ROW}" x2="{at}" y2="{height - ROW}"/>'
        )
    return Markup("\n".join([*parts, "</svg>"]))


def _density(ticks: Sequence[int], end: int, y: int, width: float) -> Iterator[str]:
    """Yield a strip whose darkness says how much a region sent, against its own busiest moment."""
    bins = min(BINS, end)
    counts = [0] * bins
    for tick in ticks:
        counts[tick * bins // end] += 1
    most, slot = max(counts), width / bins
    for number, count in enumerate(counts):
        if count:
            yield (
                f'<rect class="spike" x="{LEFT + number * slot:.1f}" y="{y}" width="{slot + 0.2:.1f}" '
                f'height="{BAR}" opacity="{0.25 + 0.75 * count / most:.2f}"/>'
            )


def _ruler(seconds: float) -> list[float]:
    """Return about eight round times from 0 to the end, s."""
    round_ones = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
    step = next((s for s in round_ones if seconds / s <= 10), 10.0 ** math.ceil(math.log10(seconds / 10)))
    return [number * step for number in range(int(seconds / step) + 1)]
