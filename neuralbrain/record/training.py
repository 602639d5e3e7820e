"""The record of a training run: curves, the table as a picture, and the report, beside the table itself.

A run's folder ``runs/<time>-train-<task>-s<seed>/`` holds ``run.json``, ``checkpoint.npz`` (from which it
goes on), ``q_table.npz``, ``curves.csv``, ``curves.png``, ``table.png`` and ``report.html``.
"""

import base64
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from neuralbrain.attempts import Attempts
from neuralbrain.files import write_file
from neuralbrain.learning.setup import TrainingSetup
from neuralbrain.learning.table import QTable
from neuralbrain.learning.training import Point, Training
from neuralbrain.profile import machine, profile
from neuralbrain.record.folder import REPORT, write_manifest
from neuralbrain.record.manifest import ended_manifest, numbers
from neuralbrain.record.page import template

CHECKPOINT, TABLE, CURVES = "checkpoint.npz", "q_table.npz", "curves.csv"
CURVES_PICTURE, TABLE_PICTURE = "curves.png", "table.png"
RULES = {"q": "Q-learning", "double": "double Q-learning", "lambda": "Watkins's Q(lambda)"}
LABELS = 40
"""At most so many states carry a label in the picture of a table."""


def conclude(
    folder: Path, manifest: Mapping[str, Any], training: Training, status: str, worlds: int
) -> tuple[dict[str, Any], Attempts]:
    """Evaluate what a training run has learned, and write down what came of it.

    Args:
        folder: The run's.
        manifest: As ``run.json`` is.
        training: The run, where it stands.
        status: With which the manifest ends.
        worlds: In so many fresh worlds the greedy policy is evaluated.

    Returns:
        What came of it, and what could not be written.
    """
    result = {
        "steps": training.moment.steps,
        "evaluation": asdict(training.evaluate(worlds)),
        "untrained": asdict(type(training)(training.setup).evaluate(worlds)),
        "last": (training.newest or training.moment.curve[-1]).told(),
    }
    ended = ended_manifest(manifest, status, result, **numbers(profile(), [machine()]))
    attempts = Attempts()
    with attempts.trying("write the result down"):
        write_manifest(folder, ended)
    with attempts.trying("write the table and the report"):
        write_training(folder, ended, training.setup, training.moment.curve, training.table())
    return result, attempts


def write_training(
    folder: Path,
    manifest: Mapping[str, Any],
    setup: TrainingSetup,
    curve: Sequence[Point],
    table: QTable,
) -> Path:
    """Write all that a training run leaves but its checkpoint and manifest; return the report's path.

    Args:
        folder: The run's.
        manifest: What ``run.json`` says, with the run's ``result``.
        setup: What was run.
        curve: Its learning curve.
        table: What was learned.

    Raises:
        RecordError: A file cannot be written.
    """
    table.save(folder / TABLE)
    write_file(folder / CURVES, as_csv(curve))
    curves, picture = draw_curves(curve, manifest["result"].get("untrained")), draw_table(table)
    write_file(folder / CURVES_PICTURE, curves)
    write_file(folder / TABLE_PICTURE, picture)
    text = template("training.html.j2").render(
        manifest=manifest,
        result=manifest["result"],
        setup=setup.model_dump(mode="json"),
        rule=RULES[setup.settings.rule],
        cuts=getattr(setup.bins, "cuts", ()),
        table=table,
        tried=float((table.values != 0).any(axis=0).mean()),
        curves=data_url(curves),
        picture=data_url(picture),
        folder=folder,
    )
    write_file(folder / REPORT, text)
    return folder / REPORT


def as_csv(curve: Sequence[Point]) -> str:
    """Return a learning curve as CSV, a row a point; what is not known is empty."""
    stream = io.StringIO()
    told = [point.told() for point in curve]
    rows = csv.DictWriter(stream, [*told[0]], lineterminator="\n")
    rows.writeheader()
    rows.writerows(told)
    return stream.getvalue()


