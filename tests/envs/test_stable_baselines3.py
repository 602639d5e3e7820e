"""stable-baselines3 takes every environment: its own check, PPO, hindsight replay, and worlds in processes.

pip install stable-baselines3 torch && python -m pytest -m slow tests/envs/test_stable_baselines3.py
"""

import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest

from neuralbrain.environments import environment_ids

pytest.importorskip("stable_baselines3")
from stable_baselines3 import PPO, SAC, HerReplayBuffer
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import SubprocVecEnv

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning"),
]

ADVICE = {
    "unconventional shape": ("depth", "objects", "Nano"),  # pictures of depth, and tables with a row for each
    "symmetric and normalized Box action space": ("Kavousinejad",),  # the published study's own
}
"""What its check advises, and where: such spaces work, but a policy of one's own may do better."""


@pytest.mark.parametrize("name", [name for name in environment_ids() if "Dream" not in name])
def test_its_check_finds_nothing_wrong(name: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = gymnasium.make(name)
        check_env(env)
        env.close()
    for said in (str(warning.message) for warning in caught):
        assert [
            what for what, where in ADVICE.items() if what in said and any(w in said + name for w in where)
        ]


@pytest.mark.parametrize("name", ["neuralbrain/Rover-Reach-v0", "neuralbrain/Tabletop-Push-v0"])
def test_ppo_learns_from_simulator_truth(name: str) -> None:
    env = gymnasium.make(name, observations="state")
    PPO("MultiInputPolicy", env, n_steps=64, batch_size=32, n_epochs=1, seed=0).learn(256)
    env.close()


def test_ppo_learns_in_a_nanorobots_world() -> None:
    model = PPO("MlpPolicy", gymnasium.make("neuralbrain/NanoSeek-v0"), n_steps=64, batch_size=32, seed=0)
    model.learn(256)


@pytest.mark.parametrize("task", ["Place", "Push", "Stack"])
def test_hindsight_replay_rewards_what_was_reached(task: str) -> None:
    env = gymnasium.make(f"neuralbrain/Tabletop-{task}Goal-v0")
    model = SAC(
        "MultiInputPolicy",
        env,
        replay_buffer_class=HerReplayBuffer,
        replay_buffer_kwargs={"n_sampled_goal": 4, "goal_selection_strategy": "future"},
        learning_starts=250,
        buffer_size=2000,
        seed=0,
    )
    model.learn(400)
    assert model.replay_buffer is not None
    drawn = model.replay_buffer.sample(256).rewards.numpy()
    assert set(np.unique(drawn)) == {-1.0, 0.0}, "some of the goals set in hindsight were reached"
    env.close()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("neuralbrain/Tabletop-PlaceGoal-v0", {}),
        ("neuralbrain/Rover-Push-v0", {"observations": "state"}),
        ("neuralbrain/NanoSeek-v0", {"ticks": 50}),
    ],
)
def test_worlds_in_processes_of_their_own(name: str, options: dict[str, Any]) -> None:
    many = make_vec_env(
        f"neuralbrain:{name}",  # so that a process that is started afresh imports it
        n_envs=2,
        seed=0,
        env_kwargs=options,
        vec_env_cls=SubprocVecEnv,
        vec_env_kwargs={"start_method": "spawn"},
    )
    policy = "MlpPolicy" if name.endswith("NanoSeek-v0") else "MultiInputPolicy"
    PPO(policy, many, n_steps=32, batch_size=32, n_epochs=1, seed=0).learn(128)
    many.close()
