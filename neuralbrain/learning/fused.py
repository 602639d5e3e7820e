"""Thousands of robots that share one table: acting, the worlds and learning, compiled into one loop."""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from neuralbrain.errors import ConfigurationError
from neuralbrain.learning.bins import Discretisation
from neuralbrain.learning.q_learning import (
    Learner,
    Settings,
    Transitions,
    begin,
    choose,
    learn,
    random_numbers,
)
from neuralbrain.learning.setup import TrainingSetup
from neuralbrain.learning.training import LONGEST, Moment, Point, PolicyEvaluation, Training
from neuralbrain.learning.worlds import (
    EVALUATION,
    TRAINING,
    Worlds,
    WorldState,
    same_spaces,
    vector_environment,
    world_seeds,
)
from neuralbrain.profile import pinned_jax


class Carry(NamedTuple):
    """All that the next tick depends on.

    Attributes:
        learner: What is learned.
        tick: Ticks done, int32.
        world: The worlds, with their keys for random numbers.
        over: Whether each world was over at the last tick.
        state: Which state of the table each robot is in.
        returns: The sum of rewards of each robot's episode so far.
        lengths: Its ticks so far.
        began: At which point of the learning curve each robot's episode began, int32.
    """

    learner: Learner
    tick: jax.Array
    world: WorldState
    over: jax.Array
    state: jax.Array
    returns: jax.Array
    lengths: jax.Array
    began: jax.Array


class Tally(NamedTuple):
    """Sums over the episodes that ended in a chunk, by the points of the learning curve at which they began.

    Attributes:
        counts: How many, and how many of them were solved, shape (points, 2), int32.
        sums: Of rewards and of ticks, shape (points, 2), float32.
    """

    counts: jax.Array
    sums: jax.Array


POINTS_AT_ONCE = 64
"""The length of a tally is a multiple of this, so that the loop is compiled once for almost any run."""


