"""What Gymnasium's users rely on: limits, goals, parameters that are looked at, copies, and what is freed."""

import copy
import pickle
from typing import Any

import gymnasium
import numpy as np
import pybullet
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import TimeAwareObservation

from neuralbrain.environments import environment_ids
from neuralbrain.envs.tabletop import world
from neuralbrain.errors import ConfigurationError, ContractError, RuntimeUnavailableError, UnknownNameError

WORLDS = [name for name in environment_ids() if name != "neuralbrain/Dream-v0"]  # that takes a file
PLACE, REACH = "neuralbrain/Tabletop-Place-v0", "neuralbrain/Rover-Reach-v0"
GOALS = [f"neuralbrain/Tabletop-{task}Goal-v0" for task in ("Place", "Push", "Stack")]


def clients() -> int:
    """Return how many simulators PyBullet holds; it has room for 1,024."""
    return sum(pybullet.isConnected(number) for number in range(64))


@pytest.mark.parametrize("name", [PLACE, REACH])
def test_the_sentence_is_in_info_and_in_observations_if_asked_for(name: str) -> None:
    for asked in (False, True):
        env = gymnasium.make(name, observations="state", instruction=asked)
        seen, info = env.reset(seed=3)
        assert info["instruction"] == env.unwrapped.body.instruction  # type: ignore[attr-defined]
        assert ("instruction" in seen) is asked and env.observation_space.contains(seen)
        assert env.step(env.action_space.sample())[4]["instruction"] == info["instruction"]


@pytest.mark.parametrize("name", WORLDS)
def test_the_spec_says_when_the_time_is_up(name: str) -> None:
    env = gymnasium.make(name)
    assert env.spec is not None and env.spec.max_episode_steps is not None
    body = getattr(env.unwrapped, "body", None)
    assert body is None or env.spec.max_episode_steps == body.max_ticks
    assert (
        TimeAwareObservation(env, flatten=False).observation_space["time"].high == env.spec.max_episode_steps
    )
    assert gymnasium.make(env.spec).spec == gymnasium.make(gymnasium.make(env.spec).spec).spec  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WORLDS)
def test_an_option_of_reset_that_there_is_not_is_refused_and_draws_nothing(name: str) -> None:
    env = gymnasium.make(name)
    env.reset(seed=3, options={})
    with pytest.raises(UnknownNameError, match="option of reset 'layout'"):
        env.reset(seed=3, options={"layout": 1})
    with pytest.raises(ConfigurationError, match="`options` is 3"):
        env.reset(options=3)  # type: ignore[arg-type]
    for seed in (2**32, -1, True):
        with pytest.raises(ConfigurationError, match="the seed is"):
            env.reset(seed=seed)
    with pytest.raises(ContractError):
        env.step(np.array(["x"]))
    env.close()


@pytest.mark.parametrize("name", GOALS)
def test_goals_are_as_learners_expect_them(name: str) -> None:
    env: Any = gymnasium.make(name)
    check_env(env)  # warnings are errors here
    dense: Any = gymnasium.make(name, reward_type="dense")
    for seed in range(5):
        seen, info = env.reset(seed=seed)
        achieved, desired = seen["achieved_goal"], seen["desired_goal"]
        assert not info["is_success"] and info["distance"] > 0.1
        assert env.compute_reward(achieved, desired, info) == -1.0
        assert env.compute_reward(desired, desired, {}) == 0.0
        many = np.stack([achieved, desired, achieved]), np.stack([desired] * 3)
        assert env.compute_reward(*many, [{}] * 3).tolist() == [-1.0, 0.0, -1.0]
        assert dense.compute_reward(*many, None) == pytest.approx([-info["distance"], 0.0, -info["distance"]])
    with pytest.raises(UnknownNameError, match="dense, sparse"):
        gymnasium.make(name, reward_type="none")


