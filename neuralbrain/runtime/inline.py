"""The inline runtime: every region in this process, in a straight line."""

import time

from neuralbrain.blueprint import Blueprint
from neuralbrain.profile import machine, profile
from neuralbrain.runtime.group import Group, observed
from neuralbrain.runtime.result import Observer, RunResult
from neuralbrain.runtime.slices import slice_length
from neuralbrain.runtime.trace import join


def run_inline(
    blueprint: Blueprint,
    seed: int,
    observers: tuple[Observer, ...],
    *,
    commit: bool,
    trace: bool,
    timed: bool,
) -> RunResult:
    """Run until the body's region stops. See `neuralbrain.runtime.run`."""
    begun = time.perf_counter()
    group = Group(blueprint, blueprint.by_name, seed, record=bool(observers), trace=trace, timed=timed)
    try:
        length, start = slice_length(blueprint), 0
        ready = time.perf_counter()
        while group.halt is None or start < group.halt:
            part = group.run(start, start + length)
            start = start + length if part.halt is None else min(start + length, part.halt)
            batch = observed([part])
            for observer in observers:
                observer.observe(start, batch)
        ended = time.perf_counter()
        if commit:
            group.commit()
        return RunResult(
            ticks=start,
            trace=join(group.digests()) if trace else "",
            stop=group.stop,
            start_seconds=ready - begun,
            wall_seconds=ended - ready,
            firings=group.firings(),
            region_seconds=group.spent(),
            profile=profile(),
            machines=(machine(),),
        )
    finally:
        group.close()
