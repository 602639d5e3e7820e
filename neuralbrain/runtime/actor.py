"""A group in an actor: what the Ray runtime calls. It imports nothing of Ray.

A region's failure is returned, not raised. Ray would hand it to all who wait for this group's packets, and
which of several failures the driver saw first would be chance.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import NeuralBrainError
from neuralbrain.profile import pin_xla
from neuralbrain.runtime.group import Group
from neuralbrain.runtime.parts import Account, Packet, Slice
from neuralbrain.runtime.slot import PROTOCOL, Entry
from neuralbrain.runtime.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """A region's failure.

    Attributes:
        tick: When.
        region: Whose.
        error: What is to be raised.
    """

    tick: int
    region: str
    error: NeuralBrainError


class GroupActor:
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
        self._failed: Failure | None = None  # it stands where it failed, whatever has been ordered since
        plan = Blueprint.model_validate(blueprint)
        self._build = partial(Group, plan, plan.groups[group], seed, record=record, trace=trace, timed=timed)

    def build(self, snapshot: Snapshot | None) -> tuple[str, ...]:
        """Build the group and return its targets. Not in ``__init__``: Ray would hide what is raised."""
        self._group = self._build(snapshot)
        return self._group.targets

    def advance(
        self, start: int, stop: int, *packets: Packet
    ) -> bytes | Failure | list[bytes | Failure | Packet]:
        """Run a slice; return it without its packets and pickled, then one packet for each target.

        Each is an object of its own in Ray's store, so that a packet goes to its target alone. Where there
        is no target Ray expects the bare slice. It is pickled here because Ray's own way takes twice as long
        for its many small messages, and this group's next slice waits for it.
        """
        self._group.receive(packets)
        part = (
            self._tried(partial(self._group.advance, start, stop)) if self._failed is None else self._failed
        )
        targets = self._group.targets
        if isinstance(part, Failure):
            self._failed = part
            return [part, *(Packet() for _ in targets)] if targets else part
        summary = pickle.dumps(Slice({}, part.emissions, part.halt, part.stop), PROTOCOL)
        return [summary, *(part.packets[name] for name in targets)] if targets else summary

    def receive(self, *packets: Packet) -> None:
        """Take in packets without running."""
        self._group.receive(packets)

    def put(self, region: str, entry: Entry) -> None:
        """Take in what comes from outside."""
        self._group.put(region, entry)

    def snapshot(self) -> tuple[int, dict[str, bytes]] | Failure:
        """Return the group's snapshot."""
        return self._tried(self._group.snapshot)

    def restore(self, snapshot: Snapshot) -> Failure | None:
        """Go on from a snapshot."""
        self._failed = None
        return self._tried(lambda: self._group.restore(snapshot))

    def account(self, commit: bool) -> Account | Failure:
        """Return what the regions have done, after their lasting effects if they may make them."""
        failure = self._tried(self._group.commit) if commit else None
        return failure or self._group.account()

    def close(self) -> Failure | None:
        """Release what the regions hold."""
        return self._tried(self._group.close)

    def _tried(self, work: Callable[[], T]) -> T | Failure:
        try:
            return work()
        except NeuralBrainError as error:
            return Failure(self._group.tick, self._group.active, error)
