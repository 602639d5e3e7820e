"""``episode --interactive``: by a pipe, and at a terminal."""

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from neuralbrain.cli.prompt import Prompt

WORDS = ("episode", "--interactive", "--env", "tabletop-place", "--seed", "3", "--no-movie")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def talk(cli, monkeypatch):
    """Pipe sentences into a talk with the default brain, in this process."""

    def call(lines, *words):
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        return cli(*WORDS, *words)

    return call


@pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_a_pipe_gets_an_answer_to_each_line_as_json(talk, cli, request, runtime):
    if runtime == "ray":
        request.getfixturevalue("ray_session")
    said = ["put the red block in the bowl", "the yellow one", "what did you do?"]
    done = talk("\n".join([*said, "", "go home"]), "--quiet", "--json", "--runtime", runtime)
    assert done.status == 0
    assert done.err == ""
    *answers, result = map(json.loads, done.out.splitlines())
    assert [answer["said"] for answer in answers] == said
    assert [answer["outcome"] for answer in answers] == ["asked", "done", "said"]
    assert answers[0]["choices"] == ["the red bowl", "the yellow bowl"]
    assert "yellow bowl" in answers[1]["answer"]
    assert answers[1]["tick"] < answers[2]["tick"] < result["ticks"]
    assert (result["outcome"], result["success"]) == ("said", True)
    again = cli("replay", result["run_dir"], "--quiet", "--runtime", "inline")
    assert again.status == 0
    assert "the same trace" in again.out


def test_a_pipe_without_json_is_a_dialogue_and_a_question_is_no_success(talk):
    done = talk("put the red block in the bowl\n", "--runtime", "inline")
    assert done.status == 1
    lines = done.out.splitlines()
    assert lines[0] == "> put the red block in the bowl"
    assert lines[1].startswith("Which do you mean")
    assert lines[2:4] == ["  · the red bowl", "  · the yellow bowl"]
    assert lines[4].startswith("asked (says the brain)")
    assert "--interactive" in done.out
    assert "✓ look" in done.err


def test_one_talk_at_a_time(talk):
    assert "leave --episodes out" in talk("", "--episodes", "2").err


class Screen:
    """What has come to a person's screen."""

    def __init__(self, descriptor):
        self.descriptor, self.data = descriptor, ""

    def until(self, words, times=1):
        while self.data.count(words) < times:
            ready, _, _ = select.select([self.descriptor], [], [], 60)
            assert ready, f"no {words!r} in {self.data!r}"
            self.data += os.read(self.descriptor, 4096).decode(errors="replace")

    def type(self, text):
        os.write(self.descriptor, text.encode())


def test_a_person_types_stops_it_and_leaves(tmp_path):
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    program = [sys.executable, ROOT / "run.py", *WORDS, "--runtime", "inline", "--out", tmp_path / "runs"]
    process = subprocess.Popen(
        program,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "160"},
        start_new_session=True,
    )
    screen = Screen(ours)
    screen.until("An empty line ends.")
    screen.type("put the red block in the red bo")
    screen.type("wl\r")
    screen.until("pick red block: started")
    screen.type("st")
    screen.until("> st")
    screen.type("op\r")
    screen.until("I have stopped.")
    screen.type("put the green block in the red bowl\r")
    screen.until("pick green block: started")
    process.send_signal(signal.SIGINT)
    seen = len(screen.data)
    screen.until("I have stopped.", 2)
    screen.type("\x04")
    screen.until("report.html")
    assert process.wait(timeout=60) == 1
    assert termios.tcgetattr(theirs) == before
    assert re.search(r"halted.*\(says the brain\)", screen.data[seen:])
    for end in (ours, theirs):
        os.close(end)


@pytest.fixture
def prompt():
    ours, theirs = pty.openpty()
    screen, heard, other = io.StringIO(), [], []
    with (
        open(theirs, "r+b", buffering=0) as keyboard,
        Prompt(
            keyboard, screen, heard.append, lambda: other.append("left"), lambda: other.append("called")
        ) as line,
    ):
        yield line, ours, screen, heard, other
    os.close(ours)


def wait(condition):
    for _ in range(500):
        if condition():
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError("it does not come")


def test_what_is_half_typed_stays_below_what_is_printed(prompt):
    line, keys, screen, heard, _ = prompt
    os.write(keys, b"put the bloc")
    wait(lambda: screen.getvalue().endswith("> put the bloc"))
    line.write("news\n")
    assert screen.getvalue().endswith("\r\x1b[Knews\n\r\x1b[K> put the bloc")
    os.write(keys, b"\x7f\x17cup away\r")
    wait(lambda: heard)
    assert heard == ["put the cup away"]
    assert screen.getvalue().endswith("\r\x1b[K> ")


def test_earlier_lines_long_lines_and_leaving(prompt):
    line, keys, screen, heard, other = prompt
    os.write(keys, b"one\rtwo\r\x1b[A\x1b[A\x1b[B\x1b[C\r")
    wait(lambda: len(heard) == 3)
    assert heard == ["one", "two", "two"]
    os.write(keys, b"x" * 300)
    wait(lambda: screen.getvalue().endswith("x" * 50))
    assert len(screen.getvalue().rpartition("\x1b[K> ")[2]) < 300
    line.interrupt()
    wait(lambda: other)
    os.write(keys, b"\x15\x04")
    wait(lambda: len(other) == 2)
    assert other == ["called", "left"]
    assert heard == ["one", "two", "two"]
