"""The ten tabletop tasks: how often the default brain succeeds, by simulator truth."""

from neuralbrain.agents.benchmarks.study import success, worlds
from neuralbrain.agents.benchmarks.table import Count, Natural, Table
from neuralbrain.arm import GOALS

FIRST_SEED = 10_000
"""The study's seeds start here; nothing was tuned on them."""
FOR_LEARNERS = tuple(f"tabletop-{task.lower()}goal" for task in GOALS)
"""Worlds that end before a brain has looked round."""
GOAL, TASK_GOAL = 0.98, 0.90
"""Success that we set ourselves: of all episodes, and of each task."""


def measure(
    *,
    seeds: Count = 50,
    tasks: str = "all",
    processes: Natural = 0,
    first_seed: Natural = FIRST_SEED,
    agent: str = "frankenbot",
    allow_code: bool = False,
) -> Table:
    """Run every task with unseen seeds and count the successes, with 95 % Wilson intervals.

    Args:
        seeds: Episodes a task.
        tasks: Short names of environments with commas between, or "all".
        processes: How many run at a time; 0: one a core.
        first_seed: The first seed of each task.
        agent: The brain: a name, or a blueprint file (*.yaml).
        allow_code: Load the code that the brain's file names by path: trust the file.

    Raises:
        ConfigurationError: No such task, or no such brain for it.
    """
    return success(
        "Tabletop: success by simulator truth",
        worlds(tasks, "tabletop-", without=FOR_LEARNERS),
        agent=agent,
        allow_code=allow_code,
        seeds=seeds,
        first_seed=first_seed,
        processes=processes,
        goal=GOAL,
        task_goal=TASK_GOAL,
    )
