"""The learned table by which the basal ganglia choose."""

from importlib.resources import files
from pathlib import Path

from neuralbrain.errors import BlueprintError, UnknownNameError
from neuralbrain.learning.bins import Bins
from neuralbrain.learning.table import QTable
from neuralbrain.rover.behaviours import Behaviour
from neuralbrain.rover.navigation_state import ENTRIES


def load_table(region: str, name: str) -> QTable:
    """Return a table.

    Args:
        region: The name of the region that wants it, for errors.
        name: Of a table that we bring, or its file (*.npz).

    Raises:
        UnknownNameError: There is no table of that name.
        RecordError: It cannot be read.
        ConfigurationError: It is damaged.
        BlueprintError: It was learned from other observations than a rover's, or with other behaviours.
    """
    path = Path(name)
    if not path.suffix:
        home = Path(str(files("neuralbrain.agents") / "tables"))
        path = home / f"{name}.npz"
        if not path.is_file():
            known = [file.stem for file in home.glob("*.npz")]
            raise UnknownNameError("table", name, known, "Or give the path of one (*.npz).")
    table = QTable.load(path)
    cuts = table.bins.cuts if isinstance(table.bins, Bins) else ()
    fits = bool(cuts) and all(cut.entry < len(ENTRIES) for cut in cuts)
    if not fits or table.values.shape[2] != len(Behaviour):
        raise BlueprintError(
            f"region {region!r}, table: {name!r} was not learned from what lies ahead of a rover "
            f"({', '.join(ENTRIES)}) and for its {len(Behaviour)} behaviours: train one with "
            "`run.py train q --env Rover-Practice`"
        )
    return table
