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
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.consent import is_path, refuse_paths
from neuralbrain.errors import RecordError
from neuralbrain.learning import archive
from neuralbrain.learning.dream.episodes import Episodes
from neuralbrain.learning.dream.model import Shape, WorldModel
from neuralbrain.learning.dream.rules import DreamRules, Settings
from neuralbrain.learning.dream.source import Floats, Source, source
from neuralbrain.learning.worlds import same_spaces
from neuralbrain.profile import pinned_jax

WHAT, FORMAT = "world model", 1
STARTS = 512
"""At most so many first observations are kept."""


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
        objects: Which entries of an observation belong together.
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
    objects: tuple[tuple[int, ...], ...]
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
        arrays = {f"weight{i:02}": leaf for i, leaf in enumerate(_leaves(self.model))}
        archive.save(path, {**arrays, "starts": self.starts}, self.manifest.model_dump(mode="json"))


def starts_of(episodes: Episodes) -> Floats:
    """Return the first observations of episodes, of the newest if there are many."""
    return episodes.before[episodes.first][-STARTS:]


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
    if manifest.objects != world.objects:
        raise RecordError(
            f"{path} groups {manifest.env}'s observations otherwise than it does now: train again"
        )
    return Dream(_filled(path, manifest, world, arrays), world, arrays["starts"], manifest)


@pinned_jax()
def _filled(path: Path, manifest: Manifest, world: Source, arrays: Mapping[str, Any]) -> WorldModel:
    """Return the model of these weights."""
    view = jax.eval_shape(world.view, jnp.zeros(world.seen.size))
    shape = Shape(
        world.seen.size, world.done.size, view.shape[0], manifest.hidden, manifest.components, world.objects
    )
    empty = eqx.filter_eval_shape(WorldModel, shape, jax.random.key(0))
    weights, fixed = eqx.partition(empty, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    wanted, tree = jax.tree.flatten(weights)
    found = [arrays.get(f"weight{i:02}") for i in range(len(wanted))]
    starts = arrays.get("starts")
    fits = starts is not None and starts.ndim == 2 and starts.shape[1] == world.seen.size and len(starts)
    for want, have in zip(wanted, found, strict=True):
        fits = fits and have is not None and have.shape == want.shape and have.dtype == want.dtype
    if not fits or len(arrays) != len(wanted) + 1:
        raise RecordError(f"{path}: its weights are not those of its sizes: give another, or train again")
    if not all(np.isfinite(part).all() for part in arrays.values()):
        raise RecordError(f"{path}: a weight of it is no finite number: give another, or train again")
    return eqx.combine(jax.tree.unflatten(tree, [jnp.asarray(have) for have in found]), fixed)  # type: ignore[no-any-return]


def _leaves(model: WorldModel) -> list[Any]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_array))]
