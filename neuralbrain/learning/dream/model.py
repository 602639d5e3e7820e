"""The world model: recurrent networks that say what comes next, what that earns, and whether it ends.

An LSTM reads what is observed and done. From its state, and from both, a mixture density network (C. Bishop,
1994) draws what is observed next, as in D. Ha and J. Schmidhuber, "World Models", arXiv:1803.10122. A second
network sees the state, before and after, and says the reward and whether the episode ends.

Where a world declares its objects, each has a memory and a mixture of its own, so that one choice of the
mixture's components is shared within an object; objects of a kind share all weights, so that what one teaches
is known of all. An object sees itself, what is done, and the objects that are alone of their kind. Rewards
add up, and the episode ends when any object ends it.

Most of the time an object goes on as it did, and errors add up from tick to tick. So the first components of
its mixture are lines, linear in what it sees, found by least squares (`neuralbrain.learning.dream.lines`);
the others are for what a line does not say: a ball that has landed, and is thrown anew.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from numpy.typing import NDArray

from neuralbrain.learning.dream.episodes import Episodes
from neuralbrain.learning.dream.lines import lines_of
from neuralbrain.learning.dream.source import Kinds, Source
from neuralbrain.profile import pinned_jax

LEAST_LOG, MOST_LOG = -5.0, 1.5
"""Where the logarithms of a component's standard deviations are cut, in those of the feature."""
LINES = 2
"""So many components are lines, of objects of up to `LEANING` entries: a ball flies, or waits for its throw;
of wider ones they would cost too much."""
LEAST_LINE = -7.0
"""The least of a line's: what flies through a whole field adds up its errors."""
WIDTH = 64
"""Of the networks that say what comes next, and what that earns and ends."""
LEANING = 16
"""Up to so many entries of an object lean on each other."""
FREQUENCIES = (1.5, 4.0, 10.0, 25.0)
"""Of `waves`, radians a standard deviation."""
LEAST = 1e-30
"""The least chance of an end, so that its logarithm is a number."""
LOG_2PI = 1.8378770664093453
ROWS = 20_000
"""From so many first steps the lines are found."""


class Shape(NamedTuple):
    """The sizes of a model.

    Attributes:
        seen: Entries of an observation.
        done: Entries of an action.
        sight: Entries of what the world declares for controllers.
        hidden: The size of an object's LSTM.
        components: Of each mixture.
        kinds: The kinds of objects, of each its objects, and of each the entries of an observation.
    """

    seen: int
    done: int
    sight: int
    hidden: int
    components: int
    kinds: Kinds

    @property
    def objects(self) -> int:
        """How many there are."""
        return sum(map(len, self.kinds))

    @property
    def shared(self) -> tuple[int, ...]:
        """The entries that all objects see: of those that are alone of their kind, if there are others."""
        return tuple(i for kind in self.kinds if len(kind) == 1 < self.objects for i in kind[0])


class Memory(NamedTuple):
    """What the LSTMs keep: their outputs and their cells, each of shape (objects, hidden)."""

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
    """What comes next of the n objects of a kind, in features.

    Attributes:
        weights: Logarithms, shape (n, components).
        mean: Shape (n, entries, components).
        log_deviation: Likewise.
        leaning: How far an entry's error, in its deviations, follows those of the entries before it, shape
            (n, entries, entries), zero on and above the diagonal; alike in all components. A ball that is
            thrown from the left flies to the right: without it each entry would be drawn by itself.
    """

    weights: jax.Array
    mean: jax.Array
    log_deviation: jax.Array
    leaning: jax.Array


