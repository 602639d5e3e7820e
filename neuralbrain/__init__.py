"""NeuralBrain: embodied brains of regions that exchange typed messages.

Importing it registers the Gymnasium environments of the embodiments that it brings
(``gymnasium.make("neuralbrain/Tabletop-Place-v0")``) and loads none of the heavy libraries.
"""

from importlib import import_module as _import_module

from neuralbrain.embodiment import register as _register

__version__ = "0.1.0"

for _package in (
    "neuralbrain.arm",
    "neuralbrain.nanorobots",
):
    _register(_import_module(_package).EMBODIMENT)
