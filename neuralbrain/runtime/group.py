"""A group: the regions of one process, and the loop that fires them tick by tick.

Both runtimes run this loop; they differ only in who carries packets from group to group. It keeps the
rules on which the trace rests:

* a region fires iff ``t % period == phase``, or, without a period, when something arrives at t;
* its inbox holds all that arrived since its last firing, sorted by (arrival, source, projection, sequence);
* a message sent at t arrives at t + delay, delay >= 1: so the order of regions within a tick is free;
* the `Stop` of the body's region halts everyone at its tick + the stop delay, whoever ran ahead.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from neuralbrain import extension
from neuralbrain.blueprint import Blueprint
from neuralbrain.clock import next_firing, region_seed
from neuralbrain.errors import ConfigurationError, ContractError, NeuralBrainError
from neuralbrain.messages import Message, Stop
from neuralbrain.portable import departures
from neuralbrain.profile import machine, pin_threads, profile
from neuralbrain.region import Inbox, Region
from neuralbrain.runtime.parts import Account, Emission, Packet, Slice
from neuralbrain.runtime.slot import FAULTS, Entry, Route, Slot, explained, named, of_all
from neuralbrain.runtime.snapshot import Snapshot
from neuralbrain.words import counted, listed

_NOTHING = Inbox()
_NO_PORT: tuple[None, list[Route]] = (None, [])


class Group:
    """The regions of one process.

    Args:
        blueprint: The whole brain.
        names: The regions of this group.
        seed: The run's seed.
        snapshot: What to go on from; None: the regions are reset.
        record: Whether slices return their emissions.
        trace: Whether to hash; only benchmarks turn it off.
        timed: Whether to measure each region's wall time; it never reaches a message.

    Attributes:
        tick: The first tick that has not been run; after an error the tick of the error.
        halt: The tick at which everyone halts, once it is known.
        stop: What the body's region said at the end, if it is here.
        targets: The groups to which this one sends.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        names: Iterable[str],
        seed: int,
        snapshot: Snapshot | None = None,
        *,
        record: bool = True,
        trace: bool = True,
        timed: bool = False,
    ) -> None:
        pin_threads()
        departures.clear()
        extension.add(blueprint.extensions)
        self._record, self._trace = record, trace
        self._body, self._stop_delay = blueprint.body, blueprint.stop_delay
        self._sent, self.tick = 0, 0
        self.halt: int | None = None
        self.stop: Stop | None = None
        self._slots = {name: Slot(blueprint.by_name[name], timed) for name in sorted(names)}
        self.targets = self._connected(blueprint)
        for slot in self._slots.values():
            slot.region.fed = blueprint.fed(slot.name)
        try:
            if snapshot is None:
                for slot in self._slots.values():
                    with named(slot.name, 0, " in reset"):
                        slot.region.reset(region_seed(seed, slot.name))
                    _check_clock(blueprint, slot)
            else:
                self.restore(snapshot)
        except BaseException as error:
            self._close_after(error)
            raise
        pin_threads()  # once more: building the regions has loaded numeric libraries

    def _connected(self, blueprint: Blueprint) -> tuple[str, ...]:
        """Give each region its routes; return the other groups that are fed."""
        group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
        fed = set()
        for rank, projection in enumerate(blueprint.ordered_projections):
            slot = self._slots.get(projection.source_region)
            if slot is not None:
                name = projection.target_region
                route = Route(rank, projection, group_of[name], self._slots.get(name))
                slot.ports[projection.source_port][1].append(route)
                fed.add(route.group)
        if self._body in self._slots:
            fed |= set(group_of.values())  # the halt goes to everyone
        return tuple(sorted(fed - {group_of[name] for name in self._slots}))

    def receive(self, packets: Iterable[Packet]) -> None:
        """Take in what other groups sent."""
        for packet in packets:
            for name, entry in packet.entries:
                self._slots[name].put(entry)
            if packet.halt is not None:
                self.halt = packet.halt

    def put(self, region: str, entry: Entry) -> None:
        """Take in what comes from outside."""
        self._slots[region].put(entry)

    def advance(self, start: int, stop: int) -> Slice:
        """Run the ticks from ``start`` to before ``stop``, or to the halt.

        Raises:
            ContractError: A region broke its contract, or failed with an error that is not ours.
        """
        emissions: list[Emission] = []
        packets = {group: Packet() for group in self.targets}
        slots = tuple(self._slots.values())
        number, keep = self._sent, self._trace or self._record
        tick, slot = start, slots[0]
        try:
            for tick in range(start, stop):
                if self.halt is not None and tick >= self.halt:
                    break
                for slot in slots:
                    if slot.period != 1 and (
                        tick not in slot.pending if slot.period is None else tick % slot.period != slot.phase
                    ):
                        continue
                    entries = slot.pending.pop(tick, _NOTHING)
                    if len(entries) > 1:
                        entries.sort()
                    out = slot.step(tick, entries)
                    try:
                        said = out.items()
                    except AttributeError:
                        raise ContractError(
                            f"region {slot.name!r} returned a {type(out).__name__} from step at tick {tick}: "
                            "return a mapping from output port to message, empty for silence"
                        ) from None
                    slot.firings += 1
                    sent: list[tuple[str, Message]] = []
                    for port, message in said:
                        kind, routes = slot.ports.get(port, _NO_PORT)
                        if type(message) is kind and message.tick == tick and message.source == slot.name:
                            batch: Sequence[Message] = (message,)
                        else:
                            batch = self._examined(slot, tick, port, message)
                        for one in batch:
                            if keep:
                                sent.append((port, one))
                            number += 1
                            for route in routes:
                                due = tick + route.delay
                                entry: Entry = (due, route.rank, number, route.port, one)
                                target = route.target
                                if target is None:
                                    packets[route.group].entries.append((route.region, entry))
                                    continue
                                if target.period != 1:
                                    due = next_firing(due, target.period, target.phase)
                                if due in target.pending:
                                    target.pending[due].append(entry)
                                else:
                                    target.pending[due] = Inbox((entry,))
                    if self._trace:
                        slot.chain.add(tick, sent)
                    if self._record:
                        emissions += [Emission(tick, slot.name, port, message) for port, message in sent]
        except FAULTS as error:
            self.tick = tick
            told = explained(error, slot.name, tick, _by_port(slot, error))
            if told is error:
                raise
            raise told from error
        self.tick = stop if self.halt is None else min(stop, self.halt)
        self._sent = number
        for packet in packets.values():
            packet.halt = self.halt
        return Slice(packets, emissions, self.halt, self.stop)

    def _examined(self, slot: Slot, tick: int, port: str, out: Message | list[Any]) -> list[Message]:
        """Look closely at what is not plainly one right message: a list, a subclass, a Stop, a mistake."""
        expected = slot.region.outputs.get(port)
        if expected is None:
            raise ContractError(
                f"region {slot.name!r} sent by port {port!r}; it declares {sorted(slot.region.outputs)}"
            )
        batch = out if isinstance(out, list) else [out]
        for message in batch:
            if not isinstance(message, expected):
                raise ContractError(
                    f"region {slot.name!r} sent a {type(message).__name__} by port {port!r}, "
                    f"which is declared to carry {expected.__name__}"
                )
            if message.tick != tick or message.source != slot.name:
                raise ContractError(
                    f"region {slot.name!r} stamped a {message.kind} with tick {message.tick} and source "
                    f"{message.source!r} at tick {tick}: use the tick given to step, and self.name"
                )
            if isinstance(message, Stop):
                self._end(slot, message)
        return batch

    def _end(self, slot: Slot, message: Stop) -> None:
        if slot.name != self._body:
            raise ContractError(f"region {slot.name!r} sent Stop; only the body's region {self._body!r} may")
        if self.stop is None:
            self.stop = message
            self.halt = message.tick + self._stop_delay

    def snapshot(self) -> tuple[int, dict[str, bytes]]:
        """Return how many messages have been sent here, and the state of each region's slot."""
        return self._sent, {name: slot.get_state(self.tick) for name, slot in self._slots.items()}

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot, whatever grouping it was taken under.

        Every group counts on from the highest number of messages: so what is sent from now on sorts behind
        what is under way over the same projection.
        """
        self.tick, self.halt, self._sent = snapshot.tick, snapshot.halt, snapshot.sent
        self.stop = snapshot.stop if self._body in self._slots else None
        for name, slot in self._slots.items():
            slot.set_state(snapshot.regions[name], self.tick)

    def region(self, name: str) -> Region:
        """Return a region, for tests and tools that look inside."""
        return self._slots[name].region

    def digests(self) -> dict[str, bytes]:
        """Return each region's digest of all that it has sent."""
        return {name: slot.chain.digest() for name, slot in self._slots.items()}

    def account(self) -> Account:
        """Return what the regions have done so far."""
        slots = self._slots.items()
        return Account(
            digests=self.digests(),
            firings={name: slot.firings for name, slot in slots},
            spent={name: slot.spent for name, slot in slots},
            profile=profile(),
            machine=machine(),
        )

    def commit(self) -> None:
        """Let every region make its lasting effects, also where one of them fails.

        Raises:
            NeuralBrainError: The first that failed, and in its notes the others.
        """
        self._each("commit", lambda region: region.commit())

    def close(self) -> None:
        """Release what the regions hold outside Python: of all of them, also where one of them fails.

        Raises:
            NeuralBrainError: The first that failed, and in its notes the others.
        """
        self._each("close", lambda region: region.close())

    def _each(self, doing: str, work: Callable[[Region], None]) -> None:
        errors = []
        for name, slot in self._slots.items():
            try:
                with named(name, self.tick, f" in {doing}"):
                    work(slot.region)
            except NeuralBrainError as error:
                errors.append(error)
        if first := of_all(errors):
            raise first

    def _close_after(self, error: BaseException) -> None:
        """Close after an error, which stays the one that is told."""
        try:
            self.close()
        except NeuralBrainError as second:
            error.add_note(f"then {second}")


def _by_port(slot: Slot, error: BaseException) -> str:
    """Return by which port what could not be made would have been sent; empty where nobody knows."""
    kind = getattr(error, "title", None)  # of a pydantic ValidationError: the name of the class
    ports = [repr(port) for port, sent in slot.region.outputs.items() if sent.__name__ == kind]
    return f" before sending by port {listed(ports, 'or')}" if ports else ""


def _check_clock(blueprint: Blueprint, slot: Slot) -> None:
    """Raise ConfigurationError unless the blueprint's tick agrees with what passes in a region's firing."""
    own = slot.region.firing_seconds()
    if own is None:
        return
    spec = blueprint.by_name[slot.name]
    given = blueprint.tick_seconds * (spec.period or 1)
    if not math.isclose(own, given, rel_tol=1e-6):
        raise ConfigurationError(
            f"{blueprint.name}: {own:g} s pass in a firing of region {slot.name!r}, but it fires every "
            f"{given:g} s ({counted(spec.period or 1, 'tick')} of {blueprint.tick_seconds:g} s): "
            f"set tick_seconds to {own / (spec.period or 1):g}, or change the world's own tick"
        )
