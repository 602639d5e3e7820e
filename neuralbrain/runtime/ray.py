"""The Ray runtime: one actor a group, one actor call a group a slice.

The driver only orders. It hands each call the references of the packets that it needs; the packets
themselves pass from actor to actor. Ray runs an actor's calls in the order in which they were submitted and
each as soon as its packets are there, so a group is never held up by a group that does not feed it. A
window bounds how far anyone runs ahead of the slowest.
"""

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the coming default; the old one warns

import ray
import ray.exceptions

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import NeuralBrainError, RuntimeUnavailableError
from neuralbrain.profile import joined, machine, pin_xla, profile
from neuralbrain.runtime.group import Group, Packet, Slice, observed
from neuralbrain.runtime.result import Observer, RunResult
from neuralbrain.runtime.slices import crossings, slice_length, slices_needed
from neuralbrain.runtime.trace import join

WINDOW = 4
"""Slices that may be under way beyond the last one that everybody has finished."""
CONNECT_SECONDS = 20.0
"""How long to wait for a cluster before giving up, s."""
HINT = "check the address (host:port), leave --ray-address out to start Ray here, or use --runtime inline"
START_SECONDS = 120.0
"""How long to wait for a local Ray and its actors to start, s."""


class _GroupActor:
    """A group in a process of its own."""

    def __init__(
        self,
        blueprint: dict[str, Any],
        group: str,
        seed: int,
        record: bool,
        trace: bool,
        timed: bool,
        xla_flags: str,
    ) -> None:
        pin_xla(xla_flags)  # the driver's: a worker of a cluster has the environment of its own machine
        plan = Blueprint.model_validate(blueprint)
        self._build = partial(Group, plan, plan.groups[group], seed, record=record, trace=trace, timed=timed)

    def build(self) -> tuple[str, ...]:
        """Build the group and return its targets. Not in ``__init__``: Ray would hide what is raised."""
        self._group = self._build()
        return self._group.targets

    def run(self, start: int, stop: int, *packets: Packet) -> Slice | list[Slice | Packet]:
        """Run a slice; return it without its packets, then one packet for each target.

        Each is an object of its own in Ray's store, so that a packet goes to its target alone. Where there
        is no target Ray expects the bare slice.
        """
        self._group.receive(packets)
        part = self._group.run(start, stop)
        summary = Slice({}, part.emissions, part.halt)
        return [summary, *(part.packets[name] for name in self._group.targets)] if part.packets else summary

    def finish(self, commit: bool) -> dict[str, Any]:
        group = self._group
        if commit:
            group.commit()
        return {
            "digests": group.digests(),
            "stop": group.stop,
            "firings": group.firings(),
            "spent": group.spent(),
            "profile": profile(),
            "machine": machine(),
        }

    def close(self) -> None:
        self._group.close()


def run_ray(
    blueprint: Blueprint,
    seed: int,
    observers: tuple[Observer, ...],
    *,
    address: str | None,
    commit: bool,
    trace: bool,
    timed: bool,
) -> RunResult:
    """Run until the body's region stops. See `neuralbrain.runtime.run`."""
    begun = time.perf_counter()
    with session(address), _own_errors():
        actor_class = ray.remote(_GroupActor)
        plain = blueprint.model_dump(by_alias=True)
        flags = os.environ.get("XLA_FLAGS", "")
        actors: dict[str, Any] = {
            name: actor_class.remote(plain, name, seed, bool(observers), trace, timed, flags)
            for name in blueprint.groups
        }
        try:
            targets = dict(
                zip(
                    actors,
                    ray.get([actor.build.remote() for actor in actors.values()], timeout=START_SECONDS),
                    strict=True,
                )
            )
            ready = time.perf_counter()
            ticks = _order(blueprint, actors, targets, observers)
            ended = time.perf_counter()
            ends = ray.get([actor.finish.remote(commit) for actor in actors.values()])
        finally:
            _stop(actors)
    merged: dict[str, dict[str, Any]] = {"digests": {}, "firings": {}, "spent": {}}
    for end in ends:
        for key, into in merged.items():
            into.update(end[key])
    return RunResult(
        ticks=ticks,
        trace=join(merged["digests"]) if trace else "",
        stop=next((end["stop"] for end in ends if end["stop"] is not None), None),
        start_seconds=ready - begun,
        wall_seconds=ended - ready,
        firings=dict(sorted(merged["firings"].items())),
        region_seconds=dict(sorted(merged["spent"].items())),
        profile=joined(end["profile"] for end in ends),
        machines=tuple(sorted({end["machine"] for end in ends})),
    )


