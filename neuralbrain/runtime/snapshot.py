"""A snapshot: a whole simulation between two ticks, as one value that can be pickled and kept.

It is kept by region and not by group: so it can be restored in another process, on the other runtime and
under another grouping. Packets that are under way between groups are delivered first, since to be early in
an inbox changes nothing: what waits there is told apart by its arrival.
"""

import hashlib
import marshal
import pickle
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self, cast

from neuralbrain.arguments import expect
from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Stop
from neuralbrain.runtime.injection import Injection
from neuralbrain.runtime.slot import PROTOCOL
from neuralbrain.runtime.trace import plain
from neuralbrain.wiring import RegionSpec

FORMAT = 3
"""The version of the form of a snapshot; it changes with the fields below, or with what the bytes hold."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a simulation's later ticks and its trace depend on.

    The bytes are pickles: restore only what you, or somebody you trust, has taken.

    Attributes:
        format: `FORMAT` as it was when this was taken.
        blueprint: The brain, as plain data, pickled.
        seed: The run's seed.
        tick: The first tick that has not been run.
        halt: The tick at which everyone halts, if it is known.
        stop: What the body's region said at the end, if it has.
        trace: Whether the trace is hashed.
        sent: How many messages have been sent, in the group that has sent most.
        regions: By region: its state, what waits in its inbox, its chain and counters; see `Slot.get_state`.
        injected: All that has come from outside since tick 0, pickled.
        checksum: Of all the others, so that what was changed or damaged since is not gone on from.
    """

    format: int
    blueprint: bytes
    seed: int
    tick: int
    halt: int | None
    stop: Stop | None
    trace: bool
    sent: int
    regions: Mapping[str, bytes]
    injected: bytes
    checksum: str = ""

    @classmethod
    def taken(cls, blueprint: Blueprint, injections: Iterable[Injection], **fields: Any) -> Self:
        """Return a snapshot with its checksum.

        Args:
            blueprint: The brain.
            injections: All that has come from outside since tick 0.
            fields: The others.
        """
        bare = cls(
            format=FORMAT,
            blueprint=pickle.dumps(blueprint.model_dump(by_alias=True), PROTOCOL),
            injected=pickle.dumps(list(injections), PROTOCOL),
            **fields,
        )
        return replace(bare, checksum=bare._sum())

    def _sum(self) -> str:
        """Return the checksum of the fields as they are; empty where they hold what no snapshot does."""
        held = {one.name: getattr(self, one.name, None) for one in fields(self) if one.name != "checksum"}
        try:
            return hashlib.sha256(marshal.dumps(plain(held), 2)).hexdigest()
        except Exception:  # anything may have been put there
            return ""

    @property
    def injections(self) -> list[Injection]:
        """All that has come from outside since tick 0."""
        return cast(list[Injection], pickle.loads(self.injected))

    def of(self, names: Iterable[str]) -> "Snapshot":
        """Return the part that a group with these regions needs; whoever made it has looked at the whole."""
        return replace(self, regions={name: self.regions[name] for name in names}, injected=b"")

    def brain(self, groups: Mapping[str, str] | None = None) -> Blueprint:
        """Look whether this can be gone on from, and return the brain.

        Args:
            groups: Another grouping, region name -> group name; None: as it was.

        Raises:
            ConfigurationError: It has a format that this version does not read, or was changed since it was
                taken, or there is no such region.
        """
        if self.format != FORMAT:
            raise ConfigurationError(
                f"this snapshot has format {self.format}, and this version of NeuralBrain reads format "
                f"{FORMAT}: restore it with the version that took it, or run from tick 0 again"
            )
        if not self.checksum or self.checksum != self._sum():
            raise ConfigurationError(
                f"this snapshot of tick {self.tick} was changed or damaged since it was taken: its checksum "
                "differs; take another, or restore it as it was"
            )
        whole = Blueprint.model_validate(pickle.loads(self.blueprint))
        return whole if groups is None else whole.grouped(groups)

    def check_for(self, blueprint: Blueprint, seed: int, trace: bool) -> None:
        """Check that a running simulation can go on from here.

        Raises:
            ConfigurationError: It is of another brain, seed or format, or has no trace where one is wanted.
        """
        kept = self.brain()
        if self.seed != seed:
            what = f"of seed {self.seed}, and this simulation has seed {seed}"
        elif differs := _difference(kept, blueprint.grouped({})):
            what = f"of the brain {kept.name!r}, which differs from this simulation's: {differs}"
        elif trace and not self.trace:
            what = "without a trace, and this simulation hashes one"
        else:
            return
        raise ConfigurationError(
            f"this is a snapshot {what}. Make a new simulation from it, with from_snapshot"
        )


def given(state: object) -> Snapshot:
    """Return what was given as a snapshot.

    Raises:
        ConfigurationError: It is none.
    """
    expect("the snapshot", state, Snapshot, "what a simulation's snapshot() returned")
    return cast(Snapshot, state)


def _difference(kept: Blueprint, running: Blueprint) -> str:
    """Say what differs first between two brains, their grouping apart; empty for nothing."""
    for name in sorted(kept.by_name.keys() ^ running.by_name.keys()):
        return f"only {'the snapshot' if name in kept.by_name else 'the simulation'} has a region {name!r}"
    for name, spec in kept.by_name.items():
        one, other = _said(spec), _said(running.by_name[name])
        for what in sorted(one.keys() | other.keys()):
            if (then := one.get(what, "unset")) != (now := other.get(what, "unset")):
                return f"{what} of region {name!r} was {reprlib.repr(then)} and is {reprlib.repr(now)}"
    for field in sorted(Blueprint.model_fields.keys() - {"regions", "projections"}):
        then, now = getattr(kept, field), getattr(running, field)
        if then != now:
            return f"{field} was {reprlib.repr(then)} and is {reprlib.repr(now)}"
    for projection in sorted({*kept.projections} ^ {*running.projections}, key=str):
        return f"only one of them has the projection {projection} of delay {projection.delay}"
    return ""


def _said(spec: RegionSpec) -> dict[str, Any]:
    """Return what a blueprint says of a region, its group apart, each by what it is called."""
    plain_fields = {name: value for name, value in vars(spec).items() if name not in ("group", "config")}
    return plain_fields | {f"the setting {name}": value for name, value in spec.config.items()}
