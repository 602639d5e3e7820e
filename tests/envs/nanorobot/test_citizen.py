"""What Gymnasium's users rely on: autoreset, limits, copies, workers, and JAX set otherwise."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import TimeAwareObservation

import neuralbrain  # noqa: F401 - registers
from neuralbrain import batch
from neuralbrain.errors import ConfigurationError, ContractError

SEEK = "neuralbrain/NanoSeek-v0"
SMALL: dict[str, Any] = {"ticks": 40, "size": 60.0, "healthy": 1}  # as in test_env.py: compiled once


def same(seen: Any, expected: Any) -> bool:
    """XLA may round otherwise in the last bits when there are more worlds, and draws one again otherwise."""
    return np.allclose(seen, expected, rtol=1e-5, atol=1e-5)


def many(mode: AutoresetMode | str, **options: Any) -> Any:
    return gymnasium.make_vec(SEEK, num_envs=3, autoreset_mode=mode, **SMALL, **options)


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.DISABLED])  # test_env.py: the other
def test_a_vector_agrees_with_scalars_to_1e_5_in_the_other_modes(mode: AutoresetMode) -> None:
    worlds = many(mode)
    assert worlds.metadata["autoreset_mode"] is mode
    ones: list[Any] = [gymnasium.make(SEEK, **SMALL).unwrapped for _ in range(3)]
    seen, _ = worlds.reset(seed=7)
    assert same(seen, [one.reset(seed=7 + i)[0] for i, one in enumerate(ones)])
    over, ended = np.zeros(3, bool), 0
    worlds.action_space.seed(0)
    for _ in range(60):
        if mode is AutoresetMode.DISABLED and over.any():
            with pytest.raises(ContractError, match="reset_mask"):
                worlds.step(worlds.action_space.sample())
            seen, _ = worlds.reset(options={"reset_mask": over})
            for i in np.flatnonzero(over):
                assert same(seen[i], ones[i].reset()[0])
        action = worlds.action_space.sample()
        seen, reward, terminated, truncated, info = worlds.step(action)
        for i, one in enumerate(ones):
            expected = one.step(action[i])
            last = expected[0]
            if mode is AutoresetMode.SAME_STEP and (expected[2] or expected[3]):
                assert same(info["final_obs"][i], last) and info["_final_obs"][i]
                assert info["final_info"]["gap"][i] == pytest.approx(expected[4]["gap"], rel=1e-5)
                last = one.reset()[0]
            assert same(seen[i], last)
            assert same(reward[i], expected[1]) and (terminated[i], truncated[i]) == expected[2:4]
        over = terminated | truncated
        ended += int(over.sum())
    assert ended >= 3


def test_some_worlds_are_drawn_again_and_the_others_stay() -> None:
    worlds = many("Disabled")
    with pytest.raises(ContractError, match="all worlds"):
        worlds.reset(options={"reset_mask": np.array([True, False, False])})
    worlds.reset(seed=7)
    before = worlds.step(np.zeros(3, int))[0]
    after, _ = worlds.reset(seed=[None, 5, None], options={"reset_mask": np.array([False, True, False])})
    assert np.array_equal(after[[0, 2]], before[[0, 2]])
    assert same(after[1], many("Disabled").reset(seed=5)[0][0])
    for wrong in (np.zeros(3, bool), [True] * 3, np.ones(2, bool), np.ones(3)):
        with pytest.raises(ConfigurationError, match=r"reset_mask is .*: give a bool array of shape \(3,\)"):
            worlds.reset(options={"reset_mask": wrong})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"autoreset_mode": "never"},
            "autoreset_mode is 'never': give one of 'NextStep', 'SameStep', 'Disabled'",
        ),
        ({"render_mode": "rgb_array"}, "render_mode is 'rgb_array': give None"),
        ({"num_envs": 0}, "num_envs is 0: give a whole number, 1 or more"),
        ({"num_envs": 2.5}, "num_envs is 2.5"),
        ({"max_episode_steps": -1}, "max_episode_steps is -1"),
    ],
)
def test_what_a_vector_cannot_do_is_said(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        gymnasium.make_vec(SEEK, **{"num_envs": 2, **SMALL, **options})


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "3"])
def test_a_seed_is_of_32_bits(seed: Any) -> None:
    with pytest.raises(ConfigurationError, match="the seed is .*: give a whole number from 0 to 429496729"):
        many("NextStep").reset(seed=seed)


def test_the_spec_says_how_long_an_episode_is() -> None:
    env = gymnasium.make(SEEK, **SMALL)
    assert env.spec is not None and env.spec.max_episode_steps == 40
    assert gymnasium.make(env.spec).spec.max_episode_steps == 40  # type: ignore[union-attr]
    assert TimeAwareObservation(env).reset(seed=0)[0].shape == (12,)
    assert many("NextStep").spec.max_episode_steps == 40
    assert many("NextStep", max_episode_steps=7).spec.max_episode_steps == 7


@pytest.mark.parametrize("how", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_is_true_and_its_own(how: Any) -> None:
    env: Any = gymnasium.make(SEEK, **SMALL)
    env.reset(seed=3)
    env.unwrapped.body.reset(3)
    again = how(env)
    for move in (0, 1, 2, 0, 5):
        assert np.array_equal(env.step(move)[0], again.step(move)[0])
    again.close()
    assert np.array_equal(env.unwrapped.body.places(), again.unwrapped.body.places())
    worlds = many("NextStep")
    worlds.reset(seed=3)
    other = how(worlds)
    assert np.array_equal(worlds.step(np.zeros(3, int))[0], other.step(np.zeros(3, int))[0])


def test_what_was_compiled_is_gone_when_nobody_needs_it() -> None:
    made = [weakref.ref(gymnasium.make(SEEK, **{**SMALL, "ticks": 50 + i}).unwrapped.batch) for i in range(4)]  # type: ignore[attr-defined]
    gc.collect()
    assert [ref() is not None for ref in made] == [False, False, True, True]
    assert batch.compiled(made[3]().rules) is made[3]()  # type: ignore[union-attr]


PROGRAM = """
import hashlib, sys, jax, gymnasium, neuralbrain, numpy as np
for setting in eval(sys.argv[1]).items():
    jax.config.update(*setting)
