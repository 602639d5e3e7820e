"""``brain``: look at a blueprint."""

from pathlib import Path
from typing import Annotated

import typer

from neuralbrain.cli.episode import AllowCode
from neuralbrain.words import counted

app = typer.Typer(help="Look at a brain's blueprint.", no_args_is_help=True)

SHORTEST, LONGEST = 5, 2
"""So many of the shortest and of the longest loops are printed: a screenful."""

Agent = Annotated[str, typer.Argument(help="A name, or a blueprint file (*.yaml).")]


@app.command()
def show(
    agent: Agent = "frankenbot",
    out: Annotated[Path, typer.Option(help="Where to draw the connectome (*.png, *.svg).")] = Path(
        "connectome.png"
    ),
    allow_code: AllowCode = False,
) -> None:
    """Print the connectome as text and draw it as a picture."""
    from rich.table import Table
    from rich.text import Text

    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.connectome import draw
    from neuralbrain.cli.terminal import results

    blueprint = Blueprint.load(agent, allow_code=allow_code)
    console = results()
    console.print(Text.assemble((blueprint.name, "bold"), "  ", blueprint.description))
    regions = Table("region", "group", "fires", "structure", title="regions")
    for name, spec in blueprint.by_name.items():
        fires = "on arrival" if spec.period is None else f"every {counted(spec.period, 'tick')}"
        regions.add_row(name, spec.group, fires, spec.structure)
    console.print(regions)
    projections = Table("from", "to", "delay", "structure", title="projections")
    for projection in blueprint.ordered_projections:
        delay = f"{projection.delay} = {projection.delay * blueprint.tick_seconds:.2f} s"
        projections.add_row(projection.source, projection.target, delay, projection.structure)
    console.print(projections)
    draw(blueprint, out)
    console.print(f"drawn: {out}", soft_wrap=True)


@app.command()
def check(agent: Agent = "frankenbot", allow_code: AllowCode = False) -> None:
    """Check the wiring; print groups, slice, and shortest and longest loops. Exit status 2 if it is wrong."""
    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.connectome import LOOP, loops
    from neuralbrain.cli.terminal import results
    from neuralbrain.runtime.slices import crossings, slice_length

    blueprint = Blueprint.load(agent, allow_code=allow_code)  # checks
    console, tick = results(), blueprint.tick_seconds
    console.print("ok", style="green", end=" ")
    console.print(
        f"{blueprint.name}: {counted(len(blueprint.regions), 'region')}, "
        f"{counted(len(blueprint.projections), 'projection')}, {counted(len(blueprint.groups), 'group')}; "
        f"body: {blueprint.body}"
    )
    for group, names in blueprint.groups.items():
        console.print(f"group {group}: {', '.join(names)}")
    length = slice_length(blueprint)
    console.print(f"slice: {_time(length, tick)} (the smallest delay between groups)")
    for (source, target), delay in crossings(blueprint).items():
        console.print(f"smallest delay from {source} to {target}: {_time(delay, tick)}")
    found = loops(blueprint)
    console.print(f"{counted(len(found), 'loop')} of up to {LOOP} regions, by the sum of their delays")
    shortest, longest = found[:SHORTEST], found[SHORTEST:][-LONGEST:]
    for heading, some in (("shortest", shortest), ("longest", longest)):
        for path, delay, _ in some:
            console.print(f"{heading}: {_time(delay, tick)}: {' → '.join((*path, path[0]))}")


def _time(ticks: int, tick_seconds: float) -> str:
    return f"{counted(ticks, 'tick')} = {ticks * tick_seconds:.2f} s"
