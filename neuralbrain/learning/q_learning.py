"""Tabular Q-learning as pure JAX functions over a batch of robots that share one table.

* "q": Watkins's Q-learning (Watkins and Dayan 1992, Machine Learning 8:279).
* "double": two tables, one of which chooses the next action and the other values it (van Hasselt 2010, Double
  Q-learning, NeurIPS 23), so that luck does not pass for value.
* "lambda": Watkins's Q(lambda), whose traces end at the first explored action (Sutton and Barto 2018, section
  12.10), truncated: an entry moves once, `Settings.length` - 1 ticks after the visit, by the lambda-return of
  the ticks between (Cichosz 1995, Truncating temporal differences, JAIR 2:287). So a tick costs one update a
  robot, however long the traces are.

Where k robots visit the same entry at the same tick, it moves by 1 - (1 - alpha)^k of the mean of their k
errors: as far as k updates one after the other would move it towards the same target. With one robot this is
Watkins's rule exactly.
"""

from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from neuralbrain.learning.schedule import Schedule

LARGEST = 2**28
"""A table may have so many entries: a gigabyte."""


class Settings(BaseModel):
    """What a learner is told.

    Attributes:
        rule: "q", "double" or "lambda".
        alpha: The learning rate.
        epsilon: The share of actions that are drawn at random.
        gamma: What a reward a tick later is worth.
        decay: The lambda of "lambda".
        length: The traces of "lambda" are so many ticks long.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["q", "double", "lambda"] = "q"
    alpha: Schedule
    epsilon: Schedule
    gamma: float = Field(default=0.99, ge=0.0, le=1.0)
    decay: float = Field(default=0.8, ge=0.0, le=1.0)
    length: int = Field(default=10, ge=1, le=100)

    @property
    def tables(self) -> int:
        """How many tables are learned."""
        return 2 if self.rule == "double" else 1

    @property
    def reach(self) -> int:
        """Ticks between a visit and its update, and one."""
        return self.length if self.rule == "lambda" else 1

    @property
    def decays(self) -> NDArray[np.float32]:
        """What an error counts for the visits of earlier ticks: (gamma lambda)^age, the newest first."""
        return np.array([(self.gamma * self.decay) ** age for age in range(1, self.reach)], np.float32)


class Learner(NamedTuple):
    """What is learned, and the visits whose updates are still to come, the newest first.

    Attributes:
        values: float32, shape (tables, states, actions).
        entries: Which entry of ``values``, flattened, each robot visited, int32, shape (reach - 1, robots).
        targets: The return from each visit as far as it is known, float32, in the same shape.
        weights: 1 for a visit, 0 where a world began again, float32, in the same shape.
        open: Whether what happens still counts towards a visit's return, bool, in the same shape.
    """

    values: jax.Array
    entries: jax.Array
    targets: jax.Array
    weights: jax.Array
    open: jax.Array


class Transitions(NamedTuple):
    """A tick of each robot; all of shape (robots,).

    Attributes:
        state: Before, int32.
        action: int32.
        reward: float32.
        after: The state after, int32.
        terminated: Whether the task came to its end: what is after has no value.
        truncated: Whether the time was up: what is after is worth what its state is worth.
        valid: False where the world was over and only began again.
    """

    state: jax.Array
    action: jax.Array
    reward: jax.Array
    after: jax.Array
    terminated: jax.Array
    truncated: jax.Array
    valid: jax.Array


def begin(settings: Settings, states: int, actions: int, robots: int) -> Learner:
    """Return a learner that knows nothing: all values are 0."""
    waiting = (settings.reach - 1, robots)
    return Learner(
        values=jnp.zeros((settings.tables, states, actions), jnp.float32),
        entries=jnp.zeros(waiting, jnp.int32),
        targets=jnp.zeros(waiting, jnp.float32),
        weights=jnp.zeros(waiting, jnp.float32),
        open=jnp.zeros(waiting, bool),
    )


def random_numbers(settings: Settings, key: jax.Array, tick: Any, robots: int) -> jax.Array:
    """Return a tick's random numbers, uniform in [0, 1), shape (tables, robots).

    They depend on the key and the tick alone: nothing needs to be carried from tick to tick.
    """
    return jax.random.uniform(jax.random.fold_in(key, tick), (settings.tables, robots))


def choose(settings: Settings, values: jax.Array, state: jax.Array, step: Any, drawn: jax.Array) -> jax.Array:
    """Return actions, epsilon-greedy; among equals the lowest is taken.

    Args:
        settings: What the learner is told.
        values: The tables.
        state: int32, shape (robots,).
        step: Robot-steps done.
        drawn: What `random_numbers` returned. A number below epsilon explores; how far below says which
            action.
    """
    values_here = _rows(values, jnp.zeros_like(state), state)
    if settings.tables == 2:
        values_here = values_here + _rows(values, jnp.ones_like(state), state)
    epsilon = settings.epsilon.at(step)
    actions = values.shape[2]
    other = (drawn[0] / jnp.maximum(epsilon, 1e-30) * actions).astype(jnp.int32)
    return jnp.where(
        drawn[0] < epsilon,
        jnp.minimum(other, actions - 1),
        jnp.argmax(values_here, axis=1).astype(jnp.int32),
    )


def learn(settings: Settings, learner: Learner, batch: Transitions, step: Any, drawn: jax.Array) -> Learner:
    """Return the learner after a tick.

    Args:
        settings: What it is told.
        learner: Before.
        batch: What happened.
        step: Robot-steps done before the tick.
        drawn: What `random_numbers` returned; with two tables it says which one learns.
    """
    values = learner.values
    tables, states, actions = values.shape
    own = (drawn[1] < 0.5).astype(jnp.int32) if tables == 2 else jnp.zeros_like(batch.state)
    entry = (own * states + batch.state) * actions + batch.action
    best = jnp.argmax(_rows(values, own, batch.after), axis=1).astype(jnp.int32)
    other = tables - 1 - own
    ahead = _taken(values.reshape(-1), (other * states + batch.after) * actions + best)
    target = batch.reward + settings.gamma * jnp.where(batch.terminated, 0.0, ahead)
    waiting = learner._replace(
        entries=jnp.concatenate([entry[None], learner.entries]),
        targets=jnp.concatenate([target[None], _extended(settings, learner, batch, own, target)]),
        weights=jnp.concatenate([batch.valid[None].astype(jnp.float32), learner.weights]),
        open=jnp.concatenate([jnp.ones_like(batch.valid)[None], learner.open & _greedy(values, own, batch)])
        & (batch.valid & ~batch.terminated & ~batch.truncated),
    )
    moved = _moved(
        values.reshape(-1),
        waiting.entries[-1],
        waiting.targets[-1],
        waiting.weights[-1],
        settings.alpha.at(step),
    )
    return Learner(moved.reshape(values.shape), *(part[:-1] for part in waiting[1:]))


def _extended(
    settings: Settings, learner: Learner, batch: Transitions, own: jax.Array, target: jax.Array
) -> jax.Array:
    """Return the returns of earlier visits with this tick's error added: (gamma lambda)^age of it."""
    if settings.reach == 1:
        return learner.targets
    flat, actions = learner.values.reshape(-1), learner.values.shape[2]
    error = target - _taken(flat, (own * learner.values.shape[1] + batch.state) * actions + batch.action)
    counts = learner.open & _greedy(learner.values, own, batch) & batch.valid
    return learner.targets + jnp.where(counts, settings.decays[:, None] * error, 0.0)


