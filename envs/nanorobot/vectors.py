"""Vectors as three arrays of their own, x, y and z.

XLA lays loops over the last axis of an array. Were that axis the three of space, each loop would be three
long; so worlds and robots, of which there are thousands, must be last, and space is unrolled in Python.
"""

import jax
import jax.numpy as jnp

Vector = tuple[jax.Array, jax.Array, jax.Array]


def vector(array: jax.Array) -> Vector:
    """Return the rows of an array of shape (3, ...) as a vector."""
    return array[0], array[1], array[2]


def add(one: Vector, other: Vector) -> Vector:
    """Return the sum."""
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def minus(one: Vector, other: Vector) -> Vector:
    """Return the difference."""
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def scaled(one: Vector, factor: jax.Array | float) -> Vector:
    """Return a multiple."""
    return one[0] * factor, one[1] * factor, one[2] * factor


def dot(one: Vector, other: Vector) -> jax.Array:
    """Return the scalar product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def cross(one: Vector, other: Vector) -> Vector:
    """Return the vector product."""
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def length(one: Vector) -> jax.Array:
    """Return the length."""
    return jnp.sqrt(dot(one, one))


def unit(one: Vector) -> Vector:
    """Return the vector of length one that points the same way; of a vector of length 0, itself."""
    return scaled(one, 1 / jnp.maximum(length(one), 1e-12))


def where(chosen: jax.Array, one: Vector, other: Vector) -> Vector:
    """Return one where chosen, else the other."""
    return (
        jnp.where(chosen, one[0], other[0]),
        jnp.where(chosen, one[1], other[1]),
        jnp.where(chosen, one[2], other[2]),
    )


def turned(one: Vector, axis: Vector, sine: jax.Array, cosine: jax.Array) -> Vector:
    """Return a vector turned about a unit axis (O. Rodrigues, 1840)."""
    along = dot(one, axis) * (1 - cosine)
    return add(add(scaled(one, cosine), scaled(cross(axis, one), sine)), scaled(axis, along))


def anywhere(height: jax.Array, around: jax.Array) -> Vector:
    """Return a unit vector that points all ways alike, from two uniform numbers (Archimedes' hat box)."""
    z = 2 * height - 1
    radius, angle = jnp.sqrt(jnp.maximum(1 - z * z, 0.0)), 2 * jnp.pi * around
    return radius * jnp.cos(angle), radius * jnp.sin(angle), z