class Part(eqx.Module):
    """The networks of a kind of objects.

    Args:
        shape: The model's sizes.
        kind: The entries of each of its objects.
        key: For the first weights.
    """

    shape: Shape = eqx.field(static=True)
    width: int = eqx.field(static=True)
    cell: eqx.nn.LSTMCell
    lines: jax.Array
    line_log_deviation: jax.Array
    choice: eqx.nn.MLP
    head: eqx.nn.MLP
    outcome: eqx.nn.MLP

    def __init__(self, shape: Shape, kind: tuple[tuple[int, ...], ...], key: jax.Array) -> None:
        first, second, third, fourth, fifth = jax.random.split(key, 5)
        hidden, width, shared = shape.hidden, len(kind[0]), len(shape.shared)
        given = width + shared + shape.done
        self.shape, self.width = shape, width
        self.cell = eqx.nn.LSTMCell(given, hidden, key=first)
        lines = min(LINES, shape.components - 1) if self.leaning else 0
        self.lines = jnp.zeros((lines, width, given + 1))
        self.line_log_deviation = jnp.zeros((lines, width))
        outputs = 2 * width * (shape.components - lines) + self.leaning * width**2
        waves = 2 * len(FREQUENCIES) * width
        self.choice = eqx.nn.MLP(hidden + given + waves, shape.components, WIDTH, 1, key=fourth)
        head = eqx.nn.MLP(hidden + given + waves, outputs, WIDTH, 1, key=second)
        apart = jax.random.normal(fifth, (width * (shape.components - lines),))  # else all would do the same
        self.head = eqx.tree_at(
            lambda m: m.layers[-1].bias, head, head.layers[-1].bias.at[: len(apart)].set(apart)
        )
        common = 2 * (shared + shape.sight)
        distances = shared * width * (1 + 2 * len(FREQUENCIES))
        self.outcome = eqx.nn.MLP(hidden + 2 * width + waves + distances + common, 2, WIDTH, 2, key=third)

    @property
    def leaning(self) -> bool:
        """Whether its entries are drawn one after the other: of wide objects that would cost too much."""
        return self.width <= LEANING

    def next(self, output: jax.Array, own: jax.Array, others: jax.Array, done: jax.Array) -> Mixture:
        """Return what comes next of one object."""
        given = jnp.concatenate([own, others, done])
        known = jnp.concatenate([output, given, waves(own)])
        bent = self.shape.components - len(self.lines)
        mean, log, leaning = jnp.split(self.head(known), [self.width * bent, 2 * self.width * bent])
        square = leaning.reshape(self.width, self.width) if self.leaning else jnp.zeros(2 * (self.width,))
        form = (self.width, bent)
        straight = self.lines @ jnp.append(given, 1.0)
        line_log = jnp.clip(self.line_log_deviation, LEAST_LINE, MOST_LOG)
        return Mixture(
            jax.nn.log_softmax(self.choice(known)),
            own[:, None] + jnp.concatenate([straight.T, mean.reshape(form)], axis=1),
            jnp.concatenate([line_log.T, jnp.clip(log.reshape(form), LEAST_LOG, MOST_LOG)], axis=1),
            jnp.tril(square, -1),
        )

    def ends(
        self, output: jax.Array, before: jax.Array, after: jax.Array, apart: jax.Array, common: jax.Array
    ) -> jax.Array:
        """Return what one object adds to the reward, and the logit that it ends the episode."""
        known = [output, before, after, waves(after), apart, waves(apart), common]
        raw: jax.Array = self.outcome(jnp.concatenate(known))
        return raw


def waves(values: jax.Array) -> jax.Array:
    """Return sines and cosines of features: with them networks learn sharp edges (arXiv:2006.10739)."""
    angles = jnp.outer(jnp.asarray(FREQUENCIES), values).ravel()
    return jnp.concatenate([jnp.sin(angles), jnp.cos(angles)])


