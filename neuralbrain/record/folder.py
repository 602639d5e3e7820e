"""The run folder ``runs/<time>-<task>-s<seed>/``: one for each episode, never written over.

* ``run.json``: what ran, with what, and what came of it (`neuralbrain.record.manifest`);
* ``episode.mcap``: every message (`neuralbrain.record.log`); opens in Foxglove;
* ``episode.gif``: the video (`neuralbrain.record.movie`);
* ``report.html``: the report (`neuralbrain.record.report`); opens with no server;
* ``memory``: what the hippocampus keeps, unless it has a lasting memory elsewhere.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from neuralbrain.errors import RecordError
from neuralbrain.files import record_errors, write_file
from neuralbrain.reading import JSON_BYTES, parse_json, read_bytes
from neuralbrain.record.form import Dreaming, Episode, Training, filled
from neuralbrain.words import as_json

EPISODE, TRAINING, DREAMING = 2, "training 1", "dream training 1"
"""Formats of a manifest: of an episode, and of training runs. Of an episode it is 2 since regions are named
by their embodiment and the cortex says an outcome."""
_FORMS: dict[int | str, type[Episode | Training | Dreaming]] = {
    EPISODE: Episode,
    TRAINING: Training,
    DREAMING: Dreaming,
}
CHECKSUM = "checksum"
"""The manifest's entry with the hash of all its others."""
MANIFEST, LOG, MOVIE, REPORT, MEMORY = "run.json", "episode.mcap", "episode.gif", "report.html", "memory"


def new_folder(out: Path, task: str, seed: int, now: datetime) -> Path:
    """Make a new folder ``<time>-<task>-s<seed>`` under ``out``; a name in use gets "-2", "-3", ...

    Raises:
        RecordError: It cannot be made.
    """
    name = f"{now:%Y%m%dT%H%M%S}-{task}-s{seed}"
    with record_errors(out, "written"):
        out.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            folder = out / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()  # it, and not a look beforehand, decides between two that start at once
            except FileExistsError:
                number += 1
                continue
            return folder


RUNNING = "running"
"""The state of a run that has begun and has not ended."""
_ROOM, _ROOM_BYTES = ".room", 64 * 1024
"""What a run that goes on keeps free for its end: its log may fill the disk."""


def write_manifest(folder: Path, manifest: Mapping[str, Any], *, closed: bool = True) -> None:
    """Write ``run.json``, with the hash of the log, if there is one by now, and a checksum of all of it.

    Of a run that goes on it is written with room for the one that says how it ended.

    Args:
        folder: The run's.
        manifest: What it says.
        closed: Whether the log is written to no more, so that its hash holds.

    Raises:
        RecordError: It cannot be written.
    """
    whole = {name: value for name, value in manifest.items() if name != CHECKSUM}
    if manifest["status"] == RUNNING:
        write_file(folder / _ROOM, os.urandom(_ROOM_BYTES))  # zeros might take none
    else:
        with record_errors(folder / _ROOM, "written"):
            (folder / _ROOM).unlink(missing_ok=True)
    if closed and (folder / LOG).exists():
        with contextlib.suppress(RecordError):  # what came of the run is written all the same
            whole["log_sha256"] = log_hash(folder)
    write_file(folder / MANIFEST, as_json({**whole, CHECKSUM: checksum(whole)}, indent=2) + "\n")


def read_manifest(folder: Path, formats: Sequence[int | str] = (EPISODE,)) -> dict[str, Any]:
    """Read ``run.json``.

    Args:
        folder: The run's.
        formats: What the reader can take.

    Raises:
        RecordError: There is none, it is not one of these, or it is not as it was written.
    """
    path = folder / MANIFEST
    manifest: dict[str, Any] = parse_json(read_bytes(path, JSON_BYTES), path)
    held = manifest.get("format") if isinstance(manifest, dict) else None
    if held not in formats or isinstance(held, bool | float):
        if held in (TRAINING, DREAMING):
            raise RecordError(
                f"{folder} is a training run, not an episode: `report` writes its report again, "
                f"`train {'q' if held == TRAINING else 'dream'} --resume` goes on with it"
            )
        raise RecordError(
            f"{path} is not a run that this version reads (format {EPISODE}): "
            "run it with the version that wrote it"
        )
    if CHECKSUM in manifest and manifest[CHECKSUM] != checksum(manifest):
        raise RecordError(
            f"{path} is not as it was written: its checksum differs; restore it, or run it again"
        )
    try:
        return filled(_FORMS[manifest["format"]], manifest)
    except ValueError as error:
        raise RecordError(f"{path} is damaged: {error}; was it changed by hand?") from error


def checksum(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest's entries, its own checksum apart, however they are laid out."""
    rest = {name: value for name, value in manifest.items() if name != CHECKSUM}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def log_hash(folder: Path) -> str:
    """Return the SHA-256 of a run's log.

    Raises:
        RecordError: It cannot be read.
    """
    with record_errors(folder / LOG, "read"), (folder / LOG).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
