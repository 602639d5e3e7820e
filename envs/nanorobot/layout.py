"""How a world is drawn: where its cells lie and its robots begin."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from neuralbrain.envs.nanorobot import barriers, vectors
from neuralbrain.envs.nanorobot.moves import RUN
from neuralbrain.envs.nanorobot.sensing import Sense, caught, first
from neuralbrain.envs.nanorobot.solved import PLACES, solved_field
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.vectors import Vector, vector
from neuralbrain.envs.nanorobot.world import Cells, NanoState, Robots, alive, concentration
from neuralbrain.randomness import Key, key_of, series, threefry

_CANDIDATES = 64
"""Spots that are drawn for each object; the first that fits is taken."""
_NEXT, _OWN = 2**31, 2**31 + 1
"""Counters of random numbers that give the world and its robots their keys; no world lasts so many ticks."""


def reset(tissue: Tissue, key: jax.Array) -> NanoState:
    """Draw a world: cells anywhere, the robots a third to a half of the tissue's edge from a cancer cell.

    Args:
        tissue: What it is like.
        key: Its key for random numbers.
    """
    # All is drawn in one go: the fewer kernels, the faster it compiles.
    own = key_of(key)
    objects, robots = tissue.cancer + tissue.healthy + 1, tissue.robots
    parts = [(3, objects, _CANDIDATES), (5, robots), (2, tissue.cancer), (PLACES,)]
    ends = np.cumsum([math.prod(part) for part in parts])
    drawn = jnp.split(series(own, int(ends[-1])), ends[:-1])
    spots, turns, headings, order = (part.reshape(shape) for part, shape in zip(drawn, parts, strict=True))
    centres, sites = _cells(tissue, spots[:, 1:], order)
    cells = Cells(
        places=tuple(vector(centre) for centre in centres),
        bearings=tuple(vectors.anywhere(*heading) for heading in headings.T) if tissue.drift else (),
        sites=tuple(sites) if sites is not None else (),
        doses=(jnp.float32(0.0),) * len(centres) if tissue.portions else (),
    )
    start = _start(tissue, spots[:, 0], centres)
    words = threefry(own, jnp.uint32(0), jnp.uint32(_NEXT))
    key = jax.random.wrap_key_data(jnp.stack(words))
    return NanoState(key, jnp.int32(0), cells, _robots(tissue, cells, start, own, turns))


def _robots(tissue: Tissue, cells: Cells, start: Vector, own: Key, draws: jax.Array) -> Robots:
    """Return the robots at their start, each heading anywhere."""
    shape = (tissue.robots,)
    forward = vectors.anywhere(draws[0], draws[1])
    left = vectors.cross(forward, vectors.anywhere(draws[2], draws[3]))
    x, y, z = (jnp.broadcast_to(part, shape) for part in start)
    here = concentration(tissue, cells, alive(tissue, cells), (x, y, z))
    senses: tuple[Sense, ...] = (first(caught(tissue, here, draws[4])),)
    if tissue.signal:
        senses = (*senses, first(jnp.zeros(shape)))
    return Robots(
        key=threefry(own, jnp.arange(tissue.robots, dtype=jnp.uint32), jnp.uint32(_OWN)),
        place=(x, y, z),
        forward=forward,
        left=vectors.unit(left),
        shaken=(jnp.zeros(shape),) * 3,
        senses=senses,
        rise=(jnp.zeros(shape),) * 3,
        move=jnp.full(shape, RUN, jnp.int32),
        contact=jnp.zeros(shape, bool),
        found=jnp.zeros(shape, bool),
        portions=jnp.full(shape, tissue.portions, jnp.int32),
    )


def _cells(tissue: Tissue, draws: jax.Array, order: jax.Array) -> tuple[list[jax.Array], jax.Array | None]:
    """Return the cells' centres, the cancer cells first, and at which places of a solved field these are."""
    solved = solved_field(tissue)
    sites = None
    taken: list[jax.Array] = []
    if tissue.targets:
        taken = [jnp.asarray(target, jnp.float32) for target in tissue.targets]
        sites = jnp.arange(len(taken)) if solved else None
    elif solved:
        sites = jnp.argsort(order[: len(solved.places)])[: tissue.cancer]
        taken = list(jnp.asarray(solved.places, jnp.float32)[sites])
    radius = tissue.cell_radius
    least = 2 * (radius + tissue.robot_radius)
    number = tissue.cancer + tissue.healthy - len(taken)

    if not number:
        return taken, sites
    # They keep off the edges, so that robots can come from all sides.
    drawn = _spots(tissue, draws[:, :number], 2 * radius)
    room = _room(tissue, drawn) > radius + 2 * tissue.robot_radius

    for other in taken:
        room &= _apart(drawn, other) > least

    def lay(fits: jax.Array, index: jax.Array) -> tuple[jax.Array, jax.Array]:
        first_that_fits = jnp.where(fits[index], jnp.arange(_CANDIDATES), _CANDIDATES).min()
        chosen = _chosen((drawn[0][index], drawn[1][index], drawn[2][index]), first_that_fits)
        return fits & (_apart(drawn, chosen) > least), chosen

    return [*taken, *jax.lax.scan(lay, room, jnp.arange(number))[1]], sites


