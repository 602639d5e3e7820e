"""What a person says to a brain, and what it says to the person."""

from typing import Literal

from neuralbrain.messages.base import Message, Part
from neuralbrain.messages.plans import Condition, Location
from neuralbrain.messages.senses import SceneObject

Outcome = Literal["done", "said", "asked", "refused", "halted", "failed"]
"""What became of a sentence: done as far as the brain believes; a question answered; a question asked back;
not understood or impossible, so that nothing moved; broken off because the person said so; tried in vain."""


class Instruction(Message):
    """A sentence, as it was heard: the task's own, or a person's."""

    kind: Literal["instruction"] = "instruction"
    text: str

    def headline(self) -> str:
        """Say what was heard."""
        return f"heard: {self.text}"


class Halt(Message):
    """The person said that everything should stop, now.

    Attributes:
        text: The word.
    """

    kind: Literal["halt"] = "halt"
    text: str

    def headline(self) -> str:
        """Say what was heard."""
        return f"stop: {self.text}"


class Claim(Part):
    """What the cortex believes to be so, when it says that something is done.

    Attributes:
        conditions: What should be true now.
        objects: What these are about, as it believes it to be.
        locations: The places that these are about.
        passed: What it believes to have been true on the way, or has felt: no look at the end can tell.
    """

    conditions: tuple[Condition, ...] = ()
    objects: tuple[SceneObject, ...] = ()
    locations: tuple[Location, ...] = ()
    passed: tuple[Condition, ...] = ()


class Done(Message):
    """The cortex is done with a sentence, or cannot go on without the person.

    Attributes:
        outcome: What became of it.
        text: What the person is told, in words.
        choices: Where it is a question: what can be answered.
        claim: What it believes to be so, where that can be said in conditions; for the record, where it is
            held against the truth.
    """

    kind: Literal["done"] = "done"
    outcome: Outcome
    text: str
    choices: tuple[str, ...] = ()
    claim: Claim | None = None

    @property
    def success(self) -> bool:
        """Whether the cortex believes that what was asked has been done, or said."""
        return self.outcome in ("done", "said")

    def headline(self) -> str:
        """Say what is told to the person."""
        return f"answer ({self.outcome}): {self.text}"


class Truth(Message):
    """The body's region holds a `Claim` against simulator truth, for the record: no region may receive it.

    Attributes:
        true: What is so.
        false: What is not.
        unknown: What the simulator cannot tell, or not any more.
    """

    kind: Literal["truth"] = "truth"
    true: tuple[Condition, ...] = ()
    false: tuple[Condition, ...] = ()
    unknown: tuple[Condition, ...] = ()

    @property
    def standing(self) -> str:
        """How the brain's success stands: "believed", "believed and true" or "believed but false"."""
        if self.false:
            return "believed but false"
        return "believed and true" if self.true and not self.unknown else "believed"

    @property
    def by_condition(self) -> dict[str, bool | None]:
        """Each condition in words -> whether it is so; None: unknown."""
        told: tuple[tuple[bool | None, tuple[Condition, ...]], ...] = (
            (True, self.true),
            (False, self.false),
            (None, self.unknown),
        )
        return {str(condition): truth for truth, conditions in told for condition in conditions}

    def headline(self) -> str:
        """Say how it stands."""
        false = f": {', '.join(map(str, self.false))}" if self.false else ""
        return f"{self.standing}{false}"
