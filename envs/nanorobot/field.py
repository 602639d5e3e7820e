"""The biomarker's steady concentration where barriers or flow matter: solved on a grid, and read off it.

D lap C - v grad C - k C + s = 0 by finite volumes: voxels over the cube of tissue, no flux into barriers or
the vessel's wall. What passes from one voxel to the next is the exact flux between two values in a steady
stream (D. Scharfetter, H. Gummel, IEEE Transactions on Electron Devices 16 (1969), 64-77), so that no
concentration is negative, however fast the stream.

Without barriers the field is known better: `physics.around_a_cell` in a tissue, `lumen.in_lumen` in a vessel.
So the grid only says by what factor barriers change that one, and far from them it is 1. It is solved twice,
with them and without, by `diffusing.in_tissue` or `flowing.in_vessel`. For barriers and flow a cell is no
obstacle.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from neuralbrain.envs.nanorobot.barriers import Ball, Point, Vessel, Wall, distance, flow
from neuralbrain.envs.nanorobot.diffusing import in_tissue
from neuralbrain.envs.nanorobot.flowing import in_vessel
from neuralbrain.envs.nanorobot.lumen import in_lumen
from neuralbrain.envs.nanorobot.physics import around_a_cell, decay_length
from neuralbrain.errors import ConfigurationError
from neuralbrain.portable import lengths, units

Array = NDArray[Any]
_SHELL = 2**16
"""Points on a cell's surface by which its secretion is spread over voxels."""
_LEAST = 1e-9
"""Of the highest concentration: what is solved below is rounding."""
_SECTION = 2000
"""Voxels that a lumen with barriers may have across the stream: that takes a minute or two, and 2 GB."""
_DRAWN = 8192
"""Places that are drawn for cells; those that fit are taken, one after the other."""


def solve(
    barriers: Sequence[Ball | Wall],
    vessel: Vessel | None,
    size: float,
    diffusion: float,
    decay: float,
    sites: Array,
    cell_radius: float,
    cells: int = 48,
) -> NDArray[np.float64]:
    """Return the steady concentration around cells that secrete 1 molecule/s each, alone, molecules/µm³.

    Inside solids, where nothing is, stands the value of the nearest free voxel, so that `at` is right beside
    them.

    Args:
        barriers: Balls and walls.
        vessel: The lumen in which all happens, or None.
        size: Edge of the cube, µm.
        diffusion: Of the molecules, µm²/s.
        decay: The rate at which they vanish, 1/s.
        sites: Centres of the cells, µm, shape (m, 3).
        cell_radius: µm.
        cells: Voxels along an edge of the cube.

    Returns:
        At the voxels' centres, shape (m, cells, cells, cells), by x, y and z.

    Raises:
        ConfigurationError: The voxels are too wide for what is there, or too many; a cell lies in a solid or
            is closed in; or molecules would pile up for ever.
    """
    from scipy.ndimage import distance_transform_edt  # noqa: PLC0415

    wide = size / max(cells, 1)
    _check(barriers, vessel, wide, diffusion, decay, cell_radius)
    middles = (np.arange(cells) + 0.5) * wide
    x, y, z = np.meshgrid(middles, middles, middles, indexing="ij")
    lumen = distance((), vessel, size, (x, y, z)) > 0
    free = _reached(distance(barriers, vessel, size, (x, y, z)) > 0, vessel)
    secreted = np.stack([_secreted(free, wide, site, cell_radius) for site in sites])
    with threadpool_limits(limits=1):  # how many threads there are changes the last bits
        found = without_barriers(vessel, size, diffusion, decay, sites, cell_radius, cells)
        if barriers:
            if vessel is None:
                solved = partial(in_tissue, wide=wide, diffusion=diffusion, decay=decay)
            else:
                speeds = flow(vessel, size, (x, y, z))[0][0]
                solved = partial(in_vessel, wide=wide, diffusion=diffusion, decay=decay, speeds=speeds)
            # What voxels make wrong without barriers they make wrong with them.
            bare = solved(lumen, np.stack([_secreted(lumen, wide, site, cell_radius) for site in sites]))
            known = bare > _LEAST * bare.max()
            found *= np.where(
                known, np.maximum(solved(free, secreted), 0.0) / np.where(known, bare, 1.0), 1.0
            )
    nearest = distance_transform_edt(~free, return_distances=False, return_indices=True)
    return found[:, nearest[0], nearest[1], nearest[2]]


