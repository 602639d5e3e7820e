"""The contract of a brain region."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from neuralbrain.messages import Message

M = TypeVar("M", bound=Message)

Outbox = Mapping[str, Message | list[Any]]
"""What a firing sends: output port -> one message, or a list of them in order."""


class RegionConfig(BaseModel):
    """Base of a region's settings: frozen, finite, an unknown one is an error. Each field says its unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def files(self) -> tuple[Path, ...]:
        """Return the files these settings name whose content decides what the region sends.

        The record keeps their hashes, and a replay says which has changed.
        """
        return ()


class MemoryConfig(RegionConfig):
    """Settings of a region whose memories outlast the episode; by them such a region is known.

    Attributes:
        store: The folder of the lasting memories, made if need be; None: nothing outlasts the episode.
        known: Know only the first so many memories of the store, as when it held no more: what a replay
            needs. None: all.
    """

    store: str | None = None
    known: int | None = Field(default=None, ge=0)


class Inbox(list[tuple[Any, ...]]):
    """What is delivered to one firing, in the order (arrival, source, projection, sequence).

    To iterate over it gives the messages, oldest first. It is made of tuples in that order; the last two
    items of each are the input port and the message.
    """

    # A list, because one is made for every firing: an object around a list would cost a Python call more.
    __slots__ = ()

    def __iter__(self) -> Iterator[Message]:  # type: ignore[override]
        return iter([entry[-1] for entry in self[:]])

    def of(self, kind: type[M]) -> list[M]:
        """Return the messages of one type, oldest first."""
        return [entry[-1] for entry in self[:] if isinstance(entry[-1], kind)]

    def latest(self, kind: type[M]) -> M | None:
        """Return the newest message of one type, or None."""
        for entry in reversed(self):
            message = entry[-1]
            if isinstance(message, kind):
                return message
        return None

    def on(self, port: str) -> list[Message]:
        """Return the messages that came in by one input port, oldest first."""
        return [entry[-1] for entry in self[:] if entry[-2] == port]


GIVEN = ("name", "config", "fed")
"""What a region is given, and is no part of its state."""


class Region(ABC):
    """A brain region: a deterministic state machine that fires on ticks and talks only by messages.

    A subclass declares its ports and implements `reset` and `step`. It may read nothing but its inbox and
    its own state: no wall clock, no global randomness, nothing shared with another region. All randomness
    comes from a generator seeded in `reset`.

    Attributes:
        name: The region's name in the blueprint; the ``source`` of what it sends.
        config: Its settings.
        fed: Its input ports that something is projected to; the runtime says so when it builds the region.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {}
    """Input port -> the type of message that it receives."""
    optional_inputs: ClassVar[frozenset[str]] = frozenset()
    """Input ports that work as well when nobody feeds them."""
    outputs: ClassVar[Mapping[str, type[Message]]] = {}
    """Output port -> the type of message that it sends."""
    Config: ClassVar[type[RegionConfig]] = RegionConfig

    def __init__(self, name: str, config: Any = None) -> None:
        self.name = name
        self.config: Any = self.Config() if config is None else config
        self.fed: frozenset[str] = frozenset()

    @abstractmethod
    def reset(self, seed: int) -> None:
        """Begin an episode. Sends nothing.

        Args:
            seed: 0 to 2**63 - 1, derived from the run's seed and the region's name.
        """

    @abstractmethod
    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Fire once.

        Args:
            tick: The absolute tick, from 0.
            inbox: Everything that arrived since the last firing.

        Returns:
            The messages to send by output port; an empty mapping for silence. Each carries this tick and
            this region's name.
        """

    def firing_seconds(self) -> float | None:
        """Return the simulated time that passes in a firing, s; None where it does not matter.

        The blueprint's tick must agree with it. Asked after `reset`.
        """
        return None

    def get_state(self) -> dict[str, Any]:
        """Return all that the next firings depend on, apart from the settings; it can be pickled.

        At any moment between firings, also before `reset`.
        """
        return deepcopy({k: v for k, v in self.__dict__.items() if k not in GIVEN})

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned: every later firing is then the same.

        At any moment between firings, also without `reset`; nothing stays of what was before. Who leaves
        something out of the state, as a table that the settings name, makes it again here.
        """
        self.__dict__ = {**{key: getattr(self, key) for key in GIVEN}, **deepcopy(dict(state))}

    def commit(self) -> None:  # noqa: B027 - most regions have no effect outside
        """Make lasting effects (memories). Called once, after every region has halted; never in `step`."""

    def close(self) -> None:  # noqa: B027 - most regions hold nothing that needs closing
        """Release what the region holds outside Python (a simulator, a file). Called once, at the end."""
