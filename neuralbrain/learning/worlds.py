"""The environments in which is learned: compiled by JAX by the thousand, or any of Gymnasium's, one world."""

from collections.abc import Mapping
from typing import Any, Protocol

import gymnasium
import jax
import numpy as np
from gymnasium import spaces

from neuralbrain.embodiment import check_options, environment_spec, making
from neuralbrain.errors import ConfigurationError

TRAINING, EVALUATION = 0, 1
"""What a world's seed is for."""

WorldState = Any
"""The state of many worlds: a JAX pytree."""


class Worlds(Protocol):
    """An environment of many worlds, compiled by JAX: the attribute ``batch`` of a vector environment.

    It is hashable, and the same object for the same rules, so that what is compiled with it is found again.
    """

    def reset(self, keys: jax.Array, /) -> WorldState:
        """Draw n worlds from n keys."""

    def observe(self, state: WorldState, /) -> jax.Array:
        """Return what is observed, shape (n, ...)."""

    def step(
        self, state: WorldState, over: jax.Array, actions: jax.Array, /
    ) -> tuple[WorldState, jax.Array, jax.Array, jax.Array, jax.Array]:
        """Let a tick pass; worlds that were over begin again.

        Returns:
            The worlds, and each one's observation, reward, whether it terminated, whether its time was up.
        """

    def success(self, state: WorldState, /) -> jax.Array:
        """Whether each world's task is solved now."""


def vector_environment(env: str, kwargs: Mapping[str, Any]) -> Any:
    """Return an environment whose ``batch`` is compiled by JAX (`Worlds`), or None if it has none.

    Raises:
        ConfigurationError: It cannot be made with these parameters.
    """
    spec = environment_spec(env)
    if spec.vector_entry_point is None:
        return None
    check_options(spec, kwargs, vector=True)
    with making(env):
        made: Any = gymnasium.make_vec(env, 1, vectorization_mode="vector_entry_point", **kwargs)
    return made.unwrapped if hasattr(made.unwrapped, "batch") else None


def scalar_environment(env: str, kwargs: Mapping[str, Any]) -> "gymnasium.Env[Any, Any]":
    """Return an environment of one world.

    Raises:
        ConfigurationError: It cannot be made with these parameters.
    """
    check_options(environment_spec(env), kwargs)
    with making(env):
        return gymnasium.make(env, disable_env_checker=True, **kwargs)


def world_seeds(seed: int, purpose: int, first: int, number: int) -> list[int]:
    """Return the seeds of a run's worlds ``first`` to ``first + number - 1``; any can be had by itself."""
    return [
        int(np.random.SeedSequence([seed, purpose, i]).generate_state(1)[0] >> 1)
        for i in range(first, first + number)
    ]


def same_spaces(
    env: str, planned: tuple[str, str], observations: spaces.Space[Any], actions: spaces.Space[Any]
) -> None:
    """Make sure that an environment is still what a run was planned for.

    Args:
        env: Its Gymnasium id.
        planned: The observation and the action space of the setup, as text.
        observations: The observation space now, of one world.
        actions: The action space now.

    Raises:
        ConfigurationError: It is not; the message names what differs.
    """
    for what, then, now in zip(
        ("observation", "action"), planned, map(str, (observations, actions)), strict=True
    ):
        if then != now:
            raise ConfigurationError(
                f"the {what} space of {env} is {now}; this run began with {then}: train again"
            )
