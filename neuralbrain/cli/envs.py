"""``envs``: which worlds there are."""

from typing import Annotated

import typer


def envs(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the environments by Gymnasium id, and the agent for each; --env takes the short name, too."""
    import gymnasium
    from rich.table import Table

    from neuralbrain.cli.terminal import results, say_json
    from neuralbrain.embodiment import agents
    from neuralbrain.environments import environment_ids, task_name

    fitting = agents()
    rows = [
        {
            "id": full,
            "short": task_name(full),
            "agent": fitting.get(full, ""),
            "max_steps": gymnasium.spec(full).max_episode_steps,
        }
        for full in environment_ids()
    ]
    if as_json:
        say_json(rows)
        return
    table = Table("id", "short name", "agent", title="environments")
    for row in rows:
        table.add_row(str(row["id"]), str(row["short"]), str(row["agent"] or "none"))
    results().print(table)
