"""The run folder ``runs/<time>-<task>-s<seed>/``: one for each episode, never written over.

* ``run.json``: what ran, with what, and what came of it (`neuralbrain.record.manifest`);
* ``episode.mcap``: every message (`neuralbrain.record.log`); opens in Foxglove;
* ``episode.gif``: the moving picture (`neuralbrain.record.movie`);
* ``report.html``: the report (`neuralbrain.record.report`); opens with no server;
* ``memory``: what the hippocampus keeps, unless it has a lasting memory elsewhere.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from neuralbrain.errors import RecordError
from neuralbrain.files import record_errors, write_file

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


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``run.json``.

    Raises:
        RecordError: It cannot be written.
    """
    write_file(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read ``run.json``.

    Raises:
        RecordError: There is none, or it is not one of ours.
    """
    path = folder / MANIFEST
    with record_errors(path, "read"):
        text = path.read_text(encoding="utf-8")
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise RecordError(f"{path} is not valid JSON: {error}; was it changed by hand?") from error
    if not isinstance(manifest, dict) or manifest.get("format") != 1:
        raise RecordError(
            f"{path} is not a run that this version reads (format 1): run it with the version that wrote it"
        )
    return manifest
