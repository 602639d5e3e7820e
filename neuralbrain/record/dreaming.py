"""The record of a training run in dreams: curves, the controller, and the report.

A run's folder ``runs/<time>-dream-<task>-s<seed>/`` holds ``run.json``, ``checkpoint.npz`` (from which it
goes on), ``controller.npz``, ``world_model.npz`` (not if the search was direct), ``curves.csv``,
``curves.png`` and ``report.html``.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from neuralbrain.files import write_file
from neuralbrain.learning.dream.controller import save_controller
from neuralbrain.learning.dream.training import DreamTraining, Round
from neuralbrain.record.folder import REPORT, write_manifest
from neuralbrain.record.manifest import ended_manifest
from neuralbrain.record.page import template
from neuralbrain.record.training import CURVES, CURVES_PICTURE, data_url, png

CONTROLLER, WORLD_MODEL = "controller.npz", "world_model.npz"


def conclude(
    folder: Path, manifest: Mapping[str, Any], training: DreamTraining, status: str, worlds: int
) -> dict[str, Any]:
    """Evaluate what a run has trained, and write down what came of it; return that.

    Args:
        folder: The run's.
        manifest: As ``run.json`` is.
        training: The run, where it stands.
        status: With which the manifest ends.
        worlds: In so many fresh worlds the controller is evaluated; not if every dream was refused.

    Raises:
        RecordError: A file cannot be written.
    """
    result: dict[str, Any] = {"real_steps": training.steps, "best_round": training.best}
    if training.best is not None:
        judged, untrained = training.evaluate(worlds)
        result |= {"evaluation": asdict(judged), "untrained": asdict(untrained)}
    ended = ended_manifest(manifest, status, result)
    write_manifest(folder, ended)
    write_dreaming(folder, ended, training)
    return result


def write_dreaming(folder: Path, manifest: Mapping[str, Any], training: DreamTraining) -> Path:
    """Write all that a run leaves but its checkpoint and manifest; return the report's path.

    Args:
        folder: The run's.
        manifest: What ``run.json`` says, with the run's ``result``.
        training: The run, where it stands.

    Raises:
        RecordError: A file cannot be written.
    """
    now, plan = training.moment, training.plan
    if training.best is not None:
        save_controller(folder / CONTROLLER, training.controller, training.parameters, plan.seed)
    if now.dream is not None:
        now.dream.save(folder / WORLD_MODEL)
    write_file(folder / CURVES, as_csv(now.rounds))
    curves = draw_rounds(now.rounds, plan.direct, manifest["result"].get("untrained"))
    write_file(folder / CURVES_PICTURE, curves)
    text = template("dreaming.html.j2").render(
        manifest=manifest,
        result=manifest["result"],
        plan=plan.model_dump(mode="json"),
        rounds=now.rounds,
        best=training.best,
        curves=data_url(curves),
        folder=folder,
    )
    write_file(folder / REPORT, text)
    return folder / REPORT


def as_csv(rounds: Sequence[Round]) -> str:
    """Return the rounds as CSV, a row a generation; what belongs to a round stands in its last row."""
    stream = io.StringIO()
    names = ("round", "generation", "dream_score", "real_steps", "real_score", "real_error", "fidelity")
    rows = csv.DictWriter(stream, names, lineterminator="\n")
    rows.writeheader()
    for number, one in enumerate(rounds):
        judged = {name: getattr(one, name) for name in names[3:]}
        first = one.generations - len(one.dream_scores) + 1
        scores: Sequence[float | None] = one.dream_scores or (None,)
        for i, score in enumerate(scores):
            last = judged if i == len(scores) - 1 else {}
            rows.writerow({"round": number, "generation": first + i, "dream_score": score, **last})
    return stream.getvalue()


def draw_rounds(rounds: Sequence[Round], direct: bool, untrained: Mapping[str, Any] | None = None) -> bytes:
    """Return the curves as a PNG: scores over generations and real steps, and the fidelity if it is known.

    Args:
        rounds: At least one.
        direct: Whether the search was.
        untrained: What a random policy did, as `PolicyEvaluation` names it: a dashed line.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - it is heavy

    known = [one for one in rounds if one.fidelity is not None]
    figure = Figure(figsize=(11, 3.2), dpi=110, layout="constrained")
    left, middle, *others = panels = figure.subplots(1, 3 if known else 2)
    dreamt = [score for one in rounds for score in one.dream_scores]
    left.plot(
        range(1, len(dreamt) + 1), dreamt, color="#b7791f", label="population, real" if direct else "dream"
    )
    trained = [one for one in rounds if not one.refused]
    for panel, places, label in (
        (left, [one.generations for one in trained], "generation"),
        (middle, [one.real_steps for one in trained], "real steps"),
    ):
        values, errors = [one.real_score for one in trained], [one.real_error for one in trained]
        panel.errorbar(places, values, errors, color="#2b6cb0", marker=".", label="real")
        panel.set_xlabel(label)
        panel.set_title("mean return", loc="left", fontsize=10)
        if untrained is not None:
            panel.axhline(untrained["mean_return"], color="#718096", linestyle="--", label="random policy")
        panel.legend(frameon=False)
    for right in others:
        right.plot(
            [one.real_steps for one in known], [one.fidelity for one in known], color="#2f855a", marker="."
        )
        right.set_ylim(-1.03, 1.03)
        right.set_title("fidelity over the policies tried", loc="left", fontsize=10)
        right.set_xlabel("real steps")
    for panel in panels:
        panel.grid(alpha=0.25)
        panel.locator_params(axis="x", nbins=5)
        panel.spines[["top", "right"]].set_visible(False)
    return png(figure)
