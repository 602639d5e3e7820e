"""The default brain on Ray against the same brain inline: ticks/s once both have started."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from neuralbrain.agents.benchmarks.study import begin
from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.agents.episode import AGENT, prepared
from neuralbrain.blueprint import Blueprint
from neuralbrain.environments import find_environment
from neuralbrain.runtime import RunResult, run_brain
from neuralbrain.runtime.cluster import session
from neuralbrain.runtime.slices import slice_length

GOAL = 0.9


def measure(
    *,
    agent: str = AGENT,
    env: str = "neuralbrain/Tabletop-Place-v0",
    seeds: Count = 3,
    allow_code: bool = False,
) -> Table:
    """Run the same episodes in both runtimes, in turns, and compare ticks/s.

    Start-up is not counted: neither Ray's nor the actors'. Emissions travel to the driver in both, as they
    do when an episode is recorded. The traces must be the same. Each inline run has a process of its own, as
    actors do: in one that has run an episode before, memory and caches are warm, which saves 2 to 4 %.

    Args:
        agent: The brain: a name, or a blueprint file (*.yaml).
        env: The world.
        seeds: How many episodes, seeds from 0.
        allow_code: Load the code that the brain's file names by path: trust the file.

    Raises:
        ConfigurationError: No such brain or world.
    """
    env = find_environment(env)
    begin(agent, [env], 0, allow_code)  # before Ray starts
    rows: list[list[Cell]] = []
    totals = {"inline": [0, 0.0], "ray": [0, 0.0]}
    same = True
    with session(None):
        for seed in range(seeds):
            blueprint = prepared(agent, env, seed, allow_code=allow_code)
            results: dict[str, RunResult] = {}
            for runtime in ("inline", "ray") if seed % 2 == 0 else ("ray", "inline"):
                results[runtime] = _run_in_new_processes(blueprint, seed, runtime)
                totals[runtime][0] += results[runtime].ticks
                totals[runtime][1] += results[runtime].wall_seconds
            speeds = {name: result.ticks / result.wall_seconds for name, result in results.items()}
            equal = results["inline"].trace == results["ray"].trace
            same = same and equal
            rows.append(
                [
                    seed,
                    results["inline"].ticks,
                    round(speeds["inline"]),
                    round(speeds["ray"]),
                    round(speeds["ray"] / speeds["inline"], 2),
                    equal,
                ]
            )
    speed = {name: ticks / seconds for name, (ticks, seconds) in totals.items()}
    ratio = speed["ray"] / speed["inline"]
    rows.append(
        ["all", totals["inline"][0], round(speed["inline"]), round(speed["ray"]), round(ratio, 2), same]
    )
    length = slice_length(blueprint)
    return Table(
        title=f"{agent} on {env}: Ray against inline, ticks/s after start-up",
        columns=["seed", "ticks", "inline", "Ray", "Ray / inline", "same trace"],
        rows=rows,
        notes=[
            f"{len(blueprint.groups)} groups = {len(blueprint.groups)} actors; slices of {length} ticks "
            f"({length * blueprint.tick_seconds:g} s of simulated time); one actor call a group a slice.",
        ],
        reached={f"Ray at least {GOAL} of inline": ratio >= GOAL, "the same trace": same},
    )


def _run_in_new_processes(blueprint: Blueprint, seed: int, runtime: str) -> RunResult:
    """Run an episode where none has been run before."""
    observers = (_Discard(),)
    if runtime == "ray":  # its actors are new
        return run_brain(blueprint, seed, runtime=runtime, observers=observers, commit=False)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run_brain, blueprint, seed, observers=observers, commit=False).result()


class _Discard:
    """An observer that keeps nothing."""

    def observe(self, until: int, emissions: object) -> None:
        """Let it pass."""
