"""What a person says to a brain, and what it says to the person."""

from typing import Literal

from neuralbrain.messages.base import Message

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


class Done(Message):
    """The cortex is done with a sentence, or cannot go on without the person.

    Attributes:
        outcome: What became of it.
        text: What the person is told, in words.
        choices: Where it is a question: what can be answered.
    """

    kind: Literal["done"] = "done"
    outcome: Outcome
    text: str
    choices: tuple[str, ...] = ()

    @property
    def success(self) -> bool:
        """Whether the cortex believes that what was asked has been done, or said."""
        return self.outcome in ("done", "said")

    def headline(self) -> str:
        """Say what is told to the person."""
        return f"answer ({self.outcome}): {self.text}"
