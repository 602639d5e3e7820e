"""What simulated eyes do, and when: blinks, and glances to the side, by chance or led by the cue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLINK = 0.3
"""How long a blink lasts, s; the lids close and open in 0.1 to 0.4 s (Schiffman, Sensation and Perception,
2001)."""
GLANCE_TAKES = 0.05
"""How long the eyes move in a glance, s (A. T. Bahill et al., "The main sequence", Mathematical Biosciences
24, 1975: 40 to 60 ms for 10 to 15 degrees)."""
LEAST_AWAY, MOST_AWAY = 0.4, 1.2
"""How long the eyes stay to the side, s."""
LATENCY, LATENCY_SPREAD = 0.25, 0.05
"""How long after a cue the eyes follow it, s: mean and standard deviation."""
FADES = 1.6
"""The time constant by which an amplifier with a high pass of 0.1 Hz forgets where the eyes look, s."""


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """What the eyes did.

    Attributes:
        blinks: When each blink begins, s.
        glances: When each glance begins, s.
        sides: Where each goes: -1 left, 1 right.
        away: For how long, s.
    """

    blinks: Floats
    glances: Floats
    sides: Floats
    away: Floats


def look(
    rng: np.random.Generator, seconds: float, blinks: float, glances: float, cues: Floats, sides: Floats
) -> Eyes:
    """Return what eyes do by chance and after cues.

    Args:
        rng: Where chance comes from.
        seconds: How long the recording lasts.
        blinks: How many a minute, on average.
        glances: How many a minute, on average, apart from those after cues.
        cues: When each cue comes that the eyes follow, s.
        sides: Where it sends them: -1 left, 1 right.
    """
    blinked = _times(rng, seconds, blinks)
    free = _times(rng, seconds, glances)
    led = cues + LATENCY + LATENCY_SPREAD * rng.standard_normal(len(cues))
    when = np.concatenate([free, led])
    where = np.concatenate([rng.choice([-1.0, 1.0], len(free)), sides])
    return Eyes(blinks=blinked, glances=when, sides=where, away=rng.uniform(LEAST_AWAY, MOST_AWAY, len(when)))


def _times(rng: np.random.Generator, seconds: float, a_minute: float) -> Floats:
    count = rng.poisson(a_minute * seconds / 60)
    return np.sort(rng.uniform(0, seconds, count), kind="stable")


def lids(eyes: Eyes, samples: int, rate: float) -> Floats:
    """Return how far the lids are closed, from 0 to 1, shape (samples,)."""
    times, course = np.arange(samples) / rate, np.zeros(samples)
    for begin in eyes.blinks:
        first, last = np.searchsorted(times, [begin, begin + BLINK])
        course[first:last] += np.sin(np.pi * (times[first:last] - begin) / BLINK) ** 2
    return course


def gaze(eyes: Eyes, samples: int, rate: float) -> Floats:
    """Return where the eyes look as an amplifier sees it, 1 after a glance to the right, shape (samples,)."""
    times, course = np.arange(samples) / rate, np.zeros(samples)
    steps = [*zip(eyes.glances, eyes.sides), *zip(eyes.glances + eyes.away, -eyes.sides)]  # noqa: B905
    for begin, side in steps:
        first = int(np.searchsorted(times, begin))
        since = times[first:] - begin
        course[first:] += side * np.clip(since / GLANCE_TAKES, 0, 1) * np.exp(-since / FADES)
    return course
