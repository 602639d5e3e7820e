"""A tracker for the world of Kavousinejad that knows what its robot senses and how it moved, no more.

A concentration is a range: it falls with the square of the distance to the cell. One range says nothing of
the direction, and the cell walks; so the tracker keeps a cloud of guesses of where the cell is (a particle
filter), moves so that ranges from different places tell them apart, and closes in on the cloud.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot import kavousinejad as world

_VARIANCE = world.SPREAD**2 / 3
"""Of a biomarker's offset along an axis, which is uniform."""
_FOURTH = 4 * world.SPREAD**4 / 45
"""The variance of that offset's square."""
_PERIOD = 64
"""Ticks after which the table of random numbers repeats."""
_SOFT = 0.1
"""Variance of a Gaussian that stands for the ball of radius 0.5 about the cell: their volumes agree."""
_RATES = (1.0, 1.21, 0.83)
"""Of the three axes of the sweep: no two alike, so that it leaves no direction out."""


class Memory(NamedTuple):
    """What a tracker carries from tick to tick.

    Attributes:
        tick: How many it has acted in, int32.
        guesses: Where the cell may be, from the robot, shape (guesses, 3).
        logs: Logarithms of their weights, which sum to one, shape (guesses,).
    """

    tick: jax.Array
    guesses: jax.Array
    logs: jax.Array


class Cloud(NamedTuple):
    """Moments of the cloud; q is the squared distance of the cell from the robot.

    Attributes:
        mean: Of the cell's place, shape (3,).
        spread: Its covariance, shape (3, 3).
        square: Mean of q.
        square_variance: Of q.
        both: Covariance of q and the place, shape (3,).
    """

    mean: jax.Array
    spread: jax.Array
    square: jax.Array
    square_variance: jax.Array
    both: jax.Array


