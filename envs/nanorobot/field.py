"""The biomarker's steady concentration where barriers or flow matter: solved on a grid, and read off it.

D lap C - v grad C - k C + s = 0 by finite volumes: cubic voxels over the cube of tissue, no flux into
barriers or the vessel's wall. What passes from one voxel to the next is the exact flux between two values in
a steady stream (D. Scharfetter, H. Gummel, IEEE Transactions on Electron Devices 16 (1969), 64-77), so that
no concentration is negative, however fast the stream. Cells are no obstacle to molecules here.

- *Tissue*: nothing flows, and beyond the cube lies more tissue. There the grid goes on in wider and wider
  voxels, and ends in the slope that a source in the middle of the cube would have. It is solved by conjugate
  gradients, preconditioned by what solves the grid without barriers exactly: a product of three problems of
  one dimension each (R. Lynch, J. Rice, D. Thomas, Numerische Mathematik 6 (1964), 185-199).
- *Vessel*: fresh blood comes in and what leaves is gone, although robots come back upstream: a loop of blood
  would fill with molecules until nothing pointed to a cell. Beyond both ends each streamline goes on for
  ever, alone. It is solved exactly, cross-section by cross-section (block elimination).
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from neuralbrain.envs.nanorobot.barriers import Ball, Point, Vessel, Wall, distance, flow
from neuralbrain.envs.nanorobot.physics import decay_length
from neuralbrain.errors import ConfigurationError

Array = NDArray[Any]
_BEYOND = 1.5 ** np.arange(1, 8)
"""Widths of the voxels beyond the cube, in voxels."""
_FACE = 0.66
"""Of 1/r over the face of a cube around its source: the mean flux, times the face's distance, over the mean
value, (2 pi / 3) / 3.173."""
_SHELL = 2**16
"""Points on a cell's surface by which its secretion is spread over voxels."""
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
) -> NDArray[np.float32]:
    """Return the steady concentration around cells that secrete 1 molecule/s each, alone, molecules/µm³.

    Inside solids, where nothing is, stands the value of the nearest free voxel, so that `at` is right beside
    them. What a cell secretes starts at its surface.

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
        ConfigurationError: The voxels are too wide for what is there, a cell lies in a solid or is closed in,
            or molecules would pile up for ever.
    """
    from scipy.ndimage import distance_transform_edt  # noqa: PLC0415

    wide = size / max(cells, 1)
    _check(barriers, vessel, wide, diffusion, decay, cell_radius)
    middles = (np.arange(cells) + 0.5) * wide
    x, y, z = np.meshgrid(middles, middles, middles, indexing="ij")
    free = _reached(distance(barriers, vessel, size, (x, y, z)) > 0, vessel)
    secreted = np.stack([_secreted(free, wide, np.asarray(site), cell_radius) for site in sites])
    with threadpool_limits(limits=1):  # how many threads there are changes the last bits
        if vessel is None:
            found = _in_tissue(free, secreted, wide, diffusion, decay)
        else:
            speeds = flow(vessel, size, (x, y, z))[0][0]
            found = _in_vessel(free, secreted, wide, diffusion, decay, speeds)
    nearest = distance_transform_edt(~free, return_distances=False, return_indices=True)
    return np.maximum(found, 0.0).astype(np.float32)[:, nearest[0], nearest[1], nearest[2]]


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
        seed: Of the chance by which they lie: the same seed, the same places.

    Returns:
        Centres, µm, shape (number, 3).

    Raises:
        ConfigurationError: So many do not fit.
    """
    rng = np.random.default_rng(seed)
    room = cell_radius + 2 * robot_radius
    drawn = rng.uniform(min(room, size / 2), max(size - room, size / 2), (_DRAWN, 3))
    if vessel is not None:
        angle = rng.uniform(0.0, 2 * math.pi, _DRAWN)
        drawn[:, 1] = size / 2 + (vessel.radius - cell_radius) * np.cos(angle)
        drawn[:, 2] = size / 2 + (vessel.radius - cell_radius) * np.sin(angle)
    fitting = drawn[distance(barriers, None, size, (drawn[:, 0], drawn[:, 1], drawn[:, 2])) >= room]
    taken: list[Array] = []
    while len(fitting) and len(taken) < number:
        taken.append(fitting[0])
        fitting = fitting[np.linalg.norm(fitting - fitting[0], axis=1) >= room + cell_radius]
    if len(taken) < number:
        raise ConfigurationError(
            f"sites: of {number} cells with a cell_radius of {cell_radius:g} µm only {len(taken)} fit; ask "
            f"for at most {len(taken)}, or for a size above {size:g} µm or fewer barriers"
        )
    return np.array(taken)


def _check(
    barriers: Sequence[Ball | Wall],
    vessel: Vessel | None,
    wide: float,
    diffusion: float,
    decay: float,
    cell_radius: float,
) -> None:
    """Refuse voxels that do not resolve what is there, and molecules that nothing removes."""
    limits = [("cell_radius", cell_radius), ("half of the decay length", decay_length(diffusion, decay) / 2)]
    if vessel is not None:
        limits.append(("half of vessel.radius", vessel.radius / 2))
        if vessel.flow == decay == 0.0:
            raise ConfigurationError("decay is 0 1/s in a vessel with a flow of 0 µm/s; give more of either")
    for index, barrier in enumerate(barriers):
        if isinstance(barrier, Ball):
            limits.append((f"barriers[{index}].radius", barrier.radius))
        else:  # two voxels: one for what is near each side
            thin = min(high - low for low, high in zip(barrier.low, barrier.high, strict=True))
            limits.append((f"half of the thickness of barriers[{index}]", thin / 2))
    for name, most in limits:
        if wide > most:
            raise ConfigurationError(
                f"cells: a voxel is {wide:g} µm wide; give more cells, so that it is above 0 and at most "
                f"{most:g} µm: {name}"
            )


def _reached(free: Array, vessel: Vessel | None) -> Array:
    """Return the free voxels without those that are closed off from the outside, shape as given."""
    from scipy.ndimage import label  # noqa: PLC0415

    parts, _ = label(free)
    ends = [np.take(parts, end, axis) for axis in range(1 if vessel else 3) for end in (0, -1)]
    outside = np.unique(np.concatenate([end.ravel() for end in ends]))
    reached: Array = np.isin(parts, outside[outside > 0])
    return reached


def _secreted(free: Array, wide: float, site: Array, radius: float) -> Array:
    """Return what a cell's surface gives off in each voxel, molecules/s, 1 in all: shape as `free`."""
    turn = np.arange(_SHELL) + 0.5  # a spiral of points, each for the same area
    height, angle = 1 - 2 * turn / _SHELL, math.pi * (1 + math.sqrt(5)) * turn
    around = np.sqrt(1 - height**2)
    surface = site + radius * np.stack([around * np.cos(angle), around * np.sin(angle), height], axis=1)
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


