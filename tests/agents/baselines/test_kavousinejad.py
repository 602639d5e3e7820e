"""Policies of the published world: what the tracker knows, how it counts ranges, and who is ahead."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.agents.baselines import kavousinejad as agents
from neuralbrain.agents.baselines.kavousinejad_tracker import Tracker, moments, range_variance, ranged, sensed
from neuralbrain.envs.nanorobot import kavousinejad as world
from neuralbrain.errors import ConfigurationError

TRACKER = Tracker()
act = jax.jit(TRACKER.act)
sees = jax.jit(TRACKER.sees)
step = jax.jit(agents.RULES.step)


@pytest.mark.parametrize("distance", [0.0, 1.0, 8.0, 40.0, 90.0])
def test_what_is_sensed_has_the_mean_and_variance_that_the_tracker_counts_on(distance: float) -> None:
    rng = np.random.default_rng(3)
    direction = rng.normal(size=3)
    cell = distance * direction / np.linalg.norm(direction)
    markers = cell + rng.uniform(-5.0, 5.0, (40_000, 50, 3))
    logs = np.log(np.exp(-(markers**2).sum(axis=2) / 40.0**2).mean(axis=1))
    mean, variance = (float(value) for value in sensed(jnp.float32(distance**2)))
    assert mean == pytest.approx(logs.mean(), abs=5 * np.sqrt(logs.var() / 40_000) + 1e-4 * distance / 40)
    assert variance == pytest.approx(logs.var(), rel=0.06)
    squares = np.asarray(ranged(jnp.exp(jnp.asarray(logs, jnp.float32))))
    assert squares.mean() == pytest.approx(distance**2, abs=0.2 + 0.003 * distance**2)
    assert float(range_variance(jnp.float32(distance**2))) == pytest.approx(squares.var(), rel=0.06)


@settings(max_examples=30)
@given(st.floats(0.0, 150.0))
def test_a_range_undoes_a_concentration(distance: float) -> None:
    square = jnp.float32(distance**2)
    assert float(ranged(jnp.exp(sensed(square)[0]))) == pytest.approx(distance**2, rel=1e-3, abs=0.02)


def test_moments_are_those_of_the_cloud() -> None:
    rng = np.random.default_rng(0)
    guesses, weights = rng.normal(2.0, 1.5, (400, 3)).astype(np.float32), rng.dirichlet(np.ones(400))
    cloud = moments(jnp.asarray(guesses), jnp.log(jnp.asarray(weights, jnp.float32)))
    square = (guesses**2).sum(axis=1)
    whole = np.cov(np.column_stack([guesses, square]).T, aweights=weights, bias=True)
    assert np.allclose(cloud.mean, weights @ guesses, rtol=1e-4)
    assert np.allclose(cloud.spread, whole[:3, :3], rtol=1e-3, atol=1e-3)
    assert np.allclose(cloud.both, whole[3, :3], rtol=1e-3, atol=1e-2)
    assert float(cloud.square) == pytest.approx(weights @ square, rel=1e-4)
    assert float(cloud.square_variance) == pytest.approx(whole[3, 3], rel=1e-3)


def mirrored(state: world.KavousinejadState) -> tuple[world.KavousinejadState, world.KavousinejadState]:
    """Return the world about its robot, and one where all is elsewhere but the robot senses the same."""
    here = state._replace(
        robot=jnp.zeros(3), markers=state.markers - state.robot, obstacles=state.obstacles - state.robot
    )
    elsewhere = here._replace(
        cell=jnp.array([-20.0, 30.0, 5.0]), markers=-here.markers, obstacles=-2.0 * here.obstacles
    )
    return here, elsewhere


def test_the_tracker_decides_by_what_is_sensed_alone_and_moves_at_most_a_half() -> None:
    state = agents.RULES.reset(jax.random.key(4))._replace(obstacles=jnp.full((10, 3), 200.0))
    memories = [TRACKER.begin(jax.random.key(i), sees(each)) for i, each in enumerate(mirrored(state))]
    for _ in range(40):
        results = [act(memory, sees(each)) for memory, each in zip(memories, mirrored(state), strict=True)]
        memories = [memory for memory, _ in results]
        move = results[0][1]
        assert np.array_equal(move, results[1][1])
        assert np.linalg.norm(move) <= 0.5 + 1e-6
        state = step(state, move)


def test_the_cloud_gathers_around_the_cell() -> None:
    state = agents.RULES.reset(jax.random.key(11))
    memory = TRACKER.begin(jax.random.key(0), sees(state))
    assert np.linalg.norm(moments(memory.guesses, memory.logs).mean) < 5.0  # it does not know the direction
    for _ in range(80):
        memory, move = act(memory, sees(state))
        truth = np.asarray(state.cell - state.robot)
        state = step(state, move)
    off = np.linalg.norm(moments(memory.guesses, memory.logs).mean - truth)
    assert off < 0.6 * np.linalg.norm(truth)


@pytest.fixture(scope="module")
def rows() -> dict[str, agents.Row]:
    return {row.policy: row for row in agents.compare(16, first=20_000)}


def test_the_tracker_is_ahead_of_the_published_rule(rows: dict[str, agents.Row]) -> None:
    ours, theirs = rows["tracker (ours)"], rows["published rule"]
    assert ours.success == 100.0
    assert ours.success > theirs.success
    assert ours.steps_of_all < theirs.steps_of_all


def test_nobody_is_ahead_of_the_straight_line(rows: dict[str, agents.Row]) -> None:
    assert rows["straight line"].times_line == pytest.approx(1.0, abs=0.01)
    assert all(row.times_line > 1.0 for row in rows.values() if row.policy != "straight line")
    assert rows["toward biomarkers"].success == 100.0


def test_a_row_counts_failures_as_the_paper_does_and_as_a_thousand() -> None:
    runs = agents.Runs(
        np.array([True, True, False]), np.array([100, 200, 1000], np.int32), np.float32([80.0, 120.0, 50.0])
    )
    row = agents.row("someone", runs)
    assert (row.success, row.steps, row.times_line) == pytest.approx((200 / 3, 150.0, 1.5))
    assert row.steps_of_all == pytest.approx(1300 / 3)
    assert row.steps_error == pytest.approx(50.0), "two steps that differ by 100 have a mean that errs by 50"
    assert (row.seeds, row.success_from, row.success_to) == (
        3,
        pytest.approx(20.77, abs=0.01),
        pytest.approx(93.85, abs=0.01),
    )
    nobody = agents.row(
        "nobody", agents.Runs(np.zeros(2, bool), np.full(2, 1000, np.int32), np.ones(2, np.float32))
    )
    assert nobody.success == nobody.success_from == 0.0 and nobody.success_to > 60.0
    assert np.isnan(nobody.steps) and nobody.steps_of_all == 1000.0


def test_playing_no_world_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="seeds is 0"):
        agents.play(agents.FollowMarkers(), 0)
