"""The tabletop without a task, as a Gymnasium environment."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from neuralbrain.envs.tabletop.env import TabletopEnv
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.envs.tabletop.tasks.free import free_task

THINGS = ("red block", "green block", "yellow block", "red ball", "blue bowl", "purple bowl")
"""What lies on the table where a person says nothing."""


class FreeTabletopEnv(TabletopEnv):
    """A Panda at a table on which lies what a person wants, and that asks for nothing.

    What it observes and what an action does: see `TabletopEnv`. Its instruction is empty, its reward 0, and
    it never terminates; it is truncated after 240 simulated seconds.

    Args:
        things: What lies on the table; see `Scene.of`.
        placed: What stands on or lies in what; see `Scene.of`.
        layout: Where things lie; see `Scene.of`. The seed draws the rest.
        **options: As for `TabletopEnv`, without ``task``.

    Raises:
        ConfigurationError: Something in the scene cannot be used, or does not fit.
    """

    parameters = {"things", "placed", "layout", *inspect.signature(TabletopEnv).parameters} - {"task"}
    """What `gymnasium.make` takes."""

    def __init__(
        self,
        things: Sequence[str] = THINGS,
        placed: Sequence[str] = (),
        layout: Mapping[str, Sequence[float]] | None = None,
        **options: Any,
    ) -> None:
        task = free_task(Scene.of(things, placed, layout))
        super().__init__(task, **options)
