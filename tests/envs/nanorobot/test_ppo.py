"""Another library's learner can learn in our worlds: stable-baselines3's PPO, where it is installed."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import neuralbrain  # noqa: F401 - registers

stable_baselines3 = pytest.importorskip("stable_baselines3")
NAME = "neuralbrain/NanoSeek-v0"
WORLD: dict[str, Any] = {"size": 60.0, "healthy": 1, "ticks": 300}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_ppo_learns_to_seek() -> None:
    from stable_baselines3.common.vec_env import DummyVecEnv

    envs = DummyVecEnv([lambda: gymnasium.make(NAME, **WORLD)] * 4)
    learner = stable_baselines3.PPO("MlpPolicy", envs, seed=0, n_steps=512, device="cpu")
    before = ticks(learner)
    learner.learn(30_000)
    after = ticks(learner)
    assert after < 0.8 * before, f"{before:.0f} ticks to find the cell before, {after:.0f} after"


def ticks(learner: Any, worlds: int = 128) -> float:
    """Return in how many ticks it finds the cell in fresh worlds, on average; at worst the limit."""
    many = gymnasium.make_vec(NAME, worlds, vectorization_mode="vector_entry_point", **WORLD)
    seen, _ = many.reset(seed=10_000)
    needed, over = np.full(worlds, WORLD["ticks"]), np.zeros(worlds, bool)
    for tick in range(1, WORLD["ticks"] + 1):
        action, _ = learner.predict(seen)
        seen, _, terminated, truncated, _ = many.step(action)
        needed[terminated & ~over] = tick
        over |= terminated | truncated
    return float(needed.mean())
