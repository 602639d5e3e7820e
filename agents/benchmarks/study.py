"""What studies of success have in common: many episodes with unseen seeds, judged by simulator truth."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from neuralbrain.agents.benchmarks.table import Cell, Table
from neuralbrain.agents.episode import prepared, run_episode
from neuralbrain.agents.intervals import wilson
from neuralbrain.embodiment import world_of
from neuralbrain.environments import environment_ids, find_environment, task_name
from neuralbrain.errors import NeuralBrainError
from neuralbrain.simulation import Simulation

SILENCE_SECONDS = 20.0
"""Without a terminal, a line tells how far it is about so often."""

Outcome = dict[str, Any]
J = TypeVar("J")
Job = tuple[str, str, int, bool]
"""Brain, world, seed, and whether code that the brain's file names is loaded."""


def worlds(tasks: str, beginning: str, without: Sequence[str] = ()) -> list[str]:
    """Return the ids of the environments that a study is about.

    Args:
        tasks: Short names with commas between; or "all".
        beginning: What the short names of "all" begin with; worlds without a task are none of them.
        without: Short names that "all" leaves out.

    Raises:
        ConfigurationError: There is no such environment.
    """
    if tasks != "all":
        ours = {task_name(name) for name in environment_ids()}
        names = [name.strip() for name in tasks.split(",")]
        return [
            find_environment(f"{beginning}{name}" if f"{beginning}{name}" in ours else name) for name in names
        ]
    known = {name: world_of(name) for name in environment_ids()}
    short = {name: task_name(name) for name, world in known.items() if world is None or world.has_task}
    return [name for name, task in short.items() if task.startswith(beginning) and task not in without]


def begin(agent: str, names: Sequence[str], seed: int, allow_code: bool) -> None:
    """Begin an episode in each world, and leave it: what does not begin is said before anything is measured.

    Args:
        agent: The brain.
        names: The environments' full ids.
        seed: Of each.
        allow_code: Whether paths to code that stand in the brain's file are loaded.

    Raises:
        NeuralBrainError: One does not begin.
    """
    for name in names:
        with Simulation(prepared(agent, name, seed, allow_code=allow_code), seed=seed, history=0):
            pass


def success(
    title: str,
    names: Sequence[str],
    *,
    agent: str,
    allow_code: bool,
    seeds: int,
    first_seed: int,
    processes: int,
    goal: float,
    task_goal: float,
) -> Table:
    """Run every task with unseen seeds and count the successes, with 95 % Wilson intervals.

    Args:
        title: Of the table.
        names: The environments' full ids.
        agent: The brain.
        allow_code: Whether paths to code that stand in its file are loaded.
        seeds: Episodes a task.
        first_seed: The first seed of each task.
        processes: How many run at a time; 0: one a core.
        goal: The share of all episodes that should succeed.
        task_goal: The share of each task's.

    Raises:
        NeuralBrainError: An episode in one of these worlds does not begin.
    """
    begin(agent, names, first_seed, allow_code)
    seen = range(first_seed, first_seed + seeds)
    jobs = [(agent, env, seed, allow_code) for seed in seen for env in names]
    begun = time.perf_counter()
    outcomes = list(shown(every(_episode, jobs, processes), len(jobs)))
    rows: list[list[Cell]] = []
    for name in [*names, None]:
        part = [outcome for outcome in outcomes if name in (None, outcome["env"])]
        rows.append(_row(task_name(name) if name else "all", part))
    rates = [float(row[3] or 0) for row in rows]
    return Table(
        title=title,
        columns=[
            "task",
            "episodes",
            "successes",
            "rate",
            "95 % from",
            "to",
            "believed but false",
            "anomalies",
            "recovered",
            "simulated s",
            "times real time",
        ],
        rows=rows,
        notes=[
            f"Seeds {first_seed} to {first_seed + seeds - 1} of each task; inline, with the record.",
            "Intervals: Wilson, 95 %. Believed but false: the brain says that it is done, and it is not.",
            "Simulated seconds: the median. Times real time: simulated by the time to compute it.",
            f"The study took {time.perf_counter() - begun:.0f} s of wall time.",
        ],
        reached={
            f"at least {goal:.0%} of all": rates[-1] >= goal,
            f"no task under {task_goal:.0%}": min(rates[:-1]) >= task_goal,
        },
        details={"failures": [outcome for outcome in outcomes if not outcome["success"]]},
    )


def every(work: Callable[[J], Outcome], jobs: Sequence[J], processes: int) -> Iterator[Outcome]:
    """Yield the outcomes of jobs as they come; which of them come first changes no figure.

    Args:
        work: Does a job; a function of a module.
        jobs: They.
        processes: How many at a time; 0: one a core.
    """
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        yield from map(work, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(work, jobs)


def until_interrupted(outcomes: Iterator[Outcome]) -> list[Outcome]:
    """Return all outcomes, or, when a person ends it, those that there are; with none there is no table.

    Raises:
        KeyboardInterrupt: There are none.
    """
    found: list[Outcome] = []
    try:
        found.extend(outcomes)  # one by one: those before the interruption are kept
    except KeyboardInterrupt:
        if not found:
            raise
    return found


def part(outcomes: Sequence[Outcome], jobs: Sequence[object]) -> str:
    """Return how much of a study there is ("3 of 54"); empty for all of it."""
    return f"{len(outcomes)} of {len(jobs)}" if len(outcomes) < len(jobs) else ""


def shown(outcomes: Iterator[Outcome], number: int) -> Iterator[Outcome]:
    """Show on stderr how far it is: a bar on a terminal, elsewhere a line now and then."""
    console = Console(stderr=True)
    if console.is_terminal:
        yield from track(outcomes, "episodes", number, console=console)
        return
    failed, spoke = 0, time.monotonic()
    for count, outcome in enumerate(outcomes, start=1):
        failed += not outcome["success"]
        if time.monotonic() - spoke > SILENCE_SECONDS:
            spoke = time.monotonic()
            console.print(f"{count} of {number} episodes, {failed} failed", highlight=False)
        yield outcome


def _episode(job: Job) -> Outcome:
    """Run one episode; what breaks off is a failure, and says why."""
    agent, env, seed, allow_code = job
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = run_episode(agent, env, seed, out=folder, allow_code=allow_code)
        except NeuralBrainError as error:
            return {"env": env, "seed": seed, "success": False, "error": str(error)}
    told = result.as_dict()
    del told["run_dir"]  # it is gone
    return {"env": env, **told}


def _row(name: str, outcomes: list[Outcome]) -> list[Cell]:
    successes = sum(outcome["success"] for outcome in outcomes)
    low, high = wilson(successes, len(outcomes))
    simulated = [outcome.get("sim_seconds", 0.0) for outcome in outcomes]
    wall = sum(outcome.get("wall_seconds", 0.0) for outcome in outcomes)
    return [
        name,
        len(outcomes),
        successes,
        round(successes / len(outcomes), 4),
        round(low, 4),
        round(high, 4),
        sum(outcome.get("standing") == "believed but false" for outcome in outcomes),
        sum(outcome.get("anomalies", 0) for outcome in outcomes),
        sum(outcome.get("recovered", 0) for outcome in outcomes),
        round(median(simulated), 1),
        round(sum(simulated) / wall, 1) if wall else None,
    ]
