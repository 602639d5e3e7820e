"""Time courses of what the simulated brain does: random, seeded, of a known spectrum."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

Floats = NDArray[np.float64]
LOWEST = 0.5
"""Below it there is no background, Hz: amplifiers take the drift away."""


def background(rng: np.random.Generator, sources: int, samples: int, rate: float) -> Floats:
    """Return noise whose power falls as one over the frequency, of variance 1, shape (sources, samples).

    So does the EEG's without its rhythms: W. S. Pritchard, "The brain in fractal time", International Journal
    of Neuroscience 66 (1992), 119-129.

    Args:
        rng: Where chance comes from.
        sources: How many, independent of each other.
        samples: How long.
        rate: Samples a second, Hz.
    """

    def shape(frequencies: Floats) -> Floats:
        return np.where(frequencies >= LOWEST, 1 / np.sqrt(np.maximum(frequencies, LOWEST)), 0)

    return _shaped(rng, sources, samples, rate, shape)


def rhythm(
    rng: np.random.Generator, sources: int, samples: int, rate: float, frequency: float, width: float
) -> Floats:
    """Return rhythms that wax and wane, of variance 1, shape (sources, samples).

    Args:
        rng: Where chance comes from.
        sources: How many, independent of each other.
        samples: How long.
        rate: Samples a second, Hz.
        frequency: The middle, Hz.
        width: The standard deviation of the band, a Gaussian, Hz.
    """

    def shape(frequencies: Floats) -> Floats:
        return np.asarray(np.exp(-(((frequencies - frequency) / width) ** 2) / 4))

    return _shaped(rng, sources, samples, rate, shape)


def _shaped(
    rng: np.random.Generator, sources: int, samples: int, rate: float, shape: Callable[[Floats], Floats]
) -> Floats:
    """Return Gaussian noise whose amplitude at each frequency is as its shape says, of variance 1."""
    longer = next_fast_len(samples, real=True)  # a length that is a product of small primes
    spectrum = np.fft.rfft(rng.standard_normal((sources, longer)), axis=1)
    signals = np.fft.irfft(
        spectrum * shape(np.asarray(np.fft.rfftfreq(longer, 1 / rate), np.float64)), longer, axis=1
    )[:, :samples]
    return np.asarray(signals / signals.std(axis=1, keepdims=True))


def power_course(
    samples: int, rate: float, begins: Floats, lasts: float, change: Floats, ramp: float
) -> Floats:
    """Return a rhythm's power over time, 1 where nothing happens, shape (samples,).

    Args:
        samples: How long.
        rate: Samples a second, Hz.
        begins: When each event begins, s, shape (events,).
        lasts: For how long, s.
        change: The share of the power that is lost in each event, from 0 to 1; below 0 it is gained.
        ramp: How long it takes to go and to come back, s; each is half of a cosine.
    """
    times = np.arange(samples) / rate
    power = np.ones(samples)
    for begin, lost in zip(begins, change, strict=True):
        first, last = np.searchsorted(times, [begin, begin + lasts + ramp])
        since = times[first:last] - begin
        down, up = np.clip(since / ramp, 0, 1), np.clip((since - lasts) / ramp, 0, 1)
        power[first:last] -= lost * (np.cos(np.pi * up) - np.cos(np.pi * down)) / 2
    return power
