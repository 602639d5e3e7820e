"""The connectome as a graph: its loops, and its picture."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import networkx as nx
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from neuralbrain.blueprint import Blueprint
from neuralbrain.record.folder import record_errors

Loop = tuple[tuple[str, ...], int, tuple[str, ...]]
"""The regions in order, the total delay in ticks, the groups it runs through."""


def graph(blueprint: Blueprint) -> "nx.DiGraph[str]":
    """Return the regions and, between each two, the smallest delay of a projection."""
    found: nx.DiGraph[str] = nx.DiGraph()
    found.add_nodes_from(blueprint.by_name)
    for projection in blueprint.ordered_projections:
        ends = projection.source_region, projection.target_region
        delay = projection.delay
        if found.has_edge(*ends):
            delay = min(delay, found.edges[ends]["delay"])
        found.add_edge(*ends, delay=delay)
    return found


def loops(blueprint: Blueprint) -> list[Loop]:
    """Return every elementary loop, the fastest first."""
    wiring = graph(blueprint)
    group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
    found = []
    for cycle in nx.simple_cycles(wiring):
        first = cycle.index(min(cycle))
        path = tuple(cycle[first:] + cycle[:first])
        delay = sum(wiring.edges[a, b]["delay"] for a, b in zip(path, (*path[1:], path[0]), strict=True))
        found.append((path, delay, tuple(sorted({group_of[name] for name in path}))))
    return sorted(found, key=lambda loop: (loop[1], loop[0]))


def draw(blueprint: Blueprint, path: Path) -> None:
    """Draw the connectome into a file; the ending says the format.

    Groups are columns, regions boxes; a line is an arrow with the smallest delay in ticks.

    Raises:
        RecordError: The file cannot be written.
    """
    columns = list(blueprint.groups.items())
    spots = {
        name: (3.4 * column, 1.6 * ((len(names) - 1) / 2 - row) + 0.35 * (-1) ** column)
        for column, (_, names) in enumerate(columns)
        for row, name in enumerate(names)
    }
    colors = mpl.colormaps["Set2"]
    tall = max(len(names) for _, names in columns)
    figure = Figure(figsize=(3.0 * len(columns) + 1.0, 1.7 * tall + 1.6), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for source, target, data in graph(blueprint).edges(data=True):
        _arrow(axes, spots[source], spots[target], str(data["delay"]))
    for column, (group, names) in enumerate(columns):
        color = colors(column % colors.N)
        for name in names:
            _box(axes, spots[name], name, blueprint.by_name[name].structure, color)
        axes.text(3.4 * column, 0.8 * tall + 0.75, f"group {group}", ha="center", color=color, weight="bold")
    axes.set_xlim(-1.6, 3.4 * (len(columns) - 1) + 1.6)
    axes.set_ylim(-0.8 * tall - 0.6, 0.8 * tall + 1.1)
    axes.set_title(f"{blueprint.name}: delays in ticks of {blueprint.tick_seconds:g} s", loc="left")
    axes.set_axis_off()
    with record_errors(path, "written"):
        figure.savefig(path)


def _box(axes: Any, spot: tuple[float, float], name: str, structure: str, color: Any) -> None:
    x, y = spot
    style = "round,pad=0.04,rounding_size=0.12"
    axes.add_patch(
        FancyBboxPatch((x - 1.0, y - 0.32), 2.0, 0.64, boxstyle=style, fc=color, ec="#444", zorder=3)
    )
    same = structure in ("", name.replace("_", " "))
    axes.text(x, y + (0 if same else 0.1), name, ha="center", va="center", zorder=4, weight="bold", size=9)
    if not same:
        axes.text(x, y - 0.16, structure, ha="center", va="center", zorder=4, size=7)


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], label: str) -> None:
    bend = 0.18 if start != end else 1.0
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>",
            mutation_scale=11,
            color="#888",
            shrinkA=34,
            shrinkB=34,
            zorder=2,
        )
    )
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    across = (end[1] - start[1], start[0] - end[0])  # an arc bends to the right of its direction
    axes.text(
        middle[0] + across[0] * bend / 2,
        middle[1] + across[1] * bend / 2,
        label,
        size=7,
        ha="center",
        va="center",
        zorder=2.5,
        bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none"},
    )
