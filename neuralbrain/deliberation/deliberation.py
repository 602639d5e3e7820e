"""One sentence, put to a model: what is asked, what comes back, and what becomes of it."""

from dataclasses import dataclass
from typing import Literal

from neuralbrain.deliberation.draft import draft
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.prompt import SHORTEST, objection, opening
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.wire import NAME, WORDS, WirePlan, WireQuestion, WireWords, form, read
from neuralbrain.messages import BodySchema, ModelReply, TreeNode, Turn
from neuralbrain.planning.domain import Domain
from neuralbrain.planning.goal import Goal
from neuralbrain.words import one_line

REPAIRS = 2
"""How often an answer is given back."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What became of it.

    Attributes:
        verdict: "plan": its stages reach the goals of the sentence, or, where nobody else understands that,
            the goal that the model states. "repair": it is asked again. "question", "say", "cannot": its
            words. "none": it gave nothing that can be used.
        stage: Which check failed, or what else went wrong; empty for nothing.
        reason: Why, in words.
        text: Its words to the person.
        choices: What can be answered to its question.
        stages: Of its plan.
        goal: What the model says that will be true, where nobody else knows.
    """

    verdict: Literal["plan", "repair", "question", "say", "cannot", "none"]
    stage: str = ""
    reason: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()
    stages: tuple[TreeNode, ...] = ()
    goal: Goal | None = None


class Deliberation:
    """Asks a model for one plan, and gives it back with the reason where it is wrong.

    Args:
        now: What it is about.
        domain: What can be done and said.
        body: What the body says of itself.
    """

    def __init__(self, now: Situation, domain: Domain, body: BodySchema | None) -> None:
        self.now, self._body = now, body
        self._repairs = self._shorter = 0
        self.form = form(domain, () if now.blind else now.names())
        self.turns: tuple[Turn, ...] = opening(now, domain, 0)

    def hear(self, reply: ModelReply, domain: Domain) -> Advice:
        """Take an answer; after "repair" the turns are those to ask with again."""
        match reply.outcome:
            case "answered":
                return self._judge(reply.text, domain)
            case "too_long" if self._shorter < SHORTEST:
                self._shorter += 1
                self.turns = (*opening(self.now, domain, self._shorter), *self.turns[2:])
                return Advice(verdict="repair", stage="server", reason="the prompt is too long for it")
            case "cut":
                return self._back(
                    reply.text, ObjectionError("form", "your answer was cut off: make it shorter")
                )
            case "spent":
                return Advice(verdict="none", stage="budget", reason=reply.reason)
            case _:
                return Advice(verdict="none", stage="server", reason=reply.reason or reply.outcome)

    def _judge(self, text: str, domain: Domain) -> Advice:
        try:
            answer = read(text)
            if not isinstance(answer, WirePlan):
                return self._words(answer)
            found = draft(answer, self.now, domain, self._body)
        except ObjectionError as error:
            return self._back(text, error)
        return Advice(verdict="plan", stages=found.stages, goal=found.goal)

    @staticmethod
    def _words(answer: WireQuestion | WireWords) -> Advice:
        """Take what is said to the person: one line of legible text."""
        text = one_line(answer.text, WORDS)
        if not text:
            raise ObjectionError("form", "your text is empty")
        choices = answer.choices if isinstance(answer, WireQuestion) else ()
        told = dict.fromkeys(filter(None, (one_line(choice, NAME) for choice in choices)))
        return Advice(verdict=answer.kind, text=text, choices=tuple(told))

    def _back(self, text: str, error: ObjectionError) -> Advice:
        """Give an answer back, if it may still be."""
        if self._repairs == REPAIRS:
            return Advice(verdict="none", stage=error.stage, reason=error.reason)
        self._repairs += 1
        self.turns = (*self.turns, *objection(text, error.stage, error.reason))
        return Advice(verdict="repair", stage=error.stage, reason=error.reason)

    @property
    def repairs(self) -> int:
        """How often it was asked again."""
        return self._repairs
