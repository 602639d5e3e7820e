"""``doctor``: what is here, what is missing, what to do."""

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from neuralbrain.cli.runs import AsJson
from neuralbrain.words import counted

MEGABYTE = 2**20
ROOM = 200
"""Free room that a few runs need, MB."""

Finding = tuple[bool, str, str, str]
"""Whether it is well, what was looked at, what was found, what to do."""


def doctor(
    out: Annotated[Path, typer.Option(help="The folder that would hold the runs' folders.")] = Path("runs"),
    start_ray: Annotated[bool, typer.Option("--ray/--no-ray", help="Start a local Ray to test it.")] = True,
    as_json: AsJson = False,
) -> None:
    """Say which versions are here, what is missing, and what to do. Exit status 1 if anything is missing."""
    from rich.table import Table
    from rich.text import Text

    from neuralbrain.cli.terminal import busy, results, say_json

    ray = []
    if start_ray:  # first: it forks, and JAX, once it has run, warns of that
        with busy("starting a local Ray to see whether it works (about 10 s)"):
            ray.append(_ray())
    findings = [
        _python(),
        *_packages(),
        _numbers(),
        _writable(out),
        _memory(),
        _agent(),
        _environments(),
        _terminal(),
        _box(),
        *ray,
    ]
    table = Table("", "what", "found", "what to do")
    rows = []
    for well, what, found, advice in findings:
        rows.append({"ok": well, "what": what, "found": found, "to_do": "" if well else advice})
        sign = Text("ok", style="green") if well else Text("no", style="red")
        table.add_row(sign, what, found, "" if well else advice)
    if as_json:
        say_json(rows)
    else:
        results().print(table)
    if not all(well for well, *_ in findings):
        raise typer.Exit(1)


def _python() -> Finding:
    advice = "install Python 3.11 and make the virtual environment with it"
    return sys.version_info[:2] == (3, 11), "Python", platform.python_version(), advice


def _packages() -> list[Finding]:
    from neuralbrain.record.manifest import dependencies, versions

    advice = "python -m pip install -e ."
    found = versions()
    if not dependencies():
        return [(False, "neuralbrain", "not installed, so its packages are not known", advice)]
    return [
        (found[name] != "missing", name, found[name], advice) for name in ("neuralbrain", *dependencies())
    ]


def _numbers() -> Finding:
    """Say whether a trace from here is that of other machines. JAX is used, for its backend tells."""
    import jax

    from neuralbrain.profile import machine, profile

    jax.devices()
    found, here = profile(), machine()
    return True, "numeric profile", f"{found}; {here.processor}, {here.c_library}", ""


def _writable(out: Path) -> Finding:
    """Try the folder, or the nearest one above it that exists."""
    there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return False, "run folder", f"{there}: {error.strerror or error}", "choose another folder with --out"
    free = shutil.disk_usage(there).free // MEGABYTE
    return free >= ROOM, "run folder", f"{there}, {free} MB free", f"free {ROOM} MB, or use --out"


def _memory() -> Finding:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    except (ValueError, OSError):
        return True, "memory", "unknown", ""
    return (
        free >= 1000,
        "memory",
        f"{free} MB free",
        "Ray needs about 1 GB: close something or use --runtime inline",
    )


def _agent() -> Finding:
    from neuralbrain.blueprint import Blueprint
    from neuralbrain.errors import NeuralBrainError

    try:
        blueprint = Blueprint.load("frankenbot")
    except NeuralBrainError as error:
        return False, "default brain", str(error), "python -m pip install -e ."
    size = f"{counted(len(blueprint.regions), 'region')} in {counted(len(blueprint.groups), 'group')}"
    return True, "default brain", size, ""


def _environments() -> Finding:
    from neuralbrain.environments import environment_ids

    count = len(environment_ids())
    return count > 0, "environments", f"{count} registered", "python -m pip install -e ."


def _terminal() -> Finding:
    from neuralbrain.cli.terminal import progress

    console = progress()
    kind = (
        f"{console.width} columns, {console.color_system or 'no'} color"
        if console.is_terminal
        else "none: plain lines"
    )
    return True, "terminal", kind, ""


def _box() -> Finding:
    from neuralbrain.research.box.fence import bubblewrap_fails, namespaces_fail

    held = "bubblewrap"
    if bubblewrap_fails():
        weaker = "namespaces and Landlock; apt install bubblewrap holds better"
        none = "none, so research sessions run no code; apt install bubblewrap"
        held = none if namespaces_fail() else weaker
    return True, "box", held, ""


def _ray() -> Finding:
    from neuralbrain.errors import RuntimeUnavailableError
    from neuralbrain.runtime.cluster import session

    try:
        with session(None):
            return True, "Ray", "a local one starts", ""
    except RuntimeUnavailableError as error:
        return False, "Ray", str(error), "use --runtime inline, which needs no Ray"
