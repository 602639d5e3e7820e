"""A group in an actor: what the Ray runtime calls. It imports nothing of Ray.

A region's failure is returned, not raised. Ray would hand it to all who wait for this group's packets, and
which of several failures the driver saw first would be chance.
"""

import pickle
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ContractError, NeuralBrainError
from neuralbrain.profile import pin_xla
from neuralbrain.runtime.group import Group
from neuralbrain.runtime.parts import Account, Packet, Slice
from neuralbrain.runtime.slot import PROTOCOL, Entry, named
from neuralbrain.runtime.snapshot import Snapshot

T = TypeVar("T")


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
        folders: list[str],
    ) -> None:
        sys.path += [folder for folder in folders if folder not in sys.path]  # where the driver finds modules
        pin_xla(xla_flags)  # the driver's: a worker of a cluster has the environment of its own machine
        self._failed: NeuralBrainError | None = None  # it stands, whatever has been ordered since
        plan = Blueprint.model_validate(blueprint)
        self._build = partial(Group, plan, plan.groups[group], seed, record=record, trace=trace, timed=timed)

    def build(self, snapshot: Snapshot | None) -> tuple[str, ...] | NeuralBrainError:
        """Build the group and return its targets. Not in ``__init__``: Ray would hide what is raised."""

        def built() -> tuple[str, ...]:
            self._group = self._build(snapshot)
            return self._group.targets

        return _tried(built)

    def advance(
        self, start: int, stop: int, *packets: Packet
    ) -> bytes | NeuralBrainError | list[bytes | NeuralBrainError | Packet]:
        """Run a slice; return it without its packets and pickled, then one packet for each target.

        Each is an object of its own in Ray's store, so that a packet goes to its target alone. Where there
        is no target Ray expects the bare slice. It is pickled here because Ray's own way takes twice as long
        for its many small messages, and this group's next slice waits for it.
        """
        self._group.receive(packets)
        done = _tried(partial(self._advanced, start, stop)) if self._failed is None else self._failed
        targets = self._group.targets
        if isinstance(done, NeuralBrainError):
            self._failed = done
            return [done, *(Packet() for _ in targets)] if targets else done
        summary, part = done
        return [summary, *(part.packets[name] for name in targets)] if targets else summary

    def _advanced(self, start: int, stop: int) -> tuple[bytes, Slice]:
        """Run a slice; return it without its packets and pickled, and whole."""
        part = self._group.advance(start, stop)
        try:
            return pickle.dumps(Slice({}, part.emissions, part.halt, part.stop), PROTOCOL), part
        except Exception:  # of whatever cannot be pickled, somewhere in it
            for sent in part.emissions:
                with named(sent.region, sent.tick, f" in sending by port {sent.port!r} to another process"):
                    pickle.dumps(sent.message, PROTOCOL)
            raise

    def receive(self, *packets: Packet) -> None:
        """Take in packets without running."""
        self._group.receive(packets)

    def put(self, region: str, entry: Entry) -> None:
        """Take in what comes from outside."""
        self._group.put(region, entry)

    def snapshot(self) -> tuple[int, dict[str, bytes]] | NeuralBrainError:
        """Return the group's snapshot."""
        return _tried(self._group.snapshot)

    def restore(self, snapshot: Snapshot) -> NeuralBrainError | None:
        """Go on from a snapshot."""
        self._failed = None
        return _tried(partial(self._group.restore, snapshot))

    def account(self, commit: bool) -> Account | NeuralBrainError:
        """Return what the regions have done, after their lasting effects if they may make them."""

        def work() -> Account:
            if commit:
                self._group.commit()
            return self._group.account()

        return _tried(work)

    def close(self) -> NeuralBrainError | None:
        """Release what the regions hold."""
        return _tried(self._group.close)


def _tried(work: Callable[[], T]) -> T | NeuralBrainError:
    """Do something; return, not raise, the error if it fails."""
    try:
        return work()
    except NeuralBrainError as error:
        return _sendable(error)


def _sendable(error: NeuralBrainError) -> NeuralBrainError:
    """Return an error that reaches another process: one that cannot be pickled says the same as another."""
    try:
        pickle.loads(pickle.dumps(error, PROTOCOL))
        return error
    except Exception:  # it is somebody's class, and may fail in any way
        plain = ContractError(str(error))
        plain.place = error.place
        for note in getattr(error, "__notes__", ()):
            plain.add_note(note)
        return plain
