"""What was found out about servers, kept from run to run in the user's cache folder."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from neuralbrain.errors import RecordError
from neuralbrain.files import write_file
from neuralbrain.language.server import Abilities, Server
from neuralbrain.reading import parse_json, read_bytes

MOST_BYTES = 2**20


def remembered(server: Server) -> Abilities | None:
    """Return what was found out about a model on a server; None if nobody has asked it."""
    try:
        return Abilities.model_validate(_read(_path())[_name(server)])
    except (KeyError, ValidationError):
        return None


def remember(server: Server) -> None:
    """Keep what was found out, as far as it can be kept: else it is asked again."""
    path = _path()
    with contextlib.suppress(RecordError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            known = {**_read(path), _name(server): server.abilities.model_dump()}
            write_file(path, json.dumps(known, indent=1))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no other process write meanwhile: it would take back what this one adds."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # closing lets go of it
        yield


def _read(path: Path) -> dict[str, object]:
    try:
        found = parse_json(read_bytes(path, MOST_BYTES), path)
    except (RecordError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _name(server: Server) -> str:
    return f"{server.base_url} {server.model}"


def _path() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "neuralbrain" / "servers.json"
