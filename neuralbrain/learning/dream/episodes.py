"""Episodes of the real world, whole, with every step counted."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from neuralbrain.batch import JaxVectorEnv, Rules
from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning import archive
from neuralbrain.learning.dream.source import Floats, Source
from neuralbrain.learning.worlds import world_seeds
from neuralbrain.profile import pinned_jax

WHAT, FORMAT = "episodes of a world", 1
AT_ONCE, SIZES = 64, (64, 16, 4, 1)
"""So many compiled worlds are played at once, or fewer of these numbers: each is compiled by itself."""
COLLECTED = 2
"""What a world's seed is for, beside training and evaluation (`neuralbrain.learning.worlds`)."""
Policy = Callable[[Floats], NDArray[Any]]
"""From the vectors of n observations, shape (n, size), to n actions of the world."""


@dataclass(frozen=True)
class Episodes:
    """Episodes one after the other.

    Attributes:
        before: What was observed before each step, as vectors, shape (steps, size).
        action: What was done, as vectors, shape (steps, actions).
        after: What was observed after it.
        reward: Shape (steps,).
        terminated: Whether it ended the episode, not by the time; shape (steps,), bool.
        first: Whether it is the first of an episode; shape (steps,), bool.
    """

    before: Floats
    action: Floats
    after: Floats
    reward: Floats
    terminated: NDArray[np.bool_]
    first: NDArray[np.bool_]

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self.reward)

    @property
    def number(self) -> int:
        """How many episodes."""
        return int(self.first.sum())

    @property
    def returns(self) -> Floats:
        """Each episode's sum of rewards."""
        return np.add.reduceat(self.reward, np.flatnonzero(self.first))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Each episode's steps."""
        return np.diff(np.append(np.flatnonzero(self.first), self.steps))

    def chosen(self, numbers: Sequence[int] | NDArray[Any]) -> "Episodes":
        """Return some episodes, in this order."""
        starts, lengths = np.flatnonzero(self.first), self.lengths
        rows = np.concatenate([np.arange(starts[i], starts[i] + lengths[i]) for i in numbers])
        return Episodes(*(part[rows] for part in self.parts.values()))

    @property
    def parts(self) -> dict[str, NDArray[Any]]:
        """Its arrays by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def hash(self) -> str:
        """SHA-256 over all of it."""
        whole = hashlib.sha256()
        for name, part in self.parts.items():
            whole.update(f"{name} {part.dtype} {part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        return whole.hexdigest()

    def save(self, path: Path, env: str) -> None:
        """Write them as one file.

        Raises:
            RecordError: It cannot be written.
        """
        archive.save(path, self.parts, {"what": WHAT, "format": FORMAT, "env": env})


def joined(parts: Sequence[Episodes]) -> Episodes:
    """Return episodes after each other."""
    return Episodes(
        *(np.concatenate(column) for column in zip(*(p.parts.values() for p in parts), strict=True))
    )


def load_episodes(path: Path, world: Source) -> Episodes:
    """Read what `Episodes.save` wrote.

    Raises:
        RecordError: It cannot be read, or is of another world.
    """
    arrays, manifest = archive.load(path, WHAT, FORMAT)
    if manifest.get("env") != world.env:
        raise RecordError(f"{path} is of {manifest.get('env')}, not of {world.env}: give that world's")
    shapes = {"before": (world.seen.size,), "action": (world.done.size,), "after": (world.seen.size,)}
    steps = len(arrays.get("reward", ()))
    try:
        found = Episodes(**arrays)
        fits = all(part.shape == (steps, *shapes.get(name, ())) for name, part in found.parts.items())
    except TypeError:
        fits = False
    if not fits or not steps or not found.first[0]:
        raise RecordError(f"{path} does not fit {world.env}: collect its episodes again")
    return found


@pinned_jax()
def played(world: Source, policy: Policy, seeds: Sequence[int], rules: Rules | None = None) -> Episodes:
    """Play one episode from each seed.

    Args:
        world: The real world.
        policy: What acts.
        seeds: Of the worlds.
        rules: Of a dream, to be played in place of the real world.
    """
    own = rules or (world.batch and world.batch.rules)
    at_once = AT_ONCE if own else 1
    made = [together(world, policy, list(seeds[i : i + at_once]), own) for i in range(0, len(seeds), at_once)]
    return joined([episode for some in made for episode in some])


def together(world: Source, policy: Policy, seeds: list[int], rules: Rules | None) -> list[Episodes]:
    """Return an episode for each seed, played side by side: by compiled rules, or as Gymnasium makes it.

    Args:
        world: The real world.
        policy: What acts; each world is always in the same row.
        seeds: Of the worlds.
        rules: Of the world, or of a dream; None: they are not compiled.
    """
    envs: Any
    if rules is None:
        envs = gymnasium.make_vec(world.env, len(seeds), vectorization_mode="sync", **world.kwargs)
    else:
        envs = JaxVectorEnv(rules, len(seeds))
    observed, _ = envs.reset(seed=seeds)
    seen, over = _vectors(world, observed), np.zeros(len(seeds), bool)
    rows = []
    for _ in range(world.ticks):
        actions = policy(seen)
        observed, reward, terminated, truncated, _ = envs.step(actions)
        after = _vectors(world, observed)
        rows.append((seen, np.asarray(world.done.encode(actions)), after, reward, terminated, ~over))
        seen, over = after, over | terminated | truncated
        if over.all():
            break
    envs.close()
    before, action, after, reward, terminated, lived = (np.stack(part) for part in zip(*rows, strict=True))
    episodes = []
    for i, length in enumerate(lived.sum(axis=0)):
        parts = (before, action, after, reward.astype(np.float32), terminated)
        own: list[Any] = [*(part[:length, i] for part in parts), np.arange(length) == 0]
        episodes.append(Episodes(*own))
    return episodes


def _vectors(world: Source, observed: Any) -> Floats:
    found = np.asarray(world.seen.encode(observed))
    if not np.isfinite(found).all():
        raise ConfigurationError(f"{world.env} observes what is no finite number: it cannot be dreamt of")
    return found


def at_random(world: Source, seed: int) -> Policy:
    """Return the policy that draws actions evenly from the space."""
    space = world.actions
    generator = np.random.default_rng(np.random.SeedSequence([seed, COLLECTED]))

    def policy(seen: Floats) -> NDArray[Any]:
        if hasattr(space, "n"):
            return generator.integers(int(space.n), size=len(seen)) + int(getattr(space, "start", 0))
        low, high = space.low, space.high  # type: ignore[attr-defined]
        return generator.uniform(low, high, (len(seen), len(low))).astype(space.dtype)

    return policy


def collected(world: Source, policy: Policy, steps: int, seed: int, purpose: int = COLLECTED) -> Episodes:
    """Play whole episodes of the real world until there are at least so many steps.

    Args:
        world: It.
        policy: What acts.
        steps: How many steps are wanted.
        seed: Of the worlds.
        purpose: What they are for.

    Raises:
        ConfigurationError: Its episodes are empty.
    """
    parts: list[Episodes] = []
    found = number = 0
    while found < steps:
        mean = found / number if number else 100.0
        wanted = int((steps - found) / mean) if world.batch is not None else 1
        few = max(size for size in SIZES if size <= max(1, wanted))
        part = played(world, policy, world_seeds(seed, purpose, number, few))
        parts.append(part)
        found, number = found + part.steps, number + few
    return joined(parts)