class FusedTraining(Training):
    """A training run of many robots at once.

    Args:
        setup: What it is.
        worlds: The worlds; None: those of the setup's environment.

    Raises:
        ConfigurationError: The environment's worlds are not compiled by JAX, or not those of the setup.
    """

    def __init__(self, setup: TrainingSetup, worlds: Worlds | None = None) -> None:
        super().__init__(setup)
        if worlds is None:
            vector = vector_environment(setup.env, setup.kwargs)
            if vector is None:
                raise ConfigurationError(
                    f"the worlds of {setup.env} are not compiled by JAX: use SteppedTraining"
                )
            same_spaces(
                setup.env,
                (setup.observation_space, setup.action_space),
                vector.single_observation_space,
                vector.single_action_space,
            )
            worlds = vector.batch
        self.worlds: Worlds = worlds

    @pinned_jax()
    def _begin(self) -> Carry:
        setup = self.setup
        world = self.worlds.reset(_keys(world_seeds(setup.seed, TRAINING, 0, setup.robots)))
        return Carry(
            learner=begin(setup.settings, setup.bins.states, setup.actions, setup.robots),
            tick=jnp.int32(0),
            world=world,
            over=jnp.zeros(setup.robots, bool),
            state=setup.bins.state(self.worlds.observe(world)),
            returns=jnp.zeros(setup.robots, jnp.float32),
            lengths=jnp.zeros(setup.robots, jnp.int32),
            began=jnp.zeros(setup.robots, jnp.int32),
        )

    @pinned_jax()
    def _advanced(self, moment: Moment, until: int) -> Moment:
        setup = self.setup
        ticks = -(-(until - moment.steps) // setup.robots)
        here = len(moment.curve)
        to_come = -(-max(setup.steps - moment.steps, 1) // setup.chunk)
        carry, tally = _run(
            self.worlds,
            setup.settings,
            setup.bins,
            setup.first_action,
            moment.carry,
            jax.random.key(setup.seed),
            ticks,
            jnp.int32(here),
            -(-(here + to_come) // POINTS_AT_ONCE) * POINTS_AT_ONCE,
        )
        steps = moment.steps + ticks * setup.robots
        counts, sums = np.asarray(tally.counts), np.asarray(tally.sums)
        point = Point(
            steps=steps,
            began=int(counts[:, 0].sum()) + (0 if moment.curve else setup.robots),
            episodes=0,
            returns=0.0,
            successes=0,
            lengths=0.0,
            alpha=float(setup.settings.alpha.at(steps)),
            epsilon=float(setup.settings.epsilon.at(steps)),
        )
        curve = map(_added, (*moment.curve, point), counts.tolist(), sums.tolist())
        return Moment(steps, tuple(curve), carry)

    @pinned_jax()
    def evaluate(self, worlds: int) -> PolicyEvaluation:
        """Let the greedy policy act in fresh worlds, the same for the same seed; nothing is learned."""
        keys = _keys(world_seeds(self.setup.seed, EVALUATION, 0, worlds))
        policy = jnp.asarray(self.table().policy) + self.setup.first_action
        return PolicyEvaluation.of(*map(np.asarray, _judged(self.worlds, self.setup.bins, policy, keys)))


def _added(point: Point, counts: list[int], sums: list[float]) -> Point:
    """Return a point of the curve with episodes that began at it and have ended now."""
    return replace(
        point,
        episodes=point.episodes + counts[0],
        successes=(point.successes or 0) + counts[1],
        returns=point.returns + sums[0],
        lengths=point.lengths + sums[1],
    )


def _keys(seeds: list[int]) -> jax.Array:
    return jax.vmap(jax.random.key)(jnp.asarray(np.array(seeds, np.uint32)))


@partial(jax.jit, static_argnums=(0, 1, 2, 3, 8))
def _run(
    worlds: Worlds,
    settings: Settings,
    bins: Discretisation,
    first_action: int,
    carry: Carry,
    key: jax.Array,
    ticks: Any,
    here: jax.Array,
    points: int,
) -> tuple[Carry, Tally]:
    """Let ticks pass; ``here`` is the point of the learning curve that they lead to."""
    nothing = Tally(jnp.zeros((points, 2), jnp.int32), jnp.zeros((points, 2), jnp.float32))
    robots = len(carry.over)

    def tick(_: Any, before: tuple[Carry, Tally]) -> tuple[Carry, Tally]:
        now, tally = before
        step = now.tick.astype(jnp.float32) * robots
        drawn = random_numbers(settings, key, now.tick, robots)
        action = choose(settings, now.learner.values, now.state, step, drawn)
        world, seen, reward, terminated, truncated = worlds.step(now.world, now.over, action + first_action)
        after, valid, over = bins.state(seen), ~now.over, terminated | truncated
        batch = Transitions(now.state, action, reward, after, terminated, truncated, valid)
        returns, lengths = now.returns + reward, now.lengths + valid
        moved = Carry(
            learner=learn(settings, now.learner, batch, step, drawn),
            tick=now.tick + 1,
            world=world,
            over=over,
            state=after,
            returns=jnp.where(over, 0.0, returns),
            lengths=jnp.where(over, 0, lengths),
            began=jnp.where(over, here, now.began),
        )
        counts = jnp.stack([over, over & worlds.success(world)], axis=-1).astype(jnp.int32)
        sums = jnp.where(over[:, None], jnp.stack([returns, lengths.astype(jnp.float32)], axis=-1), 0.0)
        return moved, Tally(tally.counts.at[now.began].add(counts), tally.sums.at[now.began].add(sums))

    done: tuple[Carry, Tally] = jax.lax.fori_loop(0, ticks, tick, (carry, nothing))
    return done


@partial(jax.jit, static_argnums=(0, 1))
def _judged(
    worlds: Worlds, bins: Discretisation, policy: jax.Array, keys: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Return each world's return, length, whether it was solved, and whether it came to its end."""
    number = len(keys)
    world, going = worlds.reset(keys), jnp.zeros(number, bool)

    def tick(now: Any) -> Any:
        world, state, returns, lengths, solved, ended, ticks = now
        world, seen, reward, terminated, truncated = worlds.step(world, going, policy[state])
        over = terminated | truncated
        return (
            world,
            bins.state(seen),
            returns + jnp.where(ended, 0.0, reward),
            lengths + ~ended,
            jnp.where(ended, solved, over & worlds.success(world)),
            ended | over,
            ticks + 1,
        )

    begun = (
        world,
        bins.state(worlds.observe(world)),
        jnp.zeros(number, jnp.float32),
        jnp.zeros(number, jnp.int32),
        jnp.zeros(number, bool),
        jnp.zeros(number, bool),
        0,
    )
    going_on = jax.lax.while_loop(lambda now: ~now[5].all() & (now[6] < LONGEST), tick, begun)
    return going_on[2], going_on[3], going_on[4], going_on[5]
