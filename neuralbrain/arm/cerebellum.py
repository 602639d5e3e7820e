"""The cerebellum: it carries out execution trees, skill by skill, and feels whether they succeed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from neuralbrain.arm.body import ON_HAND
from neuralbrain.arm.messages import ArmSchema, MotorCommand, MotorReport, Proprioception
from neuralbrain.arm.motor.attempt import Attempt, lay_down
from neuralbrain.arm.motor.kinematics import Arm, Floats
from neuralbrain.arm.motor.player import Player
from neuralbrain.arm.motor.skills import Held, Motion, SkillContext, SkillError, TakePicture
from neuralbrain.arm.motor.tree import BehaviourTree
from neuralbrain.errors import UnknownNameError
from neuralbrain.messages import (
    Anomaly,
    Done,
    ExecutionTree,
    Halt,
    Location,
    LookRequest,
    Message,
    PlanStatus,
    Scene,
    Step,
    StepStatus,
    Verdict,
)
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig


class CerebellumConfig(RegionConfig):
    """Settings of the cerebellum.

    Attributes:
        patience: A step fails when the picture or the verdict that it waits for has not come after so many
            ticks.
    """

    patience: int = Field(default=200, gt=0)


class Cerebellum(Region):
    """Runs the steps of the newest tree one after the other.

    A step's skill gives motions until it ends. Whether an object is in the hand is felt: by the width of the
    gripper and by the force on its fingers. What else has changed is looked at, once the arm is out of the
    camera's way, and judged by the anomaly monitor. A failed step is tried again as often as it may, after
    another look; then the tree's fallbacks have their turn; then the plan has failed, and an object that is
    still in the hand is laid down before the cortex hears of it.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "schema": ArmSchema,
        "proprioception": Proprioception,
        "report": MotorReport,
        "scene": Scene,
        "tree": ExecutionTree,
        "verdict": Verdict,
        "halt": Halt,
        "done": Done,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset({"report", "halt", "done"})
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        "command": MotorCommand,
        "look": LookRequest,
        "step_status": StepStatus,
        "plan_status": PlanStatus,
        "anomaly": Anomaly,
    }
    Config = CerebellumConfig
    config: CerebellumConfig

    def reset(self, seed: int) -> None:
        """Forget everything; nothing here is random."""
        self._arm: Arm | None = None
        self._proprioception: Proprioception | None = None
        self._scene = Scene(
            tick=0, source=self.name, camera="", request="", frame_tick=0, objects=(), relations=()
        )
        self._player: Player | None = None
        self._rest: Floats | None = None
        self._tree: BehaviourTree | None = None
        self._locations: dict[str, Location] = {}
        self._attempt: Attempt | None = None
        self._tidying: list[Step] | None = None
        self._held: Held | None = None
        self._reason = ""
        self._looks = 0
        self._calls = 0  # to stop, which the cortex has not answered yet
        self._out: dict[str, list[Message]] = {}

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Carry on with the tree."""
        self._tick = tick
        self._out = {port: [] for port in self.outputs}
        self._proprioception = inbox.latest(Proprioception) or self._proprioception
        self._scene = inbox.latest(Scene) or self._scene
        for schema in inbox.of(ArmSchema):
            self._arm = Arm(schema)
        if self._player is None and self._proprioception is not None and self._arm is not None:
            self._rest = self._proprioception.joint_positions
            self._player = Player(self._rest, self._proprioception.gripper_width)
        self._listen(inbox)
        if self._player is not None:
            for report in inbox.of(MotorReport):
                self._heed(self._player, report)
            for verdict in inbox.of(Verdict):
                self._hear(verdict)
            while not self._player.withdrawing and self._carry_on(self._player):
                pass
        out, self._out = self._out, {}
        return out

    def _take_up(self, tree: ExecutionTree) -> None:
        """Begin a new tree; whatever was going on is broken off."""
        self._tree, self._attempt, self._tidying, self._reason = BehaviourTree(tree), None, None, ""
        self._locations = {location.id: location for location in tree.locations}
        if self._player is not None and len(self._player.motion.joints) > 1:
            self._player.hold(self._tick)
            self._send("command", MotorCommand, **self._player.command())

    def _listen(self, inbox: Inbox) -> None:
        """Take up what the cortex wants, but nothing between a call to stop and the cortex's answer to it."""
        for message in inbox:
            if isinstance(message, Done) and message.outcome == "halted":
                self._calls -= 1
            elif isinstance(message, ExecutionTree) and not self._calls:
                self._take_up(message)
        calls = inbox.of(Halt)
        if calls and self._player is not None:
            self._calls += len(calls)
            self._halt(self._player)

    def _halt(self, player: Player) -> None:
        """Break off, at the person's word; what is in the hand stays there."""
        why = "the person said: stop"
        if self._attempt is not None and self._tree is not None:
            self._end(self._attempt.step, self._attempt.number, why)
        if self._tree is not None:
            plan = self._tree.message.plan
            self._send("plan_status", PlanStatus, plan=plan, succeeded=False, reason=why)
        self._tree, self._attempt, self._tidying = None, None, None
        player.hold(self._tick)
        self._send("command", MotorCommand, **player.command())

    def _heed(self, player: Player, report: MotorReport) -> None:
        """Notice the brainstem's reflex; once the arm stands still, what it was doing has failed."""
        if "reflex" in report.clamped:
            self._anomaly("reflex", "the arm pressed against something and drew back")
        was = player.withdrawing
        player.heed(report, self._tick)
        if was and not player.withdrawing and self._attempt is not None:
            self._fail(self._attempt, "the arm pressed against something and drew back")

    def _hear(self, verdict: Verdict) -> None:
        """Note the monitor's verdict on the step at work; one on a step that is over means nothing now."""
        attempt = self._attempt
        if self._tree is None or attempt is None or attempt.waits_for != "verdict":
            return
        if (verdict.plan, verdict.step) == (self._tree.message.plan, attempt.step.id):
            attempt.verdict = verdict

    def _carry_on(self, player: Player) -> bool:
        """Do the next object that can be done at this tick; whether there may be another."""
        if self._tree is None:
            return False
        attempt = self._attempt
        if attempt is None:
            return self._choose(self._tree)
        assert self._proprioception is not None
        if attempt.waits_for == "motion":
            progress = player.progress(self._tick, self._proprioception)
            if progress == "lost":
                name = self._held.object if self._held else "what was held"
                self._held = None
                player.hold(self._tick)
                self._send("command", MotorCommand, **player.command())
                return self._fail(attempt, f"{name!r} slipped from the hand")
            return progress != "moving" and self._advance(attempt, player, touched=progress == "touched")
        seen = self._scene.request == attempt.request
        if seen and attempt.waits_for == "scene":
            attempt.waits_for = "motion"
            return self._advance(attempt, player, touched=False)
        if seen and attempt.verdict is not None:
            if attempt.verdict.holds:
                return self._succeed(attempt)
            unmet = ", ".join(str(condition) for condition in attempt.verdict.unmet)
            return self._fail(attempt, f"not seen to be true: {unmet}")
        if self._tick - attempt.asked > self.config.patience:
            return self._fail(attempt, f"the look {attempt.request!r} was not answered")
        return False

    def _choose(self, tree: BehaviourTree) -> bool:
        """Begin the next step, or report the end of the tree."""
        following = tree.next_step()
        if isinstance(following, Step):
            return self._begin(following, 1)
        if not following:
            if self._tidying is None:
                assert self._proprioception is not None
                self._tidying, locations = lay_down(self._held, self._scene, self._proprioception)
                self._locations |= locations
            if self._tidying:
                return self._begin(self._tidying.pop(0), 1)
        self._send(
            "plan_status",
            PlanStatus,
            plan=tree.message.plan,
            succeeded=following,
            reason="" if following else self._reason,
        )
        self._tree = None
        return False

    def _begin(self, step: Step, number: int) -> bool:
        """Try a step."""
        try:
            self._attempt = Attempt(step, number, self._held)
        except (SkillError, UnknownNameError) as error:
            self._end(step, number, str(error))
            return True
        self._tell(step, "started", number)
        return True

    def _advance(self, attempt: Attempt, player: Player, *, touched: bool) -> bool:
        """Ask the skill what comes next, and do it."""
        assert self._proprioception is not None
        assert self._rest is not None
        assert self._arm is not None
        now = SkillContext(
            proprioception=self._proprioception,
            scene=self._scene,
            locations=self._locations,
            joints=player.joints(self._tick),
            width=player.motion.width,
            rest=self._rest,
            touched=touched,
            arm=self._arm,
        )
        action = attempt.skill.advance(now)
        self._held = attempt.skill.held
        if isinstance(action, Motion):
            player.play(action, self._tick)
            self._send("command", MotorCommand, **player.command())
            return False
        if isinstance(action, TakePicture):
            self._look(attempt, self._arm.camera(action.camera))
            return False
        if not action.success:
            return self._fail(attempt, action.reason)
        return attempt.go_on(self._held, self._scene, self._arm.camera(ON_HAND)) or self._succeed(attempt)

    def _look(self, attempt: Attempt, camera: str) -> None:
        """Ask for a picture; if it is to show the result, claim the step."""
        assert self._tree is not None
        self._looks += 1
        request = f"{self._tree.message.plan}/{attempt.step.id}/{attempt.number}/{self._looks}"
        self._send("look", LookRequest, camera=camera, request=request)
        if attempt.asks(request, self._tick):
            self._tell(attempt.step, "claimed", attempt.number, request=request)

    def _succeed(self, attempt: Attempt) -> bool:
        self._end(attempt.step, attempt.number, "")
        return True

    def _fail(self, attempt: Attempt, reason: str) -> bool:
        """Try the step again, if it may and if that makes sense; else it has failed."""
        step, number = attempt.step, attempt.number
        if number <= step.retries and not attempt.objection(self._held):
            self._anomaly("retry", reason)
            self._begin(step, number + 1)
        else:
            self._end(step, number, reason)
        return True

    def _end(self, step: Step, number: int, reason: str) -> None:
        """Note how a step ended; an empty reason stands for success."""
        assert self._tree is not None
        self._attempt = None
        if self._tidying is not None:
            return  # the plan has failed already, and this step is not part of it
        self._tree.results[step.id] = not reason
        self._tell(step, "failed" if reason else "succeeded", number, reason=reason)
        if reason:
            self._reason = f"{step.id}: {reason}"
            if isinstance(self._tree.next_step(), Step):
                self._anomaly("handler", reason, step.id)

    # ---- what is said

    def _send(self, port: str, kind: type[Message], **fields: Any) -> None:
        self._out[port].append(kind(tick=self._tick, source=self.name, **fields))

    def _tell(self, step: Step, state: str, number: int, *, request: str = "", reason: str = "") -> None:
        if self._tree is None or self._tidying is not None:
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
            holding=self._held.object if self._held else "",
        )

    def _anomaly(self, level: str, what: str, step: str = "") -> None:
        plan = self._tree.message.plan if self._tree else ""
        step = step or (self._attempt.step.id if self._attempt else "")
        self._send("anomaly", Anomaly, level=level, what=what, plan=plan, step=step)
