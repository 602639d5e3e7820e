"""The cortex of robots that treat cells: what the sentence asks, and how far each robot is with it."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from neuralbrain.errors import InstructionError
from neuralbrain.messages import (
    Chemosense,
    Done,
    Encounter,
    ExecutionTree,
    Instruction,
    Mission,
    PathMemory,
    Phase,
    PlanStatus,
    Sequence,
    Step,
    StepStatus,
)
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

Flags = NDArray[np.bool_]
PLAN = "mission"
VERBS = {
    "find": r"find|seek|search|locate|look for|reach",
    "treat": r"treat|kill|deliver|dose|destroy|release",
    "follow": r"follow|track|chase|stay with",
}
"""What can be asked -> the words that ask for it."""
CELLS = r"cancer|tumou?r|cells?"
KILLED = 0.6
"""A cell is dead when the count beside it has fallen below this share of what it was."""
ENOUGH = 3
"""The first so many percepts after a portion decide whether it has."""


class MissionConfig(RegionConfig):
    """Settings.

    Attributes:
        surface: How many molecules a robot that touches a living cancer cell catches in a tick of its body's:
            4 pi D a C dt, with C the concentration at one radius of the robot from the cell's surface
            (`neuralbrain.envs.nanorobot.physics`: `capture_rate` of `around_a_cell`). 1018 for a cell of
            8 µm that secretes 1e5 molecules/s and a robot of 1 µm, every 0.1 s.
        touch: The share of it that, with contact, tells a cancer cell: a robot that touches one counts all of
            it, give or take 3 % of chance. One that touches something else is farther off: behind a healthy
            cell, which stands at least two radii away, it counts less than half.
        resting: For so long after a touch the count alone may tell it, ticks.
        dose: How many portions it is given at first. Then one at a time, until it is seen to be dead.
        most: How many portions one cell gets at most.
        leaving: How long a robot makes off from a cell that is done with, ticks.
        holding: How long it may take to bring a dose in before the cell counts as lost, ticks.
        patience: After so long without a better level a robot makes off, to seek elsewhere, ticks.
        silence: After so long without a single molecule in any robot no cancer cell lives, ticks. So long it
            also waits, when all is used up, before it gives up.
    """

    surface: float = Field(default=1018.0, gt=0)
    touch: float = Field(default=0.95, gt=0, le=1)
    resting: int = Field(default=30, ge=1)
    dose: int = Field(default=3, ge=1)
    most: int = Field(default=6, ge=1)
    leaving: int = Field(default=60, ge=1)
    holding: int = Field(default=200, ge=1)
    patience: int = Field(default=2000, ge=1)
    silence: int = Field(default=100, ge=1)


class MissionCortex(Region):
    """Finds, then delivers, then goes for the next; for one robot and for thousands alike.

    A robot seeks until it touches something where the count is that of a cancer cell's surface. If the
    sentence asks for treatment and the robot has a payload, it then delivers: a dose, and single portions on
    top of it while the count says that the cell lives on. When the count has fallen, for a dead cell secretes
    nothing, it leaves and seeks the next. The mission is done when nothing is secreted any more; it gives up
    when all payloads are used up. Where robots are to find only, each stays with the cell that it has found,
    and the mission is done when all have found one. To follow has no end but the time.
    """

    inputs = {"instruction": Instruction, "percept": Chemosense, "memory": PathMemory}
    optional_inputs = frozenset({"memory"})
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
        self._goals: frozenset[str] = frozenset()
        self._robots = 0  # not known before the first percept
        self._over = False
        self._spent = -1  # since when all payloads are used up and nobody is about anything; -1: they are not
        self._heard = 0  # the last tick at which any robot caught a molecule
        self._encounters: list[Encounter] = []
        self._running: dict[str, int] = {}  # step -> its try that is under way
        self._tries: dict[str, int] = {}
        self._told: bytes = b""

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Take in what came, decide for each robot, and tell what has changed."""
        if self._over:
            return {}
        out: dict[str, Any] = {}
        instruction, percepts = inbox.latest(Instruction), inbox.of(Chemosense)
        if instruction is not None:
            try:
                self._goals = understood(instruction.text)
            except InstructionError as error:
                return self._end(tick, {}, False, str(error), refused=True)
            out["tree"] = self._tree(tick, instruction.text)
        if not self._goals or not percepts:
            return out
        if not self._robots:
            self._begin(percepts[0])
        self._take_in(percepts, inbox.of(PathMemory))
        was = self._phases.copy()
        self._decide(tick, percepts, inbox.latest(PathMemory))
        out["step_status"] = self._statuses(tick, was)
        told = self._phases.tobytes() + self._keep.tobytes()
        if told != self._told:
            self._told = told
            out["mission"] = Mission(
                tick=tick,
                source=self.name,
                phases=self._phases,
                keep=self._keep,
                surface=self.config.surface,
                text=self._words(),
            )
        return self._judge(tick, out)

    # ---- taking in

    def _begin(self, percept: Chemosense) -> None:
        """Begin with the robots that there are."""
        self._robots = number = len(percept.molecules)
        self._payload = percept.portions
        self._portions = percept.portions
        self._phases = np.full(number, Phase.SEEK, np.int32)
        self._keep = percept.portions.copy()
        self._until = np.zeros(number, np.int64)  # when a robot ends what it is about
        self._touched = np.full(number, -self.config.resting - 1, np.int64)  # when each touched something last
        self._found = np.zeros(number, np.bool_)
        self._treated = np.zeros(number, np.int32)
        self._held = percept.portions.copy()  # portions when the present cell was met
        self._level = np.zeros(number)  # the count beside it then
        self._sum = np.zeros(number)  # of the counts after its last portion
        self._seen = np.zeros(number, np.int32)  # how many they are
        self._sought = np.zeros(number, np.int64)  # since when it has not made off for want of luck

    def _take_in(self, percepts: list[Chemosense], memories: list[PathMemory]) -> None:
        delivers = self._phases == Phase.DELIVER
        for percept in percepts:
            if percept.molecules.any():
                self._heard = percept.tick
            released = percept.portions < self._portions
            self._sum, self._seen = np.where(released, 0.0, self._sum), np.where(released, 0, self._seen)
            self._portions = percept.portions
            tells = delivers & (self._portions < self._held) & (self._seen < ENOUGH)
            self._sum += np.where(tells, percept.molecules, 0)
            self._seen += tells
        for memory in memories:
            self._encounters += memory.ended

    # ---- deciding

    def _decide(self, tick: int, percepts: list[Chemosense], memory: PathMemory | None) -> None:
        """Turn each robot to what comes next for it."""
        phases = self._phases.copy()
        seeks, delivers, leaves = (phases == phase for phase in (Phase.SEEK, Phase.DELIVER, Phase.LEAVE))
        if "follow" not in self._goals:
            self._meet(tick, percepts, seeks)
        self._deliver(tick, delivers)
        if memory is not None:
            since = np.maximum(memory.best_tick, self._sought)
            stuck = seeks & (self._phases == Phase.SEEK) & (tick - since > self.config.patience)
            self._leave(tick, stuck)
        self._set(leaves & (tick >= self._until), Phase.SEEK)
        if "treat" in self._goals and self._payload.any():
            idle = (self._portions == 0) & np.isin(self._phases, (Phase.SEEK, Phase.LEAVE))
            self._set(idle, Phase.STAY)

    def _meet(self, tick: int, percepts: list[Chemosense], seeks: Flags) -> None:
        """Turn the robots that touch a cancer cell to it."""
        levels = np.stack([percept.molecules for percept in percepts])
        touched = np.stack([percept.contact for percept in percepts])
        enough = self.config.touch * self.config.surface
        told = touched & (levels >= enough)
        # A robot may touch for a single percept; then what it counts on the same spot decides.
        self._touched = np.where(touched.any(axis=0), tick, self._touched)
        rests = (tick - self._touched <= self.config.resting) & (levels.mean(axis=0) >= enough)
        met = seeks & (told.any(axis=0) | rests)
        self._found |= met
        here = np.where(told.any(axis=0), (levels * told).sum(axis=0), levels.sum(axis=0))
        here = here / np.where(told.any(axis=0), told.sum(axis=0), len(levels))
        treats = met & (self._portions > 0) & ("treat" in self._goals)
        self._set(met & ~treats, Phase.STAY)
        self._set(treats, Phase.DELIVER)
        self._level = np.where(treats, here, self._level)
        self._held = np.where(treats, self._portions, self._held).astype(np.int32)
        self._order(tick, treats, np.maximum(self._portions - self.config.dose, 0))

    def _order(self, tick: int, chosen: Flags, keep: NDArray[np.int32]) -> None:
        """Order that robots let go of all portions but some."""
        self._keep = np.where(chosen, keep, self._keep).astype(np.int32)
        self._until = np.where(chosen, tick + self.config.holding, self._until)
        self._sum, self._seen = np.where(chosen, 0.0, self._sum), np.where(chosen, 0, self._seen)

    def _deliver(self, tick: int, delivers: Flags) -> None:
        """See what came of what was let go: the cell is dead, needs more, or is lost."""
        told = delivers & (self._seen >= ENOUGH)
        dead = told & (self._sum < KILLED * self._level * self._seen)
        self._treated = (self._treated + dead).astype(np.int32)
        given = told & ~dead & (self._portions <= self._keep)
        spent = (self._held - self._portions >= self.config.most) | (self._portions == 0)
        self._leave(tick, dead | (given & spent))
        self._order(tick, given & ~spent, self._portions - 1)
        self._set(delivers & ~dead & ~given & (tick >= self._until), Phase.SEEK)

    def _leave(self, tick: int, chosen: Flags) -> None:
        self._set(chosen, Phase.LEAVE)
        self._until = np.where(chosen, tick + self.config.leaving, self._until)
        self._sought = np.where(chosen, tick + self.config.leaving, self._sought)

    def _set(self, chosen: Flags, phase: Phase) -> None:
        self._phases = np.where(chosen, np.int32(phase), self._phases).astype(np.int32)

    def _judge(self, tick: int, out: dict[str, Any]) -> Outbox:
        """End the episode if there is nothing left to do."""
        if "treat" in self._goals and self._payload.any():
            if tick - self._heard > self.config.silence:
                if self._treated.any():
                    return self._end(tick, out, True, f"{self._account()} Nothing secretes any more.")
                return self._end(tick, out, False, "I sense nothing that a cancer cell secretes.")
            if self._portions.any() or (self._phases != Phase.STAY).any():
                self._spent = -1
            elif self._spent < 0:
                self._spent = tick
            elif tick - self._spent > self.config.silence:
                why = "The payload is used up, and something still secretes."
                return self._end(tick, out, False, f"{self._account()} {why}")
        elif "find" in self._goals and self._found.all():
            who = "The robot has" if self._robots == 1 else f"All {self._robots} robots have"
            return self._end(tick, out, True, f"{who} found a cancer cell.")
        return out

    # ---- telling

    def _tree(self, tick: int, text: str) -> ExecutionTree:
        order = [goal for goal in VERBS if goal in self._goals]
        steps = tuple(Step(id=goal, skill=goal, args={"what": "cancer_cells"}) for goal in order)
        root = Sequence(id="root", children=steps)
        return ExecutionTree(tick=tick, source=self.name, plan=PLAN, goal=text, root=root)

    def _statuses(self, tick: int, was: NDArray[np.int32]) -> list[StepStatus]:
        """Say which steps begin and end: to find lasts while any robot seeks, to treat while any delivers."""
        first = "follow" if "follow" in self._goals else "find"
        seeks = bool(np.isin(self._phases, (Phase.SEEK, Phase.LEAVE)).any())
        under_way = {first: seeks, "treat": bool((self._phases == Phase.DELIVER).any())}
        killed = bool(((was == Phase.DELIVER) & (self._phases == Phase.LEAVE)).any())
        statuses = []
        for goal in [goal for goal in VERBS if goal in self._goals]:
            if under_way[goal] and goal not in self._running:
                self._running[goal] = self._tries[goal] = self._tries.get(goal, 0) + 1
                statuses.append(self._status(tick, goal, "started"))
            elif not under_way[goal] and goal in self._running:
                good = goal != "treat" or killed
                statuses.append(self._status(tick, goal, "succeeded" if good else "failed"))
                del self._running[goal]
        return statuses

    def _status(self, tick: int, goal: str, state: Any) -> StepStatus:
        return StepStatus(
            tick=tick,
            source=self.name,
            plan=PLAN,
            step=goal,
            skill=goal,
            state=state,
            attempt=self._tries[goal],
            reason="the cell was lost" if state == "failed" else "",
        )

    def _words(self) -> str:
        """Say how the mission stands."""
        counts = {phase: int((self._phases == phase).sum()) for phase in Phase}
        robots = ", ".join(f"{n} {phase.name.lower()}" for phase, n in counts.items() if n)
        parts = [robots if self._robots > 1 else f"the robot: {robots.partition(' ')[2]}"]
        if "treat" in self._goals and self._payload.any():
            parts.append(f"{int(self._treated.sum())} cells treated")
            parts.append(f"{int(self._portions.sum())} of {int(self._payload.sum())} portions left")
        else:
            parts.append(f"{int(self._found.sum())} found")
        return "; ".join(parts)

    def _account(self) -> str:
        cells, used = int(self._treated.sum()), int(self._payload.sum() - self._portions.sum())
        met = len(self._encounters)
        also = f" in {met} encounters" if met > cells else ""
        return (
            f"I treated {cells} cancer cell{'s' * (cells != 1)}{also} with {used} of "
            f"{int(self._payload.sum())} portions."
        )

    def _end(
        self, tick: int, out: dict[str, Any], success: bool, text: str, refused: bool = False
    ) -> dict[str, Any]:
        """Say that it is over, in words."""
        self._over = True
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        if not refused:
            out["plan_status"] = PlanStatus(
                **stamp, plan=PLAN, succeeded=success, reason="" if success else text
            )
        return {**out, "done": Done(**stamp, success=success, text=text, refused=refused)}


def understood(text: str) -> frozenset[str]:
    """Return what a sentence asks for: some of "find", "treat" and "follow".

    Raises:
        InstructionError: It asks for nothing that these robots can do.
    """
    words = text.lower()
    goals = {goal for goal, verbs in VERBS.items() if re.search(rf"\b({verbs})\b", words)}
    if not goals or not re.search(rf"\b({CELLS})\b", words):
        raise InstructionError(
            f"I do not understand {text!r}: I can find cancer cells, treat them, or follow one. "
            'Say for example "Find the cancer cells and treat them."'
        )
    if "follow" in goals:
        return frozenset({"follow"})
    return frozenset(goals | {"find"})
