"""What a brain asked a language model, what it took, and what became of the answers."""

from dataclasses import dataclass, field

from neuralbrain.language.budget import Used, total
from neuralbrain.messages import Deliberated, Message, ModelCall, ModelReply, ModelRequest


@dataclass(slots=True)
class Question:
    """One question to a model.

    Attributes:
        tick: When it was asked.
        request: What was asked.
        calls: The tries that it took, oldest first.
        reply: What came back; None: nothing yet.
        verdict: What became of that; None: nothing yet.
    """

    tick: int
    request: ModelRequest
    calls: list[ModelCall] = field(default_factory=list)
    reply: ModelReply | None = None
    verdict: Deliberated | None = None

    @property
    def used(self) -> Used:
        """What it used."""
        each = (Used(calls=int(call.sent), tokens=call.tokens, cost=call.cost) for call in self.calls)
        return total(each)

    @property
    def seconds(self) -> float:
        """How long its requests took, s of wall clock."""
        return sum(call.seconds for call in self.calls)


@dataclass(slots=True)
class Thoughts:
    """All questions to models, oldest first; it takes in what is sent."""

    questions: list[Question] = field(default_factory=list)

    def take_in(self, tick: int, message: Message) -> None:
        """Note a message, if it is one of theirs."""
        if isinstance(message, ModelRequest):
            self.questions.append(Question(tick, message))
        elif isinstance(message, ModelCall | ModelReply | Deliberated):
            asked = next((q for q in reversed(self.questions) if q.request.request == message.request), None)
            if asked is None:
                return
            match message:
                case ModelCall():  # where it stands already it was under way, and is over now
                    others = [call for call in asked.calls if call.attempt != message.attempt]
                    asked.calls = [*others, message]
                case ModelReply():
                    asked.reply = message
                case Deliberated():
                    asked.verdict = asked.verdict or message

    @property
    def taken(self) -> int:
        """How many answers were taken: a plan that passed every check, or words for the person."""
        told = [question.verdict for question in self.questions if question.verdict is not None]
        return sum(one.verdict not in ("repair", "fallback", "held") for one in told)

    @property
    def unused(self) -> list[Deliberated]:
        """The verdicts that the brain goes on without the model, or does nothing."""
        told = [question.verdict for question in self.questions if question.verdict is not None]
        return [one for one in told if one.verdict in ("fallback", "held")]

    @property
    def used(self) -> Used:
        """What all of them used."""
        return total(question.used for question in self.questions)
