"""The pictures of a nanorobot's run that stand in its report: paths in space, arrivals over time, doses."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from neuralbrain.nanorobots.report.doses import PANELS, draw_doses, treated
from neuralbrain.nanorobots.report.history import History, relive
from neuralbrain.nanorobots.report.scene import draw_scene
from neuralbrain.nanorobots.rerun import moments
from neuralbrain.record.report import Section
from neuralbrain.record.rerun import body_of, motion_of

UNLIKE = (
    "Where the robots were is not in the record, and a second body of the same seed did not feel what was "
    "recorded: another version of the physics, or a world that cannot be made here. So the pictures of "
    "paths, arrivals and doses are left out."
)
_FOUND, _RELEASED, _DIED = "#e67700", "#1c7ed6", "#212529"


def sections(folder: Path, manifest: Mapping[str, Any]) -> list[Section]:
    """Return the pictures of a run, or why there are none.

    Args:
        folder: The run's folder.
        manifest: Its manifest.

    Raises:
        RecordError: The record cannot be read.
    """
    spec = body_of(manifest)
    if next(moments(motion_of(folder, str(spec["name"]))), None) is None:
        return []  # it was cut off before anything was sensed
    history = relive(folder, manifest)
    if history is None:
        return [Section("Paths", UNLIKE)]
    robots, shown = history.tissue.robots, history.paths.shape[1]
    some = f"The paths of {shown} of {robots:,} robots" if robots > shown else "The way through the tissue"
    solid = history.tissue.barriers or history.tissue.vessel
    gaps = " Its gaps are barriers or a vessel's wall." if solid else ""
    found = [
        Section(
            "Paths",
            f"{some}, in µm, over the biomarker in the level plane through the first cancer cell "
            f"(logarithmic, while all cancer cells live).{gaps}",
            _png(draw_scene(history)),
        ),
        Section("Arrivals", _arrivals_caption(history), _png(draw_arrivals(history))),
    ]
    if cells := treated(history):
        each = "each treated cell" if len(cells) <= PANELS else f"{PANELS} of the {len(cells)} treated cells"
        found.append(
            Section(
                "Doses",
                f"What the portions let go leave in the level plane through {each}, over all time. "
                "The value in a cell's centre is the dose that it got.",
                _png(draw_doses(history)),
            )
        )
    return found


def draw_arrivals(history: History) -> Any:
    """Return the figure over time: a robot's gap to the nearest living cancer cell, or the share arrived.

    With a payload, how many cancer cells have died stands below.
    """
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - Matplotlib is slow to import

    tissue, seconds = history.tissue, history.seconds
    rows = 2 if tissue.portions else 1
    figure = Canvas(figsize=(9.2, 3.4 if rows == 1 else 4.9), dpi=110, layout="constrained")
    panels = figure.subplots(rows, 1, sharex=True, squeeze=False, height_ratios=(3, 1)[:rows])[:, 0]
    top = panels[0]
    if tissue.robots == 1:
        _draw_gap(top, history)
    else:
        share = 100 * history.touched / tissue.robots
        top.step(seconds, share, where="post", color="#0b7285", linewidth=1.8)
        top.fill_between(seconds, share, step="post", color="#0b7285", alpha=0.12, linewidth=0)
        top.set_ylabel("robots that have found\na cancer cell, %")
        top.set_ylim(0, 104)
    if tissue.portions:
        killed = np.count_nonzero(history.killed[None] <= seconds[:, None], axis=1)
        panels[1].step(seconds, killed, where="post", color=_DIED, linewidth=1.8)
        panels[1].fill_between(seconds, killed, step="post", color=_DIED, alpha=0.1, linewidth=0)
        panels[1].set_ylabel("cells killed")
        panels[1].set_ylim(0, tissue.cancer * 1.1)
        panels[1].set_yticks(range(0, tissue.cancer + 1, -(-tissue.cancer // 4)))
    for panel in panels:
        panel.grid(alpha=0.25)
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_xlim(seconds[0], max(seconds[-1], seconds[0] + tissue.tick_seconds))
    panels[-1].set_xlabel("simulated time, s")
    return figure


def _draw_gap(panel: Any, history: History) -> None:
    """Draw one robot's gap, and mark what happened."""
    gap, seconds = history.gap, history.seconds
    panel.plot(seconds, gap, color="#0b7285", linewidth=1.4)
    top = float(np.nanmax(gap, initial=1.0))
    panel.set_ylim(-0.04 * top, 1.24 * top)
    marks = (
        ("cell found", history.found, "^", _FOUND, 1.06),
        ("portion released", history.released, "|", _RELEASED, 1.12),
        ("cell killed", history.killed, "X", _DIED, 1.18),
    )
    for label, known, marker, color, height in marks:
        times = known[np.isfinite(known)]
        if len(times):
            panel.vlines(times, 0, height * top, color=color, linewidth=0.7, alpha=0.35)
            panel.plot(times, np.full(len(times), height * top), marker, color=color, markersize=8,
                       markeredgewidth=1.6 if marker == "|" else 0.5, label=label)  # fmt: skip
    panel.set_ylabel("gap to the nearest\nliving cancer cell, µm")
    if panel.get_legend_handles_labels()[0]:
        panel.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=3,
            frameon=False,
            fontsize=9.5,
            borderaxespad=0.2,
        )


def _arrivals_caption(history: History) -> str:
    if history.tissue.robots == 1:
        return (
            "From the robot's surface to that of the nearest living cancer cell; the line ends with the last."
        )
    share = history.touched[-1] / history.tissue.robots
    return (
        f"{history.touched[-1]:,} of {history.tissue.robots:,} robots ({share:.0%}) "
        "touched a living cancer cell at least once."
    )


def _png(figure: Any) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", facecolor="white", metadata={"Software": None})
    return stream.getvalue()
