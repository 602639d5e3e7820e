"""A learned table: what a robot's basal ganglia need to act, in one file.

It needs no JAX: a region of a brain can hold one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning.archive import load, save
from neuralbrain.learning.bins import Discretisation

FORMAT = 1
WHAT = "Q-table"
_BINS: TypeAdapter[Discretisation] = TypeAdapter(Discretisation)


@dataclass(frozen=True)
class QTable:
    """The value of each action in each state.

    Attributes:
        values: float32, shape (tables, states, actions); two tables if double Q-learning made it, whose sum
            decides.
        bins: Which state an observation is.
        manifest: Where it comes from: ``env`` (a Gymnasium id), ``env_kwargs``, ``observation_space`` and
            ``action_space`` (as text), ``first_action``, ``settings`` (the rule with its schedules),
            ``robots``, ``seed``, ``steps`` (robot-steps done), ``versions``.

    Raises:
        ConfigurationError: Values and bins do not fit together.
    """

    values: NDArray[np.float32]
    bins: Discretisation
    manifest: Mapping[str, Any]

    def __post_init__(self) -> None:
        shape = self.values.shape
        if len(shape) != 3 or shape[0] not in (1, 2) or self.values.dtype != np.float32:
            raise ConfigurationError(
                f"a Q-table's values have shape {shape}, {self.values.dtype}; "
                "give (1 or 2 tables, states, actions), float32"
            )
        if shape[1] != self.bins.states:
            raise ConfigurationError(
                f"a Q-table has {shape[1]} states, its bins make {self.bins.states}: they must be the same"
            )
        if not np.isfinite(self.values).all():
            raise ConfigurationError("a Q-table holds values that are not finite numbers: train again")

    @property
    def action_values(self) -> NDArray[np.float32]:
        """The value of each action in each state, shape (states, actions): the mean of the tables."""
        return np.asarray(self.values.mean(axis=0, dtype=np.float32))

    @property
    def policy(self) -> NDArray[np.int32]:
        """The best action in each state, shape (states,); among equals the lowest."""
        return np.asarray(self.values.sum(axis=0).argmax(axis=1), np.int32)

    def greedy(self, observation: Any) -> NDArray[np.int32]:
        """Return the best action for each observation of a batch, or for one.

        Args:
            observation: As the environment gives it, shape (..., entries), or (...) where it is a number.

        Returns:
            int32, shape (...); what the environment takes.
        """
        state = self.bins.state(np.asarray(observation))
        best = self.values[:, state].sum(axis=0).argmax(axis=-1)
        return np.asarray(best + int(self.manifest.get("first_action", 0)), np.int32)

    def check(self, env: str, observations: spaces.Space[Any], actions: spaces.Space[Any]) -> None:
        """Make sure that the table was learned in such an environment.

        Args:
            env: The Gymnasium id.
            observations: Its observation space, of one world.
            actions: Its action space.

        Raises:
            ConfigurationError: It was learned in another; the message names what differs.
        """
        for what, own, there in (
            ("environment", self.manifest.get("env"), env),
            ("observation space", self.manifest.get("observation_space"), str(observations)),
            ("action space", self.manifest.get("action_space"), str(actions)),
        ):
            if own != there:
                raise ConfigurationError(
                    f"this Q-table was learned with the {what} {own}, not {there}: "
                    f"give one that was trained with `run.py train q --env {env}`"
                )
        if isinstance(actions, spaces.Discrete) and self.values.shape[2] != actions.n:
            raise ConfigurationError(
                f"this Q-table has {self.values.shape[2]} actions, {env} takes {actions.n}: train one for it"
            )

    def save(self, path: Path) -> None:
        """Write the table as one file, whole or not at all.

        Raises:
            RecordError: It cannot be written.
        """
        manifest = {
            **self.manifest,
            "what": WHAT,
            "format": FORMAT,
            "shape": list(self.values.shape),
            "bins": self.bins.model_dump(mode="json"),
        }
        save(path, {"values": self.values}, manifest)

    @classmethod
    def load(cls, path: Path) -> "QTable":
        """Read a table.

        Raises:
            RecordError: It cannot be read, is cut short, or is no Q-table.
            ConfigurationError: Its parts do not fit together.
        """
        arrays, manifest = load(path, WHAT, FORMAT)
        try:
            values, bins = arrays["values"], _BINS.validate_python(manifest.pop("bins"))
            shape = manifest.pop("shape")
        except (KeyError, ValidationError) as error:
            raise RecordError(f"{path} is a damaged Q-table: {error}; give or train another") from error
        if list(values.shape) != shape:
            raise RecordError(f"{path}: the values have shape {values.shape}, the manifest says {shape}")
        del manifest["what"], manifest["format"]
        return cls(values, bins, manifest)
