"""``brain``: look at a blueprint."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuralbrain.cli.episode import AllowCode
from neuralbrain.cli.runs import AsJson
from neuralbrain.words import counted

if TYPE_CHECKING:
    from neuralbrain.blueprint import Blueprint

app = typer.Typer(help="Look at a brain's blueprint.", no_args_is_help=True)

SHORTEST, LONGEST = 5, 2
"""So many of the shortest and of the longest loops are printed: a screenful."""

Agent = Annotated[str, typer.Argument(help="A name, or a blueprint file (*.yaml).")]


@app.command()
def show(
    agent: Agent = "frankenbot",
    out: Annotated[
        Path | None, typer.Option(help="Draw the connectome into this file, too (*.png, *.svg, *.pdf).")
    ] = None,
    as_json: AsJson = False,
    allow_code: AllowCode = False,
) -> None:
    """Print the connectome: regions and projections."""
    from rich.table import Table
    from rich.text import Text

    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.connectome import draw
    from neuralbrain.cli.terminal import results, say_json

    blueprint = Blueprint.load(agent, allow_code=allow_code)
    if out is not None:
        draw(blueprint, out)
    if as_json:
        say_json(blueprint.model_dump(mode="json", by_alias=True) | {"drawn": str(out) if out else None})
        return
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
    if out is not None:
        console.print(f"drawn: {out}", soft_wrap=True)


@app.command()
def check(
    agent: Agent = "frankenbot",
    details: Annotated[
        bool, typer.Option("--details", help="Print groups, delays between them, and loops, too.")
    ] = False,
    as_json: AsJson = False,
    allow_code: AllowCode = False,
) -> None:
    """Check the wiring, and say its size in a line. Exit status 2 if it is wrong."""
    from neuralbrain.blueprint import Blueprint
    from neuralbrain.cli.terminal import results, say_json
    from neuralbrain.runtime.slices import slice_length

    blueprint = Blueprint.load(agent, allow_code=allow_code)  # checks
    length = slice_length(blueprint)
    if as_json:
        say_json(_facts(blueprint, length))
        return
    console = results()
    console.print("ok", style="green", end=" ")
    console.print(
        f"{blueprint.name}: {counted(len(blueprint.regions), 'region')}, "
        f"{counted(len(blueprint.projections), 'projection')}, {counted(len(blueprint.groups), 'group')}, "
        f"body {blueprint.body}, slice {_time(length, blueprint.tick_seconds)}",
        soft_wrap=True,
    )
    if details:
        for line in _details(blueprint, length):
            console.print(line)


def _details(blueprint: "Blueprint", length: int) -> Iterator[str]:
    """Yield what a brain's wiring comes to, a line each."""
    from neuralbrain.cli.connectome import LOOP, loops
    from neuralbrain.runtime.slices import crossings

    tick = blueprint.tick_seconds
    for group, names in blueprint.groups.items():
        yield f"group {group}: {', '.join(names)}"
    yield f"slice: {_time(length, tick)} (the smallest delay between groups)"
    for (source, target), delay in crossings(blueprint).items():
        yield f"smallest delay from {source} to {target}: {_time(delay, tick)}"
    found = loops(blueprint)
    yield f"{counted(len(found), 'loop')} of up to {LOOP} regions, by the sum of their delays"
    shortest, longest = found[:SHORTEST], found[SHORTEST:][-LONGEST:]
    for heading, some in (("shortest", shortest), ("longest", longest)):
        for path, delay, _ in some:
            yield f"{heading}: {_time(delay, tick)}: {' → '.join((*path, path[0]))}"


def _facts(blueprint: "Blueprint", length: int) -> dict[str, Any]:
    """Return the same for programs, with all loops of `LOOP` regions at most."""
    from neuralbrain.cli.connectome import loops
    from neuralbrain.runtime.slices import crossings

    return {
        "name": blueprint.name,
        "regions": len(blueprint.regions),
        "projections": len(blueprint.projections),
        "body": blueprint.body,
        "tick_seconds": blueprint.tick_seconds,
        "slice_ticks": length,
        "groups": {group: list(names) for group, names in blueprint.groups.items()},
        "crossings": [
            {"source": source, "target": target, "delay": delay}
            for (source, target), delay in crossings(blueprint).items()
        ],
        "loops": [{"regions": list(path), "delay": delay} for path, delay, _ in loops(blueprint)],
    }


def _time(ticks: int, tick_seconds: float) -> str:
    return f"{counted(ticks, 'tick')} = {ticks * tick_seconds:.2f} s"
