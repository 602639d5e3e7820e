"""A cortex's language model: what it was asked for the present sentence, and what is left of its plan."""

from dataclasses import dataclass
from typing import Literal, Self

from neuralbrain.deliberation.deliberation import Advice, Deliberation
from neuralbrain.deliberation.meaning import besides, check_meaning, prefix
from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.stages import planned
from neuralbrain.deliberation.unread import Stated, Unread
from neuralbrain.messages import (
    BodySchema,
    Deliberated,
    Location,
    ModelReply,
    ModelRequest,
    Outcome,
    Scene,
    Sequence,
    TreeNode,
)
from neuralbrain.planning.domain import Domain
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.words import listed

Verdict = Literal["accepted", "confirm", "repair", "asked", "said", "refused", "fallback", "held"]
_WORDS: dict[str, tuple[Verdict, Outcome]] = {
    "question": ("asked", "asked"),
    "say": ("said", "said"),
    "cannot": ("refused", "refused"),
}

_SAID = {"question": "{}", "say": "The model says: {}", "cannot": "The model says that it cannot be done: {}"}
"""How its words are passed on."""
MOST_QUESTIONS = 2
"""So many questions of a model's in a row are put to the person."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a cortex does about an answer.

    Attributes:
        verdict: See `neuralbrain.messages.Deliberated`.
        stage: Likewise.
        reason: Likewise.
        outcome: What becomes of the sentence, if it ends here; None: the cortex goes on with it.
        text: What the person is told.
        choices: What the person can answer.
        meant: What the sentence means, where only the model understands it and the person need not be asked.
    """

    verdict: Verdict
    stage: str = ""
    reason: str = ""
    outcome: Outcome | None = None
    text: str = ""
    choices: tuple[str, ...] = ()
    meant: Stated | None = None

    @classmethod
    def fallback(cls, error: ObjectionError) -> Self:
        """Let the embedded planner take the goal."""
        return cls(verdict="fallback", stage=error.stage, reason=error.reason)


