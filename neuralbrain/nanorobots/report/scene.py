"""The robots' paths in space, over the biomarker's field, as a picture.

Matplotlib draws objects in space one after the other, each as a whole. So what lies below the plane of the
field is drawn before it and what lies above after it, and the parts of paths that a ball hides are left out:
seen along parallel lines, a point is hidden if a ball stands on the line from it to the eye.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.nanorobots.report.history import Floats, History, biomarker

CANCER, DEAD, HEALTHY, BARRIER = "#d62f2f", "#7a7470", "#3fa66b", "#9aa5b1"
ARRIVED, ROAMING = "#0b7285", "#868e96"
START, END = "white", "#ffd43b"
ELEVATION, AZIMUTH = 26.0, -58.0
"""Where the picture is seen from, degrees."""
_SIDE = 61
"""Points of the field a side."""
_CLEAR = 0.62
"""How opaque the field is."""
_MERIDIANS = 28


def draw_scene(history: History) -> Any:
    """Return the figure: paths, cells, and the biomarker in the level plane through the first cancer cell.

    The field is that of all cancer cells alive, where they are in the end.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - Matplotlib is slow to import

    figure = Figure(figsize=(9.2, 6.6), dpi=110)
    axes: Any = figure.add_axes((0.04, 0.015, 0.8, 0.985), projection="3d", computed_zorder=False)
    _set_up(axes, history)
    balls = _balls(history)
    level = float(balls[0][0][2])
    _draw_field(figure, axes, history, level)
    for centre, radius, color in balls:
        _draw_ball(axes, centre, radius, color, level)
    _draw_paths(figure, axes, history, balls, level)
    _explain(axes, history)
    return figure


def _draw_field(figure: Any, axes: Any, history: History, level: float) -> None:
    """Draw the biomarker in a level plane, as one image: seen along parallel lines, it is a parallelogram.

    Drawn as the many squares of a surface, a field that lets through what lies below shows their edges.
    """
    from matplotlib.colors import LogNorm  # noqa: PLC0415
    from matplotlib.image import AxesImage  # noqa: PLC0415
    from matplotlib.ticker import LogLocator, NullLocator  # noqa: PLC0415
    from matplotlib.transforms import Affine2D  # noqa: PLC0415
    from mpl_toolkits.mplot3d.proj3d import proj_transform  # type: ignore[import-untyped]  # noqa: PLC0415

    size = history.tissue.size
    x, y = np.meshgrid(*[np.linspace(0.0, size, _SIDE)] * 2)
    field = biomarker(history, x, y, level)
    if field.count() == 0:
        return  # nothing secretes
    norm = LogNorm(float(field.min()), float(field.max()))
    corners = np.array(proj_transform([0, size, 0], [0, 0, size], [level] * 3, axes.get_proj())[:2])
    origin, along, across = corners.T
    to_page = Affine2D.from_values(*(along - origin) / size, *(across - origin) / size, *origin)
    image = AxesImage(
        axes, cmap="magma", norm=norm, interpolation="bilinear", origin="lower", extent=(0, size, 0, size)
    )
    image.set(data=field, alpha=_CLEAR, transform=to_page + axes.transData, zorder=5)
    axes.add_artist(image)
    bar = _bar(figure, "magma", norm, 0.55, "biomarker, molecules/µm³", _CLEAR)
    bar.ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    bar.ax.yaxis.set_major_formatter("{x:g}")
    bar.ax.yaxis.set_minor_locator(NullLocator())


def _set_up(axes: Any, history: History) -> None:
    """Set the axes and the eye; all that is drawn relies on it."""
    size = history.tissue.size
    axes.set_proj_type("ortho")
    axes.view_init(ELEVATION, AZIMUTH)
    axes.set(xlim=(0, size), ylim=(0, size), zlim=(0, size))
    axes.set_box_aspect((1, 1, 1), zoom=1.01)
    ticks = np.linspace(0, size, 5)
    for name in "xyz":
        getattr(axes, f"set_{name}label")(f"{name}, µm", labelpad=5)
        getattr(axes, f"set_{name}ticks")(ticks if name == "x" else ticks[1:])  # one 0 is enough
        axis = getattr(axes, f"{name}axis")
        axis.set_pane_color((0.965, 0.97, 0.978, 1.0))
        axis._axinfo["grid"].update(color=(0.85, 0.87, 0.9, 1.0), linewidth=0.6)


def _balls(history: History) -> list[tuple[Floats, float, str]]:
    """Return centre, radius and colour of all that is round, the cancer cells first."""
    tissue = history.tissue
    balls = [
        (centre, tissue.cell_radius, DEAD if np.isfinite(died) else CANCER)
        for centre, died in zip(history.cancer[-1], history.killed, strict=True)
    ]
    balls += [(centre, tissue.cell_radius, HEALTHY) for centre in history.healthy]
    round_ones = [barrier for barrier in tissue.barriers if barrier.kind == "ball"]
    return balls + [(np.array(barrier.centre), barrier.radius, BARRIER) for barrier in round_ones]


def _eye() -> Floats:
    """Return the direction to the eye, a unit vector."""
    up, round_ = np.radians(ELEVATION), np.radians(AZIMUTH)
    return np.array([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)])


def _order(centre: Floats, below: bool) -> float:
    """Return when something is drawn: farther first, and all below the plane before it."""
    depth = 1 / (1 + np.exp(-float(centre @ _eye()) / 200.0))
    return float((1 if below else 6) + 2 * depth)


