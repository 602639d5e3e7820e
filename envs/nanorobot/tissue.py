"""What a tissue and the robots in it are like: every parameter with its unit and its permitted range."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neuralbrain.envs.nanorobot import physics
from neuralbrain.errors import ConfigurationError


class Tissue(BaseModel):
    """A cube of tissue with cells, one of which secretes a biomarker, and a robot.

    Attributes:
        size: Edge of the cube, µm.
        temperature: K; 310.15 is 37 °C.
        viscosity: Of the fluid, mPa s; 0.69 is that of water at 37 °C (IAPWS 2008).
        diffusion: Of the biomarker's molecules, µm²/s; about 100 for a small protein in water.
        decay: The rate at which they vanish, 1/s.
        secretion: What a cancer cell secretes, molecules/s.
        cell_radius: µm.
        healthy: How many healthy cells stand in the way.
        drift: Root mean square speed at which the cancer cell wanders, µm/s; 0: it stays.
        robot_radius: Of robot and sensor, µm.
        speed: Of its propulsion, µm/s; swimming bacteria reach 20 to 30.
        turn: By what a steering action turns it, rad.
        tick_seconds: Time between two actions, s.
        ticks: When the time is up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: float = Field(default=200.0, ge=20.0, le=2000.0)
    temperature: float = Field(default=310.15, ge=273.15, le=373.15)
    viscosity: float = Field(default=0.69, ge=0.1, le=1000.0)
    diffusion: float = Field(default=100.0, ge=0.1, le=5000.0)
    decay: float = Field(default=0.01, ge=0.0, le=100.0)
    secretion: float = Field(default=1e5, ge=0.0, le=1e10)
    cell_radius: float = Field(default=8.0, ge=0.5, le=50.0)
    healthy: int = Field(default=4, ge=0, le=32)
    drift: float = Field(default=0.0, ge=0.0, le=100.0)
    robot_radius: float = Field(default=1.0, ge=0.05, le=5.0)
    speed: float = Field(default=20.0, gt=0.0, le=1000.0)
    turn: float = Field(default=0.6, gt=0.0, le=3.1416)
    tick_seconds: float = Field(default=0.1, gt=0.0, le=10.0)
    ticks: int = Field(default=1000, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _steps_fit(self) -> "Tissue":
        step, room = self.speed * self.tick_seconds, self.cell_radius + self.robot_radius
        if step > room:
            raise ValueError(
                f"tick_seconds: at {self.speed:g} µm/s a step is {step:g} µm, longer than a cell's and a "
                f"robot's radius together ({room:g} µm): give at most {room / self.speed:g} s"
            )
        if self.size < 4 * self.cell_radius + 4 * self.robot_radius:
            raise ValueError(
                f"size: {self.size:g} µm leaves no room around a cell of radius {self.cell_radius:g} µm: "
                f"give at least {4 * (self.cell_radius + self.robot_radius):g} µm"
            )
        return self

    @classmethod
    def of(cls, **settings: Any) -> "Tissue":
        """Make a tissue.

        Raises:
            ConfigurationError: A parameter is not physical; the message names it, its unit and its range.
        """
        try:
            return cls(**settings)
        except ValidationError as error:
            raise ConfigurationError(f"tissue: {_fault(error)}") from error

    @property
    def brownian(self) -> float:
        """The robot's diffusion coefficient, µm²/s."""
        return physics.translational_diffusion(self.robot_radius, self.temperature, self.viscosity)

    @property
    def tumbling(self) -> float:
        """The robot's rotational diffusion coefficient, rad²/s."""
        return physics.rotational_diffusion(self.robot_radius, self.temperature, self.viscosity)

    @property
    def reach(self) -> float:
        """How far the biomarker spreads before it decays, µm."""
        return physics.decay_length(self.diffusion, self.decay)

    @property
    def peclet(self) -> float:
        """The robot's Péclet number: speed times radius by its own diffusion coefficient."""
        return self.speed * self.robot_radius / self.brownian


UNITS = {
    "size": "µm",
    "temperature": "K",
    "viscosity": "mPa s",
    "diffusion": "µm²/s",
    "decay": "1/s",
    "secretion": "molecules/s",
    "cell_radius": "µm",
    "drift": "µm/s",
    "robot_radius": "µm",
    "speed": "µm/s",
    "turn": "rad",
    "tick_seconds": "s",
}


def _fault(error: ValidationError) -> str:
    """Say the first fault in one line, with the parameter's unit and range."""
    fault = error.errors()[0]
    if not fault["loc"]:
        return fault["msg"].removeprefix("Value error, ")
    name = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        return f"there is no parameter {name!r}; there are {', '.join(Tissue.model_fields)}"
    bounds = " and ".join(
        f"{words} {getattr(bound, sign):g}"
        for bound in Tissue.model_fields[name].metadata
        for sign, words in (("gt", "above"), ("ge", "at least"), ("le", "at most"))
        if hasattr(bound, sign)
    )
    return f"{name} is {fault['input']!r}; give {bounds} {UNITS.get(name, '')}".rstrip()
