"""What rare hits say about where a source is: how often they come, and the belief that they leave.

A source that nobody sees lets go of particles, which a robot on a grid of cells now and then catches: it is
hit. The setting is that of A. Loisy and C. Eloy, "Searching for a source without gradients: how good is
infotaxis and how to beat it", Proceedings of the Royal Society A 478 (2022), 20220118, in one and in three
dimensions. The unit of length is a step (the edge of a cell), the unit of time a tick.

Hits at distance d are a Poisson number of mean mu(d); numbers from ``bins - 1`` on are one bin. The belief is
the probability of each cell to hold the source, given all that has been counted. It is exact: Bayes' rule,
cell by cell.
"""

import math
from functools import cache
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from scipy.special import gammainc, gammaln, xlogy

from neuralbrain.errors import ConfigurationError, UnknownNameError
from neuralbrain.portable import mapped

OUTSIDE = 1e-3
"""The grid is the smallest beyond which the source lies with less than this probability."""
_LONGEST = {1: 50.0, 3: 4.0}
"""In three dimensions the grid has about (20 length)³ cells."""
_LEAST = 1e-37
"""No sum of a belief is below it, unless the belief is empty."""


class Source(BaseModel):
    """A source of particles, as seen by a robot that moves a cell a tick.

    Attributes:
        dimensions: Of the grid, 1 or 3.
        length: How far particles spread before they decay, L = sqrt(D tau) / dx, cells; 1 to 50 in one
            dimension, 1 to 4 in three.
        rate: What the source lets go, I = R dt, particles a tick; 0.01 to 100.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimensions: Literal[1, 3] = 1
    length: float = Field(default=2.0, ge=1.0, le=50.0)
    rate: float = Field(default=2.0, ge=0.01, le=100.0)

    @model_validator(mode="after")
    def _belief_fits(self) -> "Source":
        if self.length > _LONGEST[self.dimensions]:
            raise ValueError("too long for three dimensions")
        return self

    @classmethod
    def of(cls, **settings: Any) -> "Source":
        """Make a source.

        Raises:
            ConfigurationError: A parameter is out of its range; the message names it, its unit and its range.
        """
        try:
            return cls(**settings)
        except ValidationError as error:
            raise ConfigurationError(f"source: {_fault(error)}") from error

    @property
    def bins(self) -> int:
        """How many numbers of hits are told apart: ceil(mu + sqrt(mu)) + 1 at a distance of one cell."""
        near = float(mean_hits(self, 1.0))
        return math.ceil(near + math.sqrt(near)) + 1

    @property
    def side(self) -> int:
        """Edge of the grid, cells, odd: whatever the first count, the source is inside (see `OUTSIDE`)."""
        return _side(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the grid."""
        return (self.side,) * self.dimensions


def _fault(error: ValidationError) -> str:
    """Say the first fault in one line, with the parameter's unit and range."""
    fault = error.errors()[0]
    name = str(fault["loc"][0]) if fault["loc"] else "length"
    value = fault["input"] if fault["loc"] else fault["input"]["length"]
    ranges = {
        "dimensions": "1 or 3",
        "length": f"{1:g} to {_LONGEST[1]:g} cells in one dimension, {1:g} to {_LONGEST[3]:g} in three",
        "rate": "0.01 to 100 particles a tick",
    }
    if name not in ranges:
        return str(UnknownNameError("parameter", name, ranges))
    return f"{name} is {value!r}; give {ranges[name]}"


def mean_hits(source: Source, distance: Any) -> Any:
    """Return the mean number of hits in a tick, NumPy or JAX as the distance is.

    A robot of radius a = dx / 2, half a cell, absorbs what touches it (Smoluchowski 1917). With
    a / lambda = 1 / (2 L), in one dimension mu = I / (1 - a / lambda) exp(-d / L), in three
    mu = I a / d exp(-d / L) (Loisy and Eloy 2022, with their mu_0 e = I / (1 - a / lambda), I a / lambda).

    Args:
        source: What lets go of them.
        distance: Between robot and source, cells, above 0, any shape.
    """
    radius = 0.5
    decayed = math.e ** (-distance / source.length)
    if source.dimensions == 1:
        return source.rate / (1 - radius / source.length) * decayed
    return source.rate * radius / distance * decayed


