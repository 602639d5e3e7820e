"""Recordings of others, in any format that MNE reads, with tidy names of channels."""

import re
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from neuralbrain.eeg.extra import library
from neuralbrain.errors import ConfigurationError, UnknownNameError, told
from neuralbrain.words import counted, listed, one_line, shown

KINDS = {
    "eog": re.compile(r"eog|^[vh]eo|^eye|^sacc", re.IGNORECASE),
    "ecg": re.compile(r"e[ck]g", re.IGNORECASE),
    "emg": re.compile(r"emg", re.IGNORECASE),
    "stim": re.compile(r"^sti\b|^sti ?\d|status|trigger|marker|annotations", re.IGNORECASE),
}
"""How channels that are no electrodes of the scalp are called, by MNE's kinds."""
MASTOIDS = re.compile(r"[-_ ](ref|le|re|a1|a2|m1|m2|avg|av)$", re.IGNORECASE)
"""What files say of the reference after an electrode's name."""
FEWEST = 2
"""So many electrodes at least must have names of the 10-05 system."""


def read(path: str | Path, names: Mapping[str, str] | None = None) -> Any:
    """Return a recording as MNE's object, loaded; electrodes have their places, other channels their kinds.

    Names are tidied: "EEG c3-REF" and "C3.." become "C3". What is neither an electrode of the 10-05 system
    nor known by its name is "misc", and left out of all analyses.

    Args:
        path: A file: .edf, .bdf, .gdf, .fif, .set, .vhdr or another that MNE knows.
        names: Channel in the file -> electrode of the 10-05 system, where names are others.

    Raises:
        ConfigurationError: The file is missing, corrupt, or of no known format, or its channels are not
            known.
        UnknownNameError: A name in ``names`` is none of the file's.
    """
    mne, path = library("mne"), Path(path)
    if not path.exists():
        raise ConfigurationError(
            f"there is no recording {path}: give a file that MNE reads (.edf, .fif, ...)"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files that keep to no standard there are many
            raw = mne.io.read_raw(path, preload=True, verbose="ERROR")
    except Exception as error:  # readers raise whatever a broken file makes them
        raise ConfigurationError(
            f"{path} cannot be read as a recording ({one_line(told(error), 160)}); "
            "copy it again, or export it as .edf or .fif"
        ) from error
    if raw.n_times < 2 or not raw.ch_names:
        raise ConfigurationError(f"{path} holds no signal: {counted(raw.n_times, 'sample')}")
    return named(raw, names or {})


def named(raw: Any, names: Mapping[str, str]) -> Any:
    """Give a recording's channels their names, kinds and places; see `read`.

    Raises:
        ConfigurationError: Fewer than two electrodes are known, or two channels would have one name.
        UnknownNameError: A name in ``names`` is no channel of the recording, or leads to no electrode.
    """
    for channel, electrode in names.items():
        if channel not in raw.ch_names:
            raise UnknownNameError("channel of the recording", channel, raw.ch_names)
        if electrode not in _electrodes().values():
            raise ConfigurationError(f"{electrode!r} is no electrode of the 10-05 system, such as C3 or FCz")
    tidy = {name: names.get(name) or _tidied(name) for name in raw.ch_names}
    twice = sorted({new for new in tidy.values() if [*tidy.values()].count(new) > 1})
    if twice:
        raise ConfigurationError(
            f"more than one channel of the recording is {twice[0]!r}: say which with names"
        )
    raw.rename_channels(tidy, verbose="ERROR")
    found = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    kinds = {name: _kind(name, found[name]) for name in raw.ch_names}
    changed = {name: kind for name, kind in kinds.items() if kind != found[name]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # units change with kinds
        raw.set_channel_types(changed, verbose="ERROR")
    known = [name for name, kind in kinds.items() if kind == "eeg"]
    if len(known) < FEWEST:
        unknown = listed([shown(name) for name in raw.ch_names[:8]])
        raise ConfigurationError(
            f"of {counted(len(kinds), 'channel')} (such as {unknown}) only {len(known)} are electrodes of "
            "the 10-05 system: say which is which, as in names={'EEG 1': 'C3'}"
        )
    raw.set_montage(_montage(), on_missing="ignore", verbose="ERROR")
    return raw


def _tidied(name: str) -> str:
    """Return an electrode's name as the 10-05 system writes it; another name as it stands."""
    bare = re.sub(r"^eeg[-_ ]*(?=\D)", "", name.strip(), flags=re.IGNORECASE).rstrip(".")
    return _electrodes().get(MASTOIDS.sub("", bare).lower(), name)


def _kind(name: str, found: str) -> str:
    if name.lower() in _electrodes():
        return "eeg"
    for kind, pattern in KINDS.items():
        if pattern.search(name):
            return kind
    return "misc" if found == "eeg" else found


@cache
def _montage() -> Any:
    return library("mne").channels.make_standard_montage("colin27_1005")


@cache
def _electrodes() -> dict[str, str]:
    """Return the electrodes of the 10-05 system, by their names in small letters."""
    return {name.lower(): name for name in _montage().ch_names}
