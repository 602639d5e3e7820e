"""What a sentence asks for, carried out: one mission after the other, and what has become of each."""

from collections.abc import Sequence
from typing import Any

from neuralbrain.messages import Done, ExecutionTree, Outcome, PlanStatus, Step
from neuralbrain.messages import Sequence as Steps
from neuralbrain.nanorobots import accounts
from neuralbrain.nanorobots.crew import Bounds, Crew
from neuralbrain.nanorobots.messages import Chemosense, PathMemory
from neuralbrain.nanorobots.planning.errands import Errand
from neuralbrain.nanorobots.pursuit import Pursuit
from neuralbrain.planning.history import Ending, PastGoal

PLAN = "mission"
_ENDINGS: dict[Outcome, Ending] = {"done": "done", "halted": "stopped"}


class Campaign:
    """Begins missions, ends them, and says so.

    Args:
        source: Who tells of it: the cortex's name.

    Attributes:
        history: What has been worked for.
    """

    def __init__(self, source: str) -> None:
        self.history: tuple[PastGoal, ...] = ()
        self._source = source
        self._missions = 0
        self._pursuit: Pursuit | None = None  # the mission at work, or the last one
        self._dead = 0  # cells treated in those before it
        self._told: tuple[str, ...] = ()  # what the sentence has come to before the mission at work
        self._to_do: tuple[Errand, ...] = ()  # what it asks for after it
        self._text = ""

    @property
    def at_work(self) -> bool:
        """Whether a mission is."""
        return self._pursuit is not None and not self._pursuit.over

    @property
    def treated(self) -> int:
        """How many cells have been seen to die."""
        return self._dead + (self._pursuit.treated if self._pursuit else 0)

    @property
    def found(self) -> int:
        """How many robots are certain to be with a cancer cell."""
        return self._pursuit.found if self._pursuit else 0

    @property
    def standing(self) -> str:
        """How the mission at work stands, in words; empty where there is none."""
        crew = self._pursuit.crew if self._pursuit and not self._pursuit.over else None
        return accounts.standing(crew) if crew else ""

    def begin(
        self, tick: int, text: str, errands: Sequence[Errand], answers: tuple[str, ...]
    ) -> dict[str, Any]:
        """Begin with what a sentence asks for.

        Args:
            tick: Now.
            text: The sentence.
            errands: What is to be done, at least one thing.
            answers: What is to be said as well.
        """
        self._text, self._told = text, answers
        return {"tree": self._go_about(tick, tuple(errands))}

    def go_on(
        self,
        tick: int,
        senses: Sequence[Chemosense],
        memories: Sequence[PathMemory],
        surface: float,
        late: bool,
        bounds: Bounds,
    ) -> dict[str, Any]:
        """Go on with the mission at work; begin the next where it is done.

        Args:
            tick: Now.
            senses: What has been sensed since the last time; at least once.
            memories: What was remembered.
            surface: How many molecules tell the surface of a living cancer cell.
            late: Whether the time is nearly up.
            bounds: What decides.
        """
        pursuit = self._pursuit
        if pursuit is None or pursuit.over:
            return {}
        if pursuit.crew is None:
            trouble = pursuit.errand.trouble(len(senses[0].molecules), int(senses[0].portions.sum()))
            if trouble:
                return self.end(tick, {}, "failed" if self._told else "refused", trouble)
            pursuit.crew = Crew(senses[0], surface, pursuit.errand)
        out = pursuit.go_on(tick, senses, memories, bounds)
        if late and (word := pursuit.late_word(senses[-1])):
            out["done"] = self.said(tick, word.outcome, self._all_told(word.text))
        end = pursuit.ending(tick, bounds.silence)
        if end is None:
            return out
        if end.outcome == "done" and self._to_do:
            self._told = (*self._told, end.text)
            out["plan_status"] = self._close(tick, pursuit, "", "done")
            return {**out, "tree": self._go_about(tick, self._to_do)}
        return self.end(tick, out, end.outcome, end.text)

    def still(self, tick: int) -> dict[str, Any]:
        """Let all robots remain where they are."""
        return self._pursuit.still(tick) if self._pursuit else {}

    def break_off(self, tick: int) -> dict[str, Any]:
        """End what is at work, since a person said something else."""
        if not self.at_work:
            return {}
        out = self.end(tick, self.still(tick), "halted", "broken off")
        del out["done"]
        return out

    def end(self, tick: int, out: dict[str, Any], outcome: Outcome, text: str) -> dict[str, Any]:
        """Say that it is over, in words, besides what else there is to send."""
        if self._pursuit is not None and not self._pursuit.over:
            reason = "" if outcome == "done" else text
            ending = _ENDINGS.get(outcome, "failed")
            out = {**out, "plan_status": self._close(tick, self._pursuit, reason, ending)}
        said = text if outcome in ("halted", "refused") else self._all_told(text)
        self._told = self._to_do = ()
        return {**out, "done": self.said(tick, outcome, said)}

    def said(self, tick: int, outcome: Outcome, text: str, choices: tuple[str, ...] = ()) -> Done:
        """Return the message to the person."""
        return Done(tick=tick, source=self._source, outcome=outcome, text=text, choices=choices)

    def _go_about(self, tick: int, errands: tuple[Errand, ...]) -> ExecutionTree:
        """Begin with the first of some errands."""
        self._missions, self._dead = self._missions + 1, self.treated
        plan = PLAN if self._missions < 2 else f"{PLAN}_{self._missions}"
        self._pursuit, self._to_do = Pursuit(self._source, plan, errands[0], tick), errands[1:]
        steps = tuple(Step(id=goal, skill=goal, args={"what": "cancer_cells"}) for goal in errands[0].goals)
        root = Steps(id="root", children=steps)
        return ExecutionTree(tick=tick, source=self._source, plan=plan, goal=self._text, root=root)

    def _close(self, tick: int, pursuit: Pursuit, reason: str, ending: Ending) -> PlanStatus:
        """Note what has become of a mission."""
        pursuit.over = True
        self.history = (*self.history, PastGoal(str(pursuit.errand), ending))
        return PlanStatus(
            tick=tick, source=self._source, plan=pursuit.plan, succeeded=not reason, reason=reason
        )

    def _all_told(self, text: str) -> str:
        """Return what a sentence has come to, with what it came to before."""
        return " ".join((*self._told, text))
