"""The rover's brainstem: the one region that touches its body. Relay, limits and reflex."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from neuralbrain.body import Picture
from neuralbrain.errors import ConfigurationError, SensorError
from neuralbrain.messages import CameraFrame, Done, Halt, Instruction, LookRequest, Message
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.brainstem import Brainstem, BrainstemConfig
from neuralbrain.rover.body import RoverBody, RoverState
from neuralbrain.rover.messages import Drive, DriveReport, Proprioception, RoverSchema

FRONT, LEFT, BACK, RIGHT = range(4)
"""The quarters of the bumper."""
_FELT: Mapping[str, tuple[str, int | None]] = {
    "wheel_angles": ("float64", 2),
    "wheel_speeds": ("float64", 2),
    "ranges": ("float64", None),
    "bumper": ("bool", 4),
}
"""Arrays that are felt -> their dtype and length."""
_SEEN: Mapping[str, tuple[str, tuple[int | None, ...]]] = {
    "rgb": ("uint8", (None, None, 3)),
    "depth": ("float32", (None, None)),
    "intrinsics": ("float64", (4,)),
    "pose": ("float64", (4, 4)),
}


class RoverBrainstemConfig(BrainstemConfig):
    """Settings of the brainstem.

    Attributes:
        withdrawal: For how long it withdraws when the bumper is pressed, ticks.
        withdrawal_speed: How fast the wheels turn then, as a part of what they can.
    """

    withdrawal: int = Field(default=6, ge=1)
    withdrawal_speed: float = Field(default=0.35, gt=0, le=1)


class RoverBrainstem(Brainstem[RoverBody]):
    """Feels, limits, and drives; each tick in the order sense, read inbox, clamp, physics.

    The newest `Drive` holds for as long as it says, within what the wheels can; after that the rover stands
    still. When its bumper is pressed it withdraws the other way for some ticks, ignoring commands meanwhile:
    a reflex, which needs no other region.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {
        "drive": Drive,
        "look": LookRequest,
        "done": Done,
        "heard": Instruction,
        "halt": Halt,
    }
    optional_inputs: ClassVar[frozenset[str]] = frozenset(inputs)
    outputs: ClassVar[Mapping[str, type[Message]]] = {
        **Brainstem.outputs,
        "schema": RoverSchema,
        "proprioception": Proprioception,
        "report": DriveReport,
        "frame": CameraFrame,
    }
    Config = RoverBrainstemConfig
    config: RoverBrainstemConfig
    protocol = RoverBody
    needed = ("wheels", "camera", "rangers", "hull", "look")

    def reset(self, seed: int) -> None:
        """Build the world from ``env_seed``; the region itself draws nothing."""
        super().reset(seed)
        self._drive: Drive | None = None
        self._until = 0  # when the command is stale
        self._withdraw_until = 0
        self._away = 0.0  # which way the reflex goes: 1 ahead, -1 back

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Run one tick of the body.

        Raises:
            SensorError: The body reports what no sensor may report.
            ConfigurationError: A picture of a camera that it has not is asked for.
        """
        state = self.body.sense()
        _check_state(state, tick)
        out: dict[str, Message | list[Any]] = {
            "proprioception": Proprioception(tick=tick, source=self.name, **vars(state))
        }
        if tick == 0:
            out["schema"] = self._schema(tick)
        out["frame"] = [self._picture(request, tick) for request in inbox.of(LookRequest)]
        halted = self._hear(inbox)
        out |= self._tell(tick, tick, inbox)
        drive = inbox.latest(Drive)
        if drive is not None and tick >= self._withdraw_until:
            self._drive, self._until = drive, tick + drive.ticks
        if halted:
            self._drive = None  # it stands still, until it is told something new
        out["report"] = self._act(tick, state)
        return out

    def _act(self, tick: int, state: RoverState) -> DriveReport:
        """Choose this tick's speeds, keep them within what the wheels can, and run the physics."""
        most = self.body.wheels.max_speed
        pressed = state.bumper.any() and tick >= self._withdraw_until
        clamped = []
        if pressed:
            clamped.append("reflex")
            self._away = 1.0 if state.bumper[BACK] and not state.bumper[FRONT] else -1.0
            self._withdraw_until = tick + self.config.withdrawal
            self._drive = None
        fresh = self._drive is not None and tick < self._until
        wanted = (self._drive.left, self._drive.right) if self._drive is not None and fresh else (0.0, 0.0)
        if tick < self._withdraw_until:
            wanted = (self._away * self.config.withdrawal_speed * most,) * 2
        left, right = (min(max(speed, -most), most) for speed in wanted)
        if (left, right) != wanted:
            clamped.append("speed")
        self.body.act(left, right)
        held = not fresh and tick >= self._withdraw_until
        return DriveReport(
            tick=tick, source=self.name, left=left, right=right, clamped=tuple(clamped), held=held
        )

    def _schema(self, tick: int) -> RoverSchema:
        """Say what the body is made of."""
        body = self.body
        return RoverSchema(
            tick=tick,
            source=self.name,
            tick_seconds=body.tick_seconds,
            wheel_radius=body.wheels.radius,
            axle=body.wheels.axle,
            max_wheel_speed=body.wheels.max_speed,
            radius=body.hull.radius,
            prong_ahead=body.hull.prong_ahead,
            prong_aside=body.hull.prong_aside,
            bearings=body.rangers.bearings,
            range_far=body.rangers.far,
            camera=body.camera.name,
            camera_field=body.camera.field,
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
            **{name: getattr(picture, name) for name in _SEEN},
        )


def _check_state(state: RoverState, tick: int) -> None:
    """Raise SensorError if something felt is not finite or has a wrong form."""
    for name, (dtype, length) in _FELT.items():
        value = np.asarray(getattr(state, name))
        if value.dtype != dtype or value.ndim != 1 or length not in (None, len(value)):
            raise SensorError(
                f"the body's sense() gave {name} of {value.dtype} {value.shape} at tick {tick}, expected "
                f"{dtype} ({'any number' if length is None else length},)"
            )
        if not np.isfinite(value).all():
            raise SensorError(
                f"the body's sense() gave {name} = {value.tolist()} at tick {tick}: a sensor must report "
                "finite values. Check the body's simulation, and what it was last told to do"
            )
    if not math.isfinite(state.heading_rate):
        raise SensorError(f"the body's sense() gave heading_rate = {state.heading_rate} at tick {tick}")


def _check_picture(picture: Picture, camera: str, tick: int) -> None:
    """Raise SensorError if a picture's part is not finite or has a wrong form."""
    for name, (dtype, shape) in _SEEN.items():
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
