"""What a sentence comes to for robots among cells: what is answered at once, and what is to be done."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import Scene
from neuralbrain.nanorobots.planning.errands import Errand
from neuralbrain.nanorobots.planning.questions import Question, Standing
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal
from neuralbrain.planning.inquiry import Inquiry, understood
from neuralbrain.planning.seams import Intention, Interpreter

BLIND = ("abilities", "actions", "greeting", "identity", "thanks")
"""Questions that any brain is asked, and that a brain without a picture of the scene can answer."""


@dataclass(frozen=True)
class Heard:
    """What a sentence comes to.

    Attributes:
        asked: All that it asks for.
        answers: What is said at once: answers to questions, and promises.
    """

    asked: tuple[Intention, ...]
    answers: tuple[str, ...]

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What is to be done."""
        return tuple(one for one in self.asked if isinstance(one, Errand))

    @property
    def only_questions(self) -> bool:
        """Whether what is at work goes on meanwhile."""
        return all(isinstance(one, Inquiry | Question) for one in self.asked)


def hear(
    text: str,
    interpreter: Interpreter,
    about: tuple[Intention, ...],
    question: AmbiguityError | None,
    standing: Standing,
    history: Sequence[PastGoal],
) -> Heard:
    """Understand a sentence, or the answer to a question.

    Args:
        text: What was said.
        interpreter: What understands sentences.
        about: What was asked for last, to which "it" refers.
        question: What the person was asked; None: nothing.
        standing: What is known.
        history: What has been worked for.

    Raises:
        AmbiguityError: It can be understood in several ways.
        InstructionError: It is not understood, or cannot be done.
    """
    asked = _asked(text, interpreter, about, question)
    answers = (
        _answer(one, standing, history, interpreter.abilities())
        for one in asked
        if not isinstance(one, Errand)
    )
    return Heard(asked, tuple(answers))


def nothing_seen() -> Scene:
    """Return the scene of a body that sees no objects."""
    stamp: dict[str, Any] = {"tick": 0, "source": "", "request": "", "camera": "", "frame_tick": 0}
    return Scene(**stamp, objects=(), relations=())


def goals_of(errands: Sequence[Errand]) -> tuple[Goal, ...]:
    """Return what is true after each of some errands, one after the other."""
    goals: list[Goal] = []
    for errand in errands:
        goals.append(errand.goal(nothing_seen(), (), goals[-1] if goals else Goal("", ())))
    return tuple(goals)


def _asked(
    text: str, interpreter: Interpreter, about: tuple[Intention, ...], question: AmbiguityError | None
) -> tuple[Intention, ...]:
    """Return what a sentence asks for, or what the answer to a question does."""
    inquiry = understood(interpreter.plain(text), interpreter.abilities())
    if inquiry is not None and inquiry.topic in BLIND:
        with contextlib.suppress(InstructionError):  # this body knows better what it is doing
            own = interpreter.interpret(text, about)
            if all(isinstance(one, Question) for one in own):
                return own
        return (inquiry,)
    resolved = interpreter.resolve((), question, text) if question is not None else None
    return resolved or interpreter.interpret(text, about)


def _answer(asked: Intention, standing: Standing, history: Sequence[PastGoal], abilities: str) -> str:
    """Answer a question, or say what is promised.

    Raises:
        InstructionError: It is nothing for this body.
    """
    if isinstance(asked, Question):
        return asked.answer(standing)
    reply = asked.reply(nothing_seen(), history, None)
    if reply is None:
        raise InstructionError(f"This body cannot {asked}: {abilities}.")
    return reply
