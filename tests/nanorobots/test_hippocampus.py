"""The hippocampus of robots that swim: dead reckoning, how it is forgotten, searches and encounters."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuralbrain.nanorobots.body import Move
from neuralbrain.nanorobots.hippocampus import PathIntegration, PathIntegrationConfig
from neuralbrain.nanorobots.messages import Encounter, Mission, PathMemory, Phase
from tests.firing import fire
from tests.nanorobots.swimmers import chemosense, report, traits


def hippocampus(**settings: int) -> PathIntegration:
    region = PathIntegration("hippocampus", PathIntegrationConfig(**settings))
    region.reset(0)
    assert fire(region, 0, traits()) == {}
    return region


def mission(tick: int, *phases: Phase) -> Mission:
    number = np.full(len(phases), 0, np.int32)
    return Mission(
        tick=tick,
        source="cortex",
        phases=np.array(phases, np.int32),
        keep=number,
        surface=1000.0,
        text="",
    )


def away(actions: list[int], stride: float, turn: float) -> float:
    """Return how far from its start a robot is that never tumbles, by rotation matrices."""
    axes, place = np.eye(3), np.zeros(3)
    sine, cosine = math.sin(turn), math.cos(turn)
    turned: dict[int, NDArray[np.float64]] = {
        Move.RUN: np.eye(3),
        Move.LEFT: np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]]),
        Move.RIGHT: np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]),
        Move.UP: np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]]),
        Move.DOWN: np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]]),
    }
    for action in actions:
        if action == Move.RELEASE:
            continue
        axes = turned[action] @ axes
        place = place + stride * axes[0]
    return float(np.linalg.norm(place))


@given(st.lists(st.sampled_from([m for m in Move if m != Move.TUMBLE]), max_size=25))
def test_moves_are_added_up_in_the_robots_own_frame(actions: list[int]) -> None:
    region = hippocampus()
    told: PathMemory = fire(region, 0, chemosense(0, [100]))["memory"]
    for number, action in enumerate(actions):
        tick = 2 * number + 2
        told = fire(region, tick, report(tick, [action]), chemosense(tick, [10]))["memory"]
    assert told.distance[0] == pytest.approx(away(actions, 2.0, 0.6), abs=1e-4)
    assert (told.best[0], told.best_tick[0]) == (100.0, 0)
    assert told.trust[0] == pytest.approx(math.exp(-2 * 0.247 * 0.1 * len(actions)), rel=1e-5)


def test_a_tumble_ends_what_it_knows_of_directions_and_a_better_place_begins_anew() -> None:
    region = hippocampus(window=1)
    fire(region, 0, chemosense(0, [50, 50]))
    moved = [report(2, [Move.RUN, Move.RUN]), chemosense(2, [40, 60])]
    moved += [report(4, [Move.TUMBLE, Move.RUN]), chemosense(4, [40, 60])]
    told = fire(region, 10, *moved)["memory"]
    assert told.best.tolist() == [50.0, 60.0]
    assert told.best_tick.tolist() == [0, 2]
    assert told.distance.tolist() == [2.0, 2.0]
    assert told.trust[0] == 0.0
    assert told.trust[1] == pytest.approx(math.exp(-2 * 0.247 * 0.1))


def test_each_encounter_is_told_once_with_its_dose_and_a_new_search_begins() -> None:
    region = hippocampus(window=1)
    fire(region, 0, chemosense(0, [900, 5]), mission(0, Phase.SEEK, Phase.SEEK))
    fire(region, 10, chemosense(10, [950, 5]), mission(10, Phase.DELIVER, Phase.SEEK))
    fire(region, 20, chemosense(12, [950, 5], portions=[10, 12]), chemosense(14, [30, 5], portions=[9, 12]))
    told = fire(
        region, 30, chemosense(30, [20, 5], portions=[9, 12]), mission(30, Phase.LEAVE, Phase.DELIVER)
    )["memory"]
    assert told.ended == (Encounter(robot=0, tick=30, level=950.0, given=3),)
    assert told.encounters.tolist() == [1, 0]
    assert told.given.tolist() == [3, 0]
    last = fire(region, 40, chemosense(40, [15, 5], portions=[9, 12]), mission(40, Phase.SEEK, Phase.SEEK))[
        "memory"
    ]
    assert last.ended == (), "a cell that got nothing is no encounter"
    assert last.best[0] == 15.0, "the next search forgets the last one's best"


def test_it_says_nothing_where_nothing_was_felt_and_its_state_carries_over() -> None:
    region, other = hippocampus(), hippocampus()
    assert fire(region, 0) == {}
    rng = np.random.default_rng(0)
    for tick in range(2, 40, 2):
        if tick == 20:
            other.set_state(pickle.loads(pickle.dumps(region.get_state())))
        messages = [report(tick, rng.integers(0, 7, 4)), chemosense(tick, rng.integers(0, 99, 4))]
        here = fire(region, tick, *messages)["memory"]
        if tick >= 20:
            there = fire(other, tick, *messages)["memory"]
            for (name, one), (_, two) in zip(here.arrays(), there.arrays(), strict=True):
                assert np.array_equal(one, two), name
