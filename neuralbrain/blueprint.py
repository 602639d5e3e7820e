"""The blueprint: which regions a brain has, how they are joined, and which share a process.

A description apart from its execution: nothing here runs a region. The same blueprint goes to the inline
and to the Ray runtime.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from neuralbrain.arguments import all_of, expect
from neuralbrain.consent import refuse_paths
from neuralbrain.embodiment import embodiments
from neuralbrain.errors import BlueprintError, RecordError, UnknownNameError
from neuralbrain.extension import add as add_extensions
from neuralbrain.reading import YAML_BYTES, parse_yaml, read_bytes
from neuralbrain.region_types import region_class
from neuralbrain.wiring import LONGEST, Model, Projection, RegionSpec, check_wiring, first_fault

FORMAT = 2
"""Of a blueprint. In format 1 the regions of embodiments had names of their own: CHANGELOG.md."""


class Blueprint(Model):
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
    stop_delay: int = Field(default=10, ge=1, le=LONGEST)
    regions: tuple[RegionSpec, ...] = Field(min_length=1)
    projections: tuple[Projection, ...] = ()
    extensions: tuple[str, ...] = ()

    @field_validator("format")
    @classmethod
    def _known(cls, value: int) -> int:
        if value != FORMAT:
            raise ValueError(f"this version reads format {FORMAT}; CHANGELOG.md says how to convert it")
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

    def fed(self, region: str) -> frozenset[str]:
        """Return the input ports of a region that something is projected to."""
        return frozenset(p.target_port for p in self.projections if p.target_region == region)

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

    def check(self, place: str = "blueprint") -> None:
        """Load the extensions, and check the regions and their wiring.

        Args:
            place: Where the blueprint comes from, for errors.

        Raises:
            BlueprintError: With the place, and what would be right.
            ConfigurationError: An extension cannot be loaded.
        """
        add_extensions(self.extensions)
        check_wiring(self.regions, self.projections, body=self.body, hears=self.hears, place=place)

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
            raise BlueprintError(f"{place}: {first_fault(error)}") from error
        if not allow_code:
            try:
                refuse_paths(blueprint.paths(), place)
            except UnknownNameError as error:
                raise BlueprintError(f"{place}: {error}") from error
        blueprint.check(place)
        return blueprint

    @classmethod
    def load(cls, name: str | Path, *, allow_code: bool = False) -> "Blueprint":
        """Load a blueprint by name, or from a YAML file.

        Args:
            name: Of one that we or an embodiment bring, or a file (*.yaml).
            allow_code: Whether paths to code that stand in the file are loaded.

        Raises:
            UnknownNameError: Neither a file nor the name of a blueprint that somebody brings.
            BlueprintError: The file is not a right blueprint.
        """
        expect("the brain", name, (str, Path), "the name of a blueprint, or its file")
        path = Path(name)
        if not path.suffix:
            known = _brought()
            if str(name) not in known:
                raise UnknownNameError("agent", str(name), known, "Or give the path of a blueprint (*.yaml).")
            path = known[str(name)]
        try:
            content = read_bytes(path, YAML_BYTES)
        except RecordError as error:
            reason = error.__cause__ or error
            raise BlueprintError(f"blueprint {str(name)!r} cannot be read: {reason}") from error
        try:
            data = parse_yaml(content, path.name)
        except RecordError as error:
            raise BlueprintError(str(error)) from error
        return cls.from_mapping(data, path.name, allow_code=allow_code)


def _brought() -> dict[str, Path]:
    """Return the blueprints that have a name: ours, and those of others' embodiments."""
    home = Path(str(files("neuralbrain.agents") / "blueprints"))
    theirs = (Path(embodiment.agent) for embodiment in embodiments().values())
    return {file.stem: file for file in (*(t for t in theirs if t.suffix), *home.glob("*.yaml"))}