class WorldModel(eqx.Module):
    """A model of a world.

    Args:
        shape: Its sizes.
        key: For its first weights.
    """

    shape: Shape = eqx.field(static=True)
    parts: tuple[Part, ...]
    features: Scale
    sights: Scale
    rewards: Scale

    def __init__(self, shape: Shape, key: jax.Array) -> None:
        self.shape = shape
        keys = jax.random.split(key, len(shape.kinds))
        self.parts = tuple(Part(shape, kind, own) for kind, own in zip(shape.kinds, keys, strict=True))
        self.features = Scale(jnp.zeros(shape.seen), jnp.ones(shape.seen))
        self.sights = Scale(jnp.zeros(shape.sight), jnp.ones(shape.sight))
        self.rewards = Scale(jnp.zeros(()), jnp.ones(()))

    def _kinds(self) -> Iterator[tuple[Part, slice, jax.Array]]:
        """Go through the kinds: networks, where its objects are in a memory, their entries, (n, width)."""
        first = 0
        for part, kind in zip(self.parts, self.shape.kinds, strict=True):
            yield part, slice(first, first + len(kind)), jnp.asarray(kind)
            first += len(kind)

    def _others(self, seen: jax.Array) -> jax.Array:
        return seen[jnp.asarray(self.shape.shared, int)]

    def _apart(self, seen: jax.Array, entries: jax.Array) -> jax.Array:
        """Return how far objects are from what all see, in the world's own units over the greater deviation.

        Whether things touch is told by how far they are apart, and seldom by where they are.
        """
        there, shared = self.features.up(seen), jnp.asarray(self.shape.shared, int)
        off = there[entries][:, :, None] - there[shared]
        wide = jnp.maximum(self.features.deviation[entries][:, :, None], self.features.deviation[shared])
        return (off / wide).reshape(len(entries), -1)

    def start(self) -> Memory:
        """Return the memory with which an episode begins."""
        empty = jnp.zeros((self.shape.objects, self.shape.hidden))
        return Memory(empty, empty)

    def remember(self, memory: Memory, seen: jax.Array, done: jax.Array, mask: jax.Array) -> Memory:
        """Return the memory after a step; the mask, shaped as an output, multiplies it (dropout)."""
        common = jnp.concatenate([self._others(seen), done])
        made = []
        for part, where, entries in self._kinds():
            given = jax.vmap(lambda own: jnp.concatenate([own, common]))(seen[entries])
            made.append(jax.vmap(part.cell)(given, (memory.output[where], memory.cell[where])))
        output, cell = (jnp.concatenate(each) for each in zip(*made, strict=True))
        return Memory(output * mask, cell)

    def next(self, memory: Memory, seen: jax.Array, done: jax.Array) -> list[Mixture]:
        """Return what comes after ``seen`` when ``done`` is done, kind by kind; all are features."""
        others = self._others(seen)
        return [
            jax.vmap(part.next, (0, 0, None, None))(memory.output[where], seen[entries], others, done)
            for part, where, entries in self._kinds()
        ]

    def drawn(
        self, mixtures: list[Mixture], choice: jax.Array, noise: jax.Array, temperature: float
    ) -> jax.Array:
        """Draw what comes next, in features.

        Args:
            mixtures: As `next` returns them.
            choice: Between 0 and 1, shape (objects, components): they choose the components.
            noise: Standard normal, shape (seen,).
            temperature: Weights are divided by it, variances multiplied.
        """
        after = jnp.zeros(self.shape.seen)
        for mixture, (part, where, entries) in zip(mixtures, self._kinds(), strict=True):
            gumbel = -jnp.log(-jnp.log(choice[where]))
            chosen = jnp.argmax(mixture.weights / temperature + gumbel, axis=1)[:, None, None]
            mean = jnp.take_along_axis(mixture.mean, chosen, axis=2)[:, :, 0]
            log = jnp.take_along_axis(mixture.log_deviation, chosen, axis=2)[:, :, 0]
            errors = temperature**0.5 * noise[entries]
            for i in range(1, part.width if part.leaning else 0):
                errors = errors.at[:, i].add((mixture.leaning[:, i] * errors).sum(axis=1))
            after = after.at[entries].set(mean + jnp.exp(log) * errors)
        return after

    def ends(
        self, memory: Memory, before: jax.Array, after: jax.Array, sights: tuple[jax.Array, jax.Array]
    ) -> tuple[jax.Array, jax.Array]:
        """Return the reward, scaled, and the logit of an end.

        Args:
            memory: After the step.
            before: What was seen before it, features.
            after: What is seen after it.
            sights: Of both, what the world declares for controllers (`Source.sight`), as it is.
        """
        seen = [self._others(before), self._others(after), *map(self.sights.down, sights)]
        common = jnp.concatenate(seen)
        raw = jnp.concatenate(
            [
                jax.vmap(part.ends, (0, 0, 0, 0, None))(
                    memory.output[where], before[entries], after[entries], self._apart(after, entries), common
                )
                for part, where, entries in self._kinds()
            ]
        )
        survived = jnp.maximum(jax.nn.softplus(raw[:, 1]).sum(), LEAST)  # minus the logarithm of its chance
        return raw[:, 0].sum(), survived + jnp.log(-jnp.expm1(-survived))

    def surprise(self, mixtures: list[Mixture], after: jax.Array) -> jax.Array:
        """Return the negative logarithm of the density at what came, a feature."""
        total = jnp.zeros(())
        for mixture, (_, _, entries) in zip(mixtures, self._kinds(), strict=True):
            off = (after[entries][:, :, None] - mixture.mean) * jnp.exp(-mixture.log_deviation)
            off -= jnp.einsum("nij,njc->nic", mixture.leaning, off)
            each = -0.5 * off**2 - mixture.log_deviation - 0.5 * LOG_2PI
            total -= logsumexp(mixture.weights + each.sum(axis=1), axis=1).sum()
        mean: jax.Array = total / self.shape.seen
        return mean


