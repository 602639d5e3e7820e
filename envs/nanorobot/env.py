"""The nanorobot tasks as Gymnasium environments: one world, and thousands at once."""

from functools import cache, partial
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot import world
from neuralbrain.envs.nanorobot.render import as_text, picture
from neuralbrain.envs.nanorobot.tasks import Task, find_task, gap
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.errors import ConfigurationError, ContractError

Floats = NDArray[np.float32]
MOST = 25.0
"""The logarithm of one plus a count is below this."""


class _Rules:
    """What the two environments share: the rules of a task, compiled for a batch of worlds."""

    def __init__(self, task: Task, tissue: Tissue) -> None:
        self.task, self.tissue = task, tissue
        self.reset = jax.jit(jax.vmap(partial(world.reset, self.tissue)))
        self.step = jax.jit(self._step)
        low, high = np.zeros(33, np.float32), np.full(33, MOST, np.float32)
        high[16] = 1.0
        high[17:] = world.ACTIONS - 1
        self.observations = spaces.Box(low, high)
        self.actions = spaces.Discrete(world.ACTIONS)

    @staticmethod
    def observe(state: world.State) -> jax.Array:
        """Return what the robots sense and remember, shape (n, 33)."""
        felt = state.contact[:, None].astype(jnp.float32)
        return jnp.concatenate([jnp.log1p(state.counts), felt, state.moves.astype(jnp.float32)], axis=1)

    def _step(
        self, state: world.State, over: jax.Array, actions: jax.Array
    ) -> tuple[world.State, jax.Array, jax.Array, jax.Array, jax.Array]:
        """Let a tick pass; a world that was over is drawn anew instead (`AutoresetMode.NEXT_STEP`)."""
        tissue = self.tissue
        moved = jax.vmap(partial(world.step, tissue))(state, actions)
        fresh = jax.vmap(partial(world.reset, tissue))(state.key)
        after = jax.tree.map(
            lambda new, old: jnp.where(over.reshape(-1, *[1] * (new.ndim - 1)), new, old), fresh, moved
        )
        reward = jnp.where(over, 0.0, self.task.reward(tissue, state, after))
        terminated = ~over & self.task.over(tissue, after)
        truncated = ~over & ~terminated & (after.tick >= tissue.ticks)
        return after, self.observe(after), reward, terminated, truncated


@cache
def _compiled(task: str, tissue: Tissue) -> _Rules:
    """Return the rules, the same for the same tissue: to compile them takes seconds."""
    return _Rules(find_task(task), tissue)


def _rules(task: str, settings: dict[str, Any]) -> _Rules:
    return _compiled(task, Tissue.of(**{**find_task(task).tissue, **settings}))


def _keys(seeds: list[int]) -> jax.Array:
    return jnp.stack([jax.random.key(seed) for seed in seeds])


