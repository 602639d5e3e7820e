"""What a person has granted a workspace on this machine.

``workspace.toml`` may come from somebody else, like any file of a workspace. So what it says counts up to the
usual autonomy, and beyond only as far as the person at this machine has granted it by /autonomy.
"""

import contextlib
import json
import os
from pathlib import Path

from pydantic import ValidationError

from neuralbrain.errors import RecordError
from neuralbrain.files import write_file
from neuralbrain.reading import parse_json, read_bytes
from neuralbrain.research.settings import Autonomy, Kind, Level

MOST_BYTES = 2**20


def granted(root: Path) -> Autonomy:
    """Return what was granted to a workspace; the usual, if nothing was."""
    try:
        return Autonomy.model_validate(_read().get(str(root), {}))
    except ValidationError:
        return Autonomy()


def grant(root: Path, kind: Kind, level: Level) -> None:
    """Grant a level, or less than before.

    Raises:
        RecordError: It cannot be kept.
    """
    path, known = _path(), _read()
    with contextlib.suppress(OSError):  # writing says it better
        path.parent.mkdir(parents=True, exist_ok=True)
    before = known.get(str(root), {})
    known[str(root)] = {**(before if isinstance(before, dict) else {}), kind: level}
    write_file(path, json.dumps(known, indent=1), "see that your home folder can be written")


def _read() -> dict[str, object]:
    try:
        found = parse_json(read_bytes(_path(), MOST_BYTES), _path())
    except (RecordError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _path() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "neuralbrain" / "grants.json"
