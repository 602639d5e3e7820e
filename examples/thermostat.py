"""A brain of two regions, made from nothing: messages, a body's region, a controller, a blueprint.

    python examples/thermostat.py

The room is the body. Its region senses the temperature with a noisy thermometer, takes in the heater's power
and ends the episode. The thermostat sees nothing but readings. With the classes in a module of their own,
which Ray's workers can import, ``run_brain(..., runtime="ray")`` gives the same trace.
"""

from typing import ClassVar, Literal

import numpy as np

from neuralbrain.blueprint import Blueprint
from neuralbrain.messages import Message, Stop
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig
from neuralbrain.runtime import RunResult, run_brain


class Reading(Message):
    """What the thermometer shows, degrees Celsius."""

    kind: Literal["example_reading"] = "example_reading"
    celsius: float


class Power(Message):
    """What the heater should give, W."""

    kind: Literal["example_power"] = "example_power"
    watts: float


class Room(Region):
    """A room that loses heat to the cold outside: C dT/dt = P - (T - T_out) / R."""

    class Config(RegionConfig):
        """The room: 2 MJ/K, 0.01 K/W, 5 degrees outside; two hours of ticks of ten seconds."""

        capacity: float = 2e6
        resistance: float = 0.01
        outside: float = 5.0
        noise: float = 0.1
        ticks: int = 720

    inputs: ClassVar = {"power": Power}
    outputs: ClassVar = {"reading": Reading, "stop": Stop}
    config: Config

    def reset(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)  # all random numbers come from here
        self.celsius = 15.0
        self.watts = 0.0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        room = self.config
        if power := inbox.latest(Power):
            self.watts = power.watts
        loss = (self.celsius - room.outside) / room.resistance
        self.celsius += 10 * (self.watts - loss) / room.capacity
        if tick == room.ticks:
            error = abs(self.celsius - 20)
            stop = Stop(
                tick=tick, source=self.name, reason="time", success=error < 0.5, evaluation={"error": error}
            )
            return {"stop": stop}
        shown = self.celsius + room.noise * self.random.standard_normal()
        return {"reading": Reading(tick=tick, source=self.name, celsius=float(shown))}


class Thermostat(Region):
    """Heats until it is a little too warm, then waits until it is a little too cold."""

    class Config(RegionConfig):
        """The temperature to keep and how far to stray from it, degrees Celsius; the heater's power, W."""

        target: float = 20.0
        stray: float = 0.2
        watts: float = 5000.0

    inputs: ClassVar = {"reading": Reading}
    outputs: ClassVar = {"power": Power}
    config: Config

    def reset(self, seed: int) -> None:
        self.heating = False

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        reading = inbox.latest(Reading)
        assert reading is not None  # it fires only when one has arrived
        limit = self.config.target + (self.config.stray if self.heating else -self.config.stray)
        if self.heating != (reading.celsius < limit):
            self.heating = not self.heating
            return {"power": Power(tick=tick, source=self.name, watts=self.config.watts * self.heating)}
        return {}


BRAIN = Blueprint.from_mapping(
    {
        "name": "thermostat",
        "tick_seconds": 10.0,
        "body": "room",
        "regions": [
            {"name": "room", "type": f"{__name__}:Room", "group": "body"},
            {"name": "thermostat", "type": f"{__name__}:Thermostat", "group": "brain", "period": None},
        ],
        "projections": [
            {"from": "room.reading", "to": "thermostat.reading", "delay": 2},
            {"from": "thermostat.power", "to": "room.power", "delay": 2},
        ],
    }
)


def main() -> RunResult:
    result = run_brain(BRAIN, seed=1)
    assert result.stop is not None
    print(f"{result.ticks} ticks, success: {result.stop.success}, trace {result.trace[:16]}")
    print(f"off by {result.stop.evaluation['error']:.2f} K; firings: {dict(result.firings)}")
    return result


if __name__ == "__main__":
    main()
