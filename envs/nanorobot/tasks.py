"""What is asked of a robot: its reward, and when its task is over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.world import State
from neuralbrain.errors import UnknownNameError

NEAR = 10.0
"""How far its surface may be from the cancer cell's while it follows it, µm."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task.

    Attributes:
        name: Its name.
        tissue: The parameters in which it differs from `Tissue`'s defaults.
        reward: Of a tick, from the states before and after; by simulator truth.
        over: Whether the task is solved, so that the episode ends.
    """

    name: str
    tissue: dict[str, Any]
    reward: Callable[[Tissue, State, State], jax.Array]
    over: Callable[[Tissue, State], jax.Array]


def gap(tissue: Tissue, state: State) -> jax.Array:
    """Return how far the robot's surface is from the cancer cell's, µm."""
    apart: jax.Array = jnp.linalg.norm(state.robot - state.target, axis=-1)
    return apart - tissue.cell_radius - tissue.robot_radius


def _nearer(tissue: Tissue, before: State, after: State) -> jax.Array:
    """What it has come nearer, as a share of the tissue's edge, and 1 for touching the cell."""
    nearer: jax.Array = (gap(tissue, before) - gap(tissue, after)) / tissue.size
    return nearer + after.found


def _near(tissue: Tissue, before: State, after: State) -> jax.Array:
    """1 for each tick near the cell."""
    return (gap(tissue, after) < NEAR).astype(jnp.float32)


TASKS = {
    task.name: task
    for task in (
        Task(name="seek", tissue={}, reward=_nearer, over=lambda tissue, state: state.found),
        Task(
            name="track",
            tissue={"drift": 4.0},
            reward=_near,
            over=lambda tissue, state: jnp.zeros_like(state.found),
        ),
    )
}
"""Name -> task."""


def find_task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UnknownNameError: There is none.
    """
    if name not in TASKS:
        raise UnknownNameError("nanorobot task", name, TASKS)
    return TASKS[name]
