"""``train q``: what it leaves, its exit status, and that it can be interrupted and resumed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning.fused import FusedTraining
from neuralbrain.learning.table import QTable
from neuralbrain.learning.training import planned
from tests.learning.toys import NAME

ROOT = Path(__file__).parents[2]
FILES = {"run.json", "checkpoint.npz", "q_table.npz", "curves.csv", "curves.png", "table.png", "report.html"}


@pytest.fixture
def train(cli):
    def call(*words):
        return cli("train", "q", *words, "--evaluate", 20)

    return call


def test_a_run_leaves_its_table_and_report(train):
    done = train("--env", NAME, "--robots", 16, "--steps", 3200, "--seed", 5, "--set", "ticks=15", "--json")
    assert done.status == 0
    result = json.loads(done.out)
    folder = Path(result["run_dir"])
    assert folder.parent == Path("runs") and folder.name.endswith("-train-ring-s5")
    assert {path.name for path in folder.iterdir()} == FILES
    manifest = json.loads((folder / "run.json").read_text())
    assert (manifest["status"], manifest["plan"]["kwargs"]) == ("done", {"ticks": 15})
    assert manifest["profile"]["name"]
    assert manifest["result"]["evaluation"] == result["evaluation"]
    table = QTable.load(folder / "q_table.npz")
    assert (table.manifest["steps"], table.manifest["env"], result["steps"]) == (3200, NAME, 3200)
    assert "100%" in done.err and "solved" in done.err
    again = train("--resume", folder, "--steps", 6400, "--quiet")
    assert (again.status, again.err) == (0, "")
    assert "6,400 robot-steps" in again.out and "fresh worlds" in again.out
    assert QTable.load(folder / "q_table.npz").manifest["steps"] == 6400
    over = train("--resume", folder)
    assert (over.status, "with --steps 12800" in over.err) == (2, True)


def test_a_report_is_written_again_and_a_training_run_is_no_episode(train, cli):
    folder = Path(json.loads(train("--env", NAME, "--robots", 16, "--steps", 3200, "--json").out)["run_dir"])
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in FILES - {"run.json", "checkpoint.npz"}:
        (folder / name).unlink()
    done = cli("report", folder)
    assert (done.status, done.out.strip()) == (0, str(folder / "report.html"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    replayed = cli("replay", folder)
    assert replayed.status == 2
    assert "is a training run, not an episode" in " ".join(replayed.err.replace("│", " ").split())


def test_other_environments_work_and_say_no_success(train):
    done = train(
        "--env", "FrozenLake-v1", "--steps", 300, "--rule", "double", "--alpha", 0.3, "--json", "--quiet"
    )
    result = json.loads(done.out)
    assert (done.status, result["evaluation"]["success"]) == (0, None)
    table = QTable.load(Path(result["run_dir"]) / "q_table.npz")
    assert table.values.shape == (2, 16, 4)
    assert table.manifest["settings"]["alpha"] == {"kind": "constant", "start": 0.3, "end": 0.3, "over": 1}


def test_a_run_that_is_killed_politely_goes_on_to_the_same_table(train, cli, tmp_path):
    code = "import tests.learning.toys; from neuralbrain.cli import main; main()"
    words = ["train", "q", "--env", NAME, "--robots", "8", "--steps", "30_000_000", "--rule", "lambda"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "the first episodes" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (143, "")
    (folder,) = (tmp_path / "runs").iterdir()
    assert f"robot-steps are kept; go on with: train q --resume runs/{folder.name}" in err
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"
    assert {path.name for path in folder.iterdir()} == {"run.json", "checkpoint.npz"}
    assert cli("report", folder).status == 0
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"
    assert "interrupted" in (folder / "report.html").read_text()
    plan = planned(folder / "checkpoint.npz")
    cut = FusedTraining(plan)
    cut.restore(folder / "checkpoint.npz")
    steps = cut.moment.steps + 80_000
    assert 0 < cut.moment.steps < plan.steps
    assert train("--resume", folder, "--steps", steps, "--quiet").status == 0
    uncut = FusedTraining(plan.model_copy(update={"steps": steps}))
    while not uncut.done:
        uncut.advance()
    assert np.array_equal(QTable.load(folder / "q_table.npz").values, uncut.table().values)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "say in which world and for how long: --env"),
        (["--env", NAME], "say in which world and for how long"),
        (["--env", "moon", "--steps", 9], "There is no environment 'moon'"),
        (["--env", NAME, "--steps", 9, "--rule", "sarsa"], "rule is 'sarsa'"),
        (["--env", NAME, "--steps", 9, "--epsilon", "2"], "epsilon is '2'; give values from 0 to 1"),
        (["--env", NAME, "--steps", 9, "--set", "ice"], "takes KEY=VALUE"),
        (["--env", NAME, "--steps", 9, "--range", "1=x"], "takes ENTRY=LOW:HIGH"),
        (["--env", NAME, "--steps", 9, "--set", "ice=1"], "cannot be made"),
        (["--env", "FrozenLake-v1", "--steps", 9, "--set", "slippery=1"], "Did you mean 'is_slippery'"),
        (["--env", NAME, "--steps", 5_000_000_000], "steps is 5000000000: it should be less than"),
        (["--env", NAME, "--steps", 0], "--steps"),
        (["--env", "CartPole-v1", "--steps", 9, "--bins", 4], "entry 1 of the observation has no bounds"),
        (["--resume", "nowhere"], "cannot be read: No such file"),
        (["--resume", "nowhere", "--seed", 2, "--bins", 3], "leave out --seed, --bins"),
        (["--env", NAME, "--steps", 9, "--out", "/proc/runs"], "choose another folder with --out"),
    ],
)
def test_wrong_use_is_one_line_that_says_what_to_do(train, words, says):
    done = train(*words)
    assert done.status == 2
    assert says in done.err
    assert done.err.count("\n") == 1
    assert not Path("runs").exists()


def test_a_run_that_never_began_leaves_no_folder(train, monkeypatch):
    def fail(training):
        raise ConfigurationError("no such luck")

    monkeypatch.setattr(FusedTraining, "_begin", fail)
    done = train("--env", NAME, "--robots", 16, "--steps", 3200)
    assert (done.status, done.err) == (2, "error: no such luck\n")
    assert not Path("runs").exists()


def test_a_run_that_fails_keeps_what_it_has(train, monkeypatch):
    advance, points = FusedTraining.advance, []

    def once(training):
        if points:
            raise ConfigurationError("the world has ended")
        points.append(advance(training))
        return points[0]

    with monkeypatch.context() as broken:
        broken.setattr(FusedTraining, "advance", once)
        done = train("--env", NAME, "--robots", 16, "--steps", 3200, "--quiet")
    assert done.status == 2
    assert "the world has ended" in done.err and "go on with: train q --resume" in done.err
    (folder,) = Path("runs").iterdir()
    assert json.loads((folder / "run.json").read_text())["status"] == "crashed"
    assert train("--resume", folder, "--quiet").status == 0


def test_a_disk_that_fills_up_costs_no_result(train, monkeypatch):
    def full(path, content):
        raise RecordError(f"{path} cannot be written: No space left on device")

    monkeypatch.setattr("neuralbrain.record.training.write_file", full)
    done = train("--env", NAME, "--robots", 16, "--steps", 3200, "--seed", 5, "--json", "--quiet")
    result = json.loads(done.out)
    assert (done.status, result["steps"]) == (0, 3200)
    assert done.err.startswith("warning: could not write the table and the report: ")
    assert [f"warning: {line}" for line in result["warnings"]] == done.err.splitlines()
    manifest = json.loads((Path(result["run_dir"]) / "run.json").read_text())
    assert manifest["result"]["evaluation"] == result["evaluation"]
