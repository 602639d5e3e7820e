"""The connectome as a graph: its loops, and its picture."""

import io
import math
from pathlib import Path
from typing import Any

import matplotlib as mpl
import networkx as nx
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ConfigurationError
from neuralbrain.files import write_file
from neuralbrain.words import legible

LOOP = 5
"""Regions in the longest loops that are looked for: there are too many longer ones, and they are slow."""
FORMATS = (".png", ".svg", ".pdf")
"""How a connectome can be drawn."""
BEND, LABEL = 0.12, 0.42
"""How far an arrow bends, as a part of its length, and where on its way its label stands."""

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
    """Return every elementary loop of at most `LOOP` regions, the fastest first."""
    wiring = graph(blueprint)
    group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
    found = []
    for cycle in nx.simple_cycles(wiring, length_bound=LOOP):
        first = cycle.index(min(cycle))
        path = tuple(cycle[first:] + cycle[:first])
        delay = sum(wiring.edges[a, b]["delay"] for a, b in zip(path, (*path[1:], path[0]), strict=True))
        found.append((path, delay, tuple(sorted({group_of[name] for name in path}))))
    return sorted(found, key=lambda loop: (loop[1], loop[0]))


@mpl.rc_context({"text.parse_math": False})  # a name is no formula
def draw(blueprint: Blueprint, path: Path) -> None:
    """Draw the connectome into a file; the ending says the format.

    Regions stand on a circle, group by group; an arrow is all projections from one to another, with the
    smallest delay in ticks; those inside a group are bold.

    Raises:
        ConfigurationError: The ending says none of `FORMATS`.
        RecordError: The file cannot be written.
    """
    if path.suffix not in FORMATS:
        raise ConfigurationError(f"{path} does not say how to draw: end its name in {' or '.join(FORMATS)}")
    names = [name for members in blueprint.groups.values() for name in members]
    colors = {group: mpl.colormaps["Set2"](i % 8) for i, group in enumerate(blueprint.groups)}
    group_of = {name: spec.group for name, spec in blueprint.by_name.items()}
    radius = max(2.4, 0.62 * len(names))
    angles = {name: math.pi / 2 - 2 * math.pi * i / len(names) for i, name in enumerate(names)}
    spots = {name: (1.35 * radius * math.cos(a), radius * math.sin(a)) for name, a in angles.items()}
    figure = Figure(figsize=(2.9 * radius, 2.3 * radius), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlim(-1.35 * radius - 1.5, 1.35 * radius + 1.5)
    axes.set_ylim(-radius - 0.9, radius + 0.9)
    axes.set_aspect("equal")
    axes.set_axis_off()
    boxes = {
        name: _box(
            axes,
            spots[name],
            legible(name),
            legible(blueprint.by_name[name].structure),
            colors[group_of[name]],
        )
        for name in names
    }
    for source, target, data in graph(blueprint).edges(data=True):
        inside = group_of[source] == group_of[target]
        _arrow(
            axes, (boxes[source], boxes[target]), (spots[source], spots[target]), str(data["delay"]), inside
        )
    handles = [Patch(color=color, label=legible(f"group {group}")) for group, color in colors.items()]
    axes.legend(handles=handles, loc="lower left", frameon=False)
    title = f"{blueprint.name}: delays in ticks of {blueprint.tick_seconds:g} s"
    axes.set_title(legible(title), loc="left")
    stream = io.BytesIO()
    figure.savefig(stream, format=path.suffix[1:])
    write_file(path, stream.getvalue())


def _box(axes: Any, spot: tuple[float, float], name: str, structure: str, color: Any) -> Patch:
    x, y = spot
    box = FancyBboxPatch((x - 1.0, y - 0.3), 2.0, 0.6, boxstyle="round,rounding_size=0.12,pad=0.05")
    box.set(facecolor=color, edgecolor="#444444", zorder=3)
    axes.add_patch(box)
    same = structure in ("", name.replace("_", " "))
    axes.text(x, y + (0 if same else 0.1), name, ha="center", va="center", zorder=4, weight="bold", size=9)
    if not same:
        axes.text(x, y - 0.17, structure, ha="center", va="center", zorder=4, size=7)
    return box


def _arrow(
    axes: Any, boxes: tuple[Patch, Patch], spots: tuple[tuple[float, float], ...], label: str, inside: bool
) -> None:
    start, end = spots
    arrow = FancyArrowPatch(
        start,
        end,
        patchA=boxes[0],
        patchB=boxes[1],
        connectionstyle=f"arc3,rad={BEND}",
        arrowstyle="-|>",
        mutation_scale=12,
        color=boxes[0].get_facecolor() if not inside else "#333333",
        linewidth=2.0 if inside else 1.3,
        zorder=2,
    )
    axes.add_patch(arrow)
    # The quadratic curve's point at `LABEL` of the way: its control point lies BEND chords to the right.
    across = (end[1] - start[1], start[0] - end[0])
    near, far = (1 - LABEL) ** 2, LABEL**2
    bend = 2 * LABEL * (1 - LABEL)
    x, y = (
        near * start[i] + far * end[i] + bend * ((start[i] + end[i]) / 2 + BEND * across[i]) for i in (0, 1)
    )
    frame = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none"}
    axes.text(x, y, label, size=7, ha="center", va="center", zorder=2.5, bbox=frame)
