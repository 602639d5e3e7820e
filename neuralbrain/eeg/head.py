"""The simulated head: electrodes on it, and how strongly each sees a source inside it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.eeg.extra import library
from neuralbrain.errors import UnknownNameError

Floats = NDArray[np.float64]

_MONTAGES = {
    "motor3": "C3 Cz C4",
    "consumer14": "AF3 F7 F3 FC5 T7 P7 O1 O2 P8 T8 FC6 F4 F8 AF4",
    "motor22": "Fz FC3 FC1 FCz FC2 FC4 C5 C3 C1 Cz C2 C4 C6 CP3 CP1 CPz CP2 CP4 P1 Pz P2 POz",
    "ten-twenty19": "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 O2",
    "cap64": (
        "Fp1 AF7 AF3 F1 F3 F5 F7 FT7 FC5 FC3 FC1 C1 C3 C5 T7 TP7 CP5 CP3 CP1 P1 P3 P5 P7 P9 PO7 PO3 O1 Iz "
        "Oz POz Pz CPz Fpz Fp2 AF8 AF4 AFz Fz F2 F4 F6 F8 FT8 FC6 FC4 FC2 FCz Cz C2 C4 C6 T8 TP8 CP6 CP4 "
        "CP2 P2 P4 P6 P8 P10 PO8 PO4 O2"
    ),
}
MONTAGES: dict[str, tuple[str, ...]] = {name: tuple(text.split()) for name, text in _MONTAGES.items()}
"""Where electrodes sit, by the names of the 10-10 system. "motor3" and "motor22" are those of data sets 2b
and 2a of the BCI Competition IV, "consumer14" is that of the Emotiv EPOC, "cap64" BioSemi's cap of 64."""

EVERY = tuple(dict.fromkeys(name for names in MONTAGES.values() for name in names))


def channels(montage: str) -> tuple[str, ...]:
    """Return a montage's electrodes.

    Raises:
        UnknownNameError: There is no such montage.
    """
    if montage not in MONTAGES:
        raise UnknownNameError("montage", montage, MONTAGES)
    return MONTAGES[montage]


def information(names: Sequence[str], sampling_rate: float, eyes: Sequence[str] = ()) -> Any:
    """Return MNE's description of a recording: channels with their places.

    Args:
        names: Electrodes of the 10-10 system.
        sampling_rate: Hz.
        eyes: Names of channels of the eyes, after the others.
    """
    mne = library("mne")
    kinds = ["eeg"] * len(names) + ["eog"] * len(eyes)
    info = mne.create_info([*names, *eyes], sampling_rate, kinds, verbose="ERROR")
    info.set_montage(_standard(), match_case=True, on_missing="ignore", verbose="ERROR")
    return info


@cache
def _standard() -> Any:
    return library("mne").channels.make_standard_montage("colin27_1005")


@cache
def _sphere() -> Any:
    """Return MNE's sphere of four shells (brain, fluid, skull, skin) that fits the electrodes."""
    info = information(EVERY, 100.0)
    return library("mne").make_sphere_model("auto", "auto", info, verbose="ERROR")


def inside(directions: Floats, depth: Floats | float) -> Floats:
    """Return places in the brain, m, shape (n, 3).

    Args:
        directions: From the middle of the head; x to the right, y ahead, z up. Shape (n, 3), of any length.
        depth: How far below the brain's surface, as a share of its radius: from 0 to 1.
    """
    sphere = _sphere()
    radius = sphere["layers"][0]["rad"]  # the innermost shell: the brain
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return np.asarray(sphere["r0"] + unit * radius * (1 - np.reshape(depth, (-1, 1))))


def direction_of(name: str) -> Floats:
    """Return the direction of an electrode from the middle of the head, of length one, shape (3,)."""
    info = information((name,), 100.0)
    away = info["chs"][0]["loc"][:3] - _sphere()["r0"]
    return np.asarray(away / np.linalg.norm(away))


def gains(names: Sequence[str], places: Floats, moments: Floats, turned: float = 0.0) -> Floats:
    """Return how each electrode sees each source, V for a dipole of 1 A m, shape (electrodes, sources).

    Against an average reference over the whole cap, by Berg and Scherg's approximation of the sphere, as MNE
    has it.

    Args:
        names: The electrodes.
        places: Where the sources are, m, shape (sources, 3).
        moments: Their directions, each of length one, shape (sources, 3).
        turned: How far the cap has been turned about the vertical since it was put on, rad, to the left.
    """
    mne, sphere = library("mne"), _sphere()
    middle = sphere["r0"]
    cos, sin = np.cos(turned), np.sin(turned)
    back = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    places, moments = (places - middle) @ back.T + middle, moments @ back.T  # the head turns below the cap
    info = information(EVERY, 100.0)
    sources = mne.setup_volume_source_space(
        pos={"rr": places, "nn": moments}, sphere_units="m", verbose="ERROR"
    )
    solution = mne.make_forward_solution(
        info, trans=None, src=sources, bem=sphere, meg=False, eeg=True, mindist=0.0, verbose="ERROR"
    )
    fixed = mne.convert_forward_solution(solution, force_fixed=True, use_cps=False, verbose="ERROR")
    whole = np.asarray(fixed["sol"]["data"], np.float64)
    whole = whole - whole.mean(axis=0)
    return np.asarray(whole[[EVERY.index(name) for name in names]])
