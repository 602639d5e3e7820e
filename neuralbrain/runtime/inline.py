"""The inline runtime: every region in this process, in a straight line."""

from collections.abc import Sequence

from neuralbrain.blueprint import Blueprint
from neuralbrain.interruption import Postponed
from neuralbrain.region import Region
from neuralbrain.runtime.group import Group
from neuralbrain.runtime.parts import Account
from neuralbrain.runtime.result import Observer
from neuralbrain.runtime.session import Session
from neuralbrain.runtime.slot import Entry
from neuralbrain.runtime.snapshot import Snapshot
from neuralbrain.runtime.watchdog import Watchdog


class InlineSession(Session):
    """A run in this process; see `Session`."""

    def __init__(
        self,
        blueprint: Blueprint,
        seed: int,
        *,
        observers: Sequence[Observer] = (),
        trace: bool = True,
        timed: bool = False,
        snapshot: Snapshot | None = None,
    ) -> None:
        super().__init__(blueprint, seed, observers=observers, trace=trace, snapshot=snapshot)
        self._group = Group(
            blueprint, blueprint.by_name, seed, snapshot, record=bool(observers), trace=trace, timed=timed
        )
        self._watchdog = Watchdog()
        self._ready()

    def region(self, name: str) -> Region:
        """Return a region as it stands, for judges and tests to look into; who changes it changes the run."""
        return self._group.region(name)

    def _advance(self, until: int | None, interruption: Postponed) -> None:
        with self._watchdog:
            while not interruption and not self._reached(until):
                stop = self.tick + self._length
                if until is not None:
                    stop = min(stop, until)
                self._passed(stop, [self._group.advance(self.tick, stop)])

    def _put(self, region: str, entry: Entry) -> None:
        self._group.put(region, entry)

    def _states(self) -> list[tuple[int, dict[str, bytes]]]:
        return [self._group.snapshot()]

    def _restore(self, snapshot: Snapshot) -> None:
        self._group.restore(snapshot)

    def _accounts(self, commit: bool) -> list[Account]:
        if commit:
            self._group.commit()
        return [self._group.account()]

    def _close(self) -> None:
        self._watchdog.end()
        self._group.close()
