"""NeuralBrain: embodied brains of regions that exchange typed messages.

Importing it registers the Gymnasium environments of the embodiments that it brings
(``gymnasium.make("neuralbrain/Tabletop-Place-v0")``) and loads none of the heavy libraries.
"""

from neuralbrain.arm import EMBODIMENT as _ARM
from neuralbrain.embodiment import register as _register
from neuralbrain.nanorobots import EMBODIMENT as _NANOROBOTS

__version__ = "0.1.0"

for _embodiment in (_ARM, _NANOROBOTS):
    _register(_embodiment)
