"""Real runs: the default brain is told sentences in stored layouts, and the oracle does what is expected."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from neuralbrain.agents.language.hand import Hand
from neuralbrain.agents.language.judge import judge
from neuralbrain.agents.language.layouts import STORED, is_stored, laid_out
from neuralbrain.agents.language.oracle import Oracle
from neuralbrain.agents.language.rows import load_sentences
from neuralbrain.agents.language.trial import said_to
from neuralbrain.arm import FREE
from neuralbrain.cli.app import app
from neuralbrain.envs.tabletop.scene import Scene

THINGS = "[red block, green block, yellow block, red ball, blue bowl, purple bowl]"
FILE = f"""
format: 1
scenes: {{A: {{things: {THINGS}}}}}
sentences:
  - {{in: A, say: "put the red block in the blue bowl", do: ["in(red block, blue bowl)"]}}
  - {{in: A, say: "put the red block in the blue bowl", do: ["in(red block, purple bowl)"]}}
  - {{in: A, say: "stop", at: "in mid-carry of: put the red block in the blue bowl", halt: true}}
  - {{in: A, say: "frobnicate", refuse: [[understand]]}}
  - {{in: A, say: "-", do: ["left_of(green block, purple bowl)", "in(red block, any bowl)"],
     during: ["held(green block)"]}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sentences.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_what_a_brain_does_is_judged_by_the_truth(file: Path) -> None:
    sentences = load_sentences(file)
    (seed, scene), *_ = laid_out(sentences.scenes["A"], 1)
    done, wrong, stopped, refused, _ = sentences.rows
    reply = said_to("frankenbot", scene, seed, done)
    assert judge(done, reply).kind == "done"
    assert judge(wrong, reply).kind == "done_wrong"
    assert judge(stopped, said_to("frankenbot", scene, seed, stopped)).kind == "halted"
    assert judge(refused, said_to("frankenbot", scene, seed, refused)).kind == "refused"
    assert judge(refused, reply).kind == "done_wrong"


def test_the_oracle_does_what_is_expected(file: Path) -> None:
    sentences = load_sentences(file)
    (seed, scene), *_ = laid_out(sentences.scenes["A"], 1)
    with closing(Hand(FREE, seed, options=scene.options())) as hand:
        verdict = Oracle(hand).show(sentences.rows[-1])
    assert (verdict.kind, verdict.why) == ("done", "")


def test_stored_layouts_come_first_and_others_are_drawn() -> None:
    stored, other = Scene.of(THINGS[1:-1].split(", ")), Scene.of(["red block"])
    assert is_stored(stored) and not is_stored(other)
    laid = laid_out(stored, STORED + 2)
    assert len({seed for seed, _ in laid}) == STORED + 2
    assert [bool(scene.layout) for _, scene in laid] == [True] * STORED + [False] * 2
    assert [seed for seed, _ in laid_out(other, 2)] == [0, 1]


def test_the_bench_counts_and_says_what_is_wrong(file: Path) -> None:
    command = [
        "bench",
        "language",
        str(file),
        "--rows",
        "4,5",
        "--layouts",
        "1",
        "--processes",
        "1",
        "--json",
    ]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["totals"] == {
        "rows": {"refused": 1, "needless": 1},
        "layouts": {"refused": 1, "needless": 1},
    }
    assert [row["right"] for row in result["rows"]] == [1, 0]
    assert any("'-': refused, though that is not expected" in note for note in result["notes"])
    for wrong in (["--rows", "99"], ["--rows", "("], ["--layouts", "0"]):
        assert CliRunner().invoke(app, ["bench", "language", str(file), *wrong]).exit_code != 0
