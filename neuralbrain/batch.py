"""From the rules of one world to Gymnasium environments of one and of thousands.

A world is a state, a named tuple with at least `key` (Its key for random numbers) and `tick`. Its rules are
pure JAX functions of one world; here they are laid over batches, compiled once, and given Gymnasium's two
interfaces. A world's chance comes from its own key alone, so it does not notice how many others there are:
the scalar environment is a batch of one, and agrees with the vector one step for step, to 1e-5.
"""

from collections import deque
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Protocol
from weakref import WeakValueDictionary

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from neuralbrain.arguments import refused, run_seed, whole
from neuralbrain.errors import ConfigurationError, ContractError
from neuralbrain.gym import Timed, render_mode_of, reset_options
from neuralbrain.profile import pinned_jax

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

    @property
    def trail(self) -> int:
        """Of how many ticks a picture shows the way."""

    def within(self, ticks: int) -> "Rules":
        """Return the same rules, but that the time is up after so many ticks at most."""

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


def compiled_by_jax(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function compiled, and used under the settings that NeuralBrain's numbers need."""
    return pinned_jax()(jax.jit(function))


class Batch:
    """The rules of a task compiled for batches of worlds.

    Args:
        rules: Of one world.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.observations, self.actions = rules.observations, rules.actions
        self.reset = compiled_by_jax(jax.vmap(rules.reset))
        """Keys, shape (n,), to n worlds."""
        self.observe = compiled_by_jax(jax.vmap(rules.observe))
        """n worlds to what is observed, shape (n, ...)."""
        self.step = compiled_by_jax(self._step)
        """n worlds, whether each was over, and n actions to worlds, observations, rewards, terminated,
        truncated; those that were over are drawn again instead (`AutoresetMode.NEXT_STEP`)."""
        self.move = compiled_by_jax(self._move)
        """Likewise, n worlds that are not over and n actions."""
        self.renew = compiled_by_jax(self._renewed_from)
        """n worlds, n keys and whether each is to be drawn again, to worlds and observations."""
        self.info = compiled_by_jax(
            jax.vmap(lambda state: {"is_success": rules.success(state), **rules.info(state)})
        )
        self.success = compiled_by_jax(jax.vmap(rules.success))
        self.place = compiled_by_jax(jax.vmap(rules.place))

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

    def _renewed_from(
        self, state: WorldState, keys: jax.Array, chosen: jax.Array
    ) -> tuple[WorldState, jax.Array]:
        renewed = self._renewed(state._replace(key=keys), chosen)
        return renewed, jax.vmap(self.rules.observe)(renewed)

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

    @cached_property
    def _form(self) -> tuple[list[Any], Any]:
        """The shapes of one world's leaves, and how they hang together."""
        leaves, tree = jax.tree.flatten(jax.eval_shape(self.reset, keys_of([0])))
        return leaves, tree

    def stored(self, state: WorldState) -> list[Array]:
        """Return worlds as NumPy arrays, which can be pickled."""
        with pinned_jax():
            return [np.asarray(_bare(leaf)) for leaf in jax.tree.leaves(state)]

    def restored(self, leaves: list[Array]) -> WorldState:
        """Return the worlds that `stored` returned as arrays.

        Raises:
            ContractError: They are those of other rules.
        """
        with pinned_jax():
            shapes, tree = self._form
            wanted = [jax.eval_shape(_bare, shape) for shape in shapes]
            if [(leaf.shape[1:], leaf.dtype) for leaf in leaves] != [(w.shape[1:], w.dtype) for w in wanted]:
                raise ContractError("this state is that of other parameters: give one of this world's own")
            pairs = zip(map(jnp.asarray, leaves), shapes, strict=True)
            arrays = [_keyed(array) if _is_key(shape) else array for array, shape in pairs]
            return jax.tree.unflatten(tree, arrays)

    def __reduce__(self) -> Any:
        return compiled, (self.rules,)


_batches: WeakValueDictionary[Rules, Batch] = WeakValueDictionary()
_newest: deque[Batch] = deque(maxlen=2)
"""Batches that are kept though nobody may use them now: who makes a world again need not compile it again."""


def compiled(rules: Rules) -> Batch:
    """Return the batch of some rules, the same for equal rules: to compile them takes seconds.

    A batch takes some tens of MB, and is gone when no world uses it and two newer ones have been asked for.
    """
    batch = _batches.get(rules)
    if batch is None:
        batch = _batches[rules] = Batch(rules)
    if batch not in _newest:
        _newest.append(batch)
    return batch


def keys_of(seeds: list[int]) -> jax.Array:
    """Return the key of each seed: what `jax.random.key` makes of it, whatever is set for JAX.

    Raises:
        ConfigurationError: A seed is not from 0 to 2^32 - 1.
    """
    words = np.array([[0, whole("the seed", seed, 0, 2**32 - 1)] for seed in seeds], np.uint32)
    with pinned_jax():
        return _keyed(jnp.asarray(words))


def _keyed(words: jax.Array) -> jax.Array:
    keys: jax.Array = jax.random.wrap_key_data(words, impl="threefry2x32")  # whatever is the default
    return keys


def _is_key(leaf: Any) -> bool:
    return bool(jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key))


