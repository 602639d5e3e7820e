"""A snapshot: a whole simulation between two ticks, as one value that can be pickled and kept.

It is kept by region and not by group: so it can be restored in another process, on the other runtime and
under another grouping. Packets that are under way between groups are delivered first, since to be early in
an inbox changes nothing: what waits there is told apart by its arrival.
"""

import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Stop
from neuralbrain.runtime.injection import Injection

FORMAT = 1
"""The version of the form of a snapshot; it changes with the fields below, or with what the bytes hold."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a simulation's later ticks and its trace depend on.

    The bytes are pickles: restore only what you, or somebody you trust, has taken.

    Attributes:
        format: `FORMAT` as it was when this was taken.
        blueprint: The brain, as plain data.
        seed: The run's seed.
        tick: The first tick that has not been run.
        halt: The tick at which everyone halts, if it is known.
        stop: What the body's region said at the end, if it has.
        trace: Whether the trace is hashed.
        sent: How many messages have been sent, in the group that has sent most.
        regions: By region: its state, what waits in its inbox, its chain and counters; see `Slot.get_state`.
        injected: All that has come from outside since tick 0, pickled.
    """

    format: int
    blueprint: Mapping[str, Any]
    seed: int
    tick: int
    halt: int | None
    stop: Stop | None
    trace: bool
    sent: int
    regions: Mapping[str, bytes]
    injected: bytes

    @property
    def injections(self) -> list[Injection]:
        """All that has come from outside since tick 0."""
        return cast(list[Injection], pickle.loads(self.injected))

    def of(self, names: Iterable[str]) -> "Snapshot":
        """Return the part that a group with these regions needs."""
        return replace(self, regions={name: self.regions[name] for name in names}, injected=b"")

    def brain(self, groups: Mapping[str, str] | None = None) -> Blueprint:
        """Return the brain, under another grouping if one is given: region name -> group name.

        Raises:
            ConfigurationError: The snapshot has a format that this version does not read.
        """
        if self.format != FORMAT:
            raise ConfigurationError(
                f"this snapshot has format {self.format}, and this version of NeuralBrain reads format "
                f"{FORMAT}: restore it with the version that took it, or run from tick 0 again"
            )
        return Blueprint.model_validate(self.blueprint).grouped(groups or {})

    def check_for(self, blueprint: Blueprint, seed: int, trace: bool) -> None:
        """Check that a running simulation can go on from here.

        Raises:
            ConfigurationError: It is of another brain, seed or format, or has no trace where one is wanted.
        """
        if self.brain(dict.fromkeys(blueprint.by_name, "")) != blueprint.grouped(
            dict.fromkeys(blueprint.by_name, "")
        ):
            what = f"a snapshot of the brain {self.blueprint['name']!r}, with other regions or settings"
        elif self.seed != seed:
            what = f"a snapshot of seed {self.seed}, and this simulation has seed {seed}"
        elif trace and not self.trace:
            what = "a snapshot without a trace, and this simulation hashes one"
        else:
            return
        raise ConfigurationError(f"this is {what}: make a new simulation from it, with from_snapshot")
