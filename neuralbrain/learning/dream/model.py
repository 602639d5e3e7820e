"""The world model: a recurrent network that says what comes next, what that earns, and whether it ends.

An LSTM reads what is observed and done. From its state, and from both, a mixture density network (C. Bishop,
1994) draws what is observed next, as in D. Ha and J. Schmidhuber, "World Models", arXiv:1803.10122; one
choice of the mixture's components is shared within an object. A second network sees the state and a
controller's view of before and after, and says the reward and whether the episode ends.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp

from neuralbrain.learning.dream.episodes import Episodes
from neuralbrain.learning.dream.source import Source

View = Callable[[jax.Array], jax.Array]
LEAST_LOG, MOST_LOG = -6.0, 1.5
"""Where the logarithms of a component's standard deviations are cut, in those of the feature."""
OUTCOME = 64
"""The width of the network that says reward and end."""
LOG_2PI = 1.8378770664093453


class Shape(NamedTuple):
    """The sizes of a model.

    Attributes:
        seen: Entries of an observation.
        done: Entries of an action.
        view: Entries of what a controller gets of an observation.
        hidden: The LSTM's.
        components: Of each mixture.
        objects: Which entries of an observation belong together.
    """

    seen: int
    done: int
    view: int
    hidden: int
    components: int
    objects: tuple[tuple[int, ...], ...]


class Memory(NamedTuple):
    """What the LSTM keeps: its output and its cell, each of shape (hidden,)."""

    output: jax.Array
    cell: jax.Array


class Scale(NamedTuple):
    """By what numbers are brought to about 1: their mean and their standard deviation."""

    mean: jax.Array
    deviation: jax.Array

    def down(self, value: jax.Array) -> jax.Array:
        """Return a number as the networks take it."""
        return (value - self.mean) / self.deviation

    def up(self, value: jax.Array) -> jax.Array:
        """Return it back."""
        return value * self.deviation + self.mean


class Mixture(NamedTuple):
    """What comes next, in features.

    Attributes:
        weights: Logarithms, shape (objects, components).
        mean: Shape (seen, components).
        log_deviation: Likewise.
    """

    weights: jax.Array
    mean: jax.Array
    log_deviation: jax.Array


class WorldModel(eqx.Module):
    """A model of a world.

    Args:
        shape: Its sizes.
        key: For its first weights.
    """

    shape: Shape = eqx.field(static=True)
    cell: eqx.nn.LSTMCell
    head: eqx.nn.Linear
    outcome: eqx.nn.MLP
    features: Scale
    viewed: Scale
    rewards: Scale

    def __init__(self, shape: Shape, key: jax.Array) -> None:
        first, second, third = jax.random.split(key, 3)
        outputs = 2 * shape.seen * shape.components + len(shape.objects) * shape.components
        self.shape = shape
        self.cell = eqx.nn.LSTMCell(shape.seen + shape.done, shape.hidden, key=first)
        self.head = eqx.nn.Linear(shape.hidden + shape.seen + shape.done, outputs, key=second)
        self.outcome = eqx.nn.MLP(shape.hidden + 2 * shape.view, 2, OUTCOME, 1, key=third)
        self.features = Scale(jnp.zeros(shape.seen), jnp.ones(shape.seen))
        self.viewed = Scale(jnp.zeros(shape.view), jnp.ones(shape.view))
        self.rewards = Scale(jnp.zeros(()), jnp.ones(()))

    def start(self) -> Memory:
        """Return the memory with which an episode begins."""
        return Memory(jnp.zeros(self.shape.hidden), jnp.zeros(self.shape.hidden))

    def remember(self, memory: Memory, seen: jax.Array, done: jax.Array, mask: jax.Array) -> Memory:
        """Return the memory after a step; the mask, shape (hidden,), multiplies its output (dropout)."""
        output, cell = self.cell(jnp.concatenate([seen, done]), memory)
        return Memory(output * mask, cell)

    def next(self, memory: Memory, seen: jax.Array, done: jax.Array) -> Mixture:
        """Return what comes after ``seen`` when ``done`` is done; all are features."""
        raw = self.head(jnp.concatenate([memory.output, seen, done]))
        size, components = self.shape.seen, self.shape.components
        split = size * components
        mean, log, weights = raw[:split], raw[split : 2 * split], raw[2 * split :]
        return Mixture(
            jax.nn.log_softmax(weights.reshape(-1, components)),
            seen[:, None] + mean.reshape(size, components),
            jnp.clip(log.reshape(size, components), LEAST_LOG, MOST_LOG),
        )

    def ends(self, memory: Memory, before: jax.Array, after: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Return the reward, as the network has it, and the logit of an end, from views as they are."""
        raw = self.outcome(
            jnp.concatenate([memory.output, self.viewed.down(before), self.viewed.down(after)])
        )
        return raw[0], raw[1]

    def surprise(self, mixture: Mixture, after: jax.Array) -> jax.Array:
        """Return the negative logarithm of the density at what came, a feature."""
        off = (after[:, None] - mixture.mean) * jnp.exp(-mixture.log_deviation)
        each = -0.5 * off**2 - mixture.log_deviation - 0.5 * LOG_2PI
        together = self.membership() @ each
        return -logsumexp(mixture.weights + together, axis=1).sum() / self.shape.seen

    def membership(self) -> jax.Array:
        """Return which entry belongs to which object, shape (objects, seen), 0 or 1."""
        belongs = jnp.zeros((len(self.shape.objects), self.shape.seen))
        for number, entries in enumerate(self.shape.objects):
            belongs = belongs.at[number, jnp.asarray(entries)].set(1.0)
        return belongs

    def owner(self) -> jax.Array:
        """Return the number of each entry's object, shape (seen,)."""
        return jnp.argmax(self.membership(), axis=0)


def new_model(world: Source, episodes: Episodes, hidden: int, components: int, key: jax.Array) -> WorldModel:
    """Return a model that has learned nothing but the scales of what it will see.

    Args:
        world: What it will model.
        episodes: From which the scales are taken.
        hidden: The LSTM's size.
        components: Of each mixture.
        key: For its first weights.
    """
    views = jax.vmap(world.view)(jnp.asarray(episodes.after))
    shape = Shape(world.seen.size, world.done.size, views.shape[1], hidden, components, world.objects)
    model = WorldModel(shape, key)
    scales = (_scale(jnp.asarray(episodes.after)), _scale(views), _scale(jnp.asarray(episodes.reward)))
    made: WorldModel = eqx.tree_at(lambda m: (m.features, m.viewed, m.rewards), model, scales)
    return made


def _scale(values: jax.Array) -> Scale:
    deviation = values.std(axis=0)
    return Scale(values.mean(axis=0), jnp.where(deviation > 1e-6, deviation, 1.0))
