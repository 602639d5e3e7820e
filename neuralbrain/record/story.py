"""The story of an episode: what a person wants to know of thousands of messages.

It is an observer. The live view, the figures of an episode and the report all draw on it, and it can be
told from a running brain as well as from a log.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from neuralbrain.embodiment import load_messages
from neuralbrain.language.budget import Used
from neuralbrain.messages import (
    Anomaly,
    Deliberated,
    Done,
    ExecutionTree,
    Instruction,
    Message,
    ModelCall,
    ModelReply,
    ModelRequest,
    Outcome,
    PlanStatus,
    Scene,
    StepStatus,
    Stop,
    Truth,
    steps,
)
from neuralbrain.record.thoughts import Thoughts
from neuralbrain.runtime import Emission


def kinds() -> set[str]:
    """Return the kinds of messages that it is told by: all that tell a person something."""
    load_messages()
    return {"step_status"} | {
        kind for kind, found in Message.registry.items() if found.headline is not Message.headline
    }


HEARD = "instruction"
"""The output port by which a brain passes on what it has heard."""

HALF_LIFE = 20
"""Ticks in which what a region sent loses half its weight in its activity."""

STATES = {"started": "running", "claimed": "checking", "succeeded": "succeeded", "failed": "failed"}
"""What `StepStatus` says -> how a step stands, in a person's words. Before all that: "waiting"."""


@dataclass(slots=True)
class RecordedAttempt:
    """One try at one step.

    Attributes:
        plan: The plan.
        step: The step.
        skill: Its skill.
        number: 1 for the first try.
        begun: The tick at which it began.
        ended: The tick at which it ended; None while it goes on.
        state: "running", "checking", "succeeded" or "failed".
        reason: Why it failed.
    """

    plan: str
    step: str
    skill: str
    number: int
    begun: int
    ended: int | None = None
    state: str = "running"
    reason: str = ""


@dataclass(slots=True)
class RecordedPlan:
    """One execution tree and what became of it.

    Attributes:
        tree: The tree.
        tick: When the cortex sent it.
        ended: The tick of its end; None while it goes on.
        succeeded: Whether it succeeded; None while it goes on, or when another replaced it.
        reason: Why it failed.
    """

    tree: ExecutionTree
    tick: int
    ended: int | None = None
    succeeded: bool | None = None
    reason: str = ""


@dataclass(slots=True)
class Trouble:
    """An anomaly, and whether it was overcome: its step, its plan or in the end the whole task succeeded."""

    tick: int
    anomaly: Anomaly
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the dialogue.

    Attributes:
        tick: When it was said.
        who: "task" for the task's own sentence, "brain", or else who spoke from outside: "person".
        text: What was said.
        outcome: Where the brain speaks: what became of the sentence; else empty.
        choices: Where it asks: what can be answered.
    """

    tick: int
    who: str
    text: str
    outcome: str = ""
    choices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the fields in order, those of the brain's lines only where it speaks."""
        fields = asdict(self) | {"choices": list(self.choices)}
        return {name: value for name, value in fields.items() if self.outcome or name not in LINE_ENDS}


LINE_ENDS = ("outcome", "choices")
"""Fields that only the brain's lines have."""


