"""Recordings of others are read, or refused in one line; their quality is told."""

import json

import numpy as np
import pytest

pytest.importorskip("mne", reason="the extra `eeg` is not installed")

from neuralbrain.eeg import bids
from neuralbrain.eeg.cleaning import without_eyes
from neuralbrain.eeg.quality import quality
from neuralbrain.eeg.reading import read
from neuralbrain.eeg.simulation import simulate
from neuralbrain.eeg.subject import Subject
from neuralbrain.eeg.trials import cut, joined
from neuralbrain.errors import ConfigurationError, UnknownNameError

NAMES = ("EEG c3-REF", "Cz..", "C4", "EOG left", "Status")
RATE = 100


def signals(count=5):
    return np.random.default_rng(0).normal(0, 20, (count, 10 * RATE))


def edf(path, names=NAMES):
    """Write EDF: a header of texts, then for each second all channels, in 16 bits (B. Kemp et al., 1992)."""
    data, count = signals(count=len(names)), len(names)
    fields = [(16, names), (80, [""] * count), (8, ["uV"] * count), (8, [-200] * count), (8, [200] * count)]
    fields += [(8, [-32768] * count), (8, [32767] * count), (80, [""] * count), (8, [RATE] * count)]
    fields += [(32, [""] * count)]
    head = "".join(
        str(value).ljust(width)
        for value, width in (
            ("0", 8), ("X", 80), ("Startdate 01-JAN-2020 X X X", 80), ("01.01.20", 8), ("00.00.00", 8),
            (256 * (count + 1), 8), ("", 44), (10, 8), (1, 8), (count, 4),
        )
    )  # fmt: skip
    head += "".join(str(value).ljust(width) for width, values in fields for value in values)
    scaled = np.round(data / 200 * 32767).astype("<i2").reshape(count, 10, RATE).transpose(1, 0, 2)
    path.write_bytes(head.encode("ascii") + scaled.tobytes())
    return data


def vhdr(path):
    data = signals()
    path.with_suffix(".eeg").write_bytes(data.T.astype("<f4").tobytes())
    path.with_suffix(".vmrk").write_text(
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nCodepage=UTF-8\n"
        f"DataFile={path.stem}.eeg\n[Marker Infos]\nMk1=Stimulus,left,201,1,0\n"
    )
    channels = "\n".join(f"Ch{number}={name},,1,µV" for number, name in enumerate(NAMES, 1))
    path.write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nCodepage=UTF-8\n"
        f"DataFile={path.stem}.eeg\nMarkerFile={path.stem}.vmrk\nDataFormat=BINARY\n"
        f"DataOrientation=MULTIPLEXED\nNumberOfChannels={len(NAMES)}\nSamplingInterval={1e6 / RATE:g}\n"
        f"[Binary Infos]\nBinaryFormat=IEEE_FLOAT_32\n[Channel Infos]\n{channels}\n",
        encoding="utf-8",
    )
    return data


def set_(path):
    from scipy.io import savemat

    data = signals()
    chanlocs = np.array([(name,) for name in NAMES], dtype=[("labels", object)])
    savemat(
        path,
        {
            "EEG": {
                "data": data,
                "srate": RATE,
                "nbchan": len(NAMES),
                "trials": 1,
                "pnts": data.shape[1],
                "xmin": 0,
                "xmax": 10,
                "chanlocs": chanlocs,
                "event": [],
                "icawinv": [],
                "icaweights": [],
            }
        },
    )
    return data


@pytest.mark.parametrize(("write", "suffix"), [(edf, "edf"), (vhdr, "vhdr"), (set_, "set")])
def test_formats_give_the_same_channels_kinds_and_signals(tmp_path, write, suffix):
    path = tmp_path / f"one.{suffix}"
    written = write(path)
    raw = read(path)
    assert raw.ch_names == ["C3", "Cz", "C4", "EOG left", "Status"]
    assert raw.get_channel_types() == ["eeg", "eeg", "eeg", "eog", "stim"]
    assert raw.info["sfreq"] == RATE
    assert raw.get_data("eeg") * 1e6 == pytest.approx(written[:3], abs=0.01)
    assert np.isfinite(raw.get_montage().get_positions()["ch_pos"]["C3"]).all()


