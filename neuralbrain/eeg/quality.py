"""How good a recording is: channels that see nothing or too much, hum, blinks, trials that are left."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

from neuralbrain.eeg.head import Floats
from neuralbrain.errors import ConfigurationError
from neuralbrain.words import counted

FLAT = 0.5
"""A channel whose amplitude from 1 to 40 Hz is below it sees nothing, µV."""
NOISY_TIMES, NOISY_SPREADS = 3.0, 5.0
"""A channel is noisy whose amplitude from 20 to 40 Hz is so many times the median, and so many robust
standard deviations above it (the latter: N. Bigdely-Shamlo et al., "The PREP pipeline", Frontiers in
Neuroinformatics 9, 2015)."""
HUM = 10.0
"""A channel in which the mains are louder, µV, hums."""
BRIDGED = 1.0
"""Two electrodes are joined by gel if their difference has less variance, µV² (below the 3 µV² of D. M.
Alschuler et al., Clinical Neurophysiology 125, 2014, for even low-noise caps of 64 stay above it)."""
BLINK = 50.0
"""How high a blink is at least in the band from 1 to 10 Hz, µV."""
SWING = 150.0
"""A trial is kept if no channel swings by more from 1 to 40 Hz, µV."""
FRONT = ("Fp1", "Fp2", "Fpz", "AF7", "AF8", "AF3", "AF4")


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What was found.

    Attributes:
        seconds: How long the recording is.
        sampling_rate: Hz.
        amplitudes: Electrode -> amplitude from 1 to 40 Hz, µV.
        flat: Electrodes that see nothing.
        noisy: Those that see much more than the others at high frequencies.
        humming: Those in which the mains are loud.
        bridged: Pairs that see the same.
        hum: The median amplitude of the mains, µV.
        blinks_per_minute: None where no channel shows them.
        trials: Label -> how many there are.
        kept: Label -> how many are calm enough on all electrodes that are neither flat nor noisy.
    """

    seconds: float
    sampling_rate: float
    amplitudes: Mapping[str, float]
    flat: Sequence[str]
    noisy: Sequence[str]
    humming: Sequence[str]
    bridged: Sequence[tuple[str, str]]
    hum: float
    blinks_per_minute: float | None
    trials: Mapping[str, int]
    kept: Mapping[str, int]

    @property
    def bad(self) -> tuple[str, ...]:
        """The electrodes to leave out: flat, noisy, humming ones, and the second of each bridge."""
        found = {*self.flat, *self.noisy, *self.humming, *(second for _, second in self.bridged)}
        return tuple(name for name in self.amplitudes if name in found)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "bridged": [[*pair] for pair in self.bridged], "bad": [*self.bad]}

    def lines(self) -> list[str]:
        """Return it in words."""
        usual = float(np.median([*self.amplitudes.values()]))
        said = [
            f"{counted(len(self.amplitudes), 'electrode')}: {self.seconds:.0f} s, {self.sampling_rate:g} Hz",
            f"median amplitude {usual:.1f} µV, hum {self.hum:.1f} µV",
        ]
        for name in ("flat", "noisy", "humming"):
            said += [f"{name}: {', '.join(getattr(self, name))}"] if getattr(self, name) else []
        said += [f"bridged: {', '.join(map(' and '.join, self.bridged))}"] if self.bridged else []
        blinks = self.blinks_per_minute
        said.append("blinks: no channel shows them" if blinks is None else f"blinks: {blinks:.0f} a minute")
        said += [
            f"trials of {name!r}: {self.kept[name]} of {count} calm enough"
            for name, count in self.trials.items()
        ]
        return said


