"""NeuralBrain: embodied brains of regions that exchange typed messages.

Importing it registers the Gymnasium environments of the embodiments that it brings
(``gymnasium.make("neuralbrain/Tabletop-Place-v0")``) and loads none of the heavy libraries. It sets two flags
of XLA, before JAX reads them: see `neuralbrain.profile`.
"""

from importlib import import_module as _import_module

from neuralbrain.embodiment import register as _register
from neuralbrain.profile import pin_xla as _pin_xla

__version__ = "0.1.0"

_pin_xla()

for _package in (
    "neuralbrain.arm",
    "neuralbrain.nanorobots",
):
    _register(_import_module(_package).EMBODIMENT)
