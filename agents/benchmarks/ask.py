"""Sentences that leave something open: how often the brain asks, and how often it guesses."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from neuralbrain.agents.advice import Model
from neuralbrain.agents.benchmarks.asked import (
    NO_MODEL,
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
from neuralbrain.agents.language.judge import amiss, judge
from neuralbrain.agents.language.layouts import laid_out
from neuralbrain.agents.language.rows import Row, chosen_rows, load_sentences
from neuralbrain.agents.language.trial import said_to
from neuralbrain.agents.spending import Spending
from neuralbrain.arm import FREE
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.errors import NeuralBrainError

FILE = Path(__file__).parent.parent / "language" / "ambiguous.yaml"


class Job(NamedTuple):
    """One sentence in one layout of its scene."""

    agent: str
    model: Model | None
    row: Row
    layout: int
    seed: int
    scene: Scene


def measure(
    *,
    file: Path = FILE,
    rows: str = "",
    model: str = NO_MODEL,
    base_url: str = "",
    layouts: Count = 1,
    processes: Natural = 0,
    agent: str = AGENT,
    spending: Spending = SPENDING,
) -> Table:
    """Say sentences that leave something open, and some that do not; answer what is asked; judge by truth.

    Args:
        file: The sentences (*.yaml); those with a ``reply`` leave something open.
        rows: Only these: numbers with commas between, or a regular expression that is found in the sentence.
        model: A language model's name; "none": the grammar alone; "oracle": one that is scripted, and
            asks what is meant where the grammar does not understand.
        base_url: Its server; empty: OPENAI_BASE_URL, from the environment or .env.
        layouts: In so many layouts of each scene.
        processes: How many episodes run at a time; 0: one a core.
        agent: The brain: a name, or a blueprint file (*.yaml).
        spending: What the model may use.

    Raises:
        ConfigurationError: The file, the model or the brain cannot be used.
    """
    sentences = load_sentences(file)
    wanted = chosen_rows(sentences.rows, rows)
    chosen = asked_models([model], base_url, spending)[model]
    prepared(agent, FREE, 0, instruction="hello", model=chosen)  # or it is refused here
    jobs = [
        Job(agent, chosen, row, number, *laid)
        for row in wanted
        for number, laid in enumerate(laid_out(sentences.scenes[row.scene], layouts))
    ]
    begun = time.perf_counter()
    trials = until_interrupted(shown(kept(trial, jobs, processes), len(jobs)))
    trials.sort(key=lambda trial: (trial["row"], trial["layout"]))
    unsure, sure = ([t for t in trials if t["open"] is leaves] for leaves in (True, False))
    return Table(
        title=f"Questions: {Path(file).name}, {agent}, model: {model}, by simulator truth",
        columns=COLUMNS,
        rows=[_line("that leave something open", unsure), _line("that say all", sure)],
        notes=[
            "asked first: before anything moved, with a question that names what can be meant.",
            "guessed: it acted without asking on what is open, and not as the person meant it.",
            "lucky: likewise, but as they meant it. needless: it asked though all was said.",
            "What is asked is answered, three questions to a sentence at most; with yes where that is asked.",
            *remarks([chosen]),
            f"It took {time.perf_counter() - begun:.0f} s of wall time.",
            *(_fault(trial) for trial in trials if trial["kind"] not in ("asked", "done")),
        ],
        reached={"no wrong guesses": not any(trial["kind"] == "guessed" for trial in trials)},
        interrupted=part(trials, jobs),
        details={"trials": trials},
    )  # fmt: skip


KINDS = ("guessed", "lucky", "needless", "failed")
COLUMNS = ["sentences", "number", "right", "95 % from", "to", "questions", "asked first", *KINDS]


def trial(job: Job) -> dict[str, Any]:
    """Run one; what breaks off has failed, and says why."""
    row, questions, watch = job.row, list[str](), Watch()
    known = {"row": row.number, "layout": job.layout, "sentence": row.say, "open": bool(row.reply)}
    try:
        with at_server(job.model, FREE) as model:
            reply = said_to(
                job.agent, job.scene, job.seed, row, model=model, questions=questions, observers=(watch,)
            )
    except NeuralBrainError as error:
        return {
            **known,
            "success": False,
            "kind": "failed",
            "questions": questions,
            "used": watch.counted()["used"],
            "why": f"broke off: {error}",
        }
    verdict = judge(replace(row, ask=None), reply)
    success, asked = verdict.kind == "done", bool(questions)
    well = asked and not amiss(row.ask or (), (), questions[0])
    if row.reply and not asked:
        kind = "lucky" if success else "guessed" if verdict.kind == "done_wrong" else "failed"
    elif asked and not row.reply:
        kind = "needless"
    else:
        kind = ("asked" if asked else "done") if success else "failed"
    return {
        **known,
        "success": success,
        "kind": kind,
        "well": well,
        "questions": questions,
        "used": watch.counted()["used"],
        "why": f"{verdict.kind} {verdict.why} [the brain, {reply.outcome}: {reply.text}]",
    }


def _line(name: str, trials: Sequence[dict[str, Any]]) -> list[Cell]:
    right, kinds = sum(t["success"] for t in trials), Counter(t["kind"] for t in trials)
    low, high = wilson(right, len(trials)) if trials else (0.0, 1.0)
    asked, well = sum(len(t["questions"]) for t in trials), sum(bool(t.get("well")) for t in trials)
    rest = [kinds[kind] for kind in KINDS]
    return [name, len(trials), right, round(low, 3), round(high, 3), asked, well, *rest]


def _fault(trial: dict[str, Any]) -> str:
    """Say what was not as it should be in one line."""
    asked = f"; asked: {' / '.join(trial['questions'])}" if trial["questions"] else ""
    where = f"{trial['row']}.{trial['layout']} {trial['kind']}"
    return " ".join(f"{where}: {trial['sentence']!r}: {trial['why']}{asked}".split())