def _draw_ball(axes: Any, centre: Floats, radius: float, color: str, level: float) -> None:
    """Draw a ball, or, where the plane cuts it, both parts of it."""
    cut = float(np.clip(level - centre[2], -radius, radius))
    for low, high, below in ((-radius, cut, True), (cut, radius, False)):
        if high - low > 1e-6:
            polar = np.linspace(np.arccos(high / radius), np.arccos(low / radius), 15)[:, None]
            turn = np.linspace(0, 2 * np.pi, _MERIDIANS)
            axes.plot_surface(
                centre[0] + radius * np.sin(polar) * np.cos(turn),
                centre[1] + radius * np.sin(polar) * np.sin(turn),
                centre[2] + radius * np.cos(polar) * np.ones_like(turn),
                color=color,
                rstride=1,
                cstride=1,
                linewidth=0,
                antialiased=False,
                zorder=_order(centre, below),
            )


def hidden(points: Floats, balls: list[tuple[Floats, float, str]], eye: Floats) -> NDArray[np.bool_]:
    """Return which points a ball hides.

    Args:
        points: µm, shape (..., 3).
        balls: Centre, radius and colour of each.
        eye: The direction to it, a unit vector.
    """
    behind = np.zeros(points.shape[:-1], bool)
    for centre, radius, _ in balls:
        there = centre - points
        ahead = there @ eye
        aside = np.sqrt(np.maximum((there**2).sum(axis=-1) - ahead**2, 0.0))
        behind |= (aside < radius) & (ahead > 0)
    return behind


def _draw_paths(figure: Any, axes: Any, history: History, balls: Any, level: float) -> None:
    """Draw the paths, one robot's coloured by time, and where they begin and end."""
    from matplotlib.colors import Normalize  # noqa: PLC0415
    from mpl_toolkits.mplot3d.art3d import (  # type: ignore[import-untyped]  # noqa: PLC0415
        Line3DCollection,
    )

    paths, tissue = history.paths, history.tissue
    ends = np.stack([paths[:-1], paths[1:]], axis=2)  # (n - 1, robots, 2, 3)
    middles = ends.mean(axis=2)
    # What flows out of a vessel comes back at its other end: no robot went there in between.
    seen = ~hidden(middles, balls, _eye()) & (np.abs(ends[:, :, 0] - ends[:, :, 1]).max(-1) < tissue.size / 2)
    alone = paths.shape[1] == 1
    norm = Normalize(history.seconds[0], max(history.seconds[-1], history.seconds[0] + tissue.tick_seconds))
    times = _colors("winter", norm, history.seconds[1:])
    arrived = history.arrived
    for below in (True, False):
        chosen = seen & ((middles[..., 2] < level) == below)
        if not chosen.any():  # an empty collection of lines cannot be drawn
            continue
        step, robot = np.nonzero(chosen)
        colors = times[step] if alone else np.where(arrived[robot], ARRIVED, ROAMING)
        lines = Line3DCollection(
            ends[chosen], colors=colors, linewidths=1.5 if alone else 0.6, alpha=1.0 if alone else 0.55
        )
        lines.set_zorder(3.5 if below else 9)
        axes.add_collection3d(lines)
    if alone:
        _bar(figure, "winter", norm, 0.14, "time on the path, s", 1.0)
    start, end = paths[0], paths[-1]
    if not alone:  # there are many: none shines through the cell that it sits behind
        start, end = (place[~hidden(place, balls, _eye())] for place in (start, end))
    size, edge = (34, 0.8) if alone else (6, 0.4)
    for places, marker, color, order in ((start, "o", START, 10), (end, "D", END, 11)):
        axes.scatter(*places.T, marker=marker, s=size, c=color, edgecolors="black", linewidths=edge,
                     zorder=order, depthshade=False)  # fmt: skip


def _explain(axes: Any, history: History) -> None:
    """Say what is what."""
    from matplotlib.lines import Line2D  # noqa: PLC0415

    tissue = history.tissue
    dead = np.isfinite(history.killed)
    dots = [
        ("cancer cell", CANCER, "o", 10, bool((~dead).any())),
        ("dead cancer cell", DEAD, "o", 10, bool(dead.any())),
        ("healthy cell", HEALTHY, "o", 10, len(history.healthy) > 0),
        ("barrier", BARRIER, "o", 10, any(barrier.kind == "ball" for barrier in tissue.barriers)),
        ("start", START, "o", 6, True),
        ("end", END, "D", 5, True),
    ]
    handles = [
        Line2D([], [], color="none", marker=marker, markersize=size, markerfacecolor=color,
               markeredgecolor="black" if size < 8 else color, label=label)
        for label, color, marker, size, there in dots if there
    ]  # fmt: skip
    if tissue.robots > 1:
        paths = [("robot that found a cell", ARRIVED, history.arrived.any()),
                ("robot that found none", ROAMING, not history.arrived.all())]  # fmt: skip
        handles += [Line2D([], [], color=color, label=label) for label, color, there in paths if there]
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(-0.055, 0.985), frameon=False, fontsize=9.5
    )


def _colors(name: str, norm: Any, values: Floats) -> Any:
    from matplotlib import colormaps  # noqa: PLC0415

    return colormaps[name](norm(values))


def _bar(figure: Any, name: str, norm: Any, bottom: float, label: str, alpha: float) -> Any:
    """Add a colour bar at the right."""
    from matplotlib.cm import ScalarMappable  # noqa: PLC0415

    bar = figure.colorbar(
        ScalarMappable(norm, name), cax=figure.add_axes((0.88, bottom, 0.022, 0.31)), alpha=alpha
    )
    bar.set_label(label, fontsize=10)
    bar.outline.set_visible(False)
    return bar
