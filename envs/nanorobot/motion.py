"""How a robot turns and swims in a tick, elementwise: each robot has its own axes and its own chance."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot import vectors
from neuralbrain.envs.nanorobot.moves import DOWN, LEFT, RIGHT, UP
from neuralbrain.envs.nanorobot.swimming import LONGEST, stroke, turns
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.vectors import Vector
from neuralbrain.randomness import normal


def steered(forward: Vector, left: Vector, action: jax.Array, turn: float) -> tuple[Vector, Vector]:
    """Return the axes after a steering action, by so many rad about the robot's own axes."""
    sine, cosine = jnp.sin(turn), jnp.cos(turn)
    up = vectors.cross(forward, left)
    aside = (action == LEFT).astype(jnp.float32) - (action == RIGHT)
    upwards = (action == UP).astype(jnp.float32) - (action == DOWN)
    turns = jnp.abs(aside) + jnp.abs(upwards)
    ahead = vectors.scaled(forward, 1 + turns * (cosine - 1))
    ahead = vectors.add(ahead, vectors.scaled(left, aside * sine))
    ahead = vectors.add(ahead, vectors.scaled(up, upwards * sine))
    beside = vectors.scaled(left, 1 + jnp.abs(aside) * (cosine - 1))
    return ahead, vectors.add(beside, vectors.scaled(forward, -aside * sine))


def aside(forward: Vector, roll: jax.Array) -> Vector:
    """Return a direction across another, from a uniform number."""
    # Of two axes one is far enough from the direction.
    zero, one = jnp.zeros_like(roll), jnp.ones_like(roll)
    axis = vectors.where(jnp.abs(forward[2]) < 0.7, (zero, zero, one), (one, zero, zero))
    across = vectors.unit(vectors.cross(axis, forward))
    angle = 2 * jnp.pi * roll
    return vectors.turned(across, forward, jnp.sin(angle), jnp.cos(angle))


def swim(
    tissue: Tissue, forward: Vector, left: Vector, swims: jax.Array, draws: list[jax.Array]
) -> tuple[Vector, Vector, Vector, Vector]:
    """Let a tick of active Brownian motion pass; see `neuralbrain.envs.nanorobot.swimming`.

    Args:
        tissue: What the robot is like.
        forward: Its heading as the tick begins.
        left: What is left of it.
        swims: Whether it swims, or is only shaken.
        draws: Six numbers between 0 and 1.

    Returns:
        Heading and left as the tick ends; by what its own doing moved it, and by what chance did, µm.
    """
    after, left = _shaken_about(forward, left, normals(draws[:3]), turns(tissue.turning))
    driven, shaken = _swum(tissue, forward, after, swims, normals(draws[3:]))
    return after, left, driven, shaken


def normals(draws: list[jax.Array]) -> Vector:
    """Return three normal numbers from three between 0 and 1."""
    return normal(draws[0]), normal(draws[1]), normal(draws[2])


def _swum(
    tissue: Tissue, before: Vector, after: Vector, swims: jax.Array, noise: Vector
) -> tuple[Vector, Vector]:
    """Return by what its own doing and by what chance moved a robot that faced so before and after."""
    swum = stroke(tissue.turning)
    way, shaken = tissue.speed * tissue.tick_seconds, 2 * tissue.brownian * tissue.tick_seconds
    along, across = (
        jnp.where(swims, (shaken + (way * spread) ** 2) ** 0.5, shaken**0.5)
        for spread in (swum.spread_along, swum.spread_across)
    )
    swam = jnp.where(swims, way, 0.0)
    kept = vectors.dot(before, after)
    ahead = swam * (swum.along * (kept - swum.kept) - swum.across * kept)
    ahead = ahead + (along - across) * vectors.dot(noise, before)
    chance = vectors.add(vectors.scaled(before, ahead), vectors.scaled(after, swam * swum.across))
    chance = vectors.add(chance, vectors.scaled(noise, across))
    return vectors.scaled(before, swam * swum.ahead), chance


def _shaken_about(
    forward: Vector, left: Vector, noise: Vector, angles: NDArray[np.float32]
) -> tuple[Vector, Vector]:
    """Return the axes after rotational diffusion by `swimming.turns`, orthonormal again (Gram-Schmidt)."""
    length = vectors.length(noise) + 1e-9
    axis = vectors.scaled(noise, 1 / length)
    place = jnp.minimum(length * ((len(angles) - 1) / LONGEST), len(angles) - 1.001)
    low = place.astype(jnp.int32)
    known = jnp.asarray(angles)
    angle = known[low] + (place - low) * (known[low + 1] - known[low])
    sine, cosine = jnp.sin(angle), jnp.cos(angle)
    forward = vectors.unit(vectors.turned(forward, axis, sine, cosine))
    left = vectors.turned(left, axis, sine, cosine)
    left = vectors.minus(left, vectors.scaled(forward, vectors.dot(left, forward)))
    return forward, vectors.unit(left)