def test_a_block_is_placed_and_the_episode_ends() -> None:
    env: Any = gymnasium.make(GOALS[0])
    seen, _ = env.reset(seed=0)
    block, bowl, up = seen["achieved_goal"], seen["desired_goal"], np.array([0.0, 0.0, 0.12])
    for goal, grip in [
        (block + up, 1),
        (block, 1),
        (block, -1),
        (block + up, -1),
        (bowl + up, -1),
        (bowl, -1),
    ]:
        for _ in range(25):
            way = np.clip((goal - seen["observation"][15:18]) / 0.05, -0.5, 0.5)
            seen, reward, terminated, truncated, info = env.step(np.append(way, grip).astype(np.float32))
            assert (reward == 0.0) is terminated is info["is_success"] and not truncated
            if terminated:
                return
    raise AssertionError("the block never came to the bowl")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"substep": -1}, "substep is -1: give a number from 0.0005 to 0.00833333 s"),
        ({"substep": float("nan")}, "substep is nan: give a number from"),
        ({"substep": "1/240"}, "substep is '1/240': give a number from"),
        ({"substep": True}, "substep is True: give a number from"),
        ({"servo_steps": 0}, "servo_steps is 0: give a whole number from 1 to 240"),
        ({"servo_steps": 2.5}, "servo_steps is 2.5: give a whole number"),
        ({"instruction": "yes"}, "instruction is 'yes': give True or False"),
        ({"task": []}, r"There is no task \[\]"),
        ({"observations": None}, "There is no observation mode None. Known: pixels, state."),
    ],
)
def test_a_parameter_out_of_its_range_is_named_with_the_range(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        gymnasium.make(PLACE, **options)


@pytest.mark.parametrize("name", [PLACE, REACH, "neuralbrain/Rover-Practice-v0", "neuralbrain/NanoSeek-v0"])
@pytest.mark.filterwarnings("ignore:.*render_mode:UserWarning")  # Gymnasium's own word on it
def test_a_render_mode_is_honoured_or_refused(name: str) -> None:
    with pytest.raises(UnknownNameError, match="There is no render mode 'hologram'"):
        gymnasium.make(name, render_mode="hologram")


@pytest.mark.parametrize("name", [PLACE, REACH, GOALS[2]])
@pytest.mark.parametrize("how", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_is_true_and_its_own(name: str, how: Any) -> None:
    options = {} if name in GOALS else {"observations": "state"}
    env: Any = gymnasium.make(name, **options)
    env.action_space.seed(0)
    fresh = how(env)  # before there is a world
    env.reset(seed=3)
    fresh.reset(seed=3)
    for _ in range(10):
        action = env.action_space.sample()
        env.step(action)
        fresh.step(action)
    again = how(env)
    for _ in range(20):
        action = env.action_space.sample()
        seen = [one.step(action)[0] for one in (env, fresh, again)]
        for key, value in seen[0].items():
            assert np.array_equal(value, seen[1][key]) and np.array_equal(value, seen[2][key])
    again.close()
    env.step(env.action_space.sample())


@pytest.mark.parametrize("name", [PLACE, REACH])
def test_a_world_that_nobody_holds_is_gone(name: str) -> None:
    before = clients()
    env = gymnasium.make(name, observations="state")
    env.reset(seed=0)
    env.reset(seed=1)
    assert clients() == before + 1
    del env
    assert clients() == before


def test_a_world_that_cannot_be_built_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> int:
        raise OSError("no such mesh")

    before = clients()
    env = gymnasium.make(PLACE)
    monkeypatch.setattr(world, "build", fails)
    with pytest.raises(OSError, match="mesh"):
        env.reset(seed=0)
    assert clients() == before
    monkeypatch.undo()
    env.reset(seed=0)


def test_pybullets_room_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pybullet, "connect", lambda *_: -1)
    with pytest.raises(RuntimeUnavailableError, match="no room for another simulator"):
        gymnasium.make(PLACE).reset(seed=0)
