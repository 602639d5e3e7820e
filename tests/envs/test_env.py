"""The tabletop tasks as Gymnasium environments."""

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

import neuralbrain  # noqa: F401 - registers
from neuralbrain.errors import UnknownNameError

IDS = sorted(
    name
    for name in gymnasium.registry
    if name.startswith("neuralbrain/Tabletop") and not name.endswith("Goal-v0")
)


def test_the_ten_tasks_and_the_free_table_are_registered() -> None:
    assert len(IDS) == 11


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    "modes", [{}, {"observations": "state", "actions": "joint"}], ids=["pixels", "state"]
)
def test_gymnasiums_checks_pass_without_a_warning(name: str, modes: dict) -> None:
    env = gymnasium.make(name, render_mode="rgb_array", **modes)
    check_env(env.unwrapped)  # warnings are errors here
    env.close()


@pytest.mark.parametrize("name", IDS)
def test_a_spec_survives_json(name: str) -> None:
    spec = gymnasium.spec(name)
    assert EnvSpec.from_json(spec.to_json()) == spec


def test_actions_move_the_tool_and_the_gripper() -> None:
    env = gymnasium.make("neuralbrain/Tabletop-Place-v0", observations="state")
    seen, _ = env.reset(seed=0)
    start = seen["tool"][:3]
    for _ in range(10):
        seen, reward, terminated, truncated, info = env.step(np.array([0.0, 0.5, 0.0, -1.0], np.float32))
    assert seen["tool"][1] - start[1] > 0.05 and abs(seen["tool"][2] - start[2]) < 0.03
    assert seen["gripper_width"][0] < 0.01
    assert 0.0 <= reward < 1.0
    assert not terminated and not truncated
    assert info.pop("instruction") == env.unwrapped.body.instruction
    assert info == {"is_success": False, "progress": reward}
    env.close()


def test_joint_actions_move_one_joint() -> None:
    env = gymnasium.make("neuralbrain/Tabletop-Stack-v0", observations="state", actions="joint")
    before, _ = env.reset(seed=0)
    for _ in range(5):
        after, *_ = env.step(np.array([1, 0, 0, 0, 0, 0, 0, 0], np.float32))
    moved = after["joint_positions"] - before["joint_positions"]
    assert moved[0] > 0.1 and np.abs(moved[1:]).max() < 0.02
    env.close()


def test_wrong_modes_are_named() -> None:
    with pytest.raises(UnknownNameError, match="pixels, state"):
        gymnasium.make("neuralbrain/Tabletop-Place-v0", observations="smell")
    with pytest.raises(UnknownNameError, match="ee, joint"):
        gymnasium.make("neuralbrain/Tabletop-Place-v0", actions="telepathy")
