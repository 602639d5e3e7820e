"""A group: the regions of one process, and the loop that fires them tick by tick.

Both runtimes run this loop; they differ only in who carries packets from group to group. It keeps the
rules on which the trace rests:

* a region fires iff ``t % period == phase``, or, without a period, when something arrives at t;
* its inbox holds all that arrived since its last firing, sorted by (arrival, source, projection, sequence);
* a message sent at t arrives at t + delay, delay >= 1: so the order of regions within a tick is free;
* the `Stop` of the body's region halts everyone at its tick + the stop delay, whoever ran ahead.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from neuralbrain.blueprint import Blueprint, Projection
from neuralbrain.clock import next_firing, region_seed
from neuralbrain.errors import ContractError, NeuralBrainError
from neuralbrain.messages import Message, Stop
from neuralbrain.profile import pin_threads
from neuralbrain.region import Inbox, Outbox, Region
from neuralbrain.runtime.trace import Chain

Entry = tuple[int, int, int, str, Message]
"""arrival tick, rank of the projection, sequence, input port, message. It sorts into delivery order: the
rank orders projections by their source first, and rank and sequence together are unique."""

_NOTHING = Inbox()
_NO_PORT: tuple[None, list["_Route"]] = (None, [])


@dataclass(frozen=True, slots=True)
class Emission:
    """One message as it was sent.

    Attributes:
        tick: When.
        region: By whom.
        port: From which output port.
        message: What.
    """

    tick: int
    region: str
    port: str
    message: Message


@dataclass(slots=True)
class Packet:
    """What one group's slice sends to another group.

    Attributes:
        entries: Target region and entry, in the order of sending.
        halt: The tick at which everyone halts, once the body's region has said so.
    """

    entries: list[tuple[str, Entry]] = field(default_factory=list)
    halt: int | None = None


@dataclass(slots=True)
class Slice:
    """What came of one slice of one group.

    Attributes:
        packets: By target group.
        emissions: Everything sent, in order, if it is recorded.
        halt: As in `Packet`.
    """

    packets: dict[str, Packet]
    emissions: list[Emission]
    halt: int | None


class _Route:
    """One projection, as its sender sees it."""

    __slots__ = ("delay", "group", "port", "rank", "region", "target")

    def __init__(self, rank: int, projection: Projection, group: str, target: "_Slot | None") -> None:
        self.rank, self.delay, self.port = rank, projection.delay, projection.target_port
        self.region, self.group = projection.target_region, group
        self.target = target  # None: it is in another group


class _Slot:
    """A region with its firing times, its inbox to come, its routes and its chain of digests."""

    __slots__ = (
        "chain",
        "firings",
        "name",
        "pending",
        "period",
        "phase",
        "ports",
        "region",
        "spent",
        "step",
    )

    def __init__(self, region: Region, period: int | None, phase: int, timed: bool) -> None:
        self.step = self._timed_step if timed else region.step
        self.region, self.name, self.period, self.phase = region, region.name, period, phase
        self.pending: dict[int, Inbox] = {}
        # A Stop's type is left out, so that it takes the careful path, which ends the run.
        self.ports: dict[str, tuple[type[Message] | None, list[_Route]]] = {
            port: (None if kind is Stop else kind, []) for port, kind in region.outputs.items()
        }
        self.chain = Chain()
        self.firings = 0
        self.spent = 0.0

    def _timed_step(self, tick: int, inbox: Inbox) -> Outbox:
        """Let the region fire, and measure it."""
        begun = time.perf_counter()
        out = self.region.step(tick, inbox)
        self.spent += time.perf_counter() - begun
        return out

    def put(self, entry: Entry) -> None:
        """Keep an entry for the firing that will see it."""
        due = entry[0] if self.period == 1 else next_firing(entry[0], self.period, self.phase)
        waiting = self.pending.get(due)
        if waiting is None:
            self.pending[due] = Inbox((entry,))
        else:
            waiting.append(entry)


class Group:
    """The regions of one process.

    Args:
        blueprint: The whole brain.
        names: The regions of this group.
        seed: The run's seed.
        record: Whether slices return their emissions.
        trace: Whether to hash; only benchmarks turn it off.
        timed: Whether to measure each region's wall time; it never reaches a message.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        names: Iterable[str],
        seed: int,
        *,
        record: bool = True,
        trace: bool = True,
        timed: bool = False,
    ) -> None:
        pin_threads()
        self._record, self._trace = record, trace
        self._body, self._stop_delay = blueprint.body, blueprint.stop_delay
        self._slots: dict[str, _Slot] = {}
        for name in sorted(names):
            spec = blueprint.by_name[name]
            self._slots[name] = _Slot(spec.build(), spec.period, spec.phase, timed)
        group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
        for rank, projection in enumerate(blueprint.ordered_projections):
            slot = self._slots.get(projection.source_region)
            if slot is None:
                continue
            name = projection.target_region
            slot.ports[projection.source_port][1].append(
                _Route(rank, projection, group_of[name], self._slots.get(name))
            )
        own = {group_of[name] for name in self._slots}
        fed = {
            route.group
            for slot in self._slots.values()
            for _, routes in slot.ports.values()
            for route in routes
        }
        if self._body in self._slots:
            fed |= set(group_of.values())  # the halt goes to everyone
        self.targets: tuple[str, ...] = tuple(sorted(fed - own))
        self._sent = 0
        self.halt: int | None = None
        self.stop: Stop | None = None
        for slot in self._slots.values():
            slot.region.reset(region_seed(seed, slot.name))
        pin_threads()  # once more: building the regions has loaded numeric libraries

    def receive(self, packets: Iterable[Packet]) -> None:
        """Take in what other groups sent."""
        for packet in packets:
            for name, entry in packet.entries:
                self._slots[name].put(entry)
            if packet.halt is not None:
                self.halt = packet.halt

    def run(self, start: int, stop: int) -> Slice:
        """Run the ticks from ``start`` to before ``stop``, or to the halt.

        Raises:
            ContractError: A region broke its contract, or failed with an error that is not ours.
        """
        emissions: list[Emission] = []
        packets = {group: Packet() for group in self.targets}
        slots = tuple(self._slots.values())
        number, keep = self._sent, self._trace or self._record
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
                try:
                    out = slot.step(tick, entries)
                except NeuralBrainError:
                    raise
                except Exception as error:
                    raise ContractError(
                        f"region {slot.name!r} failed at tick {tick}: {type(error).__name__}: {error}"
                    ) from error
                slot.firings += 1
                sent: list[tuple[str, Message]] = []
                for port, message in out.items():
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
        self._sent = number
        for packet in packets.values():
            packet.halt = self.halt
        return Slice(packets, emissions, self.halt)

    def _examined(self, slot: _Slot, tick: int, port: str, out: Message | list[Any]) -> list[Message]:
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

    def _end(self, slot: _Slot, message: Stop) -> None:
        if slot.name != self._body:
            raise ContractError(f"region {slot.name!r} sent Stop; only the body's region {self._body!r} may")
        if self.stop is None:
            self.stop = message
            self.halt = message.tick + self._stop_delay

    def digests(self) -> dict[str, bytes]:
        """Return each region's digest of all that it has sent."""
        return {name: slot.chain.digest() for name, slot in self._slots.items()}

    def firings(self) -> dict[str, int]:
        """Return how often each region has fired."""
        return {name: slot.firings for name, slot in self._slots.items()}

    def spent(self) -> dict[str, float]:
        """Return each region's wall time in `step`, s; zero unless timed."""
        return {name: slot.spent for name, slot in self._slots.items()}

    def region(self, name: str) -> Region:
        """Return a region, for tests and tools that look inside."""
        return self._slots[name].region

    def commit(self) -> None:
        """Let every region make its lasting effects."""
        for slot in self._slots.values():
            slot.region.commit()

    def close(self) -> None:
        """Release what the regions hold outside Python."""
        for slot in self._slots.values():
            slot.region.close()


def observed(slices: Sequence[Slice]) -> list[Emission]:
    """Merge the emissions of all groups' slices of one time span into one order: tick, then region."""
    merged = [emission for part in slices for emission in part.emissions]
    merged.sort(key=lambda emission: (emission.tick, emission.region))  # stable: a region's own order stays
    return merged
