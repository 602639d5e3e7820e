"""``episode``: what it prints where, its exit status, and that it can be interrupted."""

import json
import os
import pty
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from neuralbrain.record.folder import read_manifest
from neuralbrain.record.log import read_log


def test_json_is_all_there_is_on_stdout(episode):
    done = episode("--json", "--seed", 4)
    assert done.status == 0
    result = json.loads(done.out)
    assert result["success"]
    assert len(done.out.splitlines()) == 1
    folder = Path(result["run_dir"])
    assert {path.name for path in folder.iterdir()} == {
        "run.json",
        "episode.mcap",
        "episode.gif",
        "report.html",
    }
    assert "pick red block: started" in done.err


@pytest.mark.parametrize(
    ("noise", "words", "heard"),
    [
        ("print('noise')", [], "noise"),
        ("import os; os.write(1, b'noise')", [], ""),
        ("import os; os.write(1, b'noise')", ["--debug"], "noise"),
    ],
)
def test_noise_of_regions_and_libraries_stays_off_stdout(episode, monkeypatch, noise, words, heard):
    from tests.agents.toys import ToyBody

    plain = ToyBody.reset
    monkeypatch.setattr(ToyBody, "reset", lambda self, seed: (exec(noise), plain(self, seed))[1])
    done = episode("--json", "--quiet", "--no-movie", *words)
    assert json.loads(done.out)["seed"] == 0
    assert done.err.strip() == heard


def test_several_episodes_and_one_that_fails(episode):
    done = episode("--json", "--quiet", "--seed", 4, "--episodes", 3, "--no-movie")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [(row["seed"], row["success"]) for row in rows] == [(4, True), (5, False), (6, True)]
    assert done.status == 1
    assert done.err == ""
    assert not (Path(rows[0]["run_dir"]) / "episode.gif").exists()


