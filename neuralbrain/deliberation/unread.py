"""Sentences that the grammar does not understand, and what a model says that they mean."""

import re
from dataclasses import dataclass
from typing import Literal

from neuralbrain.errors import InstructionError
from neuralbrain.messages import Condition, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.seams import Intention

_YES = re.compile(
    "yes|y|yeah|yep|yup|sure|ok|okay|right|correct|confirm|confirmed|exactly|absolutely|definitely"
)
_NO = re.compile("no|n|nope|dont|not|never|wrong|cancel|stop")
_BESIDES = re.compile(
    "please|thanks|thank|you|do|it|that|go|ahead|i|mean|want|should|so|all|of|course|is|thats|on"
)
"""What may stand beside a yes or a no without saying anything more."""
_GO = re.compile("(please )?(do (it|that|so)|go (ahead|on)|that is it|of course)( please)?")
"""What is a yes without one."""


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
    """Return whether a person says yes or no, and nothing else; empty where they say more, or neither."""
    words = re.findall(r"[^\W_]+", text.lower().replace("'", "").replace("’", ""))
    if _GO.fullmatch(" ".join(words)):
        return "yes"
    yes, no = (any(map(sort.fullmatch, words)) for sort in (_YES, _NO))
    if yes == no or not all(any(sort.fullmatch(w) for sort in (_YES, _NO, _BESIDES)) for w in words):
        return ""
    return "yes" if yes else "no"
