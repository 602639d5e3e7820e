"""What every body has in common; each embodiment says the rest. Nothing but a brainstem calls a body."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a camera sees: see `neuralbrain.messages.CameraFrame` for each field's unit and shape."""

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    intrinsics: Floats
    pose: Floats


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How the task stands, by simulator truth.

    Attributes:
        success: Whether the task is solved as the world stands now.
        reward: The environment's reward for the present state of the world.
        info: Further figures.
        judged: False where the simulator knows no task, so that only the brain can say whether it is done.
    """

    success: bool
    reward: float
    info: Mapping[str, float | int | bool | str]
    judged: bool = True


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What a statement is about, as a brain believes it to be; the simulator finds out which it is.

    Attributes:
        category: One of the embodiment's; "location" for a mere place; or what is always there ("table").
        color: A basic colour word; empty where there is none.
        position: Of its centre in the brain's frame of the world, m.
        yaw: How it should be turned, rad; None where that does not matter.
    """

    category: str
    color: str = ""
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    yaw: float | None = None


@runtime_checkable
class Truthful(Protocol):
    """A body whose simulator can tell whether a statement is true."""

    def truth_of(self, predicate: str, things: Sequence[Thing]) -> bool | None:
        """Whether a statement is true now; None: nobody can say, or not of these things."""


def meant(thing: Thing, named: Mapping[str, Thing]) -> str | None:
    """Return the name of the thing that a brain means: of its kind and colour, the nearest on the floor.

    Args:
        thing: As the brain believes it to be.
        named: Name -> a thing, as it really is.
    """
    alike = [n for n, one in named.items() if (one.category, one.color) == (thing.category, thing.color)]
    return min(alike, key=lambda n: math.dist(named[n].position[:2], thing.position[:2]), default=None)


class Body(Protocol):
    """What every body has.

    Attributes:
        instruction: The sentence of this episode; set by `reset`. Empty where the world asks for nothing.
        tick_seconds: Simulated time of one ``act``, s.
        max_ticks: When the task's time is up, in ticks of the body.
    """

    instruction: str
    tick_seconds: float
    max_ticks: int

    def reset(self, seed: int) -> None:
        """Draw the world of the seed."""

    def evaluate(self) -> Evaluation:
        """Judge the present state of the world, by simulator truth."""

    def get_state(self) -> dict[str, Any]:
        """Return what `set_state` needs; it can be pickled."""

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on exactly from there, in this process or another."""

    def close(self) -> None:
        """Release the simulator."""
