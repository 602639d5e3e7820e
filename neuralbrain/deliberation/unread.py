"""Sentences that the grammar does not understand, and what a model says that they mean."""

import re
from dataclasses import dataclass
from typing import Literal

from neuralbrain.errors import InstructionError
from neuralbrain.messages import Condition, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.seams import Intention

_YES = frozenset({"yes", "y", "yeah", "yep", "sure", "ok", "okay", "go", "do", "right", "correct", "confirm"})
_NO = frozenset({"no", "n", "nope", "dont", "not", "never", "wrong", "cancel", "stop"})


@dataclass(frozen=True)
class Unread(Intention):
    """A sentence that nobody understands yet.

    Attributes:
        sentence: It.
        reason: Why the grammar does not understand it.
    """

    sentence: str
    reason: str

    def __str__(self) -> str:
        return f"do what you said ({self.sentence!r})"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Refuse: nothing moves for what is not understood.

        Raises:
            InstructionError: Always.
        """
        raise InstructionError(self.reason)


@dataclass(frozen=True)
class Stated(Intention):
    """What a model says that a sentence means: conditions, which a person has confirmed or need not.

    Attributes:
        words: They, in words, as after "that".
        meant: The goal.
    """

    words: str
    meant: Goal

    def __str__(self) -> str:
        return f"see to it that {self.words}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Return the goal, with what was reached before, as far as it does not contradict."""
        mine = {_about(c) for c in self.meant.conditions}
        still = tuple(c for c in kept.conditions if _about(c) not in mine)
        spots = {spot.id: spot for spot in (*kept.locations, *self.meant.locations)}
        return Goal(str(self), (*still, *self.meant.conditions), tuple(spots.values()))


def _about(condition: Condition) -> tuple[str, ...]:
    return condition.args[:1] or (condition.predicate,)


def assent(text: str) -> Literal["yes", "no", ""]:
    """Return whether a person says yes or no; empty where it is neither, or both."""
    words = re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", ""))
    yes, no = any(word in _YES for word in words), any(word in _NO for word in words)
    if len(words) > 4 or yes == no:
        return "no" if no and len(words) <= 4 else ""
    return "yes" if yes else "no"
