"""Worlds before their first reset, and the free table in a pickle."""

import copy
import pickle

import gymnasium
import pytest

from neuralbrain.environments import environment_ids
from neuralbrain.errors import ContractError

SMALL = [i for i in environment_ids() if "Rover" in i or "Nano" in i]


@pytest.mark.parametrize("name", SMALL)
def test_nothing_steps_before_it_is_reset(name: str) -> None:
    with gymnasium.make(name) as env, pytest.raises((ContractError, gymnasium.error.ResetNeeded)):
        env.unwrapped.step(env.action_space.sample())


def test_a_free_table_can_be_pickled() -> None:
    env = gymnasium.make("neuralbrain/Tabletop-Free-v0", things=["red block", "blue bowl"])
    for other in (pickle.loads(pickle.dumps(env.unwrapped)), copy.deepcopy(env.unwrapped)):
        seen, expected = (one.reset(seed=1)[0] for one in (other, env.unwrapped))
        assert {key: part.tobytes() for key, part in seen.items()} == {
            key: part.tobytes() for key, part in expected.items()
        }
        other.close()
    env.close()


def test_a_robot_that_practises_takes_its_own_actions_alone() -> None:
    env = gymnasium.make("neuralbrain/Rover-Practice-v0")
    env.reset(seed=0)
    for wrong in (99, 1.5, "left"):
        with pytest.raises(ContractError, match="an action is one of"):
            env.unwrapped.step(wrong)
