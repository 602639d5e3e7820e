"""What a tissue and the robots in it are like: every parameter with its unit and its permitted range."""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neuralbrain.envs.nanorobot import physics
from neuralbrain.envs.nanorobot.barriers import Barrier, Vessel, distance
from neuralbrain.envs.nanorobot.standing import check_standing
from neuralbrain.envs.nanorobot.swimming import stroke
from neuralbrain.envs.nanorobot.validity import check_validity
from neuralbrain.errors import ConfigurationError, UnknownNameError

Point = tuple[float, float, float]
FULL = 0.12
"""The share of the tissue that cells, each with room for a robot around it, may fill; they lie at random."""


def _quantity(default: float, unit: str, **bounds: float) -> Any:
    return Field(default=default, json_schema_extra={"unit": unit}, **bounds)  # type: ignore[call-overload]


class Tissue(BaseModel):
    """A cube of tissue with cells, some of which secrete a biomarker, and robots.

    Attributes:
        size: Edge of the cube, µm.
        temperature: K; 310.15 is 37 °C.
        viscosity: Of the fluid, mPa s; 0.69 is that of water at 37 °C (IAPWS 2008).
        diffusion: Of the biomarker's molecules, µm²/s; about 100 for a small protein in water.
        decay: The rate at which they vanish, 1/s.
        secretion: What a cancer cell secretes, molecules/s.
        cell_radius: µm.
        cancer: How many cancer cells there are.
        targets: Where they are, µm; empty: anywhere.
        healthy: How many healthy cells stand in the way.
        drift: Root mean square speed at which cancer cells wander, µm/s; 0: they stay.
        barriers: What nobody and no molecule passes: balls and walls.
        vessel: The vessel inside which everything happens, and its flow; None: there is none.
        robots: How many robots share the tissue.
        robot_radius: Of robot and sensor, µm.
        speed: Of its propulsion, µm/s; swimming bacteria reach 20 to 30.
        turn: By what a steering action turns it, rad.
        memory: Time constants of its three running means of what it senses, s, rising from a tick on.
        portions: Into how many portions its payload is divided; 0: it carries none.
        portion: Molecules in a portion.
        drug_diffusion: Of these molecules, µm²/s.
        drug_reach: How far they spread before they are taken up, µm.
        lethal: The dose, in molecules s/µm³, that kills a cell; a dead cell secretes nothing.
        tolerated: The dose that a healthy cell bears, molecules s/µm³.
        signal: What a robot that has found a cell secretes to call others, molecules/s; 0: nothing.
        tick_seconds: Time between two actions, s.
        ticks: When the time is up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    size: float = _quantity(200.0, "µm", ge=20.0, le=2000.0)
    temperature: float = _quantity(310.15, "K", ge=273.15, le=373.15)
    viscosity: float = _quantity(0.69, "mPa s", ge=0.1, le=1000.0)
    diffusion: float = _quantity(100.0, "µm²/s", ge=0.1, le=5000.0)
    decay: float = _quantity(0.01, "1/s", ge=0.0, le=100.0)
    secretion: float = _quantity(1e5, "molecules/s", ge=0.0, le=1e10)
    cell_radius: float = _quantity(8.0, "µm", ge=0.5, le=50.0)
    cancer: int = Field(default=1, ge=1, le=16)
    targets: tuple[Point, ...] = ()
    healthy: int = Field(default=4, ge=0, le=32)
    drift: float = _quantity(0.0, "µm/s", ge=0.0, le=100.0)
    barriers: tuple[Barrier, ...] = ()
    vessel: Vessel | None = None
    robots: int = Field(default=1, ge=1, le=1_000_000)
    robot_radius: float = _quantity(1.0, "µm", ge=0.05, le=5.0)
    speed: float = _quantity(20.0, "µm/s", gt=0.0, le=1000.0)
    turn: float = _quantity(0.6, "rad", gt=0.0, le=3.1416)
    memory: tuple[float, float, float] = (0.2, 0.8, 3.2)
    portions: int = Field(default=0, ge=0, le=1000)
    portion: float = _quantity(1e6, "molecules", gt=0.0, le=1e12)
    drug_diffusion: float = _quantity(100.0, "µm²/s", ge=0.1, le=5000.0)
    drug_reach: float = _quantity(20.0, "µm", ge=1.0, le=1000.0)
    lethal: float = _quantity(150.0, "molecules s/µm³", gt=0.0, le=1e12)
    tolerated: float = _quantity(75.0, "molecules s/µm³", gt=0.0, le=1e12)
    signal: float = _quantity(0.0, "molecules/s", ge=0.0, le=1e10)
    tick_seconds: float = _quantity(0.1, "s", ge=1e-6, le=10.0)
    ticks: int = Field(default=1000, ge=1, le=1_000_000)

    @model_validator(mode="before")
    @classmethod
    def _count_targets(cls, data: Any) -> Any:
        """Where the cancer cells are says how many there are."""
        if isinstance(data, dict) and isinstance(data.get("targets"), list | tuple) and data["targets"]:
            number = len(data["targets"])
            if data.get("cancer", number) != number:
                raise ValueError(f"cancer is {data['cancer']}, but targets are {number}; leave cancer out")
            return {**data, "cancer": number}
        return data

    @model_validator(mode="after")
    def _fits_together(self) -> "Tissue":
        room = self.cell_radius + self.robot_radius
        if self.size < 4 * room:
            raise ValueError(
                f"size: {self.size:g} µm leaves no room around a cell of radius {self.cell_radius:g} µm: "
                f"give at least {4 * room:g} µm"
            )
        most = int(FULL * math.pow(self.size, 3) / (4 / 3 * math.pi * math.pow(room, 3)))
        if self.cancer + self.healthy > most:
            raise ValueError(
                f"healthy: {self.cancer} cancer cells and {self.healthy} healthy ones crowd {self.size:g} µm "
                f"of tissue: give at most {most} cells together, or a larger size"
            )
        check_validity(self)
        check_standing(self.barriers, self.vessel, self.size, self.robot_radius, self.cell_radius)
        self._check_targets()
        return self

    def _check_targets(self) -> None:
        """Cancer cells lie in the tissue, clear of barriers and of each other."""
        least, most = self.cell_radius, self.size - self.cell_radius
        for number, target in enumerate(self.targets):
            name = f"targets[{number}]"
            if not all(least <= part <= most for part in target):
                raise ValueError(f"{name} is {target} µm; give x, y and z from {least:g} to {most:g} µm")
            room = float(distance(self.barriers, self.vessel, self.size, target))
            if room < (0.0 if self.vessel else least):
                raise ValueError(
                    f"{name}, {target} µm, lies in a barrier or in the vessel's wall, or too near: its "
                    f"centre is {room:.3g} µm from it; give a place at least "
                    f"{0.0 if self.vessel else least:g} µm away"
                )
            for other in self.targets[:number]:
                if math.dist(target, other) < 2 * (self.cell_radius + self.robot_radius):
                    raise ValueError(
                        f"{name} is {math.dist(target, other):.3g} µm from another target; give at least "
                        f"{2 * (self.cell_radius + self.robot_radius):g} µm, so that a robot fits between"
                    )

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
    def turning(self) -> float:
        """How far a tick turns the robot by chance, 2 D_r t, rad²; its heading keeps exp(-2 D_r t)."""
        return 2 * self.tumbling * self.tick_seconds

    @property
    def stride(self) -> float:
        """How far a robot comes forward in a tick in which it swims, on average, µm."""
        return self.speed * self.tick_seconds * stroke(self.turning).ahead

    @property
    def reach(self) -> float:
        """How far the biomarker spreads before it decays, µm."""
        return physics.decay_length(self.diffusion, self.decay)

    @property
    def peclet(self) -> float:
        """The robot's Péclet number: speed times radius by its own diffusion coefficient."""
        return self.speed * self.robot_radius / self.brownian


def _fault(error: ValidationError) -> str:
    """Say the first fault in one line, with the parameter's unit and range."""
    fault = error.errors()[0]
    if not fault["loc"]:
        return fault["msg"].removeprefix("Value error, ")
    name, where = str(fault["loc"][0]), ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
        return str(UnknownNameError("parameter", name, Tissue.model_fields))
    field = Tissue.model_fields.get(name)
    if field is None or len(fault["loc"]) > 1 or not field.metadata:
        return f"{where}: {fault['msg'].removeprefix('Value error, ')} (got {fault['input']!r})"
    bounds = " and ".join(
        f"{words} {getattr(bound, sign):g}"
        for bound in field.metadata
        for sign, words in (("gt", "above"), ("ge", "at least"), ("le", "at most"))
        if hasattr(bound, sign)
    )
    extra = field.json_schema_extra
    unit = extra.get("unit", "") if isinstance(extra, dict) else ""
    return f"{name} is {fault['input']!r}; give {bounds} {unit}".rstrip()
