"""CMA-ES over a controller's parameters (N. Hansen, "The CMA Evolution Strategy", arXiv:1604.00772)."""

from typing import Any

import cma
import numpy as np
from numpy.typing import NDArray

SPREAD = 0.5
"""The standard deviation of first draws' parameters."""


class Search:
    """A search from zero for the parameters of the highest scores; it has random numbers of its own.

    Args:
        size: How many parameters there are.
        population: How many candidates a generation has.
        seed: Of its random numbers.
    """

    def __init__(self, size: int, population: int, seed: int) -> None:
        generator = np.random.default_rng(np.random.SeedSequence([seed, 21]))
        self._strategy = cma.CMAEvolutionStrategy(
            np.zeros(size),
            SPREAD,
            {
                "popsize": population,
                "seed": np.nan,  # nothing is drawn from NumPy's global generator, and nothing seeds it
                "randn": lambda *shape: generator.standard_normal(shape),
                "verbose": -9,
            },
        )
        self.told: list[NDArray[np.float64]] = []
        """The scores of each generation so far: who tells them again has the same search again."""

    @property
    def mean(self) -> NDArray[np.float64]:
        """Where it stands."""
        return np.array(self._strategy.mean)

    @property
    def spread(self) -> NDArray[np.float64]:
        """The standard deviation of its candidates, shape (size,)."""
        return np.array(self._strategy.stds)

    @property
    def generations(self) -> int:
        """How many it has been told."""
        return len(self.told)

    def ask(self) -> NDArray[np.float64]:
        """Return a generation's candidates, shape (population, size), to be told of next."""
        return np.array(self._strategy.ask())

    def tell(self, candidates: NDArray[np.float64], scores: NDArray[Any]) -> None:
        """Take in the candidates' scores."""
        told = np.asarray(scores, float)
        self._strategy.tell(list(candidates), (-told).tolist())
        self.told.append(told)

    def again(self, told: NDArray[np.float64]) -> None:
        """Go where a search like this one was after these scores, shape (generations, population)."""
        for scores in told:
            self.tell(self.ask(), scores)
