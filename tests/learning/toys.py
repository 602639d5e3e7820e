"""A ring road with a home, as compiled worlds and as one world: small enough to know all of it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces

from neuralbrain.learning.setup import TrainingSetup, settings, training_setup

NAME = "learning-toys/Ring-v0"


class Road(NamedTuple):
    key: jax.Array
    tick: jax.Array
    place: jax.Array


@dataclass(frozen=True)
class Ring:
    """Robots step left (0), right (1) or stay (2), slip now and then, and are home at place 0."""

    places: int = 8
    slip: float = 0.1
    ticks: int = 20

    def reset(self, keys: jax.Array) -> Road:
        return jax.vmap(self._drawn)(keys)

    def _drawn(self, key: jax.Array) -> Road:
        key, own = jax.random.split(key)
        return Road(key, jnp.int32(0), jax.random.randint(own, (), 1, self.places))

    def observe(self, road: Road) -> jax.Array:
        return jnp.stack([road.place, road.tick], axis=1).astype(jnp.float32)

    def step(self, road: Road, over: jax.Array, actions: jax.Array) -> Any:
        moved = jax.vmap(self._moved)(road, actions)
        after = jax.tree.map(
            lambda new, old: jnp.where(over.reshape(-1, *[1] * (new.ndim - 1)), new, old),
            self.reset(road.key),
            moved,
        )
        home = ~over & (after.place == 0)
        late = ~over & ~home & (after.tick >= self.ticks)
        reward = jnp.where(over, 0.0, jnp.where(home, 1.0, -0.25))
        return after, self.observe(after), reward, home, late

    def _moved(self, road: Road, action: jax.Array) -> Road:
        key, own = jax.random.split(road.key)
        slipped = jax.random.uniform(own) < self.slip
        way = jnp.where(slipped, 0, jnp.where(action == 2, 0, 2 * action - 1))
        return Road(key, road.tick + 1, (road.place + way) % self.places)

    def success(self, road: Road) -> jax.Array:
        return road.place == 0


BINS = ((0, tuple(i + 0.5 for i in range(7))),)


class RingEnv(gymnasium.Env):
    """One road."""

    observation_space = spaces.Box(0.0, 1000.0, (2,), np.float32)
    action_space = spaces.Discrete(3)
    bins = BINS

    def __init__(self, **ring: Any) -> None:
        self.ring, self.road = Ring(**ring), None
        self._reset, self._step = jax.jit(self.ring.reset), jax.jit(self.ring.step)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.road = self._reset(jax.vmap(jax.random.key)(jnp.asarray([seed], jnp.uint32)))
        return np.asarray(self.ring.observe(self.road)[0]), {}

    def step(self, action):
        self.road, seen, reward, home, late = self._step(self.road, np.zeros(1, bool), np.array([action]))
        return (
            np.asarray(seen[0]),
            float(reward[0]),
            bool(home[0]),
            bool(late[0]),
            {"is_success": bool(home[0])},
        )


class RingVectorEnv(gymnasium.vector.VectorEnv):
    """What a training run wants of a vector environment."""

    metadata = {"autoreset_mode": gymnasium.vector.AutoresetMode.NEXT_STEP}
    bins = BINS

    def __init__(self, num_envs: int = 1, **ring: Any) -> None:
        self.num_envs, self.batch = num_envs, Ring(**ring)
        self.single_observation_space, self.single_action_space = (
            RingEnv.observation_space,
            RingEnv.action_space,
        )
        self.observation_space, self.action_space = self.single_observation_space, self.single_action_space


if NAME not in gymnasium.registry:
    gymnasium.register(NAME, entry_point=RingEnv, vector_entry_point=RingVectorEnv)


def ring_setup(
    rule: str = "q", steps: int = 19_200, robots: int = 64, chunks: int | None = None, **more: Any
) -> TrainingSetup:
    """The plan of a small run."""
    told = settings(
        steps, alpha="exponential:0.5:0.05", epsilon="linear:1:0.1", rule=rule, gamma=0.9, length=4
    )
    made = training_setup(NAME, told, steps=steps, robots=robots, **{"seed": 3, **more})
    return made if chunks is None else made.model_copy(update={"chunk": steps // chunks})
