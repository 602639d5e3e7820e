"""A training run under way: it advances in chunks, and stands still in between so that it can be saved.

What a chunk leaves is put in place in one go: an interruption at any moment loses the chunk under way and
nothing else, and the chunk is done again to the last bit when the run is resumed.
"""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from neuralbrain.errors import RecordError
from neuralbrain.learning.archive import load, save
from neuralbrain.learning.setup import TrainingSetup, versions
from neuralbrain.learning.table import QTable

FORMAT = 2
WHAT = "training checkpoint"
LONGEST = 10_000
"""An evaluation lets a world run for at most so many ticks: some have no end of their own."""


@dataclass(frozen=True)
class Point:
    """A point of the learning curve: what has come of the episodes that began since the last one.

    They are told by when they began, for of those that many robots begin together the short ones end first,
    which are the lucky ones. So it is not known what came of them before all have ended.

    Attributes:
        steps: Robot-steps done then.
        began: How many episodes began.
        episodes: How many of them have ended.
        returns: The sum of the rewards of these.
        successes: How many of these were solved; None if the environment does not say.
        lengths: The sum of their ticks.
        alpha: The learning rate then.
        epsilon: The share of random actions then.
    """

    steps: int
    began: int
    episodes: int
    returns: float
    successes: int | None
    lengths: float
    alpha: float
    epsilon: float

    @property
    def known(self) -> bool:
        """Whether any began, and all have ended."""
        return 0 < self.began == self.episodes

    @property
    def mean_return(self) -> float | None:
        """Their mean sum of rewards; None if it is not known yet."""
        return self.returns / self.began if self.known else None

    @property
    def success(self) -> float | None:
        """The share that was solved; None if it is not known yet, or the environment does not say."""
        return self.successes / self.began if self.known and self.successes is not None else None

    @property
    def mean_length(self) -> float | None:
        """Their mean number of ticks; None if it is not known yet."""
        return self.lengths / self.began if self.known else None

    def told(self) -> dict[str, float | int | None]:
        """Return it as data for people and programs."""
        names = ("steps", "began", "episodes", "mean_return", "success", "mean_length", "alpha", "epsilon")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class PolicyEvaluation:
    """How well the greedy policy does in fresh worlds.

    Attributes:
        worlds: How many.
        mean_return: Mean sum of rewards.
        return_error: Its standard error.
        success: The share that was solved; None if the environment does not say.
        mean_length: Mean number of ticks.
        unfinished: How many were cut off after `LONGEST` ticks.
    """

    worlds: int
    mean_return: float
    return_error: float
    success: float | None
    mean_length: float
    unfinished: int

    @classmethod
    def of(
        cls,
        returns: NDArray[Any],
        lengths: NDArray[Any],
        successes: NDArray[Any] | None,
        finished: NDArray[Any],
    ) -> "PolicyEvaluation":
        """Sum up episodes, one entry each."""
        number = len(returns)
        spread = float(np.std(returns, ddof=1)) if number > 1 else 0.0
        return cls(
            worlds=number,
            mean_return=float(np.mean(returns)),
            return_error=spread / number**0.5,
            success=None if successes is None else float(np.mean(successes)),
            mean_length=float(np.mean(lengths)),
            unfinished=int(number - np.sum(finished)),
        )


class Moment(NamedTuple):
    """Where a run stands.

    Attributes:
        steps: Robot-steps done.
        curve: The learning curve so far.
        carry: All that the next step depends on: a JAX pytree with a `learner`.
    """

    steps: int
    curve: tuple[Point, ...]
    carry: Any