def _start(tissue: Tissue, draws: jax.Array, centres: list[jax.Array]) -> Vector:
    """Return where the robots begin: clear of everything, and neither near a cancer cell nor far from all."""
    spots = _spots(tissue, draws, tissue.robot_radius)
    free = _room(tissue, spots) > tissue.robot_radius
    nearest = jnp.full(_CANDIDATES, jnp.inf)
    for number, centre in enumerate(centres):
        apart = _apart(spots, centre)
        free &= apart > tissue.cell_radius + 2 * tissue.robot_radius
        if number < tissue.cancer:
            nearest = jnp.minimum(nearest, apart)
    meant = free & (nearest > tissue.size / 3) & (nearest < tissue.size / 2)
    # Where many cancer cells leave no such spot, the free one that is farthest from them.
    preference = jnp.where(meant, 2 * tissue.size, jnp.where(free, nearest, -1.0))
    best = jnp.where(preference == preference.max(), jnp.arange(_CANDIDATES), _CANDIDATES).min()
    return vector(_chosen(spots, best))


def _chosen(spots: Vector, number: jax.Array) -> jax.Array:
    """Return one of the places, shape (3,); infinitely far if there is none of that number."""
    mine = jnp.arange(_CANDIDATES) == number
    spot = jnp.stack([jnp.where(mine, part, 0.0).sum() for part in spots])
    return jnp.where(number < _CANDIDATES, spot, jnp.inf)


def _spots(tissue: Tissue, draws: jax.Array, margin: float) -> Vector:
    """Return places in the tissue, or in the lumen, µm, from uniform numbers, shape (3, ...)."""
    x, y, z = draws
    if tissue.vessel is None:
        x, y, z = (margin + part * (tissue.size - 2 * margin) for part in (x, y, z))
        return x, y, z
    radius = (tissue.vessel.radius - tissue.robot_radius) * jnp.sqrt(y)
    middle, angle = tissue.size / 2, 2 * jnp.pi * z
    return x * tissue.size, middle + radius * jnp.cos(angle), middle + radius * jnp.sin(angle)


def _apart(spots: Vector, centre: jax.Array) -> jax.Array:
    return vectors.length(vectors.minus(spots, vector(centre)))


def _room(tissue: Tissue, spots: Vector) -> jax.Array:
    """Return how far each place is from the nearest barrier, µm."""
    if not tissue.barriers and tissue.vessel is None:
        return jnp.full_like(spots[0], jnp.inf)
    room: jax.Array = barriers.distance(tissue.barriers, tissue.vessel, tissue.size, spots)
    return room
