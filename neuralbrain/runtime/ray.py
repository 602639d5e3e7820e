"""The Ray runtime: one actor a group, one actor call a group a slice.

The driver only orders. It hands each call the references of the packets that it needs; the packets
themselves pass from actor to actor. Ray runs an actor's calls in the order in which they were submitted and
each as soon as its packets are there, so a group is never held up by a group that does not feed it. A
window bounds how far anyone runs ahead of the slowest.

A slice may be shorter than L, where the person wants to stop: what matters is that a group runs the ticks
before b only when it has all that was sent at s over delay d with s + d < b.
"""

import contextlib
import logging
import os
import pickle
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the coming default; the old one warns
os.environ.setdefault("RAY_worker_niceness", "0")  # else 15: whatever else runs here would hold up the arm

import ray
import ray.exceptions

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import NeuralBrainError, RuntimeUnavailableError
from neuralbrain.interruption import Postponed
from neuralbrain.runtime.actor import GroupActor
from neuralbrain.runtime.parts import Account
from neuralbrain.runtime.result import Observer
from neuralbrain.runtime.session import Session
from neuralbrain.runtime.slices import Post, crossings
from neuralbrain.runtime.slot import Entry, of_all
from neuralbrain.runtime.snapshot import Snapshot

WINDOW = 4
"""Slices that may be under way beyond the last one that everybody has finished."""
CONNECT_SECONDS = 20.0
"""How long to wait for a cluster before giving up, s."""
HINT = "check the address (host:port), leave --ray-address out to start Ray here, or use --runtime inline"
START_SECONDS = 120.0
"""How long to wait for a local Ray and its actors to start, s."""
CLOSE_SECONDS = 10.0
"""How long to wait for the regions to close before their processes are ended, s."""

T = TypeVar("T")


class RaySession(Session):
    """A run as a graph of actors; see `Session`.

    Args:
        blueprint: The brain.
        seed: The run's seed.
        observers: As in `Session`.
        trace: Likewise.
        timed: Whether to measure each region's wall time.
        snapshot: As in `Session`.
        address: Of a Ray cluster; None: a local one, started if none runs yet, and then ended with this.

    Raises:
        RuntimeUnavailableError: Ray cannot be started or reached, or has no room.
        NeuralBrainError: A region refused to begin.
    """

    _ordered: int  # the first tick that no group has been told to run
    _under_way: deque[tuple[int, list[Any]]]  # slices: their ends, and what each group returns of them
    _post: Post  # references of packets that no call has been given yet

    def __init__(
        self,
        blueprint: Blueprint,
        seed: int,
        *,
        observers: Sequence[Observer] = (),
        trace: bool = True,
        timed: bool = False,
        snapshot: Snapshot | None = None,
        address: str | None = None,
    ) -> None:
        super().__init__(blueprint, seed, observers=observers, trace=trace, snapshot=snapshot)
        self._delays = crossings(blueprint)
        self._actors: dict[str, Any] = {}
        self._forget(self.tick)
        with contextlib.ExitStack() as stack:
            stack.enter_context(session(address))
            stack.callback(self._end_actors)
            with _own_errors():
                actor_class = ray.remote(GroupActor)
                plain = blueprint.model_dump(by_alias=True)
                flags = os.environ.get("XLA_FLAGS", "")
                for name in blueprint.groups:
                    self._actors[name] = actor_class.remote(
                        plain, name, seed, bool(self._observers), trace, timed, flags
                    )
            targets = _got(
                [
                    actor.build.remote(snapshot and snapshot.of(blueprint.groups[name]))
                    for name, actor in self._actors.items()
                ],
                START_SECONDS,
            )
            self._targets: dict[str, tuple[str, ...]] = dict(zip(self._actors, targets, strict=True))
            self._calls = {
                name: actor.advance.options(num_returns=1 + len(self._targets[name]))
                for name, actor in self._actors.items()
            }
            self._ray = stack.pop_all()
        self._ready()

    def _advance(self, until: int | None, interruption: Postponed) -> None:
        while not interruption and not self._reached(until):
            if len(self._under_way) <= WINDOW and (until is None or self._ordered < until):
                stop = self._ordered + self._length
                self._order(stop if until is None else min(stop, until))
            else:
                self._settle()
        if self.halted:
            self._under_way.clear()  # slices in which nothing happens

    def _order(self, stop: int) -> None:
        """Have every group run the ticks from the last order's end to before ``stop``."""
        start, summaries = self._ordered, []
        for name, call in self._calls.items():
            returned = call.remote(start, stop, *self._post.due(name, stop))  # it holds the references now
            summary, *sendings = returned if isinstance(returned, list) else [returned]
            summaries.append(summary)
            for target, ref in zip(self._targets[name], sendings, strict=True):
                self._post.put(name, target, start, ref)
        self._ordered = stop
        self._under_way.append((stop, summaries))

    def _settle(self) -> None:
        """Wait until every group has passed the oldest slice that is under way."""
        stop, summaries = self._under_way.popleft()
        self._passed(stop, [pickle.loads(summary) for summary in _got(summaries)])

    def _put(self, region: str, entry: Entry) -> None:
        self._actors[self.blueprint.by_name[region].group].put.remote(region, entry)

    def _states(self) -> list[tuple[int, dict[str, bytes]]]:
        for name, actor in self._actors.items():
            actor.receive.remote(*self._post.rest(name))
        return _got([actor.snapshot.remote() for actor in self._actors.values()])

    def _restore(self, snapshot: Snapshot) -> None:
        self._forget(snapshot.tick)
        _got(
            [
                actor.restore.remote(snapshot.of(self.blueprint.groups[name]))
                for name, actor in self._actors.items()
            ]
        )

    def _forget(self, tick: int) -> None:
        """Forget all that is under way, to go on from a tick."""
        self._ordered = tick
        self._under_way = deque()
        self._post = Post(self._delays)

    def _accounts(self, commit: bool) -> list[Account]:
        return _got([actor.account.remote(commit) for actor in self._actors.values()])

    def _close(self) -> None:
        with self._ray, contextlib.suppress(RuntimeUnavailableError):  # a dead actor has nothing to release
            _got([actor.close.remote() for actor in self._actors.values()], timeout=CLOSE_SECONDS)

    def _end_actors(self) -> None:
        for actor in self._actors.values():
            ray.kill(actor)


def _got(refs: list[Any], timeout: float | None = None) -> list[Any]:
    """Wait for one result of each group.

    Raises:
        NeuralBrainError: Regions failed; of several the first by tick, then by name, as inline.
        RuntimeUnavailableError: An actor died.
    """
    with _own_errors():
        results = ray.get(refs, timeout=timeout)
    failures = [result for result in results if isinstance(result, NeuralBrainError)]
    first = of_all(sorted(failures, key=lambda failure: failure.place or (0, "")))
    if first is not None:
        raise first
    return results


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
        with Postponed() as interruption:  # ray.init puts a handler of its own for SIGTERM
            ray.init(**options)
            if interruption:
                ray.shutdown()
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
