"""Fitting a world model to episodes: truncated backpropagation along streams of whole episodes."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.dream.episodes import Episodes
from neuralbrain.learning.dream.model import Memory, WorldModel
from neuralbrain.learning.dream.source import Source
from neuralbrain.profile import pinned_jax

Sight = Callable[[jax.Array], jax.Array]
STREAMS, LENGTH = 32, 32
"""Sequences in a batch, and the steps of each between two updates."""
RATES = (2e-3, 2e-4)
"""The learning rate's first and last value; between them it falls exponentially."""
CLIP = 1.0
"""The greatest norm of a gradient."""
HELD_OUT = 10
"""One of so many episodes only judges: always the same ones, also when others have come after them."""
LOOKS = 40
"""So many times, at most, the held-out episodes are looked at."""
FEWEST = 10
"""Episodes, so that there is something to judge by."""
WEIGHT = 3.0
"""Of the losses of reward and end, each as a share of that of who knows its rate alone, against the surprise
a feature: where ends are rare, their loss is small, and nothing would be learned of them."""


class Losses(NamedTuple):
    """Means a step: the surprise a feature, the squared error of the scaled reward, the end's entropy."""

    surprise: Any
    reward: Any
    ending: Any


@dataclass(frozen=True)
class Judged:
    """How a model does on held-out episodes, after so many updates; the total is what is minimised."""

    updates: int
    surprise: float
    reward: float
    ending: float
    total: float


@dataclass(frozen=True)
class Fitted:
    """A model and how it came about.

    Attributes:
        model: The best one by the held-out episodes.
        curve: How it did.
        stopped: Why it stopped before its time ("the reward's loss is nan at update 12"), or empty.
    """

    model: WorldModel
    curve: tuple[Judged, ...]
    stopped: str = ""


