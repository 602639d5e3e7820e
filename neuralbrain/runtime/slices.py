"""When groups meet: the slice, and which slices must be finished before one may run.

As in NEST, where the smallest synaptic delay plays this part, groups meet only every L ticks. Slice k
covers the ticks from k·L to (k + 1)·L - 1. What is sent at s over a delay d arrives at s + d, so a group
may run its slice k once every group that feeds it over delay d has finished all ticks s with
s + d < (k + 1)·L. The halt counts as a projection from the body's group to every other.
"""

from neuralbrain.blueprint import Blueprint


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


def slices_needed(k: int, delay: int, length: int) -> int:
    """Return how many slices, from the first, a feeding group must have finished before slice k may run.

    Args:
        k: The slice that is to run, from 0.
        delay: The smallest delay from that group to this one, ticks, at least ``length``.
        length: L, ticks.
    """
    ticks = (k + 1) * length - delay
    return max(0, -(-ticks // length))
