"""What robots that swim among cells can be asked for, and what of it their body cannot do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from neuralbrain.messages import Condition, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal
from neuralbrain.planning.seams import Intention
from neuralbrain.words import counted

Verb = Literal["find", "treat", "follow"]
REACHED = {"find": "found", "treat": "treated", "follow": "near"}
"""Verb -> the predicate of what is true then: of which robots ("all", or how many), and of how many cells."""
ALL = "all"
"""All robots; all cells."""
ALIKE = "One cancer cell is like another to me, for I go by what they secrete"
"""Why many things that can be said of cells cannot be done."""


@dataclass(frozen=True)
class Errand(Intention):
    """One thing that is to be done with cancer cells, by each robot or by all together.

    Attributes:
        verb: Find: each robot is to be with a cancer cell. Treat: cells are to be dead. Follow: each robot is
            to be near a cancer cell, without end.
        number: How many cells; None for all that there are.
        every: Whether the sentence says expressly that it should be every one.
        robots: How many of the robots do it; None for all.
    """

    verb: Verb
    number: int | None = None
    every: bool = False
    robots: int | None = None

    @property
    def goals(self) -> tuple[Verb, ...]:
        """Return what it takes, in order: who treats a cell must find it."""
        return ("find", "treat") if self.verb == "treat" else (self.verb,)

    @property
    def ends(self) -> bool:
        """Whether it is ever done."""
        return self.verb != "follow"

    @property
    def leaves(self) -> bool:
        """Whether cells that secrete may be left when it is done."""
        return self.verb != "treat" or self.number is not None

    def __str__(self) -> str:
        what = {None: "the cancer cells", 1: "a cancer cell"}.get(self.number, f"{self.number} cancer cells")
        what = what.replace("the", "all the") if self.every else what
        who = f" with {counted(self.robots, 'robot')}" if self.robots else ""
        return f"{self.verb} {what}{who}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done; it is judged by what the robots count, not in a scene.

        What has been treated before is counted, too.
        """
        who, predicate = str(self.robots or ALL), REACHED[self.verb]
        treated = {c.args[0]: c.args[1] for c in kept.conditions if c.predicate == REACHED["treat"]}
        if self.verb == "treat":
            before = int(treated.get(who, 0))
            treated[who] = ALL if self.number is None else str(before + self.number)
        conditions = [Condition(predicate=REACHED["treat"], args=each) for each in treated.items()]
        if self.verb != "treat":
            conditions.append(Condition(predicate=predicate, args=(who,)))
        return Goal(str(self), tuple(conditions))

    def trouble(self, robots: int, portions: int) -> str:
        """Say why a body cannot do it; empty where it can.

        Args:
            robots: How many the body has.
            portions: Into how many portions all payloads are divided now.
        """
        if (self.robots or 0) > robots:
            return f"There {'is' if robots == 1 else 'are'} only {counted(robots, 'robot')}."
        acting = self.robots or robots
        if self.verb == "treat":
            treats = "" if portions else "I carry nothing to treat a cell with: I can find one, or follow it."
            return treats or self._too_few(portions * acting // robots)
        if self.every or (self.number or 0) > 1 or (self.number is None and acting == 1):
            return (
                f"{ALIKE}, and I cannot tell when I have been to several: I can {self.verb} a cancer cell, "
                "or treat the cancer cells."
            )
        return ""

    def _too_few(self, portions: int) -> str:
        if self.number is None or self.number <= portions:
            return ""
        return f"{counted(portions, 'portion')} cannot treat {self.number} cells: each takes at least one."


@dataclass(frozen=True)
class Leave(Intention):
    """Not to do something.

    Attributes:
        words: What, as after "do not"; empty: anything.
        healthy: Whether that is about healthy cells.
    """

    words: str = ""
    healthy: bool = False

    def __str__(self) -> str:
        return f"not {self.words}" if self.words else "do nothing"

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str:
        """Promise it, as far as it can be."""
        if self.healthy:
            return "All right: I let portions go only beside a cell that secretes, but they may drift on."
        return f"All right: I do not {self.words}." if self.words else "All right: I do nothing."

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept
