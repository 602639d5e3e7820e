"""How long policies search: thousands of searches at once, in the world of `neuralbrain/NanoSearch-v0`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.agents.baselines.searching.policies import Policy, cell_of, find_policy, learnt
from neuralbrain.batch import keys_of
from neuralbrain.envs.nanorobot.search import SearchRules, SearchState, rules_of
from neuralbrain.envs.nanorobot.search_belief import first_beliefs
from neuralbrain.errors import ConfigurationError

_CELLS_AT_ONCE = 200_000
"""Of all beliefs that are played at once: they then stay in the cache."""


@dataclass(frozen=True)
class Row:
    """How long a policy takes.

    Attributes:
        policy: Its name.
        runs: How many searches.
        steps: Mean number of steps; a search that finds nothing counts with all the ticks that it had.
        error: Standard error of it.
        found: How many of the searches found the source.
        lead: By how many steps it is ahead of the first policy in the same searches, on average.
        lead_error: Standard error of that.
    """

    policy: str
    runs: int
    steps: float
    error: float
    found: int
    lead: float
    lead_error: float


def compare(
    dimensions: int,
    length: float,
    rate: float,
    runs: int,
    seed: int,
    policies: Sequence[str] = ("infotaxis", "space-aware infotaxis"),
) -> list[Row]:
    """Let policies search for the same sources.

    Args:
        dimensions: 1 or 3.
        length: How far particles spread, L, cells.
        rate: What the source lets go, I, particles a tick.
        runs: How many searches for each policy, 2 or more.
        seed: Of the first search; the others have the next ones.
        policies: Names of `POLICIES`.

    Raises:
        ConfigurationError: A parameter is out of its range.
        UnknownNameError: There is no such policy.
    """
    if runs < 2:
        raise ConfigurationError(f"runs is {runs}; give a whole number from 2 on")
    rules = rules_of(dimensions, length, rate)
    keys = keys_of(list(range(seed, seed + runs)))
    rows: list[Row] = []
    first: NDArray[np.float64] | None = None
    for name in policies:
        steps, found = (np.asarray(one, np.float64) for one in play(rules, find_policy(name), keys))
        first = steps if first is None else first
        lead = first - steps
        rows.append(Row(name, runs, *_mean(steps), int(found.sum()), *_mean(lead)))
    return rows


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


@partial(jax.jit, static_argnums=(0, 1))
def play(rules: SearchRules, policy: Policy, keys: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Let a policy search in a world for each key.

    A few worlds are played at once; one that is over makes room for the next. What a search does depends on
    its key alone, and neither on the others nor on how many there are.

    Args:
        rules: Of the worlds.
        policy: One of `POLICIES`.
        keys: Of the worlds, shape (runs,).

    Returns:
        How many steps each took, int32, and whether it found the source, both of shape (runs,).
    """
    source, runs = rules.source, len(keys)
    slots = min(runs, max(1, _CELLS_AT_ONCE // source.side**source.dimensions))
    beliefs = jnp.asarray(first_beliefs(source), jnp.float32)

    def begun(key: jax.Array) -> tuple[SearchState, jax.Array]:
        state = rules.reset(key)
        return state, beliefs[rules.observe(state)[0]]

    def stepped(state: SearchState, belief: jax.Array) -> tuple[SearchState, jax.Array]:
        own = jax.random.fold_in(state.key, rules.ticks + state.tick)  # the world takes those below
        state = rules.step(state, policy(source, belief, cell_of(source, rules.observe(state)), own))
        return state, learnt(source, belief, rules.observe(state))

    def going_on(carry: tuple[Any, ...]) -> jax.Array:
        going: jax.Array = (carry[1] < runs).any()
        return going

    def round_of(carry: tuple[Any, ...]) -> tuple[Any, ...]:
        worlds, run, following, steps, found = carry
        worlds = jax.vmap(stepped)(*worlds)
        won = jax.vmap(rules.over)(worlds[0])
        over = won | (worlds[0].tick >= rules.ticks)
        done = jnp.where(over, run, runs)
        steps = steps.at[done].set(worlds[0].tick, mode="drop")
        found = found.at[done].set(won, mode="drop")
        run = jnp.where(over, following + jnp.cumsum(over) - 1, run)
        fresh = jax.vmap(begun)(keys[jnp.minimum(run, runs - 1)])
        worlds = jax.tree.map(partial(_where, over), fresh, worlds)
        return worlds, run, following + over.sum(), steps, found

    carry = (
        jax.vmap(begun)(keys[:slots]),
        jnp.arange(slots),
        jnp.int32(slots),
        jnp.zeros(runs, jnp.int32),
        jnp.zeros(runs, bool),
    )
    *_, steps, found = jax.lax.while_loop(going_on, round_of, carry)
    return steps, found


def _where(chosen: jax.Array, new: jax.Array, old: jax.Array) -> jax.Array:
    return jnp.where(chosen.reshape(-1, *[1] * (old.ndim - 1)), new, old)
