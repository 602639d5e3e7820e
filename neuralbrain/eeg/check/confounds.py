"""Whether it is the brain that is decoded: eyes that follow the cue, a channel that knows too much."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt
from scipy.stats import binom, norm

from neuralbrain.eeg.analysis import Analysis
from neuralbrain.eeg.chance import luck_bound
from neuralbrain.eeg.check.finding import Finding
from neuralbrain.eeg.check.luck import true_chance
from neuralbrain.eeg.extra import library
from neuralbrain.eeg.head import Floats
from neuralbrain.eeg.quality import FRONT
from neuralbrain.eeg.rerun import can_rerun, scores
from neuralbrain.eeg.trials import Names, Trials

SIDES = ("F7", "F8", "AF7", "AF8")
"""Electrodes that see glances, beside those of the forehead."""
RARE = 0.002
"""Eyes and channels decode where luck would less often than this."""
PARTS = 4
"""Into so many parts a window is averaged for its slow course."""
DROP = 0.1
"""If the score falls by so much without the eyes, it was theirs."""
FOLDS, SHRUNK, PERMUTED = 5, 0.1, 50
NEAR = 0.045
"""Electrodes no further apart, m, see the same sources: skin and skull blur what comes from the brain over
some 5 cm (R. Srinivasan et al., Annals of Biomedical Engineering 26, 1998)."""
ALONE = 0.9
"""An electrode without any near it is doubted from this score on; brains seldom do as well on one channel."""


def independent(analysis: Analysis) -> Trials:
    """Return the first window of each trial."""
    _, first = np.unique(analysis.parts_of, return_index=True)
    return analysis.windows.take(first)


def cross_validated(features: Floats, labels: Names) -> NDArray[np.bool_]:
    """Return which labels a linear discriminant says right, cross-validated by parts that are mixed and fair.

    Many sets of features are tried at once: that is why it is not scikit-learn's. The covariance is shrunk by
    `SHRUNK`.

    Args:
        features: Shape (sets, trials, features).
        labels: Shape (trials,).

    Returns:
        Shape (sets, trials).
    """
    names, codes = np.unique(labels, return_inverse=True)
    rng, part = np.random.default_rng(0), np.zeros(len(labels), int)
    for code in range(len(names)):
        own = rng.permutation(np.nonzero(codes == code)[0])
        part[own] = np.arange(len(own)) % FOLDS
    right = np.zeros(features.shape[:2], bool)
    for number in range(FOLDS):
        train, test = part != number, part == number
        middle = features[:, train].mean(axis=1, keepdims=True)
        spread = features[:, train].std(axis=1, keepdims=True)
        scaled = (features - middle) / np.where(spread > 0, spread, 1)
        means = np.stack(
            [scaled[:, train & (codes == code)].mean(axis=1) for code in range(len(names))], axis=1
        )
        rest = scaled[:, train] - means[:, codes[train]]
        pooled = np.einsum("snf,sng->sfg", rest, rest) / train.sum()
        size = np.trace(pooled, axis1=1, axis2=2)[:, None, None] / pooled.shape[1]
        shrunk = (1 - SHRUNK) * pooled + (SHRUNK * size + 1e-9) * np.eye(pooled.shape[1])
        weights = np.linalg.solve(shrunk, means.transpose(0, 2, 1))  # (sets, features, classes)
        offsets = np.einsum("scf,sfc->sc", means, weights) / 2
        said = np.argmax(scaled[:, test] @ weights - offsets[:, None], axis=2)
        right[:, test] = said == codes[test]
    return right


def eye_signals(windows: Trials) -> tuple[Floats, str]:
    """Return what is seen of the eyes, (windows, channels, samples), and by what; perhaps by nothing."""
    if windows.eyes.shape[1]:
        return windows.eyes, "the eyes' own channels"
    rows = [row for row, name in enumerate(windows.channels) if name in (*FRONT, *SIDES)]
    return windows.signals[:, rows], "the forehead's channels"


def eyes(analysis: Analysis) -> Iterator[Finding]:
    """Find eyes that tell the classes apart, and say what is left without them."""
    trials = independent(analysis)
    seen, by = eye_signals(trials)
    if not seen.shape[1] or seen.std() == 0:
        return
    slow = [piece.mean(axis=2) for piece in np.array_split(seen, PARTS, axis=2)]
    features, level = np.hstack(slow)[None], true_chance(analysis)
    (right,) = cross_validated(features, trials.labels)
    if right.mean() < luck_bound(len(trials), level, RARE) or right.mean() <= _by_luck(
        features, trials.labels
    ):
        return
    evidence = {"eyes_alone": float(right.mean()), "chance": level}
    said, sure = f"From {by} alone the classes are told with {right.mean():.2f}; chance is {level:.2f}", False
    if not can_rerun(analysis):
        (whole,) = scores(analysis, [analysis.labels])
        (left,) = scores(analysis, [analysis.labels], signals=regressed(analysis.windows))
        evidence |= {"as_described": whole, "eyes_regressed_out": left}
        said += f". The score is {whole:.2f}, and {left:.2f} with the eyes regressed out"
        luck = luck_bound(analysis.independent, level)
        sure = whole >= luck and (whole - left >= DROP or left < luck)
    yield Finding(
        kind="eyes",
        sure=sure,
        said=f"{said}.",
        do="Regress the eyes out, begin windows later, and show the cue in the middle.",
        evidence=evidence,
    )


def _by_luck(features: Floats, labels: Names) -> float:
    """Return what permuted labels exceed as rarely as `RARE` says, taken for normal: folds share trials.

    So they reach further than the binomial distribution says.
    """
    rng = np.random.default_rng(0)
    reached = [cross_validated(features, rng.permutation(labels)).mean() for _ in range(PERMUTED)]
    return float(np.mean(reached) + norm.isf(RARE) * np.std(reached, ddof=1))


def regressed(windows: Trials) -> Floats:
    """Return signals without what is proportional to the eyes' (Gratton et al., 1983), of the same shape."""
    seen, _ = eye_signals(windows)
    flat_eyes = np.concatenate([*(seen - seen.mean(axis=2, keepdims=True))], axis=1)
    centred = windows.signals - windows.signals.mean(axis=2, keepdims=True)
    weights = np.linalg.lstsq(flat_eyes.T, np.concatenate([*centred], axis=1).T, rcond=None)[0]
    return np.asarray(windows.signals - np.einsum("kc,nks->ncs", weights, seen))


