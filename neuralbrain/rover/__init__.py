"""A small wheeled rover in a walled arena: it goes where a sentence says, and pushes balls."""

from neuralbrain.embodiment import Embodiment, World

EMBODIMENT = Embodiment(
    name="rover",
    agent="rover",
    messages="neuralbrain.rover.messages",
    worlds=(
        *(
            World(
                id=f"neuralbrain/Rover-{task}-v0",
                entry_point="neuralbrain.envs.rover.env:RoverEnv",
                kwargs={"task": task.lower()},
            )
            for task in ("Reach", "Visit", "Push", "Free")
        ),
        World(
            id="neuralbrain/Rover-Practice-v0",
            entry_point="neuralbrain.rover.practice:PracticeEnv",
            agent="",
        ),
    ),
    regions={
        "basal_ganglia": "neuralbrain.rover.basal_ganglia:BasalGanglia",
        "brainstem": "neuralbrain.rover.brainstem:RoverBrainstem",
        "path_integration": "neuralbrain.rover.path_integration:PathIntegration",
        "visual_cortex": "neuralbrain.rover.visual_cortex:VisualCortex",
    },
    domain="neuralbrain.rover.planning.domain:DOMAIN",
    interpreters={"grammar": "neuralbrain.rover.planning.interpreter:GrammarInterpreter"},
    planners={"sequence": "neuralbrain.rover.planning.planner:SequencePlanner"},
    rerun="neuralbrain.rover.rerun:RoverMirror",
)
