"""The rover's three tasks: how often its brain succeeds, by simulator truth."""

from neuralbrain.agents.benchmarks.study import success, worlds
from neuralbrain.agents.benchmarks.table import Count, Natural, Table

FIRST_SEED = 20_000
"""The study's seeds start here; nothing was tuned on them."""
GOAL = 0.95
"""Success that we set ourselves, of all episodes and of each task."""
NOT_JUDGED = ("rover-free", "rover-practice")


def measure(
    *,
    seeds: Count = 50,
    tasks: str = "all",
    processes: Natural = 0,
    first_seed: Natural = FIRST_SEED,
    agent: str = "rover",
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
        "Rover: success by simulator truth",
        worlds(tasks, "rover-", without=NOT_JUDGED),
        agent=agent,
        allow_code=allow_code,
        seeds=seeds,
        first_seed=first_seed,
        processes=processes,
        goal=GOAL,
        task_goal=GOAL,
    )
