"""The ten tasks, in order of length, and one for reinforcement learning."""

from types import MappingProxyType
from typing import Final

from neuralbrain.arguments import one_of
from neuralbrain.envs.tabletop.tasks.base import Setting, Task
from neuralbrain.envs.tabletop.tasks.blocks import LIFT, PLACE, PYRAMID, ROW, SORT, STACK, SWAP
from neuralbrain.envs.tabletop.tasks.compound import RESTORE, TWO_STEP
from neuralbrain.envs.tabletop.tasks.furniture import DRAWER, PUSH

TASKS: Final = MappingProxyType(
    {task.name: task for task in (PLACE, STACK, PUSH, SWAP, PYRAMID, ROW, DRAWER, RESTORE, SORT, TWO_STEP)}
)
"""Name -> task."""

__all__ = ["TASKS", "Setting", "Task", "find_task"]


def find_task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UnknownNameError: There is none.
    """
    known = {**TASKS, LIFT.name: LIFT}
    return known[one_of("task", name, tuple(known))]
