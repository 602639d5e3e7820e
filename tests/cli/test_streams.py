"""Nobody need read the screen: closed streams, pipes without a reader and full devices."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from neuralbrain.cli.streams import UNREAD, Progress, Results
from neuralbrain.record.folder import read_manifest
from tests.cli.test_episode_command import child

ROOT = Path(__file__).parents[2]
PROGRAM = f"{sys.executable} {ROOT / 'run.py'}"


@pytest.fixture
def unread():
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def test_what_nobody_reads_is_dropped_and_a_result_that_fails_is_known(unread):
    assert Progress(unread, "w", closefd=False).write(b"news") == 4
    results = Results(unread, "w", closefd=False)
    with pytest.raises(KeyboardInterrupt):
        results.write(b"result")
    assert results.write(b"more") == 4
    assert results.status(0) == UNREAD


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("--version >&-", 0, ""),
        ("--version 2>&- <&-", 0, ""),
        ("--version | true", UNREAD, ""),
        ("--version > /dev/full", 2, "error: stdout cannot be written: No space left on device\n"),
        ("nonsense 2> /dev/full", 2, ""),
    ],
)
def test_any_command_ends_quietly(words, status, says, tmp_path):
    first, *rest = words.partition(" |")
    line = f"{PROGRAM} {first}{''.join(rest)}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (status, says)


def test_an_episode_whose_news_nobody_reads_is_run_to_its_end(tmp_path, toy_agent, unread):
    process = child(
        tmp_path, toy_agent, "--runtime", "inline", "--json", stdout=subprocess.PIPE, stderr=unread, text=True
    )
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert json.loads(out)["success"]


def test_an_episode_whose_result_nobody_reads_is_kept(tmp_path, toy_agent, unread):
    process = child(
        tmp_path, toy_agent, "--runtime", "inline", "--json", "--quiet", stdout=unread, stderr=subprocess.PIPE
    )
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (UNREAD, b"")
    (folder,) = (tmp_path / "runs").iterdir()
    assert read_manifest(folder)["result"]["success"]