@dataclass
class Story:
    """What has happened so far.

    Attributes:
        instruction: The sentence; empty before it was heard.
        plans: Every tree, oldest first.
        attempts: Every try at every step, in order of beginning.
        troubles: Every anomaly.
        scene: The newest scene.
        done: What the cortex said at the end.
        truth: What simulator truth says to that; None where it says nothing.
        stop: What the body's region said at the end, by simulator truth.
        until: Ticks that every region has passed.
        sent: Region -> number of messages.
        activity: Region -> messages of late: each counts less the older it is, by half in `HALF_LIFE`.
        thoughts: What language models were asked.
        dialogue: What task, person and brain have said, oldest first.
        news: (tick, region, text) of all that is worth a line, oldest first.
    """

    instruction: str = ""
    plans: list[RecordedPlan] = field(default_factory=list)
    attempts: list[RecordedAttempt] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    scene: Scene | None = None
    done: Done | None = None
    truth: Truth | None = None
    stop: Stop | None = None
    until: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    activity: dict[str, float] = field(default_factory=dict)
    thoughts: Thoughts = field(default_factory=Thoughts)
    dialogue: list[Line] = field(default_factory=list)
    news: list[tuple[int, str, str]] = field(default_factory=list)
    _state: dict[tuple[str, str], str] = field(default_factory=dict)

    def observe(self, until: int, emissions: Sequence[Emission]) -> None:
        """Take in what was sent since the last call."""
        fresh = Counter(emission.region for emission in emissions)
        self.sent.update(fresh)
        faded = 0.5 ** (max(0, until - self.until) / HALF_LIFE)
        self.activity = {name: faded * self.activity.get(name, 0.0) + fresh[name] for name in self.sent}
        self.until = max(self.until, until)
        for emission in emissions:
            if isinstance(emission.message, Instruction):
                self._listen(emission, emission.message.text)
                if emission.port != HEARD:
                    continue  # what is said and not yet heard
            self._hear(emission.tick, emission.message)
            text = self.headline(emission.message)
            if text and self._is_news(emission, text):
                self.news.append((emission.tick, emission.region, text))

    @property
    def plan(self) -> RecordedPlan | None:
        """The newest plan."""
        return self.plans[-1] if self.plans else None

    @property
    def outcome(self) -> Outcome | None:
        """What became of the last sentence, as the brain says; None if it has not answered it."""
        return self.done.outcome if self.done and self.dialogue[-1].who == "brain" else None

    @property
    def recovered(self) -> int:
        """How many anomalies were overcome."""
        return sum(trouble.recovered for trouble in self.troubles)

    def state(self, plan: str, step: str) -> str:
        """Return how a step stands: "waiting", "running", "checking", "succeeded" or "failed"."""
        for attempt in reversed(self.attempts):
            if (attempt.plan, attempt.step) == (plan, step):
                return attempt.state
        return "waiting"

    def running(self, tick: int) -> RecordedAttempt | None:
        """Return the try that was under way at a tick."""
        for attempt in reversed(self.attempts):
            if attempt.begun <= tick and (attempt.ended is None or tick <= attempt.ended):
                return attempt
        return None

    def label(self, plan: str, step: str) -> str:
        """Return a step in words, like "pick red block"; its id where its tree is not known."""
        for sent in reversed(self.plans):
            if sent.tree.plan == plan:
                for leaf in steps(sent.tree.root):
                    if leaf.id == step:
                        return str(leaf)
        return step

    def headline(self, message: Message) -> str:
        """Say in a line what a message tells a person; empty where it tells nothing."""
        return self._step_line(message) if isinstance(message, StepStatus) else message.headline()

    def _is_news(self, emission: Emission, text: str) -> bool:
        """Whether a headline is worth a line: how things stand is so only when it has changed."""
        if not emission.message.tells_state:
            return True
        known = self._state.get((emission.region, emission.port))
        self._state[emission.region, emission.port] = text
        return text != known

    def _step_line(self, status: StepStatus) -> str:
        label = self.label(status.plan, status.step)
        if status.state == "claimed":
            return f"{label}: to be checked"
        if status.state == "started" and status.attempt > 1:
            return f"{label}: try {status.attempt}"
        return f"{label}: {status.state}" + (f" ({status.reason})" if status.reason else "")

    def _listen(self, emission: Emission, text: str) -> None:
        """Take a sentence into the dialogue, but not where a region only passes on what a person has said."""
        if "." in emission.port:  # it came from outside
            self.dialogue.append(Line(emission.tick, emission.region, text))
        elif emission.port == HEARD and all(line.who in ("task", "brain") for line in self.dialogue):
            self.dialogue.append(Line(emission.tick, "task", text))

    def _hear(self, tick: int, message: Message) -> None:
        match message:
            case Instruction():
                self.instruction = message.text
            case ExecutionTree():
                if self.plans and self.plans[-1].ended is None:
                    self.plans[-1].ended = tick
                self.plans.append(RecordedPlan(message, tick))
            case StepStatus():
                self._step(tick, message)
            case PlanStatus():
                self._plan(tick, message)
            case Anomaly():
                self.troubles.append(Trouble(tick, message))
            case Scene():
                self.scene = message
            case Done():
                self.done, self.truth = message, None
                self.dialogue.append(Line(tick, "brain", message.text, message.outcome, message.choices))
                if message.outcome == "done":
                    for trouble in self.troubles:
                        trouble.recovered = True
            case Truth():
                self.truth = message
            case Stop():
                self.stop = message
            case ModelRequest() | ModelCall() | ModelReply() | Deliberated():
                self.thoughts.take_in(tick, message)

    @property
    def model(self) -> Used:
        """What language models were used."""
        return self.thoughts.used

    @property
    def model_warnings(self) -> list[str]:
        """What a person should know of language models' servers, a line each."""
        loose = dict.fromkeys(
            call.model for asked in self.thoughts.questions for call in asked.calls if not call.kept_limit
        )
        unused = Counter(f"{told.stage}: {told.reason}" for told in self.thoughts.unused)
        return [
            f"nothing of the language model's was used{f' {count} times' if count > 1 else ''} ({why})"
            for why, count in unused.items()
        ] + [
            f"the server of the model {model!r} sends more tokens than it is allowed: a limit of tokens or "
            "cost can be passed there by as much"
            for model in loose
        ]

    def _step(self, tick: int, status: StepStatus) -> None:
        key = (status.plan, status.step, status.attempt)
        attempt = next(
            (a for a in reversed(self.attempts) if (a.plan, a.step, a.number) == key and a.ended is None),
            None,
        )
        if attempt is None:
            attempt = RecordedAttempt(status.plan, status.step, status.skill, status.attempt, tick)
            self.attempts.append(attempt)
        attempt.state, attempt.reason = STATES[status.state], status.reason
        if status.state in ("succeeded", "failed"):
            attempt.ended = tick
        if status.state == "succeeded":
            for trouble in self.troubles:
                if (trouble.anomaly.plan, trouble.anomaly.step) == (status.plan, status.step):
                    trouble.recovered = True

    def _plan(self, tick: int, status: PlanStatus) -> None:
        for plan in self.plans:
            if plan.tree.plan == status.plan:
                plan.ended, plan.succeeded, plan.reason = tick, status.succeeded, status.reason
        if status.succeeded:
            for trouble in self.troubles:
                if trouble.anomaly.plan == status.plan:
                    trouble.recovered = True