def test_fif_keeps_annotations(tmp_path, recording):
    path = tmp_path / "one_eeg.fif"
    recording.raw.save(path, fmt="double", verbose="ERROR")
    raw = read(path)
    assert np.array_equal(raw.get_data(), recording.raw.get_data())
    assert [*raw.annotations.description] == [*recording.truth.labels]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.edf", b"", "cannot be read as a recording"),
        ("a.edf", b"0       " + bytes(100), "cannot be read as a recording"),
        ("a.bdf", b"\xffBIOSEMI" + b"x" * 400, "cannot be read as a recording"),
        ("a.fif", b"not a recording", "cannot be read as a recording"),
        ("a.set", b"MATLAB 5.0 MAT-file" + b"\0" * 200, "cannot be read as a recording"),
        ("a.vhdr", b"[Common Infos]", "cannot be read as a recording"),
        ("a.gdf", b"GDF 2.20" + b"\0" * 30, "cannot be read as a recording"),
        ("a.txt", b"hello", "cannot be read as a recording"),
    ],
)
def test_what_is_no_recording_is_one_line(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=says) as caught:
        read(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_recording_cut_short_or_missing_is_one_line(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no recording"):
        read(tmp_path / "none.edf")


def test_unknown_channels_are_said_and_can_be_named(tmp_path):
    path = tmp_path / "one.edf"
    edf(path, ("EEG 1", "EEG 2", "X"))
    with pytest.raises(ConfigurationError, match="say which is which, as in names="):
        read(path)
    raw = read(path, {"EEG 1": "C3", "EEG 2": "C4"})
    assert raw.get_channel_types() == ["eeg", "eeg", "misc"]
    with pytest.raises(UnknownNameError, match="no channel of the recording 'EEG 9'"):
        read(path, {"EEG 9": "C3"})
    with pytest.raises(ConfigurationError, match="'Q3' is no electrode"):
        read(path, {"EEG 1": "Q3"})
    with pytest.raises(ConfigurationError, match="more than one channel of the recording is 'C3'"):
        read(path, {"EEG 1": "C3", "EEG 2": "C3"})


def test_a_bids_folder_gives_events_and_bad_channels(tmp_path):
    home = tmp_path / "sub-01" / "ses-2" / "eeg"
    home.mkdir(parents=True)
    stem = "sub-01_ses-2_task-mi"
    edf(home / f"{stem}_eeg.edf")
    (home / f"{stem}_events.tsv").write_text("onset\tduration\ttrial_type\n1.0\t2\tleft\n4.5\tn/a\tright\n")
    (home / f"{stem}_channels.tsv").write_text("name\ttype\tstatus\nC3\tEEG\tgood\nCz\tEEG\tbad\n")
    (entry,) = bids.entries(tmp_path)
    assert (entry.subject, entry.session) == ("01", "2")
    raw = bids.load(entry)
    assert [*raw.annotations.description] == ["left", "right"]
    assert [*raw.annotations.onset] == [1.0, 4.5]
    assert raw.info["bads"] == ["Cz"]
    with pytest.raises(ConfigurationError, match="holds no recording as BIDS names it"):
        bids.entries(home / "none")


def test_faults_of_channels_are_found_and_no_others():
    faults = {"C3": "flat", "T7": "noisy", "P3": "line", "O1": "bridged"}
    found = quality(simulate(Subject(montage="ten-twenty19", faults=faults), trials=2).raw)
    assert (found.flat, found.noisy, found.humming) == (("C3",), ("T7",), ("P3",))
    assert found.bridged == (("O1", "O2"),)
    assert found.bad == ("T7", "C3", "P3", "O2")  # as they stand in the montage
    assert "flat: C3" in found.lines()
    json.dumps(found.as_json())


def test_a_good_recording_is_called_so(recording):
    found = quality(recording.raw)
    assert found.bad == ()
    assert found.trials == {"left": 12, "right": 12}
    eyes = recording.truth.eyes
    assert found.blinks_per_minute == pytest.approx(60 * len(eyes.blinks) / found.seconds, rel=0.2)
    without = quality(recording.raw.copy().drop_channels(["EOGh", "EOGv"]))
    assert without.blinks_per_minute == pytest.approx(60 * len(eyes.blinks) / found.seconds, rel=0.3)


def test_the_eyes_are_taken_out(recording):
    cleaned, parts = without_eyes(recording.raw.copy().crop(0, 40))
    rate, eyes = 128, recording.truth.eyes
    peaks = [int((t + 0.15) * rate) for t in eyes.blinks if t < 39]
    before, after = (abs(raw.get_data("Fp1")[0][peaks]).mean() for raw in (recording.raw, cleaned))
    assert parts >= 1 and after < before / 3
    motor = [
        raw.copy().crop(0, 40).filter(8, 30, verbose="ERROR").get_data("C3")[0]
        for raw in (recording.raw, cleaned)
    ]
    assert np.corrcoef(motor)[0, 1] > 0.95
    with pytest.raises(ConfigurationError, match="no channel shows the eyes"):
        without_eyes(simulate(Subject(montage="motor3", eye_channels=False), trials=1).raw)


def test_trials_are_what_stands_in_the_recording(recording):
    trials = cut(recording.raw, begin=1.0, end=3.0)
    assert trials.signals.shape == (24, 19, 256) and trials.eyes.shape == (24, 2, 256)
    assert [*trials.labels] == [*recording.truth.labels]
    first = round((recording.truth.cues[5] + 1.0) * 128)
    assert np.array_equal(trials.signals[5], 1e6 * recording.raw.get_data("eeg")[:, first : first + 256])
    assert trials.begins[5] == pytest.approx(first / 128)
    whole = joined([trials, trials.take([0, 1])])
    assert len(whole) == 26 and whole.classes == ("left", "right")


def test_trials_that_cannot_be_cut_are_said(recording):
    raw = recording.raw
    for wrong, says in (
        ({"labels": ["feet"]}, "no annotation 'feet'; it has 'left' and 'right'|'right' and 'left'"),
        ({"begin": 3.0, "end": 2.0}, "does not fit"),
        ({"band": (8, 90)}, "does not fit a sampling rate of 128 Hz"),
        ({"most": 1}, "too few trials are left: 0 trials of"),
    ):
        with pytest.raises(ConfigurationError, match=says):
            cut(raw, **wrong)
    with pytest.raises(ConfigurationError, match="differ from those of 1 in length"):
        joined([cut(raw), cut(raw, end=2.0)])
