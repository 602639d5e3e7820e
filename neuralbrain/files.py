"""Files on disk: written whole or not at all, and every failure one line that says what to do."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from neuralbrain.errors import RecordError


@contextlib.contextmanager
def record_errors(path: Path, doing: str, advice: str = "") -> Iterator[None]:
    """Turn an operating system's error into one line that says what to do.

    Args:
        path: The file or folder.
        doing: "written" or "read".
        advice: What to do; empty: what helps with the files of a run.

    Raises:
        RecordError: In place of any OSError inside.
    """
    try:
        yield
    except RecordError:
        raise
    except OSError as error:
        usual = (
            "free some room or choose another folder with --out"
            if doing == "written"
            else "give the folder of a run, like runs/<time>-<task>-s<seed>"
        )
        reason = error.strerror or str(error) or type(error).__name__
        raise RecordError(f"{path} cannot be {doing}: {reason}; {advice or usual}") from error


def write_file(path: Path, content: str | bytes, advice: str = "") -> None:
    """Write a file whole or not at all: a reader, or a crash, never sees half of it.

    Args:
        path: The file.
        content: All of it.
        advice: What to do where it cannot be written; empty: what helps with the files of a run.

    Raises:
        RecordError: It cannot be written; what stood there before still stands.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with record_errors(path, "written", advice), draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with record_errors(path, "written", advice):
            draft.replace(path)
    except BaseException:  # an interruption, too, leaves no draft behind
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
