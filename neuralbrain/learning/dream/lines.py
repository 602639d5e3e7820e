"""The lines along which objects go on, found by least trimmed squares (P. Rousseeuw, 1984).

What follows no line, a ball that is thrown anew, must not bend the lines of what does. So each line is fitted
to the half of the steps that it fits best, and the next line to the steps that it does not fit.
"""

import math

import numpy as np

from neuralbrain.portable import Floats, gram, lengths, mapped, solve

REFITS = 10
NEAR = 1e-2
"""A step is on a line if it is nearer to it than this, a standard deviation of its feature being 1, or than
four times the line's deviation."""
RIDGE = 1e-9
"""Added to the mean squares, so that what is given may be redundant."""
LEAST = 1e-9
"""The least deviation, so that its logarithm is a number."""


def lines_of(given: Floats, moved: Floats, number: int) -> tuple[Floats, Floats]:
    """Return the lines of some objects, and the logarithms of how far steps are off them.

    Args:
        given: What an object sees, does, and 1, in features, shape (steps, n).
        moved: How far its entries go in that step, shape (steps, entries).
        number: How many lines; where too few steps are left for one, it is the one before.

    Returns:
        Coefficients, shape (number, entries, n), and logarithms of standard deviations, (number, entries).
    """
    lines, logs = [], []
    left = np.arange(len(given))
    line, off = np.zeros((moved.shape[1], given.shape[1])), np.ones(moved.shape[1])
    for _ in range(number):
        if len(left) > 4 * given.shape[1]:
            line, off = _line(given[left], moved[left])
            far = abs(moved[left] - gram(given[left], line)) > np.maximum(NEAR, 4 * off)
            left = left[far.any(axis=1)]
        lines.append(line)
        logs.append(mapped(math.log, np.maximum(off, LEAST)))
    return np.array(lines).reshape(number, *line.shape), np.array(logs).reshape(number, len(off))


def _line(given: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """Return the line of the half that it fits best, and the half's deviations from it."""
    kept = np.arange(len(given))
    for _ in range(REFITS):
        some = given[kept]
        squares = np.einsum("ni,nj->ij", some, some) / len(some) + RIDGE * np.eye(some.shape[1])
        sums = np.einsum("ni,nj->ji", some, moved[kept]) / len(some)
        line = np.array([solve(squares, own) for own in sums])
        off = moved - gram(given, line)
        kept = np.argsort(lengths(off), kind="stable")[: (len(given) + 1) // 2]
    return line, np.sqrt((off[kept] ** 2).mean(axis=0))
