"""Recordings of simulated subjects, with all that is true of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuralbrain.eeg.extra import library, one_thread
from neuralbrain.eeg.eyes import Eyes, gaze, lids, look
from neuralbrain.eeg.head import EVERY, Floats, gains, information
from neuralbrain.eeg.rhythms import background, power_course, rhythm
from neuralbrain.eeg.subject import Anatomy, Subject, anatomy
from neuralbrain.errors import ConfigurationError

CLASSES = ("left", "right", "rest")
"""What a subject can be told to imagine: to move the left hand, the right hand, or nothing."""
LEAD_IN, IMAGERY, PAUSE = 3.0, 4.0, (1.5, 2.5)
"""Before the first cue, of each trial, and between trials at least and at most, s (as in data set 2a of the
BCI Competition IV)."""
DELAY, RAMP = 0.5, 0.5
"""When desynchronisation begins after the cue, and how long it takes, s (Pfurtscheller and Lopes da Silva,
1999)."""
EYE_CHANNELS = ("EOGh", "EOGv")
MICRO = 1e-6
BLINK_HEIGHT, GLANCE_HEIGHT = 120 * MICRO, 30 * MICRO
"""What the most exposed electrode of the whole cap sees of a blink, and of a glance, V."""
BLINK_POINTS, GLANCE_POINTS = (0, 0.5**0.5, 0.5**0.5), (1, 0, 0)
BLINK_SEEN, GLANCE_SEEN, BRAIN_SEEN = 250 * MICRO, 100 * MICRO, 3 * MICRO
"""What the eyes' own channels see of a blink, a glance, and of all else, V."""


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of a simulated recording.

    Attributes:
        labels: What was to be imagined, a trial.
        cues: When, s, shape (trials,).
        anatomy: The head.
        mu: The mu rhythm's frequency in this session, Hz.
        power: The power of the hand areas' mu rhythm, left and right, 1 at rest, shape (2, samples).
        eyes: What the eyes did.
    """

    labels: tuple[str, ...]
    cues: Floats
    anatomy: Anatomy
    mu: float
    power: Floats
    eyes: Eyes


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A recording and its truth.

    Attributes:
        raw: MNE's object, in V, with an annotation of 4 s for each trial, at its cue.
        truth: What is true of it.
    """

    raw: Any
    truth: Truth


@one_thread
def simulate(
    subject: Subject, session: int = 0, *, trials: int = 40, classes: Sequence[str] = CLASSES[:2]
) -> Recording:
    """Record a session of motor imagery.

    Args:
        subject: Who.
        session: Which session, from 0 on: the noise is another, and by `Subject.drift` the head.
        trials: How many of each class, at least 1.
        classes: Some of `CLASSES`.

    Raises:
        ConfigurationError: There is no such class, or fewer than one trial.
    """
    if not classes or len(set(classes)) < len(classes) or not set(classes) <= set(CLASSES):
        raise ConfigurationError(f"the classes are some of {', '.join(CLASSES)}, each once, not {[*classes]}")
    if trials < 1 or session < 0:
        raise ConfigurationError(f"{trials} trials of session {session}: at least 1, and from 0 on")
    rng = np.random.default_rng([subject.seed, 2, session])
    rate, head = subject.sampling_rate, anatomy(subject.seed)
    order = [rng.permutation([*classes]) for _ in range(trials)]
    labels = tuple(str(name) for block in order for name in block)
    cues = LEAD_IN + np.cumsum([0, *(IMAGERY + rng.uniform(*PAUSE, len(labels) - 1))])
    cues = np.round(cues * rate) / rate
    samples = int(np.ceil((cues[-1] + IMAGERY + LEAD_IN) * rate))
    eyes = _eyes(rng, subject, samples / rate, labels, cues)
    brain, power, mu = _brain(rng, subject, head, samples, labels, cues)
    scalp = brain + _seen_of_eyes(subject, head, eyes, samples)
    times = np.arange(samples) / rate
    hum = np.sin(2 * np.pi * subject.line_frequency * times + rng.uniform(0, 2 * np.pi))
    electrodes = len(subject.channels)
    scalp += MICRO * subject.line * np.sqrt(2) * rng.uniform(0.5, 1.5, (electrodes, 1)) * hum
    scalp += MICRO * subject.sensor_noise * rng.standard_normal((electrodes, samples))
    _break(rng, subject, scalp, hum)
    own = EYE_CHANNELS if subject.eye_channels else ()
    if own:
        noise = BRAIN_SEEN * background(rng, 2, samples, rate)
        seen = [GLANCE_SEEN * gaze(eyes, samples, rate), BLINK_SEEN * lids(eyes, samples, rate)]
        scalp = np.vstack([scalp, seen + noise])
    mne = library("mne")
    raw = mne.io.RawArray(scalp, information(subject.channels, rate, own), verbose="ERROR")
    raw.set_annotations(mne.Annotations(cues, IMAGERY, labels), verbose="ERROR")
    truth = Truth(labels=labels, cues=cues, anatomy=head, mu=mu, power=power, eyes=eyes)
    return Recording(raw=raw, truth=truth)


