"""What a nanorobot's payload left in the tissue, as maps."""

from typing import Any

import numpy as np

from neuralbrain.nanorobots.report.history import Floats, History
from neuralbrain.nanorobots.report.scene import CANCER, DEAD, HEALTHY

PANELS = 6
"""At most so many cells have a map."""
_SIDE = 81
"""Points of a map a side."""
_CHUNK = 256
"""So many portions are added at a time: each takes an array of a map's size."""
_RELEASE = "#ff922b"


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
        panel.plot(*history.places[near, :2].T, "x", color=_RELEASE, markersize=6, markeredgewidth=1.8)
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
        Line2D([], [], color=_RELEASE, marker="x", markeredgewidth=1.8, linestyle="none", label="release"),
        *(Patch(color=color, alpha=0.7, label=label) for label, color, there in cells if there),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=9)
