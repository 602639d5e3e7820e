"""Robots in a tissue, as pure functions: a state and the robots' actions give the next state.

They are written for one world; `jax.vmap` makes thousands of them, on whatever device there is. A robot's
chance comes from its own key alone, so that it does not notice how many other worlds there are.
"""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from neuralbrain.envs.nanorobot import barriers, vectors
from neuralbrain.envs.nanorobot.motion import aside, normals, steered, swim
from neuralbrain.envs.nanorobot.moves import RELEASE, TUMBLE
from neuralbrain.envs.nanorobot.physics import around_a_cell
from neuralbrain.envs.nanorobot.sensing import Sense, caught, felt, remembered, surprise, turned
from neuralbrain.envs.nanorobot.solved import solved_field
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.vectors import Vector
from neuralbrain.randomness import Key, key_of, uniforms

_WORDS = 12


class Cells(NamedTuple):
    """The cells of a world.

    Attributes:
        places: Their centres, µm: the cancer cells, then the healthy ones; infinitely far where none fitted.
        bearings: Where each cancer cell is heading, a unit vector; empty where they stay.
        sites: At which place of `solved_field` each cancer cell is, int32; empty where the field is known.
        doses: What each cell has got of the payload, molecules s/µm³; empty where there is none.
    """

    places: tuple[Vector, ...]
    bearings: tuple[Vector, ...]
    sites: tuple[jax.Array, ...]
    doses: tuple[jax.Array, ...]


class Robots(NamedTuple):
    """The robots of a world; each array has the shape (robots,).

    Attributes:
        key: Each one's key for random numbers.
        place: µm.
        forward: Where it is heading, a unit vector.
        left: What is left of it, a unit vector.
        shaken: By what chance moved it in the last tick, µm: it was pushed, and turned on its way.
        senses: What it knows of the biomarker, and, if they signal, of the signal.
        rise: What it knows of the biomarker's gradient: ahead, left, up; standard deviations a tick.
        move: Its last action, int32.
        contact: Whether it touches a cell, a barrier or the edge of the tissue, bool.
        found: Whether it touches a living cancer cell, bool.
        portions: What it has left of its payload, int32.
    """

    key: Key
    place: Vector
    forward: Vector
    left: Vector
    shaken: Vector
    senses: tuple[Sense, ...]
    rise: Vector
    move: jax.Array
    contact: jax.Array
    found: jax.Array
    portions: jax.Array


class NanoState(NamedTuple):
    """One world.

    Attributes:
        key: Its key for random numbers.
        tick: int32.
        cells: Its cells.
        robots: Its robots.
    """

    key: jax.Array
    tick: jax.Array
    cells: Cells
    robots: Robots


def step(tissue: Tissue, state: NanoState, actions: jax.Array, *, staying: bool = False) -> NanoState:
    """Let a tick pass.

    Args:
        tissue: What the world is like.
        state: Before.
        actions: One for each robot, int32, shape (robots,).
        staying: Whether a robot that has found a cancer cell stays there for good.
    """
    tick = state.tick + 1
    cells = _wandered(tissue, state, tick)
    living = alive(tissue, cells)
    move = partial(_moved, tissue, cells, living, tick, staying)
    robots, chances = jax.vmap(move)(state.robots, actions)
    if tissue.portions:
        cells = cells._replace(doses=_dosed(tissue, cells, robots, state.robots.portions))
        living = alive(tissue, cells)
    counts = [caught(tissue, concentration(tissue, cells, living, robots.place), chances[0])]
    if tissue.signal:
        counts.append(caught(tissue, _signal(tissue, robots), chances[1]))
    rise = felt(tissue, robots.rise, surprise(tissue, robots.senses[0], counts[0]))
    senses = tuple(remembered(tissue, *pair) for pair in zip(robots.senses, counts, strict=True))
    return NanoState(state.key, tick, cells, robots._replace(senses=senses, rise=rise))


def alive(tissue: Tissue, cells: Cells) -> list[jax.Array]:
    """Return whether each cancer cell lives, bool."""
    if not cells.doses:
        return [jnp.bool_(True)] * tissue.cancer
    return [dose < tissue.lethal for dose in cells.doses[: tissue.cancer]]


def concentration(tissue: Tissue, cells: Cells, living: list[jax.Array], point: Vector) -> jax.Array:
    """Return the biomarker's concentration at points, molecules/µm³, elementwise."""
    total: jax.Array = jnp.zeros_like(point[0])
    solved = solved_field(tissue)
    for number, lives in enumerate(living):
        apart = vectors.length(vectors.minus(point, cells.places[number]))
        one = around_a_cell(apart, tissue.secretion, tissue.cell_radius, tissue.diffusion, tissue.reach)
        if solved is not None:
            one = one * solved.factor(cells.sites[number], point)
        total = total + (jnp.where(lives, one, 0.0) if cells.doses else one)
    return total