def _order(
    blueprint: Blueprint,
    actors: dict[str, Any],
    targets: dict[str, tuple[str, ...]],
    observers: tuple[Observer, ...],
) -> int:
    """Submit slice after slice in dependency order until everyone has halted; return the ticks run."""
    length, delays = slice_length(blueprint), crossings(blueprint)
    calls = {name: actor.run.options(num_returns=1 + len(targets[name])) for name, actor in actors.items()}
    sent: dict[tuple[str, str], list[Any]] = {pair: [] for pair in delays}
    passed = dict.fromkeys(delays, 0)
    under_way: list[list[Any]] = []
    for k in count():
        summaries = []
        for name, call in calls.items():
            packets = []
            for pair, delay in delays.items():
                if pair[1] == name:
                    fresh = slices_needed(k, delay, length) - passed[pair]
                    packets += sent[pair][:fresh]
                    del sent[pair][:fresh]  # the call holds the reference from here on
                    passed[pair] += fresh
            returned = call.remote(k * length, (k + 1) * length, *packets)
            summary, *sendings = returned if isinstance(returned, list) else [returned]
            summaries.append(summary)
            for target, ref in zip(targets[name], sendings, strict=True):
                sent[name, target].append(ref)
        under_way.append(summaries)
        if len(under_way) > WINDOW:
            done = k - WINDOW
            halt = _commit(under_way.pop(0), done, length, observers)
            if halt is not None and halt <= (done + 1) * length:
                return halt
    raise AssertionError("unreachable: count() does not end")


def _commit(summaries: list[Any], k: int, length: int, observers: tuple[Observer, ...]) -> int | None:
    """Wait until every group has passed slice k, show it to the observers, return the halt if known."""
    parts: list[Slice] = ray.get(summaries)
    halt = next((part.halt for part in parts if part.halt is not None), None)
    until = (k + 1) * length if halt is None else min((k + 1) * length, halt)
    batch = observed(parts)
    for observer in observers:
        observer.observe(until, batch)
    return halt


@contextlib.contextmanager
def session(address: str | None) -> Iterator[None]:
    """Have Ray running inside: the one that runs already, a cluster, or a local one that ends with it.

    Raises:
        RuntimeUnavailableError: It does not start, or the cluster does not answer within
            ``CONNECT_SECONDS``.
    """
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {
        "include_dashboard": False,
        "logging_level": logging.ERROR,
        "log_to_driver": False,
        "configure_logging": False,
    }
    if address is None:
        options["num_cpus"] = max(8, os.cpu_count() or 1)  # logical: a small machine still holds every group
    else:
        _knock(address)
        options["address"] = address
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        ray.init(**options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = f"the Ray cluster at {address}" if address else "a local Ray"
        raise RuntimeUnavailableError(f"{where} cannot be used: {_first(error)}; {HINT}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Try a cluster in a process of its own first, with a time limit.

    ray.init has none, and where a port accepts but no cluster speaks, it ends the whole process from C++
    after a minute, and with it a run's record.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address != "auto":
        if not host or not port.isdigit():
            raise RuntimeUnavailableError(f"{address!r} is not the address of a Ray cluster: give host:port")
        try:
            socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS / 2).close()
        except OSError as error:
            raise RuntimeUnavailableError(f"no Ray cluster answers at {address}: {error}; {HINT}") from error
    probe = f"import ray; ray.init({address!r}, log_to_driver=False); ray.shutdown()"
    try:
        subprocess.run(
            [sys.executable, "-c", probe], check=True, capture_output=True, timeout=CONNECT_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeUnavailableError(
            f"the Ray cluster at {address} did not answer within {CONNECT_SECONDS:.0f} s; {HINT}"
        ) from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise RuntimeUnavailableError(f"the Ray cluster at {address} refused: {lines[-1]}; {HINT}") from error


def _first(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


@contextlib.contextmanager
def _own_errors() -> Iterator[None]:
    """Turn Ray's wrapping of errors back into ours."""
    try:
        yield
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        if isinstance(cause, NeuralBrainError):
            raise cause from None
        raise RuntimeUnavailableError(f"a group failed on Ray: {cause!r}") from error
    except ray.exceptions.RayActorError as error:
        raise RuntimeUnavailableError(
            f"an actor died: {_first(error)}; what was recorded is kept, run it again"
        ) from error
    except ray.exceptions.GetTimeoutError as error:
        raise RuntimeUnavailableError(
            f"the actors did not start within {START_SECONDS:.0f} s: the cluster has no room for them "
            "(one CPU each), or it is too slow; see `ray status`"
        ) from error


def _stop(actors: dict[str, Any]) -> None:
    with contextlib.suppress(ray.exceptions.RayError, KeyboardInterrupt):
        ray.get([actor.close.remote() for actor in actors.values()], timeout=10)
    for actor in actors.values():
        ray.kill(actor)
