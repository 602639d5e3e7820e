"""Simulated subjects do what their truth says."""

import numpy as np
import pytest

pytest.importorskip("mne", reason="the extra `eeg` is not installed")

from neuralbrain.eeg.head import MONTAGES, direction_of, gains, inside
from neuralbrain.eeg.rhythms import background, power_course, rhythm
from neuralbrain.eeg.simulation import CLASSES, simulate
from neuralbrain.eeg.subject import Subject
from neuralbrain.errors import ConfigurationError, UnknownNameError

QUIET = {"background": 1.0, "alpha": 0.0, "sensor_noise": 0.1, "line": 0.0, "blinks": 0.0, "glances": 0.0}


def power(recording, channel, low, high, span):
    """Return a channel's power in a band, in a span after each cue, shape (trials,)."""
    raw, rate = recording.raw, recording.raw.info["sfreq"]
    signal = raw.get_data(channel)[0]
    pieces = [
        signal[int((cue + span[0]) * rate) : int((cue + span[1]) * rate)] for cue in recording.truth.cues
    ]
    spectrum = np.abs(np.fft.rfft(pieces, axis=1)) ** 2
    frequencies = np.fft.rfftfreq(len(pieces[0]), 1 / rate)
    return spectrum[:, (frequencies >= low) & (frequencies <= high)].mean(axis=1)


def test_the_same_subject_and_session_give_the_same_recording():
    first, again = (simulate(Subject(seed=3), trials=2) for _ in range(2))
    assert np.array_equal(first.raw.get_data(), again.raw.get_data())
    for other in (simulate(Subject(seed=4), trials=2), simulate(Subject(seed=3), 1, trials=2)):
        assert not np.array_equal(first.raw.get_data()[:, :500], other.raw.get_data()[:, :500])


def test_global_random_numbers_are_not_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    simulate(Subject(), trials=1)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_the_other_hand_area_loses_the_power_that_is_said():
    subject = Subject(erd=0.6, same_side=0.0, rebound=0.0, snr=10, drift=0, **QUIET)
    recording = simulate(subject, trials=30, classes=CLASSES)
    labels, mu = np.array(recording.truth.labels), recording.truth.mu
    for channel, label in (("C4", "left"), ("C3", "right")):
        by = power(recording, channel, mu - 3, mu + 3, (1.0, 4.0))
        rest = by[labels == "rest"].mean()
        assert by[labels == label].mean() / rest == pytest.approx(0.4, abs=0.12)
        other = "right" if label == "left" else "left"
        assert by[labels == other].mean() / rest == pytest.approx(1.0, abs=0.25)


def test_the_truth_has_the_power_that_was_drawn():
    recording = simulate(Subject(erd=0.5, same_side=0.2), trials=2, classes=("left",))
    at = int((recording.truth.cues[0] + 2) * 128)
    assert recording.truth.power[:, at] == pytest.approx([0.9, 0.5])
    assert recording.truth.power[:, int((recording.truth.cues[0]) * 128)] == pytest.approx([1, 1])


@pytest.mark.parametrize("montage", MONTAGES)
def test_every_montage_is_recorded(montage):
    recording = simulate(Subject(montage=montage), trials=1)
    assert recording.raw.ch_names == [*MONTAGES[montage], "EOGh", "EOGv"]
    spread = recording.raw.get_data("eeg").std(axis=1) * 1e6
    assert spread.min() > 3 and spread.max() < 60


def test_blinks_and_glances_are_where_they_are_said_to_be():
    subject = Subject(montage="ten-twenty19", blinks=20, glances=0, cue_glances=1.0)
    recording = simulate(subject, trials=10)
    rate, eyes = 128, recording.truth.eyes
    vertical, frontal = recording.raw.get_data(["EOGv", "Fp1"])
    heights = [vertical[int((t + 0.15) * rate)] for t in eyes.blinks]
    assert np.median(heights) > 200e-6
    assert np.corrcoef(vertical, frontal)[0, 1] > 0.8
    horizontal = recording.raw.get_data(["EOGh"])[0]
    looks = [horizontal[int((cue + 0.45) * rate)] for cue in recording.truth.cues]
    sides = np.array([{"left": -1, "right": 1}[label] for label in recording.truth.labels])
    assert (np.sign(looks) == sides).mean() > 0.9


