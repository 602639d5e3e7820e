"""Everyday sentences: how often the default brain does, asks, answers or refuses as a person would expect."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from neuralbrain.agents.advice import Model
from neuralbrain.agents.benchmarks.asked import (
    NO_MODEL,
    PASSED,
    SPENDING,
    Watch,
    asked_models,
    at_server,
    kept,
    remarks,
)
from neuralbrain.agents.benchmarks.study import part, shown, until_interrupted
from neuralbrain.agents.benchmarks.table import Cell, Count, Natural, Table
from neuralbrain.agents.episode import AGENT, prepared
from neuralbrain.agents.intervals import wilson
from neuralbrain.agents.language.judge import RIGHT, judge
from neuralbrain.agents.language.layouts import STORED, is_stored, laid_out
from neuralbrain.agents.language.rows import Row, chosen_rows, load_sentences
from neuralbrain.agents.language.trial import said_to
from neuralbrain.agents.spending import Spending
from neuralbrain.arm import FREE
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.errors import NeuralBrainError

GOAL = 0.85
"""The share of rows that should be right, which we set ourselves."""
KINDS = ("done", "asked", "answered", "refused", "halted", "needless", "failed", "done_wrong")


class Job(NamedTuple):
    """One sentence in one layout of its scene."""

    agent: str
    allow_code: bool
    model: Model | None
    row: Row
    layout: int
    seed: int
    scene: Scene


def measure(
    file: Path,
    *,
    rows: str = "",
    layouts: Count = 5,
    processes: Natural = 0,
    agent: str = AGENT,
    allow_code: bool = False,
    model: str = NO_MODEL,
    base_url: str = "",
    spending: Spending = SPENDING,
) -> Table:
    """Say every sentence of a file in some layouts of its scene, and judge by simulator truth.

    Args:
        file: The sentences (*.yaml).
        rows: Only these: numbers with commas between, or a regular expression that is found in the sentence.
        layouts: In so many layouts of the scene.
        processes: How many episodes run at a time; 0: one a core.
        agent: The brain: a name, or a blueprint file (*.yaml).
        allow_code: Load the code that the brain's file names by path: trust the file.
        model: A language model that the cortex asks; "none": grammar and planner alone; "oracle": one that is
            scripted, with good plans.
        base_url: Its server; empty: OPENAI_BASE_URL, from the environment or .env.
        spending: What it may use.

    Raises:
        ConfigurationError: The file or the model cannot be used, or there is no such brain for the tabletop.
    """
    sentences = load_sentences(file)
    chosen = chosen_rows(sentences.rows, rows)
    asked = asked_models([model], base_url, spending)[model]
    prepared(agent, FREE, 0, allow_code=allow_code, instruction="hello", model=asked)  # or it is refused here
    jobs = [
        Job(agent, allow_code, asked, row, number, *laid)
        for row in chosen
        for number, laid in enumerate(laid_out(sentences.scenes[row.scene], layouts))
    ]
    scenes = {row.scene: sentences.scenes[row.scene] for row in chosen}
    unstored = sorted(name for name, scene in scenes.items() if layouts > STORED or not is_stored(scene))
    begun = time.perf_counter()
    trials = until_interrupted(shown(kept(_trial, jobs, processes), len(jobs)))
    trials.sort(key=lambda trial: (trial["row"], trial["layout"]))
    parts = {row: [trial for trial in trials if trial["row"] == row.number] for row in chosen}
    by_row = {row: part for row, part in parts.items() if part}
    whole = {row.number: _whole(part) for row, part in by_row.items()}
    return Table(
        title=f"Language: {Path(file).name}, {agent}, model: {model}, by simulator truth",
        columns=["row", "scene", "sentence", "expected", "right", "of", "else"],
        rows=[_line(row, part) for row, part in by_row.items()],
        notes=[
            *_totals("rows", list(whole.values())),
            *_totals("layouts", [trial["kind"] for trial in trials]),
            *(_of_model(trials) if asked else ()),
            *remarks([asked]),
            f"Layouts of {', '.join(unstored)} are drawn from seeds; some may be out of reach."
            if unstored
            else "Layouts: stored ones, in each of which the oracle did all for which they were drawn.",
            "A row is right if it is right in every layout, and done wrong if it is in any.",
            "Intervals: Wilson, 95 %.",
            f"It took {time.perf_counter() - begun:.0f} s of wall time.",
            *(_fault(trial) for trial in trials if not trial["success"]),
        ],
        reached={
            f"at least {GOAL:.0%} of the rows right": _share(list(whole.values())) >= GOAL,
            "nothing done wrong": "done_wrong" not in whole.values(),
        },
        interrupted=part(trials, jobs),
        details={
            "totals": {
                "rows": dict(Counter(whole.values())),
                "layouts": dict(Counter(trial["kind"] for trial in trials)),
            },
            "trials": trials,
        },
    )


def _trial(job: Job) -> dict[str, Any]:
    """Run one; what breaks off has failed, and says why."""
    row = job.row
    known = {
        "row": row.number,
        "scene": row.scene,
        "layout": job.layout,
        "seed": job.seed,
        "sentence": row.say,
    }
    watch = Watch()
    try:
        with at_server(job.model, FREE) as model:
            reply = said_to(
                job.agent,
                job.scene,
                job.seed,
                row,
                allow_code=job.allow_code,
                model=model,
                observers=(watch,) if model else (),
            )
    except NeuralBrainError as error:
        words = {"outcome": "failed", "answer": "", "seconds": 0.0, "why": f"it broke off: {error}"}
        return known | {"success": False, "kind": "failed", "used": watch.counted()["used"]} | words
    verdict = judge(row, reply)
    if job.model:
        known |= {"model": watch.counted(), "used": watch.counted()["used"]}
    return known | {
        "success": verdict.kind in RIGHT,
        "kind": verdict.kind,
        "outcome": reply.outcome,
        "answer": reply.text,
        "seconds": round(reply.moments[-1].seconds, 2),
        "why": verdict.why,
    }


def _whole(trials: Sequence[dict[str, Any]]) -> str:
    """Return what a row comes to: the worst of its layouts."""
    return max((str(trial["kind"]) for trial in trials), key=KINDS.index)


def _line(row: Row, trials: Sequence[dict[str, Any]]) -> list[Cell]:
    other = Counter(trial["kind"] for trial in trials if not trial["success"])
    right = sum(trial["success"] for trial in trials)
    rest = ", ".join(f"{count} {kind}" for kind, count in other.items())
    return [row.number, row.scene, row.say, " or ".join(row.expected), right, len(trials), rest]


def _totals(of: str, kinds: Sequence[str]) -> list[str]:
    """Say how many of them are of each kind."""
    lines = []
    counts = Counter(kinds)
    for name, members in (("right", RIGHT), *((kind, (kind,)) for kind in KINDS if kind not in RIGHT)):
        number = sum(counts[member] for member in members)
        low, high = wilson(number, len(kinds))
        parts = ", ".join(f"{member} {counts[member]}" for member in members if counts[member])
        more = f" ({parts})" if name == "right" and parts else ""
        lines.append(f"{of} {name}: {number} of {len(kinds)}, {low:.1%} to {high:.1%}{more}")
    return lines


def _of_model(trials: Sequence[dict[str, Any]]) -> list[str]:
    """Say what became of the model's answers."""
    asked = [trial["model"] for trial in trials if trial.get("model", {}).get("first")]
    first = sum(one["first"] in PASSED for one in asked)
    passed = sum(not PASSED.isdisjoint(one["verdicts"]) for one in asked)
    last = Counter(one["verdicts"][-1] for one in asked if PASSED.isdisjoint(one["verdicts"]))
    rest = ", ".join(f"{verdict} {count}" for verdict, count in sorted(last.items()))
    calls, tokens = (sum(one[key] for one in asked) for key in ("calls", "tokens"))
    return [
        f"model asked about {len(asked)}: a plan that passes every check at first {first}, with repair "
        f"{passed}; of the others: {rest or 'none'}",
        f"{calls} requests, {tokens} tokens, {sum(one['seconds'] for one in asked):.0f} s of waiting.",
    ]


def _share(kinds: Sequence[str]) -> float:
    return sum(kind in RIGHT for kind in kinds) / len(kinds)


def _fault(trial: dict[str, Any]) -> str:
    """Say what was not right in one line."""
    where = f"{trial['row']} {trial['scene']}{trial['layout']} {trial['kind']}"
    answer = " ".join(trial["answer"].split())
    return f"{where}: {trial['sentence']!r}: {trial['why']} [the brain, {trial['outcome']}: {answer}]"