whole = hashlib.sha256()
env = gymnasium.make("neuralbrain/NanoSeek-v0", render_mode="ansi", ticks=40, size=60.0, healthy=1)
seen, _ = env.reset(seed=3)
for _ in range(3):
    assert env.observation_space.contains(seen)
    seen, *rest = env.step(1)
    whole.update(seen.tobytes() + repr(rest).encode() + env.render().encode())
print(whole.hexdigest())
"""


OTHERWISE = {
    "jax_enable_x64": True,
    "jax_default_prng_impl": "rbg",
    "jax_numpy_dtype_promotion": "strict",
    "jax_numpy_rank_promotion": "raise",
    "jax_disable_jit": True,
    "jax_random_seed_offset": 7,
    "jax_threefry_partitionable": False,
}


def test_jax_set_otherwise_gives_the_same_episodes() -> None:
    def digest(settings: dict[str, Any]) -> str:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, repr(settings)], capture_output=True, text=True, check=True
        )
        return done.stdout

    assert digest(OTHERWISE) == digest({})


def test_a_forked_worker_refuses_in_one_line_where_it_would_hang() -> None:
    env: Any = gymnasium.make(SEEK, **SMALL).unwrapped
    env.reset(seed=0)
    for act in (lambda: env.step(0), lambda: env.reset(seed=1), lambda: many("NextStep").reset(seed=0)):
        read, write = os.pipe()
        if os.fork() == 0:
            try:
                act()
                os.write(write, b"it worked")
            except ConfigurationError as error:
                os.write(write, str(error).encode())
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as said:
            assert said.read().startswith(b"this process was forked from one that had used JAX")
        os.wait()
