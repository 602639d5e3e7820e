"""One robot in a tissue, as pure functions: a state and an action give the next state.

They are written for one world; `jax.vmap` makes thousands of them, on whatever device there is. A world's
chance comes from its own key alone, so that it does not notice how many others there are.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from neuralbrain.envs.nanorobot.physics import around_a_cell, capture_rate
from neuralbrain.envs.nanorobot.tissue import Tissue

HISTORY = 16
"""How many counts and moves a robot remembers."""
RUN, TUMBLE, LEFT, RIGHT, UP, DOWN = range(6)
"""Actions: go straight on; take any new direction; steer, then go on."""
ACTIONS = 6
_CANDIDATES = 64
"""Spots that are drawn for each thing; the first that fits is taken."""


class State(NamedTuple):
    """One world.

    Attributes:
        key: The source of its chance.
        tick: int32.
        target: Centre of the cancer cell, µm, shape (3,).
        bearing: The direction in which it wanders, a unit vector, shape (3,).
        healthy: Centres of the healthy cells, µm, shape (healthy, 3); infinitely far where none fitted.
        robot: Its position, µm, shape (3,).
        frame: Its axes as rows: forward, left, up, shape (3, 3).
        counts: Molecules caught in each of the last ticks, the newest first, shape (HISTORY,).
        moves: The last actions, the newest first, int32, shape (HISTORY,).
        contact: Whether it touches a healthy cell or the edge of the tissue, bool.
        found: Whether it touches the cancer cell, bool.
    """

    key: jax.Array
    tick: jax.Array
    target: jax.Array
    bearing: jax.Array
    healthy: jax.Array
    robot: jax.Array
    frame: jax.Array
    counts: jax.Array
    moves: jax.Array
    contact: jax.Array
    found: jax.Array


def reset(tissue: Tissue, key: jax.Array) -> State:
    """Draw a world: the cancer cell anywhere, the robot a third to a half of the tissue's edge away.

    Args:
        tissue: What it is like.
        key: The source of all its chance.
    """
    key, cell, start, facing, others, sensing = jax.random.split(key, 6)
    margin = 2 * tissue.cell_radius
    target = jax.random.uniform(cell, (3,), minval=margin, maxval=tissue.size - margin)
    spots = _spots(start, tissue, tissue.robot_radius)
    away = jnp.linalg.norm(spots - target, axis=1)
    robot = spots[jnp.argmax((away > tissue.size / 3) & (away < tissue.size / 2))]
    forward, left, bearing = jax.random.normal(facing, (3, 3))
    healthy = _cells(tissue, others, target, robot)
    state = State(
        key=key,
        tick=jnp.int32(0),
        target=target,
        bearing=bearing / jnp.linalg.norm(bearing),
        healthy=healthy,
        robot=robot,
        frame=_axes(forward, left),
        counts=jnp.zeros(HISTORY),
        moves=jnp.full(HISTORY, RUN, jnp.int32),
        contact=jnp.bool_(False),
        found=jnp.bool_(False),
    )
    return state._replace(counts=state.counts.at[0].set(_count(tissue, state, sensing)))


def step(tissue: Tissue, state: State, action: jax.Array) -> State:
    """Let a tick pass.

    Args:
        tissue: What the world is like.
        state: Before.
        action: One of the six, int32.
    """
    key, noise, sensing = jax.random.split(state.key, 3)
    forward, left, turning, shaking, wandering = jax.random.normal(noise, (5, 3))
    dt = tissue.tick_seconds
    steered = _turned(state.frame, _steering(state.frame, action, tissue.turn))
    frame = jnp.where(action == TUMBLE, _axes(forward, left), steered)
    frame = _turned(frame, jnp.sqrt(2 * tissue.tumbling * dt) * turning)
    driven = jnp.where(action == TUMBLE, 0.0, tissue.speed * dt) * frame[0]
    shaken = jnp.sqrt(2 * tissue.brownian * dt) * shaking
    robot, contact = _kept_out(tissue, state, state.robot + driven + shaken)
    target, bearing = _wandered(tissue, state, wandering)
    moved = state._replace(
        key=key,
        tick=state.tick + 1,
        robot=robot,
        frame=frame,
        contact=contact,
        target=target,
        bearing=bearing,
        found=jnp.linalg.norm(robot - target) <= tissue.cell_radius + tissue.robot_radius,
        moves=jnp.roll(state.moves, 1).at[0].set(action.astype(jnp.int32)),
    )
    return moved._replace(counts=jnp.roll(state.counts, 1).at[0].set(_count(tissue, moved, sensing)))


def concentration(tissue: Tissue, state: State, points: jax.Array) -> jax.Array:
    """Return the biomarker's concentration at points, molecules/µm³; points have shape (..., 3)."""
    distance = jnp.linalg.norm(points - state.target, axis=-1)
    return jnp.asarray(
        around_a_cell(distance, tissue.secretion, tissue.cell_radius, tissue.diffusion, tissue.reach)
    )


