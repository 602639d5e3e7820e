"""What robots that swim among cells can be asked about, and what they can know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.seams import Intention
from neuralbrain.words import counted

Topic = Literal[
    "self_place", "cell_place", "cell_number", "treated", "found", "robots_number", "payload",
    "state", "sensed",
]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the cortex knows when it is asked.

    Attributes:
        robots: How many there are; 0 before anything was sensed.
        portions: How many portions they have left, all together.
        payload: How many they began with.
        treated: How many cells they have seen die since they began.
        found: How many robots are certain to be with a cancer cell.
        sensed: How many of them caught a molecule of the biomarker just now.
        most: How many molecules one of them caught in the last tick of the body's, at most.
        surface: How many one beside a living cancer cell catches, on average.
        text: How the mission stands, in words; empty where there is none.
    """

    robots: int = 0
    portions: int = 0
    payload: int = 0
    treated: int = 0
    found: int = 0
    sensed: int = 0
    most: int = 0
    surface: float = 0.0
    text: str = ""

    def told(self) -> Mapping[str, Any]:
        """Return it as data for a language model."""
        return {
            "robots": self.robots,
            "robots_with_a_cancer_cell": self.found,
            "robots_that_sense_something": self.sensed,
            "most_molecules_now": self.most,
            "molecules_beside_a_cancer_cell": round(self.surface),
            "portions_left": self.portions,
            "portions_at_first": self.payload,
            "cells_seen_dead": self.treated,
        }


@dataclass(frozen=True)
class Question(Intention):
    """A question that the cortex answers from what it knows, whatever it is about.

    Attributes:
        topic: What is asked.
    """

    topic: Topic

    def __str__(self) -> str:
        return "answer a question"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept

    def answer(self, now: Standing) -> str:
        """Return the answer."""
        portions = f"{now.portions} of {counted(now.payload, 'portion')} left"
        have = "has" if now.found == 1 else "have"
        match self.topic:
            case "self_place":
                return "I do not know where I am: I know my own moves, and these for some seconds only."
            case "cell_place":
                return "I do not know where cells are: I go where more of what cancer cells secrete is."
            case "cell_number":
                senses = "Something secretes." if now.sensed else "I sense nothing that one secretes."
                seen = f"I have seen {counted(now.treated, 'cancer cell')} die."
                return f"I cannot count cells from afar. {senses} {seen}"
            case "treated":
                return f"I have seen {counted(now.treated, 'cancer cell')} die."
            case "found":
                return f"{now.found} of {counted(now.robots, 'robot')} {have} found a cancer cell."
            case "robots_number":
                return f"There {'is' if now.robots == 1 else 'are'} {counted(now.robots, 'robot')}."
            case "payload":
                return f"I have {portions}." if now.payload else "I carry nothing."
            case "sensed":
                verb = "senses" if now.sensed == 1 else "sense"
                return f"{now.sensed} of {counted(now.robots, 'robot')} {verb} what cancer cells secrete."
            case "state":
                return f"The mission: {now.text}." if now.text else "I have nothing to do."
