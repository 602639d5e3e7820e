"""Runs groups by hand in a random legal order: what Ray does with processes, in one process."""

import random

from neuralbrain.blueprint import Blueprint
from neuralbrain.runtime.group import Group
from neuralbrain.runtime.parts import Emission, Packet, observed
from neuralbrain.runtime.slices import crossings, slice_length, slices_needed
from neuralbrain.runtime.trace import join


def run_in_any_order(
    blueprint: Blueprint, seed: int, choose: random.Random
) -> tuple[str, int, list[Emission]]:
    """Run whichever group may run next, chosen at random, as far ahead as it may."""
    length, delays = slice_length(blueprint), crossings(blueprint)
    groups = {name: Group(blueprint, members, seed) for name, members in blueprint.groups.items()}
    done = dict.fromkeys(groups, 0)
    boxes: dict[tuple[str, str], list[Packet]] = {pair: [] for pair in delays}
    taken = dict.fromkeys(delays, 0)
    parts = []

    def halted(name: str) -> bool:
        halt = groups[name].halt
        return halt is not None and done[name] * length >= halt

    while not all(halted(name) for name in groups):
        ready = [
            name
            for name in groups
            if not halted(name)
            and all(
                done[source] >= slices_needed(done[name], delay, length) or halted(source)
                for (source, target), delay in delays.items()
                if target == name
            )
        ]
        name = choose.choice(ready)
        k = done[name]
        for pair, delay in delays.items():
            if pair[1] == name:
                need = min(slices_needed(k, delay, length), len(boxes[pair]))
                groups[name].receive(boxes[pair][taken[pair] : need])
                taken[pair] = max(taken[pair], need)
        part = groups[name].run(k * length, (k + 1) * length)
        parts.append(part)
        for target, packet in part.packets.items():
            boxes[name, target].append(packet)
        done[name] += 1
    digests = {}
    for group in groups.values():
        digests |= group.digests()
    halts = {group.halt for group in groups.values()}
    assert len(halts) == 1, "everyone halts at the same tick"
    return join(digests), halts.pop() or 0, observed(parts)
