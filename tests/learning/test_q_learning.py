"""The rule agrees with the books', for one robot and for many that share a table."""

from functools import partial

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.learning.q_learning import Settings, Transitions, begin, choose, learn, random_numbers
from neuralbrain.learning.schedule import Schedule
from neuralbrain.learning.single import OneRobot
from tests.learning.reference import Reference

STATES, ACTIONS = 5, 3
RULES = ("q", "double", "lambda")


def told(rule: str, alpha: float = 0.3) -> Settings:
    constant = Schedule(start=alpha, end=alpha)
    return Settings(rule=rule, alpha=constant, epsilon=constant, gamma=0.9, decay=0.7, length=4)


@partial(jax.jit, static_argnums=0)
def learned(own, learner, batch, drawn):
    return learn(own, learner, batch, 0, drawn)


chosen = jax.jit(choose, static_argnums=0)
drawn_at = jax.jit(random_numbers, static_argnums=(0, 3))


def experience(seed: int, ticks: int, robots: int):
    """Ticks of robots; after an end comes a tick that is none."""
    rng = np.random.default_rng(seed)
    over = np.zeros(robots, bool)
    state = rng.integers(0, STATES, robots, dtype=np.int32)
    for _ in range(ticks):
        after = rng.integers(0, STATES, robots, dtype=np.int32)
        action = rng.integers(0, ACTIONS, robots, dtype=np.int32)
        end = rng.random(robots)
        terminated, truncated = (end < 0.15) & ~over, (end > 0.9) & ~over
        reward = np.where(over, 0.0, rng.normal(size=robots)).astype(np.float32)
        yield Transitions(state, action, reward, after, terminated, truncated, ~over), rng.random((2, robots))
        over, state = terminated | truncated, after


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1), alpha=st.sampled_from([0.01, 0.3, 1.0]))
def test_many_robots_learn_as_the_books_say(rule, seed, alpha):
    own, robots = told(rule, alpha), 7
    learner, reference = begin(own, STATES, ACTIONS, robots), Reference(own, STATES, ACTIONS, robots)
    for batch, numbers in experience(seed, 15, robots):
        drawn = numbers[: own.tables].astype(np.float32)
        learner = learned(own, learner, batch, drawn)
        reference.learn(batch, alpha, drawn[-1])
        assert np.allclose(learner.values, reference.values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_one_robot_in_numpy_learns_the_same_table(rule):
    own, key = told(rule), jax.random.key(5)
    learner = begin(own, STATES, ACTIONS, 1)
    robot = OneRobot(own, learner, key, 0)
    for tick, (batch, _) in enumerate(b for b in experience(1, 200, 1) if b[0].valid[0]):
        drawn = drawn_at(own, key, tick, 1)
        state = int(batch.state[0])
        assert robot.choose(state) == chosen(own, learner.values, batch.state, tick, drawn)[0]
        learner = learned(own, learner, batch, drawn)
        s, a, r, after, terminated, truncated, _ = (part[0].item() for part in batch)
        robot.learn(s, a, r, after, terminated, truncated)
        for mine, theirs in zip(robot.learner(), learner, strict=True):
            # Compiled with its costly passes, XLA rounds a product and a sum once (FMA), numpy each of them.
            assert np.allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def one(reward=1.0, *, terminated=False, truncated=False, valid=True, after=1):
    given = (0, 2, reward, after, terminated, truncated, valid)
    kinds = (np.int32, np.int32, np.float32, np.int32, bool, bool, bool)
    return Transitions(*(np.array([v], kind) for v, kind in zip(given, kinds, strict=True)))


@pytest.mark.parametrize(
    ("batch", "moves"),
    [
        (one(), 0.3 * (1 + 0.9 * 2)),
        (one(truncated=True), 0.3 * (1 + 0.9 * 2)),
        (one(terminated=True), 0.3),
        (one(valid=False), 0.0),
    ],
    ids=[
        "Watkins",
        "time up: what is after counts",
        "the end: it does not",
        "a world drawn again: no experience",
    ],
)
def test_what_is_after_counts_unless_it_is_the_end(batch, moves):
    learner = begin(told("q"), STATES, ACTIONS, 1)
    learner = learner._replace(values=learner.values.at[0, 1, 1].set(2.0))
    after = learned(told("q"), learner, batch, np.zeros((1, 1), np.float32)).values
    assert after[0, 0, 2] == pytest.approx(moves)
    assert np.count_nonzero(after - learner.values) == (moves != 0)


def test_traces_end_where_a_robot_explores():
    own = told("lambda")
    for first, expected in ((2, 0.0 + 0.63 * 5.0), (0, 0.0)):
        learner = begin(own, STATES, ACTIONS, 1)
        learner = learner._replace(values=learner.values.at[0, 1, 2].set(1.0))
        visit = one(0.0, after=1)._replace(action=np.array([2], np.int32))
        then = one(6.0 if first == 2 else 5.0, after=3, terminated=True)._replace(
            state=np.array([1], np.int32), action=np.array([first], np.int32)
        )
        drawn = np.zeros((1, 1), np.float32)
        for batch in (visit, then):
            learner = learned(own, learner, batch, drawn)
        assert learner.targets[1, 0] == pytest.approx(0.9 * 1.0 + expected)


def test_choices_explore_evenly_and_ties_go_to_the_lowest():
    own = told("q", alpha=0.5)  # epsilon, too
    drawn = ((np.arange(1200) + 0.5) / 1200).astype(np.float32)[None]
    values = np.zeros((1, STATES, ACTIONS), np.float32)
    values[0, :, 1:] = 1.0
    actions = np.asarray(chosen(own, values, np.zeros(1200, np.int32), 0, drawn))
    assert np.bincount(actions[:600]).tolist() == [200, 200, 200]
    assert set(actions[600:]) == {1}


def test_two_tables_choose_by_their_sum():
    own = told("double")
    values = np.zeros((2, STATES, ACTIONS), np.float32)
    values[:, 0] = [[3.0, 2.0, 0.0], [0.0, 2.0, 3.5]]
    assert chosen(own, values, np.zeros(1, np.int32), 0, np.ones((2, 1), np.float32))[0] == 1
