"""A paddle under thrown balls: its rules, and its environments, scalar and vector."""

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from neuralbrain.envs.dodge import rules as world
from neuralbrain.errors import ConfigurationError, ContractError

DODGE = "neuralbrain/Dodge-v0"
RULES = world.DodgeRules()
FIRST = RULES.reset(jax.random.key(0))
LOW = FIRST._replace(
    paddle=jnp.float32(0.2),
    x=jnp.array([0.2, -0.9, 0.9, 0.9]),
    y=jnp.array([0.03, 0.5, 0.5, 1.5]),
    vx=jnp.zeros(4),
    vy=jnp.full(4, 0.04),
)
"""A ball comes down on the paddle."""


@pytest.mark.parametrize("balls", [False, True])
def test_gymnasium_accepts_it(balls: bool) -> None:
    env = gymnasium.make(DODGE, balls=balls, render_mode="rgb_array")
    check_env(env.unwrapped)
    env.reset(seed=1)
    picture = env.render()
    assert isinstance(picture, np.ndarray) and picture.shape == (world.PIXELS, world.PIXELS, 3)
    assert (picture == (80, 140, 240)).all(axis=2).any()


def test_a_ball_that_lands_on_the_paddle_ends_it() -> None:
    still, right = RULES.step(LOW, jnp.int32(1)), RULES.step(LOW, jnp.int32(2))
    assert RULES.over(still) and RULES.reward(LOW, still) == 0.0
    assert right.paddle == pytest.approx(0.24)
    away = LOW._replace(x=LOW.x.at[0].set(0.2 - world.REACH + 0.01))
    assert RULES.over(RULES.step(away, jnp.int32(1)))
    assert not RULES.over(RULES.step(away, jnp.int32(2)))
    assert RULES.reward(away, RULES.step(away, jnp.int32(2))) == 1.0


def test_what_has_landed_is_thrown_anew_and_the_wall_holds_the_paddle() -> None:
    landed = LOW._replace(y=LOW.y.at[0].set(-0.01), paddle=jnp.float32(-1.0))
    after = RULES.step(landed, jnp.int32(0))
    assert after.y[0] == 1.0 and after.paddle == -1.0
    assert float(abs(after.vx[0]) / after.vy[0]) <= 2.0
    assert 1 / world.FLIGHT[1] <= float(after.vy[0]) <= 1 / world.FLIGHT[0]


def test_the_retina_sees_where_a_ball_is_from_the_paddle() -> None:
    seen = np.asarray(RULES.observe(LOW))
    assert seen[7] == pytest.approx(0.97) and seen[6] == seen[8] == 0.0
    assert seen[14] == pytest.approx(0.5, abs=1e-5) and seen[15] == pytest.approx(0.2)  # that at 0.9
    balls = world.DodgeRules(balls=True)
    assert np.allclose(balls.view(balls.observe(LOW)), seen)
    assert sorted(entry for kind in balls.kinds for one in kind for entry in one) == list(range(17))


@pytest.mark.parametrize("balls", [False, True])
def test_a_vector_agrees_with_scalars_and_stays_in_bounds(balls: bool) -> None:
    many = gymnasium.make_vec(DODGE, num_envs=3, balls=balls)
    ones = [gymnasium.make(DODGE, balls=balls).unwrapped for _ in range(3)]
    seen, _ = many.reset(seed=5)
    assert np.allclose(seen, [one.reset(seed=5 + i)[0] for i, one in enumerate(ones)], atol=1e-5)
    many.action_space.seed(0)
    ended = 0
    for _ in range(200):
        actions = many.action_space.sample()
        seen, reward, terminated, _, _ = many.step(actions)
        assert all(map(many.single_observation_space.contains, seen))
        for i, one in enumerate(ones):
            if one.state is None:
                continue
            expected = one.step(actions[i])
            assert np.allclose(seen[i], expected[0], atol=1e-5)
            assert (reward[i], terminated[i]) == expected[1:3]
            if terminated[i]:
                one.close()
                ended += 1
    assert ended


def test_wrong_use_is_said() -> None:
    with pytest.raises(ConfigurationError, match="balls is 3: give True or False"):
        gymnasium.make(DODGE, balls=3)
    env = gymnasium.make(DODGE).unwrapped
    with pytest.raises(ContractError, match="call reset"):
        env.step(0)
    env.reset(seed=0)
    with pytest.raises(ContractError, match="an action is one of"):
        env.step(3)
