"""Code: cells that run in the box and land in the notebook, and the notebook run again."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from neuralbrain.errors import ConfigurationError
from neuralbrain.research import notebook
from neuralbrain.research.box.kernel import Kernel, Ran
from neuralbrain.research.registry import Desk, Given, Result, tool
from neuralbrain.research.tools.notes import Nothing
from neuralbrain.research.workspace import FIGURES, NOTEBOOK

PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".pdf")


class Code(Given):
    """Python code. It runs in the workspace's folder, may write to data/ and figures/, and finds SEED."""

    code: str = Field(min_length=1, max_length=200_000)


class FigureGiven(Given):
    """A picture's name under figures/."""

    name: str = Field(pattern=r"^(figures/)?\w[\w.-]{0,99}$")


@tool("compute")
def run_cell(given: Code, desk: Desk) -> Result:
    """Run Python code in the box. Its cell goes to the notebook, with what came out."""
    before = _figures(desk)
    ran = desk.kernel().run(given.code, seconds=desk.settings.box.seconds)
    outputs = list(ran.outputs)
    if ran.ended:
        outputs.append(_ended(ran))
    cell = notebook.append(desk.workspace.root / NOTEBOOK, given.code, outputs, desk.act)
    drawn = sorted(name for name, time in _figures(desk).items() if before.get(name) != time)
    said = notebook.printed(ran.outputs).rstrip()
    words = [said, ran.error if ran.error and not said.endswith(ran.error) else ""]
    if drawn:
        words.append("drew " + ", ".join(drawn))
    return Result(
        text="\n".join(filter(None, words)) or "(it printed nothing)",
        data={"cell": cell, "shown": _shown(ran.outputs)},
        cites=[cell],
        figures=drawn,
        ok=not ran.error,
    )


@tool("compute")
def run_notebook(given: Nothing, desk: Desk) -> Result:
    """Run all cells of the notebook again in the kernel, so that their variables are there."""
    kernel = desk.kernel()
    for cell in notebook.code_cells(notebook.read(desk.workspace.root / NOTEBOOK)):
        ran = kernel.run(cell.source, seconds=desk.settings.box.seconds)
        if ran.error and "error" not in {output.output_type for output in cell.outputs}:
            return Result(text=f"{cell.id}: {ran.error}", cites=[cell.id], ok=False)
    return Result(text="all cells ran again")


@tool("compute")
def check_notebook(given: Nothing, desk: Desk) -> Result:
    """Run all cells again in a fresh kernel, and compare what they print with what they printed."""
    cells = notebook.code_cells(notebook.read(desk.workspace.root / NOTEBOOK))
    if not cells:
        return Result(text="the notebook has no cells yet", data={"cells": 0, "differ": []})
    box = desk.settings.box
    kernel = Kernel(
        desk.workspace, box, seed=desk.settings.seed, allow_unfenced=desk.kernel().fence.name == "none"
    )
    found: list[dict[str, Any]] = []
    try:
        for cell in cells:
            ran = kernel.run(cell.source, seconds=box.seconds)
            outputs = [*ran.outputs, _ended(ran)] if ran.ended else ran.outputs
            other = notebook.differs(cell.outputs, outputs)
            if other:
                found.append({"cell": cell.id, "before": other[0], "now": other[1]})
            if ran.ended:
                break
    finally:
        kernel.close()
    lines = [f"{one['cell']} printed {one['before']!r}, now {one['now']!r}" for one in found]
    good = f"{len(cells)} cells ran again from the start: the same to the last digit"
    return Result(
        text="\n".join(lines) or good,
        data={"cells": len(cells), "differ": found},
        cites=[one["cell"] for one in found],
        ok=not found,
    )


@tool("read")
def list_figures(given: Nothing, desk: Desk) -> Result:
    """List the pictures under figures/."""
    names = sorted(_figures(desk))
    return Result(text="\n".join(names) or "no figures yet", data=names)


@tool("read")
def look_at_figure(given: FigureGiven, desk: Desk) -> Result:
    """Look at a picture under figures/: a model that sees is shown it with its next turn."""
    name = f"{FIGURES}/{given.name.removeprefix(FIGURES + '/')}"
    data = desk.workspace.read(name)
    if data is None:
        raise ConfigurationError(f"there is no {name}: /figure lists those that there are")
    return Result(text=f"{name}, {len(data)} bytes", figures=[name], cites=[name])


def _figures(desk: Desk) -> dict[str, int]:
    """Return the pictures there are, with when each was written."""
    folder = desk.workspace.root / FIGURES
    return {
        f"{FIGURES}/{path.name}": path.lstat().st_mtime_ns
        for path in folder.iterdir()
        if path.suffix.lower() in PICTURES and not path.is_symlink()
    }


def _shown(outputs: Sequence[Any]) -> int:
    """Return how many pictures stand in a cell's outputs."""
    return sum("image/png" in output.get("data", {}) for output in outputs)


def _ended(ran: Ran) -> Any:
    import nbformat  # noqa: PLC0415 - it was needed to run

    return nbformat.v4.new_output("error", ename="KernelEnded", evalue=ran.error, traceback=[])