class Training(ABC):
    """A training run.

    Args:
        setup: What it is.
    """

    def __init__(self, setup: TrainingSetup) -> None:
        self.setup = setup
        self._moment: Moment | None = None

    @abstractmethod
    def _begin(self) -> Any:
        """Return the carry of a run that begins."""

    @abstractmethod
    def _advanced(self, moment: Moment, until: int) -> Moment:
        """Return where the run stands after a chunk that ends at ``until`` robot-steps or a little after."""

    @abstractmethod
    def evaluate(self, worlds: int) -> PolicyEvaluation:
        """Let the greedy policy act in fresh worlds, the same for the same seed; nothing is learned."""

    @property
    def moment(self) -> Moment:
        """Where the run stands."""
        if self._moment is None:
            self._moment = Moment(0, (), self._begin())
        return self._moment

    @property
    def newest(self) -> Point | None:
        """The newest point of the learning curve that is known; None: none is yet."""
        return next((point for point in reversed(self.moment.curve) if point.known), None)

    @property
    def done(self) -> bool:
        """Whether all robot-steps of the setup are done."""
        return self.moment.steps >= self.setup.steps

    def advance(self) -> Point:
        """Go on to the next point of the learning curve; return it."""
        before, chunk = self.moment, self.setup.chunk
        until = min((before.steps // chunk + 1) * chunk, self.setup.steps)
        self._moment = self._advanced(before, until)
        return self._moment.curve[-1]

    def table(self) -> QTable:
        """Return what has been learned."""
        setup = self.setup
        return QTable(
            np.asarray(self.moment.carry.learner.values),
            setup.bins,
            {
                "env": setup.env,
                "env_kwargs": setup.kwargs,
                "observation_space": setup.observation_space,
                "action_space": setup.action_space,
                "first_action": setup.first_action,
                "action_names": list(setup.action_names),
                "settings": setup.settings.model_dump(mode="json"),
                "robots": setup.robots,
                "seed": setup.seed,
                "steps": self.moment.steps,
                "versions": versions(),
            },
        )

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all: from it the run goes on as if it had never stopped.

        Raises:
            RecordError: It cannot be written.
        """
        leaves = jax.tree.leaves(self.moment.carry)
        save(
            path,
            {f"leaf{i}": np.asarray(_plain(leaf)) for i, leaf in enumerate(leaves)},
            {
                "what": WHAT,
                "format": FORMAT,
                "plan": self.setup.model_dump(mode="json"),
                "steps": self.moment.steps,
                "curve": [asdict(point) for point in self.moment.curve],
                "versions": versions(),
            },
        )

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint of this setup.

        Raises:
            RecordError: It cannot be read, or does not fit.
        """
        arrays, manifest = load(path, WHAT, FORMAT)
        wanted, tree = jax.tree.flatten(jax.eval_shape(self._begin))
        if len(arrays) != len(wanted):
            raise RecordError(
                f"{path} holds {len(arrays)} arrays, the environment and the learner have {len(wanted)}: "
                "it was written with another version of them; train again"
            )
        leaves = [_typed(path, arrays, f"leaf{i}", leaf) for i, leaf in enumerate(wanted)]
        curve = tuple(Point(**point) for point in manifest["curve"])
        self._moment = Moment(int(manifest["steps"]), curve, jax.tree.unflatten(tree, leaves))


def planned(path: Path) -> TrainingSetup:
    """Return the setup of the run that a checkpoint belongs to.

    Raises:
        RecordError: It cannot be read.
    """
    _, manifest = load(path, WHAT, FORMAT)
    try:
        return TrainingSetup.model_validate(manifest["plan"])
    except (KeyError, ValidationError) as error:
        raise RecordError(f"{path} is a damaged checkpoint: {error}; train again") from error


def _plain(leaf: Any) -> Any:
    return jax.random.key_data(leaf) if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key) else leaf


def _typed(path: Path, arrays: dict[str, NDArray[Any]], name: str, wanted: Any) -> jax.Array:
    """Return an array of a checkpoint as the run wants it."""
    plain = jax.eval_shape(_plain, wanted)
    found = arrays.get(name)
    if found is None or found.shape != plain.shape or found.dtype != plain.dtype:
        have = "missing" if found is None else f"{found.dtype} of shape {found.shape}"
        raise RecordError(
            f"{path}: {name} is {have}, it should be {plain.dtype} of shape {plain.shape}: it was written "
            "with another version of the environment or the learner; train again"
        )
    key = jnp.issubdtype(wanted.dtype, jax.dtypes.prng_key)
    array: jax.Array = jax.random.wrap_key_data(jnp.asarray(found)) if key else jnp.asarray(found)
    return array
