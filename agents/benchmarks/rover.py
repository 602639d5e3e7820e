"""The rover's three tasks: how often its brain succeeds, by simulator truth."""

from neuralbrain.agents.benchmarks.study import success, worlds
from neuralbrain.agents.benchmarks.table import Table

FIRST_SEED = 20_000
"""The study's seeds start here; nothing was tuned on them."""
GOAL = 0.95
"""Success that we set ourselves, of all episodes and of each task."""
NOT_JUDGED = ("rover-free", "rover-practice")


def measure(
    *,
    seeds: int = 50,
    tasks: str = "all",
    processes: int = 0,
    first_seed: int = FIRST_SEED,
    agent: str = "rover",
) -> Table:
    """Run every task with unseen seeds and count the successes, with 95 % Wilson intervals.

    Args:
        seeds: Episodes a task.
        tasks: Short names of environments with commas between, or "all".
        processes: How many run at a time; 0: one a core.
        first_seed: The first seed of each task.
        agent: The brain.

    Raises:
        ConfigurationError: No such task, or nothing to do.
    """
    return success(
        "Rover: success by simulator truth",
        worlds(tasks, "rover-", without=NOT_JUDGED),
        agent=agent,
        seeds=seeds,
        first_seed=first_seed,
        processes=processes,
        goal=GOAL,
        task_goal=GOAL,
    )