class Adviser:
    """Asks a model once for each sentence, and hands out its plan goal by goal.

    Attributes:
        count: How many questions have been asked.
        request: The question that is not answered yet; empty for none.
        last: The last question that was answered.
        to_confirm: What the model says that the sentence means, while the person is asked about it.
        consulted: Whether the model has been asked about the present sentence.
        memories: What is remembered of the sort of the present sentence; None: nobody has been asked yet.
    """

    def __init__(self) -> None:
        self.count = 0
        self.last = ""
        self._question = ""  # what the person was asked because of a model, and has not answered yet
        self._questions = 0  # of the model's to one end
        self.forget()

    def forget(self) -> None:
        """Begin with another sentence."""
        self._questions = self._questions if self._question else 0
        self.request = self._question = ""
        self.consulted = False
        self.to_confirm: Stated | None = None
        self.memories: tuple[str, ...] | None = None
        self._deliberation: Deliberation | None = None
        self._stages: tuple[TreeNode, ...] = ()
        self._used = False  # whether a part of it has been handed out
        self._places: tuple[Location, ...] = ()  # that the plan may use besides those of its goals

    def ask(
        self, now: Situation, domain: Domain, body: BodySchema | None, tick: int, source: str
    ) -> ModelRequest:
        """Put a sentence to the model."""
        self.consulted, self._deliberation = True, Deliberation(now, domain, body)
        self._places = now.locations
        return self.again(tick, source)

    def again(self, tick: int, source: str) -> ModelRequest:
        """Put it to the model as it stands now: for the first time, or with what was wrong."""
        assert self._deliberation is not None
        self.count += 1
        self.request = f"q_{self.count}"
        return ModelRequest(
            tick=tick,
            source=source,
            request=self.request,
            turns=self._deliberation.turns,
            form=self._deliberation.form,
            picture=self._deliberation.now.picture,
        )

    def settle(self) -> None:
        """Forget what the person was asked: they have said yes or no."""
        self.to_confirm, self._question = None, ""

    def with_answer(self, sentence: str, text: str, question: object = None) -> str:
        """Return what a person has said with what went before, if it answers a question.

        Args:
            sentence: What was asked about.
            text: What the person has said.
            question: What the grammar has asked; None: it has not.
        """
        asked = str(question) if question is not None else self._question
        return f"{sentence} (asked {asked!r}: {text})" if asked else text

    def decide(self, reply: ModelReply, unread: Unread | None, domain: Domain, trust: bool) -> Decision:
        """Take the answer to the last question, and say what to do about it.

        Args:
            reply: The answer.
            unread: The sentence, where the grammar does not understand it.
            domain: What can be done and said.
            trust: Whether the person need not be asked about what only the model understands.
        """
        assert self._deliberation is not None
        self.last, now = reply.request, self._deliberation.now
        advice = self._deliberation.hear(reply, domain)
        stage, reason = advice.stage, advice.reason
        if advice.verdict == "repair":
            return Decision(verdict="repair", stage=stage, reason=reason)
        self.request, self._deliberation, self._stages = "", None, advice.stages
        if unread is None:
            if advice.verdict == "plan":
                return Decision(verdict="accepted")
            words = f"it answers with a {advice.verdict!r}: {advice.text}"
            return Decision(verdict="fallback", stage=stage, reason=reason or words)
        if advice.goal is not None:
            return self._proposed(advice, advice.goal, now, domain, trust)
        if advice.verdict == "question":
            self._questions += 1
            if self._questions > MOST_QUESTIONS:
                stage, reason = "meaning", f"it asks again and again: {advice.text}"
        if advice.verdict in _WORDS and not reason:
            verdict, outcome = _WORDS[advice.verdict]
            self._question = advice.text if advice.verdict == "question" else ""
            said = _SAID[advice.verdict].replace("{}", advice.text)
            return Decision(verdict=verdict, outcome=outcome, text=said, choices=advice.choices)
        why = f"the model gave no plan that I can trust ({stage}: {reason})"
        known = unread.reason
        if (
            self._questions
        ):  # what was said answers a question of the model's, perhaps in words that it offered
            known = "I have asked, and still do not know what you mean."
        text = f"{known} And {why}."
        return Decision(verdict="held", stage=stage, reason=reason, outcome="refused", text=text)

    def _proposed(self, advice: Advice, goal: Goal, now: Situation, domain: Domain, trust: bool) -> Decision:
        """Take what the model says that a sentence means, or have the person asked about all of it."""
        meant = Stated(listed([domain.words(c) for c in goal.conditions]), goal)
        if trust:
            return Decision(verdict="accepted", meant=meant)
        self.to_confirm = meant
        more = listed([domain.words(c) for c in besides(advice.stages, goal, now.scene, domain)] or [""])
        on_the_way = f" Then also {more}." if more else ""
        also = on_the_way if advice.stages else " That is so already."
        self._question = f"Do you mean that I should {meant}?{also}"
        return Decision(verdict="confirm", outcome="asked", text=self._question, choices=("yes", "no"))

    def told(self, tick: int, source: str, decision: Decision) -> Deliberated:
        """Say what came of the last answer, for the record."""
        told = {"verdict": decision.verdict, "stage": decision.stage, "reason": decision.reason}
        return Deliberated.model_validate({"tick": tick, "source": source, "request": self.last, **told})

    def take(self) -> tuple[TreeNode, ...]:
        """Return the stages of the plan, for a body that is told of all at once; none are left then."""
        stages, self._stages = self._stages, ()
        return stages

    def plan(
        self, goal: Goal, scene: Scene, holding: str | None, domain: Domain, look: Plan
    ) -> Plan | ObjectionError | None:
        """Return the part of the plan that reaches a goal from how things are now.

        Args:
            goal: It.
            scene: What is believed to be where.
            holding: What is held, or None.
            domain: What can be done.
            look: What to do at the end, to see what came of it.

        Returns:
            None if there is no plan; or why what is left of it does not reach the goal: then nothing is left.
        """
        if not self._stages:
            used, self._used = self._used, False  # said once
            return (
                ObjectionError("meaning", f"nothing is left of the model's plan for {goal.text}")
                if used
                else None
            )
        stages, self._stages = self._stages, ()
        now = Situation(sentence=goal.text, scene=scene, holding=holding, goals=(goal,), places=self._places)
        locations = domain.placed(now.locations, [s for stage in stages for s in planned(stage)], scene)
        try:
            count = prefix(stages, goal, domain.state(scene, locations, holding))
            if count is None:
                raise ObjectionError("meaning", f"the model's plan does not reach {goal.text} as it is now")
            check_meaning(stages[:count], (goal,), now, domain)
        except ObjectionError as error:
            return error
        self._stages, self._used = stages[count:], True
        if not count:
            return None  # it is so already, as far as symbols tell
        felt = domain.held_by(goal) is not None
        ends = () if felt else (look.root.model_copy(update={"id": "see"}),)
        root = Sequence(id="plan", children=(*stages[:count], *ends))
        return Plan(root=root, locations=locations, shown_by="" if felt else look.shown_by)
