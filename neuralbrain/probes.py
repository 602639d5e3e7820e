"""Probes: what a port has sent so far, as far back as is kept."""

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from typing import overload

from neuralbrain.arguments import whole
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import NothingSentError
from neuralbrain.messages import Done
from neuralbrain.region_types import region_class
from neuralbrain.runtime import Emission, Observer
from neuralbrain.words import counted


class Probe(Sequence[Emission]):
    """What a port has sent, oldest first; see `neuralbrain.Simulation.probe`.

    Attributes:
        port: "region.port".

    Raises:
        NothingSentError: There is no message at an index, as of a port that has sent nothing yet.
    """

    def __init__(self, port: str, kept: deque[Emission]) -> None:
        self.port, self._kept = port, kept

    @overload
    def __getitem__(self, index: int) -> Emission: ...

    @overload
    def __getitem__(self, index: slice) -> list[Emission]: ...

    def __getitem__(self, index: int | slice) -> Emission | list[Emission]:
        if isinstance(index, slice):
            return list(self._kept)[index]
        try:
            return self._kept[index]
        except IndexError:
            known = (
                f"{len(self)} messages of {self.port} are known"
                if self._kept
                else (f"nothing that {self.port} has sent is known yet: run on first")
            )
            raise NothingSentError(f"there is no message {index}: {known}") from None

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Emission]:
        return iter(tuple(self._kept))  # the simulation may go on meanwhile

    def __repr__(self) -> str:
        return f"<Probe of {self.port}, {counted(len(self), 'message')}>"


class History:
    """Keeps the newest messages of each port.

    Args:
        kept: How many of each; 0: none.
    """

    def __init__(self, kept: int) -> None:
        self.kept = whole("the history", kept)
        self._ports: dict[tuple[str, str], deque[Emission]] = {}

    def before(self, observers: Sequence[Observer]) -> Sequence[Observer]:
        """Return the observers with this one, if it keeps anything."""
        return (self, *observers) if self.kept else observers

    def port(self, region: str, port: str) -> deque[Emission]:
        """Return what is kept of a port."""
        return self._ports.setdefault((region, port), deque(maxlen=self.kept))

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Keep what was sent."""
        for emission in emissions:
            self.port(emission.region, emission.port).append(emission)

    def forget(self, tick: int) -> None:
        """Forget what was sent from a tick on."""
        for kept in self._ports.values():
            while kept and kept[-1].tick >= tick:
                kept.pop()


class Answers:
    """An observer that keeps what the brain has said to the person.

    Args:
        blueprint: The brain.

    Attributes:
        said: It, oldest first.
    """

    def __init__(self, blueprint: Blueprint) -> None:
        self.said: list[Done] = []
        self._delay = hearing_delay(blueprint)
        self._heard = 0

    def ask(self, tick: int) -> None:
        """Note that the person has said something; what the brain says before it can know is no answer."""
        self._heard = tick + self._delay

    def after(self, known: int) -> Done | None:
        """Return the newest answer to what was said last, beyond the first so many; None if there is none."""
        return next((done for done in reversed(self.said[known:]) if done.tick >= self._heard), None)

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what was sent since the last call."""
        self.said += [emission.message for emission in emissions if isinstance(emission.message, Done)]

    def forget(self, tick: int) -> None:
        """Forget what was said at a tick or later."""
        self.said = [message for message in self.said if message.tick < tick]
        self._heard = 0


def hearing_delay(blueprint: Blueprint) -> int:
    """Return how long a sentence takes at least to anyone who answers the person, ticks; 0 if nobody does."""
    first, seen = blueprint.hears.partition(".")[0], set[str]()
    ahead = [(0, first)] if first else []
    while ahead:  # Dijkstra's
        delay, region = heapq.heappop(ahead)
        if Done in region_class(blueprint.by_name[region].type).outputs.values():
            return delay
        if region not in seen:
            seen.add(region)
            for projection in blueprint.ordered_projections:
                if projection.source_region == region:
                    heapq.heappush(ahead, (delay + projection.delay, projection.target_region))
    return 0
