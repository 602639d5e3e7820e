"""Numbers with the same last bits on every x86-64 processor that has AVX2 and FMA.

NumPy holds several versions of some functions and takes the one that suits the processor: with AVX-512 the
last bits of exp, log, tan, arctan2, powers but for 2 and 0.5, and the order of ties in a sort are others.
So does BLAS, which multiplies and solves matrices for NumPy and SciPy, for every family of processors. What
reaches a message goes through neither. Additions, products, square roots, sums over an axis, `np.hypot` and
`np.einsum` without ``optimize`` are the same everywhere, as are Python's `math` functions: the C library
tells processors apart by FMA only, which the profile demands (`neuralbrain.profile`).

`tests/test_portable_calls.py` holds it.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SUMS = {(1, 1): "i,i->", (1, 2): "i,ij->j", (2, 1): "ij,j->i", (2, 2): "ij,jk->ik"}


departures: dict[str, None] = {}
"""What this process has computed for a run whose last bits depend on the processor, in words."""


def depart(what: str) -> None:
    """Note that such an object was computed: the run's manifest will say it."""
    departures[what] = None


def product(left: Floats, right: Floats) -> Floats:
    """Return the product of matrices or vectors, as ``left @ right`` would.

    Args:
        left: Shape (n,) or (m, n).
        right: Shape (n,) or (n, k).
    """
    result: Floats = np.einsum(_SUMS[left.ndim, right.ndim], left, right)
    return result


def gram(rows: Floats, others: Floats) -> Floats:
    """Return the products of rows with other rows, shape (n, k), as ``rows @ others.T`` would.

    Args:
        rows: Shape (n, m).
        others: Shape (k, m).
    """
    result: Floats = np.einsum("ij,kj->ik", rows, others)
    return result


def length(vector: Sequence[float] | Floats) -> float:
    """Return the length of a vector."""
    return math.sqrt(sum([part * part for part in map(float, vector)]))


def lengths(vectors: Floats) -> Floats:
    """Return the lengths of vectors that lie along the last axis."""
    result: Floats = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return result


def unit(angle: float) -> Floats:
    """Return the unit vector, shape (2,), in a direction of the plane, rad."""
    return np.array([math.cos(angle), math.sin(angle)])


def units(angles: Iterable[float]) -> Floats:
    """Return the unit vectors, shape (n, 2), in directions of the plane, rad."""
    return np.array([(math.cos(angle), math.sin(angle)) for angle in angles])


def directions(vectors: Floats) -> Floats:
    """Return the directions of vectors in the plane, rad, shape (n,); the vectors' is (n, 2)."""
    return mapped(math.atan2, vectors[:, 1], vectors[:, 0])


def mapped(function: Callable[..., float], *arrays: NDArray[Any]) -> Floats:
    """Return what one of Python's `math` functions gives for each entry of arrays of one shape."""
    values = [*map(function, *(array.ravel().tolist() for array in arrays))]
    return np.array(values, np.float64).reshape(arrays[0].shape)


def solve(matrix: Floats, right: Floats) -> Floats:
    """Return the solution of a small system, whose matrix is symmetric and positive definite.

    Normal equations have such a matrix. By elimination without pivots, which it does not need (Golub and Van
    Loan, Matrix Computations, section 4.2); only the upper triangle is read. Two or three times as slow as a
    call of LAPACK.

    Args:
        matrix: Shape (n, n).
        right: Shape (n,).
    """
    rows, knowns = matrix.tolist(), right.tolist()
    number = len(rows)
    for i in range(number):
        pivot = rows[i]
        for k in range(i + 1, number):
            share, row = pivot[k] / pivot[i], rows[k]
            for j in range(k, number):
                row[j] -= share * pivot[j]
            knowns[k] -= share * knowns[i]
    for i in range(number - 1, -1, -1):
        row, known = rows[i], knowns[i]
        for j in range(i + 1, number):
            known -= row[j] * knowns[j]
        knowns[i] = known / row[i]
    return np.array(knowns)
