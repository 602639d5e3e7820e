"""Any Gymnasium environment of few actions, one step at a time."""

import numpy as np
import pytest

from neuralbrain.learning.setup import settings, training_setup
from neuralbrain.learning.stepwise import SteppedTraining
from neuralbrain.learning.training import planned


def lake(rule="q", steps=3000, slippery=False):
    told = settings(steps, alpha="0.3", epsilon="linear:1:0.2", rule=rule, gamma=0.9)
    return training_setup("FrozenLake-v1", told, steps=steps, kwargs={"is_slippery": slippery})


def finished(training):
    while not training.done:
        training.advance()
    return training


@pytest.mark.parametrize("rule", ["q", "double", "lambda"])
def test_a_lake_is_crossed_by_the_shortest_way(rule):
    training = finished(SteppedTraining(lake(rule)))
    judged = training.evaluate(3)
    assert (judged.mean_return, judged.mean_length, judged.success) == (1.0, 6.0, None)
    assert training.table().values[:, 14, 2].max() == pytest.approx(1.0, abs=1e-3)  # one step from the goal
    assert sum(point.episodes for point in training.moment.curve) == training.moment.carry.episode


def test_a_run_cut_off_gives_the_same_table(tmp_path):
    path = tmp_path / "checkpoint.npz"
    uncut = finished(SteppedTraining(lake("lambda", 600, slippery=True)))
    cut = SteppedTraining(lake("lambda", 600, slippery=True))
    while not cut.done:
        for _ in range(7):
            if not cut.done:
                cut.advance()
        cut.save(path)
        cut = SteppedTraining(planned(path))
        cut.restore(path)
    assert np.array_equal(cut.table().values, uncut.table().values)
    assert cut.moment.curve == uncut.moment.curve


@pytest.mark.parametrize(
    ("env", "more", "shape"),
    [
        ("CartPole-v1", {"bins": 4, "ranges": {1: (-3.0, 3.0), 3: (-3.5, 3.5)}}, (1, 256, 2)),
        ("Blackjack-v1", {}, (1, 32 * 11 * 2, 2)),
        ("Taxi-v4", {}, (1, 500, 6)),
    ],
)
def test_other_observations_work_too(env, more, shape):
    told = settings(400, alpha="0.3", epsilon="0.5")
    training = finished(SteppedTraining(training_setup(env, told, steps=400, **more)))
    assert training.table().values.shape == shape
    assert np.count_nonzero(training.table().values) > 5
    assert training.moment.steps >= 400