def _greedy(values: jax.Array, own: jax.Array, batch: Transitions) -> jax.Array:
    """Whether each action was one of the best, so that traces go on."""
    rows = _rows(values, own, batch.state)
    return jnp.take_along_axis(rows, batch.action[:, None], axis=1)[:, 0] >= rows.max(axis=1)


def _moved(
    flat: jax.Array, entry: jax.Array, target: jax.Array, weight: jax.Array, alpha: jax.Array
) -> jax.Array:
    """Move entries towards the mean of their targets.

    Nothing here is as large as the table but one array of counts: a tick costs what its robots cost.
    """
    error = weight * (target - _taken(flat, entry))
    count = _taken(jnp.zeros_like(flat).at[entry].add(weight, mode="promise_in_bounds"), entry)
    together = -jnp.expm1(count * jnp.log1p(-alpha)) / jnp.maximum(count, 1.0)
    share = jnp.where(count > 1.0, together, alpha)
    return flat.at[entry].add(share * error, mode="promise_in_bounds")


def _rows(values: jax.Array, table: jax.Array, state: jax.Array) -> jax.Array:
    """Return the values of the actions in states, shape (robots, actions)."""
    rows: jax.Array = (
        values.reshape(-1, values.shape[2]).at[table * values.shape[1] + state].get(mode="promise_in_bounds")
    )
    return rows


def _taken(flat: jax.Array, entry: jax.Array) -> jax.Array:
    taken: jax.Array = flat.at[entry].get(mode="promise_in_bounds")
    return taken
