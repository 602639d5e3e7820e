"""A learned table: what a robot's basal ganglia need to act, in one file.

It needs no JAX: a region of a brain can hold one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from neuralbrain.errors import BlueprintError, ConfigurationError, RecordError, UnknownNameError
from neuralbrain.learning.archive import load, save
from neuralbrain.learning.bins import Bins, Discretisation
from neuralbrain.words import shown

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
            ``action_space`` (as text), ``first_action``, ``action_names`` (empty where there are none),
            ``settings`` (the rule with its schedules), ``robots``, ``seed``, ``steps`` (robot-steps done),
            ``versions``.

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
        first = self.manifest.get("first_action", 0)
        if type(first) is not int or not -(2**31) <= first < 2**31 - shape[2]:
            raise ConfigurationError(f"a Q-table's first action is {shown(first)}; it is a whole number")
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


@dataclass(frozen=True, kw_only=True)
class TableForm:
    """What a region can use a table for.

    Attributes:
        entries: What it may tell states apart by: the first entries of an observation, in their order.
        actions: How many actions it may have.
        env: The short name of the environment in which such a table is learned.
    """

    entries: Sequence[str]
    actions: tuple[int, ...]
    env: str


def load_table(region: str, name: str, form: TableForm) -> QTable:
    """Return the table by which a region acts.

    Args:
        region: The region's name, for errors.
        name: Of a table that we bring, or its file (*.npz).
        form: What it must be like.

    Raises:
        UnknownNameError: There is no table of that name.
        RecordError: It cannot be read.
        ConfigurationError: It is damaged.
        BlueprintError: It was learned from other observations, or with other actions.
    """
    path = Path(name)
    if not path.suffix:
        home = Path(str(files("neuralbrain.agents") / "tables"))
        path = home / f"{name}.npz"
        if not path.is_file():
            known = [file.stem for file in home.glob("*.npz")]
            raise UnknownNameError("table", name, known, "Or give the path of one (*.npz).")
    table = QTable.load(path)
    cuts = table.bins.cuts if isinstance(table.bins, Bins) else ()
    where, advice = f"region {region!r}, table: {name!r}", f"train one with `run.py train q --env {form.env}`"
    if not cuts or any(cut.entry >= len(form.entries) for cut in cuts):
        raise BlueprintError(
            f"{where} was not learned from what this region senses ({', '.join(form.entries)}): {advice}"
        )
    if table.values.shape[2] not in form.actions:
        wanted = " or ".join(map(str, form.actions))
        raise BlueprintError(f"{where} has {table.values.shape[2]} actions, and not {wanted}: {advice}")
    return table