@pinned_jax()
def fit(
    model: WorldModel,
    world: Source,
    episodes: Episodes,
    *,
    updates: int,
    dropout: float,
    seed: int,
    show: Callable[[Judged], None] = lambda judged: None,
) -> Fitted:
    """Return a model that fits episodes.

    Args:
        model: With which to begin.
        world: Whose episodes they are.
        episodes: At least 10.
        updates: Of the weights.
        dropout: The chance that an entry of the LSTM's output is left out of a sequence.
        seed: Of all chance.
        show: Told how the model does, now and then.

    Raises:
        ConfigurationError: There are too few episodes, or nothing that came of it is a finite number.
    """
    if episodes.number < FEWEST:
        raise ConfigurationError(
            f"{episodes.number} episodes are too few to learn a world from: collect at least {FEWEST}"
        )
    generator = np.random.default_rng(np.random.SeedSequence([seed, 7]))
    numbers = np.arange(episodes.number)
    judging = numbers % HELD_OUT == HELD_OUT - 1
    judges, learned = episodes.chosen(numbers[judging]), numbers[~judging]
    optimiser = _optimiser(updates)
    weights, fixed = eqx.partition(model, _learned(model))
    base = base_rates(episodes)["ending"] or 1.0
    update = partial(_update, optimiser, world.sight, fixed, jnp.float32(base), jnp.float32(dropout))
    state, key = optimiser.init(weights), jax.random.key(seed)
    best: WorldModel | None = None
    curve: list[Judged] = []
    done, looked, stopped = 0, 0, ""
    while done < updates and not stopped:
        stream, memory = _streams(episodes.chosen(generator.permutation(learned))), _starts(model)
        for part in islice(_chunks(stream), updates - done):
            key, own = jax.random.split(key)
            weights, state, memory, losses = update(weights, state, memory, part, own)
            done += 1
            bad = [name for name, loss in zip(Losses._fields, losses, strict=True) if not math.isfinite(loss)]
            if bad:
                stopped = f"the loss of the {bad[0]} is {float(getattr(losses, bad[0]))} at update {done}"
                break
        if not stopped and done >= min(updates, looked + updates // LOOKS):
            looked = done
            made = eqx.combine(weights, fixed)
            losses = judge(made, world, judges)
            judged = Judged(done, *map(float, (*losses, _total(losses, base))))
            if not math.isfinite(judged.total):
                stopped = f"the held-out loss is {judged.total} after update {done}"
            else:
                if best is None or judged.total <= min(one.total for one in curve):
                    best = made
                curve.append(judged)
                show(judged)
    if best is None:
        raise ConfigurationError(
            f"nothing was learned: {stopped}; look for what is no number in the episodes"
        )
    return Fitted(best, tuple(curve), stopped)


def _total(losses: Losses, base: Any) -> Any:
    return losses.surprise + WEIGHT * (losses.reward + losses.ending / base)


def _learned(model: WorldModel) -> Any:
    """Return which leaves are learned: all weights, no scale, and no line, which is exact as it is."""
    every = jax.tree.map(eqx.is_inexact_array, model)

    def fixed(of: WorldModel) -> Any:
        return of.features, of.sights, of.rewards, *(part.lines for part in of.parts)

    return eqx.tree_at(fixed, every, jax.tree.map(lambda _: False, fixed(model)))


def _streams(episodes: Episodes) -> tuple[NDArray[Any], ...]:
    """Lay episodes end to end, and cut them into streams side by side: shape (streams, steps, ...).

    Where there are too few they are repeated.
    """
    steps = max(LENGTH, episodes.steps // STREAMS)
    rows = np.arange(STREAMS * steps) % episodes.steps
    parts = [part[rows].reshape(STREAMS, steps, *part.shape[1:]) for part in episodes.parts.values()]
    parts[-1][:, 0] = True
    return tuple(parts)


@lru_cache(maxsize=4)
def _optimiser(updates: int) -> Any:
    """Return how weights change; the same one for as many updates, so that it is compiled once."""
    rate = optax.exponential_decay(RATES[0], updates, RATES[1] / RATES[0])
    return optax.chain(optax.clip_by_global_norm(CLIP), optax.adam(rate))


@eqx.filter_jit
def _update(
    optimiser: Any,
    sight: Sight,
    fixed: WorldModel,
    base: jax.Array,
    dropout: jax.Array,
    weights: Any,
    state: Any,
    memory: Memory,
    part: Any,
    key: jax.Array,
) -> Any:
    """Change the weights by one batch; return them, the optimiser's state, the last memory and the losses."""

    def loss(weights: Any) -> tuple[jax.Array, Any]:
        model = eqx.combine(weights, fixed)
        kept = jax.random.bernoulli(key, 1.0 - dropout, memory.output.shape) / (1.0 - dropout)
        last, losses = jax.vmap(partial(along, model, sight))(memory, kept, *part)
        means = Losses(*(each.mean() for each in losses))
        return _total(means, base), (last, means)

    (_, (last, losses)), slope = jax.value_and_grad(loss, has_aux=True)(weights)
    changes, state = optimiser.update(slope, state)
    return optax.apply_updates(weights, changes), state, last, losses


def along(
    model: WorldModel,
    sight: Sight,
    memory: Memory,
    mask: jax.Array,
    before: jax.Array,
    action: jax.Array,
    after: jax.Array,
    reward: jax.Array,
    terminated: jax.Array,
    first: jax.Array,
) -> tuple[Memory, Losses]:
    """Follow a stream, shape (steps, ...), with one mask; return the last memory and each step's losses."""

    def step(memory: Memory, row: Any) -> tuple[Memory, Losses]:
        before, action, after, reward, terminated, first = row
        memory = jax.tree.map(lambda new, old: jnp.where(first, new, old), model.start(), memory)
        seen = model.features.down(before)
        memory = model.remember(memory, seen, action, mask)
        come = model.features.down(after)
        surprise = model.surprise(model.next(memory, seen, action), come)
        earned, ended = model.ends(memory, seen, come, (sight(before), sight(after)))
        return memory, Losses(
            surprise,
            (earned - model.rewards.down(reward)) ** 2,
            optax.sigmoid_binary_cross_entropy(ended, terminated.astype(jnp.float32)),
        )

    return jax.lax.scan(step, memory, (before, action, after, reward, terminated, first))


@eqx.filter_jit
def _judge(model: WorldModel, sight: Sight, memory: Memory, part: Any) -> tuple[Memory, Losses]:
    follow = partial(along, model, sight)
    memory, losses = jax.vmap(follow, (0, None, *len(part) * (0,)))(
        memory, jnp.ones_like(model.start().output), *part
    )
    return memory, Losses(*(each.mean() for each in losses))


def judge(model: WorldModel, world: Source, episodes: Episodes) -> Losses:
    """Return the losses of a model, without dropout, in episodes of its world."""
    stream, memory, found = _streams(episodes), _starts(model), []
    for part in _chunks(stream):
        memory, losses = _judge(model, world.sight, memory, part)
        found.append(np.asarray(losses))
    return Losses(*np.mean(found, axis=0))


def _starts(model: WorldModel) -> Memory:
    """Return the memory with which each stream begins."""
    return Memory(*(jnp.zeros((STREAMS, *part.shape)) for part in model.start()))


def _chunks(stream: tuple[NDArray[Any], ...]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Cut streams into parts of `LENGTH` steps; a rest is left out."""
    for first in range(0, stream[-1].shape[1] - LENGTH + 1, LENGTH):
        yield tuple(array[:, first : first + LENGTH] for array in stream)


def base_rates(episodes: Episodes) -> dict[str, float]:
    """Return the losses of who knows only how often: the entropy of an end, and the reward's variance."""
    rate = float(episodes.terminated.mean())
    entropy = -sum(p * math.log(p) for p in (rate, 1 - rate) if p > 0)
    return {"rate": rate, "ending": entropy, "reward": float(episodes.reward.var())}