def _bare(leaf: Any) -> Any:
    return jax.random.key_data(leaf) if _is_key(leaf) else leaf


class JaxEnv(Timed, gymnasium.Env[Array, Any]):
    """One world as a Gymnasium environment.

    Args:
        rules: The rules of the world.
        render_mode: "rgb_array", "ansi" or None.

    Raises:
        UnknownNameError: There is no such render mode.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": 10}

    def __init__(self, rules: Rules, render_mode: str | None = None) -> None:
        self.render_mode = render_mode_of(render_mode, RENDER_MODES)
        self.rules, self.batch, self.max_episode_steps = rules, compiled(rules), rules.ticks
        self.observation_space, self.action_space = rules.observations, rules.actions
        self.state: WorldState = None
        """The world, as a batch of one; None before the first `reset`."""
        self._path: deque[Array] = deque(maxlen=rules.trail)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Draw a world: the seed's, or the next of the chain that the last seed began."""
        reset_options(options)
        super().reset(seed=None if seed is None else run_seed(seed))
        if seed is not None or self.state is None:
            key = keys_of([int(self.np_random.integers(2**31)) if seed is None else seed])
        else:
            key = self.state.key
        self.state = self.batch.reset(key)
        self._path.clear()
        if self.render_mode == "rgb_array":
            self._path.append(self._place())
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
        with pinned_jax():
            one = jax.tree.map(lambda value: value[0], self.state)
            if self.render_mode == "ansi":
                return self.rules.text(one)
            return self.rules.picture(one, np.array(self._path))

    def close(self) -> None:
        """Forget the world."""
        self.state = None

    def _place(self) -> Array:
        first: Array = np.asarray(self.batch.place(self.state))[0]
        return first

    def _info(self) -> dict[str, Any]:
        figures = {name: np.asarray(value)[0] for name, value in self.batch.info(self.state).items()}
        return {**figures, "is_success": bool(figures["is_success"])}

    def __getstate__(self) -> dict[str, Any]:
        state = None if self.state is None else self.batch.stored(self.state)
        return {**vars(self), "state": state}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        state = None if saved["state"] is None else saved["batch"].restored(saved["state"])
        vars(self).update(saved, state=state)


