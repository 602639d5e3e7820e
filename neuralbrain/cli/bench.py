"""``bench``: every module of `neuralbrain.agents.benchmarks` with a function ``measure`` is a command of it.

The options are the function's arguments, and their help is its docstring's; so a new benchmark needs nothing
here, and a benchmark is only imported when it runs.
"""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from neuralbrain.cli.model import SPENDING

if TYPE_CHECKING:
    from neuralbrain.agents.benchmarks.table import Table

PACKAGE = "neuralbrain.agents.benchmarks"
WIDEST = 10_000
"""A table in a file may be so many characters wide."""


def _names() -> list[str]:
    """Return the modules whose source has a function ``measure`` at the top."""
    (folder,) = import_module(PACKAGE).__path__
    files = sorted(Path(folder).glob("*.py"))
    return [
        f.stem for f in files if re.search(r"^def measure\(", f.read_text(encoding="utf-8"), re.MULTILINE)
    ]


class Benchmarks(TyperGroup):
    """The commands of ``bench``, found and imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names."""
        return _names()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one, made from the module's ``measure``; None if there is none."""
        if cmd_name not in _names():
            return None
        module = import_module(f"{PACKAGE}.{cmd_name}")
        return command(cmd_name, module.measure)


def command(name: str, measure: "Callable[..., Table]") -> TyperCommand:
    """Make a command of a benchmark's function."""
    hints, helps = get_type_hints(measure, include_extras=True), _argument_help(measure)
    parameters, spending = list[inspect.Parameter](), None
    for parameter in inspect.signature(measure).parameters.values():
        if parameter.name == "spending":  # the options of `episode`, one each
            spending = parameter.default
            parameters += [
                inspect.Parameter(
                    name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=SPENDING[name]
                )
                for name, value in vars(spending).items()
            ]
            continue
        annotation = _option(parameter, hints[parameter.name], helps.get(parameter.name))
        parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotation))
    as_json = inspect.Parameter(
        "as_json",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")],
    )

    def bench(as_json: bool, **options: Any) -> None:
        if spending is not None:
            options["spending"] = type(spending)(**{part: options.pop(part) for part in vars(spending)})
        typer.echo(f"measuring {name}; this takes a while", err=True)
        table = measure(**options)
        _print(table, as_json)
        if table.interrupted:
            raise KeyboardInterrupt

    bench.__signature__ = inspect.Signature([*parameters, as_json])  # type: ignore[attr-defined]
    bench.__annotations__ = {p.name: p.annotation for p in (*parameters, as_json)}
    bench.__doc__ = inspect.getdoc(measure).split("\n\nArgs:")[0] if measure.__doc__ else None  # type: ignore[union-attr]
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name)(bench)
    return typer.main.get_command(app)  # type: ignore[return-value]


def _option(parameter: inspect.Parameter, hint: Any, text: str | None) -> Any:
    """Return an argument as Typer takes it: with its help and its least value; a switch has no opposite.

    One without a default is given by its place, without a name.
    """
    if parameter.default is parameter.empty:
        return Annotated[hint, typer.Argument(help=text)]
    kind, *least = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    names = (f"--{parameter.name.replace('_', '-')}",) if kind is bool else ()
    return Annotated[kind, typer.Option(*names, help=text, min=least[0].value if least else None)]


def _argument_help(measure: Callable[..., Any]) -> dict[str, str]:
    """Return what a Google-style docstring says of each argument."""
    section = re.search(r"\nArgs:\n(.*?)(\n\S|\Z)", inspect.getdoc(measure) or "", re.DOTALL)
    if not section:
        return {}
    found = re.findall(r"^    (\w+): (.*(?:\n {6,}.*)*)", section.group(1), re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def _print(table: "Table", as_json: bool) -> None:
    """Print a benchmark's table."""
    from neuralbrain.cli.terminal import results, say_json

    if as_json:
        say_json(table.as_json())
        return
    from rich.table import Table as Grid

    grid = Grid(*table.columns, title=table.title, title_justify="left")
    for row in table.rows:
        grid.add_row(*map(_text, row))
    console = results()
    if not console.is_terminal:  # a file is as wide as what is written to it
        free = console.options.update(max_width=WIDEST)
        console.width = max(console.width, console.measure(grid, options=free).maximum)
    console.print(grid)
    for note in table.notes:
        console.print(note, style="dim")
    if table.interrupted:
        console.print(f"Interrupted: {table.interrupted}, so no figure is reached or missed.", style="yellow")
        return
    for figure, reached in table.reached.items():
        console.print("reached" if reached else "missed ", style="green" if reached else "red", end=" ")
        console.print(figure)


def _text(cell: str | float | bool | None) -> str:
    """Return a cell as it is shown."""
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


app = typer.Typer(cls=Benchmarks, no_args_is_help=True, help="Measure; prints a table or JSON.")


@app.callback()
def _benchmarks() -> None:
    """Measure; prints a table, or JSON with --json."""
