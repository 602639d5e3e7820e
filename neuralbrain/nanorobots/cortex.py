"""The cortex of robots that treat cells: what the sentence asks, and how far each robot is with it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.errors import InstructionError
from neuralbrain.messages import (
    Done,
    ExecutionTree,
    Halt,
    Instruction,
    Outcome,
    PlanStatus,
    Sequence,
    Step,
    StepStatus,
    TimeNotice,
)
from neuralbrain.nanorobots.crew import Bounds, Crew
from neuralbrain.nanorobots.errands import understood
from neuralbrain.nanorobots.messages import Chemosense, Encounter, Mission, PathMemory, Phase, SwarmTraits
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.words import counted

PLAN = "mission"
WITH = 0.4
"""A robot that counts this share of the surface's count is about a cell's width from one, or nearer."""


class MissionConfig(RegionConfig, Bounds):
    """Settings.

    Attributes:
        touch: The share of the count at a cancer cell's surface that, with contact, tells one: a robot that
            touches one counts all of it, plus or minus 3 % of chance where it is 1000. One that touches
            something else is farther off: behind a healthy cell, which stands at least two radii away, it
            counts less than half.
        resting: For so long after a touch the count alone may tell it, ticks.
        dose: How many portions a cell is given at first. Then one at a time, until it is seen to be dead.
        most: How many portions one cell gets at most.
        leaving: How long a robot moves away from a cell that is done with, ticks.
        holding: How long it may take to bring a dose in before the cell counts as lost, ticks.
        patience: After so long without a better level a robot moves away, to seek elsewhere, ticks.
        silence: After so long without a single molecule in any robot no cancer cell lives, ticks. So long it
            also waits, when all is used up, before it gives up.
    """

    silence: int = Field(default=100, ge=1)


class MissionCortex(Region):
    """Finds, then delivers, then goes for the next; for one robot and for thousands alike.

    A robot seeks until it touches something where the count is that of a cancer cell's surface. If the
    sentence asks for treatment and the robot has a payload, it then delivers: a dose, and single portions on
    top of it while the count says that the cell lives on. When the count has fallen, for a dead cell secretes
    nothing, it leaves and seeks the next. The mission is done when nothing is secreted any more; it gives up
    when all payloads are used up. Where robots are to find only, each stays with the cell that it has found,
    as long as the count confirms it, and the mission is done when all have. To follow has no end but the
    time. When that is nearly up it says how far it has come, goes on, and says it again as often as it comes
    to be otherwise: its last word is of the end, or half a second before. A new sentence begins a new
    mission, and at a call to stop all remain where they are.
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
        """Begin an episode; nothing here is random."""
        self._missions = 0
        self._traits: SwarmTraits | None = None
        self._late = False  # whether the time is nearly up
        self._begin((), 0)

    def _begin(self, goals: tuple[str, ...], tick: int) -> None:
        """Begin a mission."""
        self._goals = goals
        self._crew: Crew | None = None  # not known before the first reading
        self._over = False
        self._heard = tick  # the last tick at which any robot caught a molecule
        self._spent = -1  # since when all is used up and nobody is about anything; -1: it is not
        self._encounters: list[Encounter] = []
        self._running: dict[str, int] = {}  # step -> its try that is under way
        self._tries: dict[str, int] = {}
        self._told = b""
        self._word: tuple[Outcome, str] | None = None  # the last one said

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what came, decide for each robot, and tell what has changed."""
        out: dict[str, Any] = {}
        self._traits = inbox.latest(SwarmTraits) or self._traits
        instruction, senses = inbox.latest(Instruction), inbox.of(Chemosense)
        self._late |= inbox.latest(TimeNotice) is not None
        if inbox.latest(Halt) is not None:
            return self._stop(tick)
        if instruction is not None:
            try:
                goals = understood(instruction.text)
            except InstructionError as error:
                return self._end(tick, {}, "refused", str(error))
            self._missions += 1
            self._begin(goals, tick)
            out["tree"] = self._tree(tick, instruction.text)
        if self._over or not self._goals or not senses or self._traits is None:
            return out
        if self._crew is None:
            self._crew = Crew(senses[0], self._traits.surface)
        crew, memories = self._crew, inbox.of(PathMemory)
        before = crew.phases
        crew.take_in(senses)
        crew.decide(tick, senses, self._goals, self.config)
        if memories:
            crew.move_on(tick, memories[-1].best_tick, self.config)
        for memory in memories:
            self._encounters += memory.ended
        self._heard = max([self._heard, *(p.tick for p in senses if p.molecules.any())])
        out["step_status"] = self._statuses(tick, crew, before)
        told = crew.phases.tobytes() + crew.keep.tobytes()
        if told != self._told:
            self._told = told
            out["mission"] = self._mission(tick, crew)
        word = self._last_word(crew, senses[-1]) if self._late else None
        if word is not None and word != self._word:
            self._word = word
            out["done"] = Done(tick=tick, source=self.name, outcome=word[0], text=word[1])
        return self._judge(tick, crew, out)

    def _stop(self, tick: int) -> Outbox:
        """Let all robots remain where they are."""
        out: dict[str, Any] = {}
        if self._crew is not None:
            self._crew.phases = np.full_like(self._crew.phases, Phase.STAY)
            out["mission"] = self._mission(tick, self._crew)
        return self._end(tick, out, "halted", "I have stopped.")

    def _judge(self, tick: int, crew: Crew, out: dict[str, Any]) -> Outbox:
        """End the episode if there is nothing left to do."""
        if "treat" in self._goals and crew.payload.any():
            if tick - self._heard > self.config.silence:
                if crew.treated.any():
                    return self._end(tick, out, "done", f"{self._account(crew)} Nothing secretes any more.")
                return self._end(tick, out, "failed", "I sense nothing that a cancer cell secretes.")
            if crew.portions.any() or (crew.phases != Phase.STAY).any():
                self._spent = -1
            elif self._spent < 0:
                self._spent = tick
            elif tick - self._spent > self.config.silence:
                why = "The payload is used up, and something still secretes."
                return self._end(tick, out, "failed", f"{self._account(crew)} {why}")
        elif "follow" not in self._goals and crew.settled.all():
            robots = len(crew.phases)
            who = "The robot has" if robots == 1 else f"All {robots} robots have"
            return self._end(tick, out, "done", f"{who} found a cancer cell.")
        return out

    # ---- telling

    def _tree(self, tick: int, text: str) -> ExecutionTree:
        steps = tuple(Step(id=goal, skill=goal, args={"what": "cancer_cells"}) for goal in self._goals)
        root = Sequence(id="root", children=steps)
        return ExecutionTree(tick=tick, source=self.name, plan=self._plan, goal=text, root=root)

    @property
    def _plan(self) -> str:
        return PLAN if self._missions < 2 else f"{PLAN}_{self._missions}"

    def _statuses(self, tick: int, crew: Crew, before: NDArray[np.int32]) -> list[StepStatus]:
        """Say which steps begin and end: to find lasts while any robot seeks, to treat while any delivers."""
        seeks = bool(np.isin(crew.phases, (Phase.SEEK, Phase.LEAVE)).any())
        under_way = {
            "find": seeks,
            "follow": seeks,
            "treat": bool((crew.phases == Phase.DELIVER).any()),
        }
        ended = bool(((before == Phase.DELIVER) & (crew.phases == Phase.LEAVE)).any())
        statuses = []
        for goal in self._goals:
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
        counts = {phase.name.lower(): int((crew.phases == phase).sum()) for phase in Phase}
        robots = ", ".join(f"{number} {phase}" for phase, number in counts.items() if number)
        parts = [robots if len(crew.phases) > 1 else f"the robot: {robots.partition(' ')[2]}"]
        if "treat" in self._goals and crew.payload.any():
            parts.append(f"cells treated: {int(crew.treated.sum())}")
            parts.append(f"{int(crew.portions.sum())} of {counted(int(crew.payload.sum()), 'portion')} left")
        return Mission(
            tick=tick,
            source=self.name,
            phases=crew.phases,
            keep=crew.keep,
            surface=crew.surface,
            text="; ".join(parts),
        )

    def _account(self, crew: Crew) -> str:
        """Say what was done."""
        cells, payload = int(crew.treated.sum()), int(crew.payload.sum())
        met = len(self._encounters)
        also = f" in {counted(met, 'encounter')}" if met > cells else ""
        given = payload - int(crew.portions.sum())
        used = f"{given} of {counted(payload, 'portion')}"
        return f"I treated {counted(cells, 'cancer cell')}{also} with {used}."

    def _last_word(self, crew: Crew, sense: Chemosense) -> tuple[Outcome, str]:
        """Say how far it has come when the time is up, and whether that is what was asked."""
        robots = counted(len(crew.phases), "robot")
        if "follow" in self._goals:
            near = int((sense.molecules >= WITH * crew.surface).sum())
            verb = "is" if near == 1 else "are"
            text = f"The time is up: {near} of {robots} {verb} near a cancer cell."
            return "done" if near == len(crew.phases) else "failed", text
        if "treat" in self._goals and crew.payload.any():
            return "failed", f"The time is up. {self._account(crew)}"
        settled = int(crew.settled.sum())
        verb = "has" if settled == 1 else "have"
        return "failed", f"The time is up: {settled} of {robots} {verb} found a cancer cell."

    def _end(self, tick: int, out: dict[str, Any], outcome: Outcome, text: str) -> dict[str, Any]:
        """Say that it is over, in words."""
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        if outcome != "refused" and self._goals and not self._over:
            reason = "" if outcome == "done" else text
            out["plan_status"] = PlanStatus(**stamp, plan=self._plan, succeeded=not reason, reason=reason)
        self._over = True
        return {**out, "done": Done(**stamp, outcome=outcome, text=text)}
