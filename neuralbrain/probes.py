"""Probes: what a port has sent so far, as far back as is kept."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import overload

from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Done
from neuralbrain.runtime import Emission, Observer


class Probe(Sequence[Emission]):
    """What a port has sent, oldest first; see `neuralbrain.Simulation.probe`.

    Attributes:
        port: "region.port".
    """

    def __init__(self, port: str, kept: deque[Emission]) -> None:
        self.port, self._kept = port, kept

    @overload
    def __getitem__(self, index: int) -> Emission: ...

    @overload
    def __getitem__(self, index: slice) -> list[Emission]: ...

    def __getitem__(self, index: int | slice) -> Emission | list[Emission]:
        return list(self._kept)[index] if isinstance(index, slice) else self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Emission]:
        return iter(tuple(self._kept))  # the simulation may go on meanwhile

    def __repr__(self) -> str:
        return f"<Probe of {self.port}, {len(self)} messages>"


class History:
    """Keeps the newest messages of each port.

    Args:
        kept: How many of each; 0: none.
    """

    def __init__(self, kept: int) -> None:
        if kept < 0:
            raise ConfigurationError(f"cannot keep {kept} messages of each port: give 0 or more")
        self.kept = kept
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

    Attributes:
        said: It, oldest first.
    """

    def __init__(self) -> None:
        self.said: list[Done] = []

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what was sent since the last call."""
        self.said += [emission.message for emission in emissions if isinstance(emission.message, Done)]

    def forget(self, tick: int) -> None:
        """Forget what was said at a tick or later."""
        self.said = [message for message in self.said if message.tick < tick]
