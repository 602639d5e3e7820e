"""When groups meet: the slice, and what must have come from others before one may run.

As in NEST, where the smallest synaptic delay plays this part, groups meet only every L ticks; a slice is L
ticks long, or shorter where somebody wants to stop. What is sent at s over a delay d arrives at s + d, so a
group may run the ticks before b once every group that feeds it over delay d has finished all ticks s with
s + d < b. The halt counts as a projection from the body's group to every other.
"""

import sys
from collections import deque
from collections.abc import Mapping
from typing import Any

from neuralbrain.blueprint import Blueprint

FOREVER = sys.maxsize
"""After every tick."""


def crossings(blueprint: Blueprint) -> dict[tuple[str, str], int]:
    """Return the smallest delay from group to group, ticks, for each ordered pair that is joined."""
    group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
    found: dict[tuple[str, str], int] = {}
    body = group_of[blueprint.body]
    for group in blueprint.groups:
        if group != body:
            found[body, group] = blueprint.stop_delay
    for projection in blueprint.ordered_projections:
        pair = group_of[projection.source_region], group_of[projection.target_region]
        if pair[0] != pair[1]:
            found[pair] = min(projection.delay, found.get(pair, projection.delay))
    return dict(sorted(found.items()))


def slice_length(blueprint: Blueprint) -> int:
    """Return L, ticks: the smallest delay between groups, or the stop delay where there is one group."""
    return min(crossings(blueprint).values(), default=blueprint.stop_delay)


class Post:
    """Packets between groups, each kept until its receiver needs it.

    Args:
        delays: What `crossings` returns.
    """

    def __init__(self, delays: Mapping[tuple[str, str], int]) -> None:
        self._delays = delays
        self._waiting: dict[tuple[str, str], deque[tuple[int, Any]]] = {pair: deque() for pair in delays}

    def put(self, source: str, target: str, start: int, packet: Any) -> None:
        """Keep what a group sends to another in its slice that starts at tick ``start``."""
        self._waiting[source, target].append((start, packet))

    def due(self, target: str, stop: int) -> list[Any]:
        """Take out all that a group must have to run the ticks before ``stop``."""
        packets = []
        for pair, delay in self._delays.items():
            waiting = self._waiting[pair]
            while pair[1] == target and waiting and waiting[0][0] + delay < stop:
                packets.append(waiting.popleft()[1])
        return packets

    def rest(self, target: str) -> list[Any]:
        """Take out all that waits for a group."""
        return self.due(target, FOREVER)
