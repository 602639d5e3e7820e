"""How sure a measured share is, and how it is said."""

import math

Z95 = 1.959963984540054
"""Of the standard normal distribution: 95 % lie within."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a probability.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212.

    Args:
        successes: How often it happened.
        trials: Of how many times, at least 1.
    """
    rate, z2 = successes / trials, Z95**2
    middle = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 * math.sqrt(rate * (1 - rate) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def in_percent(successes: int, trials: int) -> str:
    """Return a share with its 95 % interval and of how many it is: "97.7 % (95.3 to 98.9) of 300"."""
    low, high = (100 * bound for bound in wilson(successes, trials))
    return f"{100 * successes / trials:.1f} % ({low:.1f} to {high:.1f}) of {trials:,}"