def test_the_hum_has_its_frequency_and_faults_are_faults():
    faults = {"C3": "flat", "Cz": "noisy", "P1": "line", "Pz": "bridged"}
    recording = simulate(Subject(line=5, line_frequency=60, sampling_rate=250, faults=faults), trials=1)
    spectrum = np.abs(np.fft.rfft(recording.raw.get_data("FC3")[0]))
    frequencies = np.fft.rfftfreq(recording.raw.n_times, 1 / 250)
    high = frequencies > 30
    assert frequencies[high][spectrum[high].argmax()] == pytest.approx(60, abs=0.2)
    flat, noisy, line, bridged, other, well = (
        recording.raw.get_data(["C3", "Cz", "P1", "Pz", "P2", "CP1"]) * 1e6
    )
    assert flat.std() < 0.1 and noisy.std() > 35 and line.std() > 25 and well.std() < 30
    assert (bridged - other).std() < 0.5


def test_sessions_drift_as_much_as_they_are_said_to():
    steady = [simulate(Subject(drift=0.0), session, trials=1).truth.mu for session in range(3)]
    drifting = [simulate(Subject(drift=2.0), session, trials=1).truth.mu for session in range(3)]
    assert len(set(steady)) == 1 and len(set(drifting)) == 3


def test_a_source_below_an_electrode_is_seen_there_most():
    names = MONTAGES["cap64"]
    above = direction_of("C3")[None]
    seen = gains(names, inside(above, 0.15), above)[:, 0]
    assert names[int(np.abs(seen).argmax())] == "C3"
    turned = gains(names, inside(above, 0.15), above, turned=0.5)[:, 0]
    assert names[int(np.abs(turned).argmax())] != "C3"


def test_noise_and_rhythms_have_their_spectra():
    rng = np.random.default_rng(0)
    pink = background(rng, 20, 8192, 128)
    frequencies = np.fft.rfftfreq(8192, 1 / 128)
    mean = (np.abs(np.fft.rfft(pink, axis=1)) ** 2).mean(axis=0)
    fine = (frequencies > 1) & (frequencies < 50)
    slope = np.polyfit(np.log(frequencies[fine]), np.log(mean[fine]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.1)
    mu = rhythm(rng, 20, 8192, 128, 11, 1)
    weights = (np.abs(np.fft.rfft(mu, axis=1)) ** 2).mean(axis=0)
    middle = (weights * frequencies).sum() / weights.sum()
    assert middle == pytest.approx(11, abs=0.3)
    assert np.sqrt((weights * (frequencies - middle) ** 2).sum() / weights.sum()) == pytest.approx(1, abs=0.2)
    course = power_course(100, 10, np.array([2.0]), 3.0, np.array([0.5]), 1.0)
    assert course[[0, 35, 80]] == pytest.approx([1, 0.5, 1])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"erd": 1.2}, "erd is a number from 0 to 0.95, not 1.2"),
        ({"snr": float("nan")}, "snr is a number"),
        ({"seed": -1}, "seed is a whole number"),
        ({"montage": "mine"}, "no montage 'mine'"),
        ({"line_frequency": 55}, "50 or 60"),
        ({"faults": {"XX": "flat"}}, "no electrode of montage 'motor22' 'XX'"),
        ({"faults": {"C3": "gone"}}, "no fault of an electrode 'gone'"),
    ],
)
def test_what_no_subject_can_be_is_refused(wrong, says):
    with pytest.raises((ConfigurationError, UnknownNameError), match=says):
        Subject(**wrong)


@pytest.mark.parametrize("wrong", [{"classes": ("feet",)}, {"classes": ()}, {"trials": 0}])
def test_what_cannot_be_recorded_is_refused(wrong):
    with pytest.raises(ConfigurationError):
        simulate(Subject(), **wrong)
