"""Robots swim again as they swam, for people to see."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from neuralbrain.nanorobots.messages import Chemosense, MovesReport
from neuralbrain.record.rerun import Seen
from neuralbrain.runtime import Emission

DEAR = 2
"""A picture of robots in their field takes long to draw: so many times fewer are made."""


def moments(motion: Iterable[Emission]) -> Iterator[tuple[Chemosense, MovesReport | None]]:
    """Yield what was sensed, each time with what had been done before; at first nothing had."""
    report: MovesReport | None = None
    for emission in motion:
        if isinstance(emission.message, MovesReport):
            report = emission.message
        elif isinstance(emission.message, Chemosense):
            yield emission.message, report


def again(env: Any, motion: Sequence[Emission], pictures: int) -> Seen:
    """Move robots as they were moved, from report to percept; see `neuralbrain.record.rerun.rerun`."""
    body, steps, seen = env.body, list(moments(motion)), []
    stride = DEAR * max(2, -(-len(steps) // pictures))
    path = np.empty((len(steps), *body.places().shape), np.float32)
    for number, (percept, report) in enumerate(steps):
        if report is not None:
            body.act(report.actions)
        if not np.array_equal(body.sense().molecules, percept.molecules):
            return []
        path[number] = body.places()
        if number % stride == 0 or number == len(steps) - 1:
            seen.append((percept.tick, body.picture(path[: number + 1])))
    return seen
