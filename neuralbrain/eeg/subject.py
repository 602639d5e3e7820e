"""A simulated subject: what is chosen of it, and what its seed makes of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from neuralbrain.eeg.head import Floats, channels, direction_of, inside
from neuralbrain.errors import ConfigurationError, UnknownNameError

SOURCES = 60
"""How many places in the brain make the background."""
FAULTS = ("flat", "noisy", "line", "bridged")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person who imagines to move a hand. The same subject and session give the same recording.

    Attributes:
        seed: What chance gives: anatomy, frequencies, noise.
        montage: Where the electrodes sit: one of `head.MONTAGES`.
        sampling_rate: Hz, from 64 to 2,000.
        erd: The share of the power of the mu and beta rhythms that is lost over the hand area of the other
            side while a movement is imagined (event-related desynchronisation), from 0 to 0.95. Pfurtscheller
            and Lopes da Silva, Clinical Neurophysiology 110 (1999), 1842-1857, show 0.3 to 0.7 for movements.
        same_side: The share of `erd` that is lost over the hand area of the same side, from 0 to 1.
        rebound: The share by which beta rises in the second after the imagery, from 0 to 2 (the same source:
            it rises after movements).
        snr: How strong these rhythms are above the hand area, against all else there from 8 to 30 Hz, at
            rest: a ratio of amplitudes, from 0 to 10.
        background: What else the brain does: the mean amplitude over the scalp, µV, from 1 to 50.
        alpha: The rhythm of the back of the head, which has nothing to do with the task: µV above it, from 0
            to 50.
        sensor_noise: White noise of each electrode, µV, from 0.1 to 20.
        line: The mains' hum, µV, from 0 to 50.
        line_frequency: 50 or 60 Hz.
        blinks: How many a minute, from 0 to 60 (A. R. Bentivoglio et al., Movement Disorders 12, 1997: 17 at
            rest).
        glances: How many glances to the side a minute, by chance, from 0 to 60.
        cue_glances: The share of trials in which the eyes follow the cue to the left or the right, from 0 to
            1: an artefact that tells the classes apart without any brain.
        drift: How much sessions differ, from 0 (not) to 3. At 1 the cap is turned by 3 degrees, electrodes
            differ by 10 % in gain, each source of the background by 30 %, and the rhythms by 0.4 Hz: standard
            deviations.
        faults: Electrode -> what is wrong with it: one of `FAULTS`.
        eye_channels: Whether the eyes have channels of their own, EOGh and EOGv.
    """

    seed: int = 0
    montage: str = "motor22"
    sampling_rate: float = 128.0
    erd: float = 0.5
    same_side: float = 0.2
    rebound: float = 0.3
    snr: float = 0.8
    background: float = 10.0
    alpha: float = 6.0
    sensor_noise: float = 1.0
    line: float = 1.0
    line_frequency: float = 50.0
    blinks: float = 15.0
    glances: float = 6.0
    cue_glances: float = 0.0
    drift: float = 1.0
    faults: Mapping[str, str] = field(default_factory=dict)
    eye_channels: bool = True

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            ConfigurationError: One is out of its range, or there is no such montage, electrode or fault.
        """
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
                raise ConfigurationError(
                    f"a subject's {name} is a number from {least:g} to {most:g}, not {value!r}"
                )
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or self.seed < 0:
            raise ConfigurationError(f"a subject's seed is a whole number from 0 on, not {self.seed!r}")
        if self.line_frequency not in (50, 60):
            raise ConfigurationError(f"a subject's line_frequency is 50 or 60, not {self.line_frequency!r}")
        names = channels(self.montage)
        for electrode, fault in self.faults.items():
            if electrode not in names:
                raise UnknownNameError(f"electrode of montage {self.montage!r}", electrode, names)
            if fault not in FAULTS:
                raise UnknownNameError("fault of an electrode", fault, FAULTS)

    @property
    def channels(self) -> tuple[str, ...]:
        """The electrodes."""
        return channels(self.montage)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all that can be chosen."""
        return tuple(each.name for each in fields(cls))


RANGES = {
    "sampling_rate": (64, 2000),
    "erd": (0, 0.95),
    "same_side": (0, 1),
    "rebound": (0, 2),
    "snr": (0, 10),
    "background": (1, 50),
    "alpha": (0, 50),
    "sensor_noise": (0.1, 20),
    "line": (0, 50),
    "blinks": (0, 60),
    "glances": (0, 60),
    "cue_glances": (0, 1),
    "drift": (0, 3),
}
"""The least and the most of each number."""


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """What the seed makes of a head, the same in every session.

    Attributes:
        hands: The hand areas, left and right, m, shape (2, 3).
        hand_moments: Their directions, shape (2, 3).
        others: The sources of the background, m, shape (`SOURCES`, 3).
        other_moments: Their directions, shape (`SOURCES`, 3).
        back: The source of alpha, m, shape (1, 3).
        back_moment: Its direction, shape (1, 3).
        eyes: The eyes, below the forehead's electrodes, in the sphere of the brain, which sees no bone; m,
            shape (2, 3).
        mu: The mu rhythm's frequency, Hz; beta's is twice as high.
        alpha: The alpha rhythm's frequency, Hz.
    """

    hands: Floats
    hand_moments: Floats
    others: Floats
    other_moments: Floats
    back: Floats
    back_moment: Floats
    eyes: Floats
    mu: float
    alpha: float


def anatomy(seed: int) -> Anatomy:
    """Return a subject's head.

    The hand areas lie below C3 and C4, 10 to 15 mm below the brain's surface, a few degrees off, and point
    outwards within 20 degrees, for one that lies along the surface would be seen elsewhere.
    """
    rng = np.random.default_rng([seed, 1])
    above = np.stack([direction_of("C3"), direction_of("C4")])
    hands = inside(above + 0.08 * rng.standard_normal((2, 3)), rng.uniform(0.12, 0.18, 2))
    others = _unit(rng.standard_normal((SOURCES, 3)) + (0, 0, 0.5))
    back = direction_of("Oz")[None] + 0.1 * rng.standard_normal((1, 3))
    return Anatomy(
        hands=hands,
        hand_moments=_unit(above + 0.2 * rng.standard_normal((2, 3))),
        others=inside(others, rng.uniform(0.1, 0.6, SOURCES)),
        other_moments=_unit(rng.standard_normal((SOURCES, 3))),
        back=inside(back, 0.2),
        back_moment=_unit(back),
        eyes=inside(np.stack([direction_of(name) - (0, 0, 0.4) for name in ("Fp1", "Fp2")]), 0.1),
        mu=float(rng.uniform(9, 12)),
        alpha=float(rng.uniform(9, 11.5)),
    )


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
