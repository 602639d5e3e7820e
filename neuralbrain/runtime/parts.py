"""What a group hands over: what it sent to whom, what observers are shown, what its regions have done."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from neuralbrain.messages import Message, Stop
from neuralbrain.profile import Machine, Profile
from neuralbrain.runtime.slot import Entry


@dataclass(frozen=True, slots=True)
class Emission:
    """One message as it was sent.

    Attributes:
        tick: When.
        region: By whom; for what was injected its ``source``, which is no region ("person").
        port: From which output port; for what was injected the input to which it went ("region.port").
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
        stop: What the body's region said at the end, where it is in this group.
    """

    packets: dict[str, Packet]
    emissions: list[Emission]
    halt: int | None
    stop: Stop | None = None


@dataclass(slots=True)
class Account:
    """What a group's regions have done so far.

    Attributes:
        digests: Each region's digest of all that it has sent.
        firings: How often each has fired.
        spent: Each one's wall time in `step`, s; zero unless timed.
        profile: Whether its process keeps to the numeric profile.
        machine: On what it runs.
    """

    digests: dict[str, bytes]
    firings: dict[str, int]
    spent: dict[str, float]
    profile: Profile
    machine: Machine


def observed(slices: Sequence[Slice]) -> list[Emission]:
    """Merge the emissions of all groups' slices of one time span into one order: tick, then region."""
    merged = [emission for part in slices for emission in part.emissions]
    merged.sort(key=lambda emission: (emission.tick, emission.region))  # stable: a region's own order stays
    return merged
