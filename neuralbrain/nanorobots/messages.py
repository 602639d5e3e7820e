"""What passes between the regions of a nanorobot's brain: one array entry for each robot.

A single robot is a swarm of one, so that the same brain drives one robot and a thousand.
"""

from enum import IntEnum
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.messages.base import ArrayOf, Message, Part

Counts = Annotated[NDArray[np.int32], ArrayOf("int32", None)]
"""A whole number for each robot, shape (robots,)."""
Levels = Annotated[NDArray[np.float32], ArrayOf("float32", None)]
"""A number for each robot, shape (robots,)."""
Flags = Annotated[NDArray[np.bool_], ArrayOf("bool", None)]
"""Yes or no for each robot, shape (robots,)."""


class Phase(IntEnum):
    """What a robot is about."""

    SEEK = 0
    """Look for a cancer cell."""
    DELIVER = 1
    """Keep to the cell that it has found, and let go of portions."""
    LEAVE = 2
    """Get away from where it is."""
    STAY = 3
    """Remain where it is."""


class Chemosense(Message):
    """What the robots sense at the end of a tick of their body's.

    Attributes:
        molecules: How many molecules of the biomarker each caught in the last tick.
        quick_change: Its running mean over a short time less that over a middle one, in standard deviations
            of a steady count's.
        slow_change: Likewise, the middle time less a long one.
        contact: Whether each touches a cell, a barrier or the edge of the tissue.
        rise_ahead: What each knows of the biomarker's gradient from its own moves, along its heading, in
            standard deviations a tick.
        rise_left: Likewise, to its left.
        rise_up: Likewise, upwards.
        portions: What each has left of its payload, in portions.
        signal: How many molecules of the other robots' signal each caught; 0 where they do not signal.
        signal_change: As ``quick_change``, of the signal; 0 where they do not signal.
    """

    kind: Literal["chemosense"] = "chemosense"
    molecules: Counts
    quick_change: Levels
    slow_change: Levels
    contact: Flags
    rise_ahead: Levels
    rise_left: Levels
    rise_up: Levels
    portions: Counts
    signal: Counts
    signal_change: Levels


class SwarmTraits(Message):
    """What the robots' body is like, as far as a brain must know; it is sent once.

    Attributes:
        surface: How many molecules a robot that touches a living cancer cell catches in a tick of its body's,
            on average, where no other cell is near.
        stride: How far a robot that swims comes forward in such a tick, on average, µm.
        turn: By what steering turns it, rad.
        rotation: Its rotational diffusion coefficient D_r, rad²/s.
        body_tick: A tick of its body's, s.
    """

    kind: Literal["swarm_traits"] = "swarm_traits"
    surface: Annotated[float, Field(ge=0)]
    stride: Annotated[float, Field(gt=0)]
    turn: Annotated[float, Field(gt=0)]
    rotation: Annotated[float, Field(ge=0)]
    body_tick: Annotated[float, Field(gt=0)]


class Moves(Message):
    """What each robot should do in the tick of the body's that comes next.

    Attributes:
        actions: A `neuralbrain.nanorobots.body.Move` for each.
    """

    kind: Literal["moves"] = "moves"
    actions: Counts


class MovesReport(Message):
    """What the robots really did in the tick of their body's that ends now.

    Attributes:
        actions: A `neuralbrain.nanorobots.body.Move` for each.
        refused: How many were told something that their body cannot do, so that they ran on.
        held: Whether nothing had been commanded for this tick, so that all ran on.
    """

    kind: Literal["moves_report"] = "moves_report"
    actions: Counts
    refused: int
    held: bool


class Mission(Message):
    """What each robot is about; it holds until the next one.

    Attributes:
        phases: A `Phase` for each.
        keep: How many portions of its payload each should keep: while it delivers it lets go of the others.
        surface: How many molecules a tick tell the surface of a living cancer cell.
        text: How the mission stands, in words.
    """

    tells_state: ClassVar[bool] = True
    kind: Literal["mission"] = "mission"
    phases: Counts
    keep: Counts
    surface: Annotated[float, Field(ge=0)]
    text: str

    def headline(self) -> str:
        """Say how it stands."""
        return f"mission: {self.text}"


class Encounter(Part):
    """A cell that a robot has met and dosed.

    Attributes:
        robot: Which one, from 0.
        tick: When it was over.
        level: The highest level there, molecules a tick.
        given: How many portions it let go.
    """

    robot: int
    tick: int
    level: float
    given: int


class PathMemory(Message):
    """Where the robots have been, as far as they can know it from their own moves.

    Attributes:
        best: The highest level met since each began its present search, molecules a tick.
        best_tick: When that was.
        distance: How far from there it is by now, µm, by dead reckoning.
        trust: What that is worth, 1 to 0: the expected cosine between a direction that it remembers and the
            true one.
        encounters: How many cells each has met and dosed.
        given: How many portions it let go in all.
        ended: The encounters that have ended since it was told last.
    """

    kind: Literal["path_memory"] = "path_memory"
    best: Levels
    best_tick: Counts
    distance: Levels
    trust: Levels
    encounters: Counts
    given: Counts
    ended: tuple[Encounter, ...] = ()
