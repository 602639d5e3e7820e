"""Policies that look for a source by rare hits.

All of them know what the robot has counted and its own moves, and nothing else: from these comes the belief
(`neuralbrain.envs.nanorobot.search_belief`), and each weighs what the next move would leave of it. A move
ends the search with some probability; else so many hits are counted, each with its probability, and a belief
is left.
Of moves that are equally good the first is taken.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.search import moves
from neuralbrain.envs.nanorobot.search_belief import Source, around, first_beliefs, updated
from neuralbrain.errors import ContractError, UnknownNameError

_TIE = 1e-5
"""Costs are of the order of 10 bits in 32-bit numbers: what is closer than this is equal."""
_LEAST = 1e-30
"""Added before a logarithm or a division; far below any probability that matters."""


class Lookahead(NamedTuple):
    """What each move may leave, each of shape (actions, bins).

    Attributes:
        probability: That the source is not found and so many hits are counted.
        entropy: Of the belief then, bits.
        distance: Mean number of moves to the source then.
    """

    probability: jax.Array
    entropy: jax.Array
    distance: jax.Array


Policy = Callable[[Source, jax.Array, jax.Array, jax.Array], jax.Array]
"""Source, belief, the robot's cell and a key to an action; of one robot, in JAX."""


def lookahead(source: Source, belief: jax.Array, robot: jax.Array) -> Lookahead:
    """Look one move ahead.

    Args:
        source: What lets go of particles.
        belief: Shape (side, ...).
        robot: Its cell, int32, shape (dimensions,).
    """
    window = _computed_once(around(source, robot))
    paths = moves(source.dimensions)
    inner = [(slice(None), *[slice(1 - step, 1 - step + source.side) for step in way]) for way in paths]
    joint = _computed_once(jnp.stack([window[cells] * belief for cells in inner]))
    distance = jnp.stack([_moves_to(source, robot + way) for way in paths])
    probability = _summed(joint)
    logs = _summed(joint * jnp.log2(joint + _LEAST))
    mean = _summed(joint * distance[:, None]) / (probability + _LEAST)
    return Lookahead(probability, jnp.log2(probability + _LEAST) - logs / (probability + _LEAST), mean)


def _computed_once(values: jax.Array) -> jax.Array:
    """Keep XLA from computing the values again for each sum over them, which takes three times the time."""
    once: jax.Array = jax.lax.optimization_barrier(values)  # type: ignore[no-untyped-call]
    return once


def _moves_to(source: Source, robot: jax.Array) -> jax.Array:
    """Return how many moves each cell is away, shape (side, ...)."""
    cells = jnp.meshgrid(*[jnp.arange(source.side)] * source.dimensions, indexing="ij", sparse=True)
    return sum((jnp.abs(axis - robot[i]) for i, axis in enumerate(cells)), jnp.zeros(()))


def _summed(values: jax.Array) -> jax.Array:
    """Sum over all cells: over the last axis by a product, for XLA sums fast over the others alone."""
    return values.sum(axis=tuple(range(2, values.ndim - 1))) @ jnp.ones(values.shape[-1])


def infotaxis(source: Source, belief: jax.Array, robot: jax.Array, key: jax.Array) -> jax.Array:
    """Return the move after which the least entropy is to be expected; the key is not used.

    M. Vergassola, E. Villermaux, B. Shraiman, "'Infotaxis' as a strategy for searching without gradients",
    Nature 445 (2007), 406-409.
    """
    ahead = lookahead(source, belief, robot)
    return _best(source, robot, ahead.probability * ahead.entropy)


def space_aware(source: Source, belief: jax.Array, robot: jax.Array, key: jax.Array) -> jax.Array:
    """Return the move of space-aware infotaxis; the key is not used.

    It is the move after which the least is to be expected of log2(D + 2^(H - 1) - 1/2), where D is the mean
    number of moves to the source, and 2^(H - 1) - 1/2 that of wrong guesses among 2^H cells that are alike
    (Loisy and Eloy 2022).
    """
    ahead = lookahead(source, belief, robot)
    steps = ahead.distance + 2.0 ** (ahead.entropy - 1) - 0.5
    return _best(source, robot, ahead.probability * jnp.log2(jnp.maximum(steps, 1.0)))


def random_walk(source: Source, belief: jax.Array, robot: jax.Array, key: jax.Array) -> jax.Array:
    """Return any move."""
    return jax.random.randint(key, (), 0, 2 * source.dimensions)


def _best(source: Source, robot: jax.Array, cost: jax.Array) -> jax.Array:
    """Return the move of the least cost, summed over what may be counted; none leads off the grid."""
    there = robot + moves(source.dimensions)
    inside = ((there >= 0) & (there < source.side)).all(axis=1)
    total = jnp.where(inside, cost.sum(axis=1), jnp.inf)
    return jnp.argmax(total <= total.min() + _TIE)


POLICIES: dict[str, Policy] = {
    "infotaxis": infotaxis,
    "space-aware infotaxis": space_aware,
    "random walk": random_walk,
}


def find_policy(name: str) -> Policy:
    """Return a policy.

    Raises:
        UnknownNameError: There is none of that name.
    """
    if name not in POLICIES:
        raise UnknownNameError("search policy", name, POLICIES)
    return POLICIES[name]


class Searcher:
    """A policy with its belief, for one environment: an observation in, an action out.

    Args:
        source: As of the environment, ``env.unwrapped.rules.source``.
        policy: Name of one of `POLICIES`.
        seed: Of its own random numbers.

    Raises:
        UnknownNameError: There is no such policy.
    """

    def __init__(self, source: Source, policy: str = "space-aware infotaxis", seed: int = 0) -> None:
        self.source = source
        self.belief: jax.Array | None = None
        """The probability of each cell to hold the source, shape (side, ...); None before `begin`."""
        self._key = jax.random.key(seed)
        self._learn, self._choose = (
            jax.jit(partial(learnt, source)),
            jax.jit(partial(find_policy(policy), source)),
        )

    def begin(self, seen: NDArray[Any]) -> int:
        """Take the first observation of a search and return the first action."""
        self.belief = jnp.asarray(first_beliefs(self.source)[int(seen[0])], jnp.float32)
        return self._act(seen)

    def act(self, seen: NDArray[Any]) -> int:
        """Take an observation and return an action.

        Raises:
            ContractError: `begin` has not been called.
        """
        if self.belief is None:
            raise ContractError("call begin() with the first observation before act()")
        self.belief = self._learn(self.belief, seen)
        return self._act(seen)

    def _act(self, seen: NDArray[Any]) -> int:
        self._key, key = jax.random.split(self._key)
        return int(self._choose(self.belief, cell_of(self.source, jnp.asarray(seen)), key))


def cell_of(source: Source, seen: jax.Array) -> jax.Array:
    """Return the robot's cell by an observation."""
    return seen[1:] + source.side // 2


def learnt(source: Source, belief: jax.Array, seen: jax.Array) -> jax.Array:
    """Return the belief after an observation."""
    return updated(source, belief, cell_of(source, seen), seen[0])
