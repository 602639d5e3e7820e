"""The Ray runtime: one actor a group, one actor call a group a slice.

The driver only orders. It hands each call the references of the packets that it needs; the packets
themselves pass from actor to actor. Ray runs an actor's calls in the order in which they were submitted and
each as soon as its packets are there, so a group is never held up by a group that does not feed it. A
window bounds how far anyone runs ahead of the slowest.

A slice may be shorter than L, where the person wants to stop: what matters is that a group runs the ticks
before b only when it has all that was sent at s over delay d with s + d < b.
"""

import contextlib
import os
import pickle
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import NeuralBrainError, RuntimeUnavailableError
from neuralbrain.interruption import Postponed
from neuralbrain.runtime import watchdog
from neuralbrain.runtime.actor import GroupActor
from neuralbrain.runtime.cluster import reason, session
from neuralbrain.runtime.parts import Account
from neuralbrain.runtime.result import Observer
from neuralbrain.runtime.session import Session
from neuralbrain.runtime.slices import Post, crossings
from neuralbrain.runtime.slot import Entry, of_all
from neuralbrain.runtime.snapshot import Snapshot

import ray.exceptions  # isort: skip - the module cluster says first how it is to be

WINDOW = 4
"""Slices that may be under way beyond the last one that everybody has finished."""
START_SECONDS = 120.0
"""How long to wait for a local Ray and its actors to start, s."""
CLOSE_SECONDS = 10.0
"""How long to wait for the regions to close before their processes are ended, s."""


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
            with self._own_errors():
                actor_class = ray.remote(GroupActor)
                plain = blueprint.model_dump(by_alias=True)
                flags = os.environ.get("XLA_FLAGS", "")
                for name in blueprint.groups:
                    self._actors[name] = actor_class.remote(
                        plain, name, seed, bool(self._observers), trace, timed, flags, sys.path
                    )
            targets = self._got(
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
        self._passed(stop, [pickle.loads(summary) for summary in self._got(summaries)])

    def _put(self, region: str, entry: Entry) -> None:
        self._actors[self.blueprint.by_name[region].group].put.remote(region, entry)

    def _states(self) -> list[tuple[int, dict[str, bytes]]]:
        for name, actor in self._actors.items():
            actor.receive.remote(*self._post.rest(name))
        return self._got([actor.snapshot.remote() for actor in self._actors.values()])

    def _restore(self, snapshot: Snapshot) -> None:
        self._forget(snapshot.tick)
        self._got(
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
        return self._got([actor.account.remote(commit) for actor in self._actors.values()], everyone=commit)

    def _close(self) -> None:
        with self._ray, contextlib.suppress(RuntimeUnavailableError):  # a dead actor has nothing to release
            closed = [actor.close.remote() for actor in self._actors.values()]
            self._got(closed, CLOSE_SECONDS, everyone=True)

    def _end_actors(self) -> None:
        for actor in self._actors.values():
            ray.kill(actor)

    def _got(self, refs: list[Any], timeout: float | None = None, *, everyone: bool = False) -> list[Any]:
        """Wait for one result of each group; without a time limit say for whom, when it takes long.

        Args:
            refs: What to wait for.
            timeout: For how long, s; None: as long as it takes.
            everyone: Whether each region does its work though another fails, so that all failures are told.

        Raises:
            NeuralBrainError: Regions failed; of several the first by tick, then by name, as inline.
            RuntimeUnavailableError: An actor died, or did not answer in time.
        """
        waited, patience = 0.0, watchdog.HANG_SECONDS if timeout is None else timeout
        while True:
            try:
                with self._own_errors():
                    results = ray.get(refs, timeout=patience)
                break
            except ray.exceptions.GetTimeoutError as error:
                waited += patience
                silent = self._silent(refs)
                if timeout is not None:
                    raise RuntimeUnavailableError(
                        f"{silent} did not answer within {waited:.0f} s: Ray has no room for the actors (one "
                        "CPU each), or it is too slow; see `ray status`"
                    ) from error
                watchdog.LOG.warning(
                    "%s has not answered for %.0f s, at tick %d; Ctrl-C ends it", silent, waited, self.tick
                )
        failures = [result for result in results if isinstance(result, NeuralBrainError)]
        failures.sort(key=lambda failure: failure.place or (0, ""))
        if first := of_all(failures if everyone else failures[:1]):
            raise first
        return results

    def _silent(self, refs: list[Any]) -> str:
        """Say which groups have not answered."""
        _, waiting = ray.wait(refs, num_returns=len(refs), timeout=0)
        names = [name for name, ref in zip(self._actors, refs, strict=True) if ref in waiting]
        return " and ".join(map(self._group, names))

    def _group(self, name: str) -> str:
        """Return a group's name and its regions, for errors."""
        return f"group {name!r} ({', '.join(self.blueprint.groups[name])})"

    @contextlib.contextmanager
    def _own_errors(self) -> Iterator[None]:
        """Turn Ray's wrapping of errors back into ours."""
        try:
            yield
        except ray.exceptions.RayTaskError as error:
            cause = error.cause
            if isinstance(cause, NeuralBrainError):
                raise cause from None
            raise RuntimeUnavailableError(f"a group failed on Ray: {cause!r}") from error
        except ray.exceptions.RayActorError as error:
            dead = [name for name, actor in self._actors.items() if actor._actor_id.hex() == error.actor_id]
            who = f"the process of {self._group(dead[0])}" if dead else "an actor"
            raise RuntimeUnavailableError(
                f"{who} died: {reason(str(error))}; what was recorded is kept, run it again"
            ) from error
