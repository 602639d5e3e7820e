"""A world model as one file: its weights, first observations of real episodes, and a manifest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.consent import is_path, refuse_paths
from neuralbrain.errors import RecordError
from neuralbrain.learning import archive
from neuralbrain.learning.dream.episodes import Episodes
from neuralbrain.learning.dream.model import WorldModel, shape_of
from neuralbrain.learning.dream.rules import DreamRules, Settings
from neuralbrain.learning.dream.source import Floats, Kinds, Source, source
from neuralbrain.learning.setup import versions
from neuralbrain.learning.worlds import same_spaces
from neuralbrain.profile import pinned_jax, profile

WHAT, FORMAT = "world model", 1
STARTS = 512
"""So many first observations are kept."""


class Manifest(BaseModel):
    """What a model's file says of it.

    Attributes:
        what: `WHAT`.
        format: Its version.
        env: The world that it models.
        kwargs: What that was made with.
        observation_space: The world's, as text.
        action_space: Likewise.
        hidden: The LSTM's size.
        components: Of each mixture.
        kinds: Which entries of an observation belong together.
        dropout: In training.
        seed: Of the run that trained it.
        updates: Of its weights, in all.
        real_steps: Of the world, from which it was learned.
        data: The hash of these episodes.
        profile: The numeric profile under which it was learned.
        versions: Of the libraries.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    what: str = WHAT
    format: int = FORMAT
    env: str = Field(max_length=10_000)
    kwargs: dict[str, Any]
    observation_space: str
    action_space: str
    hidden: int = Field(ge=1, le=4096)
    components: int = Field(ge=1, le=64)
    kinds: Kinds
    dropout: float = Field(ge=0, lt=1)
    seed: int = Field(ge=0, le=HIGHEST_SEED)
    updates: int = Field(ge=0)
    real_steps: int = Field(ge=0)
    data: str
    profile: str
    versions: dict[str, str]


@dataclass(frozen=True)
class Dream:
    """A world model with all that a dream needs.

    Attributes:
        model: It.
        world: What it models.
        starts: First observations of real episodes, as vectors.
        manifest: What its file says.
    """

    model: WorldModel
    world: Source
    starts: Floats
    manifest: Manifest

    @property
    def digest(self) -> str:
        """A hash of the model, of its starts and of what it models."""
        whole = hashlib.sha256(json.dumps([self.manifest.env, self.manifest.kwargs]).encode())
        for part in (*_leaves(self.model), self.starts):
            whole.update(np.ascontiguousarray(part).tobytes())
        return whole.hexdigest()

    def rules(self, settings: Settings | None = None, ticks: int = 0) -> DreamRules:
        """Return the rules of the dream; ticks of 0 are the world's."""
        return DreamRules(
            self.model, self.world, self.starts, self.digest, (settings or Settings()).checked(), ticks
        )

    def save(self, path: Path) -> None:
        """Write it.

        Raises:
            RecordError: It cannot be written.
        """
        arrays = {**weights_of(self.model), "starts": self.starts}
        archive.save(path, arrays, self.manifest.model_dump(mode="json"))


def starts_of(episodes: Episodes) -> Floats:
    """Return the first observations of the newest episodes, repeated if they are few, shape (512, size)."""
    return np.resize(episodes.before[episodes.first][-STARTS:], (STARTS, episodes.before.shape[1]))


def dream_of(
    world: Source, model: WorldModel, episodes: Episodes, *, dropout: float, seed: int, updates: int
) -> Dream:
    """Return a dream of a model.

    Args:
        world: What it models.
        model: It.
        episodes: From which it was learned.
        dropout: In training.
        seed: Of the run.
        updates: Of its weights, in all.
    """
    manifest = Manifest(
        env=world.env,
        kwargs=dict(world.kwargs),
        observation_space=str(world.observations),
        action_space=str(world.actions),
        hidden=model.shape.hidden,
        components=model.shape.components,
        kinds=world.kinds,
        dropout=dropout,
        seed=seed,
        updates=updates,
        real_steps=episodes.steps,
        data=episodes.hash,
        profile=profile().name,
        versions=versions(),
    )
    return Dream(model, world, starts_of(episodes), manifest)


def load_dream(path: Path, *, allow_code: bool = False) -> Dream:
    """Read what `Dream.save` wrote, and make the world that it models.

    Args:
        path: The file.
        allow_code: Whether it may name a world by the module that registers it.

    Raises:
        RecordError: It cannot be read, is cut short, or is something else.
        ConfigurationError: Its world is named by a module, cannot be made, or is no longer what it was.
    """
    arrays, said = archive.load(path, WHAT, FORMAT)
    try:
        manifest = Manifest.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise RecordError(f"{path} is no world model: {place}: {first['msg']}; train again") from error
    if is_path(manifest.env) and not allow_code:
        refuse_paths([("env", manifest.env)], str(path))
    world = source(manifest.env, manifest.kwargs)
    same_spaces(
        manifest.env,
        (manifest.observation_space, manifest.action_space),
        world.observations,
        world.actions,
    )
    if manifest.kinds != world.kinds:
        raise RecordError(
            f"{path} groups {manifest.env}'s observations otherwise than it does now: train again"
        )
    starts = arrays.pop("starts", np.zeros(0))
    if starts.shape != (STARTS, world.seen.size) or not _finite(starts):
        raise RecordError(f"{path}: its first observations are none of {manifest.env}: train again")
    with pinned_jax():
        shape = shape_of(world, manifest.hidden, manifest.components)
        empty = eqx.filter_eval_shape(WorldModel, shape, jax.random.key(0))
        return Dream(with_weights(path, empty, arrays), world, starts, manifest)


def weights_of(model: WorldModel) -> dict[str, NDArray[Any]]:
    """Return a model's weights by name."""
    return {f"weight{i:02}": leaf for i, leaf in enumerate(_leaves(model))}


def with_weights(path: Path, model: WorldModel, arrays: Mapping[str, NDArray[Any]]) -> WorldModel:
    """Return a model with these weights in place of its own, or of their shapes.

    Raises:
        RecordError: They are not those of its sizes, or one is no finite number; it names the path.
    """
    weights, fixed = eqx.partition(
        model, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct) or eqx.is_array(leaf)
    )
    wanted, tree = jax.tree.flatten(weights)
    found = [arrays.get(f"weight{i:02}") for i in range(len(wanted))]
    fits = len(arrays) == len(wanted) and all(
        have is not None and have.shape == want.shape and have.dtype == want.dtype
        for want, have in zip(wanted, found, strict=True)
    )
    if not fits:
        raise RecordError(f"{path}: its weights are not those of its sizes: give another, or train again")
    if not all(map(_finite, found)):
        raise RecordError(f"{path}: a weight of it is no finite number: give another, or train again")
    made: WorldModel = eqx.combine(jax.tree.unflatten(tree, list(map(jnp.asarray, found))), fixed)
    return made


def _finite(array: Any) -> bool:
    return bool(np.isfinite(array).all())


def _leaves(model: WorldModel) -> list[Any]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_array))]
