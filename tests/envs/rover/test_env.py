"""The rover's tasks as Gymnasium environments."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from neuralbrain.envs.rover.datasheet import WHEELS
from neuralbrain.envs.rover.env import RoverEnv
from neuralbrain.errors import ContractError, UnknownNameError
from tests.envs.rover.oracle import Oracle

TASKS = ("reach", "visit", "push", "free")
MODES = ("pixels", "state")


def play(env: RoverEnv, seed: int) -> tuple[float, bool, bool, dict]:
    """Let the oracle play an episode; return the sum of rewards, and how it ended."""
    env.reset(seed=seed)
    oracle, total = Oracle(env.body), 0.0
    while True:
        action = np.array(oracle.command(), np.float32) / WHEELS.max_speed
        seen, reward, terminated, truncated, info = env.step(action)
        assert env.observation_space.contains(seen)
        total += reward
        if terminated or truncated:
            return total, terminated, truncated, info


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("mode", MODES)
def test_gymnasiums_checks_pass_without_a_warning(task: str, mode: str) -> None:
    env = RoverEnv(task, observations=mode, render_mode="rgb_array")
    check_env(env, skip_render_check=True)  # warnings are errors here
    env.reset(seed=0)
    picture = env.render()
    assert picture is not None and picture.shape == (240, 320, 3) and picture.dtype == np.uint8
    env.close()


@pytest.mark.parametrize("task", ["reach", "visit", "push"])
def test_rewards_add_up_to_the_way_and_the_success(task: str) -> None:
    env = RoverEnv(task, observations="state")
    total, terminated, truncated, info = play(env, 2)
    assert terminated and not truncated
    assert total == pytest.approx(2.0)
    told = {"instruction": env.body.instruction}
    assert info == {"is_success": True, "judged_by": "simulator", "progress": 1.0, **told}
    env.close()


def test_what_the_simulator_cannot_judge_is_the_brains() -> None:
    env = RoverEnv("free")
    _, info = env.reset(seed=0)
    told = {"instruction": env.body.instruction}
    assert info == {"is_success": False, "judged_by": "brain", "progress": 0.0, **told}
    _, reward, terminated, _, info = env.step(env.action_space.sample())
    assert reward == 0.0 and not terminated and info["judged_by"] == "brain"
    env.close()


def test_time_is_up() -> None:
    env = RoverEnv("reach", observations="state")
    env.reset(seed=0)
    ends = [env.step(np.zeros(2, np.float32))[2:4] for _ in range(env.body.max_ticks)]
    assert ends[-1] == (False, True) and set(ends[:-1]) == {(False, False)}
    env.close()


def test_state_observations_are_the_truth_in_the_sentences_order() -> None:
    env = RoverEnv("push", observations="state")
    for seed in range(5):
        seen, _ = env.reset(seed=seed)
        setting, truth = env.body.setting, env.body.truth()
        balls = int((seen["objects"][:, 5] == 2.0).sum())
        assert setting.ball is not None
        assert seen["objects"][0, :2].tolist() == list(truth[setting.ball][:2])
        assert seen["objects"][balls, :2].tolist() == list(truth[setting.pillars[0]][:2])
        x, y, heading = truth["rover"]
        assert seen["rover"][:4] == pytest.approx([x, y, np.cos(heading), np.sin(heading)])
    env.close()


def test_actions_drive_and_turn() -> None:
    env = RoverEnv("free", observations="state")
    env.reset(seed=1)
    for _ in range(10):
        seen, *_ = env.step(np.array([-0.5, 0.5], np.float32))
    assert seen["rover"][5] == pytest.approx(WHEELS.max_speed * WHEELS.radius / WHEELS.axle, rel=0.05)
    for _ in range(8):
        seen, *_ = env.step(np.array([0.5, 0.5], np.float32))
    assert seen["rover"][4] == pytest.approx(0.5 * WHEELS.max_speed * WHEELS.radius, rel=0.05)
    assert seen["wheel_speeds"] == pytest.approx(0.5 * WHEELS.max_speed, rel=0.02)
    env.close()


def test_wrong_modes_and_actions_are_named() -> None:
    with pytest.raises(UnknownNameError, match="pixels, state"):
        RoverEnv(observations="smell")  # type: ignore[arg-type]
    env = RoverEnv()
    env.reset(seed=0)
    for action in ([1.0], [np.nan, 0.0]):
        with pytest.raises(ContractError, match="2 finite numbers"):
            env.step(np.array(action, np.float32))
    env.close()
