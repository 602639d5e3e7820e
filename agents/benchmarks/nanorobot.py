"""The nanorobots' figures, side by side in one run: finding, searching, following, and speed."""

from collections.abc import Callable, Sequence

from neuralbrain.agents.baselines.kavousinejad import compare as compare_kavousinejad
from neuralbrain.agents.baselines.searching import compare as compare_searching
from neuralbrain.agents.benchmarks.nanorobot_peclet import PECLET, Score, scores
from neuralbrain.agents.benchmarks.nanorobot_speed import environment_rates, growth, learning_rates
from neuralbrain.agents.benchmarks.table import Cell, Count, Table
from neuralbrain.agents.intervals import in_percent
from neuralbrain.errors import UnknownNameError

Rows = list[list[Cell]]
Reached = dict[str, bool]
PUBLISHED_LOOP = 990
"""Robot-steps/s of the published simulation, as measured on another day (two cores, Python 3.11)."""


def measure(
    *,
    parts: str = "kavousinejad,search,seek,track,speed,vector",
    seeds: Count = 300,
    searches: Count = 2000,
    steps: Count = 40_000_000,
    trials: Count = 2048,
    tables: Count = 5,
    repeats: Count = 3,
    processes: Count = 16,
) -> Table:
    """Measure how well nanorobots find, search and follow, and how fast their worlds are.

    Args:
        parts: What is measured, with commas between.
        seeds: Worlds of the published study.
        searches: Searches by rare hits, for each policy.
        steps: Robot-steps for which each table is learned.
        trials: Worlds in which each policy is judged at each Péclet number.
        tables: How many tables are learned at each Péclet number, each with a seed of its own.
        repeats: How often a speed is measured; the best counts.
        processes: Environments in Gymnasium's AsyncVectorEnv, a process of its own for each. On two cores its
            rate hardly depends on how many they are, but 256 do not fit into 24 GB.

    Raises:
        UnknownNameError: There is no such part.
    """
    known: dict[str, Callable[[], tuple[Rows, Reached]]] = {
        "kavousinejad": lambda: _kavousinejad(seeds),
        "search": lambda: _search(searches),
        "seek": lambda: _chemotaxis("seek", steps, trials, tables),
        "track": lambda: _chemotaxis("track", steps, trials, tables),
        "speed": lambda: _speed(repeats),
        "vector": lambda: _vector(repeats, processes),
    }
    wanted = [part.strip() for part in parts.split(",")]
    for part in wanted:
        if part not in known:
            raise UnknownNameError("part of the benchmark", part, known)
    rows: Rows = []
    reached: Reached = {}
    for part in wanted:
        more, goals = known[part]()
        rows += more
        reached |= goals
    return Table(
        title="Nanorobots",
        columns=["what", "setting", "who", "figure", "±", "also"],
        rows=rows,
        notes=[
            "±: standard error; of shares: the 95 % interval (Wilson). All that is compared has the same "
            "seeds, or takes turns on the same machine.",
            f"published world: seeds 0 to {seeds - 1}; steps are means of the runs that "
            "succeed; also: of all, a failure counting 1000. The two others are handed what ours must find "
            "out: the published rule the cell's place, the greedy one the markers'.",
            f"search: {searches} searches each; one that finds nothing counts with all its ticks. Known: "
            "optimum in 1-D 7.15 steps; infotaxis in 3-D 44.2 ± 4.0 in one account, 70.4 ± 7.1 by the "
            "published code run again.",
            f"seek, track: {trials} worlds each; rules tuned for each Péclet number on other worlds; the "
            f"table learned in {steps:,} robot-steps, {tables} times: ± has the chance of learning in it; "
            "seek counts all 4000 ticks where nothing is found.",
            f"speed: a published Python simulation of a smaller world ran at {PUBLISHED_LOOP} a second.",
        ],
        reached=reached,
    )


def _kavousinejad(seeds: int) -> tuple[Rows, Reached]:
    found = compare_kavousinejad(seeds)
    rows: Rows = []
    for row in found:
        rows.append(
            [
                "published world, success",
                "%",
                row.policy,
                round(row.success, 1),
                None,
                f"95 %: {row.success_from:.1f} to {row.success_to:.1f}; {row.seeds} seeds",
            ]
        )
        also = f"{row.steps_of_all:.0f} of all; {row.times_line:.2f} x line"
        rows.append(
            ["published world, steps", "", row.policy, round(row.steps, 1), _r(row.steps_error), also]
        )
    published, greedy, ours = found[:3]
    return rows, {
        "published world: 100 %": ours.success == 100.0,
        "published world: at most 1.25 times the straight line": ours.times_line <= 1.25,
        "published world: ahead of both": ours.steps_of_all < min(published.steps_of_all, greedy.steps_of_all)
        and ours.success >= max(published.success, greedy.success),
    }