def draw_curves(curve: Sequence[Point], untrained: Mapping[str, Any] | None = None) -> bytes:
    """Return the learning curves as a PNG: return, success where it is known, length, and both schedules.

    Args:
        curve: At least one point; those whose episodes have not all ended are left out.
        untrained: What the empty table did, as `PolicyEvaluation` names it: a dashed line.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - it is heavy

    panels = [
        (name, title)
        for name, title in (
            ("mean_return", "mean return of an episode"),
            ("success", "share solved"),
            ("mean_length", "ticks an episode"),
        )
        if any(getattr(point, name) is not None for point in curve)
    ]
    steps = [point.steps for point in curve]
    figure = Figure(figsize=(3.6 * (len(panels) + 1), 3.2), dpi=110, layout="constrained")
    axes = figure.subplots(1, len(panels) + 1, squeeze=False)[0]
    for (name, title), panel in zip(panels, axes, strict=False):
        values = [getattr(point, name) for point in curve]
        panel.plot(steps, [np.nan if v is None else v for v in values], color="#2b6cb0", marker=".")
        panel.set_title(title, loc="left", fontsize=10)
        panel.set_xlabel("robot-steps when they began")
        if untrained is not None and untrained[name] is not None:
            panel.axhline(untrained[name], color="#718096", linestyle="--", label="untrained")
            panel.legend(frameon=False)
        if name == "success":
            panel.set_ylim(-0.03, 1.03)
    for name, color in (("alpha", "#b7791f"), ("epsilon", "#2f855a")):
        axes[-1].plot(steps, [getattr(point, name) for point in curve], color=color, label=name)
    axes[-1].set_title("schedules", loc="left", fontsize=10)
    axes[-1].legend(frameon=False)
    axes[-1].set_xlabel("robot-steps")
    for panel in axes:
        panel.grid(alpha=0.25)
        panel.spines[["top", "right"]].set_visible(False)
    return png(figure)


def draw_table(table: QTable) -> bytes:
    """Return a table as a PNG: the value of each action in each state, and the action that is taken."""
    from matplotlib import colormaps  # noqa: PLC0415 - it is heavy
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    action_values, policy = table.action_values, table.policy
    states, actions = action_values.shape
    tried = action_values != 0
    first = int(table.manifest.get("first_action", 0))
    names = table.manifest.get("action_names") or [str(first + action) for action in range(actions)]
    figure = Figure(figsize=(9, min(14.0, max(3.5, 0.22 * states))), dpi=110, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(max(4, actions), 2), sharey=True)
    for panel in (left, right):
        panel.set_facecolor("#c9d0d8")
    shown = left.imshow(
        np.ma.array(action_values, mask=~tried), aspect="auto", cmap="viridis", interpolation="nearest"
    )
    figure.colorbar(shown, ax=left, label="action value")
    left.set_title("value of each action (grey: nothing learned)", loc="left", fontsize=10)
    tilt = 90 if table.manifest.get("action_names") else 0
    left.set_xticks(range(actions), names, rotation=tilt)
    left.set_xlabel("action")
    some = np.unique(np.linspace(0, states - 1, min(states, LABELS)).round().astype(int))
    left.set_yticks(some, [table.bins.label(int(state)) or "all" for state in some], fontsize=7)
    left.set_ylabel("state")
    colors = colormaps["tab20" if actions > 10 else "tab10"]
    right.imshow(
        np.ma.array(policy, mask=~tried.any(axis=1))[:, None],
        aspect="auto",
        cmap=colors,
        vmin=-0.5,
        vmax=colors.N - 0.5,
        interpolation="nearest",
    )
    right.set_title("action taken", loc="left", fontsize=10)
    right.set_xticks([])
    handles = [Patch(color=colors(action % colors.N), label=names[action]) for action in range(actions)]
    right.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False)
    return png(figure)


def png(figure: Any) -> bytes:
    """Return a figure of matplotlib as a PNG."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def data_url(picture: bytes) -> str:
    """Return a PNG as a page holds it."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
