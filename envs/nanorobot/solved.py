"""The solved field of a tissue with barriers or a vessel, and which places its cancer cells may have.

A field takes seconds to solve, so it is done once for a fixed choice of places, from which each world draws.
"""

from functools import lru_cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot import field
from neuralbrain.envs.nanorobot.barriers import Ball, Vessel, Wall
from neuralbrain.envs.nanorobot.tissue import Point, Tissue
from neuralbrain.envs.nanorobot.vectors import Vector

PLACES = 16
"""How many places there are for cancer cells, where none are given and so many fit."""
_CELLS = (32, 96)
"""Voxels along an edge of the tissue, at least and at most: two to a cell's radius if it can be."""
_ACROSS = 10
"""Voxels to a vessel's radius, if it can be."""
_LEAST = 1e-30
"""What barriers leave of a field where they close it off."""
_SEED = 0
"""Of the random numbers by which they lie: they are the tissue's own, like its barriers, not a world's."""


class Solved(NamedTuple):
    """A solved field.

    Attributes:
        places: Where cancer cells may be, µm, shape (places, 3).
        grids: For each, the logarithm of the factor by which barriers and flow change the field.
        size: Edge of the tissue, µm.
    """

    places: NDArray[np.float64]
    grids: NDArray[np.float32]
    size: float

    def factor(self, place: jax.Array, point: Vector) -> jax.Array:
        """Return by what factor they change what a cell at one of the places gives a point."""
        return jnp.exp(field.at(jnp.asarray(self.grids), self.size, point, place))


def solved_field(tissue: Tissue) -> Solved | None:
    """Return the solved field of a tissue; None where the field of free space is exact.

    Raises:
        ConfigurationError: It cannot be solved, or there is no room for the cells.
    """
    if not tissue.barriers and tissue.vessel is None:
        return None
    return _solved(
        tissue.cancer,
        tissue.barriers,
        tissue.vessel,
        tissue.size,
        tissue.diffusion,
        tissue.decay,
        tissue.cell_radius,
        tissue.robot_radius,
        tissue.targets,
    )


@lru_cache(maxsize=2)  # one takes up to 60 MB
def _solved(
    cancer: int,
    barriers: tuple[Ball | Wall, ...],
    vessel: Vessel | None,
    size: float,
    diffusion: float,
    decay: float,
    cell_radius: float,
    robot_radius: float,
    targets: tuple[Point, ...],
) -> Solved:
    """Return it; the parameters are those that it depends on, so that others do not have it solved again."""
    places = (
        np.array(targets)
        if targets
        else field.sites(barriers, vessel, size, cell_radius, robot_radius, PLACES, _SEED, least=cancer)
    )
    widest = min(most for _, most in field.limits(barriers, vessel, diffusion, decay, cell_radius / 2))
    if vessel is not None and not barriers:  # that is quickly solved
        widest = min(widest, vessel.radius / _ACROSS, cell_radius / 3)
    cells = int(np.clip(np.ceil(size / widest), *_CELLS))
    solved = field.solve(barriers, vessel, size, diffusion, decay, places, cell_radius, cells)
    free = field.without_barriers(None, size, diffusion, decay, places, cell_radius, cells)
    grids = np.log(np.maximum(solved / free, _LEAST))  # unportable: solved by LAPACK
    return Solved(places, grids.astype(np.float32), size)
