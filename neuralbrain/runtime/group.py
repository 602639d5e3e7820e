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

from neuralbrain.blueprint import Blueprint
from neuralbrain.clock import next_firing, region_seed
from neuralbrain.errors import ContractError, NeuralBrainError
from neuralbrain.messages import Message, Stop
from neuralbrain.region import Inbox, Region
from neuralbrain.runtime.threads import pin_threads
from neuralbrain.runtime.trace import Chain, canonical

Entry = tuple[int, int, int, tuple[str, Message]]
"""arrival tick, rank of the projection, sequence on it, (input port, message). It sorts into delivery order:
the rank orders projections by their source first, and rank and sequence together are unique."""


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

    __slots__ = ("delay", "group", "port", "rank", "sequence", "target")

    def __init__(self, rank: int, delay: int, target: "_Slot | str", group: str | None, port: str) -> None:
        self.rank, self.delay, self.target, self.group, self.port = rank, delay, target, group, port
        self.sequence = 0


class _Slot:
    """A region with its firing times, its inbox to come, its routes and its chain of digests."""

    __slots__ = (
        "chain",
        "firings",
        "name",
        "outputs",
        "pending",
        "period",
        "phase",
        "region",
        "routes",
        "spent",
    )

    def __init__(self, region: Region, period: int | None, phase: int) -> None:
        self.region, self.name, self.period, self.phase = region, region.name, period, phase
        self.outputs = dict(region.outputs)
        self.pending: dict[int, list[Entry]] = {}
        self.routes: dict[str, list[_Route]] = {port: [] for port in region.outputs}
        self.chain = Chain()
        self.firings = 0
        self.spent = 0.0

    def put(self, entry: Entry) -> None:
        """Keep an entry for the firing that will see it."""
        due = next_firing(entry[0], self.period, self.phase)
        waiting = self.pending.get(due)
        if waiting is None:
            self.pending[due] = [entry]
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
        self._record, self._trace, self._timed = record, trace, timed
        self._body, self._stop_delay = blueprint.body, blueprint.stop_delay
        self._slots: dict[str, _Slot] = {}
        for name in sorted(names):
            spec = blueprint.by_name[name]
            self._slots[name] = _Slot(spec.build(), spec.period, spec.phase)
        group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
        for rank, projection in enumerate(blueprint.ordered_projections):
            slot = self._slots.get(projection.source_region)
            if slot is None:
                continue
            target = self._slots.get(projection.target_region)
            group = None if target is not None else group_of[projection.target_region]
            slot.routes[projection.source_port].append(
                _Route(
                    rank, projection.delay, target or projection.target_region, group, projection.target_port
                )
            )
        own = next(group_of[name] for name in self._slots)
        away = {
            route.group
            for slot in self._slots.values()
            for routes in slot.routes.values()
            for route in routes
        }
        if self._body in self._slots:
            away |= set(group_of.values())  # the halt goes to everyone
        self.targets: tuple[str, ...] = tuple(sorted(name for name in away if name and name != own))
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
        for tick in range(start, stop):
            if self.halt is not None and tick >= self.halt:
                break
            for slot in slots:
                if slot.period is None:
                    if tick not in slot.pending:
                        continue
                elif tick % slot.period != slot.phase:
                    continue
                self._fire(slot, tick, packets, emissions)
        for packet in packets.values():
            packet.halt = self.halt
        return Slice(packets, emissions, self.halt)

    def _fire(self, slot: _Slot, tick: int, packets: dict[str, Packet], emissions: list[Emission]) -> None:
        entries = slot.pending.pop(tick, None)
        if entries is None:
            entries = []
        elif len(entries) > 1:
            entries.sort()
        begun = time.perf_counter() if self._timed else 0.0
        try:
            sent = slot.region.step(tick, Inbox([entry[3] for entry in entries]))
        except NeuralBrainError:
            raise
        except Exception as error:
            raise ContractError(
                f"region {slot.name!r} failed at tick {tick}: {type(error).__name__}: {error}"
            ) from error
        if self._timed:
            slot.spent += time.perf_counter() - begun
        slot.firings += 1
        written: list[bytes] = []
        for port, out in sent.items():
            for message in out if isinstance(out, list) else (out,):
                self._check(slot, tick, port, message)
                if self._trace:
                    written.append(canonical(port, message))
                if self._record:
                    emissions.append(Emission(tick, slot.name, port, message))
                if isinstance(message, Stop):
                    self._end(slot, message)
                for route in slot.routes[port]:
                    entry = (tick + route.delay, route.rank, route.sequence, (route.port, message))
                    route.sequence += 1
                    if isinstance(route.target, _Slot):
                        route.target.put(entry)
                    else:
                        packets[route.group].entries.append((route.target, entry))  # type: ignore[index]
        if self._trace:
            slot.chain.add(tick, written)

    def _check(self, slot: _Slot, tick: int, port: str, message: Any) -> None:
        expected = slot.outputs.get(port)
        if expected is None:
            raise ContractError(
                f"region {slot.name!r} sent by port {port!r}; it declares {sorted(slot.outputs)}"
            )
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
