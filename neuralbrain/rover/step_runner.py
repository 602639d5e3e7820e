"""Carries out an execution tree step by step: tries, claims, verdicts, and what is said of them."""

from abc import abstractmethod
from typing import Any, Literal

from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Halt,
    Message,
    PlanStatus,
    Scene,
    Step,
    StepStatus,
    Verdict,
)
from neuralbrain.region import Inbox, Region
from neuralbrain.rover.attempt import SKILLS, Attempt
from neuralbrain.rover.tree import next_step


class StepRunner(Region):
    """Keeps account of the newest tree; how a step is done is the subclass's.

    A step that claims to be done is looked at and judged by the anomaly monitor. A failed step is tried again
    as often as it may; then the tree's fallbacks have their turn; then the plan has failed.
    """

    def reset(self, seed: int) -> None:
        """Know of no tree."""
        self._tree: ExecutionTree | None = None
        self._results: dict[str, bool] = {}
        self._doing: Attempt | None = None
        self._reason = ""
        self._tick = 0
        self._calls = 0  # to stop, which the cortex has not answered yet
        self._out: dict[str, list[Message]] = {}

    @abstractmethod
    def _halt(self) -> None:
        """Stand still."""

    def _take_up(self, tree: ExecutionTree) -> None:
        """Begin a new tree; whatever was going on is broken off."""
        self._tree, self._doing, self._results, self._reason = tree, None, {}, ""

    def _listen(self, inbox: Inbox) -> None:
        """Take up what the cortex wants, but nothing between a call to stop and the cortex's answer to it."""
        for message in inbox:
            if isinstance(message, Done) and message.outcome == "halted":
                self._calls -= 1
            elif isinstance(message, ExecutionTree) and not self._calls:
                self._take_up(message)
        calls = inbox.of(Halt)
        if calls:
            self._calls += len(calls)
            self._break_off("the person said: stop")

    def _break_off(self, why: str) -> None:
        """Give up the tree, and stand still."""
        self._halt()
        if self._doing is not None:
            self._end(self._doing.step, self._doing.number, why)
        if self._tree is not None:
            self._send("plan_status", PlanStatus, plan=self._tree.plan, succeeded=False, reason=why)
        self._tree = None

    def _hear(self, verdict: Verdict) -> None:
        """Note the monitor's verdict on the step at work; one on a step that is over means nothing now."""
        doing = self._doing
        if doing is None or self._tree is None or doing.phase != "verdict":
            return
        if (verdict.plan, verdict.step) == (self._tree.plan, doing.step.id):
            doing.verdict = verdict

    def _choose_step(self, tree: ExecutionTree) -> bool:
        """Begin the next step, or report the end of the tree."""
        following = next_step(tree.root, self._results)
        if isinstance(following, Step):
            return self._begin(following, 1)
        self._send(
            "plan_status",
            PlanStatus,
            plan=tree.plan,
            succeeded=following,
            reason="" if following else self._reason,
        )
        self._tree = None
        return False

    def _begin(self, step: Step, number: int) -> bool:
        """Try a step."""
        if step.skill not in SKILLS:
            self._end(step, number, f"there is no skill {step.skill!r}")
            return True
        self._doing = Attempt(step, number, self._tick)
        self._tell(step, "started", number)
        return True

    def _await(self, doing: Attempt, scene: Scene | None, patience: int) -> bool:
        """Go on when the picture has come, and the verdict where there is one to come; whether there is more.

        Args:
            doing: The step at work.
            scene: The newest scene.
            patience: The try has failed when they have not come after so many ticks.
        """
        if scene is not None and scene.request == doing.request:
            if doing.phase == "look":
                return self._end(doing.step, doing.number, "")
            if doing.verdict is not None and doing.verdict.holds:
                return self._end(doing.step, doing.number, "")
            if doing.verdict is not None:
                unmet = ", ".join(str(condition) for condition in doing.verdict.unmet)
                return self._fail(doing, f"not seen to be true: {unmet}")
        if self._tick - doing.asked > patience:
            return self._fail(doing, f"the look {doing.request!r} was not answered")
        return False

    def _fail(self, doing: Attempt, reason: str) -> bool:
        """Try the step again, if it may; else it has failed."""
        self._halt()
        if doing.number > doing.step.retries:
            return self._end(doing.step, doing.number, reason)
        self._anomaly("retry", reason)
        return self._begin(doing.step, doing.number + 1)

    def _end(self, step: Step, number: int, reason: str) -> bool:
        """Note how a step ended; an empty reason stands for success."""
        assert self._tree is not None
        self._doing = None
        self._results[step.id] = not reason
        self._tell(step, "failed" if reason else "succeeded", number, reason=reason)
        if reason:
            self._reason = f"{step.id}: {reason}"
            if isinstance(next_step(self._tree.root, self._results), Step):
                self._anomaly("handler", reason, step.id)
        return True

    # ---- what is said

    def _send(self, port: str, kind: type[Message], **fields: Any) -> None:
        self._out[port].append(kind(tick=self._tick, source=self.name, **fields))

    def _tell(
        self,
        step: Step,
        state: Literal["started", "claimed", "succeeded", "failed"],
        number: int,
        *,
        request: str = "",
        reason: str = "",
    ) -> None:
        assert self._tree is not None
        self._send(
            "step_status",
            StepStatus,
            plan=self._tree.plan,
            step=step.id,
            skill=step.skill,
            state=state,
            attempt=number,
            request=request,
            reason=reason,
        )

    def _anomaly(self, level: str, what: str, step: str = "") -> None:
        plan = self._tree.plan if self._tree else ""
        step = step or (self._doing.step.id if self._doing else "")
        self._send("anomaly", Anomaly, level=level, what=what, plan=plan, step=step)