def _eyes(
    rng: np.random.Generator, subject: Subject, seconds: float, labels: Sequence[str], cues: Floats
) -> Eyes:
    sides = np.array([{"left": -1.0, "right": 1.0, "rest": 0.0}[label] for label in labels])
    follow = (rng.random(len(cues)) < subject.cue_glances) & (sides != 0)
    return look(rng, seconds, subject.blinks, subject.glances, cues[follow], sides[follow])


def _brain(
    rng: np.random.Generator,
    subject: Subject,
    head: Anatomy,
    samples: int,
    labels: Sequence[str],
    cues: Floats,
) -> tuple[Floats, Floats, float]:
    """Return what electrodes see of the brain, V, the mu rhythm's power, and its frequency."""
    rate, drift = subject.sampling_rate, subject.drift
    turned = np.radians(3) * drift * rng.standard_normal()
    mu = float(head.mu + 0.4 * drift * rng.standard_normal())
    strength = np.exp(0.3 * drift * rng.standard_normal((len(head.others), 1)))
    places = np.vstack([head.hands, head.others, head.back])
    moments = np.vstack([head.hand_moments, head.other_moments, head.back_moment])
    names = (*subject.channels, "C3", "C4", "Oz")  # the last three give the scale
    seen = gains(names, places, moments, turned)
    to_hands, to_others, to_back = seen[:, :2], seen[:, 2:-1], seen[:, -1:]

    noise = to_others @ (strength * background(rng, len(head.others), samples, rate))
    noise *= MICRO * subject.background / noise.std(axis=1).mean()
    alpha = to_back @ rhythm(rng, 1, samples, rate, head.alpha, 0.8)
    noise += alpha * (MICRO * subject.alpha / alpha[-1].std())

    lost = {"left": (subject.same_side, 1.0), "right": (1.0, subject.same_side), "rest": (0.0, 0.0)}
    shares = subject.erd * np.array([lost[label] for label in labels]).T
    begins, lasts = cues + DELAY, IMAGERY - DELAY
    power = np.stack([power_course(samples, rate, begins, lasts, each, RAMP) for each in shares])
    ends = cues + IMAGERY + RAMP
    after = np.stack(
        [power_course(samples, rate, ends, 1.0, -subject.rebound * (each > 0), RAMP / 2) for each in shares]
    )
    slow, fast = (
        rhythm(rng, 2, samples, rate, frequency, width) for frequency, width in ((mu, 1.5), (2 * mu, 3.0))
    )
    rhythms = np.sqrt(power) * slow + 0.5 * np.sqrt(power * after) * fast
    loud = np.array([_band_amplitude(noise[row], rate) for row in (-3, -2)])  # at C3 and C4
    own = np.array([to_hands[-3, 0], to_hands[-2, 1]])
    scale = (
        subject.snr * loud / np.abs(own) / np.sqrt(1.25)
    )  # the variance of mu and half of beta's amplitude
    whole = noise + to_hands @ (scale[:, None] * rhythms)
    gain = np.exp(0.1 * drift * rng.standard_normal((len(subject.channels), 1)))
    return gain * whole[:-3], power, mu


def _band_amplitude(signal: Floats, rate: float) -> float:
    """Return a signal's amplitude from 8 to 30 Hz, as a root mean square."""
    spectrum, frequencies = np.fft.rfft(signal), np.fft.rfftfreq(len(signal), 1 / rate)
    inside = (frequencies >= 8) & (frequencies <= 30)
    return float(np.fft.irfft(np.where(inside, spectrum, 0), len(signal)).std())


def _seen_of_eyes(subject: Subject, head: Anatomy, eyes: Eyes, samples: int) -> Floats:
    """Return what electrodes see of the eyes, V: dipoles, ahead and up in a blink, sideways in a glance."""
    rate, rows = subject.sampling_rate, [EVERY.index(name) for name in subject.channels]
    moments = np.array([BLINK_POINTS] * 2 + [GLANCE_POINTS] * 2)
    seen = gains(EVERY, np.vstack([head.eyes, head.eyes]), moments)
    course = np.zeros((len(rows), samples))
    for pair, height, motion in (
        (seen[:, :2], BLINK_HEIGHT, lids(eyes, samples, rate)),
        (seen[:, 2:], GLANCE_HEIGHT, gaze(eyes, samples, rate)),
    ):
        both = pair.sum(axis=1)
        course += np.outer(height * both[rows] / np.abs(both).max(), motion)
    return course


def _break(rng: np.random.Generator, subject: Subject, scalp: Floats, hum: Floats) -> None:
    """Do to electrodes what is wrong with them; a bridged one sees what the next in the montage sees."""
    names = subject.channels
    for electrode in sorted(subject.faults):
        row, fault = names.index(electrode), subject.faults[electrode]
        if fault == "flat":
            scalp[row] = 1e-9 * rng.standard_normal(scalp.shape[1])
        elif fault == "noisy":
            scalp[row] += 40 * MICRO * rng.standard_normal(scalp.shape[1])
        elif fault == "line":
            scalp[row] += 40 * MICRO * hum
        else:
            other = (row + 1) % len(names)
            noise = 0.1 * MICRO * rng.standard_normal((2, scalp.shape[1]))
            scalp[[row, other]] = (scalp[row] + scalp[other]) / 2 + noise
