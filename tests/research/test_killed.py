"""A session that is killed at any moment has lost nothing that it had told, and goes on."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuralbrain.research import ideas, knowledge, notebook
from neuralbrain.research.session import Session
from neuralbrain.research.workspace import Workspace

RUN = [sys.executable, "-m", "neuralbrain", "assist", "--json", "--workspace"]


def lines(first: int, cells: bool) -> Iterator[str]:
    number = first
    while True:
        yield f"/ideas add Question {number}?"
        yield f"/knowledge add lesson number {number}"
        yield f"words {number}"
        yield "/undo"
        yield f"/knowledge add lesson again {number}"
        yield "/do list_ideas"
        if cells:
            yield f"/run print({number})"
        number += 1


def killed(folder: Path, first: int, seconds: float, cells: bool) -> list[tuple[str, dict[str, object]]]:
    """Run a session, kill it so many seconds after its first word, and return what it had told by then."""
    process = subprocess.Popen([*RUN, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=-3)
    assert process.stdin is not None and process.stdout is not None
    told: list[tuple[str, dict[str, object]]] = []
    timer: threading.Timer | None = None
    try:
        for line in lines(first, cells):
            process.stdin.write(f"{line}\n".encode())
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer.endswith(b"\n"):
                break
            told.append((line, json.loads(answer)))
            if timer is None:
                timer = threading.Timer(seconds, process.kill)
                timer.start()
    except BrokenPipeError:
        pass
    finally:
        process.kill()
        process.communicate()
        if timer is not None:
            timer.join()
    assert told
    return told


def kept(folder: Path, told: list[tuple[str, dict[str, object]]]) -> None:
    """Say that all that was told is there, and that the session goes on."""
    with Session(Workspace(folder)) as session:
        entries = session.workspace.transcript.entries
        messages = {entry.data["text"] for entry in entries if entry.event == "message"}
        questions = {one.question for one in ideas.parsed(session.workspace.text("ideas.md") or "")}
        lessons = {one.text for one in knowledge.lessons(folder / "knowledge")}
        cells = {cell.source for cell in notebook.code_cells(notebook.read(folder / "session.ipynb"))}
        undone = {told[place - 2][0] for place, (line, _) in enumerate(told) if line == "/undo"}
        # what was under way may have been done: an undo of a lesson that was not told any more
        after = {told[-2][0]} if len(told) > 1 else set()
        for line, answer in told:
            assert answer["ok"], (line, answer)
            if line.startswith("/ideas add"):
                assert line.removeprefix("/ideas add ") in questions
            elif line.startswith("/knowledge add"):
                here = line.removeprefix("/knowledge add ") in lessons
                assert here != (line in undone) or line in after, line
            elif line.startswith("/run"):
                assert line.removeprefix("/run ") in cells
            elif not line.startswith("/"):
                assert line in messages
            if answer["data"] and line != "/undo":
                act = session.acts[answer["data"]["act"]]  # type: ignore[index]
                assert act.state == "done"
        assert session.do("list_ideas").ok
        assert not session.acts.unfinished()


def test_it_is_killed_and_goes_on(folder: Path) -> None:
    moments = random.Random(7)
    for number in range(2):
        kept(folder, killed(folder, 1000 * number, moments.uniform(0, 0.1), cells=False))


@pytest.mark.slow
def test_it_is_killed_at_two_hundred_moments(tmp_path: Path) -> None:
    moments, total = random.Random(int(os.environ.get("SEED", "7"))), 0
    begun = time.monotonic()
    for number in range(200):
        folder = tmp_path / f"w{number // 20}"
        told = killed(folder, 1000 * number, moments.uniform(0, 0.5), cells=number % 4 == 0)
        kept(folder, told)
        total += len(told)
    print(f"{total} lines told, all there; {time.monotonic() - begun:.0f} s")
