"""Pictures of a tissue: from above, and as text."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.barriers import Ball
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.world import NanoState, alive, concentration

PIXELS = 480
_COLUMNS, _ROWS = 41, 21
_GRID = 60
_FEW, _LONG = 20, 5000
"""Fewer robots than this are few: a picture shows the way of each in the last ticks, so many at most."""
_TRAILS, _TAIL = 200, 20
"""Of many robots at most so many leave a trail in a picture, and only of their last ticks."""
_DEPTH = 2.5
"""Decades of concentration that the colours tell apart."""


def trail(tissue: Tissue) -> int:
    """Return of how many ticks a picture shows the way."""
    return _LONG if tissue.robots < _FEW else _TAIL


def field_at(
    tissue: Tissue, state: NanoState, height: float, cells: int = _GRID, *, everyone: bool = False
) -> NDArray[Any]:
    """Return the biomarker's concentration in a level plane, molecules/µm³, shape (cells, cells): [y, x].

    Args:
        tissue: What it is like.
        state: One world.
        height: Of the plane, µm.
        cells: Points a side.
        everyone: As it was when all cancer cells lived.
    """
    side = np.linspace(0, tissue.size, cells, dtype=np.float32)
    x, y = (jnp.asarray(part) for part in np.meshgrid(side, side))
    living = [jnp.bool_(True)] * tissue.cancer if everyone else alive(tissue, state.cells)
    return np.asarray(concentration(tissue, state.cells, living, (x, y, jnp.full_like(x, height))))


def picture(tissue: Tissue, state: NanoState, path: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the tissue from above: the biomarker at the first cell's height, cells, robots and their paths.

    Args:
        tissue: What it is like.
        state: One world.
        path: Where the robots have been, µm, shape (ticks, robots, 3); the last `trail` ticks are drawn.

    Returns:
        uint8, shape (480, 480, 3).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(PIXELS / 100, PIXELS / 100), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    centres = np.array([np.asarray(place) for place in state.cells.places], np.float64)
    shown = np.log10(field_at(tissue, state, float(centres[0, 2])) + 1e-30)
    # The colours of a film stay the same when a cell dies.
    most = np.log10(field_at(tissue, state, float(centres[0, 2]), everyone=True).max() + 1e-30)
    axes.imshow(
        shown,
        origin="lower",
        extent=(0, tissue.size, 0, tissue.size),
        cmap="magma",
        vmin=most - _DEPTH,
        vmax=most,
        interpolation="bilinear",
    )
    _draw_barriers(axes, tissue)
    living = [bool(lives) for lives in alive(tissue, state.cells)]
    for number, (x, y, z) in enumerate(centres):
        if np.isfinite(x):
            shade = 0.45 + 0.25 * z / tissue.size
            color = (0.25, shade, 0.45)
            if number < tissue.cancer:
                color = (0.9, 0.15, 0.15) if living[number] else (0.4, 0.35, 0.35)
            axes.add_patch(_disc(x, y, tissue.cell_radius, color))
    few = tissue.robots < _FEW
    trails = path[-trail(tissue) :, :_TRAILS]
    width, alpha, dot = (0.9, 0.7, 4.0) if few else (0.4, 0.4, 1.3)
    axes.plot(trails[:, :, 0], trails[:, :, 1], color="white", linewidth=width, alpha=alpha, zorder=0.5)
    axes.plot(path[-1, :, 0], path[-1, :, 1], "o", color="cyan", markersize=dot)
    axes.set(xlim=(0, tissue.size), ylim=(0, tissue.size))
    axes.axis("off")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def _draw_barriers(axes: Any, tissue: Tissue) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    for barrier in tissue.barriers:
        if isinstance(barrier, Ball):
            axes.add_patch(_disc(barrier.centre[0], barrier.centre[1], barrier.radius, (0.5, 0.5, 0.55)))
        else:
            width, depth = (barrier.high[axis] - barrier.low[axis] for axis in (0, 1))
            axes.add_patch(Rectangle(barrier.low[:2], width, depth, color=(0.5, 0.5, 0.55)))
    if tissue.vessel:
        for side in (-1, 1):
            wall = tissue.size / 2 + side * tissue.vessel.radius
            axes.axhline(wall, color=(0.7, 0.3, 0.3), linewidth=3)


def _disc(x: Any, y: Any, radius: float, color: tuple[float, float, float]) -> Any:
    from matplotlib.patches import Circle  # noqa: PLC0415

    return Circle((float(x), float(y)), radius, color=color)


def as_text(tissue: Tissue, state: NanoState) -> str:
    """Return the tissue from above in letters: R robots, C cancer cells, x dead ones, h healthy cells."""
    rows = [["."] * _COLUMNS for _ in range(_ROWS)]
    living = [bool(lives) for lives in alive(tissue, state.cells)]
    letters = ["C" if lives else "x" for lives in living] + ["h"] * tissue.healthy
    spots = list(zip(np.array([np.asarray(place) for place in state.cells.places]), letters, strict=True))
    robots = np.stack([np.asarray(part) for part in state.robots.place], axis=-1)
    # The healthy cells first, so that what matters lies on top.
    for spot, letter in (*reversed(spots), *((robot, "R") for robot in robots)):
        if np.isfinite(spot[0]):
            column = int(spot[0] / tissue.size * (_COLUMNS - 1) + 0.5)
            row = int(spot[1] / tissue.size * (_ROWS - 1) + 0.5)
            rows[_ROWS - 1 - row][column] = letter
    lines = ["".join(row) for row in rows]
    molecules = np.asarray(state.robots.senses[0].molecules)
    sensed = (
        f"{int(molecules[0])} molecules" if tissue.robots == 1 else f"{molecules.mean():.1f} molecules each"
    )
    return "\n".join([*lines, f"tick {int(state.tick)}, {sensed}"])
