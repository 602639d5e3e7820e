"""Tasks whose goal is where objects are to be: place, push and stack, with nothing else on the table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.body import Floats
from neuralbrain.envs.tabletop.table import Table
from neuralbrain.envs.tabletop.tasks.base import Roles, Task
from neuralbrain.envs.tabletop.tasks.blocks import PLACE, STACK
from neuralbrain.envs.tabletop.tasks.furniture import PUSH
from neuralbrain.envs.tabletop.truth import Truth

SECONDS = 10.0
"""Simulated time of an episode, s."""


@dataclass(frozen=True, kw_only=True)
class GoalTask:
    """A task that is solved when some objects are where they should be.

    Attributes:
        task: How the table is laid and what is said.
        moved: Names the objects that count, in order.
        desired: Where each of them should be, from where all was laid, m, shape (3 objects,).
        objects: How many they are.
        near: How near is near enough, m.
    """

    task: Task
    moved: Callable[[Roles], tuple[str, ...]]
    objects: int = 1
    desired: Callable[[Truth, Roles], Floats]
    near: float

    def achieved(self, truth: Truth, roles: Roles) -> Floats:
        """Return where the objects are, m, shape (3 objects,)."""
        return np.concatenate([truth.position(name) for name in self.moved(roles)])


def _lay_place(table: Table) -> Roles:
    return {"object": table.put("block").name, "bowl": table.put("bowl").name}


def _block(roles: Roles) -> tuple[str, ...]:
    return (roles["object"],)


def _in_the_bowl(truth: Truth, roles: Roles) -> Floats:
    return truth.start(roles["bowl"]) + [0.0, 0.0, SHAPES["bowl"].wall + SHAPES["block"].size[2] / 2]


def _box(roles: Roles) -> tuple[str, ...]:
    return (roles["box"],)


def _over_the_zone(truth: Truth, roles: Roles) -> Floats:
    return truth.start(roles["zone"]) + [0.0, 0.0, SHAPES["box"].size[2] / 2]


def _lay_stack(table: Table) -> Roles:
    return {"order": (table.put("block").name, table.put("block").name)}


def _both(roles: Roles) -> tuple[str, ...]:
    lower, upper = roles["order"]
    return lower, upper


def _on_the_lower(truth: Truth, roles: Roles) -> Floats:
    lower = truth.start(roles["order"][0])
    return np.concatenate([lower, lower + [0.0, 0.0, SHAPES["block"].size[2]]])


GOAL_TASKS: Final = MappingProxyType(
    {
        "place": GoalTask(
            task=replace(PLACE, seconds=SECONDS, lay=_lay_place, alone=True),
            moved=_block,
            desired=_in_the_bowl,
            near=0.05,
        ),
        "push": GoalTask(
            task=replace(PUSH, seconds=SECONDS, alone=True),
            moved=_box,
            desired=_over_the_zone,
            near=0.05,
        ),
        "stack": GoalTask(
            task=replace(STACK, seconds=SECONDS, lay=_lay_stack, alone=True),
            moved=_both,
            objects=2,
            desired=_on_the_lower,
            near=0.02,
        ),
    }
)
"""Name -> task."""
