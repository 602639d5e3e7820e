"""The message graph by itself: rings of the smallest regions, beside BriCA1's synchronous scheduler."""

import time
from collections.abc import Callable
from importlib.util import find_spec

from neuralbrain.agents.benchmarks.rings import ring
from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.profile import pin_threads
from neuralbrain.runtime.group import Group

SIZES = (3, 8, 32)
READ_BRICA = {3: 113_000.0, 8: 40_000.0, 32: 12_000.0}
"""Ticks/s of BriCA1 as measured on another day (two cores, Python 3.11), where it is not installed here."""


def measure(*, ticks: Count = 60_000, repeats: Count = 5) -> Table:
    """Measure ticks/s of rings of 3, 8 and 32 regions with and without the trace's hash.

    Each figure is the best of the repeats, in process time; the three candidates take turns, so that a busy
    machine hurts them alike. Building the graph is not counted.

    Args:
        ticks: Firings a repeat: the ring's size times its ticks.
        repeats: How often each is measured.
    """
    pin_threads()
    brica = find_spec("brica1") is not None
    rows: list[list[Cell]] = []
    reached: dict[str, bool] = {}
    for size in SIZES:
        steps = max(1, ticks // size)
        contenders: dict[str, Callable[[], float]] = {
            "plain": lambda size=size, steps=steps: _ours(size, steps, trace=False),  # type: ignore[misc]
            "hashed": lambda size=size, steps=steps: _ours(size, steps, trace=True),  # type: ignore[misc]
        }
        if brica:
            contenders["brica"] = lambda size=size, steps=steps: _brica(size, steps)  # type: ignore[misc]
        best = dict.fromkeys(contenders, 0.0)
        for _ in range(repeats):
            for name, measure in contenders.items():
                best[name] = max(best[name], measure())
        other = best.get("brica", READ_BRICA[size])
        rows.append(
            [
                size,
                round(best["plain"]),
                round(best["hashed"]),
                round(other),
                round(best["plain"] / other, 2),
                round(best["hashed"] / other, 2),
            ]
        )
        reached[f"{size} regions, no hash: at least 1.0"] = best["plain"] >= other
        reached[f"{size} regions, hash: at least 0.7"] = best["hashed"] >= 0.7 * other
    return Table(
        title="Message graph: ticks/s of a ring, every region firing every tick",
        columns=["regions", "no hash", "hash", "BriCA1", "no hash / BriCA1", "hash / BriCA1"],
        rows=rows,
        notes=[
            f"Best of {repeats}, process time, taking turns; {ticks} firings each; delay 1 all round.",
            "BriCA1: VirtualTimeSyncScheduler, measured in this run; it hashes nothing and checks no types."
            if brica
            else "BriCA1 is not installed (pip install brica1): its figures were measured on another day.",
        ],
        reached=reached,
    )


def _ours(size: int, ticks: int, *, trace: bool) -> float:
    blueprint = ring(size, ticks)
    group = Group(blueprint, blueprint.by_name, 0, record=False, trace=trace)
    begun = time.process_time()
    group.advance(0, ticks)
    return ticks / (time.process_time() - begun)


def _brica(size: int, ticks: int) -> float:
    import brica1  # noqa: PLC0415 - only this benchmark wants it

    class Adder(brica1.Component):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.make_in_port("in", 1)
            self.make_out_port("out", 1)

        def fire(self) -> None:
            self.results["out"] = self.inputs["in"] + 1.0

    module = brica1.Module()
    ring_of = [Adder() for _ in range(size)]
    for index, component in enumerate(ring_of):
        module.add_component(f"c{index:02d}", component)
    for index, component in enumerate(ring_of):
        brica1.connect((component, "out"), (ring_of[(index + 1) % size], "in"))
    agent = brica1.Agent()
    agent.add_submodule("ring", module)
    scheduler = brica1.VirtualTimeSyncScheduler(agent)
    begun = time.process_time()
    for _ in range(ticks):
        scheduler.step()
    return ticks / (time.process_time() - begun)
