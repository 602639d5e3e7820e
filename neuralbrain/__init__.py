"""NeuralBrain: embodied brains of regions that exchange typed messages.

Importing it registers the Gymnasium environments (``gymnasium.make("neuralbrain/TabletopPlace-v0")``)
and loads none of the heavy libraries.
"""

__version__ = "0.1.0"
