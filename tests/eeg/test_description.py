"""Analyses are described in files; the command line simulates, reports, decodes and checks."""

import json
import re
import sys

import numpy as np
import pytest
import yaml

pytest.importorskip("mne", reason="the extra `eeg` is not installed")
pytest.importorskip("pyriemann", reason="the extra `eeg` is not installed")

from neuralbrain.agents.benchmarks.check import measure
from neuralbrain.eeg.description import load
from neuralbrain.eeg.extra import library
from neuralbrain.eeg.figures import power_change
from neuralbrain.eeg.simulation import simulate
from neuralbrain.eeg.subject import Subject
from neuralbrain.errors import ConfigurationError, NeuralBrainError
from tests.cli.conftest import cli  # noqa: F401

CLEAN = {
    "name": "clean",
    "data": {
        "simulate": None,
        "trials": 20,
        "subject": {"montage": "motor3", "seed": 3, "sampling_rate": 64.0},
    },
    "steps": [
        {"does": "band", "fitted_on": "nothing"},
        {"does": "power", "fitted_on": "nothing"},
        {"does": "lda"},
    ],
    "claim": {"chance": 0.5},
}
CLEAN["data"].pop("simulate")


def described(folder, name="one.yaml", **changes):
    path = folder / name
    path.write_text(yaml.safe_dump({**CLEAN, **changes}))
    return path


def stored(folder, **changes):
    rng = np.random.default_rng(0)
    held = {
        "signals": rng.normal(0, 10, (40, 3, 64)), "labels": np.array(["a", "b"] * 20),
        "channels": np.array(["C3", "Cz", "C4"]), "sampling_rate": 64.0, "fold": np.arange(40) % 4, **changes,
    }  # fmt: skip
    np.savez(folder / "data.npz", **{name: value for name, value in held.items() if value is not None})


def test_a_description_is_an_analysis(tmp_path):
    made = load(
        described(tmp_path, windows={"length": 1.0, "step": 0.5}, split={"by": "windows", "folds": 4})
    )
    assert len(made.windows) == 40 * 5 and made.independent == 40 and len(made.folds) == 4
    assert 0.4 < made.claim.score <= 1 and made.claim.chance == 0.5
    assert not {*made.folds[0].train} & {*made.folds[0].test}
    together = load(described(tmp_path, windows={"length": 1.0, "step": 0.5}, split={"by": "trials"}))
    for fold in together.folds:
        assert not {*together.parts_of[fold.train]} & {*together.parts_of[fold.test]}


def test_data_beside_it_are_read(tmp_path):
    stored(tmp_path)
    made = load(described(tmp_path, data="data.npz", split={"by": "given"}))
    assert made.windows.channels == ("C3", "Cz", "C4") and len(made.folds) == 4
    assert [*made.folds[1].test] == [*range(1, 40, 4)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"steps": 3}, "steps: Input should be"),
        ({"claims": {}}, "claims: Extra inputs are not permitted"),
        ({"data": "none.npz"}, "cannot be read as .npz"),
        ({"data": {"subject": {"hair": 3}}}, "no value of a subject 'hair'"),
        ({"split": {"by": "given"}}, "no array 'fold'"),
        ({"split": {"by": "sessions"}}, "no trial of 'left' to learn from"),
        ({"steps": [{"does": "magic"}]}, "claim.score is left out and cannot be found: no step 'magic'"),
    ],
)
def test_what_is_no_description_is_one_line(tmp_path, changes, says):
    with pytest.raises(NeuralBrainError, match=re.escape(says)) as caught:
        load(described(tmp_path, **changes))
    assert "\n" not in str(caught.value)


def test_data_that_lack_something_are_one_line(tmp_path):
    stored(tmp_path, labels=None)
    with pytest.raises(ConfigurationError, match="lacks labels"):
        load(described(tmp_path, data="data.npz"))
    with pytest.raises(ConfigurationError, match="cannot be read as YAML"):
        load(tmp_path / "none.yaml")


def test_the_bench_counts_what_is_caught_and_what_is_not(tmp_path):
    described(tmp_path, "clean.yaml", planted=[])
    described(tmp_path, "wrong.yaml", planted=["chance"], claim={"chance": 0.25})
    table = measure(tmp_path)
    assert table.details == {"planted": 1, "caught": 1, "clean": 1, "false_alarms": 0}
    missed = measure(described(tmp_path, "not.yaml", planted=["eyes"]))
    assert missed.details["caught"] == 0 and not missed.reached["every planted fault is found"]
    described(tmp_path, "unsaid.yaml")
    with pytest.raises(ConfigurationError, match="does not say what was planted"):
        measure(tmp_path)


def test_a_missing_extra_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "mne", None)
    with pytest.raises(ConfigurationError, match=r"mne is not installed: .*neuralbrain\[eeg\]"):
        library("mne")
    monkeypatch.setitem(sys.modules, "moabb", None)
    with pytest.raises(ConfigurationError, match=r"neuralbrain\[eeg-bench\]"):
        library("moabb")


def test_power_falls_over_the_other_hand_area():
    raw = simulate(Subject(erd=0.8, snr=3.0, drift=0.0), trials=15).raw
    change = power_change(raw, "left")
    names = raw.copy().pick("eeg").ch_names
    during = dict(zip(names, change[:, int(2.5 * 128) :].mean(axis=1), strict=True))
    assert during["C4"] < -35 and during["C4"] < during["C3"] - 15


def test_the_commands_go_together(cli, tmp_path):  # noqa: F811
    done = cli("eeg", "simulate", "a_raw.fif", "--trials", 8, "--montage", "ten-twenty19", "--json")
    assert done.status == 0 and json.loads(done.out)["truth"] == "a_raw.json"
    assert len(json.loads((tmp_path / "a_raw.json").read_text())["labels"]) == 16
    done = cli("eeg", "report", "a_raw.fif", "--figures", "drawn", "--json")
    told = json.loads(done.out)
    assert told["trials"] == {"left": 8, "right": 8} and len(told["figures"]) == 4
    assert all((tmp_path / name).stat().st_size > 5000 for name in told["figures"])
    done = cli("eeg", "decode", "a_raw.fif", "--figures", "drawn", "--json")
    assert json.loads(done.out)["trials"] == 16 and (tmp_path / "drawn" / "confusion.png").exists()
    assert "luck reaches" in cli("eeg", "decode", "a_raw.fif").out
    described(tmp_path, claim={"chance": 0.25})
    done = cli("eeg", "check", "one.yaml")
    assert done.status == 1 and "wrong: chance" in done.out
    done = cli("bench", "check", "one.yaml")
    assert done.status == 2 and "does not say what was planted" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("simulate", "a.fif"), "let it end in _raw.fif"),
        (("simulate", "a_raw.fif", "--erd", 3), "erd is a number from 0 to 0.95"),
        (("report", "none.edf"), "there is no recording none.edf"),
        (("decode", "none.edf"), "there is no recording none.edf"),
        (("decode", "none.edf", "--split", "mine"), "no split 'mine'"),
        (("check", "none.yaml"), "cannot be read as YAML"),
    ],
)
def test_what_cannot_be_done_is_one_line(cli, words, says):  # noqa: F811
    done = cli("eeg", *words)
    assert done.status == 2 and says in done.err and done.err.strip().count("\n") == 0
