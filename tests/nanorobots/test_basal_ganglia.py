"""The basal ganglia: the table's action where a robot seeks, and what the mission asks elsewhere."""

import pickle
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.errors import BlueprintError, RecordError, UnknownNameError
from neuralbrain.learning.bins import Bins, Cut
from neuralbrain.learning.table import QTable, load_table
from neuralbrain.nanorobots.basal_ganglia import ROW, TABLE, BasalGanglia, BasalGangliaConfig, row
from neuralbrain.nanorobots.body import Move
from neuralbrain.nanorobots.messages import Mission, Phase
from tests.firing import fire
from tests.nanorobots.swimmers import chemosense, report

SURFACE = 1000.0


def table(entry: int = 1, actions: int = 6) -> QTable:
    """Return a table by hand: steer left where the count falls, right where it rises."""
    values = np.zeros((1, 2, actions), np.float32)
    values[0, 0, Move.LEFT], values[0, 1, Move.RIGHT] = 1.0, 1.0
    return QTable(values, Bins(cuts=(Cut(entry=entry, edges=(0.0,)),)), {"env": "by hand"})


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "hand.npz"
    table().save(path)
    return path


def ganglia(path: Path, **settings: float) -> BasalGanglia:
    region = BasalGanglia("basal_ganglia", BasalGangliaConfig(table=str(path), **settings))
    region.reset(0)
    return region


def mission(*phases: Phase, keep: int = 12) -> Mission:
    return Mission(
        tick=0,
        source="cortex",
        phases=np.array(phases, np.int32),
        keep=np.full(len(phases), keep, np.int32),
        surface=SURFACE,
        text="",
    )


def test_it_keeps_still_before_it_has_a_mission_and_is_silent_without_a_reading(path: Path) -> None:
    region = ganglia(path)
    assert fire(region, 0) == {}
    assert fire(region, 1, chemosense(0, [5, 5]))["moves"].actions.tolist() == [Move.TUMBLE] * 2
    assert fire(region, 2, mission(Phase.SEEK, Phase.SEEK)) == {}


def test_a_robot_that_seeks_does_as_the_table_says_and_one_that_stays_does_not(path: Path) -> None:
    region = ganglia(path)
    phases = (Phase.SEEK, Phase.SEEK, Phase.STAY)
    told = fire(region, 1, mission(*phases), chemosense(0, [9, 9, 9], quick=[-1, 1, 1]))["moves"]
    assert told.actions.tolist() == [Move.LEFT, Move.RIGHT, Move.TUMBLE]


def test_beside_the_cell_it_keeps_still_and_lets_go_of_what_it_shall_not_keep(path: Path) -> None:
    region = ganglia(path, grip=3, reach=2)
    orders = mission(Phase.SEEK, Phase.DELIVER, Phase.DELIVER, keep=10)
    touching = {"contact": [True] * 3, "portions": [12, 12, 10]}
    told = fire(region, 1, orders, chemosense(0, [990] * 3, **touching))["moves"]  # type: ignore[arg-type]
    assert told.actions.tolist() == [Move.TUMBLE, Move.RELEASE, Move.TUMBLE], "the third has given enough"
    for tick, action in ((3, Move.RELEASE), (5, Move.TUMBLE)):
        told = fire(region, tick, chemosense(tick - 1, [990] * 3, portions=[12, 11, 10]))["moves"]
        assert told.actions.tolist() == [Move.TUMBLE, action, Move.TUMBLE], "for a while untouched"
    far = fire(region, 7, chemosense(6, [990] * 3, portions=[12, 11, 10]))["moves"]
    assert far.actions.tolist() == [Move.RIGHT, Move.RIGHT, Move.TUMBLE], "then it looks for the cell again"
    low = fire(region, 9, chemosense(8, [500] * 3, **touching))["moves"]  # type: ignore[arg-type]
    assert low.actions.tolist()[:2] == [Move.RIGHT, Move.RIGHT], "what it touches is not the cell"


def test_to_leave_is_a_turn_and_then_straight_on(path: Path) -> None:
    region = ganglia(path)
    leave = mission(Phase.LEAVE)
    told = [
        fire(region, 1, leave, chemosense(0, [900], contact=[True])),
        fire(region, 3, chemosense(2, [900])),
        fire(region, 5, chemosense(4, [900], contact=[True])),
    ]
    assert [one["moves"].actions.tolist() for one in told] == [[Move.TUMBLE], [Move.RUN], [Move.TUMBLE]]


