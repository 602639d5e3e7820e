"""What a run's ``run.json`` must be like for what reads it.

It is looked at before anything else is done with it: whoever made the folder, a reader meets what it expects.
Entries that no reader needs may be anything.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.blueprint import Blueprint
from neuralbrain.wiring import first_fault

Text = Annotated[str, Field(max_length=100_000)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Seconds = Annotated[float, Field(ge=0, le=1e12)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Entries(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Profile(_Entries):
    name: Text
    holds: bool
    reasons: list[Text]


class _Machine(_Entries):
    processor: Text
    features: list[Text]
    c_library: Text


class _Computed(_Entries):
    """What may say how a run was computed."""

    profile: _Profile | None = None
    machines: list[_Machine] = []
    versions: dict[Text, Text]


class _Result(_Entries):
    success: bool
    outcome: Text
    ticks: Annotated[int, Field(ge=0, le=10**8)]
    sim_seconds: Seconds
    wall_seconds: Seconds
    waited_seconds: Seconds = 0.0
    model_calls: Count
    model_tokens: Count = 0
    model_cost: Annotated[float, Field(ge=0)] | None = None
    model_questions: Count = 0
    model_taken: Count = 0
    probe_calls: Count = 0
    probe_tokens: Count = 0
    probe_cost: Annotated[float, Field(ge=0)] | None = None
    judged_by: Text
    standing: Text = ""
    conditions: dict[Text, bool | None] = {}
    trace_sha256: Hash


class Episode(_Computed):
    """The manifest of an episode (`neuralbrain.record.manifest`)."""

    status: Text
    env: Text
    task: Text
    seed: Count
    runtime: Literal["inline", "ray"]
    instruction: Text | None
    started: Text
    blueprint: Blueprint
    result: _Result | None
    files: dict[Text, Text] = {}
    ended: Count | None = None
    error: Text = ""
    firings: dict[Text, Count] = {}
    evaluation: dict[Text, float | int | bool | Text] = {}
    log_sha256: Hash | None = None


class _Judged(_Entries):
    worlds: Annotated[int, Field(ge=1, le=10**6)]


class _Learned(_Entries):
    evaluation: _Judged


class _Trained(_Computed):
    status: Text
    env: Text
    task: Text
    seed: Count
    started: Text


class Training(_Trained):
    """The manifest of a training run (`neuralbrain.record.training`)."""

    result: _Learned | None


class _Dreamt(_Entries):
    evaluation: _Judged | None = None


class Dreaming(_Trained):
    """The manifest of a training run in dreams (`neuralbrain.record.dreaming`).

    It has no evaluation where every dream was refused.
    """

    result: _Dreamt | None


def filled(form: type[_Entries], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest whose blueprint and result have every entry, also what may be left out.

    Raises:
        ValueError: It is not like the form: what is wrong, its place first.
    """
    try:
        made = form.model_validate(manifest)
    except ValidationError as error:
        raise ValueError(first_fault(error)) from error
    if not isinstance(made, Episode):
        return dict(manifest)
    if made.blueprint.body not in made.blueprint.by_name:
        raise ValueError(f"blueprint.body: there is no region {made.blueprint.body!r}")
    for projection in made.blueprint.projections:
        for region in (projection.source_region, projection.target_region):
            if region not in made.blueprint.by_name:
                raise ValueError(f"blueprint.projections: there is no region {region!r}")
    result = made.result and {**made.result.model_dump(mode="json"), **manifest["result"]}
    return {**manifest, "blueprint": made.blueprint.model_dump(mode="json", by_alias=True), "result": result}
