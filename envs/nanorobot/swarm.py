"""The swarm as a PettingZoo parallel environment: each robot an agent of its own.

The world is `neuralbrain/NanoSwarm-v0`'s, step for step. PettingZoo is an extra: ``pip install
'neuralbrain[swarm]'``.
"""

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from numpy.typing import NDArray
from pettingzoo import ParallelEnv

from neuralbrain.batch import RENDER_MODES, compiled, compiled_by_jax, keys_of
from neuralbrain.envs.nanorobot import world
from neuralbrain.envs.nanorobot.env import rules_of
from neuralbrain.envs.nanorobot.moves import MOVES, RUN
from neuralbrain.envs.nanorobot.rules import TissueRules
from neuralbrain.errors import ContractError
from neuralbrain.gym import render_mode_of
from neuralbrain.profile import pinned_jax

Floats = NDArray[np.float32]


class SwarmParallelEnv(ParallelEnv[str, Floats, int]):  # type: ignore[misc] # without PettingZoo: Any
    """Many robots in one tissue, as agents "robot_0", "robot_1", ...

    Each observes what `NanoSwarmEnv` says of a robot and acts as one. A robot that has found a cancer cell,
    in a task in which it stays there, is terminated and leaves ``agents``; with ``signal`` it goes on calling
    the others. When the task is over all are terminated; when the time is up all are truncated.

    Args:
        task: "seek", "track" or "deliver".
        render_mode: "rgb_array", "ansi" or None.
        tissue: Parameters of `Tissue`; 64 robots that signal, if nothing else is said.

    Raises:
        UnknownNameError: There is no such task.
        ConfigurationError: A parameter is not physical.
    """

    metadata = {"name": "nanoswarm_v0", "render_modes": ["rgb_array", "ansi"], "is_parallelizable": True}

    def __init__(self, task: str = "seek", *, render_mode: str | None = None, **tissue: Any) -> None:
        self.rules = rules_of(task, {"robots": 64, "signal": 1e5, **tissue}, swarm=True)
        self.render_mode = render_mode_of(render_mode, RENDER_MODES)
        robots = self.rules.tissue.robots
        self.possible_agents = [f"robot_{number}" for number in range(robots)]
        self.agents: list[str] = []
        self._numbers = {agent: number for number, agent in enumerate(self.possible_agents)}
        low, high = (
            np.array(edges, np.float32) for edges in list(zip(*self.rules.features, strict=True))[1:]
        )
        moves = MOVES + (self.rules.tissue.portions > 0)
        self._observes = {agent: spaces.Box(low, high) for agent in self.possible_agents}
        self._acts = {agent: spaces.Discrete(moves) for agent in self.possible_agents}
        self._state: world.NanoState | None = None
        self._random = np.random.default_rng()
        self._path: deque[Floats] = deque(maxlen=self.rules.trail)

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """Return what a robot senses and remembers; the same object every time."""
        return self._observes[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """Return a robot's moves; the same object every time."""
        return self._acts[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Floats], dict[str, dict[str, Any]]]:
        """Draw a world: the seed's, or the next of the last seed's chain; there are no options."""
        if seed is not None:
            self._random, _ = seeding.np_random(seed)
            first = seed
        else:
            first = int(self._random.integers(2**31))
        self._state = _compiled(self.rules)[0](keys_of([first])[0])
        self.agents = list(self.possible_agents)
        seen = np.asarray(_compiled(self.rules)[2](self._state))
        self._path.clear()
        self._draw_on()
        return dict(zip(self.agents, seen, strict=True)), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, int]) -> tuple[dict[str, Any], ...]:
        """Let a tick pass.

        Raises:
            ContractError: `reset` has not been called, a robot has no action, or there is no such action.
        """
        if self._state is None:
            raise ContractError("call reset() before step()")
        acting = self.agents
        for agent in acting:
            if agent not in actions or not self._acts[agent].contains(actions[agent]):
                raise ContractError(
                    f"{agent}: give every agent an action, one of {self._acts[agent]}, not "
                    f"{actions.get(agent)!r}"
                )
        given = [int(actions.get(agent, RUN)) for agent in self.possible_agents]
        self._state, *rest = _compiled(self.rules)[1](self._state, jnp.asarray(given, jnp.int32))
        seen, rewards, found, ended = (np.asarray(part) for part in rest)
        self._draw_on()
        number = {agent: self._numbers[agent] for agent in acting}
        over = bool(ended)
        left = self.rules.task.staying
        terminated = {a: over or bool(left and found[n]) for a, n in number.items()}
        late = int(self._state.tick) >= self.rules.ticks
        self.agents = [agent for agent in acting if not terminated[agent] and not late]
        return (
            {agent: seen[n] for agent, n in number.items()},
            {agent: float(rewards[n]) for agent, n in number.items()},
            terminated,
            {agent: late and not terminated[agent] for agent in acting},
            {agent: {"found": bool(found[n])} for agent, n in number.items()},
        )

    def render(self) -> Any:
        """Return a picture, uint8, shape (480, 480, 3), or text, as the render mode says."""
        if self._state is None:
            raise ContractError("call reset() before render()")
        with pinned_jax():
            if self.render_mode == "ansi":
                return self.rules.text(self._state)
            return self.rules.picture(self._state, np.array(self._path)) if self.render_mode else None

    def _draw_on(self) -> None:
        """Remember where the robots are, if there will be a picture."""
        if self.render_mode == "rgb_array":
            assert self._state is not None
            self._path.append(np.stack([np.asarray(part) for part in self._state.robots.place], axis=-1))

    def __getstate__(self) -> dict[str, Any]:
        many = None if self._state is None else jax.tree.map(lambda part: part[None], self._state)
        return {**vars(self), "_state": None if many is None else compiled(self.rules).stored(many)}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        leaves = saved["_state"]
        many = None if leaves is None else compiled(saved["rules"]).restored(leaves)
        self.__dict__.update(saved, _state=None if many is None else jax.tree.map(lambda part: part[0], many))


@lru_cache(maxsize=2)
def _compiled(rules: TissueRules) -> tuple[Callable[..., Any], ...]:
    """Return one world's rules, compiled."""

    def step(state: world.NanoState, actions: jax.Array) -> tuple[Any, ...]:
        after = rules.step(state, actions)
        return after, rules.observe(after), rules.rewards(state, after), after.robots.found, rules.over(after)

    return tuple(compiled_by_jax(part) for part in (rules.reset, step, rules.observe))