def test_its_last_move_is_what_was_really_done(tmp_path: Path) -> None:
    table(entry=4).save(tmp_path / "moves.npz")
    values = QTable.load(tmp_path / "moves.npz").values
    bins = Bins(cuts=(Cut(entry=4, edges=(2.5,)),))
    QTable(values, bins, {}).save(tmp_path / "moves.npz")
    region = ganglia(tmp_path / "moves.npz")
    seeking = mission(Phase.SEEK, Phase.SEEK, Phase.SEEK)
    done = report(2, [Move.LEFT, Move.UP, Move.RELEASE])
    told = fire(region, 3, seeking, done, chemosense(2, [1, 1, 1]))["moves"]
    assert told.actions.tolist() == [Move.LEFT, Move.RIGHT, Move.LEFT], "a release counts as a tumble"


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=5), st.integers(0, 6))
def test_a_row_has_the_entries_of_an_observation(molecules: list[int], move: int) -> None:
    number = len(molecules)
    rise = [[0.5] * number, [-3.0] * number, [2.0] * number]
    sense = chemosense(
        0, molecules, contact=[True] * number, quick=[2.5] * number, slow=[-1] * number, rise=rise
    )
    seen = row(sense, np.full(number, move, np.int32))
    assert seen.dtype == np.float32 and seen.shape == (number, len(ROW))
    assert np.allclose(np.expm1(seen[:, 0].astype(np.float64)), molecules, rtol=1e-4)
    assert (seen[:, 1:4] == (2.5, -1.0, 1.0)).all()
    assert np.allclose(seen[:, 5:], (0.5, -3.0, 2.0, 13.25**0.5, np.arctan2(13**0.5, 0.5), Move.RIGHT))
    assert (seen[:, 4] == (Move.TUMBLE if move == Move.RELEASE else move)).all()


def test_its_state_carries_over(path: Path) -> None:
    region, other = ganglia(path, grip=3), ganglia(path, grip=3)
    fire(region, 1, mission(Phase.DELIVER, keep=9), chemosense(0, [990], contact=[True]))
    other.set_state(pickle.loads(pickle.dumps(region.get_state())))
    for tick in (3, 5, 7, 9):
        sense = chemosense(tick - 1, [990])
        here, there = fire(region, tick, sense)["moves"], fire(other, tick, sense)["moves"]
        assert here.actions.tolist() == there.actions.tolist()


def test_the_table_that_we_bring_was_learned_in_the_world_as_it_is() -> None:
    env: Any = gymnasium.make("neuralbrain/NanoSeek-v0")
    table = load_table("g", "nanoseek", TABLE)
    table.check("neuralbrain/NanoSeek-v0", env.observation_space, env.action_space)
    assert isinstance(table.bins, Bins)
    assert [(cut.entry, cut.edges) for cut in table.bins.cuts] == [tuple(cut) for cut in env.unwrapped.bins]
    assert table.manifest["steps"] > 10**7


def test_a_table_that_does_not_fit_is_named(tmp_path: Path, path: Path) -> None:
    assert load_table("g", "nanoseek", TABLE).manifest["env"] == "neuralbrain/NanoSeek-v0"
    with pytest.raises(UnknownNameError, match="no table 'nanoseeker'. Did you mean 'nanoseek'"):
        load_table("g", "nanoseeker", TABLE)
    table(entry=len(ROW)).save(tmp_path / "wide.npz")
    with pytest.raises(BlueprintError, match="not learned from what this region senses"):
        load_table("g", str(tmp_path / "wide.npz"), TABLE)
    table(actions=4).save(tmp_path / "few.npz")
    with pytest.raises(BlueprintError, match="has 4 actions, and not 6 or 7: train one"):
        load_table("g", str(tmp_path / "few.npz"), TABLE)
    (tmp_path / "cut.npz").write_bytes(path.read_bytes()[:100])
    with pytest.raises(RecordError, match="cut short"):
        load_table("g", str(tmp_path / "cut.npz"), TABLE)
