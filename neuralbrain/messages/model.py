"""What passes between a cortex and a language model, and what is written down of it."""

from typing import ClassVar, Literal

from neuralbrain.messages.base import Message, Part

Role = Literal["system", "user", "assistant"]

ReplyKind = Literal["answered", "cut", "declined", "too_long", "spent", "failed"]
"""It answered; the answer was cut off at its limit; it declined to answer; the prompt was too long for it;
the budget does not allow another call; no answer could be had."""

UNDER_WAY = "under way"
"""The outcome of a request that was not over when it was written down."""


class Turn(Part):
    """One turn of a conversation with a model.

    Attributes:
        role: Whose it is.
        text: What is said.
    """

    role: Role
    text: str


class ModelRequest(Message):
    """Asks a language model.

    Attributes:
        request: An identifier that comes back with the reply, unique in the episode.
        turns: The conversation so far; the last turn is the user's.
        form: The JSON schema that the answer should have, as JSON text.
        picture: A PNG in base64 that belongs to the last turn; empty for none.
    """

    kind: Literal["model_request"] = "model_request"
    request: str
    turns: tuple[Turn, ...]
    form: str
    picture: str = ""

    def headline(self) -> str:
        """Say that the model is asked."""
        return f"asks the model ({self.request})"


class ModelReply(Message):
    """What a language model answered, or why it did not.

    Attributes:
        request: The identifier of the question.
        prompt_sha256: The hash of what was asked (`neuralbrain.language.prompt_hash`): a replay holds it
            against what is asked then.
        outcome: What became of it.
        text: The answer, as it came; empty if there is none.
        reason: Why there is none, in words.
        late: Ticks that passed in the brain from when the question came to when it was answered; 0 where the
            brain waits.
    """

    kind: Literal["model_reply"] = "model_reply"
    request: str
    prompt_sha256: str
    outcome: ReplyKind
    text: str = ""
    reason: str = ""
    late: int = 0

    def headline(self) -> str:
        """Say what came of the question."""
        late = f", {self.late} ticks late" if self.late else ""
        return f"the model ({self.request}): {self.outcome}{late}{': ' * bool(self.reason)}{self.reason}"


class ModelCall(Message):
    """One request to a model's server, for the record: it tells the time that it took, so no region hears it.

    It stands right before the `ModelReply` that it led to; where a request was tried again there are several.
    Where the brain does not wait, another stands where it was sent.

    Attributes:
        request: The identifier of the question.
        attempt: 1 for the first try at it.
        sent: Whether the server was reached; else it is no request, and uses nothing.
        model: The model's name, as it was asked for.
        prompt_sha256: The hash of what was asked; the `ModelRequest` has the words.
        picture_sha256: The hash of the picture that was sent, a PNG; empty for none.
        answer: What came, as text.
        outcome: "answered", or what went wrong; "under way" in the first of the two messages about a request
            that the brain does not wait for.
        input_tokens: As the server counts them; None: it did not say.
        output_tokens: Likewise.
        reserved_tokens: So many were set aside for it beforehand. No fewer than it used, if the server keeps
            the limit that it is given.
        tokens: So many it counts for: what the server counts; where it does not say, what was set aside.
        cost: In the currency of the prices that were given; None: unknown.
        kept_limit: Whether the answer was no longer than the server was told.
        seconds: How long it took, s of wall clock.
    """

    kind: Literal["model_call"] = "model_call"
    traced: ClassVar[bool] = False

    request: str
    attempt: int
    sent: bool = True
    model: str
    prompt_sha256: str
    picture_sha256: str = ""
    answer: str = ""
    outcome: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    reserved_tokens: int
    tokens: int
    cost: float | None
    kept_limit: bool = True
    seconds: float

    def headline(self) -> str:
        """Say what it was."""
        again = f", try {self.attempt}" if self.attempt > 1 else ""
        return f"{self.request} to the model {self.model}{again}: {self.outcome}, {self.seconds:.1f} s"


class Deliberated(Message):
    """What came of a model's answer: whether it was taken, and what is done instead.

    Attributes:
        request: The identifier of the question that was answered.
        verdict: "accepted": its plan is carried out. "confirm": the person is asked about it first. "repair":
            it is told what is wrong and asked again. "asked", "said", "refused": its words go to the person.
            "fallback": the embedded planner takes the goal. "held": nothing is done.
        stage: The check that it failed ("form", "skills", "names", "reach", "symbols", "limits", "meaning"),
            or what else went wrong ("budget", "server"); empty where nothing did.
        reason: Why, in words.
    """

    kind: Literal["deliberated"] = "deliberated"
    request: str
    verdict: Literal["accepted", "confirm", "repair", "asked", "said", "refused", "fallback", "held"]
    stage: str = ""
    reason: str = ""

    def headline(self) -> str:
        """Say what came of it."""
        why = f" ({self.stage}: {self.reason})" if self.reason else ""
        return f"the model's answer: {self.verdict}{why}"
