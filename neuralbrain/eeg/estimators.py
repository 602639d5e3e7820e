"""The steps of decoders that are neither scikit-learn's nor pyRiemann's, in scikit-learn's manner.

This module needs the extra ``eeg`` to be imported.
"""

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from pyriemann.spatialfilters import CSP
from scipy.signal import butter, sosfiltfilt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import FastICA
from sklearn.feature_selection import SelectKBest, mutual_info_classif

from neuralbrain.eeg.head import Floats

FILTER_BANK = tuple((float(low), float(low + 4)) for low in range(4, 40, 4))
"""The bands of the filter bank, Hz: K. K. Ang et al., "Filter bank common spatial pattern", Frontiers in
Neuroscience 6 (2012), 39, as are four filters a band and the choice by mutual information."""


class Fixed(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """A step that learns nothing: trials do not know of each other."""

    def fit(self, signals: Floats, labels: Any = None) -> "Fixed":
        """Learn nothing."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True


class Band(Fixed):
    """Keeps a band of each trial, forwards and backwards, by Butterworth's filter of order 4.

    Args:
        low: Hz.
        high: Hz; cut down to 0.45 of the sampling rate where that is lower.
        sampling_rate: Hz.
    """

    def __init__(self, low: float, high: float, sampling_rate: float) -> None:
        self.low, self.high, self.sampling_rate = low, high, sampling_rate

    def transform(self, signals: Floats) -> Floats:
        """Return the band, shape as that of the signals: (trials, channels, samples)."""
        edges = (self.low, min(self.high, 0.45 * self.sampling_rate))
        sos = butter(4, edges, "bandpass", fs=self.sampling_rate, output="sos")
        return np.asarray(sosfiltfilt(sos, signals, axis=-1))


class Covariance(Fixed):
    """Returns each trial's covariance, shrunk as `sklearn.covariance.oas` shrinks it.

    Y. Chen et al., "Shrinkage algorithms for MMSE covariance estimation", IEEE Transactions on Signal
    Processing 58 (2010). All at once it is some twenty times as quick as one after the other.
    """

    def transform(self, signals: Floats) -> Floats:
        """Return covariances, shape (trials, channels, channels)."""
        channels, samples = signals.shape[1:]
        centred = signals - signals.mean(axis=2, keepdims=True)
        plain = centred @ centred.transpose(0, 2, 1) / samples
        mean = np.trace(plain, axis1=1, axis2=2) / channels
        square = (plain**2).mean(axis=(1, 2))
        below = (samples + 1) * (square - mean**2 / channels)
        share = np.minimum(1, (square + mean**2) / np.where(below > 0, below, np.inf))
        share = np.where(below > 0, share, 1)[:, None, None]
        return np.asarray((1 - share) * plain + share * mean[:, None, None] * np.eye(channels))


class FilterBank(Fixed):
    """Returns each trial's covariance in each of many bands.

    Args:
        sampling_rate: Hz; bands that begin above 0.4 of it are left out.
        bands: Hz.
    """

    def __init__(self, sampling_rate: float, bands: Sequence[tuple[float, float]] = FILTER_BANK) -> None:
        self.sampling_rate, self.bands = sampling_rate, bands

    def transform(self, signals: Floats) -> Floats:
        """Return covariances, shape (trials, bands, channels, channels)."""
        bands = [band for band in self.bands if band[0] < 0.4 * self.sampling_rate]
        parts = [Covariance().transform(Band(*band, self.sampling_rate).transform(signals)) for band in bands]
        return np.stack(parts, axis=1)


class FilterBankCSP(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Common spatial patterns in many bands, and of their features those that say most of the labels.

    Args:
        filters: How many spatial filters a band.
        keep: How many features are kept.
        seed: Of the noise that breaks ties between features.
    """

    def __init__(self, filters: int = 4, keep: int = 8, seed: int = 0) -> None:
        self.filters, self.keep, self.seed = filters, keep, seed

    def fit(self, covariances: Floats, labels: Any) -> "FilterBankCSP":
        """Learn filters, choose features; covariances are of shape (trials, bands, channels, channels)."""
        bands = range(covariances.shape[1])
        self.patterns_ = [CSP(self.filters).fit(covariances[:, band], labels) for band in bands]
        score = partial(mutual_info_classif, random_state=self.seed)
        features = self._features(covariances)
        self.choice_ = SelectKBest(score, k=min(self.keep, features.shape[1])).fit(features, labels)
        return self

    def transform(self, covariances: Floats) -> Floats:
        """Return the features, shape (trials, keep)."""
        return np.asarray(self.choice_.transform(self._features(covariances)))

    def _features(self, covariances: Floats) -> Floats:
        return np.hstack(
            [pattern.transform(covariances[:, band]) for band, pattern in enumerate(self.patterns_)]
        )


class NormaliseWindow(Fixed):
    """Brings each channel of each window to mean 0 and variance 1."""

    def transform(self, signals: Floats) -> Floats:
        """Return signals of the same shape."""
        spread = signals.std(axis=-1, keepdims=True)
        return np.asarray((signals - signals.mean(axis=-1, keepdims=True)) / np.where(spread > 0, spread, 1))


class Normalise(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Brings each channel (or feature) to mean 0 and variance 1 over all that it learns from."""

    def fit(self, signals: Floats, labels: Any = None) -> "Normalise":
        """Learn means and spreads, from shape (trials, channels, samples) or (trials, features)."""
        over = (0, 2) if signals.ndim == 3 else 0
        self.mean_ = signals.mean(axis=over, keepdims=True)
        spread = signals.std(axis=over, keepdims=True)
        self.spread_ = np.where(spread > 0, spread, 1)
        return self

    def transform(self, signals: Floats) -> Floats:
        """Return signals of the same shape."""
        return np.asarray((signals - self.mean_) / self.spread_)


class Components(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Independent components of the channels, by FastICA.

    Args:
        parts: How many; 0: as many as there are channels.
    """

    def __init__(self, parts: int = 0) -> None:
        self.parts = parts

    def fit(self, signals: Floats, labels: Any = None) -> "Components":
        """Learn the components of signals of shape (trials, channels, samples)."""
        flat = np.concatenate([*signals], axis=1).T
        ica = FastICA(self.parts or None, random_state=0, max_iter=100, tol=1e-3, whiten="unit-variance")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged it is a rotation still
            self.ica_ = ica.fit(flat)
        return self

    def transform(self, signals: Floats) -> Floats:
        """Return the components' courses, shape (trials, parts, samples)."""
        return np.stack([self.ica_.transform(each.T).T for each in signals])


class Power(Fixed):
    """Returns the logarithm of each channel's variance in each window."""

    def transform(self, signals: Floats) -> Floats:
        """Return features, shape (trials, channels)."""
        return np.asarray(np.log(signals.var(axis=-1) + 1e-12))


class Means(Fixed):
    """Returns what each channel is on average in each of a window's parts.

    Args:
        parts: Into how many a window is divided.
    """

    def __init__(self, parts: int = 8) -> None:
        self.parts = parts

    def transform(self, signals: Floats) -> Floats:
        """Return features, shape (trials, channels * parts)."""
        pieces = [piece.mean(axis=-1) for piece in np.array_split(signals, self.parts, axis=-1)]
        return np.concatenate(pieces, axis=1)
