"""How far a tick carries a swimmer that Brownian motion turns on the way, and where it faces then.

Active Brownian motion in three dimensions: it swims at a steady speed along its heading e, which diffuses on
the sphere with the coefficient D_r. Over a tick t, with x = 2 D_r t,

    <e(t)> = exp(-x) e(0),    <displacement> = v t (1 - exp(-x)) / x e(0),

and the second moments follow from <e(s) e(s)> = 1/3 + exp(-3 D_r 2 s) (e(0) e(0) - 1/3) in the same way: see
B. ten Hagen, S. van Teeffelen, H. Löwen, "Brownian motion of a self-propelled particle", Journal of Physics:
Condensed Matter 23 (2011), 194119. All first and second moments of displacement and heading, and of both
together, are the exact ones, so that those over many ticks are, too, however short or long a tick is.
"""

import math
from decimal import Decimal, localcontext
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuralbrain.portable import mapped

LONGEST = 6.0
"""A vector of three normal numbers is longer once in ten million times."""
_LENGTHS, _ANGLES = 256, 2048
_UNIFORM = 20.0
"""From this x on the orientation is as good as new: what is left of it is exp(-20)."""


class Stroke(NamedTuple):
    """What a tick does to a swimmer, by x = 2 D_r t; lengths in those of its way, v t.

    Given the headings before and after, e0 and e1, its displacement has the mean ahead e0 + along (e0 · e1 -
    kept) e0 + across (e1 - (e0 · e1) e0), and varies by chance about it, much as a normal number does.

    Attributes:
        kept: The mean of e0 · e1.
        ahead: By how much it comes forward along e0, on average.
        along: By how much it comes farther where it was turned less than on average.
        across: By how much it comes to the side to which it was turned.
        spread_along: Standard deviation of the rest, along e0.
        spread_across: Across it, along each axis.
        square: Mean square of its displacement.
    """

    kept: float
    ahead: float
    along: float
    across: float
    spread_along: float
    spread_across: float
    square: float


@cache
def stroke(x: float) -> Stroke:
    """Return what a tick does to a swimmer.

    Args:
        x: Twice its rotational diffusion coefficient times the tick, 2 D_r t, above 0.
    """
    with localcontext() as context:
        context.prec = 100  # the terms cancel to the third order in x
        exact = Decimal(x)
        kept, twice = (-exact).exp(), (-3 * exact).exp()  # <P1> and <P2> of e0 · e1
        ahead = (1 - kept) / exact
        late = (1 - ahead) / exact
        mixed = (kept - twice) / (2 * exact)
        second = ((1 - twice) / (3 * exact) - mixed) / exact
        # Variance of e1, along e0 and across, and its covariance with the displacement.
        varies, aside = (1 + 2 * twice) / 3 - kept**2, (1 - twice) / 3
        along = ((ahead + 2 * mixed) / 3 - ahead * kept) / varies
        across = (ahead - mixed) / 3 / aside
        rest_along = (2 * late + 4 * second) / 3 - ahead**2 - along**2 * varies
        rest_across = 2 * (late - second) / 3 - across**2 * aside
        found = (kept, ahead, along, across, rest_along.sqrt(), rest_across.sqrt(), 2 * late)
        return Stroke(*map(float, found))


@cache
def turns(x: float) -> NDArray[np.float32]:
    """Return by what angle a tick turns a robot, rad, from the length of a vector of three normal numbers.

    The axis is that vector's. The angle w is that of diffusion among rotations, of density sin(w / 2) sum_k
    (-1)^k (w + 2 pi k) exp(-(w + 2 pi k)² / (2 x)) up to a factor (the heat kernel of SO(3): W. Furry,
    "Isotropic rotational Brownian motion", Physical Review 107 (1957), 7). Where x is small that is the
    length times the square root of x.

    Args:
        x: As for `stroke`.

    Returns:
        Angles at lengths from 0 to `LONGEST`, evenly spaced.
    """
    x = min(x, _UNIFORM)
    angles = np.linspace(0.0, min(math.pi, 2 * LONGEST * math.sqrt(x)), _ANGLES)
    density = np.zeros(_ANGLES)
    for k in range(-6, 7):
        image = angles + 2 * math.pi * k
        density += (1 - 2 * (k % 2)) * image * mapped(math.exp, -(image**2) / (2 * x))
    density *= mapped(math.sin, angles / 2)
    below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    lengths = np.linspace(0.0, LONGEST, _LENGTHS + 1)
    chances = mapped(_shorter, lengths)
    found: NDArray[np.float32] = np.interp(chances / chances[-1], below / below[-1], angles).astype(
        np.float32
    )
    return found


def _shorter(length: float) -> float:
    """Return the probability that a vector of three normal numbers is shorter (Maxwell's distribution)."""
    return math.erf(length / math.sqrt(2)) - math.sqrt(2 / math.pi) * length * math.exp(-(length**2) / 2)
