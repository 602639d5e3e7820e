"""Where the wall time of the default brain goes, inline, and how much faster than real time it runs."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from neuralbrain.agents.benchmarks.study import begin
from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.agents.episode import AGENT, prepared
from neuralbrain.blueprint import Blueprint
from neuralbrain.environments import find_environment
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.record.recorder import Recorder
from neuralbrain.record.story import Story
from neuralbrain.runtime import run_brain

SPEED_GOAL, OVERHEAD_GOAL = 5.0, 0.15
PARTS = {
    "perception": ("thalamus", "visual_cortex", "anomaly_monitor"),
    "planning": ("cortex",),
    "skills": ("cerebellum",),
    "memory": ("hippocampus",),
}


def measure(
    *,
    agent: str = AGENT,
    tasks: str = "place,stack,sort,drawer",
    seeds: Count = 3,
    allow_code: bool = False,
) -> Table:
    """Run recorded episodes inline and measure each part.

    "Physics" and "rendering" are the body's; "reflexes" is the rest of the brainstem; "messages" is all that
    is not inside a region: delivering and checking messages, scheduling, the trace's hash, and the recording.
    The report and the film, which are made after the episode, are not in it.

    Args:
        agent: The brain: a name, or a blueprint file (*.yaml).
        tasks: Environments by their short names, with commas.
        seeds: Episodes of each, seeds from 0.
        allow_code: Load the code that the brain's file names by path: trust the file.

    Raises:
        ConfigurationError: No such brain or task.
    """
    names = [task.strip() for task in tasks.split(",")]
    begin(agent, [find_environment(name) for name in names], 0, allow_code)
    figures: list[list[Cell]] = []
    total: dict[str, float] = {}
    for task in names:
        env = find_environment(task)
        spent: dict[str, float] = {}
        for seed in range(seeds):
            blueprint = prepared(agent, env, seed, allow_code=allow_code)
            for part, seconds in _episode(blueprint, seed).items():
                spent[part] = spent.get(part, 0.0) + seconds
        figures.append(_figures(spent))
        total = {part: total.get(part, 0.0) + seconds for part, seconds in spent.items()}
    figures.append(_figures(total))
    speed, overhead = total["simulated"] / total["wall"], total["messages"] / total["wall"]
    return Table(
        title=f"{agent}, inline: simulated seconds per wall second, and shares of the wall time",
        columns=["", *names, "all"],
        rows=[[label, *row] for label, row in zip(_LABELS, zip(*figures, strict=True), strict=True)],
        notes=[
            f"{seeds} episodes a task, seeds from 0, recorded; pictures are taken per skill, not per tick.",
            "messages: delivering, checking and hashing them, scheduling, recording.",
        ],
        reached={
            f"at least {SPEED_GOAL:g} times real time": speed >= SPEED_GOAL,
            f"messages, scheduling and recording under {OVERHEAD_GOAL:.0%}": overhead < OVERHEAD_GOAL,
        },
    )


_SHARES = ["physics", "rendering", *PARTS, "reflexes", "messages"]
_LABELS = ["simulated s", "wall s", "times real time", *_SHARES]


def _figures(spent: dict[str, float]) -> list[Cell]:
    wall = spent["wall"]
    shares = [f"{spent[part] / wall:.1%}" for part in _SHARES]
    return [round(spent["simulated"], 1), round(wall, 2), round(spent["simulated"] / wall, 1), *shares]


def _episode(blueprint: Blueprint, seed: int) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _timed_body() as body,
        Recorder(Path(folder), blueprint.tick_seconds) as recorder,
    ):
        result = run_brain(blueprint, seed, observers=(recorder, Story()), commit=False, timed=True)
    regions = result.region_seconds
    spent = {part: sum(regions.get(name, 0.0) for name in names) for part, names in PARTS.items()}
    spent |= {"physics": body["act"], "rendering": body["look"]}
    spent["reflexes"] = regions[blueprint.body] - body["act"] - body["look"]
    spent["messages"] = result.wall_seconds - sum(regions.values())
    return spent | {"wall": result.wall_seconds, "simulated": result.ticks * blueprint.tick_seconds}


@contextlib.contextmanager
def _timed_body() -> Iterator[dict[str, float]]:
    """Measure the wall time of the body's physics and pictures inside, s."""
    spent = {"act": 0.0, "look": 0.0}

    def timed(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*args: Any) -> Any:
            begun = time.perf_counter()
            try:
                return method(*args)
            finally:
                spent[name] += time.perf_counter() - begun

        return measured

    originals = {name: getattr(TabletopBody, name) for name in spent}
    for name, method in originals.items():
        setattr(TabletopBody, name, timed(name, method))
    try:
        yield spent
    finally:
        for name, method in originals.items():
            setattr(TabletopBody, name, method)
