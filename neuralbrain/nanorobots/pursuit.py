"""One mission at work: what is told of it, how it stands, and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.messages import Outcome, StepStatus
from neuralbrain.nanorobots import accounts
from neuralbrain.nanorobots.crew import Bounds, Crew
from neuralbrain.nanorobots.messages import Chemosense, Encounter, Mission, PathMemory, Phase
from neuralbrain.nanorobots.planning.errands import Errand


@dataclass(frozen=True)
class Word:
    """What a mission has come to.

    Attributes:
        outcome: "done" or "failed".
        text: In words.
    """

    outcome: Outcome
    text: str


class Pursuit:
    """Follows one errand from the first reading to its end.

    Args:
        source: Who tells of it: the cortex's name.
        plan: The plan's identifier.
        errand: What is to be done.
        tick: When it begins.

    Attributes:
        errand: Likewise.
        plan: Likewise.
        over: Whether it has ended.
        crew: The robots; None before the first reading.
    """

    def __init__(self, source: str, plan: str, errand: Errand, tick: int) -> None:
        self.errand, self.plan, self.over = errand, plan, False
        self.crew: Crew | None = None
        self._source = source
        self._heard = tick  # the last tick at which any robot caught a molecule
        self._spent = -1  # since when all is used up and nobody is about anything; -1: it is not
        self._encounters: list[Encounter] = []
        self._running: dict[str, int] = {}  # step -> its try that is under way
        self._tries: dict[str, int] = {}
        self._state = b""  # of the robots, as it was told last
        self._word: Word | None = None  # the last one said when the time was nearly up

    @property
    def treated(self) -> int:
        """How many cells have been seen to die."""
        return int(self.crew.treated.sum()) if self.crew else 0

    @property
    def found(self) -> int:
        """How many robots are certain to be with a cancer cell."""
        return int(self.crew.settled.sum()) if self.crew else 0

    def go_on(
        self, tick: int, senses: Sequence[Chemosense], memories: Sequence[PathMemory], bounds: Bounds
    ) -> dict[str, Any]:
        """Decide for each robot, and tell what has changed."""
        crew = self.crew
        assert crew is not None
        before = crew.phases
        crew.take_in(senses)
        crew.decide(tick, senses, bounds)
        if memories:
            crew.move_on(tick, memories[-1].best_tick, bounds)
        for memory in memories:
            self._encounters += memory.ended
        self._heard = max([self._heard, *(p.tick for p in senses if p.molecules.any())])
        out: dict[str, Any] = {"step_status": self._statuses(tick, crew, before)}
        state = crew.phases.tobytes() + crew.keep.tobytes()
        if state != self._state:
            self._state = state
            out["mission"] = self._mission(tick, crew)
        return out

    def still(self, tick: int) -> dict[str, Any]:
        """Let all robots remain where they are."""
        if self.crew is None:
            return {}
        self.crew.phases = np.full_like(self.crew.phases, Phase.STAY)
        return {"mission": self._mission(tick, self.crew)}

    def late_word(self, sense: Chemosense) -> Word | None:
        """Say how far it has come, since the time is nearly up; None where that has been said."""
        assert self.crew is not None
        word = Word(*accounts.last_word(self.crew, sense, len(self._encounters)))
        if word == self._word:
            return None
        self._word = word
        return word

    def ending(self, tick: int, silence: int) -> Word | None:
        """Say what it has come to if nothing is left to do; else None.

        Args:
            tick: Now.
            silence: See `neuralbrain.nanorobots.crew.Bounds`.
        """
        crew, errand = self.crew, self.errand
        assert crew is not None
        if errand.verb != "treat":
            found = errand.ends and crew.settled[crew.active].all()
            return Word("done", accounts.found(crew)) if found else None
        account = accounts.treated(crew, len(self._encounters))
        if crew.enough:
            return Word("done", account)
        if tick - self._heard > silence:
            if not crew.treated.any():
                return Word("failed", "I sense nothing that a cancer cell secretes.")
            if errand.number is None:
                return Word("done", f"{account} Nothing secretes any more.")
            why = f"Nothing secretes any more, so there were not {errand.number}."
            return Word("failed", f"{account} {why}")
        if crew.portions.any() or (crew.phases != Phase.STAY).any():
            self._spent = -1
        elif self._spent < 0:
            self._spent = tick
        elif tick - self._spent > silence:
            return Word("failed", f"{account} The payload is used up, and something still secretes.")
        return None

    # ---- telling

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
        for goal in self.errand.goals:
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
            source=self._source,
            plan=self.plan,
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
            source=self._source,
            phases=crew.phases,
            keep=crew.keep,
            surface=crew.surface,
            text=accounts.standing(crew),
        )
