"""``session.ipynb``: the cells that were run, with what came out, as any Jupyter reads them.

The file is read again before each change, so what a person changed in it meanwhile stays.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuralbrain.errors import RecordError
from neuralbrain.files import write_file
from neuralbrain.reading import decoding, read_bytes
from neuralbrain.research.extras import needed

MOST_BYTES = 256 * 2**20
ADVICE = "see that the workspace can be written and has room"
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
"""Where an object lies is no result: it differs from run to run."""


def read(path: Path) -> Any:
    """Return the notebook (an `nbformat.NotebookNode`); an empty one if there is none yet.

    Raises:
        RecordError: It is no notebook.
    """
    nbformat = needed("nbformat")
    if not path.exists():
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    with decoding(path, "is no notebook", "take it back from git, or move it away"):
        return nbformat.reads(read_bytes(path, MOST_BYTES).decode(), as_version=4)


def append(path: Path, code: str, outputs: Sequence[Any], act: str) -> str:
    """Add a cell that was run, and return its id.

    Args:
        path: The notebook.
        code: What was run.
        outputs: What came out, as nbformat has it.
        act: Which act ran it.

    Raises:
        RecordError: The notebook cannot be read or written.
    """
    nbformat, notebook = needed("nbformat"), read(path)
    taken = [int(cell.id[1:]) for cell in notebook.cells if re.fullmatch(r"c\d+", cell.get("id", ""))]
    name = f"c{max(taken, default=0) + 1}"
    cell = nbformat.v4.new_code_cell(
        code, id=name, outputs=list(outputs), execution_count=None, metadata={"neuralbrain": {"act": act}}
    )
    notebook.cells.append(cell)
    _write(path, notebook)
    return name


def remove(path: Path, name: str) -> bool:
    """Take a cell out; False if it is not there.

    Raises:
        RecordError: The notebook cannot be read or written.
    """
    notebook = read(path)
    kept = [cell for cell in notebook.cells if cell.get("id") != name]
    if len(kept) == len(notebook.cells):
        return False
    notebook.cells = kept
    _write(path, notebook)
    return True


def code_cells(notebook: Any) -> list[Any]:
    """Return the cells that run, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def printed(outputs: Sequence[Any]) -> str:
    """Return what outputs say: what was printed, the values shown, and the name of an error."""
    parts: list[str] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            parts.append(output["text"])
        elif kind == "error":
            parts.append(f"{output['ename']}: {output['evalue']}\n")
        elif "text/plain" in output.get("data", {}):
            parts.append(f"{output['data']['text/plain']}\n")
    return "".join(parts)


def differs(before: Sequence[Any], after: Sequence[Any]) -> tuple[str, str] | None:
    """Return the first two lines that are not the same in what came out then and now; None: all are.

    Progress and warnings go to stderr, and pictures are drawn anew: they are no numbers.
    """
    then, now = (_numbers(outputs) for outputs in (before, after))
    for one, other in zip(then, now, strict=False):
        if one != other:
            return one, other
    if len(then) != len(now):
        more = max(then, now, key=len)[min(len(then), len(now))]
        return (more, "nothing more") if len(then) > len(now) else ("nothing more", more)
    return None


def _numbers(outputs: Sequence[Any]) -> list[str]:
    kept = [output for output in outputs if output.get("name") != "stderr"]
    return [_ADDRESS.sub("0x", line) for line in printed(kept).splitlines()]


def _write(path: Path, notebook: Any) -> None:
    nbformat = needed("nbformat")
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        reason = " ".join(str(error).split())[:200]
        raise RecordError(
            f"{path} is no valid notebook ({reason}): mend it in Jupyter, or move it away"
        ) from None
    write_file(path, nbformat.writes(notebook) + "\n", ADVICE)
