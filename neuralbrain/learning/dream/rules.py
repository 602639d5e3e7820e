"""A dream as the rules of one world: see `neuralbrain.batch.Rules`."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.arguments import one_of, quantity
from neuralbrain.learning.dream.model import Memory, WorldModel
from neuralbrain.learning.dream.source import Floats, Source
from neuralbrain.randomness import fraction, key_of, normal, threefry

MASKS = ("none", "episode", "step")
"""When entries of the LSTM's output are left out: never, the same all episode, new each step."""
TRAIL = 120
"""Of how many ticks a picture shows the way."""
_PIXELS = 160


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How is dreamt.

    Attributes:
        mask: One of `MASKS`.
        dropout: The chance that an entry is left out, 0 to below 1.
        temperature: How uncertain it is: weights are divided by it, variances multiplied; above 0.
        shift: Added to the logit of an end.
    """

    mask: str = "none"
    dropout: float = 0.1
    temperature: float = 1.0
    shift: float = 0.0

    def checked(self) -> "Settings":
        """Return them.

        Raises:
            ConfigurationError: One is outside its range.
        """
        one_of("mask", self.mask, MASKS)
        quantity("dropout", self.dropout, 0.0, 0.95, "")
        quantity("temperature", self.temperature, 0.01, 10.0, "")
        quantity("shift", self.shift, -20.0, 20.0, "")
        return self


class DreamState(NamedTuple):
    """One dream.

    Attributes:
        key: Its key for random numbers, and of the next dream's.
        tick: int32.
        seen: What is observed, as a vector.
        memory: The LSTM's.
        mask: By what its output is multiplied.
        reward: What the last step earned.
        over: Whether it ended the dream.
    """

    key: jax.Array
    tick: jax.Array
    seen: jax.Array
    memory: Memory
    mask: jax.Array
    reward: jax.Array
    over: jax.Array


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["model", "starts"],
    meta_fields=["world", "settings", "ticks"],
    drop_fields=["digest"],
)
@dataclass(frozen=True, eq=False)
class DreamRules:
    """The rules of a dream. Two are equal if their digests, settings and ticks are.

    They are a pytree of JAX, so that what is compiled for one model serves the next one as well.

    Attributes:
        model: The world model.
        world: What it models.
        starts: First observations of real episodes, as vectors, shape (n, size): dreams begin so.
        digest: A hash of the model and of its starts.
        settings: How is dreamt.
        ticks: When the time is up.
    """

    model: WorldModel = field(repr=False)
    world: Source = field(repr=False)
    starts: Floats = field(repr=False)
    digest: str = ""
    settings: Settings = Settings()
    ticks: int = 0
    trail = TRAIL

    def __post_init__(self) -> None:
        object.__setattr__(self, "ticks", self.ticks or self.world.ticks)

    def _same(self) -> tuple[Any, ...]:
        return self.digest, self.settings, self.ticks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DreamRules) and self._same() == other._same()

    def __hash__(self) -> int:
        return hash(self._same())

    def within(self, ticks: int) -> "DreamRules":
        """Return the same rules, but that the time is up after so many ticks at most."""
        return replace(self, ticks=min(ticks, self.ticks))

    @property
    def observations(self) -> spaces.Space[Any]:
        """Those of the world."""
        return self.world.observations

    @property
    def actions(self) -> spaces.Space[Any]:
        """Those of the world."""
        return self.world.actions

    @property
    def bins(self) -> Any:
        """How a table tells observations apart, where the world recommends it."""
        return getattr(getattr(self.world.batch, "rules", None), "bins", None)

    @property
    def view(self) -> Any:
        """What a controller gets of an observation's vector."""
        return self.world.view

    def reset(self, key: jax.Array) -> DreamState:
        """Begin as a real episode began, with a mask of its own."""
        key, start, mask = jax.random.split(key, 3)
        number = jax.random.randint(start, (), 0, len(self.starts))
        memory = self.model.start()
        return DreamState(
            key=key,
            tick=jnp.int32(0),
            seen=jnp.asarray(self.starts)[number],
            memory=memory,
            mask=self._mask(jax.random.uniform(mask, (memory.output.size,))),
            reward=jnp.float32(0.0),
            over=jnp.zeros((), bool),
        )

    def step(self, state: DreamState, action: jax.Array) -> DreamState:
        """Dream a tick: draw the next observation, then whether that is the end."""
        model, shape = self.model, self.model.shape
        size = shape.objects * shape.hidden if self.settings.mask == "step" else 0
        sizes = [shape.objects * shape.components, shape.seen, 1, size]
        chances = _chances(state.key, state.tick, sum(sizes))
        choice, noise, end, fresh = jnp.split(chances, np.cumsum(sizes)[:-1])
        done = self.world.done.encode(action[None])[0]
        seen, mask = model.features.down(state.seen), self._mask(fresh) if size else state.mask
        memory = model.remember(state.memory, seen, done, mask)
        drawn = model.drawn(
            model.next(memory, seen, done),
            choice.reshape(shape.objects, shape.components),
            normal(noise),
            self.settings.temperature,
        )
        after = self.world.seen.nearest(model.features.up(drawn))
        reward, ended = model.ends(
            memory, seen, model.features.down(after), (self.world.sight(state.seen), self.world.sight(after))
        )
        return state._replace(
            tick=state.tick + 1,
            seen=after,
            memory=memory,
            mask=mask,
            reward=model.rewards.up(reward),
            over=end[0] < jax.nn.sigmoid(ended + self.settings.shift),
        )

    def _mask(self, chances: jax.Array) -> jax.Array:
        form = (self.model.shape.objects, self.model.shape.hidden)
        if self.settings.mask == "none":
            return jnp.ones(form)
        kept = 1.0 - self.settings.dropout
        return (chances.reshape(form) < kept) / kept

    def observe(self, state: DreamState) -> jax.Array:
        """Return what is observed."""
        return self.world.seen.decode(state.seen)

    def reward(self, before: DreamState, after: DreamState) -> jax.Array:
        """Return what is thought to be earned."""
        return after.reward

    def over(self, state: DreamState) -> jax.Array:
        """Whether it ended."""
        return state.over

    def success(self, state: DreamState) -> jax.Array:
        """Return False: a dream has no truth by which anything would be solved."""
        return jnp.zeros((), bool)

    def info(self, state: DreamState) -> dict[str, jax.Array]:
        """Return nothing: likewise."""
        return {}

    def place(self, state: DreamState) -> jax.Array:
        """Return what is observed, in features: the lines of a picture."""
        return self.model.features.down(state.seen)

    def picture(self, state: DreamState, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the last ticks from left to right, a row for each entry of the observation's vector."""
        shown = np.zeros((path.shape[1], TRAIL))
        shown[:, TRAIL - len(path) :] = np.clip(path.T / 6 + 0.5, 0.0, 1.0)
        rows = np.arange(_PIXELS) * len(shown) // _PIXELS
        columns = np.arange(2 * TRAIL) // 2
        return np.repeat((255 * shown[rows][:, columns]).astype(np.uint8)[:, :, None], 3, axis=2)

    def text(self, state: DreamState) -> str:
        """Return what is observed as numbers."""
        return f"tick {int(state.tick)}: " + " ".join(f"{value:.2f}" for value in np.asarray(state.seen))


def _chances(key: jax.Array, tick: jax.Array, number: int) -> jax.Array:
    """Return a tick's random numbers, between 0 and 1, shape (number,); the key stays the dream's."""
    blocks = jnp.arange((number + 1) // 2, dtype=jnp.uint32)
    return fraction(jnp.concatenate(threefry(key_of(key), blocks, tick.astype(jnp.uint32)))[:number])
