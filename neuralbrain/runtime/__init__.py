"""Runs a brain: in this process, or as a graph of Ray actors; the trace is the same."""

from collections.abc import Sequence

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import UnknownNameError
from neuralbrain.runtime.group import Emission
from neuralbrain.runtime.result import Observer, RunResult

RUNTIMES = ("inline", "ray")

__all__ = ["RUNTIMES", "Emission", "Observer", "RunResult", "run"]


def run(
    blueprint: Blueprint,
    seed: int,
    *,
    runtime: str = "inline",
    address: str | None = None,
    observers: Sequence[Observer] = (),
    commit: bool = True,
    trace: bool = True,
    timed: bool = False,
) -> RunResult:
    """Run one episode, until the body's region stops.

    The contract: same blueprint, seed, body, memory snapshot and library versions give the same trace,
    byte for byte, in either runtime and under any grouping.

    Args:
        blueprint: The brain.
        seed: The run's seed, at least 0.
        runtime: "inline" or "ray".
        address: Of a Ray cluster ("host:port", "ray://host:port" or "auto"); None starts a local one.
        observers: They see everything sent, in order, as soon as every group has passed it.
        commit: Whether regions may make lasting effects (memories) at the end; a replay says no.
        trace: Whether to hash the trace; only benchmarks say no.
        timed: Whether to measure each region's wall time.

    Raises:
        UnknownNameError: No runtime of that name.
        RuntimeUnavailableError: Ray cannot be started or reached, or an actor died.
        NeuralBrainError: A region or the body refused to go on.
    """
    if runtime == "inline":
        from neuralbrain.runtime.inline import run_inline  # noqa: PLC0415 - each runtime loads what it needs

        return run_inline(blueprint, seed, tuple(observers), commit=commit, trace=trace, timed=timed)
    if runtime == "ray":
        from neuralbrain.runtime.ray import run_ray  # noqa: PLC0415 - ray takes half a second to import

        return run_ray(
            blueprint, seed, tuple(observers), address=address, commit=commit, trace=trace, timed=timed
        )
    raise UnknownNameError("runtime", runtime, RUNTIMES)