def shape_of(world: Source, hidden: int, components: int) -> Shape:
    """Return the sizes of a model of a world."""
    sight = jax.eval_shape(world.sight, jnp.zeros(world.seen.size)).shape[0]
    return Shape(world.seen.size, world.done.size, sight, hidden, components, world.kinds)


@pinned_jax()
def new_model(world: Source, episodes: Episodes, hidden: int, components: int, seed: int) -> WorldModel:
    """Return a model that has learned nothing but the scales of what it will see.

    Args:
        world: What it will model.
        episodes: From which the scales are taken.
        hidden: The LSTM's size.
        components: Of each mixture.
        seed: Of its first weights.
    """
    shape = shape_of(world, hidden, components)
    model = eqx.filter_jit(WorldModel)(shape, jax.random.key(seed))
    after = jnp.asarray(episodes.after)
    sights = _scale(jax.vmap(world.sight)(after))
    scales = (_scale(after, world.kinds), sights, _scale(jnp.asarray(episodes.reward)))
    scaled: WorldModel = eqx.tree_at(lambda m: (m.features, m.sights, m.rewards), model, scales)
    return _with_lines(scaled, episodes)


def _with_lines(model: WorldModel, episodes: Episodes) -> WorldModel:
    """Return a model whose lines are those of some episodes."""
    shape, down = model.shape, model.features.down
    before, after = (np.asarray(down(jnp.asarray(part[:ROWS]))) for part in (episodes.before, episodes.after))
    common = np.concatenate(
        [before[:, list(shape.shared)], episodes.action[:ROWS], np.ones((len(before), 1))], 1
    )
    found: list[NDArray[Any]] = []
    for part, kind in zip(model.parts, shape.kinds, strict=True):
        entries = np.array(kind)
        given = np.concatenate([np.concatenate([before[:, own], common], axis=1) for own in entries])
        moved = np.concatenate([after[:, own] - before[:, own] for own in entries])
        found += lines_of(given.astype(float), moved.astype(float), len(part.lines))
    leaves = lambda m: [leaf for part in m.parts for leaf in (part.lines, part.line_log_deviation)]  # noqa: E731
    found = [np.maximum(one, LEAST_LINE + 1) if one.ndim == 2 else one for one in found]  # it can be learned
    made: WorldModel = eqx.tree_at(leaves, model, [jnp.asarray(one, jnp.float32) for one in found])
    return made


@partial(jax.jit, static_argnums=1)
def _scale(values: jax.Array, kinds: Kinds = ()) -> Scale:
    """Return the scale of some values; objects of a kind have the same one."""
    mean, square = values.mean(axis=0), (values**2).mean(axis=0)
    for kind in kinds:
        entries = jnp.asarray(kind)
        mean = mean.at[entries].set(mean[entries].mean(axis=0))
        square = square.at[entries].set(square[entries].mean(axis=0))
    deviation = jnp.sqrt(jnp.maximum(square - mean**2, 0.0))
    return Scale(mean, jnp.where(deviation > 1e-3 * jnp.abs(mean) + 1e-6, deviation, 1.0))
