"""From the rules of one world to Gymnasium environments of one and of thousands.

A world is a state, a named tuple with at least `key` (Its key for random numbers) and `tick`. Its rules are
pure JAX functions of one world; here they are laid over batches, compiled once, and given Gymnasium's two
interfaces. A world's chance comes from its own key alone, so it does not notice how many others there are:
the scalar environment is a batch of one, and agrees with the vector one step for step.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any, Protocol

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from neuralbrain.errors import ConfigurationError, ContractError

WorldState = Any
"""A named tuple of arrays (or of such tuples), with `key` and `tick`."""
Array = NDArray[Any]
RENDER_MODES = ("rgb_array", "ansi")


class Rules(Hashable, Protocol):
    """The rules of one world. What it holds never changes, and equal rules have equal hashes."""

    @property
    def observations(self) -> spaces.Space[Any]:
        """What is observed of one world."""

    @property
    def actions(self) -> spaces.Space[Any]:
        """What one world takes."""

    @property
    def ticks(self) -> int:
        """When the time is up."""

    def reset(self, key: jax.Array) -> WorldState:
        """Draw a world."""

    def step(self, state: WorldState, action: jax.Array) -> WorldState:
        """Let a tick pass."""

    def observe(self, state: WorldState) -> jax.Array:
        """Return what is observed."""

    def reward(self, before: WorldState, after: WorldState) -> jax.Array:
        """Return the tick's reward, by simulator truth."""

    def over(self, state: WorldState) -> jax.Array:
        """Whether the task has come to its end (not: whether the time is up)."""

    def success(self, state: WorldState) -> jax.Array:
        """Whether the task is solved as the world stands."""

    def info(self, state: WorldState) -> dict[str, jax.Array]:
        """Return figures for people, by simulator truth."""

    def picture(self, state: WorldState, path: Array) -> NDArray[np.uint8]:
        """Return a picture, height x width x 3; the path holds what `place` returned, tick by tick."""

    def text(self, state: WorldState) -> str:
        """Return the world as text."""

    def place(self, state: WorldState) -> jax.Array:
        """Return where the robot is: what a picture's path is made of."""


