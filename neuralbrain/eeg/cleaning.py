"""Taking the eyes out of a recording, by independent components."""

import warnings
from typing import Any

from neuralbrain.eeg.extra import library, one_thread
from neuralbrain.eeg.quality import FRONT
from neuralbrain.errors import ConfigurationError

KEPT_VARIANCE = 0.999
"""The share of the variance that the components explain together."""


@one_thread
def without_eyes(raw: Any, seed: int = 0) -> tuple[Any, int]:
    """Return a recording without the components that follow the eyes, and how many those were.

    FastICA (A. Hyvärinen, IEEE Transactions on Neural Networks 10, 1999) of what lies from 1 to 40 Hz; a
    component is taken out that correlates with a channel of the eyes, or where there is none, with one of the
    forehead: z above 3, as MNE tells it. It sees the whole recording, so what is decoded from it afterwards
        has seen its test.

    Args:
        raw: MNE's object.
        seed: Where the search for components begins.

    Raises:
        ConfigurationError: Neither eyes nor forehead have a channel.
    """
    mne = library("mne")
    eyes: dict[str, Any] = {}
    if "eog" not in raw:
        front = [name for name in FRONT if name in raw.ch_names]
        if not front:
            raise ConfigurationError(f"no channel shows the eyes: record EOG, or one of {', '.join(FRONT)}")
        eyes = {"ch_name": front[:2]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # FastICA that has not converged is still a rotation
        cleaned = raw.copy().load_data(verbose="ERROR")
        ica = mne.preprocessing.ICA(KEPT_VARIANCE, random_state=seed, max_iter=500, verbose="ERROR")
        ica.fit(
            cleaned.copy().filter(1.0, min(40.0, raw.info["sfreq"] / 2.5), verbose="ERROR"), verbose="ERROR"
        )
        found, _ = ica.find_bads_eog(cleaned, threshold=3.0, verbose="ERROR", **eyes)
        ica.exclude = found
        return ica.apply(cleaned, verbose="ERROR"), len(found)
