"""The parts of a brain, regions and the projections that join them, and whether they fit together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neuralbrain.consent import NamesCode, is_path
from neuralbrain.errors import BlueprintError, NeuralBrainError, UnknownNameError, told
from neuralbrain.messages import Instruction, Reward, Stop, Truth
from neuralbrain.region import Region, RegionConfig
from neuralbrain.region_types import region_class
from neuralbrain.words import shown

LONGEST = 10**8
"""The longest delay or period, ticks: of 0.05 s, two months."""


class Model(BaseModel):
    """Base of what a blueprint is made of: frozen, and an unknown entry is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class RegionSpec(Model):
    """One region of a blueprint.

    Attributes:
        name: Unique in the blueprint.
        type: A built-in or registered type, or "package.module:Class".
        group: Regions of one group share a process.
        period: It fires at the ticks t with ``t % period == phase``; None: on arrival, when its inbox is
            not empty.
        phase: 0 to period - 1.
        structure: The brain structure that it stands for.
        config: The region's settings.
    """

    name: str = Field(min_length=1, pattern=r"^[a-z][a-z0-9_]*$")
    type: str
    group: str = "brain"
    period: int | None = Field(default=1, ge=1, le=LONGEST)
    phase: int = Field(default=0, ge=0)
    structure: str = ""
    config: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _phase_below_period(self) -> "RegionSpec":
        if self.phase >= (self.period or 1):
            raise ValueError(f"region {self.name!r}: phase {self.phase} must be below period {self.period}")
        return self

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield where in this region's description a path to code stands, and the path."""
        if is_path(self.type):
            yield f"region {self.name!r}, type", self.type
            return  # its settings are not known before it is loaded
        for setting, field in region_class(self.type).Config.model_fields.items():
            value = self.config.get(setting, "")
            if any(isinstance(note, NamesCode) for note in field.metadata) and is_path(str(value)):
                yield f"region {self.name!r}, {setting}", str(value)

    def build(self) -> Region:
        """Make the region.

        Raises:
            UnknownNameError: No such type.
            BlueprintError: Its settings are wrong, or its own code fails.
        """
        kind = region_class(self.type)
        try:
            config: RegionConfig = kind.Config(**self.config)
            return kind(self.name, config)
        except ValidationError as error:
            raise BlueprintError(f"region {self.name!r}, config: {first_fault(error)}") from error
        except NeuralBrainError:
            raise
        except Exception as error:  # it is somebody's, and may fail in any way
            raise BlueprintError(f"region {self.name!r} cannot be made: {told(error)}") from error


class Projection(Model):
    """Joins an output to an input: what is sent at tick t arrives at t + delay.

    Attributes:
        source: "region.port" of the sender (``from`` in YAML).
        target: "region.port" of the receiver (``to`` in YAML).
        delay: Ticks, 1 to `LONGEST`: so regions that fire on one tick never depend on each other.
        structure: The tract that it stands for.
    """

    source: str = Field(alias="from", pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    target: str = Field(alias="to", pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    delay: int = Field(ge=1, le=LONGEST)
    structure: str = ""

    @property
    def source_region(self) -> str:
        """The sender's name."""
        return self.source.partition(".")[0]

    @property
    def source_port(self) -> str:
        """The sender's output port."""
        return self.source.partition(".")[2]

    @property
    def target_region(self) -> str:
        """The receiver's name."""
        return self.target.partition(".")[0]

    @property
    def target_port(self) -> str:
        """The receiver's input port."""
        return self.target.partition(".")[2]

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


def check_wiring(
    regions: Sequence[RegionSpec], projections: Sequence[Projection], *, body: str, hears: str, place: str
) -> None:
    """Check the wiring as a whole.

    Args:
        regions: The regions.
        projections: What joins them.
        body: The name of the region that alone touches the body.
        hears: The input that takes what a person says, as "region.port", or empty.
        place: Where this is written, for errors.

    Raises:
        BlueprintError: With the place, and what would be right.
    """
    names = [spec.name for spec in regions]
    for name in names:
        if names.count(name) > 1:
            raise BlueprintError(f"{place}: {names.count(name)} regions are named {name!r}; names are unique")
    try:
        built = {spec.name: spec.build() for spec in regions}
    except UnknownNameError as error:
        culprit = next(s.name for s in regions if s.type == error.name)
        raise BlueprintError(f"{place}, region {culprit!r}: {error}") from error
    except BlueprintError as error:
        raise BlueprintError(f"{place}: {error}") from error
    if body not in built:
        raise BlueprintError(f"{place}, body: {UnknownNameError('region', body, built)}")
    if Stop not in built[body].outputs.values():
        raise BlueprintError(
            f"{place}, body: region {body!r} has no output of type Stop, so it could never end"
        )
    if hears:
        hearer, _, port = hears.partition(".")
        if hearer not in built or built[hearer].inputs.get(port) is not Instruction:
            raise BlueprintError(
                f"{place}, hears: {hears!r} is no input that takes an Instruction; give region.port"
            )
    fed = [_check_projection(projection, built, place) for projection in projections]
    for name, region in built.items():
        for port in region.inputs:
            if f"{name}.{port}" == hears:
                continue
            if (name, port) not in fed and port not in region.optional_inputs:
                senders = _senders(region.inputs[port], built)
                raise BlueprintError(
                    f"{place}: nobody feeds the input {name}.{port}; add a projection to it"
                    + (f" from {' or '.join(senders)}" if senders else "")
                )


def _check_projection(projection: Projection, built: Mapping[str, Region], place: str) -> tuple[str, str]:
    where = f"{place}, projection {projection}"
    for name in (projection.source_region, projection.target_region):
        if name not in built:
            raise BlueprintError(f"{where}: {UnknownNameError('region', name, built)}")
    outputs = built[projection.source_region].outputs
    inputs = built[projection.target_region].inputs
    if projection.source_port not in outputs:
        error = UnknownNameError(f"output of {projection.source_region}", projection.source_port, outputs)
        raise BlueprintError(f"{where}: {error}")
    if projection.target_port not in inputs:
        error = UnknownNameError(f"input of {projection.target_region}", projection.target_port, inputs)
        raise BlueprintError(f"{where}: {error}")
    sent, expected = outputs[projection.source_port], inputs[projection.target_port]
    if not issubclass(sent, expected):
        raise BlueprintError(
            f"{where}: it sends {sent.__name__}, but the input takes {expected.__name__}; "
            f"outputs of that type: {', '.join(_senders(expected, built)) or 'none'}"
        )
    if sent in (Stop, Reward, Truth):
        raise BlueprintError(
            f"{where}: {sent.__name__} carries simulator truth and goes to the runtime and the record alone"
        )
    if not sent.traced:
        raise BlueprintError(
            f"{where}: {sent.__name__} depends on the time that something took and goes to the record alone"
        )
    return projection.target_region, projection.target_port


def _senders(wanted: type, built: Mapping[str, Region]) -> list[str]:
    return [
        f"{name}.{port}"
        for name, region in built.items()
        for port, sent in region.outputs.items()
        if issubclass(sent, wanted)
    ]


def first_fault(error: ValidationError) -> str:
    """Say the first fault of a validation error in one line, with its place."""
    fault = error.errors()[0]
    where = _path(fault["loc"])
    given = "" if fault["type"] in ("missing", "value_error") else f" (got {shown(fault['input'])})"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message}{given}{more}" if where else f"{message}{more}"


def _path(location: Iterable[int | str]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
