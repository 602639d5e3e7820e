"""NeuralBrain: embodied brains of regions that exchange typed messages.

Importing it registers the Gymnasium environments of the embodiments that it brings
(``gymnasium.make("neuralbrain/Tabletop-Place-v0")``) and loads none of the heavy libraries. It sets two flags
of XLA, before JAX reads them: see `neuralbrain.profile`. `Simulation` runs a brain.
"""

import sys as _sys

if (
    _sys.argv[:1] == ["-m"]
    and "-m neuralbrain" in " ".join(_sys.orig_argv)
    and not _sys.flags.safe_path
    and __file__ != f"{_sys.path[0]}/neuralbrain/__init__.py"
):
    del _sys.path[0]  # the present folder: what lies there would be run in the place of our libraries

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

if _sys.version_info[:2] != (3, 11):
    raise ImportError(
        f"NeuralBrain runs on Python 3.11, for which PyBullet has wheels; this is {_sys.version.split()[0]}",
        name=__name__,  # so `python -m` says it in one line
    )

from neuralbrain.embodiment import register as _register
from neuralbrain.profile import pin_xla as _pin_xla

if TYPE_CHECKING:
    from neuralbrain.simulation import Simulation

__all__ = ["Simulation", "__version__"]

__version__ = "0.1.0"

_pin_xla()

for _package in (
    "neuralbrain.arm",
    "neuralbrain.dreams",
    "neuralbrain.nanorobots",
    "neuralbrain.rover",
):
    _register(_import_module(_package).EMBODIMENT)


def __getattr__(name: str) -> Any:
    """Load `Simulation` when it is first asked for."""
    if name == "Simulation":
        from neuralbrain.simulation import Simulation  # noqa: PLC0415 - so that to import this stays quick

        return Simulation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