class JaxVectorEnv(Timed, VectorEnv[Array, Array, Array]):
    """Thousands of worlds at once; each agrees with `JaxEnv` step for step, to 1e-5.

    Not to the last bit: XLA may round otherwise for another number of worlds. What hangs on a last bit, such
    as a molecule more or less, may then come out otherwise, too, and the rest of that episode with it.

    ``info`` has what the scalar one's has, as arrays. Gymnasium's three modes of beginning again are there:
    "NextStep" draws a world that was over in the next step, "SameStep" at once (``info`` then has
    ``final_obs`` and ``final_info``), and with "Disabled" `reset` does, with ``options={"reset_mask": ...}``.

    Args:
        rules: The rules of each world.
        num_envs: How many worlds.
        max_episode_steps: After how many ticks the time is up, if that is before the rules say so.
        autoreset_mode: When a world that is over begins again.
        render_mode: Only None: nobody draws so many.

    Raises:
        ConfigurationError: An argument is none of these.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}

    def __init__(
        self,
        rules: Rules,
        num_envs: int,
        *,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
    ) -> None:
        if render_mode is not None:
            wanted = (
                "None, or vectorization_mode='sync' too: worlds that are compiled together have no picture"
            )
            raise refused("render_mode", render_mode, wanted)
        try:
            self.autoreset_mode = AutoresetMode(autoreset_mode)
        except ValueError:
            known = ", ".join(repr(mode.value) for mode in AutoresetMode)
            raise refused("autoreset_mode", autoreset_mode, f"one of {known}") from None
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self.num_envs = num_envs = whole("num_envs", num_envs, 1)
        if max_episode_steps is not None:
            rules = rules.within(whole("max_episode_steps", max_episode_steps, 1))
        self.rules, self.batch, self.max_episode_steps = rules, compiled(rules), rules.ticks
        self.single_observation_space, self.single_action_space = rules.observations, rules.actions
        self.observation_space = batch_space(rules.observations, num_envs)
        self.action_space = batch_space(rules.actions, num_envs)
        self.state: WorldState = None
        """The worlds; None before the first `reset`."""
        self.over = np.zeros(num_envs, bool)
        """Whether each world was over at the last step, and has not been drawn again."""

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Draw worlds: world i from ``seed + i``, or its own of a list; None: the next of its chain.

        Args:
            seed: One seed, or one for each world.
            options: With ``reset_mask``, a bool array of shape (num_envs,), only those worlds are drawn.

        Raises:
            ConfigurationError: Seeds or mask do not fit.
        """
        seeds = self._seeds(seed)
        chosen = _mask(reset_options(options, "reset_mask").get("reset_mask"), self.num_envs)
        super().reset(seed=seeds[0])
        if self.state is None:
            if not chosen.all():
                raise ContractError("call reset() for all worlds before you reset some")
            drawn = self.np_random.integers(2**31, size=self.num_envs).tolist()
            given = [new if one is None else one for new, one in zip(drawn, seeds, strict=True)]
            self.state = self.batch.reset(keys_of(given))
            seen = self.batch.observe(self.state)
        else:
            own = keys_of([0 if one is None else one for one in seeds])
            new = np.array([one is not None for one in seeds]) & chosen
            with pinned_jax():
                keys = jnp.where(new, own, self.state.key)
            self.state, seen = self.batch.renew(self.state, keys, chosen)
        self.over = self.over & ~chosen
        return np.asarray(seen), self._info(self.state)

    def _seeds(self, seed: Any) -> list[int | None]:
        """Return a seed, or None, for each world."""
        if seed is None:
            return [None] * self.num_envs
        if not isinstance(seed, list | tuple | np.ndarray):
            first = whole("the seed", seed, 0, 2**32 - self.num_envs)
            return list(range(first, first + self.num_envs))
        if len(seed) != self.num_envs:
            raise ConfigurationError(f"{len(seed)} seeds for {self.num_envs} worlds; give one for each")
        return [None if one is None else whole("the seed", one, 0, 2**32 - 1) for one in seed]

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Let a tick pass in all worlds; those that were over begin again as ``autoreset_mode`` says.

        Raises:
            ContractError: `reset` has not been called, the actions do not fit, or a world is over and nobody
                has reset it.
        """
        if self.state is None:
            raise ContractError("call reset() before step()")
        if not self.action_space.contains(np.asarray(actions)):
            raise ContractError(
                f"actions are an array of {self.num_envs}, each one of {self.single_action_space}"
            )
        given = np.asarray(actions, _kind(self.single_action_space))
        if self.autoreset_mode is AutoresetMode.NEXT_STEP:
            stepped = self.batch.step(self.state, self.over, given)
        elif self.over.any():
            raise ContractError(
                f"{self.over.sum()} worlds are over: reset them, with options={{'reset_mask': ...}}"
            )
        else:
            stepped = self.batch.move(self.state, given)
        self.state = stepped[0]
        seen, reward, terminated, truncated = (np.asarray(part) for part in stepped[1:])
        self.over = terminated | truncated
        last: dict[str, Any] = {}
        if self.autoreset_mode is AutoresetMode.SAME_STEP and self.over.any():
            last = _last(self.over, seen, self._info(self.state))
            self.state, fresh = self.batch.renew(self.state, self.state.key, self.over)
            seen, self.over = np.asarray(fresh), np.zeros(self.num_envs, bool)
        return seen, reward, terminated, truncated, {**self._info(self.state), **last}

    def __getstate__(self) -> dict[str, Any]:
        state = None if self.state is None else self.batch.stored(self.state)
        return {**vars(self), "state": state}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        state = None if saved["state"] is None else saved["batch"].restored(saved["state"])
        vars(self).update(saved, state=state)

    def _info(self, state: WorldState) -> dict[str, Any]:
        return {name: np.asarray(value) for name, value in self.batch.info(state).items()}


def _mask(given: Any, number: int) -> NDArray[np.bool_]:
    """Return which worlds are to be drawn; all if nobody says."""
    if given is None:
        return np.ones(number, bool)
    fits = isinstance(given, np.ndarray) and given.dtype == bool and given.shape == (number,)
    if not (fits and given.any()):
        raise refused("reset_mask", given, f"a bool array of shape ({number},) with a True")
    mask: NDArray[np.bool_] = given
    return mask


def _last(over: NDArray[np.bool_], seen: Array, info: dict[str, Array]) -> dict[str, Any]:
    """Return what Gymnasium tells of the worlds that came to their end in this step, and began again."""
    observed = np.full(len(over), None, dtype=object)
    for number in np.flatnonzero(over):
        observed[number] = seen[number]
    figures: dict[str, Any] = {}
    for name, value in info.items():
        figures |= {name: np.where(over, value, np.zeros_like(value)), f"_{name}": over.copy()}
    both = {"_final_obs": over.copy(), "_final_info": over.copy()}
    return {"final_obs": observed, "final_info": figures, **both}


def _kind(space: spaces.Space[Any]) -> Any:
    """Return the dtype in which JAX takes an action: 32 bits."""
    return np.int32 if isinstance(space, spaces.Discrete | spaces.MultiDiscrete) else np.float32
