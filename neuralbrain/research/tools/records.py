"""Runs, their records and what they remember."""

import json
from pathlib import Path
from typing import Any

from pydantic import Field

from neuralbrain.errors import RecordError, UnknownNameError
from neuralbrain.research.command import run
from neuralbrain.research.registry import Desk, Given, Result, tool
from neuralbrain.research.tools.brains import QUICK
from neuralbrain.research.tools.notes import Nothing
from neuralbrain.research.workspace import RUNS

FIGURES_OF_A_RUN = ("env", "seed", "instruction", "status", "ended", "reason", "result")


class RunGiven(Given):
    """A run's name, as list_runs has it."""

    run: str = Field(min_length=1, max_length=200)


class RecallGiven(Given):
    """A run's name, and what to recall of it, in words."""

    run: str = Field(min_length=1, max_length=200)
    question: str = Field(min_length=1, max_length=1000)


@tool("read")
def list_runs(given: Nothing, desk: Desk) -> Result:
    """List the runs of the workspace, and what came of each."""
    rows = [{"run": path.name, **_figures(path)} for path in _runs(desk)]
    lines = [f"{row['run']}: {_came(row)}" for row in rows]
    return Result(text="\n".join(lines) or "no runs yet", data=rows, cites=[row["run"] for row in rows])


@tool("read")
def read_run(given: RunGiven, desk: Desk) -> Result:
    """Read what came of a run: its world, seed, sentence, result and trace."""
    figures = _figures(_run(desk, given.run))
    return Result(text=json.dumps(figures, indent=1), data=figures, cites=[given.run])


@tool("compute")
def replay_run(given: RunGiven, desk: Desk) -> Result:
    """Run an episode again from its record, and say whether its trace is the same."""
    found, status = run(["replay", "--quiet", "--", str(_run(desk, given.run))], seconds=600.0)
    same = status == 0
    return Result(
        text="the same trace" if same else f"another trace: {found}", data=found, cites=[given.run], ok=same
    )


@tool("read")
def recall_memory(given: RecallGiven, desk: Desk) -> Result:
    """Recall what a brain has remembered of a run."""
    rows, _ = run(["recall", "--", str(_run(desk, given.run)), given.question], seconds=QUICK)
    text = "\n".join(f"{row['similarity']:.2f} {row['text']}" for row in rows)
    return Result(text=text or "nothing that is remembered is about that", data=rows, cites=[given.run])


def _runs(desk: Desk) -> list[Path]:
    return sorted(path for path in (desk.workspace.root / RUNS).iterdir() if (path / "run.json").exists())


def _run(desk: Desk, name: str) -> Path:
    for path in _runs(desk):
        if path.name == name:
            return path
    raise UnknownNameError("run", name, [path.name for path in _runs(desk)], "run_episode makes one.")


def _came(figures: dict[str, Any]) -> str:
    """Return what came of a run, in a word: of an episode its outcome, else how it stands."""
    result = figures.get("result") or {}
    return str(result.get("outcome") or figures.get("status"))


def _figures(path: Path) -> dict[str, Any]:
    from neuralbrain.record.folder import EPISODE, TRAINING, read_manifest  # noqa: PLC0415 - slow to import

    try:
        manifest = read_manifest(path, (EPISODE, TRAINING))
    except RecordError as error:
        return {"status": f"unreadable: {error}"}
    return {name: manifest[name] for name in FIGURES_OF_A_RUN if name in manifest}