def sensed(square: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return mean and variance of the logarithm of the concentration at a squared distance from the cell.

    A biomarker at offset u from the cell adds exp(-e) with e = |x + u|² / 40². Over the uniform u, e has mean
    (q + 25) / 40² and variance s² = (4 q 25/3 + 3 · 4 · 5⁴/45) / 40⁴; to second order in its cumulants,
    exp(-e) then has the mean exp(-mean + s²/2) and the relative variance exp(s²) - 1, a fiftieth of it for
    the mean of 50 biomarkers. Both depend on the distance alone.

    Args:
        square: Of the distance, any shape.
    """
    scale = world.REACH**2
    deviation = (4 * square * _VARIANCE + 3 * _FOURTH) / scale**2
    variance = jnp.expm1(deviation) / world.MARKERS
    return -(square + 3 * _VARIANCE) / scale + deviation / 2 - variance / 2, variance


def ranged(concentration: jax.Array) -> jax.Array:
    """Return the squared distance at which a concentration is the one expected; it may be below zero."""
    log = jnp.log(jnp.maximum(concentration, 1e-30))
    square = jnp.zeros_like(log)
    for _ in range(4):  # each step shrinks the error to a fiftieth
        square = square + world.REACH**2 * (sensed(square)[0] - log)
    return square


def range_variance(square: jax.Array) -> jax.Array:
    """Return the variance of `ranged` at a squared distance: about 3.3 + 0.67 q."""
    slope = (1 - 2 * _VARIANCE / world.REACH**2) / world.REACH**2
    return sensed(square)[1] / slope**2


def moments(guesses: jax.Array, logs: jax.Array) -> Cloud:
    """Return the moments of a cloud of guesses, shape (n, 3), with logarithms of weights, shape (n,)."""
    weights, square = jnp.exp(logs), (guesses**2).sum(axis=1)
    mean, mean_square = weights @ guesses, weights @ square
    apart, by = guesses - mean, weights * (square - mean_square)
    spread = (weights[:, None] * apart).T @ apart
    return Cloud(mean, spread, mean_square, by @ (square - mean_square), by @ apart)


@dataclass(frozen=True)
class Tracker:
    """Tracks the cell by range, from what its robot senses and its own moves.

    Attributes:
        name: Its name in a table.
        guesses: How many.
        kernel: By how much of the cloud's own spread a guess is shaken when guesses are drawn again,
            about the robot, so that its range stays (N. Gordon, D. Salmond, A. Smith, "Novel approach to
            nonlinear/non-Gaussian Bayesian state estimation", IEE Proceedings F 140 (1993), 107-113,
            roughen so).
        sweep: Far away it aims beside the cloud's middle, by this many of its standard deviations: what one
            does not know of the direction can only be seen from the side.
        period: In which it aims once around, ticks.
        near: From this expected distance on it weighs its next steps instead.
        information_value: Of what a step tells, ticks per nat.
        landing_value: Of landing on the cell, ticks.
    """

    name: str = "tracker (ours)"
    guesses: int = 2048
    kernel: float = 0.15
    sweep: float = 0.5
    period: float = 25.0
    near: float = 5.0
    information_value: float = 10.0
    landing_value: float = 6.0

    def sees(self, state: world.KavousinejadState) -> jax.Array:
        """Return what the robot senses, shape (5,)."""
        return world.KavousinejadRules().observe(state)

    def begin(self, key: jax.Array, seen: jax.Array) -> Memory:
        """Guess that the cell is anywhere on the sphere that the first range gives."""
        square = ranged(seen[0])
        noise = jnp.sqrt(range_variance(jnp.maximum(square, 0.0))) * _random_numbers(self.guesses)[-1, :, 0]
        distances = jnp.sqrt(jnp.maximum(square + noise, world.FOUND**2))
        logs = jnp.full(self.guesses, -jnp.log(self.guesses))
        return Memory(jnp.int32(0), jnp.asarray(_directions(self.guesses)) * distances[:, None], logs)

    def act(self, memory: Memory, seen: jax.Array) -> tuple[Memory, jax.Array]:
        """Believe what is sensed, and move."""
        believed = self._believed(memory, seen)
        guesses = jnp.where(memory.tick == 0, memory.guesses, believed.guesses)  # the first range is known
        logs = jnp.where(memory.tick == 0, memory.logs, believed.logs)
        cloud = moments(guesses, logs)
        far = cloud.square > self.near**2
        move = jnp.where(far, self._sweeping(memory.tick, cloud), self._weighing(cloud))
        return Memory(memory.tick + 1, guesses, logs), move

    def _believed(self, memory: Memory, seen: jax.Array) -> Memory:
        """Let the guesses walk as the cell does, and weigh them by the concentration sensed."""
        noise = jnp.asarray(_random_numbers(self.guesses))[memory.tick % _PERIOD]
        guesses = memory.guesses - seen[2:] + world.WALK * noise[:, :3]
        square = (guesses**2).sum(axis=1)
        expected, variance = sensed(square)
        missed = jnp.log(jnp.maximum(seen[0], 1e-30)) - expected
        logs = memory.logs - 0.5 * missed**2 / variance - 0.5 * jnp.log(variance)
        logs = jnp.where(square < world.FOUND**2, logs - 30.0, logs)  # there, it would all be over
        logs = logs - jax.nn.logsumexp(logs)
        drawn = self._drawn(guesses, logs, noise[:, 3:])
        few = jnp.exp(-jax.nn.logsumexp(2 * logs)) < self.guesses / 2
        return Memory(
            memory.tick,
            jnp.where(few, drawn, guesses),
            jnp.where(few, -jnp.log(self.guesses), logs),
        )

    def _drawn(self, guesses: jax.Array, logs: jax.Array, noise: jax.Array) -> jax.Array:
        """Draw guesses again by their weights (systematic resampling), and shake them."""
        number, weights = self.guesses, jnp.exp(logs)
        total = jnp.cumsum(weights)
        places = jnp.ceil(number * total / total[-1] - 0.5).astype(jnp.int32)
        counts = jnp.zeros(number, jnp.int32).at[places].add(1, mode="drop")
        chosen = guesses[jnp.minimum(jnp.cumsum(counts), number - 1)]
        spread = jnp.sqrt(weights @ (guesses - weights @ guesses) ** 2)
        shaken = chosen + self.kernel * spread * noise
        return shaken * jnp.sqrt((chosen**2).sum(axis=1) / (shaken**2).sum(axis=1))[:, None]

    def _sweeping(self, tick: jax.Array, cloud: Cloud) -> jax.Array:
        """Aim at the cloud, and beside it now here, now there."""
        turned = 2 * jnp.pi * tick / self.period * jnp.array(_RATES) + jnp.arange(3.0)
        aim = cloud.mean + self.sweep * jnp.sqrt(jnp.trace(cloud.spread)) * jnp.sin(turned)
        return world.within_a_step(aim)

    def _weighing(self, cloud: Cloud) -> jax.Array:
        """Take the step that is best by the distance left, what it tells, and how likely it lands.

        What a range taken there tells is 1/2 ln(1 + variance of q / variance of the reading), for a normal
        q.
        """
        steps, ahead = _steps()
        across = (ahead @ cloud.spread * ahead).sum(axis=1) - ahead @ cloud.both
        square = jnp.maximum(cloud.square - 2 * ahead @ cloud.mean + (ahead**2).sum(axis=1), 0.0)
        variance = jnp.maximum(cloud.square_variance + 4 * across, 0.0)
        told = 0.5 * jnp.log1p(variance / range_variance(square))
        wide = cloud.spread + (world.WALK**2 + _SOFT) * jnp.eye(3)
        inverse, determinant = _inverse(wide)
        off = cloud.mean - steps
        lands = jnp.sqrt(_SOFT**3 / determinant) * jnp.exp(-0.5 * (off @ inverse * off).sum(axis=1))
        left = jnp.sqrt(square) / world.STEP
        return jnp.asarray(steps)[
            jnp.argmin(left - self.information_value * told - self.landing_value * lands)
        ]


def _inverse(matrix: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return inverse and determinant of a 3 x 3 matrix, by cross products (LAPACK is slow at these)."""
    columns = jnp.stack([jnp.cross(matrix[(i + 1) % 3], matrix[(i + 2) % 3]) for i in range(3)], axis=1)
    determinant = matrix[0] @ columns[:, 0]
    return columns / determinant, determinant


@cache
def _random_numbers(number: int) -> NDArray[np.float32]:
    """Return normal numbers, tick x guess x 6; a table, so that the same observations give the same moves."""
    return np.random.default_rng(0).normal(size=(_PERIOD, number, 6)).astype(np.float32)


@cache
def _directions(number: int) -> NDArray[np.float32]:
    """Return unit vectors spread evenly over a sphere (a Fibonacci lattice), shape (number, 3)."""
    index = np.arange(number) + 0.5
    height = 1 - 2 * index / number
    turn, radius = np.pi * (1 + 5**0.5) * index, np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1).astype(np.float32)


@cache
def _steps() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the steps that are weighed, and where their information is looked at: there, or a step on."""
    one = world.STEP * _directions(32)
    stay = np.zeros((1, 3), np.float32)
    return np.concatenate([stay, one, one]), np.concatenate([stay, one, 2 * one])