def hit_probabilities(source: Source, distance: NDArray[Any]) -> NDArray[np.float64]:
    """Return the probability of each bin of hits; the last bin holds all larger numbers.

    Args:
        source: What lets go of them.
        distance: Cells, above 0, any shape.

    Returns:
        Shape (bins, ...), of sum 1 along the first axis.
    """
    mean = mean_hits(source, np.asarray(distance, np.float64))
    logs = [xlogy(hits, mean) - mean - gammaln(hits + 1) for hits in range(source.bins - 1)]
    return np.stack([*(mapped(math.exp, log) for log in logs), gammainc(source.bins - 1, mean)])


@cache
def first_hits(source: Source) -> NDArray[np.float64]:
    """Return the probability of each first count, of which none is 0, shape (bins,).

    It is that of a robot anywhere in an endless space: the sum over shells around the source of the chance
    there by the shell's volume.
    """
    probabilities = _over_shells(source).sum(axis=1)
    probabilities[0] = 0.0
    return np.asarray(probabilities / probabilities.sum())


def _over_shells(source: Source) -> NDArray[np.float64]:
    """Return chance by volume of each bin and each shell of thickness 1, radius 1, 2 ...; not normalised."""
    radius = np.arange(1, int(1000 * source.length))
    whole = np.stack([radius + 0.5, radius - 0.5])
    outer, inner = np.prod([whole] * source.dimensions, axis=0)
    volume: NDArray[np.float64] = outer - inner
    return hit_probabilities(source, radius) * volume


@cache
def _side(source: Source) -> int:
    within = np.cumsum(_over_shells(source)[1:], axis=1)
    outside = 1 - within / within[:, -1:]
    return 2 * int((outside >= OUTSIDE).sum(axis=1).max() + 1) + 1


@cache
def evidence(source: Source) -> NDArray[np.float32]:
    """Return the probability of each bin of hits for each displacement between robot and cell.

    Returns:
        Shape (bins, 2 side + 1, ...), no displacement in the middle. There it is 0: a robot at the source has
        found it.
    """
    axes = np.meshgrid(*[np.arange(-source.side, source.side + 1)] * source.dimensions, indexing="ij")
    distance = np.sqrt(sum(axis**2 for axis in axes))
    here = distance == 0
    return np.where(here, 0.0, hit_probabilities(source, np.where(here, 1.0, distance))).astype(np.float32)


@cache
def first_beliefs(source: Source) -> NDArray[np.float64]:
    """Return the belief after each first count, in the middle of the grid, shape (bins, side, ...).

    Without it all cells are alike, but for the robot's own, where the source is not.
    """
    quarter = source.side // 2 + 1
    middle = (slice(None), *[slice(quarter, quarter + source.side)] * source.dimensions)
    weight = evidence(source)[middle].astype(np.float64)
    return np.asarray(weight / weight.sum(axis=tuple(range(1, weight.ndim)), keepdims=True))


def around(source: Source, robot: jax.Array) -> jax.Array:
    """Return the evidence for each cell of the grid and of a rim of one cell around it.

    The rim serves to look ahead: seen from the next cell, the same numbers have moved by one.

    Args:
        source: What lets go of particles.
        robot: Its cell, int32, shape (dimensions,).

    Returns:
        Shape (bins, side + 2, ...).
    """
    table = jnp.asarray(evidence(source))
    corner = jnp.concatenate([jnp.zeros(1, jnp.int32), source.side - 1 - robot])
    return jax.lax.dynamic_slice(table, corner, (source.bins, *[source.side + 2] * source.dimensions))


def updated(source: Source, belief: jax.Array, robot: jax.Array, hits: jax.Array) -> jax.Array:
    """Return the belief after a count in a cell that does not hold the source: Bayes' rule.

    What cannot be (it never is, in this world) leaves nothing but zeros.

    Args:
        source: What lets go of particles.
        belief: Before, shape (side, ...).
        robot: Its cell, int32, shape (dimensions,).
        hits: The bin that was counted, int32.
    """
    inner = (hits, *[slice(1, -1)] * source.dimensions)
    weight = belief * around(source, robot)[inner]
    return weight / jnp.maximum(weight.sum(), _LEAST)
