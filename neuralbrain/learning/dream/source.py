"""The world that is dreamt of: what it observes and takes as vectors, and what it declares."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.worlds import scalar_environment, vector_environment

LONGEST = 1000
"""An episode of a world without an end of its own is cut off after so many ticks."""
Floats = NDArray[np.float32]
Kinds = tuple[tuple[tuple[int, ...], ...], ...]
"""Kinds of objects, of each its objects, and of each its entries of an observation."""


@dataclass(frozen=True)
class Vectors:
    """A flat space of Gymnasium as vectors: a Box as it is, a number of a Discrete as one 1 among zeros.

    Attributes:
        space: A Box of one axis, or a Discrete.
    """

    space: spaces.Space[Any]

    @property
    def size(self) -> int:
        """How many entries a vector has."""
        return int(self.space.n if isinstance(self.space, spaces.Discrete) else self.space.shape[0])  # type: ignore[index]

    def encode(self, values: Any) -> jax.Array:
        """Return n values, shape (n,) or (n, size), as vectors, shape (n, size), float32."""
        if isinstance(self.space, spaces.Discrete):
            return jax.nn.one_hot(jnp.asarray(values) - int(self.space.start), self.size)
        return jnp.asarray(values, jnp.float32)

    def nearest(self, vector: jax.Array) -> jax.Array:
        """Return the nearest vector to one, shape (size,), that stands for a value of the space."""
        if isinstance(self.space, spaces.Discrete):
            return jax.nn.one_hot(jnp.argmax(vector), self.size)
        assert isinstance(self.space, spaces.Box)
        kept = jnp.clip(
            vector, *(jnp.asarray(edge, jnp.float32) for edge in (self.space.low, self.space.high))
        )
        return kept if np.issubdtype(self.space.dtype, np.floating) else jnp.round(kept)

    def decode(self, vector: jax.Array) -> jax.Array:
        """Return the value for which a nearest vector stands."""
        if isinstance(self.space, spaces.Discrete):
            return jnp.argmax(vector) + int(self.space.start)
        return vector.astype(self.space.dtype)


@dataclass(frozen=True, kw_only=True, eq=False)  # so compiled functions know it by its identity
class Source:
    """A world.

    Attributes:
        env: Its Gymnasium id.
        kwargs: What it is made with.
        observations: Its observation space, of one world.
        actions: Its action space.
        ticks: When the time is up.
        batch: Its rules compiled by JAX (`neuralbrain.batch.Batch`), or None if they are not.
        kinds: Which entries of an observation belong together, where the world declares it by an attribute
            ``kinds``; else all are one object. In a model the objects of a kind do not feel each other: what
            pushes each other is one object.
        declared: What a controller gets of an observation's vector, where the world has a method ``view`` in
            JAX; None: the vector itself.
    """

    env: str
    kwargs: Mapping[str, Any]
    observations: spaces.Space[Any]
    actions: spaces.Space[Any]
    ticks: int
    batch: Any
    kinds: Kinds
    declared: Callable[[jax.Array], jax.Array] | None

    def view(self, seen: jax.Array) -> jax.Array:
        """Return what a controller gets of an observation's vector."""
        return seen if self.declared is None else self.declared(seen)

    def sight(self, seen: jax.Array) -> jax.Array:
        """Return what the world declares for controllers, which tells a model what matters; else nothing."""
        return seen[:0] if self.declared is None else self.declared(seen)

    @property
    def seen(self) -> Vectors:
        """Observations as vectors."""
        return Vectors(self.observations)

    @property
    def done(self) -> Vectors:
        """Actions as vectors."""
        return Vectors(self.actions)


def source(env: str, kwargs: Mapping[str, Any]) -> Source:
    """Return a world to dream of: the same one for the same arguments, so that it is compiled once.

    Args:
        env: Its Gymnasium id.
        kwargs: What it is made with; as JSON holds it.

    Raises:
        ConfigurationError: It cannot be made, or a space of it is not flat.
    """
    return _source(env, json.dumps(dict(kwargs), sort_keys=True))


@lru_cache(maxsize=8)
def _source(env: str, text: str) -> Source:
    kwargs = json.loads(text)
    vector = vector_environment(env, kwargs)
    if vector is None:
        made = scalar_environment(env, kwargs)
        observations, actions = made.observation_space, made.action_space
        limit = made.spec.max_episode_steps if made.spec else None
        declared: Any = made.unwrapped
        made.close()
    else:
        observations, actions = vector.single_observation_space, vector.single_action_space
        limit, declared = vector.rules.ticks, vector.rules
    for what, space in (("observation", observations), ("action", actions)):
        flat = isinstance(space, spaces.Discrete) or (isinstance(space, spaces.Box) and len(space.shape) == 1)
        if not flat:
            raise ConfigurationError(
                f"the {what} space of {env} is {space}: dreams are of a Box of one axis, or a Discrete"
            )
    if isinstance(actions, spaces.Box) and not actions.is_bounded():
        raise ConfigurationError(f"the action space of {env} is {actions}: dreams need bounded actions")
    return Source(
        env=env,
        kwargs=kwargs,
        observations=observations,
        actions=actions,
        ticks=min(limit or LONGEST, 10 * LONGEST),
        batch=None if vector is None else vector.batch,
        kinds=getattr(declared, "kinds", ()) or ((tuple(range(Vectors(observations).size)),),),
        declared=getattr(declared, "view", None),
    )
