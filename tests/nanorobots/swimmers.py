"""Robots without physics, and messages about them, for tests of the regions that drive them."""

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import Evaluation
from neuralbrain.nanorobots.body import SwarmState
from neuralbrain.nanorobots.messages import Chemosense, MovesReport, SwarmTraits

ENV = "tests/Swimmers-v0"


class Swimmers:
    """Three robots that count the ticks as molecules; it writes down what is done to them."""

    robots, actions, portions = 3, 7, 5
    surface, stride, turn, rotation = 1018.0, 2.0, 0.6, 0.247
    tick_seconds, max_ticks = 0.1, 20

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.acted: list[list[int]] = []
        self.faults: dict[str, Any] = {}
        self.closed = False

    def reset(self, seed: int) -> None:
        self.instruction = f"find {seed} cancer cells"
        self.tick = 0

    def sense(self) -> SwarmState:
        self.calls.append("sense")
        felt = {
            "molecules": np.full(3, self.tick, np.int32),
            "quick_change": np.zeros(3, np.float32),
            "slow_change": np.zeros(3, np.float32),
            "contact": np.zeros(3, np.bool_),
            "rise_ahead": np.zeros(3, np.float32),
            "rise_left": np.zeros(3, np.float32),
            "rise_up": np.zeros(3, np.float32),
            "portions": np.full(3, 5, np.int32),
            "signal": np.zeros(3, np.int32),
            "signal_change": np.zeros(3, np.float32),
        }
        return SwarmState(**{**felt, **self.faults})

    def act(self, actions: NDArray[np.int32]) -> None:
        self.calls.append("act")
        self.acted.append(actions.tolist())
        self.tick += 1

    def evaluate(self) -> Evaluation:
        self.calls.append("evaluate")
        return Evaluation(success=True, reward=1.0, info={"acts": len(self.acted)})

    def places(self) -> NDArray[np.float32]:
        return np.zeros((3, 3), np.float32)

    def picture(self, path: NDArray[np.float32]) -> NDArray[np.uint8]:
        return np.zeros((4, 4, 3), np.uint8)

    def get_state(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)

    def close(self) -> None:
        self.closed = True


class SwimmersEnv(gymnasium.Env[Any, Any]):
    observation_space = action_space = gymnasium.spaces.Discrete(1)

    def __init__(self) -> None:
        self.body = Swimmers()


def chemosense(
    tick: int,
    molecules: Sequence[float],
    *,
    contact: Sequence[bool] | None = None,
    portions: Sequence[int] | None = None,
    quick: Sequence[float] | None = None,
    slow: Sequence[float] | None = None,
    rise: Sequence[Sequence[float]] | None = None,
) -> Chemosense:
    """Return what robots sense; what is not said is nothing, and 12 portions."""
    number = len(molecules)
    nothing = np.zeros(number)
    ahead, left, up = (np.asarray(part, np.float32) for part in ([nothing] * 3 if rise is None else rise))
    return Chemosense(
        tick=tick,
        source="brainstem",
        molecules=np.asarray(molecules, np.int32),
        quick_change=np.asarray(nothing if quick is None else quick, np.float32),
        slow_change=np.asarray(nothing if slow is None else slow, np.float32),
        contact=np.asarray(nothing if contact is None else contact, np.bool_),
        rise_ahead=ahead,
        rise_left=left,
        rise_up=up,
        portions=np.asarray(np.full(number, 12) if portions is None else portions, np.int32),
        signal=nothing.astype(np.int32),
        signal_change=nothing.astype(np.float32),
    )


def traits(surface: float = 1018.0) -> SwarmTraits:
    """Return what the swimmers' body is like."""
    return SwarmTraits(
        tick=0, source="brainstem", surface=surface, stride=2.0, turn=0.6, rotation=0.247, body_tick=0.1
    )


def report(tick: int, actions: Sequence[int]) -> MovesReport:
    """Return what robots did."""
    return MovesReport(
        tick=tick, source="brainstem", actions=np.asarray(actions, np.int32), refused=0, held=False
    )
