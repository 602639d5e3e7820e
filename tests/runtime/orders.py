"""Runs groups by hand in a random legal order: what Ray does with processes, in one process."""

import random
from collections.abc import Sequence

from neuralbrain.blueprint import Blueprint
from neuralbrain.interruption import Postponed
from neuralbrain.runtime import Emission, Session, Snapshot
from neuralbrain.runtime.group import Group
from neuralbrain.runtime.parts import Account, Slice
from neuralbrain.runtime.result import Observer
from neuralbrain.runtime.slices import FOREVER, Post, crossings
from neuralbrain.runtime.slot import Entry


class AnyOrderSession(Session):
    """Runs whichever group may run next, chosen at random, as far as it may or less."""

    def __init__(
        self,
        blueprint: Blueprint,
        seed: int,
        choose: random.Random,
        observers: Sequence[Observer] = (),
        snapshot: Snapshot | None = None,
    ) -> None:
        super().__init__(blueprint, seed, observers=observers, snapshot=snapshot)
        self._choose, self._delays = choose, crossings(blueprint)
        self._post = Post(self._delays)
        self._groups = {
            name: Group(blueprint, members, seed, snapshot) for name, members in blueprint.groups.items()
        }

    def _advance(self, until: int | None, interruption: Postponed) -> None:
        parts: list[Slice] = []
        while ready := [
            (n, end) for n in self._groups if (end := self._limit(n, until)) > self._groups[n].tick
        ]:
            name, end = self._choose.choice(ready)
            group = self._groups[name]
            start = group.tick
            stop = self._choose.randint(start + 1, end)
            group.receive(self._post.due(name, stop))
            parts.append(group.advance(start, stop))
            for target, packet in parts[-1].packets.items():
                self._post.put(name, target, start, packet)
        reached = {group.tick for group in self._groups.values()}
        assert len(reached) == 1, "everyone has passed, or halted at, the same tick"
        if parts:
            self._passed(reached.pop(), parts)

    def _limit(self, name: str, until: int | None) -> int:
        """Return the tick up to which a group may run now."""
        halt = self._groups[name].halt
        ends = [FOREVER if until is None else until, FOREVER if halt is None else halt]
        for (source, target), delay in self._delays.items():
            feeder = self._groups[source]
            if target == name and (feeder.halt is None or feeder.tick < feeder.halt):
                ends.append(feeder.tick + delay)
        return min(self._groups[name].tick + 50, *ends)

    def _put(self, region: str, entry: Entry) -> None:
        self._groups[self.blueprint.by_name[region].group].put(region, entry)

    def _states(self) -> list[tuple[int, dict[str, bytes]]]:
        for name, group in self._groups.items():
            group.receive(self._post.rest(name))
        return [group.snapshot() for group in self._groups.values()]

    def _restore(self, snapshot: Snapshot) -> None:
        self._post = Post(self._delays)
        for name, members in self.blueprint.groups.items():
            self._groups[name].restore(snapshot.of(members))

    def _accounts(self, commit: bool) -> list[Account]:
        return [group.account() for group in self._groups.values()]

    def _close(self) -> None:
        for group in self._groups.values():
            group.close()


class Seen:
    """Collects what an observer is shown, and checks that it comes in order and once."""

    def __init__(self, until: int = 0) -> None:
        self.emissions: list[Emission] = []
        self.until = until

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        assert until > self.until
        assert all(self.until <= e.tick < until for e in emissions)
        self.until = until
        self.emissions += emissions

    @property
    def marks(self) -> list[tuple[int, str, str]]:
        return [(e.tick, e.region, e.port) for e in self.emissions]


def run_in_any_order(
    blueprint: Blueprint, seed: int, choose: random.Random
) -> tuple[str, int, list[Emission]]:
    """Run a whole episode so; return trace, ticks and emissions."""
    seen = Seen()
    with AnyOrderSession(blueprint, seed, choose, [seen]) as session:
        session.advance()
        result = session.finish(commit=False)
    return result.trace, result.ticks, seen.emissions
