"""The steady concentration in a tissue where nothing flows.

Beyond the cube lies more tissue. There the grid goes on in wider and wider voxels, and ends in the slope that
a source in the middle of the cube would have. It is solved by conjugate gradients, preconditioned by what
solves the grid without barriers exactly: a product of three problems of one dimension each (R. Lynch, J.
Rice, D. Thomas, Numerische Mathematik 6 (1964), 185-199).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.physics import decay_length

Array = NDArray[Any]
_BEYOND = 1.5 ** np.arange(1, 8)
"""Widths of the voxels beyond the cube, in voxels."""
_FACE = 0.66
"""Of 1/r over the face of a cube around its source: the mean flux, times the face's distance, over the mean
value, (2 pi / 3) / 3.173."""


def in_tissue(free: Array, secreted: Array, wide: float, diffusion: float, decay: float) -> Array:
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
        low, high = sides(axis)
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
    found = [cg(balance, np.pad(one, beyond).ravel(), rtol=1e-10, M=guess)[0] for one in secreted]
    return np.stack(found).reshape(-1, *free.shape)[:, *(slice(beyond, -beyond),) * 3]


def sides(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return indices of what is on the low and on the high side of each face between voxels."""
    before = (slice(None),) * axis
    return (*before, slice(None, -1)), (*before, slice(1, None))


def _along_all(matrix: Array, values: Array) -> Array:
    """Multiply a matrix with values along each of their three axes."""
    first = (matrix @ values.reshape(len(matrix), -1)).reshape(values.shape)
    turned: Array = ((matrix @ first).reshape(-1, len(matrix)) @ matrix.T).reshape(values.shape)
    return turned
