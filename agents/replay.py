"""Replay: an episode run again from its manifest; the trace says whether it is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuralbrain.blueprint import Blueprint
from neuralbrain.environments import check_body
from neuralbrain.errors import RecordError
from neuralbrain.language.cassette import Cassette
from neuralbrain.language.server import prompt_hash
from neuralbrain.messages import ModelReply, ModelRequest
from neuralbrain.record.check import check_log, told_otherwise
from neuralbrain.record.folder import LOG, MANIFEST, read_manifest
from neuralbrain.record.log import read_log
from neuralbrain.record.manifest import inputs, numbers, versions
from neuralbrain.region_types import region_class
from neuralbrain.regions.language_model import LanguageModelConfig
from neuralbrain.runtime import Injection, Observer, run_brain


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What came of a replay.

    Attributes:
        recorded: The hash of the recorded trace.
        replayed: The hash of the new one.
        ticks: How many ticks were run.
        numbers: What decides how numbers are rounded -> (then, now), of that which has changed.
        versions: Package -> (then, now), of those that have changed.
        files: File that the brain reads, or others' code that it runs -> SHA-256 (then, now), of those that
            have changed.
        otherwise: What the manifest tells otherwise than the log of what was said, a line each.
    """

    recorded: str
    replayed: str
    ticks: int
    numbers: dict[str, tuple[str, str]]
    versions: dict[str, tuple[str, str]]
    files: dict[str, tuple[str, str]]
    otherwise: list[str]

    @property
    def same(self) -> bool:
        """Whether the traces are the same, byte for byte, and the manifest tells of the same words."""
        return self.recorded == self.replayed and not self.otherwise


def replay_run(
    folder: str | Path,
    *,
    runtime: str | None = None,
    address: str | None = None,
    observers: Sequence[Observer] = (),
    allow_code: bool = False,
) -> Replay:
    """Run a recorded episode again. Nothing is recorded or remembered.

    Args:
        folder: The run's folder.
        runtime: "inline" or "ray"; None: as it was.
        address: Of a Ray cluster; None starts a local one.
        observers: They watch.
        allow_code: Whether paths to code that stand in the record are loaded.

    Raises:
        RecordError: The record cannot be read, or the run never came to its end.
        NeuralBrainError: The run breaks off.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest["result"] is None:
        raise RecordError(
            f"{folder / MANIFEST}: this run is {manifest['status']!r}, so it has no trace to compare with; "
            "run it again with `episode` and the same seed"
        )
    check_log(folder, manifest)
    blueprint = Blueprint.from_mapping(
        manifest["blueprint"], f"{folder / MANIFEST}, blueprint", allow_code=allow_code
    )
    for name, spec in blueprint.by_name.items():
        if spec.config.get("known") == 0:  # it knew nothing of the past, so its store need not be there
            blueprint = blueprint.configured(name, store=None)
        if issubclass(region_class(spec.type).Config, LanguageModelConfig):
            blueprint = blueprint.configured(name, cassette=_answers(folder / LOG, name))
    check_body(blueprint)
    result = run_brain(
        blueprint,
        manifest["seed"],
        runtime=runtime or manifest["runtime"],
        address=address,
        observers=observers,
        commit=False,
        injections=recorded_injections(folder / LOG),
        until=manifest.get("ended"),
    )
    return Replay(
        recorded=manifest["result"]["trace_sha256"],
        replayed=result.trace,
        ticks=result.ticks,
        numbers=_changed(_rounding(manifest), _rounding(numbers(result.profile, result.machines))),
        versions=_changed(manifest["versions"], versions()),
        files=_changed(manifest.get("files", {}), inputs(blueprint) if "files" in manifest else {}),
        otherwise=told_otherwise(folder, manifest),
    )


def _rounding(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what decides how numbers are rounded, in words; nothing of a manifest that does not know it."""
    if "profile" not in manifest:
        return {}
    profile, machines = manifest["profile"], manifest["machines"]
    return {
        "profile": ": ".join([profile["name"], "; ".join(profile["reasons"])][: 1 + (not profile["holds"])]),
        "processor": " and ".join(f"{one['processor']} ({', '.join(one['features'])})" for one in machines),
        "C library": " and ".join(sorted({one["c_library"] for one in machines})),
    }


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        name: (then.get(name, "unknown"), now.get(name, "unknown"))
        for name in dict.fromkeys([*then, *now])
        if then.get(name) != now.get(name)
    }


def _answers(log: Path, region: str) -> Cassette:
    """Return what a language model was asked and answered in a recorded run."""
    asked: dict[str, str] = {}
    replies: list[ModelReply] = []
    for emission in read_log(log, {"model_request", "model_reply"}):
        match emission.message:
            case ModelRequest() as request:
                asked[request.request] = prompt_hash(request)
            case ModelReply() as reply if emission.region == region:
                replies.append(reply)
    return Cassette(asked=asked, replies=tuple(replies))


def recorded_injections(log: Path) -> list[Injection]:
    """Return what came from outside in a recorded run.

    Args:
        log: The run's message log.

    Raises:
        RecordError: It is gone, or cannot be read.
    """
    if not log.exists() or not log.stat().st_size:
        raise RecordError(f"{log} is gone: without it nobody knows what was said; give a whole run folder")
    found = []
    for emission in read_log(log, where=lambda region, port, kind: "." in port):
        region, _, port = emission.port.partition(".")
        found.append(Injection(emission.tick, region, port, emission.message))
    return found
