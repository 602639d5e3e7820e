"""The Gymnasium environments: checked, and the vector one agrees with the scalar one step for step."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

import neuralbrain  # noqa: F401 - registers
from neuralbrain.errors import ConfigurationError, ContractError, UnknownNameError

IDS = ("neuralbrain/NanoSeek-v0", "neuralbrain/NanoTrack-v0")
SMALL: dict[str, Any] = {"ticks": 40, "size": 60.0, "healthy": 1}


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("render_mode", [None, "rgb_array", "ansi"])
def test_gymnasiums_checks_pass_without_a_warning(name: str, render_mode: str | None) -> None:
    check_env(gymnasium.make(name, render_mode=render_mode).unwrapped, skip_render_check=render_mode is None)


@pytest.mark.parametrize("name", IDS)
def test_a_spec_survives_json(name: str) -> None:
    spec = gymnasium.spec(name)
    again = gymnasium.envs.registration.EnvSpec.from_json(spec.to_json())
    assert again == spec
    assert gymnasium.make_vec(again, num_envs=2).reset(seed=0)[0].shape == (2, 33)


@pytest.mark.parametrize("name", IDS)
def test_vector_and_scalar_agree_step_for_step_and_over_resets(name: str) -> None:
    many = gymnasium.make_vec(name, num_envs=5, **SMALL)
    assert many.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    ones = [gymnasium.make(name, **SMALL).unwrapped for _ in range(5)]
    seen, _ = many.reset(seed=7)
    assert np.array_equal(seen, [one.reset(seed=7 + i)[0] for i, one in enumerate(ones)])
    over = np.zeros(5, bool)
    ended = 0
    actions = np.random.default_rng(0).integers(0, 6, (100, 5))
    for action in actions:
        seen, reward, terminated, truncated, _ = many.step(action)
        for i, one in enumerate(ones):
            if over[i]:
                expected: Any = (*one.reset()[:1], 0.0, False, False)
            else:
                expected = one.step(action[i])[:4]
            assert np.allclose(seen[i], expected[0], atol=1e-5)
            assert reward[i] == pytest.approx(expected[1], abs=1e-5)
            assert (terminated[i], truncated[i]) == expected[2:4]
        over = terminated | truncated
        ended += int(over.sum())
    assert ended >= 5


def test_the_cell_ends_a_search_and_is_worth_one() -> None:
    env: Any = gymnasium.make(IDS[0], **SMALL).unwrapped
    env.reset(seed=0)
    start = env.step(0)[4]["gap"]
    total, done = 0.0, False
    while not done:  # turn towards it by simulator truth: a judge may look, a policy may not
        state = env.state
        towards = np.asarray(state.frame[0]) @ np.asarray(state.target[0] - state.robot[0])
        action = 0 if towards[0] > abs(towards[1:]).max() else (2 if towards[1] > 0 else 3)
        if abs(towards[2]) > abs(towards[1]) and action:
            action = 4 if towards[2] > 0 else 5
        _, reward, done, truncated, info = env.step(action)
        assert not truncated
        total += reward
    assert info["is_success"] and info["gap"] <= 0.0
    assert total == pytest.approx(1.0 + (start - info["gap"]) / 60.0, abs=1e-4)


def test_tracking_counts_the_ticks_near_the_cell_and_goes_on() -> None:
    env: Any = gymnasium.make(IDS[1], **SMALL).unwrapped
    env.reset(seed=2)
    for tick in range(40):
        _, reward, terminated, truncated, info = env.step(1)
        assert reward == float(info["gap"] < 10.0)
        assert not terminated
        assert truncated is (tick == 39)


def test_pictures_show_the_robot_and_the_cell() -> None:
    env: Any = gymnasium.make(IDS[0], render_mode="ansi").unwrapped
    env.reset(seed=3)
    text = env.render()
    assert text.count("R") == 1 and text.count("C") == 1
    assert "molecules" in text


def test_wrong_use_is_named() -> None:
    with pytest.raises(UnknownNameError, match="no nanorobot task 'dance'"):
        gymnasium.make(IDS[0], task="dance")
    with pytest.raises(ConfigurationError, match="viscosity"):
        gymnasium.make(IDS[0], viscosity=-1.0)
    env: Any = gymnasium.make(IDS[0]).unwrapped
    with pytest.raises(ContractError, match="reset"):
        env.step(0)
    env.reset(seed=0)
    with pytest.raises(ContractError, match="Discrete"):
        env.step(6)
    many: Any = gymnasium.make_vec(IDS[0], num_envs=2)
    many.reset(seed=0)
    with pytest.raises(ContractError, match="array of 2"):
        many.step(np.array([0, 1, 2]))
