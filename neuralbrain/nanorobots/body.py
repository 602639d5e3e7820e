"""What robots that swim among cells are: what they sense, what they can do, and how they are driven."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import Body


class Move(IntEnum):
    """What a robot can do in a tick."""

    RUN = 0
    """Go straight on."""
    TUMBLE = 1
    """Stay where it is, and face any new direction."""
    LEFT = 2
    """Steer left, then go on; likewise the next three."""
    RIGHT = 3
    UP = 4
    DOWN = 5
    RELEASE = 6
    """Stay, and let go of a portion of the payload."""


@dataclass(frozen=True, kw_only=True)
class SwarmState:
    """What robots sense, each of shape (robots,); `neuralbrain.nanorobots.messages.Chemosense` says units."""

    molecules: NDArray[np.int32]
    quick_change: NDArray[np.float32]
    slow_change: NDArray[np.float32]
    contact: NDArray[np.bool_]
    rise_ahead: NDArray[np.float32]
    rise_left: NDArray[np.float32]
    rise_up: NDArray[np.float32]
    portions: NDArray[np.int32]
    signal: NDArray[np.int32]
    signal_change: NDArray[np.float32]


class SwarmBody(Body, Protocol):
    """Robots that swim and sense a chemical: one, or thousands as one body.

    A Gymnasium environment whose ``unwrapped.body`` is one can be driven by a brain.

    Attributes:
        robots: How many robots there are.
        actions: How many objects a robot can do: the first so many of `Move`.
        portions: Into how many portions each one's payload is divided; 0: they carry none.
        surface: How many molecules one that touches a living cancer cell catches in a tick, on average.
        stride: How far one that swims comes forward in a tick, on average, µm.
        turn: By what steering turns it, rad.
        rotation: Its rotational diffusion coefficient, rad²/s.
    """

    robots: int
    actions: int
    portions: int
    surface: float
    stride: float
    turn: float
    rotation: float

    def sense(self) -> SwarmState:
        """Return what the robots sense now."""

    def act(self, actions: NDArray[np.int32]) -> None:
        """Let a tick pass.

        Args:
            actions: What each robot does, 0 to ``actions`` - 1, shape (robots,).
        """

    def places(self) -> NDArray[np.float32]:
        """Return where the robots are, µm, shape (robots, 3): by simulator truth, for people."""

    def picture(self, path: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return a picture for people, height x width x 3.

        Args:
            path: What `places` has returned so far, shape (ticks, robots, 3).
        """