def _search(searches: int) -> tuple[Rows, Reached]:
    rows: Rows = []
    reached: Reached = {}
    for dimensions, length, rate in ((1, 2.0, 2.0), (3, 1.0, 2.0)):
        names = ("infotaxis", "space-aware infotaxis")
        first, ours = compare_searching(dimensions, length, rate, searches, 0, names)
        for row in (first, ours):
            also = f"found {in_percent(row.found, row.runs)}"
            if row is ours:
                also += f"; ahead by {row.lead:.2f} ± {row.lead_error:.2f}"
            setting = f"{dimensions}-D, L = {length:g}, I = {rate:g}"
            rows.append(
                ["search, steps", setting, row.policy, round(row.steps, 2), round(row.error, 2), also]
            )
        if dimensions == 1:
            reached["search in 1-D: at most 7.4 steps"] = ours.steps <= 7.4
        else:
            reached["search in 3-D: ahead of infotaxis"] = ours.lead > 2 * ours.lead_error
    return rows, reached


def _chemotaxis(task: str, steps: int, trials: int, tables: int) -> tuple[Rows, Reached]:
    what = "seek, ticks" if task == "seek" else "track, share of ticks near"
    found = list(scores(task, steps=steps, trials=trials, tables=tables))
    rows: Rows = [
        [
            what,
            f"Péclet {score.peclet:g}",
            score.policy,
            float(f"{score.value:.4g}"),
            float(f"{score.error:.2g}"),
            _found(score.found, trials) if task == "seek" else "",
        ]
        for score in found
    ]
    return rows, {
        f"{task}, Péclet {peclet:g}: ahead of run and tumble": _ahead(task, peclet, found)
        for peclet in PECLET
        if peclet >= 1
    }


def _found(each: Sequence[int], trials: int) -> str:
    """Say in how many trials it was found; of several tables what the worst and the best found."""
    if len(each) == 1:
        return f"found {in_percent(each[0], trials)}"
    shares = [100 * found / trials for found in each]
    return f"found {sum(shares) / len(each):.1f} % ({min(shares):.1f} to {max(shares):.1f} by table)"


def _ahead(task: str, peclet: float, found: list[Score]) -> bool:
    here = {score.policy.partition(" (")[0]: score.value for score in found if score.peclet == peclet}
    ours, other = here["learned"], here["run and tumble"]
    return ours < other if task == "seek" else ours > other


def _speed(repeats: int) -> tuple[Rows, Reached]:
    rows: Rows = []
    what, reached = "world and learner, robot-steps/s", {}
    for robots in (4096, 100_000):
        rates = learning_rates(robots, repeats)
        for name, rate in rates.items():
            also = "" if name == "ours" else f"ours is {rates['ours'] / rate:,.1f} times as fast"
            setting = f"{1 if name == 'loop' else robots:,} robots, 8 sources"
            rows.append([what, setting, name, round(rate), None, also])
        for name, times in (("numpy", 5), ("loop", 1000)):
            figure = f"world and learner, {robots:,} robots: at least {times} times {name}"
            reached[figure] = rates["ours"] >= times * rates[name]
    for robots, rate in growth(repeats).items():
        rows.append([what, f"{robots:,} robots, 8 sources", "ours", round(rate), None, ""])
    return rows, reached


def _vector(repeats: int, processes: int) -> tuple[Rows, Reached]:
    rows: Rows = []
    reached: Reached = {}
    for number, own in ((256, processes), (4096, 0)):
        rates = environment_rates(number, repeats, own)
        for name, rate in rates.items():
            also = "" if name == "ours" else f"ours is {rates['ours'] / rate:,.1f} times as fast"
            setting = f"{own if name == 'async' else number} envs"
            rows.append(["NanoSeek, env-steps/s", setting, name, round(rate), None, also])
        goals = {"sync": 20, "async": 200} if own else {"sync": 100}
        for name, times in goals.items():
            figure = f"vector env, {number} envs: at least {times} times {name}"
            reached[figure] = rates["ours"] >= times * rates[name]
    return rows, reached


def _r(value: float) -> float:
    return round(value, 1)
