"""Folders of recordings in the order of BIDS, the Brain Imaging Data Structure.

C. R. Pernet et al., "EEG-BIDS", Scientific Data 6 (2019), 103. Files are found by their names; what their
tables say of events and channels is taken from there.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuralbrain.eeg.extra import library
from neuralbrain.eeg.reading import read
from neuralbrain.errors import ConfigurationError

FORMATS = (".edf", ".bdf", ".vhdr", ".set", ".fif")
NAME = re.compile(r"sub-(?P<subject>[^_]+)(?:_ses-(?P<session>[^_]+))?(?:_.*)?_eeg$")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A recording in such a folder.

    Attributes:
        path: The file.
        subject: Whose it is.
        session: Of which session; "1" where there is but one.
    """

    path: Path
    subject: str
    session: str


def entries(folder: str | Path) -> list[Entry]:
    """Return the recordings of a folder, in the order of their names.

    Raises:
        ConfigurationError: There are none.
    """
    found = [
        Entry(path=path, subject=match["subject"], session=match["session"] or "1")
        for path in sorted(Path(folder).glob("sub-*/**/*_eeg.*"))
        if path.suffix in FORMATS and (match := NAME.search(path.stem))
    ]
    if not found:
        raise ConfigurationError(
            f"{folder} holds no recording as BIDS names it, like sub-1/eeg/sub-1_eeg.edf"
        )
    return found


def load(entry: Entry) -> Any:
    """Return a recording with the annotations of its table of events, and its bad channels marked.

    Raises:
        ConfigurationError: A file cannot be read, or a table says what is no time.
    """
    raw = read(entry.path)
    stem = entry.path.with_suffix("").as_posix().removesuffix("eeg")
    events = _table(Path(f"{stem}events.tsv"))
    if events:
        try:
            onsets = [float(row["onset"]) for row in events]
            lasts = [float(row["duration"]) if row.get("duration", "n/a") != "n/a" else 0.0 for row in events]
        except (KeyError, ValueError) as error:
            raise ConfigurationError(
                f"{stem}events.tsv: onset and duration are seconds, one a row"
            ) from error
        names = [row.get("trial_type") or row.get("value") or "event" for row in events]
        raw.set_annotations(library("mne").Annotations(onsets, lasts, names), verbose="ERROR")
    bad = [row.get("name", "") for row in _table(Path(f"{stem}channels.tsv")) if row.get("status") == "bad"]
    raw.info["bads"] = [name for name in raw.ch_names if name in bad]
    return raw


def _table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; none where there is no such file."""
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [*csv.DictReader(file, delimiter="\t")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path} is no table of tabs and text: {error}") from error
