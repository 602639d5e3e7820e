"""Chance that costs little: a counter goes in, independent random numbers come out.

The generator is Threefry 2x32 with 20 rounds, the one that JAX's keys use: J. Salmon et al., "Parallel
random numbers: as easy as 1, 2, 3", SC 2011. On CPUs JAX keeps its rounds as a loop over whole arrays;
unrolled, they become part of the one loop over worlds, and cost a fifteenth: 6 instead of 100 ns for 16
words.
"""

import jax
import jax.numpy as jnp
from jax.lax import erf_inv

Key = tuple[jax.Array, jax.Array]
"""Two words, uint32."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
FEW = 10.0
"""Below this mean a Poisson number is found by adding up its distribution, above by its expansion."""
_TERMS = 30
"""A Poisson number of mean `FEW` is larger once in ten million times."""


def key_of(key: jax.Array) -> Key:
    """Return the words of a JAX key."""
    words = jax.random.key_data(key)
    return words[0], words[1]


def threefry(key: Key, first: jax.Array, second: jax.Array) -> Key:
    """Return the two random words of a counter of two words, uint32, elementwise."""
    keys = (key[0], key[1], key[0] ^ key[1] ^ jnp.uint32(_PARITY))
    x, y = first + keys[0], second + keys[1]
    for group in range(5):
        for bits in _ROTATIONS[group % 2]:
            x = x + y
            y = ((y << bits) | (y >> (32 - bits))) ^ x
        x, y = x + keys[(group + 1) % 3], y + keys[(group + 2) % 3] + jnp.uint32(group + 1)
    return x, y


def uniforms(key: Key, tick: jax.Array, number: int) -> list[jax.Array]:
    """Return so many independent numbers between 0 and 1, both excluded, for a tick of a key.

    Args:
        key: Of the world or robot.
        tick: int32, elementwise.
        number: How many.
    """
    words: list[jax.Array] = []
    for block in range((number + 1) // 2):
        words += threefry(key, jnp.uint32(block), tick.astype(jnp.uint32))
    return [fraction(word) for word in words[:number]]


def series(key: Key, number: int) -> jax.Array:
    """Return so many independent numbers in [0, 1): those of ``jax.random.uniform``, in half the time."""
    first, second = threefry(key, jnp.uint32(0), jnp.arange(number, dtype=jnp.uint32))
    return ((first ^ second) >> 9).astype(jnp.float32) * 2**-23


def fraction(word: jax.Array) -> jax.Array:
    """Return a random word as a number between 0 and 1: 23 bits, so that the largest is not rounded to 1."""
    return (word >> 9).astype(jnp.float32) * 2**-23 + 2**-24


def normal(uniform: jax.Array) -> jax.Array:
    """Return the normal quantile of a number between 0 and 1."""
    return jnp.sqrt(2.0) * erf_inv(2.0 * uniform - 1.0)


def poisson(uniform: jax.Array, mean: jax.Array) -> jax.Array:
    """Return the Poisson quantile of a number between 0 and 1, float32.

    Small means: the distribution is added up. Others: the expansion of the quantile in powers of mean^(-1/2),
    M. Giles, "Algorithm 955: approximation of the inverse Poisson cumulative distribution function", ACM
    Transactions on Mathematical Software 42 (2016), 7; equation 8.

    Args:
        uniform: Elementwise.
        mean: At least 0.
    """
    small = jnp.minimum(mean, FEW)
    term = jnp.exp(-small)
    total, few = term, jnp.zeros_like(mean)
    for k in range(1, _TERMS):
        few = few + (uniform > total)
        term = term * (small / k)
        total = total + term
    large, w = jnp.maximum(mean, FEW), normal(uniform)
    root = jnp.sqrt(large)
    square = w * w
    many = (
        large
        + root * w
        + (1 / 3 + square / 6)
        + (-w / 36 - square * w / 72) / root
        + (-8 / 405 + 7 * square / 810 + square * square / 270) / large
    )
    return jnp.where(mean < FEW, few, jnp.floor(jnp.maximum(many, 0.0)))
