"""Recordings that several tests look at, made once."""

import pytest


@pytest.fixture(scope="session")
def recording():
    """A simulated recording of 12 trials of each hand, 19 electrodes."""
    pytest.importorskip("mne", reason="the extra `eeg` is not installed")
    from neuralbrain.eeg.simulation import simulate
    from neuralbrain.eeg.subject import Subject

    return simulate(Subject(montage="ten-twenty19"), trials=12)
