"""What is asked of robots: their reward, and when a task is over. By simulator truth."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp

from neuralbrain.arguments import one_of
from neuralbrain.envs.nanorobot import vectors
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.vectors import Vector
from neuralbrain.envs.nanorobot.world import NanoState, alive

NEAR = 10.0
"""How far its surface may be from the cancer cell's while it follows it, µm."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task.

    Attributes:
        name: Its name.
        reward: Of a tick and each robot, from the states before and after, shape (robots,).
        over: Whether the task has come to its end.
        success: Whether it is solved.
        tissue: The parameters in which it differs from `Tissue`'s defaults.
        staying: Whether a robot that has found a cancer cell stays there for good.
    """

    name: str
    reward: Callable[[Tissue, NanoState, NanoState], jax.Array]
    over: Callable[[Tissue, NanoState], jax.Array]
    success: Callable[[Tissue, NanoState], jax.Array]
    tissue: dict[str, Any] = field(default_factory=dict)
    staying: bool = False


def gap(tissue: Tissue, state: NanoState) -> jax.Array:
    """Return how far each robot's surface is from the nearest living cancer cell's, µm; 0 if none lives."""
    return _nearest(tissue, state, state.robots.shaken)[0]


def _nearest(tissue: Tissue, state: NanoState, moved: Vector) -> tuple[jax.Array, jax.Array]:
    """Return the gap to the nearest living cancer cell, and how far a displacement leads towards it, µm."""
    place = state.robots.place
    least, along = jnp.full_like(place[0], jnp.inf), jnp.zeros_like(place[0])
    for centre, lives in zip(state.cells.places, alive(tissue, state.cells), strict=False):
        there = vectors.minus(centre, place)
        squared = vectors.dot(there, there)
        nearer = (squared < least) & lives
        least = jnp.where(nearer, squared, least)
        along = jnp.where(nearer, vectors.dot(there, moved), along)
    apart, known = jnp.sqrt(least), jnp.isfinite(least)
    gap = apart - tissue.cell_radius - tissue.robot_radius
    return jnp.where(known, gap, 0.0), jnp.where(known, along / jnp.maximum(apart, 1e-6), 0.0)


def _progress(tissue: Tissue, before: NanoState, after: NanoState) -> jax.Array:
    """Return what each has come nearer by its own doing, in radii of a cell.

    What chance did is left out. It has no mean, so the sum over an episode is the same on average,
    but its spread is not: a slow robot moves a tenth as far in a tick as it is shaken.
    """
    start, shift = _nearest(tissue, before, after.robots.shaken)
    progress: jax.Array = (start - gap(tissue, after) - shift) / tissue.cell_radius
    return progress


def killed(tissue: Tissue, state: NanoState) -> jax.Array:
    """Return how many cancer cells are dead."""
    return jnp.stack([(~lives).astype(jnp.int32) for lives in alive(tissue, state.cells)]).sum()


def harm(tissue: Tissue, state: NanoState) -> jax.Array:
    """Return the largest dose of a healthy cell, molecules s/µm³."""
    doses = state.cells.doses[tissue.cancer :]
    return jnp.stack(doses).max() if doses else jnp.float32(0.0)


def _nearer(tissue: Tissue, before: NanoState, after: NanoState) -> jax.Array:
    """What each has come nearer by its own doing, and 1 for touching the cell at last."""
    found: jax.Array = after.robots.found & ~before.robots.found
    return _progress(tissue, before, after) + found


def _all_found(tissue: Tissue, state: NanoState) -> jax.Array:
    found: jax.Array = state.robots.found.all()
    return found


def _followed(tissue: Tissue, before: NanoState, after: NanoState) -> jax.Array:
    """What each has come nearer by its own doing; a tick near the cell is worth one of swimming towards it.

    Were it worth much more, then what a move brings would drown in whether the robot happens to be near:
    what it senses does not say so.
    """
    near = (gap(tissue, after) < NEAR).astype(jnp.float32)
    return _progress(tissue, before, after) + tissue.stride / tissue.cell_radius * near


def _helped(tissue: Tissue, before: NanoState, after: NanoState) -> jax.Array:
    """What the cancer cells got, up to what kills them, less what the healthy ones got; and the way there.

    Doses are counted in parts of what kills and of what is tolerated. Only what a robot's own portion did is
    its own, but the cells' doses are the sum over all, so with many robots all share alike. The way counts
    while the same cells live: where one has died, the gap to the next is no step back.
    """
    cancer, healthy = jnp.float32(0.0), jnp.float32(0.0)
    for number, (old, new) in enumerate(zip(before.cells.doses, after.cells.doses, strict=True)):
        if number < tissue.cancer:
            cancer += (jnp.minimum(new, tissue.lethal) - jnp.minimum(old, tissue.lethal)) / tissue.lethal
        else:
            healthy += (new - old) / tissue.tolerated
    way = _progress(tissue, before, after)
    same = killed(tissue, before) == killed(tissue, after)
    shared: jax.Array = (cancer - healthy) / tissue.robots
    return jnp.where(same, way, 0.0) + shared


def _used_up(tissue: Tissue, state: NanoState) -> jax.Array:
    return (killed(tissue, state) == tissue.cancer) | (state.robots.portions == 0).all()


def _treated(tissue: Tissue, state: NanoState) -> jax.Array:
    return (killed(tissue, state) == tissue.cancer) & (harm(tissue, state) < tissue.tolerated)


TASKS = {
    task.name: task
    for task in (
        Task(name="seek", reward=_nearer, over=_all_found, success=_all_found, staying=True),
        Task(
            name="track",
            reward=_followed,
            over=lambda tissue, state: jnp.bool_(False),
            success=lambda tissue, state: (gap(tissue, state) < NEAR).all(),
            tissue={"drift": 4.0},
        ),
        Task(name="deliver", reward=_helped, over=_used_up, success=_treated, tissue={"portions": 4}),
    )
}
"""Name -> task."""


def find_task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UnknownNameError: There is none.
    """
    return TASKS[one_of("nanorobot task", name, tuple(TASKS))]
