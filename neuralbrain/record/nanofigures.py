"""The pictures of a nanorobot's run that stand in its report: paths in space, arrivals over time, doses."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from neuralbrain.record.nanohistory import Floats, History, is_nanorobot, relive
from neuralbrain.record.nanoscene import CANCER, DEAD, HEALTHY, draw_scene

PANELS = 6
"""At most so many cells have a dose map."""
UNLIKE = (
    "The robots' places are not in the record, and a second body of the same seed did not feel what was "
    "recorded (another version of the physics, or a world that cannot be made here): the pictures of their "
    "paths, arrivals and doses are left out."
)
_SIDE = 81
"""Points of a dose map a side."""
_CHUNK = 512
_FOUND, _RELEASED, _DIED = "#e67700", "#1c7ed6", "#212529"


@dataclass(frozen=True)
class Figure:
    """A picture for the report.

    Attributes:
        title: What it shows.
        caption: How to read it.
        png: It.
    """

    title: str
    caption: str
    png: bytes


def nanofigures(folder: Path, manifest: Mapping[str, Any]) -> tuple[list[Figure], str]:
    """Return the pictures of a run; none if its body is no nanorobot.

    Args:
        folder: The run's folder.
        manifest: Its manifest.

    Returns:
        The pictures, and why there are none where a nanorobot's run has none, else "".

    Raises:
        RecordError: The record cannot be read.
    """
    if not is_nanorobot(folder, manifest):
        return [], ""
    history = relive(folder, manifest)
    if history is None:
        return [], UNLIKE
    robots, shown = history.tissue.robots, history.paths.shape[1]
    some = f"The paths of {shown} of {robots:,} robots" if robots > shown else "The way through the tissue"
    found = [
        Figure(
            "Paths",
            f"{some}, in µm, over the biomarker in the level plane through the first cancer cell "
            "(logarithmic, while all cancer cells live).",
            _png(draw_scene(history)),
        ),
        Figure("Arrivals", _arrivals_caption(history), _png(draw_arrivals(history))),
    ]
    if len(treated(history)):
        found.append(
            Figure(
                "Doses",
                "What the portions let go leave in the level plane through each treated cell, over all time. "
                "The value in a cell's centre is the dose that it got.",
                _png(draw_doses(history)),
            )
        )
    return found, ""


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


def treated(history: History) -> list[int]:
    """Return the cancer cells beside which portions were let go, in the order in which that happened."""
    cells: list[int] = []
    for seconds, place in zip(history.released, history.places, strict=True):
        at = int(np.searchsorted(history.seconds, seconds))
        nearest = int(np.linalg.norm(history.cancer[at] - place, axis=1).argmin())
        if nearest not in cells:
            cells.append(nearest)
    return cells


def exposure(history: History, points: Floats) -> Floats:
    """Return what all portions together leave at points, over all time, molecules s/µm³.

    A portion M leaves M exp(-r / L) / (4 pi D r) at a distance r; nearer to where it was let go than the
    robot's surface, what it leaves there. `neuralbrain.envs.nanorobot.world` says where that comes from.

    Args:
        history: What happened.
        points: µm, shape (..., 3).
    """
    from neuralbrain.envs.nanorobot.physics import around_a_cell  # noqa: PLC0415 - it loads JAX

    tissue, total = history.tissue, np.zeros(points.shape[:-1])
    for first in range(0, len(history.places), _CHUNK):
        away = points[..., None, :] - history.places[first : first + _CHUNK]
        apart = np.maximum(np.sqrt((away**2).sum(axis=-1)), tissue.robot_radius)
        total += around_a_cell(apart, tissue.portion, 0.0, tissue.drug_diffusion, tissue.drug_reach).sum(-1)
    return total


def draw_doses(history: History) -> Any:
    """Return the figure of the dose maps: one for each treated cell, at most `PANELS`."""
    from matplotlib.colors import LogNorm  # noqa: PLC0415
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

    tissue, cells = history.tissue, treated(history)[:PANELS]
    centres = np.concatenate([history.cancer[-1], history.healthy])
    half = min(tissue.size / 2, max(2.2 * tissue.drug_reach, 4.0 * tissue.cell_radius))
    offset = np.linspace(-half, half, _SIDE)
    columns = min(3, len(cells))
    rows = -(-len(cells) // columns)
    width = 9.2 if columns > 1 else 5.4
    figure = Canvas(
        figsize=(width, rows * (2.9 if columns > 2 else 4.4) + 0.5), dpi=110, layout="constrained"
    )
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    maps = []
    for cell in cells:
        x, y = np.meshgrid(centres[cell, 0] + offset, centres[cell, 1] + offset)
        maps.append((x, y, exposure(history, np.stack([x, y, np.full_like(x, centres[cell, 2])], axis=-1))))
    norm = LogNorm(min(float(each[2].min()) for each in maps), max(float(each[2].max()) for each in maps))
    for panel, cell, (x, y, dose) in zip(panels, cells, maps, strict=False):
        mesh = panel.pcolormesh(x, y, dose, norm=norm, cmap="viridis", shading="gouraud", rasterized=True)
        for level, style in ((tissue.lethal, "-"), (tissue.tolerated, "--")):
            if dose.min() < level < dose.max():
                panel.contour(x, y, dose, levels=[level], colors="white", linestyles=style, linewidths=1.4)
        _draw_neighbours(panel, history, centres, float(centres[cell, 2]))
        near = np.abs(history.places[:, 2] - centres[cell, 2]) < 2 * tissue.cell_radius
        panel.plot(*history.places[near, :2].T, "x", color="#ff922b", markersize=6, markeredgewidth=1.8)
        panel.set_title(_dose_title(history, cell), fontsize=10, loc="left")
        panel.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()), xlabel="x, µm", ylabel="y, µm")
        panel.set_aspect("equal")
    for panel in panels[len(cells) :]:
        panel.set_visible(False)
    bar = figure.colorbar(mesh, ax=list(panels), shrink=0.85, aspect=28)
    bar.set_label("exposure, molecules s/µm³")
    _dose_legend(figure, history)
    return figure


def _draw_neighbours(panel: Any, history: History, centres: Floats, level: float) -> None:
    """Draw where the plane cuts cells."""
    from matplotlib.patches import Circle  # noqa: PLC0415

    cancer = len(history.cancer[-1])
    for number, (x, y, z) in enumerate(centres):
        radius = np.sqrt(max(history.tissue.cell_radius**2 - (z - level) ** 2, 0.0))
        if radius > 0:
            color = HEALTHY if number >= cancer else DEAD if np.isfinite(history.killed[number]) else CANCER
            panel.add_patch(
                Circle((x, y), radius, facecolor=color, edgecolor="white", alpha=0.55, linewidth=0.8)
            )


def _dose_title(history: History, cell: int) -> str:
    died = history.killed[cell]
    fate = f"dead at {died:.1f} s" if np.isfinite(died) else "alive"
    return (
        f"cell {cell + 1}, z = {history.cancer[-1][cell, 2]:.0f} µm\ndose {history.doses[cell]:.0f}, {fate}"
    )


def _dose_legend(figure: Any, history: History) -> None:
    """Say below the maps what the lines and marks are."""
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    tissue, grey = history.tissue, "#5c6773"
    dead = np.isfinite(history.killed)
    cells = [("dead cancer cell", DEAD, dead.any()), ("cancer cell", CANCER, not dead.all()),
             ("healthy cell", HEALTHY, len(history.healthy))]  # fmt: skip
    handles: list[Any] = [
        Line2D([], [], color=grey, linestyle="-", label=f"lethal ({tissue.lethal:g})"),
        Line2D([], [], color=grey, linestyle="--", label=f"tolerated ({tissue.tolerated:g})"),
        Line2D([], [], color="#ff922b", marker="x", markeredgewidth=1.8, linestyle="none", label="release"),
        *(Patch(color=color, alpha=0.7, label=label) for label, color, there in cells if there),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=9)


def _png(figure: Any) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", facecolor="white", metadata={"Software": None})
    return stream.getvalue()