def _moved(
    tissue: Tissue,
    cells: Cells,
    living: list[jax.Array],
    tick: jax.Array,
    staying: bool,
    robot: Robots,
    action: jax.Array,
) -> tuple[Robots, list[jax.Array]]:
    """Return one robot after its action, and the chances that decide what it senses."""
    dt = tissue.tick_seconds
    draws = uniforms(robot.key, tick, _WORDS)
    forward, left = steered(robot.forward, robot.left, action, tissue.turn)
    # A tumble is a new direction, and any roll about it.
    ahead = vectors.anywhere(draws[0], draws[1])
    forward, left = (
        vectors.where(action == TUMBLE, ahead, forward),
        vectors.where(action == TUMBLE, aside(ahead, draws[2]), left),
    )
    swims = (action != TUMBLE) & (action != RELEASE)
    forward, left, driven, shaken = swim(tissue, forward, left, swims, draws[3:9])
    place = vectors.add(robot.place, vectors.add(driven, shaken))
    if tissue.vessel:
        carried = barriers.flow(tissue.vessel, tissue.size, robot.place)
        place = vectors.add(place, vectors.scaled(carried, dt))
    if staying:
        place = vectors.where(robot.found, robot.place, place)
        shaken = vectors.scaled(shaken, (~robot.found).astype(jnp.float32))
    place, contact, found = _kept_out(tissue, cells, living, place)
    released = (action == RELEASE) & (robot.portions > 0)
    after = Robots(
        key=robot.key,
        place=place,
        forward=forward,
        left=left,
        shaken=shaken,
        senses=robot.senses,
        rise=turned(tissue, robot.rise, action),
        move=action.astype(jnp.int32),
        contact=contact,
        found=found | robot.found if staying else found,
        portions=robot.portions - released,
    )
    return after, draws[9:11]


def _kept_out(
    tissue: Tissue, cells: Cells, living: list[jax.Array], place: Vector
) -> tuple[Vector, jax.Array, jax.Array]:
    """Keep a robot out of cells and barriers; say whether it touches any, and a living cancer cell."""
    # Cells stand so far apart that a robot touches one at most: the nearest.
    least = tissue.cell_radius + tissue.robot_radius
    nearest, away = jnp.full_like(place[0], jnp.inf), place
    secretes = jnp.zeros_like(place[0], bool)
    for number, centre in enumerate(cells.places):
        there = vectors.minus(place, centre)
        squared = vectors.dot(there, there)
        nearer = squared < nearest
        nearest, away = jnp.where(nearer, squared, nearest), vectors.where(nearer, there, away)
        secretes = jnp.where(nearer, living[number] if number < tissue.cancer else False, secretes)
    apart = jnp.sqrt(nearest)
    contact = apart <= least + _TOUCHING
    found = contact & secretes
    outwards = jnp.where(apart < least, least / jnp.maximum(apart, 1e-6) - 1, 0.0)
    place = vectors.add(place, vectors.scaled(away, outwards))
    place, touches = barriers.kept_out(
        tissue.barriers, tissue.vessel, tissue.size, tissue.robot_radius, place
    )
    return place, contact | touches, found


_TOUCHING = 1e-3
"""What is nearer than so much touches, µm: what lies against a cell does, however its place is rounded."""


def _wandered(tissue: Tissue, state: NanoState, tick: jax.Array) -> Cells:
    """Return the cells after a tick: cancer cells wander, turning slowly, and turn back at the edges."""
    cells = state.cells
    if not cells.bearings:
        return cells
    step, margin = tissue.drift * tissue.tick_seconds, 2 * tissue.cell_radius
    turned = _WANDERING * math.sqrt(tissue.tick_seconds / 0.1)
    draws = uniforms(key_of(state.key), tick, 3 * tissue.cancer)
    places, bearings = list(cells.places), []
    for number, bearing in enumerate(cells.bearings):
        noise = normals(draws[3 * number : 3 * number + 3])
        heading = vectors.unit(vectors.add(bearing, vectors.scaled(noise, turned)))
        there = vectors.add(places[number], vectors.scaled(heading, step))
        kept = [jnp.clip(part, margin, tissue.size - margin) for part in there]
        places[number] = (kept[0], kept[1], kept[2])
        back = [jnp.where(part == wanted, 1.0, -1.0) for part, wanted in zip(kept, there, strict=True)]
        bearings.append((heading[0] * back[0], heading[1] * back[1], heading[2] * back[2]))
    return cells._replace(places=tuple(places), bearings=tuple(bearings))


_WANDERING = 0.2
"""By how much, in rad about each axis, a wandering cell's heading changes in 0.1 s."""


def _dosed(tissue: Tissue, cells: Cells, robots: Robots, before: jax.Array) -> tuple[jax.Array, ...]:
    """Return each cell's dose after this tick's releases.

    A portion M let go at once at a distance r leaves, over all time, the exposure M exp(-r / L) / (4 pi D r):
    the integral over time of a point's diffusion with uptake is the steady field of a source of M a second.
    """
    released = (before - robots.portions).astype(jnp.float32)
    doses = []
    for centre, dose in zip(cells.places, cells.doses, strict=True):
        apart = jnp.maximum(vectors.length(vectors.minus(robots.place, centre)), tissue.cell_radius)
        one = around_a_cell(apart, tissue.portion, 0.0, tissue.drug_diffusion, tissue.drug_reach)
        doses.append(dose + jnp.where(released > 0, one * released, 0.0).sum())
    return tuple(doses)


def _signal(tissue: Tissue, robots: Robots) -> jax.Array:
    """Return the signal's concentration at each robot, molecules/µm³: of all the others that have found."""
    x, y, z = robots.place
    between = jnp.sqrt((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 + (z[:, None] - z) ** 2)
    apart = jnp.maximum(between, 2 * tissue.robot_radius)
    each = around_a_cell(apart, tissue.signal, tissue.robot_radius, tissue.diffusion, tissue.reach)
    others = robots.found & ~jnp.eye(tissue.robots, dtype=bool)
    return jnp.where(others, each, 0.0).sum(axis=1)
