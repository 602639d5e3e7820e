"""The run folder ``runs/<time>-<task>-s<seed>/``: one for each episode, never written over.

* ``run.json``: what ran, with what, and what came of it (`neuralbrain.record.manifest`);
* ``episode.mcap``: every message (`neuralbrain.record.log`); opens in Foxglove;
* ``episode.gif``: the video (`neuralbrain.record.movie`);
* ``report.html``: the report (`neuralbrain.record.report`); opens with no server;
* ``memory``: what the hippocampus keeps, unless it has a lasting memory elsewhere.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from neuralbrain.errors import RecordError
from neuralbrain.files import record_errors, write_file

EPISODE, TRAINING = 2, "training 1"
"""Formats of a manifest: of an episode, and of a training run. Of an episode it is 2 since regions are named
by their embodiment and the cortex says an outcome."""
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


_NEEDED = {"seed": int, "env": str, "runtime": str, "status": str, "versions": dict}
"""Entries of an episode's manifest that every reader needs, and their types."""
_RESULT = frozenset({"success", "outcome", "ticks", "trace_sha256"})
"""So of its result."""


RUNNING = "running"
"""The state of a run that has begun and has not ended."""
_ROOM, _ROOM_BYTES = ".room", 64 * 1024
"""What a run that goes on keeps free for its end: its log may fill the disk."""


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``run.json``; of a run that goes on with room for the one that says how it ended.

    Raises:
        RecordError: It cannot be written.
    """
    if manifest["status"] == RUNNING:
        write_file(folder / _ROOM, os.urandom(_ROOM_BYTES))  # zeros might take none
    else:
        with record_errors(folder / _ROOM, "written"):
            (folder / _ROOM).unlink(missing_ok=True)
    write_file(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path, formats: Sequence[int | str] = (EPISODE,)) -> dict[str, Any]:
    """Read ``run.json``.

    Args:
        folder: The run's.
        formats: What the reader can take.

    Raises:
        RecordError: There is none, or it is not one of these.
    """
    path = folder / MANIFEST
    with record_errors(path, "read"):
        content = path.read_bytes()
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise RecordError(f"{path} is not valid JSON: {error}; was it changed by hand?") from error
    if isinstance(manifest, dict) and manifest.get("format") in formats:
        if manifest["format"] == EPISODE:
            _check_episode(path, manifest)
        return manifest
    if isinstance(manifest, dict) and manifest.get("format") == TRAINING:
        raise RecordError(
            f"{folder} is a training run, not an episode: `report` writes its report again, "
            "`train q --resume` goes on with it"
        )
    raise RecordError(
        f"{path} is not a run that this version reads (format {EPISODE}): "
        "run it with the version that wrote it"
    )


def _check_episode(path: Path, manifest: Mapping[str, Any]) -> None:
    """Raise RecordError if a manifest lacks what every reader needs."""
    result = manifest.get("result")
    blueprint = manifest.get("blueprint")
    wrong = [name for name, kind in _NEEDED.items() if not isinstance(manifest.get(name), kind)]
    if not isinstance(blueprint, dict) or not {"regions", "body", "tick_seconds"} <= blueprint.keys():
        wrong.append("blueprint")
    if result is not None and not (isinstance(result, dict) and result.keys() >= _RESULT):
        wrong.append("result")
    if wrong:
        raise RecordError(
            f"{path} is damaged: its {' and '.join(wrong)} cannot be right; was it changed by hand?"
        )
