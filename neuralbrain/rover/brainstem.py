"""The rover's brainstem: the one region that touches its body. Relay, limits and reflex."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from neuralbrain.messages import CameraFrame, Done, Halt, Instruction, LookRequest, Message
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.brainstem import Brainstem, BrainstemConfig
from neuralbrain.regions.sensing import Form, check_reading, take_picture
from neuralbrain.rover.body import RoverBody, RoverState
from neuralbrain.rover.messages import Drive, DriveReport, Proprioception, RoverSchema

FRONT, LEFT, BACK, RIGHT = range(4)
"""The quarters of the bumper."""
_FELT: Mapping[str, Form] = {
    "wheel_angles": ("float64", (2,)),
    "wheel_speeds": ("float64", (2,)),
    "heading_rate": ("float64", ()),
    "ranges": ("float64", (None,)),
    "bumper": ("bool", (4,)),
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
        check_reading(state, _FELT, "sense()", tick)
        out: dict[str, Message | list[Any]] = {
            "proprioception": Proprioception(tick=tick, source=self.name, **vars(state))
        }
        if tick == 0:
            out["schema"] = self._schema(tick)
        out["frame"] = [
            take_picture(self.body, request, tick, self.name) for request in inbox.of(LookRequest)
        ]
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
