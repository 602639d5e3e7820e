"""What a task is: how its table is laid, and when it is solved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuralbrain.envs.tabletop.sentences import WORDINGS, phrase
from neuralbrain.envs.tabletop.table import NoRoomError, Table
from neuralbrain.envs.tabletop.truth import Truth
from neuralbrain.envs.tabletop.world import TableObject
from neuralbrain.errors import ConfigurationError

TRIES = 300
"""So often a table is laid anew before it is given up; no task of the ten needs a tenth of it."""
Roles = Mapping[str, Any]
"""What plays which part: slot of the sentence -> the name of an object, or names in order."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What was drawn from a seed.

    Attributes:
        objects: What lies on the table.
        roles: Which of them the task is about.
        sentence: The instruction.
        depth_noise: Standard deviation of the depth cameras, m.
    """

    objects: tuple[TableObject, ...]
    roles: Roles
    sentence: str
    depth_noise: float


@dataclass(frozen=True, kw_only=True)
class Task:
    """One of the ten tasks, or another way to lay a table.

    Attributes:
        name: Its name, as `neuralbrain.envs.tabletop.sentences.phrase` knows it.
        seconds: Simulated time after which it is given up, s.
        lay: Lays the table; returns the roles.
        goals: The conditions that must all hold at the end; judged by simulator truth. An empty list: it asks
            for nothing.
        milestone: What must have held at some time on the way; None for nothing.
        alone: Whether nothing lies on the table but what the task lays.
        settled: What must hold once everything has come to rest, which is waited for before the episode
            begins: it raises ConfigurationError if it does not. None: nobody waits.
    """

    name: str
    seconds: float
    lay: Callable[[Table], Roles]
    goals: Callable[[Truth, Roles], list[bool]]
    milestone: Callable[[Truth, Roles], bool] | None = None
    alone: bool = False
    settled: Callable[[Truth], None] | None = None

    def draw(self, rng: np.random.Generator) -> Setting:
        """Draw a table that fits, and a sentence about it.

        Raises:
            ConfigurationError: There is too much to fit.
        """
        for _ in range(TRIES):
            table = Table(rng)
            try:
                roles = self.lay(table)
            except NoRoomError:
                continue
            if not self.alone:
                table.distract()
            return Setting(
                objects=tuple(table.objects),
                roles=roles,
                sentence=phrase(self.name, rng, **spoken(roles)) if self.name in WORDINGS else "",
                depth_noise=float(rng.uniform(0.0, 0.0015)),
            )
        raise ConfigurationError(
            f"there is no room on the table for all of it, with room to act: {TRIES} layouts were tried; "
            "give fewer things"
        )


def spoken(roles: Roles) -> dict[str, Any]:
    """Return the slots of the sentence: "red_block" is said "red block"."""
    slots: dict[str, Any] = {}
    for name, value in roles.items():
        if isinstance(value, str):
            slots[name] = value.replace("_", " ")
        elif isinstance(value, tuple) and isinstance(value[1], Mapping):
            slots[name] = (value[0], spoken(value[1]))
        else:
            slots[name] = [one.replace("_", " ") for one in value]
    return slots
