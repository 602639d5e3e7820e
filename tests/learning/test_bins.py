"""Observations become states: the same in numpy and in JAX."""

import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.bins import Bins, Cut, Numbered, discretisation

numbers = st.floats(-100, 100, width=32, allow_subnormal=False)  # XLA takes subnormal numbers for 0
edges = st.lists(numbers, max_size=5, unique=True).map(lambda e: tuple(sorted(e)))


@settings(max_examples=30)  # JAX compiles for each shape
@given(st.lists(edges, min_size=1, max_size=3), st.data())
def test_a_state_is_the_bins_as_digits(all_edges, data):
    bins = Bins(cuts=tuple(Cut(entry=2 - i, edges=e) for i, e in enumerate(all_edges)))
    known = [*(value for e in all_edges for value in e), 0.0, -1e9, 1e9]
    row = st.tuples(*[st.one_of(numbers, st.sampled_from(known))] * 3)
    seen = np.array(data.draw(st.lists(row, min_size=1, max_size=4)), np.float32)
    expected = np.zeros(len(seen), int)
    for i, e in enumerate(all_edges):
        expected = expected * (len(e) + 1) + np.digitize(seen[:, 2 - i], np.float32(e))
    assert bins.state(seen).tolist() == expected.tolist()
    assert np.asarray(bins.state(jnp.asarray(seen))).tolist() == expected.tolist()
    assert int(bins.state(seen[0])) == expected[0]
    assert bins.state(seen).dtype == bins.state(jnp.asarray(seen)).dtype == np.int32
    assert expected.min() >= 0 and expected.max() < bins.states


def test_labels_name_the_bins():
    bins = Bins(cuts=(Cut(entry=3, edges=(0.5,)), Cut(entry=1, edges=()), Cut(entry=0, edges=(1.0, 2.0))))
    assert bins.states == 6
    assert [bins.label(state) for state in range(3)] == ["x3<0.5, x0<1", "x3<0.5, 1≤x0<2", "x3<0.5, 2≤x0"]
    assert Numbered(states=4, first=10).label(2) == "12"


def test_spaces_of_whole_numbers_need_no_bins():
    assert discretisation(spaces.Discrete(7, start=-2)).state(np.array(-1)) == 1
    many = discretisation(spaces.MultiDiscrete([3, 2]))
    grid = np.array([[i, j] for i in range(3) for j in range(2)])
    assert many.state(grid).tolist() == list(range(6))
    cards = discretisation(spaces.Tuple([spaces.Discrete(4, start=1), spaces.Discrete(2)]))
    assert (cards.states, int(cards.state(np.asarray((2, 1))))) == (8, 3)


def test_boxes_are_cut_as_recommended_or_evenly():
    box = spaces.Box(np.array([0.0, -np.inf], np.float32), np.array([4.0, np.inf], np.float32))
    assert discretisation(box, [(1, (0.0,))]) == Bins(cuts=(Cut(entry=1, edges=(0.0,)),))
    even = discretisation(box, [(1, (0.0,))], number=4, ranges={1: (-2.0, 2.0)})
    assert [cut.edges for cut in even.cuts] == [(1.0, 2.0, 3.0), (-1.0, 0.0, 1.0)]


@pytest.mark.parametrize(
    ("space", "options", "says"),
    [
        (spaces.Box(0, 1, (2,)), {}, "recommends no bins: .* --bins 8"),
        (spaces.Box(0, np.inf, (2,)), {"number": 3}, "entry 0 .* has no bounds: .* --range 0=-1:1"),
        (spaces.Box(-3.4e38, 3.4e38, (1,)), {"number": 3}, "entry 0 .* has no bounds"),
        (spaces.Box(0, 1, (2,)), {"number": 0}, "bins is 0; give a whole number from 1 on"),
        (spaces.Box(0, 1, (2,)), {"number": 2, "ranges": {2: (0, 1)}}, "no entry 2; there are 0 to 1"),
        (
            spaces.Box(0, 1, (2,)),
            {"number": 2, "ranges": {1: (1, 0)}},
            "range of entry 1 is 1 to 0; it must rise",
        ),
        (spaces.Box(0, 255, (8, 8, 3), np.uint8), {"number": 2}, "whole numbers .* or a vector"),
        (spaces.Dict(a=spaces.Discrete(2)), {}, "whole numbers .* or a vector"),
    ],
)
def test_what_cannot_be_cut_says_what_to_do(space, options, says):
    with pytest.raises(ConfigurationError, match=says):
        discretisation(space, **options)


def test_edges_rise():
    with pytest.raises(ValidationError, match="edges of entry 1 do not rise"):
        Cut(entry=1, edges=(0.0, 0.0))


def test_tables_and_bins_need_no_jax():
    code = "import sys, neuralbrain.learning.table, neuralbrain.learning.bins; print('jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