class Batch:
    """The rules of a task compiled for batches of worlds.

    Args:
        rules: Of one world.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.observations, self.actions = rules.observations, rules.actions
        self.reset = jax.jit(jax.vmap(rules.reset))
        """Keys, shape (n,), to n worlds."""
        self.observe = jax.jit(jax.vmap(rules.observe))
        """n worlds to what is observed, shape (n, ...)."""
        self.step = jax.jit(self._step)
        """n worlds, whether each was over, and n actions to worlds, observations, rewards, terminated,
        truncated; those that were over are drawn again instead (`AutoresetMode.NEXT_STEP`)."""
        self.move = jax.jit(self._move)
        """Likewise, n worlds that are not over and n actions."""
        self.info = jax.jit(jax.vmap(lambda state: {"is_success": rules.success(state), **rules.info(state)}))
        self.success = jax.jit(jax.vmap(rules.success))
        self.place = jax.jit(jax.vmap(rules.place))

    def _step(
        self, state: WorldState, over: jax.Array, actions: jax.Array
    ) -> tuple[WorldState, jax.Array, jax.Array, jax.Array, jax.Array]:
        moved, _, reward, terminated, truncated = self._move(state, actions)
        after = self._renewed(moved, over)
        seen = jax.vmap(self.rules.observe)(after)
        return after, seen, jnp.where(over, 0.0, reward), terminated & ~over, truncated & ~over

    def _move(
        self, state: WorldState, actions: jax.Array
    ) -> tuple[WorldState, jax.Array, jax.Array, jax.Array, jax.Array]:
        after = jax.vmap(self.rules.step)(state, actions)
        reward = jax.vmap(self.rules.reward)(state, after)
        terminated = jax.vmap(self.rules.over)(after)
        truncated = ~terminated & (after.tick >= self.rules.ticks)
        return after, jax.vmap(self.rules.observe)(after), reward, terminated, truncated

    def _renewed(self, state: WorldState, over: jax.Array) -> WorldState:
        """Draw again the worlds that were over: a few at a time, for few are, and to draw one costs much."""
        number = len(over)
        few = max(1, number // 256)

        def some(carry: tuple[WorldState, jax.Array]) -> tuple[WorldState, jax.Array]:
            state, left = carry
            chosen = jnp.nonzero(left, size=few, fill_value=number)[0]
            fresh = jax.vmap(self.rules.reset)(state.key.at[chosen].get(mode="clip"))
            laid = jax.tree.map(lambda old, new: old.at[chosen].set(new, mode="drop"), state, fresh)
            return laid, left.at[chosen].set(False, mode="drop")

        renewed: WorldState = jax.lax.while_loop(lambda carry: carry[1].any(), some, (state, over))[0]
        return renewed


@cache
def compiled(rules: Rules) -> Batch:
    """Return the batch of some rules, the same for equal rules: to compile them takes seconds."""
    return Batch(rules)


def keys_of(seeds: list[int]) -> jax.Array:
    """Return the key of each seed.

    Raises:
        ConfigurationError: A seed has more than 32 bits.
    """
    for seed in seeds:
        if not 0 <= seed < 2**32:
            raise ConfigurationError(f"the seed is {seed}: give a whole number from 0 to {2**32 - 1}")
    return jax.vmap(jax.random.key)(jnp.asarray(np.array(seeds, np.uint32)))


class JaxEnv(gymnasium.Env[Array, Any]):
    """One world as a Gymnasium environment.

    Args:
        rules: The rules of the world.
        render_mode: "rgb_array", "ansi" or None.

    Raises:
        ConfigurationError: There is no such render mode.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": 10}

    def __init__(self, rules: Rules, render_mode: str | None = None) -> None:
        if render_mode not in (None, *RENDER_MODES):
            raise ConfigurationError(f"render_mode is {render_mode!r}; give 'rgb_array' or 'ansi'")
        self.render_mode, self.rules, self.batch = render_mode, rules, compiled(rules)
        self.observation_space, self.action_space = rules.observations, rules.actions
        self.state: WorldState = None
        """The world, as a batch of one; None before the first `reset`."""
        self._path: list[Array] = []

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Draw a world: the seed's, or the next of the chain that the last seed began."""
        super().reset(seed=seed)
        if seed is not None or self.state is None:
            key = keys_of([int(self.np_random.integers(2**31)) if seed is None else seed])
        else:
            key = self.state.key
        self.state = self.batch.reset(key)
        self._path = [self._place()] if self.render_mode == "rgb_array" else []
        return np.asarray(self.batch.observe(self.state))[0], self._info()

    def step(self, action: Any) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Let a tick pass.

        Raises:
            ContractError: `reset` has not been called, or there is no such action.
        """
        if self.state is None:
            raise ContractError("call reset() before step()")
        if not self.action_space.contains(action):
            raise ContractError(f"an action is one of {self.action_space}, not {action!r}")
        self.state, seen, reward, terminated, truncated = self.batch.move(
            self.state, np.asarray([action], _kind(self.action_space))
        )
        if self.render_mode == "rgb_array":
            self._path.append(self._place())
        # The first is taken by NumPy: JAX would start a computation for each.
        first = [np.asarray(part)[0] for part in (seen, reward, terminated, truncated)]
        return first[0], float(first[1]), bool(first[2]), bool(first[3]), self._info()

    def render(self) -> Any:
        """Return a picture, uint8, height x width x 3, or text, as the render mode says."""
        if self.state is None:
            raise ContractError("call reset() before render()")
        if self.render_mode is None:
            return None
        one = jax.tree.map(lambda value: value[0], self.state)
        if self.render_mode == "ansi":
            return self.rules.text(one)
        return self.rules.picture(one, np.array(self._path))

    def _place(self) -> Array:
        first: Array = np.asarray(self.batch.place(self.state))[0]
        return first

    def _info(self) -> dict[str, Any]:
        figures = {name: np.asarray(value)[0] for name, value in self.batch.info(self.state).items()}
        return {**figures, "is_success": bool(figures["is_success"])}


class JaxVectorEnv(VectorEnv[Array, Array, Array]):
    """Thousands of worlds at once; each agrees with `JaxEnv` step for step.

    ``info`` has what the scalar one's has, as arrays.

    Args:
        rules: The rules of each world.
        num_envs: How many worlds.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}

    def __init__(self, rules: Rules, num_envs: int) -> None:
        if num_envs < 1:
            raise ConfigurationError(f"num_envs is {num_envs}; give a whole number from 1 on")
        self.num_envs, self.rules, self.batch = num_envs, rules, compiled(rules)
        self.single_observation_space, self.single_action_space = rules.observations, rules.actions
        self.observation_space = batch_space(rules.observations, num_envs)
        self.action_space = batch_space(rules.actions, num_envs)
        self.state: WorldState = None
        """The worlds; None before the first `reset`."""
        self.over = jnp.zeros(num_envs, bool)
        """Whether each world was over at the last step, so that the next draws it again."""

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Draw all worlds: world i from ``seed + i``."""
        super().reset(seed=seed if isinstance(seed, int) else None)
        if isinstance(seed, list):
            if len(seed) != self.num_envs:
                raise ConfigurationError(f"{len(seed)} seeds for {self.num_envs} worlds; give one for each")
            seeds = [int(self.np_random.integers(2**31)) if one is None else one for one in seed]
        else:
            first = int(self.np_random.integers(2**31 - self.num_envs)) if seed is None else seed
            seeds = list(range(first, first + self.num_envs))
        self.state = self.batch.reset(keys_of(seeds))
        self.over = jnp.zeros(self.num_envs, bool)
        return np.asarray(self.batch.observe(self.state)), self._info()

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Let a tick pass in all worlds; those that were over begin again.

        Raises:
            ContractError: `reset` has not been called, or the actions do not fit.
        """
        if self.state is None:
            raise ContractError("call reset() before step()")
        if not self.action_space.contains(np.asarray(actions)):
            raise ContractError(
                f"actions are an array of {self.num_envs}, each one of {self.single_action_space}"
            )
        self.state, seen, reward, terminated, truncated = self.batch.step(
            self.state, self.over, np.asarray(actions, _kind(self.single_action_space))
        )
        self.over = terminated | truncated
        return (
            np.asarray(seen),
            np.asarray(reward),
            np.asarray(terminated),
            np.asarray(truncated),
            self._info(),
        )

    def _info(self) -> dict[str, Any]:
        return {name: np.asarray(value) for name, value in self.batch.info(self.state).items()}


def _kind(space: spaces.Space[Any]) -> Any:
    """Return the dtype in which JAX takes an action: 32 bits."""
    return np.int32 if isinstance(space, spaces.Discrete | spaces.MultiDiscrete) else np.float32