class NanoEnv(gymnasium.Env[Floats, np.int64]):
    """A robot in a tissue.

    ======== ======== ======= ==========================================================================
    part     entries  range   what it is
    ======== ======== ======= ==========================================================================
    counts   0 to 15  0 to 25 ln(1 + molecules caught in a tick), the newest tick first: a Poisson number
                              of mean 4 pi D a C dt (Smoluchowski 1917; Berg and Purcell 1977)
    contact  16       0, 1    whether it touches a healthy cell or the edge of the tissue
    moves    17 to 32 0 to 5  its own last actions, the newest first
    ======== ======== ======= ==========================================================================

    Observation: float32, shape (33,), of these parts; no state that a real robot could not sense is in it.

    Action: 0 run, 1 tumble, 2 to 5 steer left, right, up, down by ``turn`` rad and run.

    Reward, by simulator truth. "seek": what the robot has come nearer to the cancer cell, as a share of the
    tissue's edge, and 1 for touching it, which ends the episode. "track": 1 for each tick in which its
    surface is within 10 µm of the cell's. ``info`` has ``is_success`` and ``gap``, µm.

    Args:
        task: "seek" or "track".
        render_mode: "rgb_array", "ansi" or None.
        tissue: Parameters of `Tissue`.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: A parameter is not physical.
    """

    metadata = {"render_modes": ["rgb_array", "ansi"], "render_fps": 10}

    def __init__(self, task: str = "seek", *, render_mode: str | None = None, **tissue: Any) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ConfigurationError(f"render_mode is {render_mode!r}; give 'rgb_array' or 'ansi'")
        self.render_mode = render_mode
        self._rules = _rules(task, tissue)
        self.tissue = self._rules.tissue
        self.observation_space, self.action_space = self._rules.observations, self._rules.actions
        self._state: world.State | None = None
        self._near = 0
        self._path: list[NDArray[np.float32]] = []

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Draw a world: the seed's, or the next of the chain that the last seed began."""
        super().reset(seed=seed)
        if seed is not None or self._state is None:
            key = _keys([int(self.np_random.integers(2**31)) if seed is None else seed])
        else:
            key = self._state.key
        self._state = self._rules.reset(key)
        self._near, self._path = 0, [np.asarray(self._state.robot[0])]
        return np.asarray(_Rules.observe(self._state)[0]), self._info(False)

    def step(self, action: np.int64) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Let a tick pass.

        Raises:
            ContractError: `reset` has not been called, or there is no such action.
        """
        if self._state is None:
            raise ContractError("call reset() before step()")
        if not self.action_space.contains(action):
            raise ContractError(f"an action is a whole number from 0 to {world.ACTIONS - 1}, not {action!r}")
        going_on = jnp.zeros(1, bool)
        self._state, seen, reward, terminated, truncated = self._rules.step(
            self._state, going_on, jnp.asarray([action], jnp.int32)
        )
        self._path.append(np.asarray(self._state.robot[0]))
        done = bool(terminated[0])
        return np.asarray(seen[0]), float(reward[0]), done, bool(truncated[0]), self._info(done)

    def render(self) -> Any:
        """Return the tissue from above with the robot's path, uint8, shape (480, 480, 3); or as text."""
        if self._state is None:
            raise ContractError("call reset() before render()")
        one = jax.tree.map(lambda value: value[0], self._state)
        if self.render_mode == "ansi":
            return as_text(self.tissue, one)
        return picture(self.tissue, one, np.array(self._path)) if self.render_mode else None

    def _info(self, success: bool) -> dict[str, Any]:
        assert self._state is not None
        return {"is_success": success, "gap": float(gap(self.tissue, self._state)[0])}


class NanoVectorEnv(VectorEnv[Floats, NDArray[np.int64], NDArray[Any]]):
    """Thousands of robots, each in a world of its own; see `NanoEnv`, with which each agrees step for step.

    Args:
        num_envs: How many.
        task: "seek" or "track".
        tissue: Parameters of `Tissue`.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(self, num_envs: int = 1, task: str = "seek", **tissue: Any) -> None:
        tissue.pop("render_mode", None)  # `make_vec` gives one to every environment
        self.num_envs = num_envs
        self._rules = _rules(task, tissue)
        self.tissue = self._rules.tissue
        self.single_observation_space, self.single_action_space = (
            self._rules.observations,
            self._rules.actions,
        )
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._state: world.State | None = None
        self._over = jnp.zeros(num_envs, bool)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Draw all worlds: world i from ``seed + i``."""
        super().reset(seed=seed if isinstance(seed, int) else None)
        if isinstance(seed, list):
            seeds = [int(self.np_random.integers(2**31)) if one is None else one for one in seed]
        else:
            first = int(self.np_random.integers(2**31 - self.num_envs)) if seed is None else seed
            seeds = list(range(first, first + self.num_envs))
        self._state = self._rules.reset(_keys(seeds))
        self._over = jnp.zeros(self.num_envs, bool)
        return np.asarray(_Rules.observe(self._state)), {}

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Floats, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Let a tick pass in all worlds; those that were over begin anew.

        Raises:
            ContractError: `reset` has not been called, or the actions do not fit.
        """
        if self._state is None:
            raise ContractError("call reset() before step()")
        if not self.action_space.contains(np.asarray(actions)):
            raise ContractError(f"actions are {self.num_envs} whole numbers from 0 to {world.ACTIONS - 1}")
        self._state, seen, reward, terminated, truncated = self._rules.step(
            self._state, self._over, jnp.asarray(actions, jnp.int32)
        )
        self._over = terminated | truncated
        done = np.asarray(terminated)
        return np.asarray(seen), np.asarray(reward), done, np.asarray(truncated), {"is_success": done}
