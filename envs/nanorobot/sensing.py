"""What a robot senses: molecules that it catches, one by one, and how their number changes.

The memory is three running means with rising time constants. A bacterium compares the last second with
the three before in the same way: J. Segall, S. Block, H. Berg, "Temporal comparisons in bacterial
chemotaxis", PNAS 83 (1986), 8987-8991.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from neuralbrain.envs.nanorobot.chance import poisson
from neuralbrain.envs.nanorobot.physics import capture_rate
from neuralbrain.envs.nanorobot.tissue import Tissue

MOST = 10.0
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