def quality(raw: Any, *, line_frequency: float = 50.0, begin: float = 0.0, end: float = 4.0) -> Quality:
    """Look at a recording.

    Args:
        raw: MNE's object.
        line_frequency: The mains', Hz.
        begin: When trials begin after their annotations, s.
        end: When they end, s.

    Raises:
        ConfigurationError: It has no electrodes, or is sampled too slowly or briefly to tell.
    """
    rate = float(raw.info["sfreq"])
    if "eeg" not in raw or rate <= 80 or raw.times[-1] < 2:
        raise ConfigurationError(
            "a recording's quality is told from electrodes, above 80 Hz, for 2 s at least"
        )
    names = raw.copy().pick("eeg", exclude=[]).ch_names
    signals = raw.get_data(picks=names) * 1e6
    middle = _band(signals, rate, 1, 40)
    amplitudes = middle.std(axis=1)
    flat = amplitudes < FLAT
    high = _band(signals, rate, 20, 40).std(axis=1)
    usual = high[~flat] if (~flat).any() else high
    median = np.median(usual)
    spread = 1.4826 * np.median(np.abs(usual - median))
    noisy = (high > NOISY_TIMES * median) & (high > median + NOISY_SPREADS * spread)
    hum = (
        _band(signals, rate, line_frequency - 1, line_frequency + 1).std(axis=1)
        if line_frequency + 1 < rate / 2
        else np.zeros(len(names))
    )
    calm = ~(flat | noisy)
    trials, kept = _trials(raw, middle[calm], begin, end)
    return Quality(
        seconds=float(raw.times[-1]),
        sampling_rate=rate,
        amplitudes={name: float(value) for name, value in zip(names, amplitudes, strict=True)},
        flat=_those(names, flat),
        noisy=_those(names, noisy),
        humming=_those(names, hum > HUM),
        bridged=_bridges(names, middle, calm),
        hum=float(np.median(hum)),
        blinks_per_minute=_blinks(raw, names, signals, rate),
        trials=trials,
        kept=kept,
    )


def _band(signals: Floats, rate: float, low: float, high: float) -> Floats:
    return np.asarray(
        sosfiltfilt(butter(4, (low, high), "bandpass", fs=rate, output="sos"), signals, axis=-1)
    )


def _those(names: Sequence[str], which: Any) -> tuple[str, ...]:
    return tuple(name for name, found in zip(names, which, strict=True) if found)


def _bridges(names: Sequence[str], signals: Floats, calm: Any) -> tuple[tuple[str, str], ...]:
    """Return the pairs whose difference varies too little, by the variance of a difference."""
    covariance = np.cov(signals)
    own = np.diag(covariance)
    apart = own[:, None] + own[None] - 2 * covariance
    first, second = np.nonzero(np.triu(apart < BRIDGED, 1))
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return tuple((names[i], names[j]) for i, j in pairs if calm[i] and calm[j])


def _blinks(raw: Any, names: Sequence[str], signals: Floats, rate: float) -> float | None:
    """Return how many blinks a minute the eyes' channels show, or the front of the head."""
    eyes = [name for name in raw.ch_names if name in _of_kind(raw, "eog")]
    vertical = [name for name in eyes if "v" in name.lower()] or eyes
    if vertical:
        seen = raw.get_data(picks=vertical) * 1e6
    elif front := [row for row, name in enumerate(names) if name in FRONT]:
        seen = signals[front]
    else:
        return None
    slow = _band(seen, rate, 1, 10).mean(axis=0)
    slow = slow if abs(slow.max()) > abs(slow.min()) else -slow
    peaks, _ = find_peaks(slow, height=BLINK, distance=max(1, int(0.3 * rate)))
    return float(60 * len(peaks) / raw.times[-1])


def _of_kind(raw: Any, kind: str) -> list[str]:
    return [name for name, found in zip(raw.ch_names, raw.get_channel_types(), strict=True) if found == kind]


def _trials(raw: Any, signals: Floats, begin: float, end: float) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many trials there are of each label, and how many are calm."""
    rate = raw.info["sfreq"]
    total: dict[str, int] = {}
    calm: dict[str, int] = {}
    for annotation in raw.annotations:
        label = str(annotation["description"])
        if label.upper().startswith("BAD"):
            continue
        first = round((annotation["onset"] - raw.first_time + begin) * rate)
        piece = signals[:, max(first, 0) : first + round((end - begin) * rate)]
        total[label] = total.get(label, 0) + 1
        calm[label] = calm.get(label, 0) + bool(piece.size and np.ptp(piece, axis=1).max() <= SWING)
    return total, calm
