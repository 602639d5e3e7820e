"""NeuralBrain: embodied brains of regions that exchange typed messages.

Importing it registers the Gymnasium environments (``gymnasium.make("neuralbrain/Tabletop-Place-v0")``)
and loads none of the heavy libraries.
"""

import gymnasium

__version__ = "0.1.0"

for _name in ("Place", "Stack", "Push", "Swap", "Pyramid", "Row", "Drawer", "Restore", "Sort", "TwoStep"):
    gymnasium.register(
        id=f"neuralbrain/Tabletop-{_name}-v0",
        entry_point="neuralbrain.envs.tabletop.env:TabletopEnv",
        kwargs={"task": "two_step" if _name == "TwoStep" else _name.lower()},
    )

for _name in ("Seek", "Track", "Deliver"):
    gymnasium.register(
        id=f"neuralbrain/Nano{_name}-v0",
        entry_point="neuralbrain.envs.nanorobot.env:NanoEnv",
        vector_entry_point="neuralbrain.envs.nanorobot.env:NanoVectorEnv",
        kwargs={"task": _name.lower()},
    )

gymnasium.register(
    id="neuralbrain/NanoSwarm-v0",
    entry_point="neuralbrain.envs.nanorobot.env:NanoSwarmEnv",
    vector_entry_point="neuralbrain.envs.nanorobot.env:NanoSwarmVectorEnv",
    kwargs={"task": "seek", "robots": 64, "signal": 1e5},
)

gymnasium.register(
    id="neuralbrain/NanoKavousinejad-v0",
    entry_point="neuralbrain.envs.nanorobot.kavousinejad:NanoKavousinejadEnv",
    vector_entry_point="neuralbrain.envs.nanorobot.kavousinejad:NanoKavousinejadVectorEnv",
)

gymnasium.register(
    id="neuralbrain/NanoSearch-v0",
    entry_point="neuralbrain.envs.nanorobot.search:NanoSearchEnv",
    vector_entry_point="neuralbrain.envs.nanorobot.search:NanoSearchVectorEnv",
    kwargs={"dimensions": 1},
)
