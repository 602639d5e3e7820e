"""The cerebellum: it carries out execution trees, skill by skill, and feels whether they succeed."""

from collections.abc import Mapping
from typing import ClassVar

from neuralbrain.arm.body import ON_HAND
from neuralbrain.arm.messages import ArmSchema, MotorCommand, MotorReport, Proprioception
from neuralbrain.arm.motor.attempt import ArmAttempt, lay_down
from neuralbrain.arm.motor.kinematics import Arm, Floats
from neuralbrain.arm.motor.player import Player
from neuralbrain.arm.motor.skills import Held, Motion, SkillContext, TakePicture
from neuralbrain.messages import ExecutionTree, Halt, Location, Message, Step
from neuralbrain.region import Inbox
from neuralbrain.regions.step_runner import StepRunner


class Cerebellum(StepRunner[ArmAttempt]):
    """Does the steps of the newest tree by skills.

    A step's skill gives motions until it ends. Whether an object is in the hand is felt: by the width of the
    gripper and by the force on its fingers. What else has changed is looked at, once the arm is out of the
    camera's way. Another try begins with another look. When a plan has failed, an object that is still in
    the hand is laid down before the cortex hears of it.
    """

    embodiment = "arm"
    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "schema": ArmSchema,
        "proprioception": Proprioception,
        "report": MotorReport,
        **StepRunner.inputs,
    }
    optional_inputs: ClassVar[frozenset[str]] = StepRunner.optional_inputs | {"report"}
    outputs: ClassVar[Mapping[str, type[Message]]] = {"command": MotorCommand, **StepRunner.outputs}

    def reset(self, seed: int) -> None:
        """Forget everything; nothing here is random."""
        super().reset(seed)
        self._arm: Arm | None = None
        self._proprioception: Proprioception | None = None
        self._player: Player | None = None
        self._rest: Floats | None = None
        self._locations: dict[str, Location] = {}
        self._held: Held | None = None
        self._looks = 0
        self._stay: Floats | None = None  # where a call to stop at this tick has left the arm

    def _listen(self, inbox: Inbox) -> None:
        """Hear the cortex; after a call to stop stay where the brainstem, which hears it too, has stopped."""
        report = inbox.latest(MotorReport)
        self._stay = report.joints if report is not None and inbox.of(Halt) else None
        super()._listen(inbox)

    def _take_up(self, tree: ExecutionTree) -> None:
        super()._take_up(tree)
        self._locations = {location.id: location for location in tree.locations}
        if self._player is not None and len(self._player.motion.joints) > 1:
            self._halt()

    def _feel(self, inbox: Inbox) -> bool:
        """Feel where the arm is; while the brainstem's reflex moves it, it obeys no command."""
        self._proprioception = inbox.latest(Proprioception) or self._proprioception
        for schema in inbox.of(ArmSchema):
            self._arm = Arm(schema)
        if self._player is None and self._proprioception is not None and self._arm is not None:
            self._rest = self._proprioception.joint_positions
            self._player = Player(self._rest, self._proprioception.gripper_width)
        if self._player is None:
            return False
        for report in inbox.of(MotorReport):
            self._heed(self._player, report)
        return not self._player.withdrawing

    def _heed(self, player: Player, report: MotorReport) -> None:
        """Follow the reflex; once it is over, what the arm was doing has failed."""
        if "reflex" in report.clamped:
            self._anomaly("reflex", "the arm pressed against something and drew back")
        if player.heed(report, self._tick) and self._attempt is not None:
            self._fail(self._attempt, "the arm pressed against something and drew back")

    def _try(self, step: Step, number: int) -> ArmAttempt:
        return ArmAttempt(step, number, self._held)

    def _look_otherwise(self, attempt: ArmAttempt) -> bool:
        return attempt.turn_to_hand(self._held)

    def _makes_sense(self, attempt: ArmAttempt) -> bool:
        return not attempt.objection(self._held)

    def _act(self, attempt: ArmAttempt) -> bool:
        """Let the arm move on; ask the skill what comes next when the motion is over."""
        assert self._player is not None
        assert self._proprioception is not None
        progress = self._player.progress(self._tick, self._proprioception)
        if progress == "lost":
            name = self._held.object if self._held else "what was held"
            self._held = None
            self._halt()
            return self._fail(attempt, f"{name!r} slipped from the hand")
        return progress != "moving" and self._advance(attempt, touched=progress == "touched")

    def _see(self, attempt: ArmAttempt) -> bool:
        return self._advance(attempt, touched=False)

    def _advance(self, attempt: ArmAttempt, *, touched: bool) -> bool:
        """Ask the skill what comes next, and do it."""
        assert self._player is not None
        assert self._proprioception is not None
        assert self._rest is not None
        assert self._arm is not None
        now = SkillContext(
            proprioception=self._proprioception,
            scene=self._scene,
            locations=self._locations,
            joints=self._player.joints(self._tick),
            width=self._player.motion.width,
            rest=self._rest,
            touched=touched,
            arm=self._arm,
        )
        action = attempt.skill.advance(now)
        self._held = attempt.skill.held
        if isinstance(action, Motion):
            self._player.play(action, self._tick)
            self._send("command", MotorCommand, **self._player.command())
            return False
        if isinstance(action, TakePicture):
            self._take_picture(attempt, self._arm.camera(action.camera))
            return False
        if not action.success:
            return self._fail(attempt, action.reason)
        close_up = self._arm.camera(ON_HAND)
        return attempt.go_on(self._held, self._scene, close_up) or self._end(attempt.step, attempt.number)

    def _take_picture(self, attempt: ArmAttempt, camera: str) -> None:
        """Ask for a picture; if it is to show the result, claim the step."""
        self._looks += 1
        self._look(attempt, camera, self._looks)
        if attempt.shows:
            self._claim(attempt)
        else:
            attempt.waits_for = "scene"

    def _halt(self) -> None:
        """Stay where the arm is told to be; what is in the hand stays there."""
        if self._player is not None:
            self._player.hold(self._tick, self._stay)
            self._send("command", MotorCommand, **self._player.command())

    def _tidy(self) -> list[Step]:
        """Lay down what is in the hand, and look."""
        assert self._proprioception is not None
        assert self._arm is not None
        steps, locations = lay_down(self._held, self._scene, self._proprioception, self._arm.schema)
        self._locations |= locations
        return steps

    def _holding(self) -> str:
        return self._held.object if self._held else ""
