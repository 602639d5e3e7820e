"""From the command to the first tick, as a person at the terminal sees it."""

import re
import subprocess
import sys
import tempfile
import time
from statistics import median

from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.errors import RecordError

GOALS = {"inline": 3.0, "ray": 15.0}
_PROGRAM = "from neuralbrain.cli import main; main()"
_NEWS = re.compile(r"\s*\d+\.\d\d s  ")
"""A line of news in the plain view: simulated time, region, text. The first comes from the first slice."""


def measure(*, repeats: Count = 3) -> Table:
    """Type the default command in a fresh process; stop the clock when it shows what its first slice did.

    The first start of each runtime is not counted (Python writes its byte code, the disk is cold).

    Args:
        repeats: Starts of each runtime that count.

    Raises:
        RecordError: An episode could not be started.
    """
    rows: list[list[Cell]] = []
    reached = {}
    for runtime, goal in GOALS.items():
        _start(runtime)
        seconds = [_start(runtime) for _ in range(repeats)]
        rows.append([runtime, round(median(seconds), 2), round(max(seconds), 2), goal])
        reached[f"{runtime}: under {goal:g} s"] = max(seconds) < goal
    return Table(
        title="From the command to the first tick, s",
        columns=["runtime", "median", "slowest", "goal"],
        rows=rows,
        notes=[f"{repeats} fresh processes each, after one that is not counted."],
        reached=reached,
    )


def _start(runtime: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, "episode", "--runtime", runtime, "--no-movie", "--out", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            first, said = None, ""
            for line in process.stderr:
                said = line
                if first is None and _NEWS.match(line):
                    first = time.perf_counter() - begun
    if first is None:
        raise RecordError(f"the default episode did not start on {runtime}: {said.strip()}")
    return first