def _count(tissue: Tissue, state: State, key: jax.Array) -> jax.Array:
    """Return how many molecules the robot catches in a tick: a Poisson number."""
    here = concentration(tissue, state, state.robot)
    mean = capture_rate(here, tissue.robot_radius, tissue.diffusion) * tissue.tick_seconds
    return jax.random.poisson(key, mean).astype(jnp.float32)


def _kept_out(tissue: Tissue, state: State, robot: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Keep the robot out of healthy cells and inside the tissue; say whether it touches either."""
    least = tissue.cell_radius + tissue.robot_radius
    away = robot - state.healthy
    distance = jnp.linalg.norm(away, axis=1)
    inside = distance < least
    outwards = jnp.where(inside[:, None], away / jnp.maximum(distance, 1e-6)[:, None], 0.0)
    robot = robot + (outwards * jnp.where(inside, least - distance, 0.0)[:, None]).sum(axis=0)
    within = jnp.clip(robot, tissue.robot_radius, tissue.size - tissue.robot_radius)
    return within, inside.any() | (within != robot).any()


def _wandered(tissue: Tissue, state: State, noise: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return where the cancer cell is after a tick, and its heading, which turns slowly, and at edges."""
    dt, margin = tissue.tick_seconds, 2 * tissue.cell_radius
    bearing = state.bearing + 0.3 * jnp.sqrt(dt) * noise
    bearing = bearing / jnp.linalg.norm(bearing)
    target = state.target + tissue.drift * dt * bearing
    within = jnp.clip(target, margin, tissue.size - margin)
    return within, jnp.where(within != target, -bearing, bearing)


def _cells(tissue: Tissue, key: jax.Array, target: jax.Array, robot: jax.Array) -> jax.Array:
    """Return where healthy cells stand, each clear of all before, so that a robot fits between them."""
    apart = 2 * tissue.cell_radius + 4 * tissue.robot_radius

    def lay(taken: jax.Array, turn: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        index, own = turn
        candidates = _spots(own, tissue, tissue.cell_radius + 4 * tissue.robot_radius)
        gaps = jnp.linalg.norm(candidates[:, None] - taken, axis=2)
        fits = (gaps > apart).all(axis=1)
        spot = jnp.where(fits.any(), candidates[jnp.argmax(fits)], jnp.inf)
        return taken.at[index].set(spot), None

    nothing = jnp.full((tissue.healthy, 3), jnp.inf)
    taken = jnp.concatenate([nothing, jnp.stack([target, robot])])
    turns = (jnp.arange(tissue.healthy), jax.random.split(key, tissue.healthy))
    return jax.lax.scan(lay, taken, turns)[0][: tissue.healthy]


def _spots(key: jax.Array, tissue: Tissue, radius: float) -> jax.Array:
    return jax.random.uniform(key, (_CANDIDATES, 3), minval=radius, maxval=tissue.size - radius)


def _axes(forward: jax.Array, left: jax.Array) -> jax.Array:
    """Return axes from two vectors (Gram-Schmidt); of two normal ones they point anywhere, all ways alike."""
    forward = forward / jnp.linalg.norm(forward)
    left = left - (left @ forward) * forward
    left = left / jnp.linalg.norm(left)
    return jnp.stack([forward, left, jnp.cross(forward, left)])


def _steering(frame: jax.Array, action: jax.Array, turn: float) -> jax.Array:
    """Return the rotation, rad, of a turn left, right, up or down about the robot's own axes."""
    aside = turn * ((action == LEFT).astype(jnp.float32) - (action == RIGHT))
    upwards = turn * ((action == UP).astype(jnp.float32) - (action == DOWN))
    return aside * frame[2] - upwards * frame[1]


def _turned(frame: jax.Array, rotation: jax.Array) -> jax.Array:
    """Return axes turned by a rotation vector, rad (Rodrigues' formula), and made orthonormal again."""
    angle = jnp.sqrt(rotation @ rotation + 1e-12)
    axis = rotation / angle
    sine, cosine = jnp.sin(angle), jnp.cos(angle)
    along = (frame @ axis)[:, None] * axis
    turned = frame * cosine + jnp.cross(axis, frame) * sine + along * (1 - cosine)
    return _axes(turned[0], turned[1])
