"""Swimmers that Brownian motion turns: theory holds for every radius and tick, for nano-sized ones, too."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain import randomness
from neuralbrain.envs.nanorobot import motion
from neuralbrain.envs.nanorobot.swimming import LONGEST, stroke, turns
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.errors import ConfigurationError

ROBOTS = 10_000
SIGMAS = 4.5
"""Of a standard error; what is right lies outside once in 150,000 times."""


def theory(tissue: Tissue, seconds: float) -> float:
    """Mean square displacement, µm²: 6 D t + v² / (2 D_r²) (2 D_r t - 1 + exp(-2 D_r t))."""
    turned = 2 * tissue.tumbling * seconds
    swum = (tissue.speed / tissue.tumbling) ** 2 / 2 * (turned + math.expm1(-turned))
    return 6 * tissue.brownian * seconds + swum


def swims(tissue: Tissue, ticks: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return displacements, µm, and headings, of robots that have swum along x for so many ticks."""
    key = randomness.key_of(jax.random.key(seed))
    own = randomness.threefry(key, jnp.arange(ROBOTS, dtype=jnp.uint32), jnp.uint32(0))
    zero, one = jnp.zeros(ROBOTS), jnp.ones(ROBOTS)

    @jax.jit
    def swum() -> tuple[jax.Array, jax.Array]:
        def tick(now: tuple[jax.Array, ...], number: jax.Array) -> tuple[tuple[jax.Array, ...], None]:
            place, forward, left = now
            draws = randomness.uniforms(own, number, 6)
            forward, left, *ways = motion.swim(tissue, tuple(forward), tuple(left), one > 0, draws)
            return (
                place + jnp.stack(ways[0]) + jnp.stack(ways[1]),
                jnp.stack(forward),
                jnp.stack(left),
            ), None

        axes = jnp.stack([one, zero, zero]), jnp.stack([zero, one, zero])
        place, forward, _ = jax.lax.scan(tick, (jnp.zeros((3, ROBOTS)), *axes), jnp.arange(ticks))[0]
        return place, forward

    place, forward = swum()
    return np.asarray(place, float), np.asarray(forward, float)


def agrees(values: np.ndarray, expected: float) -> bool:
    """Whether a mean agrees with what it should be, within its own standard error."""
    error = values.std() / math.sqrt(len(values))
    return bool(abs(values.mean() - expected) < SIGMAS * error + 1e-6)


@pytest.mark.parametrize("ticks", [1, 30])
@pytest.mark.parametrize(("radius", "tick"), [(0.05, 1e-4), (0.05, 0.1), (0.2, 0.1), (1.0, 0.1), (2.0, 0.3)])
def test_mean_square_displacement_and_heading_are_those_of_theory(
    radius: float, tick: float, ticks: int
) -> None:
    tissue = Tissue.of(robot_radius=radius, tick_seconds=tick, memory=(0.5, 1.0, 3.0))
    place, forward = swims(tissue, ticks, seed=round(1000 * radius) + ticks)
    turned = tissue.turning * ticks
    assert agrees((place**2).sum(axis=0), theory(tissue, tick * ticks))
    assert agrees(forward[0], math.exp(-turned))
    assert agrees(1.5 * forward[0] ** 2 - 0.5, math.exp(-3 * turned))
    assert agrees(place[0], tissue.speed * tick * ticks * -math.expm1(-turned) / turned)
    for aside in (place[1], place[2], forward[1], forward[2]):
        assert agrees(aside, 0.0)


def test_many_short_ticks_are_one_long_one() -> None:
    """Moments of displacement and heading together, which no closed form here is asked for."""
    short = Tissue.of(robot_radius=0.5, tick_seconds=0.02)
    long = Tissue.of(robot_radius=0.5, tick_seconds=0.4, memory=(0.5, 1.0, 3.0))
    many, one = swims(short, 20, seed=1), swims(long, 1, seed=2)
    for moment in (
        lambda place, forward: place[0] * forward[0],
        lambda place, forward: place[1] * forward[1],
        lambda place, forward: place[0] ** 2,
        lambda place, forward: place[1] ** 2,
    ):
        first, second = moment(*many), moment(*one)
        error = math.hypot(first.std(), second.std()) / math.sqrt(ROBOTS)
        assert abs(first.mean() - second.mean()) < SIGMAS * error


@given(st.floats(1e-12, 1e6))
def test_a_stroke_is_what_can_be(x: float) -> None:
    swum = stroke(x)
    assert 0 <= swum.kept < 1 and 0 < swum.ahead < 1
    assert 0 < swum.across < 0.53 and 0 < swum.along < 0.37
    assert swum.spread_along > 0 and swum.spread_across > 0
    assert swum.ahead**2 < swum.square <= 1


@given(st.floats(1e-9, 1e5))
def test_the_longer_the_vector_the_farther_it_turns(x: float) -> None:
    angles = turns(x)
    assert angles[0] == 0 and (np.diff(angles) >= 0).all() and angles[-1] <= np.float32(math.pi)
    middle = len(angles) // 4  # short ticks: each part of the vector is an angle
    assert x > 0.01 or angles[middle] == pytest.approx(LONGEST / 4 * math.sqrt(x), rel=2e-3)


def test_what_would_take_a_robot_through_a_cell_is_refused_with_the_longest_tick() -> None:
    for radius, speed in ((0.05, 1000.0), (1.0, 20.0), (5.0, 20.0)):
        settings = {"robot_radius": radius, "speed": speed, "memory": (20, 30, 40)}
        with pytest.raises(ConfigurationError, match=r"tick_seconds: .* give at most") as refused:
            Tissue.of(tick_seconds=10.0, **settings)
        most = float(str(refused.value).split("at most ")[1].split()[0])
        Tissue.of(tick_seconds=most, **settings)
        with pytest.raises(ConfigurationError, match="give at most"):
            Tissue.of(tick_seconds=1.02 * most, **settings)
