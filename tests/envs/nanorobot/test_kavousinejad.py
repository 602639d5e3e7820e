"""The published world: its rules against NumPy, and its environments, scalar and vector."""

from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import neuralbrain  # noqa: F401 - registers
from neuralbrain.envs.nanorobot import kavousinejad as world
from neuralbrain.errors import ConfigurationError, ContractError

RULES = world.KavousinejadRules()
SPEC = gymnasium.spec("neuralbrain/NanoKavousinejad-v0")
FIRST = jax.jit(RULES.reset)(jax.random.key(0))
step = jax.jit(RULES.step)
observe = jax.jit(RULES.observe)


@pytest.fixture(scope="module")
def many_worlds() -> world.KavousinejadState:
    return jax.jit(jax.vmap(RULES.reset))(jax.random.split(jax.random.key(1), 512))


def test_worlds_begin_as_published(many_worlds: world.KavousinejadState) -> None:
    robots, cells = np.asarray(many_worlds.robot), np.asarray(many_worlds.cell)
    assert robots.min() >= -50.0 and robots.max() <= -25.0
    assert cells.min() >= -50.0 and cells.max() <= 50.0
    assert abs(robots.mean() + 37.5) < 1.0 and abs(cells.mean()) < 4.0
    offsets = np.asarray(many_worlds.markers) - cells[:, None]
    assert offsets.shape == (512, 50, 3)
    assert abs(offsets).max() <= 5.0 + 1e-4
    assert offsets.var() == pytest.approx(25 / 3, rel=0.05)
    assert many_worlds.obstacles.shape == (512, 10, 3)


def test_the_concentration_is_the_published_mean(many_worlds: world.KavousinejadState) -> None:
    seen = np.asarray(jax.vmap(RULES.observe)(many_worlds))
    squares = ((np.asarray(many_worlds.markers) - np.asarray(many_worlds.robot)[:, None]) ** 2).sum(axis=2)
    assert np.allclose(seen[:, 0], np.exp(-squares / 40.0**2).mean(axis=1), rtol=1e-4)


def test_the_cell_walks_and_its_biomarkers_follow(many_worlds: world.KavousinejadState) -> None:
    before = many_worlds.markers - many_worlds.cell[:, None]
    after = jax.vmap(RULES.step)(many_worlds, jnp.zeros((512, 3)))
    steps = np.asarray(after.cell - many_worlds.cell)
    assert steps.std() == pytest.approx(0.2, rel=0.06)
    assert abs(np.asarray(after.markers) - np.asarray(after.cell)[:, None]).max() <= 5.0 + 1e-4
    assert not np.allclose(after.markers - after.cell[:, None], before)
    assert np.array_equal(after.obstacles, many_worlds.obstacles)


@settings(max_examples=60)
@given(arrays.arrays(np.float32, 3, elements=st.floats(-0.5, 0.5, width=32)))
def test_no_move_is_longer_than_a_half_and_what_was_moved_is_sensed(action: Any) -> None:
    free = FIRST._replace(obstacles=jnp.full((10, 3), 1000.0))
    after = step(free, action)
    length = float(np.linalg.norm(action))
    expected = action * min(1.0, 0.5 / length) if length > 0 else action
    assert np.allclose(after.moved, expected, atol=1e-6)
    assert np.allclose(after.robot - free.robot, after.moved, atol=1e-5)
    seen = np.asarray(observe(after))
    assert RULES.observations.contains(seen)
    assert np.array_equal(seen[2:], after.moved)


def test_an_obstacle_turns_a_robot_away_and_is_felt() -> None:
    obstacles = jnp.full((10, 3), 1000.0).at[0].set(FIRST.robot + jnp.array([0.8, 0.0, 0.0]))
    touching = FIRST._replace(obstacles=obstacles)
    assert observe(touching)[1] == 1.0
    after = step(touching, jnp.array([0.5, 0.0, 0.0]))
    assert np.allclose(after.moved, [-0.5, 0.0, 0.0], atol=1e-6)
    assert observe(after)[1] == 0.0
    assert np.linalg.norm(step(touching, jnp.array([0.0, 0.5, 0.0])).moved) <= 0.5 + 1e-6


@pytest.mark.parametrize(("away", "found"), [(0.49, True), (0.51, False)])
def test_the_cell_is_found_below_a_half(away: float, found: bool) -> None:
    state = FIRST._replace(robot=FIRST.cell + jnp.array([0.0, away, 0.0]))
    assert bool(RULES.over(state)) is found
    assert bool(RULES.success(state)) is found


def test_the_reward_is_the_published_one() -> None:
    assert float(RULES.reward(FIRST, FIRST)) == pytest.approx(float(observe(FIRST)[0]))
    near = FIRST._replace(robot=FIRST.cell + jnp.array([3.0, 0.0, 0.0]))
    assert float(RULES.reward(near, FIRST)) == pytest.approx(-3.0, rel=1e-4)


@pytest.mark.parametrize("render_mode", [None, "rgb_array", "ansi"])
def test_gymnasiums_checks_pass_without_a_warning(render_mode: str | None) -> None:
    check_env(gymnasium.make(SPEC, render_mode=render_mode).unwrapped, skip_render_check=render_mode is None)


def test_a_spec_survives_json() -> None:
    again = EnvSpec.from_json(SPEC.to_json())
    assert again == SPEC
    assert gymnasium.make_vec(again, num_envs=2).reset(seed=0)[0].shape == (2, 5)


def test_vector_and_scalar_agree_step_for_step_and_over_resets() -> None:
    many: Any = gymnasium.make_vec(SPEC, num_envs=3)
    ones: list[Any] = [gymnasium.make(SPEC).unwrapped for _ in range(3)]
    seen, _ = many.reset(seed=7)
    assert np.array_equal(seen, [one.reset(seed=7 + i)[0] for i, one in enumerate(ones)])
    over, ended = np.zeros(3, bool), 0
    for tick in range(40):
        cells, robots = np.asarray(many.state.cell), np.asarray(many.state.robot)
        if tick % 10 == 0:  # set each robot near its cell: a judge may
            robots = cells + np.float32(1.5)
            many.state = many.state._replace(robot=jnp.asarray(robots))
            for i, one in enumerate(ones):
                one.state = one.state._replace(robot=jnp.asarray(robots[i : i + 1]))
        action = np.clip(cells - robots, -0.5, 0.5)
        seen, reward, terminated, truncated, info = many.step(action)
        for i, one in enumerate(ones):
            expected: Any = (*one.reset()[:1], 0.0, False, False) if over[i] else one.step(action[i])[:4]
            assert np.allclose(seen[i], expected[0], atol=1e-5)
            assert reward[i] == pytest.approx(expected[1], abs=1e-4)
            assert (terminated[i], truncated[i]) == expected[2:4]
            assert info["is_success"][i] == terminated[i]
        over = terminated | truncated
        ended += int(over.sum())
    assert ended >= 6


def test_pictures_show_the_robot_and_the_cell() -> None:
    env: Any = gymnasium.make(SPEC, render_mode="ansi").unwrapped
    env.reset(seed=3)
    text = env.render()
    assert text.count("R") == 1 and text.count("C") == 1
    assert "from the cell" in text


def test_wrong_use_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no render mode .film"):
        world.NanoKavousinejadEnv(render_mode="film")
    env = world.NanoKavousinejadEnv()
    env.reset(seed=0)
    with pytest.raises(ContractError, match="Box"):
        env.step(np.array([0.6, 0.0, 0.0], np.float32))
    with pytest.raises(ContractError, match="Box"):
        env.step(np.array([np.nan, 0.0, 0.0], np.float32))
