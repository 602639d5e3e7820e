"""A session: a run that is held. It advances as far as it is told, takes messages in, and can be kept.

`InlineSession` and `RaySession` implement it. Between two calls every region has passed the same tick.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Self

from neuralbrain.arguments import whole
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ContractError, NeuralBrainError
from neuralbrain.interruption import Postponed
from neuralbrain.messages import Message, Stop
from neuralbrain.profile import joined
from neuralbrain.runtime.injection import BEFORE_ALL, INJECTED, Injection, digest
from neuralbrain.runtime.parts import Account, Slice, observed
from neuralbrain.runtime.result import Observer, RunResult, watchers
from neuralbrain.runtime.slices import slice_length
from neuralbrain.runtime.slot import Entry
from neuralbrain.runtime.snapshot import Snapshot, given
from neuralbrain.runtime.trace import join


class Session(ABC):
    """One run of a brain, tick by tick as far as it is told. Use it in a ``with``, or `close` it.

    Args:
        blueprint: The brain.
        seed: The run's seed, at least 0.
        observers: They see everything sent, in order, as soon as every group has passed it. After a
            `restore` they see the ticks from there on again.
        trace: Whether to hash the trace.
        snapshot: What to begin with; None: tick 0.

    Attributes:
        tick: The first tick that has not been run.
        halt: The tick at which everyone halts, once the body's region has stopped.
        stop: What the body's region said at the end, once it has.
        injections: All that came from outside, in order; a session that is given the same at the same ticks
            has the same trace.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        seed: int,
        *,
        observers: Sequence[Observer] = (),
        trace: bool = True,
        snapshot: Snapshot | None = None,
    ) -> None:
        self._begun = time.perf_counter()
        self._start_seconds = self._wall_seconds = 0.0
        self._condition: Literal["open", "failed", "committed", "closed"] = "open"
        self.blueprint, self.seed = blueprint, seed
        self._observers, self._trace = watchers(observers), trace
        self._length = slice_length(blueprint)
        self.tick = 0
        self.halt: int | None = None
        self.stop: Stop | None = None
        self.injections: list[Injection] = []
        self._shown = 0  # so many of them have been shown to the observers
        if snapshot is not None:
            self._take(snapshot)

    # ---- what a person does with it

    @property
    def halted(self) -> bool:
        """Whether everyone has halted."""
        return self.halt is not None and self.tick >= self.halt

    @property
    def closed(self) -> bool:
        """Whether it has been closed."""
        return self._condition == "closed"

    def advance(self, until: int | None = None) -> None:
        """Run every tick before ``until``, or before the halt if that comes first.

        Args:
            until: A tick; None: to the halt.

        Raises:
            ContractError: A region broke its contract, or failed with an error that is not ours.
            NeuralBrainError: A region or the body refused to go on. The session can then only be restored
                or closed.
            KeyboardInterrupt: It was interrupted (Ctrl-C), between two ticks: it can go on.
        """
        self._check("advance")
        until = None if until is None else whole("the tick up to which to run", until)
        while not self._reached(until):
            with Postponed() as interruption:
                begun, self._condition = time.perf_counter(), "failed"  # until it has come through
                self._advance(until, interruption)
                self._condition = "open"
                self._wall_seconds += time.perf_counter() - begun

    def inject(self, region: str, port: str, message: Message) -> None:
        """Deliver a message from outside; it arrives at the present tick, before all that arrives then.

        A region without a period fires at it.

        Args:
            region: The receiver.
            port: Its input port.
            message: With the present tick, and a source that is no region ("person").

        Raises:
            UnknownNameError: No such region or port.
            ContractError: The message has the wrong type, tick or source, or everyone has halted.
        """
        self._check("take anything in")
        if self.halted:
            raise ContractError(
                f"{region}.{port} hears nothing any more: everyone has halted at tick {self.halt}; restore "
                "an earlier snapshot, or make a new session"
            )
        injection = Injection(self.tick, region, port, message)
        injection.check(self.blueprint, self.tick)
        self._put(region, (self.tick, BEFORE_ALL, len(self.injections), port, message))
        self.injections.append(injection)

    def snapshot(self) -> Snapshot:
        """Return all that the later ticks and the trace depend on; the session goes on as if nothing was.

        Raises:
            ContractError: A region's state cannot be had or pickled.
        """
        self._check("be kept")
        with Postponed():
            states = self._states()
        regions = {name: state for _, part in states for name, state in part.items()}
        return Snapshot.taken(
            self.blueprint,
            self.injections,
            seed=self.seed,
            tick=self.tick,
            halt=self.halt,
            stop=self.stop,
            trace=self._trace,
            sent=max(sent for sent, _ in states),
            regions=dict(sorted(regions.items())),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of this brain and seed, whichever session took it; also after a failure.

        Raises:
            ConfigurationError: It is of another brain, seed or format, or was changed since it was taken.
            ContractError: A region does not take its state.
        """
        if self._condition in ("committed", "closed"):
            self._check("be restored")
        given(snapshot).check_for(self.blueprint, self.seed, self._trace)
        with Postponed():
            self._condition = "failed"
            self._restore(snapshot)
            self._take(snapshot)
            self._condition = "open"

    def finish(self, commit: bool) -> RunResult:
        """Return the result of the run so far.

        Args:
            commit: Whether the regions make their lasting effects (memories). Then the session ends here;
                else it may go on, and this may be asked again.

        Raises:
            NeuralBrainError: A region could not make its lasting effects.
        """
        self._check("be finished")
        if commit:
            self._condition = "committed"
        with Postponed():
            accounts = self._accounts(commit)
        digests = {name: digest for part in accounts for name, digest in part.digests.items()}
        arrived = [injection for injection in self.injections if injection.tick < self.tick]
        if arrived:
            digests[INJECTED] = digest(arrived)
        return RunResult(
            ticks=self.tick,
            trace=join(digests) if self._trace else "",
            stop=self.stop,
            start_seconds=self._start_seconds,
            wall_seconds=self._wall_seconds,
            firings=dict(sorted(pair for part in accounts for pair in part.firings.items())),
            region_seconds=dict(sorted(pair for part in accounts for pair in part.spent.items())),
            profile=joined(part.profile for part in accounts),
            machines=tuple(sorted({part.machine for part in accounts})),
        )

    def close(self) -> None:
        """Release what the regions hold outside Python, and the runtime. Once is enough.

        Raises:
            ContractError: A region failed in it.
        """
        if self._condition != "closed":
            self._condition = "closed"
            with Postponed():
                self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except NeuralBrainError as second:
            if error is None:
                raise
            error.add_note(f"then {second}")  # the first error is the one to tell

    # ---- what a runtime does

    @abstractmethod
    def _advance(self, until: int | None, interruption: Postponed) -> None:
        """Run, and call `_passed` for each stretch that every group has passed.

        Args:
            until: As for `advance`.
            interruption: Once it is true, this is the last stretch.
        """

    @abstractmethod
    def _put(self, region: str, entry: Entry) -> None:
        """Put an entry into a region's inbox."""

    @abstractmethod
    def _states(self) -> list[tuple[int, dict[str, bytes]]]:
        """Return each group's `Group.snapshot`, once all that is under way has been delivered."""

    @abstractmethod
    def _restore(self, snapshot: Snapshot) -> None:
        """Restore each group, and forget what is under way."""

    @abstractmethod
    def _accounts(self, commit: bool) -> list[Account]:
        """Return each group's account, after the lasting effects."""

    @abstractmethod
    def _close(self) -> None:
        """Close the groups and the runtime."""

    # ---- what they share

    def _reached(self, until: int | None) -> bool:
        """Whether there is no tick left to run before ``until``."""
        return self.halted or (until is not None and self.tick >= until)

    def _ready(self) -> None:
        """Note that the groups are built."""
        self._start_seconds = time.perf_counter() - self._begun

    def _passed(self, until: int, parts: Sequence[Slice]) -> None:
        """Note that every group has run the ticks before ``until``, or has halted, and show what was sent.

        Args:
            until: The end of the parts.
            parts: One of each group.
        """
        for part in parts:
            self.halt = part.halt if part.halt is not None else self.halt
            self.stop = part.stop or self.stop
        self.tick = until if self.halt is None else min(until, self.halt)
        if not self._observers:
            return
        arrived = [injection.shown() for injection in self.injections[self._shown :]]
        self._shown = len(self.injections)
        batch = [*arrived, *observed(parts)]  # they all came at the first tick of the parts, in this order
        for observer in self._observers:
            observer.observe(self.tick, batch)

    def _take(self, snapshot: Snapshot) -> None:
        """Take over the session's own part of a snapshot."""
        self.tick, self.halt, self.stop = snapshot.tick, snapshot.halt, snapshot.stop
        self.injections = snapshot.injections
        self._shown = sum(injection.tick < self.tick for injection in self.injections)

    def _check(self, wish: str) -> None:
        """Raise ContractError unless the session is open."""
        if self._condition == "open":
            return
        why = {
            "failed": "it failed or was broken off in the middle of a tick, or another thread is in one: "
            "restore a snapshot, or close it",
            "committed": "it has been committed: make a new one",
            "closed": "it is closed: make a new one",
        }[self._condition]
        raise ContractError(f"this session cannot {wish} at tick {self.tick}: {why}")