def channel(analysis: Analysis) -> Iterator[Finding]:
    """Find a channel that decodes by itself where those beside it do not: no source is so narrow."""
    trials = independent(analysis)
    count, level = len(trials), true_chance(analysis)
    if len(trials.channels) < 2:
        return
    right = cross_validated(_channel_features(trials), trials.labels)
    shares = right.mean(axis=1)
    bound = luck_bound(count, level, RARE / len(shares))
    places = _places(trials.channels)
    for best in np.argsort(-shares, kind="stable")[:2]:
        if shares[best] < bound:
            return
        near = [
            other
            for other in range(len(shares))
            if other != best and np.linalg.norm(places[other] - places[best]) <= NEAR
        ]
        others = near or [other for other in range(len(shares)) if other != best]
        rival = max(others, key=lambda other: shares[other])
        if (not near and shares[best] < ALONE) or not _better(right[best], right[rival]):
            continue
        name, next_best = trials.channels[best], trials.channels[rival]
        yield Finding(
            kind="channel",
            sure=False,
            said=f"{name} alone tells the classes with {shares[best]:.2f}; {next_best}, the best "
            f"{'beside it' if near else 'of the others'}, with {shares[rival]:.2f}.",
            do=f"Look at {name}: a trigger, a loose electrode or the mains tell classes so; leave it out.",
            evidence={"alone": float(shares[best]), "next": float(shares[rival]), "chance": level},
        )


def _better(one: Any, other: Any) -> bool:
    """Whether one is right more often than the other, by McNemar's test."""
    wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
    return wins + losses > 0 and float(binom.sf(wins - 1, wins + losses, 0.5)) < RARE


def _channel_features(trials: Trials) -> Floats:
    """Return level, swing and power in four bands of each channel, shape (channels, trials, 6)."""
    signals, rate = trials.signals, trials.sampling_rate
    bands = [(1.0, 8.0), (8.0, 13.0), (13.0, 30.0), (30.0, 0.45 * rate)]
    filters = [butter(2, band, "bandpass", fs=rate, output="sos") for band in bands if band[0] < band[1]]
    powers = [np.log(sosfiltfilt(each, signals, axis=2).var(axis=2) + 1e-9) for each in filters]
    return np.stack([signals.mean(axis=2), np.ptp(signals, axis=2), *powers], axis=2).transpose(1, 0, 2)


def _places(names: tuple[str, ...]) -> Floats:
    """Return where electrodes are, m; far away where that is not known."""
    known = library("mne").channels.make_standard_montage("colin27_1005").get_positions()["ch_pos"]
    return np.stack([np.asarray(known.get(name, np.full(3, 1e3 + row))) for row, name in enumerate(names)])