def test_the_summary(episode):
    one = episode("put it away", "--seed", 5, "--out", "elsewhere")
    assert one.status == 0
    assert "put it away" in one.out
    assert one.out.startswith("believed ")
    assert "elsewhere/" in one.out
    assert "1, 1 recovered" in one.out
    two = episode("--seed", 4, "--episodes", 2, "--quiet")
    assert two.status == 1
    assert "1 of 2 succeeded" in two.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--env", "moon"], "There is no environment 'moon'"),
        (["--agent", "nobody"], "There is no agent 'nobody'. Known: frankenbot"),
        (["--agent", "none.yaml"], "blueprint 'none.yaml' cannot be read"),
        (["--runtime", "abacus"], "There is no runtime 'abacus'"),
        (["--seed", "-3"], "the seed is -3: give a whole number from 0 to 4294967295"),
        (["--memory", "/dev/null"], "/dev/null"),
        ([" "], "the instruction is empty"),
        (["--out", "/proc/runs"], "/proc/runs cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_status_2(episode, words, says):
    done = episode("--quiet", *words)
    assert done.status == 2
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_wrong_words_are_status_2(cli):
    assert cli("episode", "--colour", "red").status == 2
    assert cli("episodes").status == 2
    assert cli("episode", "--episodes", "0").status == 2


def test_a_broken_region_says_where_the_record_is(episode, toy_agent):
    toy_agent.write_text(toy_agent.read_text().replace("last_tick: 60", "broken_at: 20"))
    done = episode("--quiet")
    assert done.status == 2
    assert "region 'body' failed at tick 20: RuntimeError: the arm came off (record: runs/" in done.err
    (folder,) = Path("runs").iterdir()
    assert read_manifest(folder)["status"] == "crashed"
    assert (folder / "report.html").exists()


CHILD = """
    import sys, gymnasium, neuralbrain
    from neuralbrain.cli import main
    gymnasium.register("neuralbrain/Toy-Task-v0", entry_point="x:y")
    main(sys.argv[1:])
"""


def child(tmp_path, toy_agent, *words, **streams):
    """Start a command in a process of its own."""
    words = [
        "episode",
        "--allow-code",
        "--agent",
        toy_agent,
        "--env",
        "toy-task",
        "--out",
        tmp_path / "runs",
        *words,
    ]
    program = [sys.executable, "-c", textwrap.dedent(CHILD), *map(str, words)]
    return subprocess.Popen(program, **streams)


@pytest.fixture
def endless(toy_agent):
    """A brain that goes on until it is interrupted."""
    text = toy_agent.read_text().replace("last_tick: 60", "last_tick: 10000000")
    toy_agent.write_text(text.replace("body.done, delay: 5", "body.done, delay: 9999999"))
    return toy_agent


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("localhost:1", "no Ray cluster answers at localhost:1"),
        ("nonsense", "'nonsense' is not the address of a Ray cluster"),
    ],
)
def test_a_cluster_that_does_not_answer(tmp_path, toy_agent, address, says):
    words = ("--runtime", "ray", "--ray-address", address, "--quiet")
    process = child(tmp_path, toy_agent, *words, stderr=subprocess.PIPE, text=True)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith(f"error: {says}")
    assert err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("number", "runtime"),
    [
        (signal.SIGINT, "inline"),
        (signal.SIGTERM, "inline"),
        (signal.SIGHUP, "inline"),
        (signal.SIGINT, "ray"),
        (signal.SIGTERM, "ray"),
    ],
)
def test_an_interrupt_ends_in_order(tmp_path, endless, number, runtime):
    before = signal.signal(number, signal.SIG_DFL)  # the tests may run under nohup, which children inherit
    try:
        process = child(
            tmp_path, endless, "--runtime", runtime, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(number, before)
    while "answer (done)" not in process.stderr.readline():
        pass
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    (folder,) = (tmp_path / "runs").iterdir()
    assert err.splitlines()[-1] == f"interrupted; record: {folder}"
    assert out == ""
    assert read_manifest(folder)["status"] == "interrupted"
    assert (folder / "report.html").exists()
    assert max(e.tick for e in read_log(folder / "episode.mcap")) > 20


def test_a_polite_kill_ends_a_background_job_in_order(tmp_path, endless):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for a job in the background
    try:
        process = child(tmp_path, endless, "--runtime", "inline", stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    while "answer (done)" not in process.stderr.readline():
        pass
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "interrupted; record:" in err


def test_the_live_view_on_a_terminal(tmp_path, endless):
    ours, theirs = pty.openpty()
    terminal = {**os.environ, "TERM": "xterm"}
    process = child(
        tmp_path, endless, "--runtime", "inline", stderr=theirs, stdout=subprocess.DEVNULL, env=terminal
    )
    os.close(theirs)
    seen = b""
    while b"the red block is in the bowl" not in seen:
        seen += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    try:
        while data := os.read(ours, 4096):
            seen += data
    except OSError:  # the other end has closed
        pass
    assert process.wait(timeout=60) == 130, seen[-2000:].decode(errors="replace")
    os.close(ours)
    text = seen.decode(errors="replace")
    for words in ("plan p1", "✓ pick red block", "s simulated", "█", "anomalies: 1, recovered: 1"):
        assert words in text


def test_a_scene_from_a_file(cli, tmp_path):
    (tmp_path / "scene.yaml").write_text("things: [red block, blue bowl]\nlayout: {blue bowl: [0.5, 0.1]}\n")
    words = ["--scene", tmp_path / "scene.yaml", "--runtime", "inline", "--json", "--quiet", "--no-movie"]
    done = cli("episode", "put the red block in the blue bowl", *words, "--out", tmp_path / "runs")
    assert done.status == 0, done.err
    result = json.loads(done.out)
    assert result["task"] == "tabletop-free" and result["judged_by"] == "brain"
    assert result["standing"] == "believed and true" and result["success"]
    assert result["conditions"] == {"in(red_block, blue_bowl)": True}
    report = (Path(result["run_dir"]) / "report.html").read_text(encoding="utf-8")
    assert '<span class="badge believed-and-true">believed and true</span>' in report
    assert "<th>in(red_block, blue_bowl)</th><td>true</td>" in report
    options = read_manifest(Path(result["run_dir"]))["blueprint"]["regions"][0]["config"]["env_options"]
    assert options == {"things": ["red block", "blue bowl"], "layout": {"blue bowl": [0.5, 0.1, 0.0]}}
    (tmp_path / "scene.yaml").write_text("things: [red blok]\n")
    refused = cli("episode", "x", *words)
    assert refused.status == 2 and "There is no thing 'blok'. Did you mean 'block'?" in refused.err


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("neuralbrain.record.movie.write_movie", "could not make the video: MemoryError: no room"),
        ("neuralbrain.record.report.write_report", "could not write the report: MemoryError: no room"),
    ],
)
def test_a_picture_that_cannot_be_made_costs_no_result(episode, monkeypatch, place, says):
    def fails(folder):
        raise MemoryError("no room")

    monkeypatch.setattr(place, fails)
    done = episode("--json", "--quiet", "--seed", 4)
    assert (done.status, done.err) == (0, f"warning: {says}\n")
    assert json.loads(done.out)["success"]
    done = episode("--quiet", "--seed", 4)
    assert done.status == 0
    assert ("report.html" in done.out) == ("report" not in says)
