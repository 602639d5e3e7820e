"""Trials: pieces of recordings, all as long, each with its label and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.eeg.extra import library
from neuralbrain.eeg.head import Floats
from neuralbrain.errors import ConfigurationError
from neuralbrain.words import counted, listed

Names = NDArray[np.str_]
FEWEST = 2
"""So many trials a class are needed, or there is none to test with."""


@dataclass(frozen=True, kw_only=True)
class Trials:
    """Pieces of recordings.

    Attributes:
        signals: µV, shape (trials, channels, samples).
        eyes: What the eyes' own channels saw, µV, shape (trials, eye channels, samples); perhaps of no
            channel.
        labels: Shape (trials,).
        subjects: Whose each is, shape (trials,).
        sessions: In which session it was recorded, shape (trials,).
        begins: When it begins in the session, s, shape (trials,).
        channels: The names of the channels.
        sampling_rate: Hz.
    """

    signals: Floats
    eyes: Floats
    labels: Names
    subjects: Names
    sessions: Names
    begins: Floats
    channels: tuple[str, ...]
    sampling_rate: float

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises:
            ConfigurationError: They do not fit together, or a signal is not finite.
        """
        count = len(self.signals)
        fitting = self.signals.ndim == self.eyes.ndim == 3 and self.signals.shape[1] == len(self.channels)
        if not fitting or any(len(getattr(self, name)) != count for name in EACH):
            raise ConfigurationError(
                f"trials do not fit together: signals {self.signals.shape}, eyes {self.eyes.shape}, "
                f"{counted(len(self.channels), 'channel')}, {counted(len(self.labels), 'label')}"
            )
        if not np.isfinite(self.signals).all():
            raise ConfigurationError("a trial's signal is not finite: leave that trial or channel out")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that there are, in the order of the alphabet."""
        return tuple(str(name) for name in np.unique(self.labels))

    @property
    def seconds(self) -> float:
        """How long each is, s."""
        return float(self.signals.shape[2] / self.sampling_rate)

    def take(self, which: Any) -> "Trials":
        """Return some of them, by number or by a mask."""
        taken: dict[str, Any] = {name: getattr(self, name)[which] for name in EACH}
        return replace(self, **taken)


EACH = tuple(each.name for each in fields(Trials) if each.name not in ("channels", "sampling_rate"))
"""The attributes that hold one entry for each trial."""


def cut(
    raw: Any,
    labels: Sequence[str] = (),
    *,
    begin: float = 0.5,
    end: float = 3.5,
    band: tuple[float, float] | None = None,
    most: float | None = None,
    subject: str = "1",
    session: str = "1",
) -> Trials:
    """Cut a recording into trials at its annotations.

    Args:
        raw: MNE's object.
        labels: The annotations that begin trials; none: all but those that begin with "BAD".
        begin: From when on, after the annotation, s.
        end: Until when, s.
        band: Filter the recording before, Hz; None: not.
        most: Leave out trials in which a channel swings by more, from its lowest to its highest, µV; None:
            none.
        subject: Whose it is.
        session: Which of the subject's sessions it is.

    Raises:
        ConfigurationError: There are no such annotations, or fewer than two trials of a class are left.
    """
    mne = library("mne")
    if not 0 < end - begin < raw.times[-1]:
        raise ConfigurationError(
            f"a trial from {begin:g} to {end:g} s does not fit a recording of {raw.times[-1]:.1f} s"
        )
    every = [str(name) for name in dict.fromkeys(raw.annotations.description)]
    wanted = [*labels] or [name for name in every if not name.upper().startswith("BAD")]
    missing = [name for name in wanted if name not in every]
    if missing or not wanted:
        raise ConfigurationError(
            f"the recording has no annotation {' or '.join(map(repr, missing)) or 'at all'}; "
            f"it has {listed([*map(repr, every)]) if every else 'none: add them with set_annotations'}"
        )
    loaded = raw.copy().load_data(verbose="ERROR")
    if band is not None:
        loaded = filtered(loaded, band)
    numbers = {name: number for number, name in enumerate(wanted, 1)}
    events, _ = mne.events_from_annotations(loaded, numbers, verbose="ERROR")
    length = round((end - begin) * raw.info["sfreq"])
    first = events[:, 0] - loaded.first_samp + round(begin * raw.info["sfreq"])
    signals = 1e6 * loaded.get_data(picks="eeg")  # without those that are marked bad
    eyes = 1e6 * loaded.get_data(picks="eog") if "eog" in loaded else np.empty((0, signals.shape[1]))
    whole = (first >= 0) & (first + length <= signals.shape[1])
    first, codes = first[whole], events[whole, 2]
    spans = first[:, None] + np.arange(length)
    pieces = signals[:, spans].transpose(1, 0, 2)
    kept = np.ones(len(first), bool) if most is None else np.ptp(pieces, axis=2).max(axis=1) <= most
    names = np.array([wanted[code - 1] for code in codes])[kept]
    few = [f"{counted(int((names == name).sum()), 'trial')} of {name!r}" for name in wanted]
    if any((names == name).sum() < FEWEST for name in wanted):
        raise ConfigurationError(
            f"too few trials are left: {listed(few)}, of {len(events)}; at least {FEWEST} of each are needed"
        )
    return Trials(
        signals=pieces[kept],
        eyes=eyes[:, spans].transpose(1, 0, 2)[kept],
        labels=names,
        subjects=np.full(len(names), subject),
        sessions=np.full(len(names), session),
        begins=first[kept] / raw.info["sfreq"],
        channels=tuple(loaded.copy().pick("eeg").ch_names),
        sampling_rate=float(raw.info["sfreq"]),
    )


def filtered(raw: Any, band: tuple[float, float]) -> Any:
    """Return a recording with only a band of frequencies, by MNE's filter of zero phase.

    Raises:
        ConfigurationError: There is no such band below half of the sampling rate.
    """
    low, high = band
    if not 0 < low < high < raw.info["sfreq"] / 2:
        raise ConfigurationError(
            f"a band from {low:g} to {high:g} Hz does not fit a sampling rate of {raw.info['sfreq']:g} Hz"
        )
    loaded = raw.copy().load_data(verbose="ERROR")
    return loaded.filter(low, high, picks=["eeg", "eog"] if "eog" in loaded else "eeg", verbose="ERROR")


def joined(parts: Sequence[Trials]) -> Trials:
    """Return the trials of several recordings as one.

    Raises:
        ConfigurationError: They have other channels, another sampling rate, or another length.
    """
    first, *others = parts
    for other in others:
        differing = [
            name
            for name, same in (
                ("channels", other.channels == first.channels),
                ("sampling rate", other.sampling_rate == first.sampling_rate),
                ("length", other.signals.shape[2] == first.signals.shape[2]),
                ("eye channels", other.eyes.shape[1] == first.eyes.shape[1]),
            )
            if not same
        ]
        if differing:
            raise ConfigurationError(
                f"trials of subject {other.subjects[0]} differ from those of {first.subjects[0]} in "
                f"{listed(differing)}: pick the channels that both have, and resample"
            )
    whole: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in EACH}
    return replace(first, **whole)
