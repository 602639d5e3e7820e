"""The learning rule of `neuralbrain.learning.q_learning` for one robot, in numpy.

A robot that lives one step at a time cannot wait for compiled code: to call it costs more than the step.
From the same experience it learns the same table; a test holds the two together.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.learning.q_learning import Learner, Settings, random_numbers

AHEAD = 1024
"""Ticks for which random numbers and schedules are computed at once."""


class OneRobot:
    """One robot that chooses and learns.

    Args:
        settings: What the learner is told.
        learner: What it knows; it is copied.
        key: Its key for random numbers.
        tick: Ticks done.
    """

    def __init__(self, settings: Settings, learner: Learner, key: jax.Array, tick: int) -> None:
        self.settings, self.tick, self._key = settings, tick, key
        self._values, self._entries, self._targets, self._weights, self._open = map(np.array, learner)
        self._tables, self._states, self._actions = self._values.shape
        self._flat = self._values.reshape(-1)
        self._gamma, self._decays = np.float32(settings.gamma), settings.decays
        self._first, self._drawn, self._alpha, self._epsilon = tick, *self._ahead(tick)

    def choose(self, state: int) -> int:
        """Return an action, epsilon-greedy; among equals the lowest."""
        now = self._now()
        drawn, epsilon = self._drawn[now, 0], self._epsilon[now]
        if drawn < epsilon:
            other = int(drawn / epsilon * np.float32(self._actions))
            return min(other, int(self._actions) - 1)
        action_values = self._values[0, state]
        return int((action_values + self._values[1, state] if self._tables == 2 else action_values).argmax())

    def learn(
        self, state: int, action: int, reward: float, after: int, terminated: bool, truncated: bool
    ) -> None:
        """Learn from a tick; the next begins."""
        now = self._now()
        own = int(self._tables == 2 and self._drawn[now, 1] < 0.5)
        entry = (own * self._states + state) * self._actions + action
        target = np.float32(reward)
        if not terminated:
            best = self._values[own, after].argmax()
            target = target + self._gamma * self._values[self._tables - 1 - own, after, best]
        due = entry, target, np.float32(1.0)
        if self.settings.reach > 1:
            due = self._waited(own, state, entry, target, terminated or truncated)
        entry, target, weight = due
        self._flat[entry] += self._alpha[now] * (weight * (target - self._flat[entry]))
        self.tick += 1

    def learner(self) -> Learner:
        """Return what it knows now."""
        parts = (self._values, self._entries, self._targets, self._weights, self._open)
        copies: Any = map(np.array, parts)
        return Learner(*copies)

    def _waited(
        self, own: int, state: int, entry: int, target: np.float32, ended: bool
    ) -> tuple[int, np.float32, np.float32]:
        """Put a visit first in the row of those that wait; return the one whose turn it is."""
        row, value = self._values[own, state], self._flat[entry]
        going_on = self._open[:, 0] & (value >= row.max())
        self._targets[:, 0] += np.where(going_on, self._decays * (target - value), np.float32(0.0))
        due = int(self._entries[-1, 0]), self._targets[-1, 0], self._weights[-1, 0]
        self._open[:, 0] = going_on
        for waiting, newest in (
            (self._entries, entry),
            (self._targets, target),
            (self._weights, 1.0),
            (self._open, True),
        ):
            waiting[1:] = waiting[:-1].copy()
            waiting[0] = newest
        self._open &= not ended
        return due

    def _now(self) -> int:
        """Return the place of this tick in what was computed ahead."""
        if self.tick - self._first >= AHEAD:
            self._first, self._drawn, self._alpha, self._epsilon = self.tick, *self._ahead(self.tick)
        return self.tick - self._first

    def _ahead(self, tick: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        drawn, alpha, epsilon = _computed(self.settings, self._key, tick)
        return np.asarray(drawn), np.asarray(alpha), np.asarray(epsilon)


@partial(jax.jit, static_argnums=0)
def _computed(settings: Settings, key: jax.Array, tick: Any) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return random numbers, (ticks, tables), and both schedules, (ticks,), from a tick on."""
    ticks = tick + jnp.arange(AHEAD)
    drawn = jax.vmap(lambda at: random_numbers(settings, key, at, 1)[:, 0])(ticks)
    alpha, epsilon = settings.alpha.at(ticks), settings.epsilon.at(ticks)
    return drawn, jnp.broadcast_to(alpha, (AHEAD,)), jnp.broadcast_to(epsilon, (AHEAD,))
