"""The swarm as PettingZoo's parallel environment."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test

import neuralbrain  # noqa: F401 - registers
from neuralbrain.envs.nanorobot.swarm import SwarmParallelEnv
from neuralbrain.errors import ContractError

SMALL: dict[str, Any] = {"ticks": 40, "size": 60.0, "healthy": 1, "robots": 3}


def test_pettingzoos_own_checks_pass() -> None:
    parallel_api_test(SwarmParallelEnv(**SMALL), num_cycles=200)
    parallel_seed_test(lambda: SwarmParallelEnv(**SMALL), num_cycles=20)


def test_it_is_the_gymnasium_swarm_step_for_step_and_who_has_found_leaves() -> None:
    parallel = SwarmParallelEnv(**SMALL)
    whole: Any = gymnasium.make("neuralbrain/NanoSwarm-v0", **SMALL).unwrapped
    left = 0
    for seed in range(4):
        seen, _ = parallel.reset(seed=seed)
        rows, _ = whole.reset(seed=seed)
        rng = np.random.default_rng(seed)
        while parallel.agents:
            assert np.allclose([rows[int(agent[6:])] for agent in seen], list(seen.values()), atol=1e-4)
            actions = rng.integers(0, 6, 3)
            before = list(parallel.agents)
            seen, rewards, terminated, truncated, info = parallel.step(
                {agent: actions[int(agent[6:])] for agent in before}
            )
            rows, reward, over, late, figures = whole.step(actions)
            if len(before) == 3:
                assert reward == pytest.approx(np.mean(list(rewards.values())), abs=1e-5)
            assert set(seen) == set(rewards) == set(terminated) == set(truncated) == set(before)
            assert figures["found"] == 3 - len(before) + sum(one["found"] for one in info.values())
            left += sum(terminated.values()) and not over
            assert bool(parallel.agents) is not (over or late)
    assert left, "some left before the others"


def test_wrong_use_is_named() -> None:
    env = SwarmParallelEnv(render_mode="ansi", **SMALL)
    with pytest.raises(ContractError, match="reset"):
        env.step({})
    env.reset(seed=0)
    assert "R" in env.render()
    with pytest.raises(ContractError, match="robot_0: give every agent an action"):
        env.step({})
    with pytest.raises(ContractError, match="not 9"):
        env.step(dict.fromkeys(env.agents, 9))
