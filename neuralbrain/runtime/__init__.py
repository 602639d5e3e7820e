"""Runs a brain: in this process, or as a graph of Ray actors; the trace is the same."""

from collections.abc import Mapping, Sequence
from types import NoneType

from neuralbrain.arguments import expect, run_seed
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import UnknownNameError
from neuralbrain.interruption import Postponed
from neuralbrain.runtime.injection import Injection, spoken
from neuralbrain.runtime.parts import Emission
from neuralbrain.runtime.result import Observer, RunResult, watchers
from neuralbrain.runtime.session import Session
from neuralbrain.runtime.snapshot import Snapshot, given

RUNTIMES = ("inline", "ray")

__all__ = [
    "RUNTIMES",
    "Emission",
    "Injection",
    "Observer",
    "RunResult",
    "Session",
    "Snapshot",
    "given",
    "open_session",
    "resume",
    "run_brain",
    "spoken",
    "watchers",
]


def run_brain(
    blueprint: Blueprint,
    seed: int,
    *,
    runtime: str = "inline",
    address: str | None = None,
    observers: Sequence[Observer] = (),
    commit: bool = True,
    trace: bool = True,
    timed: bool = False,
    injections: Sequence[Injection] = (),
    until: int | None = None,
) -> RunResult:
    """Run one episode, until the body's region stops.

    The contract: same blueprint, seed, body, memory snapshot, injections and library versions give the same
    trace, byte for byte, in either runtime and under any grouping.

    Args:
        blueprint: The brain.
        seed: The run's seed, from 0 to 2**32 - 1.
        runtime: "inline" or "ray".
        address: Of a Ray cluster ("host:port", "ray://host:port" or "auto"); None starts a local one.
        observers: They see everything sent, in order, as soon as every group has passed it.
        commit: Whether regions may make lasting effects (memories) at the end; a replay says no.
        trace: Whether to hash the trace; only benchmarks say no.
        timed: Whether to measure each region's wall time.
        injections: What comes from outside, in order of tick: a `Session`'s, to replay it.
        until: The tick before which a person ended it; None: nobody did.

    Raises:
        UnknownNameError: No runtime of that name.
        RuntimeUnavailableError: Ray cannot be started or reached, or an actor died.
        NeuralBrainError: A region or the body refused to go on.
    """
    with open_session(
        blueprint, seed, runtime=runtime, address=address, observers=observers, trace=trace, timed=timed
    ) as session:
        for injection in injections:
            session.advance(injection.tick)
            session.inject(injection.region, injection.port, injection.message)
        session.advance(until)
        return session.finish(commit)


def open_session(
    blueprint: Blueprint,
    seed: int,
    *,
    runtime: str = "inline",
    address: str | None = None,
    observers: Sequence[Observer] = (),
    trace: bool = True,
    timed: bool = False,
    snapshot: Snapshot | None = None,
) -> Session:
    """Return a run that is held, before tick 0 or where a snapshot was taken. Close it.

    Args:
        blueprint: The brain.
        seed: The run's seed, from 0 to 2**32 - 1.
        runtime: "inline" or "ray".
        address: As in `run`.
        observers: Likewise.
        trace: Likewise.
        timed: Likewise.
        snapshot: What to go on from; `resume` takes brain and seed from it.

    Raises:
        UnknownNameError: No runtime of that name.
        ConfigurationError: Something else of these cannot be.
        RuntimeUnavailableError: Ray cannot be started or reached.
        NeuralBrainError: A region or the body refused to begin.
    """
    expect("the brain", blueprint, Blueprint, "a Blueprint")
    expect("the address of Ray", address, (str, NoneType), 'None or "host:port"')
    seed = run_seed(seed)
    if runtime not in RUNTIMES:
        raise UnknownNameError("runtime", runtime, RUNTIMES)
    session: Session
    with Postponed() as interruption:  # an import that is broken off cannot be made again
        if runtime == "inline":
            from neuralbrain.runtime.inline import InlineSession  # noqa: PLC0415 - each loads what it needs

            session = InlineSession(
                blueprint, seed, observers=observers, trace=trace, timed=timed, snapshot=snapshot
            )
        else:
            from neuralbrain.runtime.ray import RaySession  # noqa: PLC0415 - half a second to import

            session = RaySession(
                blueprint,
                seed,
                observers=observers,
                trace=trace,
                timed=timed,
                snapshot=snapshot,
                address=address,
            )
        if interruption:
            session.close()
    return session


def resume(
    snapshot: Snapshot,
    *,
    runtime: str = "inline",
    address: str | None = None,
    observers: Sequence[Observer] = (),
    timed: bool = False,
    groups: Mapping[str, str] | None = None,
) -> Session:
    """Return a session that goes on from a snapshot, in any process, on either runtime. Close it.

    Args:
        snapshot: What a session's `snapshot` returned.
        runtime: "inline" or "ray", whichever took it.
        address: As in `run`.
        observers: They see what is sent from there on.
        timed: As in `run`.
        groups: Another grouping, region name -> group name; None: as it was.

    Raises:
        ConfigurationError: The snapshot has a format that this version does not read, or was changed since
            it was taken; or there is no such region.
        NeuralBrainError: As in `open_session`.
    """
    return open_session(
        given(snapshot).brain(groups),
        snapshot.seed,
        runtime=runtime,
        address=address,
        observers=observers,
        trace=snapshot.trace,
        timed=timed,
        snapshot=snapshot,
    )
