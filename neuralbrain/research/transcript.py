"""The transcript: every message, act, approval and cost of a workspace, one JSON object a line.

It is only ever added to, and a line is on the disk before anything is told to be so. A process that is killed
in the middle of a line leaves half of one: that is cut off when the file is opened again, and said.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from neuralbrain.errors import RecordError
from neuralbrain.files import record_errors
from neuralbrain.reading import parse_json, plain_data
from neuralbrain.words import as_json

Who = Literal["person", "model", "session"]
"""Who acts or speaks; the session itself says what it noticed."""
ADVICE = "see that the workspace can be written and has room, and open it again"
LARGEST = 256 * 2**20
"""A transcript has at most so many bytes."""
_OWN = ("n", "time", "who", "event")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line.

    Attributes:
        n: Its number, from 1 on.
        time: When it was written, UTC, in ISO 8601.
        who: Who acts or speaks.
        event: What it tells of ("message", "act", "approve", ...; `neuralbrain.research.acts` has the list).
        data: The rest of it, plain data.
    """

    n: int
    time: str
    who: Who
    event: str
    data: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the line as it is written."""
        return {"n": self.n, "time": self.time, "who": self.who, "event": self.event, **self.data}


class Transcript:
    """A transcript, open for more.

    Args:
        path: The file; made if it is not there.

    Attributes:
        entries: All lines so far.
        lost: What was cut off because its writer was killed in the middle of it; None: nothing.

    Raises:
        RecordError: It cannot be read or written, or a line in it is none of ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: list[Entry] = []
        self.lost: str | None = None
        with record_errors(path, "written", ADVICE):
            self._file = path.open("a+b", buffering=0)
        try:
            self._read()
        except BaseException:
            self._file.close()
            raise

    def write(self, who: Who, event: str, **data: Any) -> Entry:
        """Add a line; when this returns it is on the disk.

        Raises:
            RecordError: It could not be written, or is no plain data; then nothing of it stands there.
        """
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = Entry(n=len(self.entries) + 1, time=time, who=who, event=event, data=data)
        line = as_json(plain_data(entry.as_dict(), f"event {event!r}")).encode() + b"\n"
        size = os.fstat(self._file.fileno()).st_size
        try:
            with record_errors(self._path, "written", ADVICE):
                left = memoryview(line)
                while left:
                    left = left[self._file.write(left) :]
                os.fsync(self._file.fileno())
        except BaseException:
            self._file.truncate(size)
            raise
        self.entries.append(entry)
        return entry

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self) -> None:
        with record_errors(self._path, "read", ADVICE):
            self._file.seek(0)
            data = self._file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RecordError(f"{self._path} is larger than {LARGEST >> 20} MiB: begin another workspace")
        whole, _, torn = data.rpartition(b"\n")
        lines = whole.split(b"\n") if whole else []
        for number, line in enumerate(lines, start=1):
            self.entries.append(self._entry(line, number))
        if torn:
            self.lost = torn.decode("utf-8", "replace")
            with record_errors(self._path, "written", ADVICE):
                self._file.truncate(len(data) - len(torn))
                os.fsync(self._file.fileno())

    def _entry(self, line: bytes, number: int) -> Entry:
        data = parse_json(line, f"{self._path}, line {number}")
        if not isinstance(data, dict) or data.get("n") != number or not all(name in data for name in _OWN):
            raise RecordError(
                f"{self._path}, line {number}: this is not line {number} of a transcript, so somebody has "
                "changed the file: take it back from git or a copy"
            )
        rest = {name: value for name, value in data.items() if name not in _OWN}
        return Entry(n=number, time=data["time"], who=data["who"], event=data["event"], data=rest)
