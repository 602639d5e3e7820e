"""Environments, agents, episodes, benches and trainings: NeuralBrain's commands, with records in runs/."""

from typing import Any

from pydantic import Field

from neuralbrain.research.command import option, plain_name, run
from neuralbrain.research.registry import Desk, Given, Result, tool
from neuralbrain.research.tools.notes import Nothing
from neuralbrain.research.workspace import RUNS

QUICK = 120.0
"""A command that only looks may take so many seconds."""


class AgentGiven(Given):
    """An agent's name ("frankenbot")."""

    agent: str = "frankenbot"


class EpisodeGiven(Given):
    """An episode.

    What is said to the brain (none: the task's own sentence), the world (none: the brain's own), the brain,
    the seed (none: the workspace's), how many episodes, and how long they may take, s.
    """

    instruction: str | None = Field(default=None, max_length=1000)
    env: str | None = None
    agent: str = "frankenbot"
    seed: int | None = Field(default=None, ge=0, lt=2**32)
    episodes: int = Field(default=1, ge=1, le=100)
    seconds: float = Field(default=600.0, gt=0, le=86400)


class BenchGiven(Given):
    """A bench by its name, its options (as `bench NAME --help` has them), and how long it takes, s."""

    name: str = Field(pattern=r"^[a-z_]+$")
    options: dict[str, int | float | bool | str] = {}
    seconds: float = Field(default=600.0, gt=0, le=86400)


class TrainGiven(Given):
    """A training: the world, robot-steps, robots, the seed (none: the workspace's), how long it takes, s."""

    env: str = "NanoSeek"
    steps: int = Field(ge=1, le=10**12)
    robots: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    seconds: float = Field(default=3600.0, gt=0, le=86400)


@tool("read")
def list_environments(given: Nothing, desk: Desk) -> Result:
    """List the worlds: the id of each, its short name, and the agent that fits."""
    rows, _ = run(["envs"], seconds=QUICK)
    lines = [f"{row['short']}: {row['id']}, agent {row['agent'] or 'none'}" for row in rows]
    return Result(text="\n".join(lines), data=rows)


@tool("read")
def show_agent(given: AgentGiven, desk: Desk) -> Result:
    """Show an agent's brain: its regions, and the projections between them."""
    brain, _ = run(["brain", "show", "--", plain_name("agent", given.agent)], seconds=QUICK)
    regions = ", ".join(f"{region['name']} ({region['type']})" for region in brain["regions"])
    return Result(text=f"{brain['name']}: {brain['description']}\nregions: {regions}", data=brain)


@tool("compute")
def run_episode(given: EpisodeGiven, desk: Desk) -> Result:
    """Let a brain do what a sentence asks, in simulation; its record goes to runs/."""
    seed = desk.settings.seed if given.seed is None else given.seed
    words = ["episode", "--runtime=inline", "--no-movie", "--quiet", f"--out={desk.workspace.root / RUNS}"]
    words += option("env", given.env and plain_name("world", given.env)) + option("seed", seed)
    words += option("agent", plain_name("agent", given.agent)) + option("episodes", given.episodes)
    words += ["--", given.instruction] if given.instruction else []
    found, _ = run(words, seconds=given.seconds)
    rows: list[dict[str, Any]] = found if isinstance(found, list) else [found]
    runs = [str(row["run_dir"]).rpartition("/")[2] for row in rows]
    lines = [
        f"{name}: {row['outcome']} by {row['judged_by']}, seed {row['seed']}: {row['answer']}"
        for name, row in zip(runs, rows, strict=True)
    ]
    done = sum(bool(row["success"]) for row in rows)
    return Result(text="\n".join([*lines, f"{done} of {len(rows)} succeeded"]), data=rows, cites=runs)


@tool("compute")
def run_bench(given: BenchGiven, desk: Desk) -> Result:
    """Measure with one of the benches (tabletop, rover, nanorobot, envs, ...)."""
    words = ["bench", given.name]
    for name, value in sorted(given.options.items()):
        key = plain_name("option", name).replace("_", "-")
        if isinstance(value, bool):
            words += [f"--{key}"] if value else []
        else:
            words += option(key, plain_name("value", value) if isinstance(value, str) else value)
    table, _ = run(words, seconds=given.seconds)
    rows = [", ".join(f"{name} {value}" for name, value in row.items()) for row in table["rows"]]
    return Result(text="\n".join([table["title"], *rows, *table["notes"]]), data=table)


@tool("compute")
def train_policy(given: TrainGiven, desk: Desk) -> Result:
    """Learn a policy from rewards by Q-learning; its record goes to runs/."""
    seed = desk.settings.seed if given.seed is None else given.seed
    words = ["train", "q", "--quiet", f"--out={desk.workspace.root / RUNS}"]
    words += option("env", plain_name("world", given.env)) + option("steps", given.steps)
    words += option("seed", seed) + option("robots", given.robots)
    found, _ = run(words, seconds=given.seconds)
    name = str(found.get("run_dir", found.get("folder", ""))).rpartition("/")[2]
    return Result(text=f"{name}: {found}"[:2000], data=found, cites=[name] if name else [])
