"""Whether a record is what its run sent: the log's hash, and the trace hashed again from the log.

No region is run. When a region fires follows from the blueprint: by its period, or by what reaches it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import RecordError
from neuralbrain.record.folder import CHECKSUM, LOG, MANIFEST, log_hash, read_manifest
from neuralbrain.record.log import read_log, read_sent
from neuralbrain.record.story import Story
from neuralbrain.runtime.injection import INJECTED
from neuralbrain.runtime.trace import Chain, join, plain
from neuralbrain.wiring import Projection
from neuralbrain.words import shown


def check_record(folder: Path) -> str:
    """Check a run's record against itself, and return its trace.

    Raises:
        RecordError: It is damaged, was changed, or is no record of a run that came to its end.
        UnknownNameError: A message's class has not been imported.
    """
    manifest = read_manifest(folder)
    if CHECKSUM not in manifest:
        raise RecordError(f"{folder / MANIFEST} has no checksum: an older version wrote it; replay the run")
    if manifest["result"] is None:
        raise RecordError(
            f"{folder / MANIFEST}: this run is {manifest['status']!r}, so it has no trace to compare with"
        )
    check_log(folder, manifest)
    blueprint, result = Blueprint.model_validate(manifest["blueprint"]), manifest["result"]
    found, wanted = trace_of(folder / LOG, blueprint, result["ticks"]), result["trace_sha256"]
    if found != wanted:
        raise RecordError(
            f"{folder / LOG} is not the log of this run: it makes the trace {found[:16]}..., and {MANIFEST} "
            f"says {wanted[:16]}...; give a folder as it was written"
        )
    if otherwise := told_otherwise(folder, manifest):
        raise RecordError(f"{folder / MANIFEST} is not of this log: {'; '.join(otherwise)}")
    return found


def check_log(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Check that a run's log is as it was when the run ended, as far as its manifest knows.

    Raises:
        RecordError: It is not, or cannot be read.
    """
    wanted = manifest.get("log_sha256")
    if wanted is not None and log_hash(folder) != wanted:
        raise RecordError(
            f"{folder / LOG} is not as it was written: its hash differs from that in {MANIFEST}; restore it"
        )


def told_otherwise(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return what a manifest tells otherwise than its log of what was said, a line each.

    Whoever changes a manifest can renew its checksum; what was said stands in the log, too.

    Args:
        folder: A run's folder.
        manifest: Its manifest, of a run that came to its end.

    Raises:
        RecordError: The log cannot be read.
    """
    story, result = Story(), manifest["result"]
    for emission in read_log(folder / LOG, {"instruction", "done"}):
        story.observe(emission.tick + 1, [emission])
    lines = story.dialogue
    first = next((line.text for line in lines if line.who not in ("task", "brain")), None)
    last = story.done if story.outcome else None
    heard = {
        "instruction": (manifest["instruction"], first),
        "result.instruction": (result.get("instruction"), story.instruction),
        "result.answer": (result.get("answer"), last.text if last else ""),
        "result.choices": (result.get("choices"), [*last.choices] if last else []),
        "dialogue": (manifest.get("dialogue"), [line.as_dict() for line in lines]),
    }  # an older manifest does not tell all of it
    return [
        f"by its {name} {shown(then)} was said, by the log {shown(now)}"
        for name, (then, now) in heard.items()
        if then is not None and then != now
    ]


def trace_of(log: Path, blueprint: Blueprint, ticks: int) -> str:
    """Return the trace of a run (`neuralbrain.runtime.trace`) from its log.

    Args:
        log: The run's log.
        blueprint: The brain.
        ticks: How many ticks it ran.

    Raises:
        RecordError: The log cannot be read, or somebody sent what the blueprint does not have.
        UnknownNameError: A message's class has not been imported.
    """
    specs = blueprint.by_name
    routes: dict[str, list[Projection]] = {}
    for projection in blueprint.projections:
        routes.setdefault(projection.source, []).append(projection)
    sent: dict[str, dict[int, list[tuple[str, Any]]]] = {name: {} for name in specs}
    due: dict[str, set[int]] = {name: set() for name in specs}
    outside, injected = Chain(), False
    for emission, hashes in read_sent(log):
        content = _exactly(emission.message, hashes)
        region, _, port = emission.port.rpartition(".")
        if region:  # it came from outside
            outside.add(emission.tick, [(emission.port, content)])
            due.setdefault(region, set()).add(emission.tick)  # of no region: a replay refuses it
            injected = True
            continue
        if emission.region not in specs:
            raise RecordError(f"{log}: there is no region {emission.region!r} in the blueprint")
        sent[emission.region].setdefault(emission.tick, []).append((port, content))
        for projection in routes.get(f"{emission.region}.{port}", ()):
            due[projection.target_region].add(emission.tick + projection.delay)
    digests = {INJECTED: outside.digest()} if injected else {}
    for name, spec in specs.items():
        chain = Chain()
        fired = range(spec.phase, ticks, spec.period) if spec.period else sorted(due[name])
        for tick in fired:
            if tick < ticks:
                chain.add(tick, sent[name].pop(tick, []))
        if sent[name]:
            raise RecordError(f"{log}: region {name!r} sent something at tick {min(sent[name])}, unfired")
        digests[name] = chain.digest()
    return join(digests)


def _exactly(message: Any, hashes: Mapping[str, bytes]) -> Any:
    """Return a message as the trace takes it: with hashes of its arrays, the given ones where it has them."""
    if not any(True for _ in message.arrays()):
        return message
    values = list(plain(message))
    for field, digest in hashes.items():
        place = 1 + list(message.__dict__).index(field)  # the type's name stands first
        values[place] = (*values[place][:2], digest)
    return tuple(values)
