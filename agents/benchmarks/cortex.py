"""A language model in the cortex: how often its plans are good, and what it costs, model beside model."""

import time
from collections import Counter
from typing import Any, NamedTuple

from neuralbrain.agents.advice import Model
from neuralbrain.agents.benchmarks.asked import SPENDING, Watch, asked_models, at_server, kept, remarks
from neuralbrain.agents.benchmarks.study import part, shown, until_interrupted, worlds
from neuralbrain.agents.benchmarks.table import Cell, Count, Natural, Table
from neuralbrain.agents.benchmarks.tabletop import FOR_LEARNERS
from neuralbrain.agents.episode import prepared
from neuralbrain.agents.intervals import wilson
from neuralbrain.agents.oracle import ORACLE
from neuralbrain.agents.spending import Spending
from neuralbrain.environments import task_name
from neuralbrain.errors import ConfigurationError, NeuralBrainError
from neuralbrain.simulation import Simulation

CLASSES = {
    "perception": ("names", "reach"),
    "reasoning": ("meaning",),
    "planning": ("skills", "symbols", "limits"),
    "form": ("form",),
    "server": ("server", "budget"),
}
"""EmbodiedBench's error classes (perception, reasoning, planning) and two of ours: the checks
that find them."""
FAILING = "neuralbrain.agents.benchmarks.failing:FailingCerebellum"


class Job(NamedTuple):
    """One episode."""

    name: str
    model: Model | None
    env: str
    seed: int
    agent: str
    blind: bool
    failing: bool


def measure(
    *,
    model: str = ORACLE,
    base_url: str = "",
    tasks: str = "all",
    seeds: Count = 5,
    first_seed: Natural = 10_000,
    agent: str = "frankenbot",
    blind: bool = False,
    pictures: bool = False,
    failing: float = 0.0,
    processes: Natural = 0,
    spending: Spending = SPENDING,
) -> Table:
    """Let language models plan in the tabletop tasks, and say how often that was good, and what it took.

    Args:
        model: The models' names with commas between. "oracle": scripted good plans, on a server of its own;
            "none": the embedded planner alone, for comparison.
        base_url: Their server; empty: OPENAI_BASE_URL, from the environment or .env.
        tasks: Short names of environments with commas between, or "all".
        seeds: Episodes a task and model.
        first_seed: The first seed of each task.
        agent: The brain: a name, or a blueprint file (*.yaml).
        blind: Tell the models nothing of the scene, to see what they guess.
        pictures: Show them what the camera sees.
        failing: The share of episodes in which half the tries to place, stack or push fail, 0 to 1.
        processes: How many episodes run at a time; 0: one a core.
        spending: What the models may use.

    Raises:
        ConfigurationError: A model, task or brain cannot be used.
    """
    if not 0 <= failing <= 1:
        raise ConfigurationError(f"--failing {failing}: a share from 0 to 1")
    models = asked_models([name.strip() for name in model.split(",")], base_url, spending, pictures=pictures)
    envs = worlds(tasks, "tabletop-", without=FOR_LEARNERS)
    jobs = [
        Job(name, chosen, env, seed, agent, blind, _fails(number, failing))
        for name, chosen in models.items()
        for number, seed in enumerate(range(first_seed, first_seed + seeds))
        for env in envs
    ]
    begun = time.perf_counter()
    outcomes = until_interrupted(shown(kept(_episode, jobs, processes), len(jobs)))
    parts = {name: [o for o in outcomes if o["model"] == name] for name in models}
    by_task = {
        f"{name}, {task_name(env)}": [o for o in part if o["env"] == env]
        for name, part in parts.items()
        for env in envs
        if len(envs) > 1
    }
    return Table(
        title="Language models in the cortex" + " (blind)" * blind,
        columns=COLUMNS,
        rows=[_row(name, part) for name, part in (parts | by_task).items() if part],
        notes=[
            f"Seeds {first_seed} to {first_seed + seeds - 1} of each task, inline; by simulator truth.",
            "95 %: Wilson, of success. understood: its first plan names all that the sentence asks for.",
            "Skills: tries begun, without looking: who asks a model before each would make so many calls.",
            f"In {sum(job.failing for job in jobs)} of {len(jobs)} episodes half the tries to place, stack "
            "or push failed.",
            *(f"{name}: {_errors(part)}" for name, part in parts.items()),
            *remarks([*models.values()]),
            f"It took {time.perf_counter() - begun:.0f} s of wall time.",
        ],
        interrupted=part(outcomes, jobs),
        details={"episodes": outcomes},
    )


COLUMNS = [
    "model", "episodes", "success", "95 % from", "to", "understood", "valid at first", "after repair",
    "fell back", "calls", "calls/episode", "skills", "fewer calls", "tokens", "model s", "cost",
]  # fmt: skip


def _fails(number: int, share: float) -> bool:
    """Whether the episode of that number is one with a failing skill: evenly spread."""
    return int((number + 1) * share + 1e-9) > int(number * share + 1e-9)


def _episode(job: Job) -> dict[str, Any]:
    """Run one episode."""
    told = {"model": job.name, "env": job.env, "seed": job.seed, "failing": job.failing}
    with at_server(job.model, job.env) as chosen:
        blueprint = prepared(job.agent, job.env, job.seed, model=chosen)
        if job.blind:
            blueprint = blueprint.configured("cortex", blind_model=True)
        if job.failing:
            config = blueprint.by_name["cerebellum"].config
            blueprint = blueprint.replaced("cerebellum", FAILING, **config)
        watch = Watch()
        try:
            with Simulation(blueprint, seed=job.seed, observers=(watch,), history=0) as sim:
                sim.run_to_end()
                stop = sim.result.stop
        except NeuralBrainError as error:
            return {**told, "success": False, "error": str(error), **watch.counted()}
    return {**told, "success": stop is not None and stop.success, **watch.counted()}


def _row(name: str, outcomes: list[dict[str, Any]]) -> list[Cell]:
    number = len(outcomes)
    successes = sum(o["success"] for o in outcomes)
    low, high = wilson(successes, number)
    asked = [o for o in outcomes if o["first"]]
    calls, skills = sum(o["calls"] for o in outcomes), sum(o["skills"] for o in outcomes)
    costs = [o["cost"] for o in outcomes if o["calls"]]
    return [
        name,
        number,
        successes,
        round(low, 3),
        round(high, 3),
        sum("meaning" not in o["stages"][:1] and o["first"] in ("accepted", "repair") for o in asked),
        sum(o["first"] == "accepted" for o in asked),
        sum(o["first"] == "repair" and "accepted" in o["verdicts"] for o in asked),
        sum("accepted" not in o["verdicts"] for o in asked),
        calls,
        round(calls / number, 3),
        skills,
        round(1 - calls / skills, 3) if skills else None,
        sum(o["tokens"] for o in outcomes),
        round(sum(o["seconds"] for o in outcomes), 1),
        None if None in costs else round(sum(costs), 4),
    ]


def _errors(outcomes: list[dict[str, Any]]) -> str:
    """Say how many answers failed by which class of error."""
    stages = Counter(stage for o in outcomes for stage in o["stages"])
    counts = {name: sum(stages[stage] for stage in of) for name, of in CLASSES.items()}
    return "answers that failed: " + (", ".join(f"{n} {name}" for name, n in counts.items() if n) or "none")