def _in_tissue(free: Array, secreted: Array, wide: float, diffusion: float, decay: float) -> Array:
    """Solve where nothing flows: the concentration for each secretion, shape as `secreted`."""
    from scipy.linalg import eigh  # noqa: PLC0415 - takes a second, and few need it
    from scipy.sparse import diags  # noqa: PLC0415
    from scipy.sparse.linalg import LinearOperator, cg  # noqa: PLC0415

    widths = wide * np.concatenate([_BEYOND[::-1], np.ones(len(free)), _BEYOND])
    long, beyond = len(widths), len(_BEYOND)
    free = np.pad(free, beyond, mode="edge")  # a barrier that reaches a face goes on
    steep = 1 / decay_length(diffusion, decay) + 2 * _FACE / widths.sum()
    end = steep / (1 + steep * widths[0] / 2)
    joins = 2 / (widths[1:] + widths[:-1])
    area = np.outer(widths, widths)

    given_off = decay * np.multiply.outer(widths, area)  # by each voxel for each molecule/µm³ in it
    exchanged = []
    for axis in range(3):
        outwards = np.moveaxis(given_off, axis, 0)
        outwards[[0, -1]] += diffusion * end * area
        low, high = _sides(axis)
        conductance = np.moveaxis(np.multiply.outer(diffusion * joins, area), 0, axis)
        conductance = np.where(free[low] & free[high], conductance, 0.0)
        given_off[low] += conductance
        given_off[high] += conductance
        to_next = np.pad(conductance, [(0, int(axis == one)) for one in range(3)]).ravel()
        exchanged.append(-to_next[: -(long ** (2 - axis))])
    steps = (long**2, long, 1)
    balance = diags([given_off.ravel(), *exchanged, *exchanged], [0, *steps, *(-step for step in steps)])

    line = np.diag(np.append(joins, end) + np.append(end, joins)) - np.diag(joins, 1) - np.diag(joins, -1)
    rates, modes = eigh(line / np.sqrt(np.outer(widths, widths)))
    spectrum = (diffusion * (rates[:, None, None] + rates[:, None] + rates) + decay).astype(np.float32)
    modes = (modes / np.sqrt(widths)[:, None]).astype(np.float32)  # a first guess need not be exact

    def without_barriers(gained: Array) -> Array:
        mixed = _along_all(modes.T, gained.astype(np.float32).reshape((long,) * 3)) / spectrum
        return (_along_all(modes, mixed) * free).ravel()

    guess = LinearOperator(balance.shape, matvec=without_barriers, dtype=np.float32)
    found = [cg(balance, np.pad(one, beyond).ravel(), rtol=1e-7, M=guess)[0] for one in secreted]
    return np.stack(found).reshape(-1, *free.shape)[:, *(slice(beyond, -beyond),) * 3]


