"""A task in a tissue as rules of one world, from which the environments are made."""

import math
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot import layout, render, sensing, world
from neuralbrain.envs.nanorobot.moves import DOWN, LEFT, MOVES, RIGHT, UP
from neuralbrain.envs.nanorobot.tasks import Task, find_task, gap, harm, killed
from neuralbrain.envs.nanorobot.tissue import Tissue

Bins = tuple[tuple[int, tuple[float, ...]], ...]
MOST = 25.0
"""The logarithm of one plus a count is below this."""
CHANGES = (-0.7, 0.7)
"""Where changes of a count are told apart, in standard deviations of what they vary by chance."""
GAPS = (20.0, 10.0, 5.0, 2.0)
"""Where distances from a cell's surface are told apart by the count, µm: a portion must fall near it."""
BEARINGS = (0.3, 0.6, 0.9, 1.2, 1.6, 2.2, 2.8)
"""Where bearings are told apart, rad."""


@dataclass(frozen=True)
class TissueRules:
    """The rules of a task in a tissue; see `neuralbrain.batch.Rules`.

    Attributes:
        name: The task's name.
        tissue: What the world is like.
        swarm: Whether observations and actions have an axis of robots; if not, there is one robot.
    """

    name: str
    tissue: Tissue
    swarm: bool = False

    @property
    def task(self) -> Task:
        """What is asked."""
        return find_task(self.name)

    @property
    def features(self) -> tuple[tuple[str, float, float], ...]:
        """Name, least and greatest value of each object that a robot senses or remembers."""
        moves = MOVES - 1.0 + (self.tissue.portions > 0)
        found = [
            ("count", 0.0, MOST),
            ("quick change", -sensing.MOST, sensing.MOST),
            ("slow change", -sensing.MOST, sensing.MOST),
            ("contact", 0.0, 1.0),
            ("last move", 0.0, moves),
            ("rise ahead", -sensing.MOST, sensing.MOST),
            ("rise to the left", -sensing.MOST, sensing.MOST),
            ("rise upwards", -sensing.MOST, sensing.MOST),
            ("rise", 0.0, 2 * sensing.MOST),
            ("bearing", 0.0, float(np.pi)),
            ("better side", LEFT, DOWN),
        ]
        if self.tissue.portions:
            found.append(("payload", 0.0, 1.0))
        if self.tissue.signal:
            found += [("signal", 0.0, MOST), ("signal change", -sensing.MOST, sensing.MOST)]
        return tuple(found)

    @property
    def bins(self) -> Bins:
        """How a table tells observations apart: (entry, inner edges), ...

        The quick change, contact, and what is known of the gradient: how much, how far aside, at which side;
        and with a payload the count, which says how near a cancer cell is.
        """
        quick, _, rise = sensing.spread(self.tissue)
        near: Bins = ()
        if self.tissue.portions and self.tissue.secretion:
            near = ((0, tuple(math.log1p(count) for count in sensing.counts(self.tissue, GAPS))),)
        return (
            *near,
            (1, tuple(edge * quick for edge in CHANGES)),
            (3, (0.5,)),
            (8, (rise,)),
            (9, BEARINGS),
            (10, (2.5, 3.5, 4.5)),
        )

    @property
    def observations(self) -> spaces.Space[Any]:
        """What is sensed and remembered."""
        low = np.array([least for _, least, _ in self.features], np.float32)
        high = np.array([most for _, _, most in self.features], np.float32)
        if self.swarm:
            low, high = (np.tile(edge, (self.tissue.robots, 1)) for edge in (low, high))
        return spaces.Box(low, high)

    @property
    def actions(self) -> spaces.Space[Any]:
        """The moves."""
        moves = MOVES + (self.tissue.portions > 0)
        return spaces.MultiDiscrete([moves] * self.tissue.robots) if self.swarm else spaces.Discrete(moves)

    @property
    def ticks(self) -> int:
        """When the time is up."""
        return self.tissue.ticks

    @property
    def trail(self) -> int:
        """Of how many ticks a picture shows the way."""
        return render.trail(self.tissue)

    def within(self, ticks: int) -> "TissueRules":
        """Return the same rules, but that the time is up after so many ticks at most."""
        return replace(self, tissue=self.tissue.model_copy(update={"ticks": min(ticks, self.ticks)}))

    def reset(self, key: jax.Array) -> world.NanoState:
        """Draw a world."""
        return layout.reset(self.tissue, key)

    def step(self, state: world.NanoState, action: jax.Array) -> world.NanoState:
        """Let a tick pass."""
        actions = action if self.swarm else action[None]
        return world.step(self.tissue, state, actions, staying=self.task.staying)

    def observe(self, state: world.NanoState) -> jax.Array:
        """Return what each robot senses and remembers."""
        robots = state.robots
        quick, slow = sensing.changes(self.tissue, robots.senses[0])
        ahead, left, up = robots.rise
        level = jnp.abs(left) >= jnp.abs(up)
        side = jnp.where(level, jnp.where(left >= 0, LEFT, RIGHT), jnp.where(up >= 0, UP, DOWN))
        parts = [
            jnp.log1p(robots.senses[0].molecules),
            quick,
            slow,
            robots.contact,
            robots.move,
            ahead,
            left,
            up,
            jnp.sqrt(ahead**2 + left**2 + up**2),
            jnp.arctan2(jnp.sqrt(left**2 + up**2), ahead),
            side,
        ]
        if self.tissue.portions:
            parts.append(robots.portions / self.tissue.portions)
        if self.tissue.signal:
            parts += [
                jnp.log1p(robots.senses[1].molecules),
                sensing.changes(self.tissue, robots.senses[1])[0],
            ]
        own = [part.astype(jnp.float32) for part in parts]
        # Of one robot they are joined end to end: through that, unlike through a stack, the compiler sees,
        # so that a learner pays only for the entries that it uses.
        return jnp.stack(own, axis=-1) if self.swarm else jnp.concatenate(own)

    def rewards(self, before: world.NanoState, after: world.NanoState) -> jax.Array:
        """Return each robot's reward, shape (robots,)."""
        return self.task.reward(self.tissue, before, after)

    def reward(self, before: world.NanoState, after: world.NanoState) -> jax.Array:
        """Return the tick's reward: the robots' mean."""
        return self.rewards(before, after).mean()

    def over(self, state: world.NanoState) -> jax.Array:
        """Whether the task has come to its end."""
        return self.task.over(self.tissue, state)

    def success(self, state: world.NanoState) -> jax.Array:
        """Whether it is solved."""
        return self.task.success(self.tissue, state)

    def info(self, state: world.NanoState) -> dict[str, jax.Array]:
        """Return the gap between robot and cell, µm, the mean of a swarm's; and what its task counts."""
        figures = {"gap": gap(self.tissue, state).mean()}
        if self.swarm:
            figures["found"] = state.robots.found.sum()
        if self.tissue.portions:
            figures |= {"killed": killed(self.tissue, state), "harm": harm(self.tissue, state)}
        return figures

    def picture(self, state: world.NanoState, path: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the tissue from above."""
        return render.picture(self.tissue, state, path)

    def text(self, state: world.NanoState) -> str:
        """Return it in letters."""
        return render.as_text(self.tissue, state)

    def place(self, state: world.NanoState) -> jax.Array:
        """Return the robots' positions, µm, shape (robots, 3)."""
        return jnp.stack(state.robots.place, axis=-1)
