"""What a run gives back, and who may watch it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from neuralbrain.arguments import all_of
from neuralbrain.messages import Stop
from neuralbrain.profile import Machine, Profile
from neuralbrain.runtime.parts import Emission


class Observer(Protocol):
    """Watches a run: a recorder, a live view. It sees only what every group has passed."""

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what was sent since the last call.

        Args:
            until: Every group has run all ticks below this one.
            emissions: In order of tick, then region; what was injected stands before.
        """


def watchers(observers: Sequence[Observer]) -> tuple[Observer, ...]:
    """Return the observers of a run.

    Raises:
        ConfigurationError: One of them cannot observe.
    """
    return all_of(
        "observers",
        observers,
        lambda observer: callable(getattr(observer, "observe", None)),
        "an object with a method observe(until, emissions)",
    )


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What came of a run.

    Attributes:
        ticks: How many ticks every region passed.
        trace: The trace's hash, 64 hexadecimal characters; empty if it was turned off.
        stop: What the body's region said at the end.
        start_seconds: Wall time from the call to the first tick, s.
        wall_seconds: Wall time of the ticks, s.
        firings: How often each region fired.
        region_seconds: Each region's wall time in `step`, s; zeros unless timed.
        profile: Whether every process of it kept to the numeric profile.
        machines: On what they ran, each kind once.
    """

    ticks: int
    trace: str
    stop: Stop | None
    start_seconds: float
    wall_seconds: float
    firings: Mapping[str, int]
    region_seconds: Mapping[str, float]
    profile: Profile
    machines: tuple[Machine, ...]
