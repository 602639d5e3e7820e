"""The run folder ``runs/<time>-<task>-s<seed>/``: one for each episode, never written over.

* ``run.json``: what ran, with what, and what came of it (`neuralbrain.record.manifest`);
* ``episode.mcap``: every message (`neuralbrain.record.log`); opens in Foxglove;
* ``episode.gif``: the moving picture (`neuralbrain.record.movie`);
* ``report.html``: the report (`neuralbrain.record.report`); opens with no server;
* ``memory``: what the hippocampus keeps, unless it has a lasting memory elsewhere.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from neuralbrain.errors import RecordError

MANIFEST, LOG, MOVIE, REPORT, MEMORY = "run.json", "episode.mcap", "episode.gif", "report.html", "memory"


@contextlib.contextmanager
def record_errors(path: Path, doing: str) -> Iterator[None]:
    """Turn an operating system's error into one line that says what to do.

    Args:
        path: The file or folder.
        doing: "written" or "read".

    Raises:
        RecordError: In place of any OSError inside.
    """
    try:
        yield
    except RecordError:
        raise
    except OSError as error:
        advice = (
            "free some room or choose another folder with --out"
            if doing == "written"
            else "give the folder of a run, like runs/<time>-<task>-s<seed>"
        )
        reason = error.strerror or str(error) or type(error).__name__
        raise RecordError(f"{path} cannot be {doing}: {reason}; {advice}") from error


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


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: a reader, or a crash, never sees half of it.

    Raises:
        RecordError: It cannot be written; what stood there before still stands.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with record_errors(path, "written"), draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with record_errors(path, "written"):
            draft.replace(path)
    except RecordError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


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
