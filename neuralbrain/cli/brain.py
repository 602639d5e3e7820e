"""``brain``: look at a blueprint."""

from pathlib import Path
from typing import Annotated

import typer

from neuralbrain.cli.episode import AllowCode

app = typer.Typer(help="Look at a brain's blueprint.", no_args_is_help=True)

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

    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.connectome import draw
    from neuralbrain.cli.terminal import results

    blueprint = Blueprint.load(agent, allow_code=allow_code)
    console = results()
    console.print(f"[bold]{blueprint.name}[/]  {blueprint.description}")
    regions = Table("region", "group", "fires", "structure", title="regions")
    for name, spec in blueprint.by_name.items():
        fires = "on arrival" if spec.period is None else f"every {spec.period} tick{'s' * (spec.period > 1)}"
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
    """Check the wiring; print the groups, the slice and the loops. Exit status 2 if it is wrong."""
    from rich.table import Table

    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.connectome import LOOP, loops
    from neuralbrain.cli.terminal import results
    from neuralbrain.runtime.slices import crossings, slice_length

    blueprint = Blueprint.load(agent, allow_code=allow_code)  # checks
    console, tick = results(), blueprint.tick_seconds
    console.print(
        f"[green]ok[/] {blueprint.name}: {len(blueprint.regions)} regions, {len(blueprint.projections)} "
        f"projections, {len(blueprint.groups)} groups; body: {blueprint.body}"
    )
    for group, names in blueprint.groups.items():
        console.print(f"group {group}: {', '.join(names)}")
    length = slice_length(blueprint)
    console.print(f"slice: {length} ticks = {length * tick:.2f} s (the smallest delay between groups)")
    between = Table("from group", "to group", "smallest delay", title="between groups")
    for (source, target), delay in crossings(blueprint).items():
        between.add_row(source, target, f"{delay} = {delay * tick:.2f} s")
    console.print(between)
    table = Table("loop", "total delay", "groups", title=f"loops of up to {LOOP} regions")
    for path, delay, groups in loops(blueprint):
        table.add_row(" → ".join((*path, path[0])), f"{delay} = {delay * tick:.2f} s", ", ".join(groups))
    console.print(table)
