"""A Q-table comes back from its file whole, or not at all."""

import zipfile

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning.bins import Bins, Cut, Numbered
from neuralbrain.learning.table import QTable

BOX, MOVES = spaces.Box(0.0, 1.0, (2,), np.float32), spaces.Discrete(3)
BINS = Bins(cuts=(Cut(entry=1, edges=(0.25, 0.5, 0.75)),))
MANIFEST = {"env": "a/B-v0", "observation_space": str(BOX), "action_space": str(MOVES), "seed": 4}


def table(tables: int = 1) -> QTable:
    values = np.random.default_rng(0).normal(size=(tables, 4, 3)).astype(np.float32)
    return QTable(values, BINS, MANIFEST)


@pytest.mark.parametrize("tables", [1, 2])
def test_a_table_comes_back(tmp_path, tables):
    before = table(tables)
    before.save(tmp_path / "q.npz")
    after = QTable.load(tmp_path / "q.npz")
    assert np.array_equal(after.values, before.values)
    assert (after.bins, after.manifest) == (before.bins, before.manifest)
    before.save(tmp_path / "again.npz")
    assert (tmp_path / "q.npz").read_bytes() == (tmp_path / "again.npz").read_bytes()


@pytest.mark.parametrize("tables", [1, 2])
def test_the_greedy_action_is_the_best_of_the_observations_state(tables):
    own = table(tables)
    seen = np.array([[[0.9, 0.1], [0.0, 0.3]], [[0.5, 0.5], [0.1, 1.0]]], np.float32)
    assert own.greedy(seen).tolist() == own.policy[[[0, 1], [2, 3]]].tolist()
    assert own.greedy(seen[0, 1]) == own.action_values[1].argmax()


def test_ties_go_to_the_lowest_and_actions_begin_where_they_begin():
    own = QTable(np.zeros((1, 2, 3), np.float32), Numbered(states=2), {"first_action": 5})
    assert own.greedy(np.array([0, 1])).tolist() == [5, 5]


@given(st.data())
def test_a_file_cut_short_or_damaged_is_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "q.npz"
    table().save(path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at])
    with pytest.raises(RecordError, match="cut short, damaged, or no Q-table"):
        QTable.load(path)


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "q.npz"
    with pytest.raises(RecordError, match="cannot be read: No such file"):
        QTable.load(path)
    np.savez(path, values=np.zeros((1, 4, 3), np.float32))
    with pytest.raises(RecordError, match="no Q-table of NeuralBrain's"):
        QTable.load(path)
    table().save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for wrong, says in (
        (parts["manifest.npy"].replace("1".encode("utf-32-le"), "7".encode("utf-32-le")), "format 7"),
        (
            parts["manifest.npy"].replace("Q-table".encode("utf-32-le"), "K-table".encode("utf-32-le")),
            "no Q-table",
        ),
    ):
        with zipfile.ZipFile(path, "w") as new:
            for name, content in {**parts, "manifest.npy": wrong}.items():
                new.writestr(name, content)
        with pytest.raises(RecordError, match=says):
            QTable.load(path)


def test_a_table_for_something_else_says_what_differs():
    own = table()
    own.check("a/B-v0", BOX, MOVES)
    with pytest.raises(ConfigurationError, match="environment a/B-v0, not a/C-v0: .* train q --env a/C-v0"):
        own.check("a/C-v0", BOX, MOVES)
    with pytest.raises(ConfigurationError, match="observation space Box.*, not Discrete"):
        own.check("a/B-v0", spaces.Discrete(4), MOVES)
    with pytest.raises(ConfigurationError, match=r"action space Discrete\(3\), not Discrete\(4\)"):
        own.check("a/B-v0", BOX, spaces.Discrete(4))
    wide = QTable(np.zeros((1, 4, 5), np.float32), BINS, MANIFEST)
    with pytest.raises(ConfigurationError, match="has 5 actions, a/B-v0 takes 3"):
        wide.check("a/B-v0", BOX, MOVES)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (np.zeros((1, 5, 3), np.float32), "5 states, its bins make 4"),
        (np.zeros((4, 3), np.float32), r"shape \(4, 3\)"),
        (np.zeros((1, 4, 3)), "float64"),
        (np.full((1, 4, 3), np.nan, np.float32), "not finite"),
    ],
)
def test_values_that_do_not_fit_are_refused(values, says):
    with pytest.raises(ConfigurationError, match=says):
        QTable(values, BINS, {})
