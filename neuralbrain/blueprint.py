"""The blueprint: which regions a brain has, how they are joined, and which share a process.

A description apart from its execution: nothing here runs a region. The same blueprint goes to the inline
and to the Ray runtime.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from neuralbrain.arguments import all_of, expect
from neuralbrain.consent import NamesCode, find, is_path, refuse_paths
from neuralbrain.embodiment import parts
from neuralbrain.errors import BlueprintError, ConfigurationError, UnknownNameError
from neuralbrain.extension import add as add_extensions
from neuralbrain.messages import Instruction, Reward, Stop
from neuralbrain.region import Region, RegionConfig

KERNEL = {
    "auditory_cortex": "neuralbrain.regions.auditory_cortex:AuditoryCortex",
    "anomaly_monitor": "neuralbrain.regions.anomaly_monitor:AnomalyMonitor",
    "cortex": "neuralbrain.regions.cortex:Cortex",
    "hippocampus": "neuralbrain.regions.hippocampus:Hippocampus",
    "signal_source": "neuralbrain.regions.signal_source:SignalSource",
    "thalamus": "neuralbrain.regions.thalamus:Thalamus",
}
"""Region types that any brain can use. Those of an embodiment are "<embodiment>.<region>"; others come by the
entry point ``neuralbrain.regions`` or by dotted path."""


def region_types() -> dict[str, str]:
    """Return the region types that NeuralBrain and its embodiments bring: name -> path."""
    return KERNEL | parts(lambda embodiment: embodiment.regions)


def region_class(kind: str) -> type[Region]:
    """Find a region's class by name or by dotted path ("package.module:Class").

    Raises:
        UnknownNameError: There is none.
        BlueprintError: What the path names cannot be imported, or is not a region.
    """
    expect("the region type", kind, str, 'its name, or "package.module:Class"')
    try:
        found = find("region type", kind, region_types(), "neuralbrain.regions")
    except UnknownNameError:
        raise
    except ConfigurationError as error:
        raise BlueprintError(f"region type {kind!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Region)):
        raise BlueprintError(f"region type {kind!r} is not a subclass of neuralbrain.region.Region")
    return found


FORMAT = 2
"""Of a blueprint. In format 1 the regions of embodiments had names of their own: CHANGELOG.md."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RegionSpec(_Model):
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
    period: int | None = Field(default=1, ge=1)
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
            BlueprintError: Its settings are wrong.
        """
        kind = region_class(self.type)
        try:
            config: RegionConfig = kind.Config(**self.config)
        except ValidationError as error:
            raise BlueprintError(f"region {self.name!r}, config: {_first(error)}") from error
        return kind(self.name, config)


class Projection(_Model):
    """Joins an output to an input: what is sent at tick t arrives at t + delay.

    Attributes:
        source: "region.port" of the sender (``from`` in YAML).
        target: "region.port" of the receiver (``to`` in YAML).
        delay: Ticks, at least 1: so regions that fire on one tick never depend on each other.
        structure: The tract that it stands for.
    """

    source: str = Field(alias="from", pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    target: str = Field(alias="to", pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    delay: int = Field(ge=1)
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


class Blueprint(_Model):
    """A whole brain.

    Attributes:
        format: Of what is written down; a blueprint of another format is refused.
        name: For people and for the record.
        description: What it is, in a sentence.
        tick_seconds: Simulated time of one tick, s.
        body: The name of the region that alone touches the body and that ends the episode.
        hears: The input that takes what a person says, as "region.port"; empty for a brain that hears nobody.
        stop_delay: Everyone halts this many ticks after the body's region sent its `Stop`.
        regions: The regions.
        projections: What joins them.
        extensions: Code that they need besides, like skills of others: paths, loaded before they are made.
    """

    format: int = FORMAT
    name: str
    description: str = ""
    tick_seconds: float = Field(default=0.05, gt=0, le=10)
    body: str
    hears: str = ""
    stop_delay: int = Field(default=10, ge=1)
    regions: tuple[RegionSpec, ...] = Field(min_length=1)
    projections: tuple[Projection, ...] = ()
    extensions: tuple[str, ...] = ()

    @field_validator("format")
    @classmethod
    def _known(cls, value: int) -> int:
        if value != FORMAT:
            raise ValueError(f"this version reads format {FORMAT}; CHANGELOG.md says how to bring it over")
        return value

    @cached_property
    def by_name(self) -> dict[str, RegionSpec]:
        """The regions by name, in order of name."""
        return {spec.name: spec for spec in sorted(self.regions, key=lambda spec: spec.name)}

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The names of each group's regions, both in order of name."""
        groups: dict[str, tuple[str, ...]] = {}
        for group in sorted({spec.group for spec in self.regions}):
            groups[group] = tuple(name for name, spec in self.by_name.items() if spec.group == group)
        return groups

    @cached_property
    def ordered_projections(self) -> tuple[Projection, ...]:
        """The projections in the order that decides between messages of one arrival and source."""
        return tuple(sorted(self.projections, key=lambda p: (p.source, p.target, p.delay)))

    def configured(self, region: str, **settings: Any) -> "Blueprint":
        """Return a copy in which a region's settings are changed.

        Raises:
            UnknownNameError: No such region.
        """
        if region not in self.by_name:
            raise UnknownNameError("region", region, self.by_name)
        specs = [
            spec.model_copy(update={"config": {**spec.config, **settings}}) if spec.name == region else spec
            for spec in self.regions
        ]
        return self.model_copy(update={"regions": tuple(specs)})._fresh()

    def replaced(self, region: str, kind: str, **settings: Any) -> "Blueprint":
        """Return a copy in which a region is of another type.

        Projections to or from ports that the new type does not have are left out; `check` says if somebody
        cannot do without them.

        Args:
            region: Which one.
            kind: A name, or "package.module:Class".
            settings: Its settings.

        Raises:
            UnknownNameError: No such region, or no such type.
        """
        if region not in self.by_name:
            raise UnknownNameError("region", region, self.by_name)
        found = region_class(kind)
        specs = [
            spec.model_copy(update={"type": kind, "config": settings}) if spec.name == region else spec
            for spec in self.regions
        ]
        joins = [
            projection
            for projection in self.projections
            if (projection.source_region != region or projection.source_port in found.outputs)
            and (projection.target_region != region or projection.target_port in found.inputs)
        ]
        return self.model_copy(update={"regions": tuple(specs), "projections": tuple(joins)})._fresh()

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield where in the blueprint a path to code stands, and the path."""
        yield from (("extensions", path) for path in self.extensions)
        for spec in self.regions:
            yield from spec.paths()

    def extended(self, extensions: Iterable[str]) -> "Blueprint":
        """Return a copy with further extensions, each once."""
        more = all_of("extensions", extensions, lambda one: isinstance(one, str), "a path to code")
        paths = tuple(dict.fromkeys([*self.extensions, *more]))
        return self.model_copy(update={"extensions": paths})._fresh()

    def grouped(self, groups: Mapping[str, str]) -> "Blueprint":
        """Return a copy with another grouping: region name -> group name.

        Raises:
            UnknownNameError: No such region.
        """
        expect("the grouping", groups, Mapping, "a mapping from the names of regions to names of groups")
        for name in groups:
            if name not in self.by_name:
                raise UnknownNameError("region", name, self.by_name)
        all_of("groups", groups.values(), lambda group: isinstance(group, str), "a name")
        specs = [
            spec.model_copy(update={"group": groups.get(spec.name, spec.group)}) for spec in self.regions
        ]
        return self.model_copy(update={"regions": tuple(specs)})._fresh()

    def _fresh(self) -> "Blueprint":
        # model_copy copies the cached properties with the rest, and they describe the old regions.
        return Blueprint.model_validate(self.model_dump(by_alias=True))

    @classmethod
    def from_mapping(cls, data: object, place: str = "blueprint", *, allow_code: bool = True) -> "Blueprint":
        """Build and check a blueprint from plain data.

        Args:
            data: A mapping, as YAML gives it.
            place: Where it comes from, for errors.
            allow_code: Whether paths to code in it are loaded: yes where a person wrote it in Python, no
                where it comes from a file.

        Raises:
            BlueprintError: With the place, and what would be right.
        """
        if not isinstance(data, Mapping):
            raise BlueprintError(f"{place}: expected a mapping with 'name', 'regions', ... at the top")
        try:
            blueprint = cls.model_validate(data)
        except ValidationError as error:
            raise BlueprintError(f"{place}: {_first(error)}") from error
        if not allow_code:
            try:
                refuse_paths(blueprint.paths(), place)
            except UnknownNameError as error:
                raise BlueprintError(f"{place}: {error}") from error
        check_wiring(blueprint, place)
        return blueprint

    @classmethod
    def load(cls, name: str | Path, *, allow_code: bool = False) -> "Blueprint":
        """Load a blueprint by name, or from a YAML file.

        Args:
            name: Of one that we bring, or a file (*.yaml).
            allow_code: Whether paths to code that stand in the file are loaded.

        Raises:
            UnknownNameError: Neither a file nor the name of a blueprint that we bring.
            BlueprintError: The file is not a right blueprint.
        """
        expect("the brain", name, (str, Path), "the name of a blueprint, or its file")
        path = Path(name)
        if not path.suffix:
            home = Path(str(files("neuralbrain.agents") / "blueprints"))
            path = home / f"{name}.yaml"
            if not path.is_file():
                known = [file.stem for file in home.glob("*.yaml")]
                raise UnknownNameError("agent", str(name), known, "Or give the path of a blueprint (*.yaml).")
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
        except (OSError, UnicodeDecodeError) as error:
            raise BlueprintError(f"blueprint {str(name)!r} cannot be read: {error}") from error
        except yaml.YAMLError as error:
            raise BlueprintError(f"{path.name} is not valid YAML: {' '.join(str(error).split())}") from error
        return cls.from_mapping(data, path.name, allow_code=allow_code)


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping; YAML parsers commonly keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: list[str] = []
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.append(key.value)
        return super().construct_mapping(node, deep)


def check_wiring(blueprint: Blueprint, place: str = "blueprint") -> None:
    """Check the wiring as a whole.

    Raises:
        BlueprintError: With the place, and what would be right.
    """
    add_extensions(blueprint.extensions)
    names = [spec.name for spec in blueprint.regions]
    for name in names:
        if names.count(name) > 1:
            raise BlueprintError(f"{place}: {names.count(name)} regions are named {name!r}; names are unique")
    try:
        built = {spec.name: spec.build() for spec in blueprint.regions}
    except UnknownNameError as error:
        culprit = next(s.name for s in blueprint.regions if s.type == error.name)
        raise BlueprintError(f"{place}, region {culprit!r}: {error}") from error
    except BlueprintError as error:
        raise BlueprintError(f"{place}: {error}") from error
    if blueprint.body not in built:
        raise BlueprintError(f"{place}, body: {UnknownNameError('region', blueprint.body, built)}")
    if Stop not in built[blueprint.body].outputs.values():
        raise BlueprintError(
            f"{place}, body: region {blueprint.body!r} has no output of type Stop, so it could never end"
        )
    if blueprint.hears:
        hearer, _, hears = blueprint.hears.partition(".")
        if hearer not in built or built[hearer].inputs.get(hears) is not Instruction:
            raise BlueprintError(
                f"{place}, hears: {blueprint.hears!r} is no input that takes an Instruction; give region.port"
            )
    fed = [_check_projection(projection, built, place) for projection in blueprint.projections]
    for name, region in built.items():
        for port in region.inputs:
            if f"{name}.{port}" == blueprint.hears:
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
    if sent in (Stop, Reward):
        raise BlueprintError(
            f"{where}: {sent.__name__} carries simulator truth and goes to the runtime and the record alone"
        )
    return projection.target_region, projection.target_port


def _senders(wanted: type, built: Mapping[str, Region]) -> list[str]:
    return [
        f"{name}.{port}"
        for name, region in built.items()
        for port, sent in region.outputs.items()
        if issubclass(sent, wanted)
    ]


def _first(error: ValidationError) -> str:
    """Say the first fault of a validation error in one line, with its place."""
    fault = error.errors()[0]
    where = _path(fault["loc"])
    given = "" if fault["type"] in ("missing", "value_error") else f" (got {fault['input']!r})"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message}{given}{more}" if where else f"{message}{more}"


def _path(location: Iterable[int | str]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
