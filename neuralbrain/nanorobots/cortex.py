"""The cortex of robots that treat cells: what the sentence asks, and how far each robot is with it."""

import contextlib
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.consent import NamesCode
from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import (
    Done,
    ExecutionTree,
    Halt,
    Instruction,
    Outcome,
    PlanStatus,
    Scene,
    Sequence,
    Step,
    StepStatus,
    TimeNotice,
)
from neuralbrain.nanorobots import accounts
from neuralbrain.nanorobots.crew import Bounds, Crew
from neuralbrain.nanorobots.messages import Chemosense, Encounter, Mission, PathMemory, Phase, SwarmTraits
from neuralbrain.nanorobots.planning.errands import Errand
from neuralbrain.nanorobots.planning.questions import Question, Standing
from neuralbrain.planning.history import Ending, PastGoal
from neuralbrain.planning.inquiry import Inquiry, understood
from neuralbrain.planning.seams import Intention, find_interpreter
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

PLAN = "mission"
BLIND = ("abilities", "actions", "greeting", "identity", "thanks")
"""Questions that any brain is asked, and that a brain without a picture of the scene can answer."""


class MissionConfig(RegionConfig, Bounds):
    """Settings.

    Attributes:
        interpreter: What understands sentences.
        touch: The share of the count at a cancer cell's surface that, with contact, tells one: a robot that
            touches one counts all of it, plus or minus 3 % of chance where it is 1000. One that touches
            something else is farther off: behind a healthy cell, which stands at least two radii away, it
            counts less than half.
        resting: For so long after a touch the count alone may tell it, ticks.
        dose: How many portions a cell is given at first. Then one at a time, until it is seen to be dead.
        most: How many portions one cell gets at most.
        leaving: How long a robot moves away from a cell that is done with, ticks.
        holding: How long it may take to bring a dose in before the cell counts as lost, ticks.
        settling: How long what was ordered before may still be done and be told of, ticks: the way to the
            basal ganglia and back, the firing after it, and the readings that decide.
        patience: After so long without a better level a robot moves away, to seek elsewhere, ticks.
        silence: After so long without a single molecule in any robot no cancer cell lives, ticks. So long it
            also waits, when all is used up, before it gives up.
    """

    interpreter: Annotated[str, NamesCode()] = "nanorobots.grammar"
    silence: int = Field(default=100, ge=1)


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
    """

    inputs = {
        "instruction": Instruction,
        "halt": Halt,
        "traits": SwarmTraits,
        "chemosense": Chemosense,
        "memory": PathMemory,
        "notice": TimeNotice,
    }
    optional_inputs = frozenset({"halt", "memory", "notice"})
    outputs = {
        "mission": Mission,
        "tree": ExecutionTree,
        "step_status": StepStatus,
        "plan_status": PlanStatus,
        "done": Done,
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
        self._missions = 0
        self._traits: SwarmTraits | None = None
        self._sense: Chemosense | None = None  # the newest
        self._late = False  # whether the time is nearly up
        self._about: tuple[Intention, ...] = ()  # what was asked for last, to which "it" refers
        self._question: AmbiguityError | None = None  # what the person was asked
        self._history: tuple[PastGoal, ...] = ()  # what it has worked for
        self._dead = 0  # cells treated in earlier missions
        self._told: tuple[str, ...] = ()  # what the sentence has come to before the mission at work
        self._to_do: tuple[Errand, ...] = ()  # what the sentence asks for after it
        self._text = ""
        self._begin(None, 0)

    def _begin(self, errand: Errand | None, tick: int) -> None:
        """Begin a mission, or none."""
        self._errand = errand
        self._crew: Crew | None = None  # not known before the first reading
        self._over = errand is None
        self._heard = tick  # the last tick at which any robot caught a molecule
        self._spent = -1  # since when all is used up and nobody is about anything; -1: it is not
        self._encounters: list[Encounter] = []
        self._running: dict[str, int] = {}  # step -> its try that is under way
        self._tries: dict[str, int] = {}
        self._state = b""  # of the robots, as it was told last
        self._word: tuple[Outcome, str] | None = None  # the last one said

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
        out: dict[str, Any] = {}
        self._traits = inbox.latest(SwarmTraits) or self._traits
        instruction, senses = inbox.latest(Instruction), inbox.of(Chemosense)
        self._sense = senses[-1] if senses else self._sense
        self._late |= inbox.latest(TimeNotice) is not None
        if inbox.latest(Halt) is not None:
            self._question = None
            return self._end(tick, self._still(tick), "halted", "I have stopped.")
        if instruction is not None:
            out = self._hear(tick, instruction.text)
        errand = self._errand
        if self._over or errand is None or not senses or self._traits is None:
            return out
        if self._crew is None:
            trouble = self._trouble(errand, senses[0])
            if trouble:
                return self._end(tick, out, "failed" if self._told else "refused", trouble)
            self._crew = Crew(senses[0], self._traits.surface, errand)
        crew, memories = self._crew, inbox.of(PathMemory)
        before = crew.phases
        crew.take_in(senses)
        crew.decide(tick, senses, self.config)
        if memories:
            crew.move_on(tick, memories[-1].best_tick, self.config)
        for memory in memories:
            self._encounters += memory.ended
        self._heard = max([self._heard, *(p.tick for p in senses if p.molecules.any())])
        out["step_status"] = self._statuses(tick, crew, errand, before)
        state = crew.phases.tobytes() + crew.keep.tobytes()
        if state != self._state:
            self._state = state
            out["mission"] = self._mission(tick, crew)
        met = len(self._encounters)
        word = accounts.last_word(crew, senses[-1], met) if self._late else None
        if word is not None and word != self._word:
            self._word = word
            out["done"] = Done(tick=tick, source=self.name, outcome=word[0], text=self._all_told(word[1]))
        return self._judge(tick, crew, errand, out)

    # ---- understanding

    def _hear(self, tick: int, text: str) -> dict[str, Any]:
        """Answer a question, or begin what else a sentence asks for."""
        try:
            asked = self._understood(text)
            answers = [self._answer(one) for one in asked if not isinstance(one, Errand)]
        except InstructionError as error:
            question = error if isinstance(error, AmbiguityError) else None
            self._question = question
            outcome: Outcome = "refused" if question is None else "asked"
            out = self._break_off(tick)
            out["done"] = Done(
                tick=tick,
                source=self.name,
                outcome=outcome,
                text=str(error),
                choices=question.choices if question else (),
            )
            return out
        self._question = None
        errands = tuple(one for one in asked if isinstance(one, Errand))
        if all(isinstance(one, Inquiry | Question) for one in asked):
            return {"done": Done(tick=tick, source=self.name, outcome="said", text=" ".join(answers))}
        trouble = self._sense and next(filter(None, (self._trouble(e, self._sense) for e in errands)), "")
        out = self._break_off(tick)
        if trouble or not errands:
            word = trouble or " ".join(answers)
            outcome = "refused" if trouble else "said"
            out["done"] = Done(tick=tick, source=self.name, outcome=outcome, text=word)
            return out
        self._about, self._text, self._told = asked, text, tuple(answers)
        out["tree"] = self._go_about(tick, errands)
        return out

    def _understood(self, text: str) -> tuple[Intention, ...]:
        """Return what a sentence asks for, or what the answer to a question does.

        Raises:
            InstructionError: It is not understood; or a question stands, and is asked again.
        """
        question = self._question
        inquiry = understood(self._interpreter.plain(text), self._interpreter.abilities())
        if inquiry is not None and inquiry.topic in BLIND:
            with contextlib.suppress(InstructionError):  # this body knows better what it is doing
                own = self._interpreter.interpret(text, self._about)
                if all(isinstance(one, Question) for one in own):
                    return own
            return (inquiry,)
        try:
            resolved = question and self._interpreter.resolve((), question, text)
            return resolved or self._interpreter.interpret(text, self._about)
        except AmbiguityError:
            raise
        except InstructionError as error:
            if question is None:
                raise
            raise AmbiguityError(f"{error} {question}", question.phrase, question.choices) from error

    def _answer(self, asked: Intention) -> str:
        """Answer a question, or say what is promised.

        Raises:
            InstructionError: It is nothing for this body.
        """
        if isinstance(asked, Question):
            return asked.answer(self._standing())
        stamp: dict[str, Any] = {"tick": 0, "source": self.name, "request": "", "camera": "", "frame_tick": 0}
        reply = asked.reply(Scene(**stamp, objects=(), relations=()), self._history, None)
        if reply is None:
            raise InstructionError(f"This body cannot {asked}: {self._interpreter.abilities()}.")
        return reply

    def _standing(self) -> Standing:
        """Say what it knows."""
        crew, sense = self._crew, self._sense
        if sense is None:
            return Standing()
        return Standing(
            robots=len(sense.molecules),
            portions=int(sense.portions.sum()),
            treated=self._dead + (int(crew.treated.sum()) if crew else 0),
            found=int(crew.settled.sum()) if crew else 0,
            sensed=int(np.count_nonzero(sense.molecules)),
            text=accounts.standing(crew) if crew and not self._over else "",
        )

    def _trouble(self, errand: Errand, sense: Chemosense) -> str:
        return errand.trouble(len(sense.molecules), int(sense.portions.sum()))

    # ---- beginning and ending

    def _go_about(self, tick: int, errands: tuple[Errand, ...]) -> ExecutionTree:
        """Begin with the first of some errands."""
        self._missions += 1
        self._begin(errands[0], tick)
        self._to_do = errands[1:]
        steps = tuple(Step(id=goal, skill=goal, args={"what": "cancer_cells"}) for goal in errands[0].goals)
        root = Sequence(id="root", children=steps)
        return ExecutionTree(tick=tick, source=self.name, plan=self._plan, goal=self._text, root=root)

    def _still(self, tick: int) -> dict[str, Any]:
        """Let all robots remain where they are."""
        if self._crew is None:
            return {}
        self._crew.phases = np.full_like(self._crew.phases, Phase.STAY)
        return {"mission": self._mission(tick, self._crew)}

    def _break_off(self, tick: int) -> dict[str, Any]:
        """End what is at work, since a person said something else."""
        if self._over:
            return {}
        out = self._end(tick, self._still(tick), "halted", "broken off")
        del out["done"]
        return out

    def _close(self, tick: int, succeeded: bool, reason: str, ending: Ending) -> PlanStatus:
        """Note what has become of the mission."""
        self._over = True
        self._history = (*self._history, PastGoal(str(self._errand), ending))
        self._dead += int(self._crew.treated.sum()) if self._crew else 0
        return PlanStatus(tick=tick, source=self.name, plan=self._plan, succeeded=succeeded, reason=reason)

    def _reach(self, tick: int, out: dict[str, Any], text: str) -> Outbox:
        """End a mission that is done; go on with the next."""
        if not self._to_do:
            return self._end(tick, out, "done", text)
        self._told = (*self._told, text)
        out["plan_status"] = self._close(tick, True, "", "done")
        out["tree"] = self._go_about(tick, self._to_do)
        return out

    def _end(self, tick: int, out: dict[str, Any], outcome: Outcome, text: str) -> dict[str, Any]:
        """Say that it is over, in words."""
        if not self._over:
            endings: dict[Outcome, Ending] = {"done": "done", "halted": "stopped"}
            reason = "" if outcome == "done" else text
            out["plan_status"] = self._close(tick, not reason, reason, endings.get(outcome, "failed"))
        said = text if outcome in ("halted", "refused") else self._all_told(text)
        self._told = self._to_do = ()
        return {**out, "done": Done(tick=tick, source=self.name, outcome=outcome, text=said)}

    def _all_told(self, text: str) -> str:
        """Return what a sentence has come to, with what it came to before."""
        return " ".join((*self._told, text))

    def _judge(self, tick: int, crew: Crew, errand: Errand, out: dict[str, Any]) -> Outbox:
        """End the mission if there is nothing left to do."""
        if errand.verb == "treat":
            account = accounts.treated(crew, len(self._encounters))
            if crew.enough:
                return self._reach(tick, out, account)
            if tick - self._heard > self.config.silence:
                if not crew.treated.any():
                    return self._end(tick, out, "failed", "I sense nothing that a cancer cell secretes.")
                if errand.number is None:
                    return self._reach(tick, out, f"{account} Nothing secretes any more.")
                why = f"Nothing secretes any more, so there were not {errand.number}."
                return self._end(tick, out, "failed", f"{account} {why}")
            if crew.portions.any() or (crew.phases != Phase.STAY).any():
                self._spent = -1
            elif self._spent < 0:
                self._spent = tick
            elif tick - self._spent > self.config.silence:
                why = "The payload is used up, and something still secretes."
                return self._end(tick, out, "failed", f"{account} {why}")
        elif errand.ends and crew.settled[crew.active].all():
            return self._reach(tick, out, accounts.found(crew))
        return out

    # ---- telling

    @property
    def _plan(self) -> str:
        return PLAN if self._missions < 2 else f"{PLAN}_{self._missions}"

    def _statuses(self, tick: int, crew: Crew, errand: Errand, before: NDArray[np.int32]) -> list[StepStatus]:
        """Say which steps begin and end: to find lasts while any robot seeks, to treat while any delivers."""
        seeks = bool(np.isin(crew.phases, (Phase.SEEK, Phase.LEAVE)).any())
        under_way = {
            "find": seeks,
            "follow": seeks,
            "treat": bool((crew.phases == Phase.DELIVER).any()),
        }
        ended = bool(((before == Phase.DELIVER) & (crew.phases == Phase.LEAVE)).any())
        statuses = []
        for goal in errand.goals:
            if under_way[goal] and goal not in self._running:
                self._running[goal] = self._tries[goal] = self._tries.get(goal, 0) + 1
                statuses.append(self._status(tick, goal, "started"))
            elif not under_way[goal] and goal in self._running:
                good = goal != "treat" or ended
                statuses.append(self._status(tick, goal, "succeeded" if good else "failed"))
                del self._running[goal]
        return statuses

    def _status(self, tick: int, goal: str, state: Any) -> StepStatus:
        return StepStatus(
            tick=tick,
            source=self.name,
            plan=self._plan,
            step=goal,
            skill=goal,
            state=state,
            attempt=self._tries[goal],
            reason="the cell was lost" if state == "failed" else "",
        )

    def _mission(self, tick: int, crew: Crew) -> Mission:
        """Say what each robot is about, and how the mission stands."""
        return Mission(
            tick=tick,
            source=self.name,
            phases=crew.phases,
            keep=crew.keep,
            surface=crew.surface,
            text=accounts.standing(crew),
        )