def without_barriers(
    vessel: Vessel | None,
    size: float,
    diffusion: float,
    decay: float,
    sites: Array,
    cell_radius: float,
    cells: int,
) -> NDArray[np.float64]:
    """Return what `solve` does where there are no barriers; in a tissue it is the formula of free space."""
    middles = (np.arange(cells) + 0.5) * (size / cells)
    points = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1)
    apart = np.stack([lengths(points - site) for site in sites])
    length = decay_length(diffusion, decay)
    found: NDArray[np.float64] = around_a_cell(apart, 1.0, cell_radius, diffusion, length)
    if vessel is None:
        return found
    found = in_lumen(vessel, size, diffusion, decay, sites, cell_radius * _directions(_SHELL // 8), cells)
    # In truth no molecule enters the cell: what decays there leaves it, too.
    within = decay * (found * (apart < cell_radius)).sum(axis=(1, 2, 3)) * (size / cells) ** 3
    found /= (1 - within)[:, None, None, None]
    return found


def at(grid: jax.Array, size: float, point: Point, site: Any = 0) -> jax.Array:
    """Return a grid's value at a point, linear between the voxels' centres, and constant beyond the last.

    Under `jax.vmap` over points (and sites) it gathers eight values for each, and copies no grid.

    Args:
        grid: Shape (cells, cells, cells), or (m, cells, cells, cells).
        size: Edge of the cube, µm.
        point: Where.
        site: Which of the m grids.
    """
    cells = grid.shape[-1]
    flat = grid.reshape(-1)
    places = [jnp.clip(value * (cells / size) - 0.5, 0.0, cells - 1.0) for value in point]
    (i, j, k) = lows = [jnp.minimum(place.astype(jnp.int32), cells - 2) for place in places]
    u, v, w = (place - low for place, low in zip(places, lows, strict=True))
    first = ((site * cells + i) * cells + j) * cells + k

    def line(start: jax.Array) -> jax.Array:
        return flat[start] * (1 - w) + flat[start + 1] * w

    def plane(start: jax.Array) -> jax.Array:
        return line(start) * (1 - v) + line(start + cells) * v

    return plane(first) * (1 - u) + plane(first + cells * cells) * u


def sites(
    barriers: Sequence[Ball | Wall],
    vessel: Vessel | None,
    size: float,
    cell_radius: float,
    robot_radius: float,
    number: int,
    seed: int,
    *,
    least: int | None = None,
) -> NDArray[np.float64]:
    """Return places for cells, so far from barriers, faces and each other that a robot passes between.

    In a vessel they touch its wall from within.

    Args:
        barriers: Balls and walls.
        vessel: The lumen, or None.
        size: Edge of the cube, µm.
        cell_radius: µm.
        robot_radius: µm.
        number: How many.
        seed: Of the random numbers by which they lie: the same seed, the same places.
        least: Where fewer fit, so many will do; None: `number`.

    Returns:
        Centres, µm, shape (number or fewer, 3).

    Raises:
        ConfigurationError: So many do not fit.
    """
    rng = np.random.default_rng(seed)
    room = cell_radius + 2 * robot_radius
    drawn = rng.uniform(min(room, size / 2), max(size - room, size / 2), (_DRAWN, 3))
    if vessel is not None:
        outwards = units(rng.uniform(0.0, 2 * math.pi, _DRAWN))
        drawn[:, 1:] = size / 2 + (vessel.radius - cell_radius) * outwards
    fitting = drawn[distance(barriers, None, size, (drawn[:, 0], drawn[:, 1], drawn[:, 2])) >= room]
    taken: list[Array] = []
    while len(fitting) and len(taken) < number:
        taken.append(fitting[0])
        fitting = fitting[lengths(fitting - fitting[0]) >= room + cell_radius]
    wanted = number if least is None else least
    if len(taken) < wanted:
        raise ConfigurationError(
            f"sites: of {wanted} cells with a cell_radius of {cell_radius:g} µm only {len(taken)} fit; ask "
            f"for at most {len(taken)}, or for a size above {size:g} µm or fewer barriers"
        )
    return np.array(taken)


def limits(
    barriers: Sequence[Ball | Wall], vessel: Vessel | None, diffusion: float, decay: float, cell_radius: float
) -> list[tuple[str, float]]:
    """Return what must be resolved: names, and how wide a voxel may be for each, µm.

    Args:
        barriers: Balls and walls.
        vessel: The lumen, or None.
        diffusion: Of the molecules, µm²/s.
        decay: The rate at which they vanish, 1/s.
        cell_radius: µm.
    """
    found = [("cell_radius", cell_radius), ("half of the decay length", decay_length(diffusion, decay) / 2)]
    if vessel is not None:
        found.append(("half of vessel.radius", vessel.radius / 2))
    for index, barrier in enumerate(barriers):
        if isinstance(barrier, Ball):
            found.append((f"barriers[{index}].radius", barrier.radius))
        else:  # two voxels: one for what is near each side
            thin = min(high - low for low, high in zip(barrier.low, barrier.high, strict=True))
            found.append((f"half of the thickness of barriers[{index}]", thin / 2))
    return found


def _check(
    barriers: Sequence[Ball | Wall],
    vessel: Vessel | None,
    wide: float,
    diffusion: float,
    decay: float,
    cell_radius: float,
) -> None:
    """Refuse voxels that do not resolve what is there, and molecules that nothing removes."""
    if vessel is not None and vessel.flow == decay == 0.0:
        raise ConfigurationError("decay is 0 1/s in a vessel with a flow of 0 µm/s; give more of either")
    if vessel is not None and barriers and math.pi * (vessel.radius / wide) ** 2 > _SECTION:
        raise ConfigurationError(
            f"vessel.radius is {vessel.radius:g} µm, with barriers too many voxels of {wide:.3g} µm; give at "
            f"most {wide * math.sqrt(_SECTION / math.pi):.3g} µm, or a larger cell_radius, or no barriers"
        )
    for name, most in limits(barriers, vessel, diffusion, decay, cell_radius):
        if wide > most:
            raise ConfigurationError(
                f"cells: a voxel is {wide:g} µm wide; give more cells or a smaller size, so that it is at "
                f"most {most:g} µm: {name}"
            )


def _reached(free: Array, vessel: Vessel | None) -> Array:
    """Return the free voxels without those that are closed off from the outside, shape as given."""
    from scipy.ndimage import label  # noqa: PLC0415

    parts, _ = label(free)
    ends = [np.take(parts, end, axis) for axis in range(1 if vessel else 3) for end in (0, -1)]
    outside = np.unique(np.concatenate([end.ravel() for end in ends]))
    reached: Array = np.isin(parts, outside[outside > 0])
    return reached


def _directions(number: int) -> Array:
    """Return unit vectors along a spiral, each for the same part of a sphere, shape (number, 3)."""
    turn = np.arange(number) + 0.5
    height, angle = 1 - 2 * turn / number, math.pi * (1 + math.sqrt(5)) * turn
    return np.column_stack([np.sqrt(1 - height**2)[:, None] * units(angle), height])


def _secreted(free: Array, wide: float, site: Array, radius: float) -> Array:
    """Return what a cell's surface gives off in each voxel, molecules/s, 1 in all: shape as `free`."""
    surface = site + radius * _directions(_SHELL)
    within = surface[((surface >= 0) & (surface < wide * len(free))).all(axis=1)]
    share: Array = np.zeros(free.shape)
    np.add.at(share, tuple((within / wide).astype(int).T), 1.0)
    share = share * free
    if not share.any():
        place = ", ".join(f"{value:g}" for value in site)
        raise ConfigurationError(
            f"sites: the cell at ({place}) µm lies in a solid or is closed in by it; give a place at least "
            f"cell_radius, {radius:g} µm, from barriers"
        )
    share /= share.sum()
    return share
