"""The steady concentration in a vessel's lumen with barriers in it, where the fluid flows around them.

Fresh blood comes in and what leaves is gone, although robots come back upstream: a loop of blood would fill
with molecules until nothing pointed to a cell. Beyond both ends each streamline goes on for ever, alone. It
is solved exactly, cross-section by cross-section (block elimination).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.diffusing import sides

Array = NDArray[Any]


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
        [np.stack([number[a].ravel(), number[b].ravel()], 1) for a, b in map(sides, (0, 1))]
    )
    pairs = pairs[(pairs >= 0).all(axis=1)]
    inside = free[:, section]
    along = np.pad(inside[1:] & inside[:-1], ((1, 1), (0, 0)))
    return _Lumen(inside, pairs, along, inside[:, pairs[:, 0]] & inside[:, pairs[:, 1]], wide)


def in_vessel(
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
    losses[[0, -1]] += wide**2 * left_at([-ends[0], ends[1]], diffusion, decay, wide / 2)
    passing = (
        *exchange(along, diffusion, wide, wide**2 * lumen.along),
        *exchange(across, diffusion, wide, wide**2 * lumen.across),
    )
    source = np.moveaxis(secreted[:, :, section], 0, -1)
    found = np.zeros_like(secreted)
    found[:, :, section] = np.moveaxis(eliminated(lumen.pairs, losses, passing, source, lumen.free), -1, 0)
    return found


def left_at(outwards: Any, diffusion: float, decay: float, half: float) -> Array:
    """Return how fast molecules leave through an end, µm/s, by concentration in the middle of the last voxel.

    Beyond, C goes on as exp(-k x / q), and q C leaves: q = (v + sqrt(v² + 4 k D)) / 2.

    Args:
        outwards: The stream's speed towards the outside, v, µm/s.
        diffusion: D, µm²/s.
        decay: k, 1/s.
        half: How far the end is from that middle, µm.
    """
    outwards = np.asarray(outwards)
    reach = np.sqrt(outwards**2 + 4 * decay * diffusion)
    against = 2 * decay * diffusion / np.maximum(reach - outwards, 1e-30)  # the same, without cancelling
    leaving = np.where(outwards > 0, (outwards + reach) / 2, against)
    found: Array = leaving * np.exp(-decay * half / np.maximum(leaving, 1e-30))
    return found


def exchange(speed: Array, diffusion: float, apart: Any, area: Array) -> tuple[Array, Array]:
    """Return what passes faces forth and back by concentration, µm³/s: Scharfetter and Gummel's flux.

    Args:
        speed: Of the stream through each face, µm/s.
        diffusion: µm²/s.
        apart: How far from each other the middles on both sides are, µm.
        area: Of each face, µm².
    """
    peclet = speed * apart / diffusion
    small = np.abs(peclet) < 1e-9
    bounded = np.clip(np.where(small, 1.0, peclet), -500.0, 500.0)  # beyond, the stream alone counts
    against = np.where(
        small, 1.0, np.where(np.abs(peclet) > 500, np.maximum(-peclet, 0), bounded / np.expm1(bounded))
    )
    scale = diffusion / apart * area
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
    pressure = eliminated(lumen.pairs, losses, one, gained[..., None], lumen.free)[..., 0]
    drop = -np.diff(pressure, axis=0, prepend=0.0, append=0.0) / wide
    across = (pressure[:, lumen.pairs[:, 0]] - pressure[:, lumen.pairs[:, 1]]) / wide
    return (
        along + drop * lumen.along,
        across * lumen.across,
        ends + 2 * drop[[0, -1]] * lumen.free[[0, -1]],
    )


def eliminated(
    pairs: Array, losses: Array, passing: tuple[Array, ...], source: Array, free: Any = True
) -> Array:
    """Solve balances exactly, by block elimination from the first cross-section to the last and back.

    Args:
        pairs: Which of the n voxels of a cross-section are neighbours, shape (p, 2).
        losses: What each voxel loses to nowhere, µm³/s, shape (N, ..., n): as many balances at once.
        passing: What passes faces forth and back, along x, (N + 1, ..., n), and across it, (N, ..., p).
        source: What it gains, shape (N, ..., n, r): r problems at once.
        free: Which voxels take part, shape (N, ..., n).
    """
    forth, back, aside, home = passing
    first, second = pairs.T
    diagonal = losses + forth[1:] + back[:-1]
    for voxels, passed_on in ((first, aside), (second, home)):
        np.add.at(diagonal.T, voxels, np.broadcast_to(passed_on, (*diagonal.shape[:-1], len(pairs))).T)
    diagonal = np.where(free, diagonal, 1.0)
    each = np.arange(diagonal.shape[-1])
    link, known = np.zeros((*diagonal.shape[1:], len(each))), np.zeros_like(source[0])
    passed = []
    for i, own in enumerate(diagonal):  # C of i is known + link (C of i + 1)
        block = -forth[i][..., None] * link
        block[..., each, each] += own
        block[..., first, second] -= home[i]
        block[..., second, first] -= aside[i]
        on = np.zeros_like(block)
        on[..., each, each] = back[i + 1]
        gained = source[i] + forth[i][..., None] * known
        both = np.linalg.solve(block, np.concatenate([on, gained], axis=-1))
        link, known = both[..., : len(each)], both[..., len(each) :]
        passed.append((link, known))
    found = [known]
    for link, known in passed[-2::-1]:
        found.append(known + link @ found[-1])
    return np.stack(found[::-1])
