"""The brainstem: the one region that touches the body. Relay, limits and reflex."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from neuralbrain.arm.body import ArmBody, ArmState
from neuralbrain.arm.messages import ArmSchema, MotorCommand, MotorReport, Proprioception
from neuralbrain.body import Floats
from neuralbrain.errors import ContractError
from neuralbrain.messages import CameraFrame, Done, Halt, Instruction, LookRequest, Message
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.brainstem import Brainstem, BrainstemConfig
from neuralbrain.regions.sensing import Form, check_reading, take_picture
from neuralbrain.words import counted


def _felt(joints: int) -> Mapping[str, Form]:
    """Return the form of all that an arm of so many joints feels."""
    each: Form = ("float64", (joints,))
    return {
        "joint_positions": each,
        "joint_velocities": each,
        "gripper_width": ("float64", ()),
        "tool_position": ("float64", (3,)),
        "tool_rotation": ("float64", (3, 3)),
        "contact_force": ("float64", (2,)),
        "arm_force": ("float64", ()),
    }


class ArmBrainstemConfig(BrainstemConfig):
    """Settings of the brainstem.

    Attributes:
        env: The Gymnasium id of the environment whose ``unwrapped.body`` is driven.
        env_seed: The seed of its world.
        env_options: Keyword arguments for `gymnasium.make`.
        reflex_force: The arm withdraws when something other than the fingers is pressed harder, N.
        withdrawal: How far back in time it retraces its own path then, ticks.
    """

    reflex_force: float = Field(default=40.0, gt=0)
    withdrawal: int = Field(default=6, ge=0)


class ArmBrainstem(Brainstem[ArmBody]):
    """Feels, limits, and moves the body; each tick in the order sense, read inbox, clamp, physics.

    A `MotorCommand` is interpolated to the body's servo rate and kept within joint, speed and force limits.
    When it has run out the arm holds. When the arm presses against something it withdraws along the way that
    it came, ignoring commands meanwhile: a reflex, which needs no other region.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "command": MotorCommand,
        "look": LookRequest,
        "done": Done,
        "heard": Instruction,
        "halt": Halt,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset(inputs)
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        **Brainstem.outputs,
        "schema": ArmSchema,
        "proprioception": Proprioception,
        "report": MotorReport,
        "frame": CameraFrame,
    }
    Config = ArmBrainstemConfig
    config: ArmBrainstemConfig
    protocol = ArmBody
    needed = ("limits", "links", "cameras", "look")

    def reset(self, seed: int) -> None:
        """Build the world from ``env_seed``; the region itself draws nothing."""
        super().reset(seed)
        self._command: MotorCommand | None = None
        self._trail: list[Floats] = []  # targets of the last ticks, oldest first
        self._gripper = (self.body.limits.gripper_width, self.body.limits.gripper_force)
        self._withdraw_until = 0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Run one tick of the body.

        Raises:
            SensorError: The body reports what no sensor may report.
            ContractError: It is commanded more or fewer joints than it has.
        """
        body = self.body
        state = body.sense()
        count = len(body.limits.joints)
        check_reading(state, _felt(count), "sense()", tick)
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        out: dict[str, Message | list[Any]] = {"proprioception": Proprioception(**stamp, **vars(state))}
        if tick == 0:
            out["schema"] = ArmSchema.of(body, tick, self.name)
        if not self._trail:
            self._trail = [state.joint_positions.copy()]
            self._gripper = (state.gripper_width, body.limits.gripper_force)

        out["frame"] = [take_picture(body, request, tick, self.name) for request in inbox.of(LookRequest)]
        halted = self._hear(inbox)
        out |= self._tell(tick, tick, inbox)
        commands = [c for c in inbox.of(MotorCommand) if c.tick >= self._withdraw_until]
        if commands:
            self._command = commands[-1]
            if self._command.joints.shape[1] != count:
                told = self._command.joints.shape[1]
                raise ContractError(
                    f"{self._command.source!r} commands {counted(told, 'joint')} at tick {tick}; "
                    f"the body has {count}"
                )
        if halted:
            self._command = None  # it holds where it is, until it is told something new
        out["report"] = self._act(tick, state)
        return out

    def _act(self, tick: int, state: ArmState) -> MotorReport:
        """Choose this tick's target, keep it within limits, and run the physics towards it."""
        body, limits, last = self.body, self.body.limits, self._trail[-1]
        clamped = []
        if state.arm_force > self.config.reflex_force and tick >= self._withdraw_until:
            clamped.append("reflex")
            self._withdraw_until = tick + self.config.withdrawal
            self._command = None
        row = tick - self._command.start if self._command else -1
        withdrawing = tick < self._withdraw_until
        held = True
        wanted = last
        if withdrawing:
            if len(self._trail) > 1:
                self._trail.pop()
            wanted = self._trail.pop()
        elif self._command and row >= 0:
            self._gripper = (self._command.gripper_width, self._command.gripper_force)
            if row < len(self._command.joints):
                wanted, held = self._command.joints[row], False

        target = np.clip(wanted, limits.lower, limits.upper)
        if (target != wanted).any():
            clamped.append("position")
        reach = limits.speed * body.tick_seconds
        near = np.clip(target, last - reach, last + reach)
        if np.abs(near - target).max() > 1e-9:
            clamped.append("speed")
        width = min(max(self._gripper[0], 0.0), limits.gripper_width)
        force = min(max(self._gripper[1], 0.0), limits.gripper_force)
        if (width, force) != self._gripper:
            clamped.append("force")

        share = np.arange(1, body.servo_steps + 1)[:, None] / body.servo_steps
        body.act(last + share * (near - last), width, force)
        self._trail = [*self._trail, near][-2 * self.config.withdrawal - 2 :]
        return MotorReport(
            tick=tick,
            source=self.name,
            joints=near,
            gripper_width=width,
            gripper_force=force,
            clamped=tuple(clamped),
            held=held,
            withdrawing=withdrawing,
        )
