"""What a robot senses: molecules that it catches, one by one, and how their number changes.

The memory is three running means with rising time constants. A bacterium compares the last second with
the three before in the same way: J. Segall, S. Block, H. Berg, "Temporal comparisons in bacterial
chemotaxis", PNAS 83 (1986), 8987-8991.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

from neuralbrain.envs.nanorobot import vectors
from neuralbrain.envs.nanorobot.moves import DOWN, LEFT, RIGHT, TUMBLE, UP
from neuralbrain.envs.nanorobot.physics import around_a_cell, capture_rate
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.vectors import Vector
from neuralbrain.randomness import poisson

MOST = 1000.0
"""Changes are cut off at so many standard deviations."""


class Sense(NamedTuple):
    """What is known of one sort of molecule.

    Attributes:
        molecules: Caught in the last tick.
        means: Running means of it, from the quickest to the slowest.
    """

    molecules: jax.Array
    means: tuple[jax.Array, jax.Array, jax.Array]


def caught(tissue: Tissue, concentration: jax.Array, uniform: jax.Array) -> jax.Array:
    """Return how many molecules a robot catches in a tick: a Poisson number, elementwise.

    Args:
        tissue: What the robot is like.
        concentration: Where it is, molecules/µm³.
        uniform: Between 0 and 1: decides.
    """
    mean = capture_rate(concentration, tissue.robot_radius, tissue.diffusion) * tissue.tick_seconds
    return poisson(uniform, mean)


def first(count: jax.Array) -> Sense:
    """Return what is known after the first count."""
    return Sense(count, (count, count, count))


def remembered(tissue: Tissue, sense: Sense, count: jax.Array) -> Sense:
    """Return what is known after one more count."""
    quick, middle, slow = (
        mean + (count - mean) * (tissue.tick_seconds / seconds)
        for mean, seconds in zip(sense.means, tissue.memory, strict=True)
    )
    return Sense(count, (quick, middle, slow))


def surprise(tissue: Tissue, sense: Sense, count: jax.Array) -> jax.Array:
    """Return by how much a count is above what the last second lets expect, in standard deviations."""
    expected = sense.means[1] + tissue.tick_seconds / tissue.memory[1]
    return jnp.clip((count - expected) / jnp.sqrt(expected), -MOST, MOST)


def turned(tissue: Tissue, rise: Vector, action: jax.Array) -> Vector:
    """Return what a robot knows of the gradient, in its own axes, after it has turned them itself.

    After a tumble it knows nothing: it cannot say where it came to face.

    Args:
        tissue: What the robot is like.
        rise: Ahead, to the left, upwards.
        action: Its move.
    """
    sine, cosine = math.sin(tissue.turn), math.cos(tissue.turn)
    ahead, left, up = rise
    aside = (action == LEFT).astype(jnp.float32) - (action == RIGHT)
    upwards = (action == UP).astype(jnp.float32) - (action == DOWN)
    to_side, upright = jnp.abs(aside), jnp.abs(upwards)
    kept = 1 + (to_side + upright) * (cosine - 1)
    known = (
        kept * ahead + sine * (aside * left + upwards * up),
        (1 + to_side * (cosine - 1)) * left - sine * aside * ahead,
        (1 + upright * (cosine - 1)) * up - sine * upwards * ahead,
    )
    return vectors.scaled(known, (action != TUMBLE).astype(jnp.float32))


def felt(tissue: Tissue, rise: Vector, more: jax.Array) -> Vector:
    """Return what it knows of the gradient after a tick ahead that surprised it so much."""
    share = tissue.tick_seconds / tissue.memory[1]
    kept = vectors.scaled(rise, 1 - share)
    return kept[0] + share * more, kept[1], kept[2]


def counts(tissue: Tissue, gaps: Sequence[float]) -> list[float]:
    """Return the mean number of molecules caught in a tick so far from a lone cancer cell's surface, µm."""
    room = tissue.cell_radius + tissue.robot_radius
    return [_count(tissue, room + gap) for gap in gaps]


def _count(tissue: Tissue, away: float) -> float:
    """Return the mean number caught in a tick at a distance from the centre of a lone cell, µm."""
    there = around_a_cell(away, tissue.secretion, tissue.cell_radius, tissue.diffusion, tissue.reach)
    return float(capture_rate(there, tissue.robot_radius, tissue.diffusion)) * tissue.tick_seconds


def spread(tissue: Tissue) -> tuple[float, float, float]:
    """Return by how much chance makes the quick and the slow change, and what is known of a rise, vary.

    A quarter of the tissue's edge away from a cell. A robot that is shaken by b µm a tick, where the relative
    gradient is g, sees a random walk of b g m in a count of mean m. The difference of two running means lets
    the k-th last step of it through with the weight (1 - 1/t)^k - (1 - 1/s)^k, so that it varies with
    (b g m)^2 times the sum of the squares of these.

    Args:
        tissue: What the world and the robot are like.
    """
    away = max(tissue.size / 4, tissue.cell_radius)
    mean = _count(tissue, away)
    walk = math.sqrt(2 * tissue.brownian * tissue.tick_seconds) * (1 / away + 1 / tissue.reach) * mean
    ticks = [seconds / tissue.tick_seconds for seconds in tissue.memory]
    found = []
    for quick in (0, 1):
        s, t = ticks[quick], ticks[quick + 1]
        a, b = 1 - 1 / s, 1 - 1 / t
        passed = a * a / (1 - a * a) + b * b / (1 - b * b) - 2 * a * b / (1 - a * b)
        counted = (1 / (2 * s - 1) + 1 / (2 * t - 1) - 2 / (s + t - 1)) * (mean + 1 / t)
        found.append(math.sqrt(1 + walk * walk * passed / counted))
    t = ticks[1]
    b = 1 - 1 / t
    alone = 1 + walk * walk / mean / (1 - b * b) if mean else 1.0
    return found[0], found[1], math.sqrt(alone / (2 * t - 1))


def changes(tissue: Tissue, sense: Sense) -> tuple[jax.Array, jax.Array]:
    """Return the quick and the slow change of the count, in standard deviations.

    Each is the difference of two running means. For a steady Poisson count of mean m, means over s and t
    ticks differ with the variance m (1/(2s-1) + 1/(2t-1) - 2/(s+t-1)): beyond 2 it is hardly chance.

    Args:
        tissue: What the robot is like.
        sense: What it knows.
    """
    ticks = [seconds / tissue.tick_seconds for seconds in tissue.memory]
    found = []
    for quick in (0, 1):
        s, t = ticks[quick], ticks[quick + 1]
        variance = 1 / (2 * s - 1) + 1 / (2 * t - 1) - 2 / (s + t - 1)
        mean = sense.means[quick + 1] + 1 / t  # never 0: one molecule after none is no certainty
        change = (sense.means[quick] - sense.means[quick + 1]) / jnp.sqrt(mean * variance)
        found.append(jnp.clip(change, -MOST, MOST))
    return found[0], found[1]
