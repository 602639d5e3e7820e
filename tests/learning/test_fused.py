"""Thousands of robots at once: they learn, and a run that is cut off goes on as if it had not been."""

from functools import cache

import jax
import numpy as np
import pytest

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning.fused import FusedTraining
from neuralbrain.learning.stepwise import SteppedTraining
from neuralbrain.learning.training import planned
from tests.learning.toys import ring_setup


def finished(training):
    while not training.done:
        training.advance()
    return training


@cache
def uncut_run(rule):
    """A whole run; the same settings everywhere, so that they are compiled once."""
    return finished(FusedTraining(ring_setup(rule, chunks=5)))


@pytest.mark.parametrize("rule", ["q", "double", "lambda"])
def test_a_run_cut_off_anywhere_gives_the_same_table(rule, tmp_path):
    path = tmp_path / "checkpoint.npz"
    uncut = uncut_run(rule)
    cut = FusedTraining(ring_setup(rule, chunks=5))
    while not cut.done:
        cut.advance()
        cut.save(path)
        cut = FusedTraining(planned(path))
        cut.restore(path)
    assert cut.moment.curve == uncut.moment.curve
    assert len(cut.moment.curve) == 5
    for mine, theirs in zip(*map(jax.tree.leaves, (cut.moment.carry, uncut.moment.carry)), strict=True):
        assert np.array_equal(jax.device_get(plain(mine)), jax.device_get(plain(theirs)))
    assert np.array_equal(cut.table().values, uncut.table().values)
    assert np.abs(cut.table().values).max() > 0.1


def plain(leaf):
    return jax.random.key_data(leaf) if jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key) else leaf


def test_a_run_goes_on_beyond_its_first_end(tmp_path):
    path = tmp_path / "checkpoint.npz"
    uncut_run("q").save(path)
    further = ring_setup(chunks=5).model_copy(update={"steps": 30_000})
    longer = FusedTraining(further)
    longer.restore(path)
    assert np.array_equal(finished(longer).table().values, finished(FusedTraining(further)).table().values)
    assert longer.moment.steps == 30_016  # whole ticks of 64 robots


@pytest.mark.parametrize("rule", ["q", "double", "lambda"])
def test_they_learn_the_short_way_home(rule):
    training = uncut_run(rule)
    assert training.table().policy[1:].tolist()[:3] == [0, 0, 0]
    assert training.table().policy[1:].tolist()[4:] == [1, 1, 1]
    assert not training.table().values[:, 0].any()  # who is home is drawn again: that is no experience
    judged = training.evaluate(200)
    assert (judged.worlds, judged.success, judged.unfinished) == (200, 1.0, 0)
    assert 2.0 < judged.mean_length < 4.0  # from 1 to 4 places away, with slips
    assert judged.mean_return == pytest.approx(1.0 - 0.25 * (judged.mean_length - 1.0), abs=1e-5)
    assert judged == training.evaluate(200)
    first, *_, last = (point for point in training.moment.curve if point.known)
    assert training.newest is last
    assert last.mean_return == pytest.approx(1.25 * last.success - 0.25 * last.mean_length, abs=1e-4)
    assert last.mean_return > first.mean_return
    assert last.mean_length < first.mean_length


def test_one_compiled_robot_and_one_that_steps_learn_the_same_table():
    setup = ring_setup(robots=1, steps=300, kwargs={"ticks": 300, "places": 1000, "slip": 0.3})
    fused = finished(FusedTraining(setup))
    stepped = finished(SteppedTraining(setup))
    assert fused.moment.steps == stepped.moment.steps == 300
    values = fused.table().values
    assert np.count_nonzero(values) >= 3
    assert np.allclose(values, stepped.table().values, rtol=1e-5, atol=1e-6)


def test_the_number_of_robots_changes_no_ones_chance():
    few, many = (FusedTraining(ring_setup(robots=robots)).moment.carry.world for robots in (2, 64))
    assert np.array_equal(few.place, many.place[:2])


def test_a_checkpoint_that_does_not_fit_says_what_differs(tmp_path):
    path = tmp_path / "checkpoint.npz"
    training = FusedTraining(ring_setup(chunks=5))
    training.advance()
    training.save(path)
    with pytest.raises(RecordError, match=r"leaf\d is .* of shape .*64.*, it should be .* of shape .*32"):
        FusedTraining(ring_setup(robots=32)).restore(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    for read in (planned, training.restore):
        with pytest.raises(RecordError, match="cut short, damaged, or no training checkpoint"):
            read(path)
    training.table().save(path)
    with pytest.raises(RecordError, match="no training checkpoint but Q-table: give a training checkpoint"):
        planned(path)


def test_an_interruption_in_a_chunk_leaves_the_last_one(monkeypatch):
    training = FusedTraining(ring_setup(chunks=5))
    training.advance()
    before = training.moment

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(FusedTraining, "_advanced", interrupted)
    with pytest.raises(KeyboardInterrupt):
        training.advance()
    assert training.moment is before


def test_worlds_that_are_not_compiled_are_refused():
    setup = ring_setup().model_copy(update={"env": "FrozenLake-v1"})
    with pytest.raises(ConfigurationError, match="FrozenLake-v1 are not compiled by JAX"):
        FusedTraining(setup)


def test_episodes_are_told_by_when_they_began():
    curve = uncut_run("q").moment.curve
    ended = sum(point.episodes for point in curve)
    assert sum(point.began for point in curve) == ended + 64, "each robot is in an episode at the end"
    known = [point.known for point in curve]
    assert known[0] and not known[-1]
    assert curve[0].began > 64 and curve[-1].mean_return is None
