"""Robots that swim among cells, one or thousands as one body, and find those that secrete a biomarker."""

from neuralbrain.embodiment import Embodiment, World

EMBODIMENT = Embodiment(
    name="nanorobots",
    agent="nanorobot",
    messages="neuralbrain.nanorobots.messages",
    worlds=(
        *(
            World(
                id=f"neuralbrain/Nano{task}-v0",
                entry_point="neuralbrain.envs.nanorobot.env:NanoEnv",
                vector_entry_point="neuralbrain.envs.nanorobot.env:NanoVectorEnv",
                kwargs={"task": task.lower()},
            )
            for task in ("Seek", "Track", "Deliver")
        ),
        World(
            id="neuralbrain/NanoSwarm-v0",
            entry_point="neuralbrain.envs.nanorobot.env:NanoSwarmEnv",
            vector_entry_point="neuralbrain.envs.nanorobot.env:NanoSwarmVectorEnv",
            kwargs={"task": "seek", "robots": 64, "signal": 1e5},
            agent="nanoswarm",
        ),
        World(
            id="neuralbrain/NanoKavousinejad-v0",
            entry_point="neuralbrain.envs.nanorobot.kavousinejad:NanoKavousinejadEnv",
            vector_entry_point="neuralbrain.envs.nanorobot.kavousinejad:NanoKavousinejadVectorEnv",
            agent="",
        ),
        World(
            id="neuralbrain/NanoSearch-v0",
            entry_point="neuralbrain.envs.nanorobot.search:NanoSearchEnv",
            vector_entry_point="neuralbrain.envs.nanorobot.search:NanoSearchVectorEnv",
            kwargs={"dimensions": 1},
            agent="",
        ),
    ),
    regions={
        "basal_ganglia": "neuralbrain.nanorobots.basal_ganglia:BasalGanglia",
        "brainstem": "neuralbrain.nanorobots.brainstem:SwarmBrainstem",
        "cortex": "neuralbrain.nanorobots.cortex:MissionCortex",
        "hippocampus": "neuralbrain.nanorobots.hippocampus:PathIntegration",
    },
    interpreters={"grammar": "neuralbrain.nanorobots.planning.interpreter:GrammarInterpreter"},
    rerun="neuralbrain.nanorobots.rerun:SwarmMirror",
    sections="neuralbrain.nanorobots.report.figures:sections",
)
