"""Policies for the world of Kavousinejad (arXiv:2411.02345), side by side over the same seeds.

The study's own rule is handed the cell's true position near it, and the rule of following biomarkers sees
where they are. The tracker is shown what its robot senses and nothing else.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.agents.baselines.kavousinejad_tracker import Tracker
from neuralbrain.agents.intervals import wilson
from neuralbrain.batch import keys_of
from neuralbrain.envs.nanorobot import kavousinejad as world
from neuralbrain.errors import ConfigurationError

RULES = world.KavousinejadRules()


class Policy(Hashable, Protocol):
    """What moves one robot. It never changes; what it learns is in the memory that it hands on."""

    @property
    def name(self) -> str:
        """Its name in a table."""

    def sees(self, state: world.KavousinejadState) -> Any:
        """Return what of the world it is shown."""

    def begin(self, key: jax.Array, seen: Any) -> Any:
        """Return the memory with which it begins."""

    def act(self, memory: Any, seen: Any) -> tuple[Any, jax.Array]:
        """Return the memory and the move that it wants, shape (3,)."""


@dataclass(frozen=True)
class FollowMarkers:
    """Always at full step toward a biomarker, one of the 50 at random; it sees where they are.

    To go toward the nearest one finds three cells in ten: a robot comes to rest at the rim of the cloud.
    """

    name: str = "toward biomarkers"

    def sees(self, state: world.KavousinejadState) -> jax.Array:
        """Return where a biomarker is, from the robot: the first, for all are drawn again every tick."""
        return state.markers[0] - state.robot

    def begin(self, key: jax.Array, seen: jax.Array) -> tuple[()]:
        """It remembers nothing."""
        return ()

    def act(self, memory: tuple[()], seen: jax.Array) -> tuple[tuple[()], jax.Array]:
        """Go there."""
        return memory, seen * world.STEP / jnp.maximum(jnp.linalg.norm(seen), 1e-6)


@dataclass(frozen=True)
class PublishedRule:
    """The study's Q-learning, written from its description; it sees the whole world.

    Two states: far from the cell and near it (at most 8). Two actions: far, to go by 0.5 toward the nearest
    biomarker or to stay; near, both go toward the cell itself by 0.5 / (d + 0.1). Rewards are the world's.
    The next state is taken to be the present one, as there.
    """

    name: str = "published rule"
    alpha: float = 0.5
    gamma: float = 0.9
    epsilon: float = 0.1

    def sees(self, state: world.KavousinejadState) -> world.KavousinejadState:
        """Return all of it."""
        return state

    def begin(self, key: jax.Array, seen: world.KavousinejadState) -> tuple[jax.Array, jax.Array]:
        """Return a table of zeros, state x action."""
        return key, jnp.zeros((2, 2))

    def act(
        self, memory: tuple[jax.Array, jax.Array], seen: world.KavousinejadState
    ) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
        """Choose, learn, and go."""
        key, whether, which = jax.random.split(memory[0], 3)
        table, away = memory[1], world.distance(seen)
        near = (away <= world.NEAR).astype(jnp.int32)
        explored = jax.random.randint(which, (), 0, 2)
        explores = jax.random.uniform(whether) < self.epsilon
        action = jnp.where(explores, explored, jnp.argmax(table[near]))
        aim = RULES.reward(seen, seen) + self.gamma * table[near].max()
        table = table.at[near, action].add(self.alpha * (aim - table[near, action]))
        offsets = seen.markers - seen.robot
        nearest = offsets[jnp.argmin((offsets**2).sum(axis=1))]
        far_move = nearest * jnp.where(action == 0, world.STEP, 0.0) / jnp.linalg.norm(nearest)
        near_move = (seen.cell - seen.robot) / away * (world.STEP / (away + 0.1))
        return (key, table), jnp.where(near == 1, near_move, far_move)


POLICIES: tuple[Policy, ...] = (PublishedRule(), FollowMarkers(), Tracker())


class Runs(NamedTuple):
    """What came of a policy, one entry a seed.

    Attributes:
        found: Whether the cell was found in time.
        ticks: How many it took; 1,000 where it was not.
        line: How many ticks a straight line to where the cell began takes, to within 0.5 of it.
    """

    found: NDArray[np.bool_]
    ticks: NDArray[Any]
    line: NDArray[np.float32]


class Row(NamedTuple):
    """A line of the comparison; the error of steps is a standard error.

    Attributes:
        policy: Its name.
        seeds: How many worlds.
        success: %.
        success_from: Of its 95 % interval (Wilson), %.
        success_to: Likewise.
        steps: Mean over the seeds on which it succeeds, as the study has it.
        steps_error: Of that.
        steps_of_all: Mean over all seeds, a failure counting as 1,000.
        times_line: Mean steps by the straight line's, over the seeds on which it succeeds.
    """

    policy: str
    seeds: int
    success: float
    success_from: float
    success_to: float
    steps: float
    steps_error: float
    steps_of_all: float
    times_line: float


def play(policy: Policy, seeds: int, first: int = 0) -> Runs:
    """Let a policy search in the worlds of some seeds, all at once.

    Args:
        policy: Of each robot.
        seeds: How many worlds, from 1 on.
        first: The first's seed; the others' follow.

    Raises:
        ConfigurationError: There is no seed to play.
    """
    if seeds < 1:
        raise ConfigurationError(f"seeds is {seeds}; give how many worlds to play, from 1 on")
    return Runs(*(np.asarray(part) for part in _played(policy, keys_of(list(range(first, first + seeds))))))


@partial(jax.jit, static_argnums=0)
def _played(policy: Policy, keys: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    state = jax.vmap(RULES.reset)(keys)
    own = jax.vmap(lambda key: jax.random.fold_in(key, 1))(keys)  # a policy's own, not its world's
    memory = jax.vmap(policy.begin)(own, jax.vmap(policy.sees)(state))
    line = (jax.vmap(world.distance)(state) - world.FOUND) / world.STEP

    def goes_on(carry: Any) -> jax.Array:
        tick, *_, found = carry
        return jnp.logical_and(tick < RULES.ticks, ~found.all())

    def tick(carry: Any) -> Any:
        tick, state, memory, ticks, found = carry
        memory, moves = jax.vmap(policy.act)(memory, jax.vmap(policy.sees)(state))
        state = jax.vmap(RULES.step)(state, moves)
        return tick + 1, state, memory, ticks + ~found, found | jax.vmap(RULES.over)(state)

    number = len(keys)
    start = (jnp.int32(0), state, memory, jnp.zeros(number, jnp.int32), jnp.zeros(number, bool))
    *_, ticks, found = jax.lax.while_loop(goes_on, tick, start)
    return found, ticks, line


def row(name: str, runs: Runs) -> Row:
    """Sum up what came of a policy."""
    number, won = len(runs.found), int(runs.found.sum())
    low, high = wilson(won, number)
    steps = runs.ticks[runs.found]
    return Row(
        policy=name,
        seeds=number,
        success=100 * won / number,
        success_from=100 * low,
        success_to=100 * high,
        steps=float(steps.mean()) if won else math.nan,
        steps_error=float(steps.std(ddof=1)) / math.sqrt(won) if won > 1 else math.nan,
        steps_of_all=float(runs.ticks.mean()),
        times_line=float(steps.mean() / runs.line[runs.found].mean()) if won else math.nan,
    )


def compare(seeds: int = 300, first: int = 0) -> list[Row]:
    """Play all policies over the same seeds.

    Returns:
        A row for each, and last the straight line's, which no policy can follow without knowing the way.
    """
    played = {policy.name: play(policy, seeds, first) for policy in POLICIES}
    line = next(iter(played.values())).line
    straight = Runs(np.ones(seeds, bool), line, line)
    return [*(row(name, runs) for name, runs in played.items()), row("straight line", straight)]
