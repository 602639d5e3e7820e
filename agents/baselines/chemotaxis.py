"""Ways for a nanorobot to find its way by what it senses, from a random walk to a learned table; and a judge.

A policy sees only what `NanoEnv` observes; it may remember. Its functions take all robots of a trial at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.batch import compiled, keys_of
from neuralbrain.envs.nanorobot.moves import DOWN, LEFT, RIGHT, RUN, TUMBLE, UP
from neuralbrain.envs.nanorobot.rules import TissueRules
from neuralbrain.envs.nanorobot.vectors import Vector
from neuralbrain.learning.table import QTable

QUICK, SLOW = 1, 2
"""Where in an observation the changes are."""
Number = float | NDArray[Any]


@dataclass(frozen=True)
class Policy:
    """A way of acting.

    Attributes:
        name: Of the way.
        begin: Makes the memory of so many robots.
        act: Memory, observations of shape (robots, entries) and a key to memory and actions.
    """

    name: str
    begin: Callable[[int], Any]
    act: Callable[[Any, jax.Array, jax.Array], tuple[Any, jax.Array]]


def random_walk(rate: float, seconds: float) -> Policy:
    """Return the walk that takes a new direction at a steady rate, whatever it senses.

    Args:
        rate: Tumbles a second.
        seconds: A tick's.
    """

    def act(memory: Any, seen: jax.Array, key: jax.Array) -> tuple[Any, jax.Array]:
        return memory, jnp.where(jax.random.uniform(key, seen.shape[:1]) < rate * seconds, TUMBLE, RUN)

    return Policy("random walk", lambda robots: (), act)


def run_and_tumble(rate: Number, gain: Number, slow: Number, seconds: float) -> Policy:
    """Return Escherichia coli's rule: the better it gets, the longer it runs.

    It tumbles at the rate r exp(-g z), where z is the change of what it senses: H. Berg, D. Brown, Nature
    239 (1972), 500-504 (runs of about 1 s, tumbles of 0.1 s); S. Block, J. Segall, H. Berg, Cell 31 (1982),
    215-226.

    Args:
        rate: Tumbles a second where nothing changes, r; for all robots or for each.
        gain: How much a change counts, g, a standard deviation; likewise.
        slow: Whether it follows the slow change, and not the quick one; likewise.
        seconds: A tick's.
    """

    def act(memory: Any, seen: jax.Array, key: jax.Array) -> tuple[Any, jax.Array]:
        change = jnp.where(jnp.asarray(slow), seen[:, SLOW], seen[:, QUICK])
        odds = rate * seconds * jnp.exp(-gain * change)
        return memory, jnp.where(jax.random.uniform(key, seen.shape[:1]) < odds, TUMBLE, RUN)

    return Policy("run and tumble", lambda robots: (), act)


def gradient_ascent(turn: float, keep: Number) -> Policy:
    """Return the rule that estimates the gradient from its own moves and counts, and steers along it.

    The estimate, in axes that turn with its own steering, is a running mean of heading times quick change; it
    steers towards it. It does not know how Brownian motion turns it, so it must forget.

    Args:
        turn: By what steering turns it, rad.
        keep: Which share of the estimate outlasts a tick, 0 to 1; for all robots or for each.
    """
    sine, cosine = np.sin(turn), np.cos(turn)

    def begin(robots: int) -> tuple[Vector, jax.Array]:
        nothing = jnp.zeros(robots)
        return (nothing, nothing, nothing), jnp.zeros(robots, jnp.int32)

    def act(memory: Any, seen: jax.Array, key: jax.Array) -> tuple[Any, jax.Array]:
        (ahead, aside, above), last = memory
        rise = seen[:, QUICK]
        # A steering move goes in the new direction, which is now "ahead".
        ahead = keep * ahead + (1 - keep) * rise
        aside, above = keep * aside, keep * above
        best = jnp.maximum(jnp.abs(aside), jnp.abs(above))
        drawn = jax.random.randint(key, last.shape, LEFT, DOWN + 1)
        sideways = jnp.where(
            jnp.abs(aside) >= jnp.abs(above),
            jnp.where(aside > 0, LEFT, RIGHT),
            jnp.where(above > 0, UP, DOWN),
        )
        # Where it goes down and nothing is known of the sides, any way is as good as another.
        action = jnp.where(ahead >= best, RUN, jnp.where(best < 1e-6, drawn, sideways))
        left = (action == LEFT).astype(jnp.float32) - (action == RIGHT)
        up = (action == UP).astype(jnp.float32) - (action == DOWN)
        turns = jnp.abs(left) + jnp.abs(up)
        side = left * aside + up * above
        turned = jnp.where(turns > 0, cosine * ahead + sine * side, ahead)
        aside = jnp.where(left != 0, cosine * aside - sine * left * ahead, aside)
        above = jnp.where(up != 0, cosine * above - sine * up * ahead, above)
        return ((turned, aside, above), action), action

    return Policy("gradient ascent", begin, act)


def learned(table: QTable) -> Policy:
    """Return what a learned table holds for best."""
    best, bins = jnp.asarray(table.policy), table.bins

    def act(memory: Any, seen: jax.Array, key: jax.Array) -> tuple[Any, jax.Array]:
        return memory, best[bins.state(seen)]

    return Policy("learned", lambda robots: (), act)


@dataclass(frozen=True)
class Trials:
    """What became of a policy's trials.

    Attributes:
        ticks: When each came to its end, or the limit, shape (trials,).
        found: Whether it was solved by then.
        solved: In how many ticks it stood solved: NanoTrack goes on when the robot is near.
        limit: When the time was up.
    """

    ticks: NDArray[np.int64]
    found: NDArray[np.bool_]
    solved: NDArray[np.int64]
    limit: int


def judge(rules: TissueRules, policy: Policy, trials: int, seed: int) -> Trials:
    """Let a policy act in fresh worlds, each until it is over.

    Args:
        rules: Of the worlds.
        policy: Who acts.
        trials: How many worlds; world i is that of seed + i.
        seed: Of the first world, and of the policy's random numbers.
    """
    ticks, found, solved = _judged(rules, policy, keys_of(list(range(seed, seed + trials))), seed)
    return Trials(np.asarray(ticks), np.asarray(found), np.asarray(solved), rules.ticks)


@partial(jax.jit, static_argnums=(0, 1))
def _judged(
    rules: TissueRules, policy: Policy, keys: jax.Array, seed: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    batch, trials = compiled(rules), len(keys)
    state = batch.reset(keys)

    def tick(now: Any) -> Any:
        number, state, seen, memory, over, ticks, found, solved = now
        key = jax.random.fold_in(jax.random.key(seed), number)
        memory, action = policy.act(memory, seen, key)
        state, seen, _, terminated, truncated = batch.move(state, action.astype(jnp.int32))
        here = ~over & batch.success(state)
        found, solved = found | (here & terminated), solved + here
        return number + 1, state, seen, memory, over | terminated | truncated, ticks + ~over, found, solved

    none = jnp.zeros(trials, bool)
    begun = (
        jnp.int32(0),
        state,
        batch.observe(state),
        policy.begin(trials),
        none,
        jnp.zeros(trials, jnp.int32),
        none,
        jnp.zeros(trials, jnp.int32),
    )
    ended = jax.lax.while_loop(lambda now: ~now[4].all(), tick, begun)
    return ended[5], ended[6], ended[7]