def _sides(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return indices of what is on the low and on the high side of each face between voxels."""
    before = (slice(None),) * axis
    return (*before, slice(None, -1)), (*before, slice(1, None))


def _along_all(matrix: Array, values: Array) -> Array:
    """Multiply a matrix with values along each of their three axes."""
    first = (matrix @ values.reshape(len(matrix), -1)).reshape(values.shape)
    turned: Array = ((matrix @ first).reshape(-1, len(matrix)) @ matrix.T).reshape(values.shape)
    return turned


class _Lumen(NamedTuple):
    """The voxels of a vessel's lumen: N cross-sections of n voxels, some of them solid.

    Attributes:
        free: Which are not solid, shape (N, n).
        pairs: Which are neighbours in a cross-section, shape (p, 2).
        along: Between which fluid goes along x, face i lying upstream of cross-section i, shape (N + 1, n);
            the two ends are left out here.
        across: Between which pairs it goes, shape (N, p).
        wide: A voxel's width, µm.
    """

    free: Array
    pairs: Array
    along: Array
    across: Array
    wide: float


def _lumen(free: Array, wide: float) -> _Lumen:
    section = free.any(axis=0)
    number = np.full(section.shape, -1)
    number[section] = np.arange(section.sum())
    pairs = np.concatenate(
        [np.stack([number[a].ravel(), number[b].ravel()], 1) for a, b in map(_sides, (0, 1))]
    )
    pairs = pairs[(pairs >= 0).all(axis=1)]
    inside = free[:, section]
    along = np.pad(inside[1:] & inside[:-1], ((1, 1), (0, 0)))
    return _Lumen(inside, pairs, along, inside[:, pairs[:, 0]] & inside[:, pairs[:, 1]], wide)


def _in_vessel(
    free: Array, secreted: Array, wide: float, diffusion: float, decay: float, speeds: Array
) -> Array:
    """Solve in a lumen; `speeds` are those of the lines of voxels along x, µm/s, shape (cells, cells)."""
    section, lumen = free.any(axis=0), _lumen(free, wide)
    ends = np.where(lumen.free[[0, -1]], speeds[section], 0.0)
    along = np.where(lumen.along, speeds[section], 0.0)
    across = np.zeros(lumen.across.shape)
    if not lumen.free.all():
        along, across, ends = _led_around(lumen, along, ends)
    losses = np.full(lumen.free.shape, decay * wide**3)
    for end, outwards in ((0, -ends[0]), (-1, ends[1])):
        # Beyond, C goes on as exp(-k x / q), and q C leaves: q = (v + sqrt(v² + 4 k D)) / 2.
        reach = np.sqrt(outwards**2 + 4 * decay * diffusion)
        against = 2 * decay * diffusion / np.maximum(reach - outwards, 1e-30)  # the same, without cancelling
        leaving = np.where(outwards > 0, (outwards + reach) / 2, against)
        losses[end] += wide**2 * leaving * np.exp(-decay * wide / 2 / np.maximum(leaving, 1e-30))
    passing = (
        *_exchange(along, diffusion, wide, lumen.along),
        *_exchange(across, diffusion, wide, lumen.across),
    )
    source = np.moveaxis(secreted[:, :, section], 0, -1)
    found = np.zeros_like(secreted)
    found[:, :, section] = np.moveaxis(_eliminated(lumen, losses, passing, source), -1, 0)
    return found


def _exchange(speed: Array, diffusion: float, wide: float, joined: Array) -> tuple[Array, Array]:
    """Return what passes faces forth and back by concentration, µm³/s: Scharfetter and Gummel's flux."""
    peclet = speed * wide / diffusion
    small = np.abs(peclet) < 1e-9
    bounded = np.clip(np.where(small, 1.0, peclet), -500.0, 500.0)  # beyond, the stream alone counts
    against = np.where(
        small, 1.0, np.where(np.abs(peclet) > 500, np.maximum(-peclet, 0), bounded / np.expm1(bounded))
    )
    scale = diffusion * wide * joined
    return scale * (against + peclet), scale * against


def _led_around(lumen: _Lumen, along: Array, ends: Array) -> tuple[Array, Array, Array]:
    """Return the stream that goes round the barriers: along x, across, and at both ends, µm/s.

    Of all that lose no fluid it is the nearest to the one given, from which it differs by the gradient of a
    pressure, 0 at both ends (Helmholtz's decomposition).
    """
    wide = lumen.wide
    losses = np.zeros(lumen.free.shape)
    losses[[0, -1]] += 2 * wide * lumen.free[[0, -1]]
    one = (wide * lumen.along, wide * lumen.along, wide * lumen.across, wide * lumen.across)
    stream = along + np.concatenate([ends[:1], np.zeros_like(along[1:-1]), ends[1:]])
    gained = -(wide**2) * np.diff(stream, axis=0)
    pressure = _eliminated(lumen, losses, one, gained[..., None])[..., 0]
    drop = -np.diff(pressure, axis=0, prepend=0.0, append=0.0) / wide
    across = (pressure[:, lumen.pairs[:, 0]] - pressure[:, lumen.pairs[:, 1]]) / wide
    return (
        along + drop * lumen.along,
        across * lumen.across,
        ends + 2 * drop[[0, -1]] * lumen.free[[0, -1]],
    )


def _eliminated(lumen: _Lumen, losses: Array, passing: tuple[Array, ...], source: Array) -> Array:
    """Solve a balance exactly, by block elimination from the first cross-section to the last and back.

    Args:
        lumen: Where.
        losses: What each voxel loses to nowhere, µm³/s, shape (N, n).
        passing: What passes faces forth and back along x, (N + 1, n), and in cross-sections, (N, p).
        source: What it gains, shape (N, n, r): r problems at once.
    """
    forth, back, aside, home = passing
    first, second = lumen.pairs.T
    diagonal = losses + forth[1:] + back[:-1]
    for voxels, passed_on in ((first, aside), (second, home)):
        np.add.at(diagonal.T, voxels, passed_on.T)
    diagonal[~lumen.free] = 1.0
    link, known = np.zeros((len(losses[0]),) * 2), np.zeros_like(source[0])
    passed = []
    for i, own in enumerate(diagonal):  # C of i is known + link (C of i + 1)
        block = np.diag(own) - forth[i][:, None] * link
        block[first, second] -= home[i]
        block[second, first] -= aside[i]
        gained = source[i] + forth[i][:, None] * known
        link, known = np.split(
            np.linalg.solve(block, np.hstack([np.diag(back[i + 1]), gained])), [len(own)], 1
        )
        passed.append((link, known))
    found = [known]
    for link, known in passed[-2::-1]:
        found.append(known + link @ found[-1])
    return np.stack(found[::-1])
