"""Carries out an execution tree step by step: tries, looks, claims, verdicts, and what is said of them."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import Field

from neuralbrain.errors import PlanError, UnknownNameError
from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Halt,
    LookRequest,
    Message,
    PlanStatus,
    Scene,
    Step,
    StepStatus,
    Verdict,
)
from neuralbrain.planning.attempt import Attempt
from neuralbrain.planning.behaviour_tree import BehaviourTree
from neuralbrain.planning.domain import find_domain
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig


class StepRunnerConfig(RegionConfig):
    """Settings of a region that carries out plans.

    Attributes:
        patience: A try fails when the picture or the verdict that it waits for has not come after so many
            ticks.
        looks: How often it looks again at once when a picture shows nothing, before it looks otherwise.
    """

    patience: int = Field(default=200, ge=1)
    looks: int = Field(default=2, ge=0)


A = TypeVar("A", bound=Attempt)


class StepRunner(Region, Generic[A]):
    """Does the steps of the newest tree one after the other; how a step is done is the subclass's.

    A step whose preconditions are not seen to be true fails before anything moves. One that claims to be
    done is looked at and judged by the anomaly monitor. A failed step is tried again as often as its
    `retries` allow; then the tree's fallbacks have their turn; then the plan has failed.

    A subclass adds its body's ports to these, in the order in which it sends, and says how to `_feel`,
    `_try`, `_act` and `_halt`, and of which embodiment it is.
    """

    embodiment: ClassVar[str]
    """By whose predicates preconditions are judged."""

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "scene": Scene,
        "tree": ExecutionTree,
        "verdict": Verdict,
        "halt": Halt,
        "done": Done,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset({"halt", "done"})
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        "look": LookRequest,
        "step_status": StepStatus,
        "plan_status": PlanStatus,
        "anomaly": Anomaly,
    }
    Config = StepRunnerConfig
    config: StepRunnerConfig

    # ---- what a body does

    @abstractmethod
    def _feel(self, inbox: Inbox) -> bool:
        """Take in what the body says; whether it can be told to do something at this tick."""

    @abstractmethod
    def _try(self, step: Step, number: int) -> A:
        """Return a new try of a step.

        Raises:
            PlanError: It cannot be begun, or
            UnknownNameError: there is no such skill.
        """

    @abstractmethod
    def _act(self, attempt: A) -> bool:
        """Go on with a try that waits for the body; whether there may be more to do at this tick."""

    @abstractmethod
    def _halt(self) -> None:
        """Let the body stand still."""

    def _see(self, attempt: A) -> bool:
        """Go on with a try whose look was answered; unless a subclass knows more to do, it has succeeded."""
        return self._end(attempt.step, attempt.number)

    def _look_otherwise(self, attempt: A) -> bool:
        """Turn a try whose camera shows nothing to another camera, as a motion; False: there is none."""
        return False

    def _makes_sense(self, attempt: A) -> bool:
        """Whether a step that has failed can be tried again as things are."""
        return True

    def _tidy(self) -> list[Step]:
        """Return the steps to do after a plan has failed, of which the cortex hears nothing."""
        return []

    def _holding(self) -> str:
        """Return the id of the object that is held; empty for nothing."""
        return ""

    # ---- the account of the tree

    def reset(self, seed: int) -> None:
        """Know of no tree; nothing here is random."""
        self._scene = Scene(
            tick=0, source=self.name, camera="", request="", frame_tick=0, objects=(), relations=()
        )
        self._tree: BehaviourTree | None = None
        self._attempt: A | None = None
        self._tidying: list[Step] | None = None  # what is left of that, once the plan has failed
        self._reason = ""
        self._calls = 0  # to stop, which the cortex has not answered yet
        self._tick = 0
        self._out: dict[str, list[Message]] = {}

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Carry on with the tree."""
        self._tick, self._out = tick, {port: [] for port in self.outputs}
        self._scene = inbox.latest(Scene) or self._scene
        self._listen(inbox)
        for scene in inbox.of(Scene):
            if scene.fault:
                self._anomaly("retry", scene.headline())
        ready = self._feel(inbox)
        for verdict in inbox.of(Verdict):
            self._hear(verdict)
        while ready and self._carry_on():
            pass
        out, self._out = self._out, {}
        return out

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

    def _take_up(self, tree: ExecutionTree) -> None:
        """Begin a new tree; whatever was going on is broken off."""
        if self._attempt is not None:
            self._end(self._attempt.step, self._attempt.number, "another plan has come")
        self._tree, self._attempt, self._tidying, self._reason = BehaviourTree(tree), None, None, ""

    def _break_off(self, why: str) -> None:
        """Give up the tree, and stand still."""
        self._halt()
        if self._attempt is not None:
            self._end(self._attempt.step, self._attempt.number, why)
        if self._tree is not None:
            self._send("plan_status", PlanStatus, plan=self._tree.message.plan, succeeded=False, reason=why)
        self._tree = None

    def _hear(self, verdict: Verdict) -> None:
        """Note the monitor's verdict on the step at work; one on a step that is over means nothing now."""
        attempt = self._attempt
        if self._tree is None or attempt is None or attempt.waits_for != "verdict":
            return
        if (verdict.plan, verdict.step) == (self._tree.message.plan, attempt.step.id):
            attempt.verdict = verdict

    def _carry_on(self) -> bool:
        """Do the next thing that can be done at this tick; whether there may be another."""
        if self._tree is None:
            return False
        if self._attempt is None:
            return self._choose(self._tree)
        if self._attempt.waits_for == "motion":
            return self._act(self._attempt)
        return self._await(self._attempt)

    def _choose(self, tree: BehaviourTree) -> bool:
        """Begin the next step, or report the end of the tree."""
        following = tree.next_step()
        if isinstance(following, Step):
            return self._begin(following, 1)
        if not following:
            if self._tidying is None:
                self._tidying = self._tidy()
            if self._tidying:
                return self._begin(self._tidying.pop(0), 1)
        reason = "" if following else self._reason
        self._send("plan_status", PlanStatus, plan=tree.message.plan, succeeded=following, reason=reason)
        self._tree = None
        return False

    def _begin(self, step: Step, number: int) -> bool:
        """Try a step, if what must be true before is seen to be."""
        try:
            self._check(step)
            self._attempt = self._try(step, number)
        except (PlanError, UnknownNameError) as error:
            return self._end(step, number, str(error))
        self._tell(step, "started", number)
        return True

    def _check(self, step: Step) -> None:
        """Hold a step's preconditions against the newest scene and what is held.

        Those that no scene shows are believed: the check before the plan began found a step that brings them
        about.

        Raises:
            PlanError: One is not seen to be true; that of something that is not seen is not.
        """
        if not step.preconditions:
            return
        assert self._tree is not None
        domain, locations = find_domain(self.embodiment), self._tree.message.locations
        unmet = [
            condition
            for condition in step.preconditions
            if not domain.felt(condition)
            and not domain.holds(condition, self._scene, locations, self._holding() or None)
        ]
        if unmet:
            raise PlanError(f"not seen to be true before it: {', '.join(map(str, unmet))}")

    def _await(self, attempt: A) -> bool:
        """Go on when the picture has come, and the verdict where there is one to come."""
        if self._scene.request == attempt.request:
            if self._scene.fault:
                return self._look_again(attempt)
            if attempt.waits_for == "scene":
                attempt.waits_for = "motion"
                return self._see(attempt)
            if attempt.verdict is not None and attempt.verdict.holds:
                return self._end(attempt.step, attempt.number)
            if attempt.verdict is not None:
                unmet = ", ".join(str(condition) for condition in attempt.verdict.unmet)
                return self._fail(attempt, f"not seen to be true: {unmet}")
        if self._tick - attempt.asked > self.config.patience:
            return self._fail(attempt, f"the look {attempt.request!r} was not answered")
        return False

    def _look_again(self, attempt: A) -> bool:
        """Look once more where a picture shows nothing; then with another camera, or the try has failed."""
        attempt.blind += 1
        if attempt.blind <= self.config.looks:
            self._ask(attempt, attempt.camera, f"{attempt.request}/again")
            if attempt.waits_for == "verdict":
                self._claim(attempt)
            return False
        attempt.blind = 0
        if self._look_otherwise(attempt):
            attempt.waits_for = "motion"
            return True
        return self._fail(attempt, self._scene.headline())

    def _fail(self, attempt: A, reason: str) -> bool:
        """Try the step again, if it may and if that makes sense; else it has failed."""
        step, number = attempt.step, attempt.number
        if number > step.retries or not self._makes_sense(attempt):
            return self._end(step, number, reason)
        self._anomaly("retry", reason)
        return self._begin(step, number + 1)

    def _end(self, step: Step, number: int, reason: str = "") -> bool:
        """Note how a step ended: well, if there is no reason. There may be more to do."""
        assert self._tree is not None
        self._attempt = None
        if self._tidying is not None:
            return True  # the plan has failed already, and this step is not part of it
        self._tree.results[step.id] = not reason
        self._tell(step, "failed" if reason else "succeeded", number, reason=reason)
        if reason:
            self._reason = f"{step.id}: {reason}"
            if isinstance(self._tree.next_step(), Step):
                self._anomaly("handler", reason, step.id)
        return True

    # ---- what is said

    def _look(self, attempt: A, camera: str, count: int) -> None:
        """Ask for a picture; the count tells its name from those of the try's other looks."""
        assert self._tree is not None
        plan, step = self._tree.message.plan, attempt.step.id
        self._ask(attempt, camera, f"{plan}/{step}/{attempt.number}/{count}")

    def _ask(self, attempt: A, camera: str, request: str) -> None:
        """Ask for a picture by a name."""
        attempt.camera, attempt.request, attempt.asked = camera, request, self._tick
        self._send("look", LookRequest, camera=camera, request=request)

    def _claim(self, attempt: A) -> None:
        """Say that the step is done, as the last look should show."""
        attempt.waits_for = "verdict"
        self._tell(attempt.step, "claimed", attempt.number, request=attempt.request)

    def _tell(self, step: Step, state: str, number: int, *, request: str = "", reason: str = "") -> None:
        """Say how a step goes, unless it is not part of the plan."""
        assert self._tree is not None
        if self._tidying is not None:
            return
        self._send(
            "step_status",
            StepStatus,
            plan=self._tree.message.plan,
            step=step.id,
            skill=step.skill,
            state=state,
            attempt=number,
            request=request,
            reason=reason,
            holding=self._holding(),
        )

    def _anomaly(self, level: str, what: str, step: str = "") -> None:
        """Say what is not as it should be; without a step it is the one at work."""
        plan = self._tree.message.plan if self._tree else ""
        step = step or (self._attempt.step.id if self._attempt else "")
        self._send("anomaly", Anomaly, level=level, what=what, plan=plan, step=step)

    def _send(self, port: str, kind: type[Message], **fields: Any) -> None:
        self._out[port].append(kind(tick=self._tick, source=self.name, **fields))
