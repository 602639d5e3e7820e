"""The steady concentration in a vessel's lumen without barriers: in rings and Fourier series around the axis.

Each term of the series is a problem of two dimensions, x and the distance from the axis, and knows nothing of
the others; so voxels can be much smaller than in a cube of them. They must be: upstream of a cell the field
falls by a factor of e in D / v, which is 2 µm in the blood of a tumour.

Beyond the cube the lumen goes on in longer and longer voxels. What comes in is fresh; what leaves is gone.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.barriers import Vessel
from neuralbrain.envs.nanorobot.flowing import eliminated, exchange, left_at

Array = NDArray[Any]
_BEYOND = 1.5 ** np.arange(1, 11)
"""Lengths of the voxels beyond the cube, in voxels."""
_TO_A_RADIUS = 10
"""Voxels, and smallest waves around the axis, to a cell's radius, if it can be."""
_RINGS, _WAVES, _PARTS = 48, 128, 7
"""How many there are at most, and into how many parts a voxel of the cube is cut along the stream."""
_BLUR = 5.8
"""What is secreted is blurred around the axis by so much over the number of waves, rad: of the last wave 1e-7
is left, and where there should be nothing, none."""
_LEAST = 1e-9
"""Of the highest concentration: below, the waves leave rounding."""
_AT_ONCE = 24
"""Waves that are solved together."""


def in_lumen(
    vessel: Vessel,
    size: float,
    diffusion: float,
    decay: float,
    sites: Array,
    surface: Array,
    cells: int,
) -> NDArray[np.float64]:
    """Return the concentration around cells that lie in the lumen, each alone, molecules/µm³.

    Args:
        vessel: Its radius and flow.
        size: Edge of the cube, µm.
        diffusion: Of the molecules, µm²/s.
        decay: The rate at which they vanish, 1/s.
        sites: Centres of the cells, µm, shape (m, 3).
        surface: Points of a cell's surface, from its centre, µm, shape (s, 3); those in the lumen secrete,
            1 molecule/s in all.
        cells: Voxels along an edge of the cube.

    Returns:
        At the voxels' centres, shape (m, cells, cells, cells); 0 outside the lumen.
    """
    radius = float(np.abs(surface).max())
    rings = int(np.clip(math.ceil(_TO_A_RADIUS * vessel.radius / radius), 16, _RINGS))
    waves = min(math.ceil(_BLUR * _TO_A_RADIUS * vessel.radius / radius), _WAVES)
    finest = min(diffusion / max(4 * vessel.flow, 1e-9), radius / _TO_A_RADIUS)
    parts = 2 * (min(math.ceil(size / cells / finest), _PARTS) // 2) + 1
    inside = np.full(cells * parts, size / cells / parts)
    longs = np.concatenate([inside[0] * _BEYOND[::-1], inside, inside[0] * _BEYOND])
    wide = vessel.radius / rings
    edges = wide * np.arange(rings + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    areas = math.pi * np.diff(edges**2)
    speeds = vessel.flow * (2 - (edges[1:] ** 2 + edges[:-1] ** 2) / vessel.radius**2)

    long, half = longs[:, None, None], np.pad(longs, 1) / 2
    apart = (half[1:] + half[:-1])[:, None, None]
    joined = np.ones_like(apart)
    joined[[0, -1]] = 0.0
    along = exchange(speeds, diffusion, apart, areas * joined)
    across = (2 * math.pi * diffusion / wide * edges[1:-1] * long,) * 2
    pairs = np.stack([np.arange(rings - 1), np.arange(1, rings)], axis=1)

    first = longs[: len(_BEYOND)].sum()
    points = [_cylindrical(site + surface, size) for site in sites]
    outwards = [math.atan2(site[2] - size / 2, site[1] - size / 2) for site in sites]
    lit = [(r < vessel.radius) & (x >= -first) & (x < size + first) for x, r, _ in points]
    ends = np.cumsum(longs) - first
    places = [
        np.searchsorted(ends, x[use], "right") * rings + (r[use] / wide).astype(int)
        for (x, r, _), use in zip(points, lit, strict=True)
    ]
    here, aside = _seen(size, cells, vessel.radius)
    place = np.clip(here[:, 1] / wide - 0.5, 0.0, rings - 1.001)
    found = np.zeros((2, len(sites), cells, len(here)))  # on the ring within each line of voxels, and beyond
    for start in range(0, waves, _AT_ONCE):
        wave = np.arange(start, min(start + _AT_ONCE, waves))
        losses = (decay + diffusion * (wave[:, None] / middles) ** 2) * areas * long
        losses[[0, -1]] += areas * left_at([-speeds, speeds], diffusion, decay, longs[0] / 2)[:, None]
        heights = np.where(wave, 2.0, 1.0) * np.exp(-((wave * _BLUR / waves) ** 2) / 2)
        source = np.zeros((len(longs), len(wave), rings, len(sites)))
        for number, use in enumerate(lit):
            turned = points[number][2][use] - outwards[number]
            for index, one in enumerate(wave):
                put = np.bincount(places[number], np.cos(one * turned), len(longs) * rings)
                source[:, index, :, number] = heights[index] / use.sum() * put.reshape(-1, rings)
        solved = eliminated(pairs, losses, (*along, *across), source)
        solved = solved[len(_BEYOND) : -len(_BEYOND)][parts // 2 :: parts]
        for number, angle in enumerate(outwards):
            shapes = np.cos(wave * (here[:, 2:] - angle))
            for ring in (0, 1):
                heights = solved[:, :, place.astype(int) + ring, number]
                found[ring, number] += np.einsum("xwv,vw->xv", heights, shapes)
    logs = np.log(np.maximum(found, _LEAST * found.max(axis=(0, 2, 3), keepdims=True)))
    field = np.zeros((len(sites), cells, cells, cells))
    field[:, :, aside] = np.exp(logs[0] + (place - place.astype(int)) * (logs[1] - logs[0]))
    return field


def _seen(size: float, cells: int, radius: float) -> tuple[Array, Array]:
    """Return 0, distance and angle of the lines of voxels in it, shape (lines, 3), and which they are."""
    middles = (np.arange(cells) + 0.5) * (size / cells)
    y, z = np.meshgrid(middles, middles, indexing="ij")
    _, away, angle = _cylindrical(np.stack([0 * y, y, z], -1).reshape(-1, 3), size)
    inside = away < radius
    return np.stack([0 * away, away, angle], 1)[inside], inside.reshape(cells, cells)


def _cylindrical(points: Array, size: float) -> tuple[Array, Array, Array]:
    y, z = points[:, 1] - size / 2, points[:, 2] - size / 2
    return points[:, 0], np.hypot(y, z), np.arctan2(z, y)
