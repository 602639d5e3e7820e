"""What luck alone reaches, and how sure a share of right answers is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binom, binomtest

ALPHA = 0.05


def chance_level(labels: Sequence[str] | Any) -> float:
    """Return the share of right answers of who always says what is said most: from 1/classes to 1."""
    _, counts = np.unique(np.asarray(labels), return_counts=True)
    return float(counts.max() / counts.sum())


def luck_bound(trials: int, chance: float, alpha: float = ALPHA) -> float:
    """Return the least share of right answers that luck reaches too rarely; above 1 if there is none.

    E. Combrisson and K. Jerbi, "Exceeding chance level by chance", Journal of Neuroscience Methods 250
    (2015), 126-136: by the binomial distribution.

    Args:
        trials: How many independent ones are tested, at least 1.
        chance: The probability of each to be right by luck, from 0 to 1.
        alpha: How rare it has to be.
    """
    return (float(binom.isf(alpha, trials, chance)) + 1) / trials


def interval(right: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, as Wilson has it.

    Args:
        right: How many.
        trials: Of how many, at least 1.
    """
    found = binomtest(right, trials).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
