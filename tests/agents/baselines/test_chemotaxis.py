"""The judge of chemotaxis counts what the environment itself says, tick by tick."""

from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import neuralbrain  # noqa: F401 - registers the environments
from neuralbrain.agents.baselines.chemotaxis import Policy, judge, run_and_tumble
from neuralbrain.envs.nanorobot.moves import RUN, TUMBLE

SMALL: dict[str, Any] = {"ticks": 40, "size": 60.0, "healthy": 1}
SEED, TRIALS = 100, 60


def always(action: int) -> Policy:
    return Policy(
        "always", lambda robots: (), lambda memory, seen, key: (memory, jnp.full(len(seen), action))
    )


@pytest.mark.parametrize("task", ["Seek", "Track"])
def test_trials_are_the_episodes_of_the_environment(task: str) -> None:
    env: Any = gymnasium.make(f"neuralbrain/Nano{task}-v0", **SMALL).unwrapped
    outcome = judge(env.rules, always(RUN), TRIALS, SEED)
    assert outcome.limit == 40
    for trial in range(TRIALS):
        env.reset(seed=SEED + trial)
        ticks, solved, terminated, truncated = 0, 0, False, False
        while not (terminated or truncated):
            _, _, terminated, truncated, info = env.step(RUN)
            ticks, solved = ticks + 1, solved + info["is_success"]
        assert (outcome.ticks[trial], outcome.solved[trial]) == (ticks, solved)
        assert outcome.found[trial] == terminated
    assert len(set(outcome.solved.tolist())) > 1, "worlds in which all ends alike would test nothing"


def test_it_tumbles_less_where_it_gets_better() -> None:
    better = np.zeros((4000, 11), np.float32)
    better[2000:, 1] = 1.0
    _, action = run_and_tumble(3.0, 1.0, False, 0.1).act((), jnp.asarray(better), jax.random.key(0))
    tumbles = np.asarray(action == TUMBLE).reshape(2, 2000).mean(axis=1)
    assert tumbles == pytest.approx([0.3, 0.3 / np.e], abs=0.03)
