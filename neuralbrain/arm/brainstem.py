"""The brainstem: the one region that touches the body. Relay, limits and reflex."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from neuralbrain.arm.body import ArmBody, ArmState
from neuralbrain.arm.messages import ArmSchema, MotorCommand, MotorReport, Proprioception
from neuralbrain.body import Floats, Picture
from neuralbrain.errors import ConfigurationError, ContractError, SensorError
from neuralbrain.messages import CameraFrame, Done, Halt, Instruction, LookRequest, Message
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.brainstem import Brainstem, BrainstemConfig

_STATE_SHAPES: Mapping[str, tuple[int | str, ...]] = {
    "joint_positions": ("joints",),
    "joint_velocities": ("joints",),
    "gripper_width": (),
    "tool_position": (3,),
    "tool_rotation": (3, 3),
    "contact_force": (2,),
    "arm_force": (),
}
_PICTURE_FORMS: Mapping[str, tuple[str, tuple[int | None, ...]]] = {
    "rgb": ("uint8", (None, None, 3)),
    "depth": ("float32", (None, None)),
    "intrinsics": ("float64", (4,)),
    "pose": ("float64", (4, 4)),
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
        _check_state(state, count, tick)
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        out: dict[str, Message | list[Any]] = {
            "proprioception": Proprioception(
                **stamp, **{name: getattr(state, name) for name in _STATE_SHAPES}
            )
        }
        if tick == 0:
            out["schema"] = ArmSchema.of(body, tick, self.name)
        if not self._trail:
            self._trail = [state.joint_positions.copy()]
            self._gripper = (state.gripper_width, body.limits.gripper_force)

        out["frame"] = [self._picture(request, tick) for request in inbox.of(LookRequest)]
        halted = self._hear(inbox)
        out |= self._tell(tick, tick, inbox)
        commands = [c for c in inbox.of(MotorCommand) if c.tick >= self._withdraw_until]
        if commands:
            self._command = commands[-1]
            if self._command.joints.shape[1] != count:
                told = self._command.joints.shape[1]
                raise ContractError(
                    f"{self._command.source!r} commands {told} joints at tick {tick}; the body has {count}"
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
        held = True
        wanted = last
        if tick < self._withdraw_until:
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
        )

    def _picture(self, request: LookRequest, tick: int) -> CameraFrame:
        """Take the picture that was asked for."""
        if request.camera not in self.body.cameras:
            raise ConfigurationError(
                f"tick {tick}: the body has no camera {request.camera!r} (request {request.request!r}); "
                f"it has {', '.join(self.body.cameras)}"
            )
        picture = self.body.look(request.camera)
        _check_picture(picture, request.camera, tick)
        return CameraFrame(
            tick=tick,
            source=self.name,
            camera=request.camera,
            request=request.request,
            **{name: getattr(picture, name) for name in _PICTURE_FORMS},
        )


def _check_state(state: ArmState, joints: int, tick: int) -> None:
    """Raise SensorError if a proprioceptive value is not finite or has a wrong shape."""
    for name, form in _STATE_SHAPES.items():
        shape = tuple(joints if length == "joints" else length for length in form)
        value = np.asarray(getattr(state, name))
        if value.shape != shape or value.dtype != np.float64:
            raise SensorError(
                f"the body's sense() gave {name} of {value.dtype} {value.shape} at tick {tick}, "
                f"expected float64 {shape}"
            )
        if not np.isfinite(value).all():
            raise SensorError(
                f"the body's sense() gave {name} = {value.tolist()} at tick {tick}: a sensor must report "
                "finite values. Check the body's simulation, and what it was last told to do"
            )


def _check_picture(picture: Picture, camera: str, tick: int) -> None:
    """Raise SensorError if a picture's part is not finite or has a wrong dtype or shape."""
    for name, (dtype, shape) in _PICTURE_FORMS.items():
        value = np.asarray(getattr(picture, name))
        fits = len(value.shape) == len(shape) and all(
            want in (None, have) for want, have in zip(shape, value.shape, strict=True)
        )
        where = f"the body's look({camera!r}) gave {name}"
        if value.dtype != dtype or not fits:
            raise SensorError(
                f"{where} of {value.dtype} {value.shape} at tick {tick}, expected {dtype} {shape}"
            )
        if dtype != "uint8" and not np.isfinite(value).all():
            raise SensorError(f"{where} with NaN or infinite values at tick {tick}")
