"""The cortex of robots that treat cells: what the sentence asks, and which mission comes when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from neuralbrain.consent import NamesCode
from neuralbrain.deliberation.adviser import Adviser
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.stages import planned
from neuralbrain.deliberation.unread import Stated, Unread, assent
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import (
    Deliberated,
    Done,
    ExecutionTree,
    Halt,
    Instruction,
    ModelReply,
    ModelRequest,
    Outcome,
    PlanStatus,
    StepStatus,
    TimeNotice,
)
from neuralbrain.nanorobots.campaign import Campaign
from neuralbrain.nanorobots.crew import Bounds
from neuralbrain.nanorobots.messages import Chemosense, Mission, PathMemory, SwarmTraits
from neuralbrain.nanorobots.planning.domain import CellDomain, errand_of
from neuralbrain.nanorobots.planning.errands import Errand
from neuralbrain.nanorobots.planning.listening import goals_of, hear, nothing_seen
from neuralbrain.nanorobots.planning.questions import Standing
from neuralbrain.planning.seams import Intention, find_interpreter
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig


class MissionConfig(RegionConfig, Bounds):
    """Settings, with those of `neuralbrain.nanorobots.crew.Bounds`.

    Attributes:
        interpreter: What understands sentences.
        trust_model: Whether what only a language model understands is done without asking the person first.
    """

    interpreter: Annotated[str, NamesCode()] = "nanorobots.grammar"
    trust_model: bool = False


@dataclass(frozen=True)
class Asked:
    """A sentence that a language model is to be asked about.

    Attributes:
        errands: What it asks for, as far as the grammar understands it.
        answers: What was said to it at once.
        unread: It, where the grammar does not understand it.
    """

    errands: tuple[Errand, ...] = ()
    answers: tuple[str, ...] = ()
    unread: Unread | None = None


class MissionCortex(Region):
    """Finds, then delivers, then goes for the next; for one robot and for thousands alike.

    A robot seeks until it touches something where the count is that of a cancer cell's surface. If the
    sentence asks for treatment and the robot has a payload, it then delivers: a dose, and single portions on
    top of it while the count says that the cell lives on. When the count has fallen, for a dead cell
    secretes nothing, it leaves and seeks the next. The mission is done when nothing is secreted any more, or
    when as many cells have been treated as were asked for: then one robot at a time treats, so that none is
    counted twice. It gives up when all payloads are used up. Where robots are to find only, each stays with
    the cell that it has found, as long as the count confirms it, and the mission is done when all have. To
    follow has no end but the time. When that is nearly up it says how far it has come, goes on, and says it
    again as often as it comes to be otherwise: its last word is of the end, or half a second before.

    A sentence that asks for several things begins one mission after the other. Questions are answered while
    the mission goes on; any other sentence, whether it is understood or not, ends it, and at a call to stop
    all remain where they are.

    Where it can ask a language model it does, once for each sentence that asks for something: the missions
    are those of the model's plan then, if that passes every check. See `neuralbrain.deliberation`.
    """

    inputs = {
        "instruction": Instruction,
        "halt": Halt,
        "traits": SwarmTraits,
        "chemosense": Chemosense,
        "memory": PathMemory,
        "notice": TimeNotice,
        "reply": ModelReply,
    }
    optional_inputs = frozenset({"halt", "memory", "notice", "reply"})
    outputs = {
        "mission": Mission,
        "tree": ExecutionTree,
        "step_status": StepStatus,
        "plan_status": PlanStatus,
        "done": Done,
        "request": ModelRequest,
        "deliberated": Deliberated,
    }
    Config = MissionConfig
    config: MissionConfig

    def reset(self, seed: int) -> None:
        """Begin an episode; nothing here is random.

        Raises:
            UnknownNameError: There is no such interpreter.
        """
        self._interpreter = find_interpreter(self.config.interpreter)
        self._interpreter.load()  # now, and not in the middle of the episode
        self._campaign = Campaign(self.name)
        self._traits: SwarmTraits | None = None
        self._sense: Chemosense | None = None  # the newest
        self._payload = 0  # portions that all had at first
        self._late = False  # whether the time is nearly up
        self._about: tuple[Intention, ...] = ()  # what was asked for last, to which "it" refers
        self._question: AmbiguityError | None = None  # what the person was asked
        self._adviser = Adviser()
        self._asked: Asked | None = None  # what the model is asked about
        self._reply: ModelReply | None = None  # its last
        self._text = ""  # what was said last

    def get_state(self) -> dict[str, Any]:
        """Return all but the interpreter, which the settings name."""
        state = super().get_state()
        state.pop("_interpreter", None)
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        super().set_state(state)
        if state:  # else it is as before any reset
            self._interpreter = find_interpreter(self.config.interpreter)

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what came, decide for each robot, and tell what has changed."""
        out, campaign = dict[str, Any](), self._campaign
        instruction, senses = inbox.latest(Instruction), inbox.of(Chemosense)
        self._reply = inbox.latest(ModelReply) or self._reply
        self._traits = inbox.latest(SwarmTraits) or self._traits
        if senses and self._sense is None:
            self._payload = int(senses[0].portions.sum())
        self._sense = senses[-1] if senses else self._sense
        self._late |= inbox.latest(TimeNotice) is not None
        if inbox.latest(Halt) is not None:
            self._forget()
            return campaign.end(tick, campaign.still(tick), "halted", "I have stopped.")
        if instruction is not None:
            out = self._hear(tick, instruction.text)
        elif self._asked is not None and self._reply and self._reply.request == self._adviser.request:
            out = self._advised(tick, self._reply, self._asked)
        if self._asked is not None:
            return self._think(tick, out, self._asked)
        if senses and self._traits is not None:
            memories, surface = inbox.of(PathMemory), self._traits.surface
            out |= campaign.go_on(tick, senses, memories, surface, self._late, self.config)
        return out

    # ---- understanding

    def _hear(self, tick: int, text: str) -> dict[str, Any]:
        """Answer a question, or begin what else a sentence asks for."""
        question = self._question
        if (meant := self._adviser.to_confirm) and (word := assent(text)):
            return self._confirmed(tick, meant, word)
        whole = self._adviser.with_answer(self._text, text, question)
        campaign = self._campaign
        try:
            heard = hear(text, self._interpreter, self._about, question, self._standing(), campaign.history)
        except InstructionError as error:
            self._forget()
            out = campaign.break_off(tick)
            if "reply" in self.fed and not isinstance(error, AmbiguityError):
                self._asked, self._text = Asked(unread=Unread(whole, str(error))), whole
                return out
            if question is not None and not isinstance(error, AmbiguityError):  # it is asked again
                error = AmbiguityError(f"{error} {question}", question.phrase, question.choices)
            self._question, self._text = error if isinstance(error, AmbiguityError) else None, text
            outcome: Outcome = "refused" if self._question is None else "asked"
            choices = self._question.choices if self._question else ()
            return {**out, "done": campaign.said(tick, outcome, str(error), choices)}
        if self._asked is None or not heard.only_questions:  # a question is answered meanwhile
            self._forget()
        if heard.only_questions:
            return {"done": campaign.said(tick, "said", " ".join(heard.answers))}
        out = campaign.break_off(tick)
        if trouble := self._trouble(heard.errands):
            return {**out, "done": campaign.said(tick, "refused", trouble)}
        if not heard.errands:
            return {**out, "done": campaign.said(tick, "said", " ".join(heard.answers))}
        self._about, self._text = heard.asked, text
        if "reply" in self.fed:
            self._asked = Asked(heard.errands, heard.answers)
            return out
        return {**out, **campaign.begin(tick, text, heard.errands, heard.answers)}

    def _forget(self) -> None:
        """Forget what the person and the model were asked."""
        self._question = self._asked = None
        self._adviser.forget()

    def _standing(self) -> Standing:
        """Say what it knows."""
        campaign, sense = self._campaign, self._sense
        if sense is None:
            return Standing()
        return Standing(
            robots=len(sense.molecules),
            portions=int(sense.portions.sum()),
            payload=self._payload,
            treated=campaign.treated,
            found=campaign.found,
            sensed=int(np.count_nonzero(sense.molecules)),
            most=int(sense.molecules.max(initial=0)),
            surface=self._traits.surface if self._traits else 0.0,
            text=campaign.standing,
        )

    def _trouble(self, errands: Sequence[Errand]) -> str:
        """Say why the body cannot do one of some errands; empty where it can, or nothing is sensed yet."""
        if self._sense is None:
            return ""
        robots, portions = len(self._sense.molecules), int(self._sense.portions.sum())
        return next(filter(None, (errand.trouble(robots, portions) for errand in errands)), "")

    # ---- a language model, where there is one

    def _domain(self) -> CellDomain:
        now = self._standing()
        return CellDomain(now.robots, now.portions)

    def _think(self, tick: int, out: dict[str, Any], asked: Asked) -> Outbox:
        """Ask the model as soon as it is known what the body has; wait for its answer."""
        if self._late:
            self._forget()
            what = asked.unread or ", then ".join(map(str, asked.errands))
            text = f"The time is up before I could {what}."
            return {**out, "done": self._campaign.said(tick, "failed", text)}
        if self._adviser.consulted or self._sense is None or self._traits is None:
            return out
        if trouble := self._trouble(asked.errands):
            self._asked = None
            return {**out, "done": self._campaign.said(tick, "refused", trouble)}
        now = Situation(
            sentence=self._text,
            scene=nothing_seen(),
            goals=goals_of(asked.errands),
            known=self._standing().told(),
        )
        return {**out, "request": self._adviser.ask(now, self._domain(), None, tick, self.name)}

    def _advised(self, tick: int, reply: ModelReply, asked: Asked) -> dict[str, Any]:
        """Make of the model's answer what can be made of it."""
        decision = self._adviser.decide(reply, asked.unread, self._domain(), self.config.trust_model)
        out: dict[str, Any] = {"deliberated": self._adviser.told(tick, self.name, decision)}
        if decision.verdict == "repair":
            return {**out, "request": self._adviser.again(tick, self.name)}
        self._asked = None
        if decision.outcome is not None:
            said = self._campaign.said(tick, decision.outcome, decision.text, decision.choices)
            return {**out, "done": said}
        errands = self._advised_errands() or asked.errands
        return {**out, **self._begin(tick, errands, asked.answers)}

    def _confirmed(self, tick: int, meant: Stated, word: str) -> dict[str, Any]:
        """Do what a model says that the sentence means, or leave it."""
        self._adviser.settle()
        if word == "no":
            return {"done": self._campaign.said(tick, "said", "I leave it as it is.")}
        return self._begin(tick, self._advised_errands(), ())

    def _advised_errands(self) -> tuple[Errand, ...]:
        """Return what the model's plan consists of. The robots see to what goes wrong by themselves."""
        return tuple(errand_of(step) for stage in self._adviser.take() for step in planned(stage))

    def _begin(self, tick: int, errands: tuple[Errand, ...], answers: tuple[str, ...]) -> dict[str, Any]:
        """Begin with what is to be done, if the body still can."""
        if trouble := self._trouble(errands):
            return {"done": self._campaign.said(tick, "refused", trouble)}
        self._about = errands
        return self._campaign.begin(tick, self._text, errands, answers)
