"""Chance: the generator is the published one, and the numbers have the spread that they claim."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax.extend.random import threefry_2x32
from scipy import stats

from neuralbrain import randomness

WORD = st.integers(0, 2**32 - 1)


@given(WORD, WORD, WORD, WORD)
def test_it_is_the_generator_of_jaxs_keys(k0: int, k1: int, x: int, y: int) -> None:
    key = (jnp.uint32(k0), jnp.uint32(k1))
    ours = randomness.threefry(key, jnp.uint32(x), jnp.uint32(y))
    theirs = threefry_2x32(jnp.stack(key), jnp.array([x, y], jnp.uint32))
    assert [int(word) for word in ours] == [int(word) for word in theirs]


@given(WORD)
def test_a_series_is_what_jax_draws(seed: int) -> None:
    key = jax.random.key(seed)
    assert np.array_equal(randomness.series(randomness.key_of(key), 7), jax.random.uniform(key, (7,)))


@pytest.fixture(scope="module")
def uniform() -> jax.Array:
    key = randomness.key_of(jax.random.key(1))
    return jax.jit(lambda ticks: randomness.uniforms(key, ticks, 1)[0])(jnp.arange(200_000))


def test_no_word_is_0_or_1_or_an_infinite_normal() -> None:
    ends = randomness.fraction(jnp.array([0, 2**32 - 1], jnp.uint32))
    assert 0.0 < float(ends[0]) < 1e-7 and 1 - 1e-7 < float(ends[1]) < 1.0
    assert np.isfinite(np.asarray(randomness.normal(ends))).all()
    assert np.isfinite(np.asarray(randomness.poisson(ends, jnp.array([36.0, 36.0])))).all()


def test_uniform_and_normal_numbers_are_what_they_say(uniform: jax.Array) -> None:
    assert stats.kstest(np.asarray(uniform), "uniform").pvalue > 0.01
    assert stats.kstest(np.asarray(randomness.normal(uniform)), "norm").pvalue > 0.01
    assert float(uniform.min()) > 0.0 and float(uniform.max()) < 1.0


def test_numbers_of_one_tick_are_independent() -> None:
    key = randomness.key_of(jax.random.key(2))
    numbers = np.array(jax.jit(lambda ticks: randomness.uniforms(key, ticks, 12))(jnp.arange(20_000)))
    correlation = np.corrcoef(numbers) - np.eye(12)
    assert np.abs(correlation).max() < 0.035, "five standard deviations of none"


@pytest.mark.parametrize("mean", [0.0, 0.01, 1.0, 9.9, 10.1, 37.0, 1000.0, 1e5])
def test_a_poisson_number_is_the_quantile(uniform: jax.Array, mean: float) -> None:
    ours = np.asarray(jax.jit(randomness.poisson)(uniform, jnp.full(uniform.shape, mean)))
    exact = stats.poisson.ppf(np.asarray(uniform, np.float64), mean)
    assert np.abs(ours - exact).max() <= 1, "never further off than the next number"
    assert (ours != exact).mean() < 0.006, "and seldom that"
