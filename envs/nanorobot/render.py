"""Pictures of a tissue: from above, and as text."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.envs.nanorobot.world import State, concentration

PIXELS = 480
_COLUMNS, _ROWS = 41, 21


def picture(tissue: Tissue, state: State, path: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the tissue from above: the biomarker at the cell's height, cells, the robot and its path.

    Args:
        tissue: What it is like.
        state: One world.
        path: Where the robot has been, µm, shape (n, 3).

    Returns:
        uint8, shape (480, 480, 3).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - slow to import
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(PIXELS / 100, PIXELS / 100), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    side = np.linspace(0, tissue.size, 60)
    height = float(state.target[2])
    points = jnp.asarray(np.stack([*np.meshgrid(side, side), np.full((60, 60), height)], axis=-1))
    field = np.log10(np.asarray(concentration(tissue, state, points)) + 1e-9)
    axes.imshow(field, origin="lower", extent=(0, tissue.size, 0, tissue.size), cmap="magma")
    for x, y, z in np.asarray(state.healthy):
        if np.isfinite(x):
            shade = 0.3 + 0.6 * float(z) / tissue.size
            axes.add_patch(_disc(x, y, tissue.cell_radius, (0.3, shade, 0.4)))
    axes.add_patch(_disc(state.target[0], state.target[1], tissue.cell_radius, (0.9, 0.15, 0.15)))
    axes.plot(path[:, 0], path[:, 1], color="white", linewidth=1)
    axes.plot(*path[-1, :2], "o", color="cyan", markersize=5)
    axes.set(xlim=(0, tissue.size), ylim=(0, tissue.size))
    axes.axis("off")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def _disc(x: Any, y: Any, radius: float, color: tuple[float, float, float]) -> Any:
    from matplotlib.patches import Circle  # noqa: PLC0415

    return Circle((float(x), float(y)), radius, color=color)


def as_text(tissue: Tissue, state: State) -> str:
    """Return the tissue from above in letters: R the robot, C the cancer cell, h healthy cells."""
    rows = [["."] * _COLUMNS for _ in range(_ROWS)]
    cells = [(spot, "h") for spot in np.asarray(state.healthy) if np.isfinite(spot[0])]
    for spot, letter in (*cells, (np.asarray(state.target), "C"), (np.asarray(state.robot), "R")):
        column = int(spot[0] / tissue.size * (_COLUMNS - 1) + 0.5)
        row = int(spot[1] / tissue.size * (_ROWS - 1) + 0.5)
        rows[_ROWS - 1 - row][column] = letter
    lines = ["".join(row) for row in rows]
    return "\n".join([*lines, f"tick {int(state.tick)}, {int(state.counts[0])} molecules"])
