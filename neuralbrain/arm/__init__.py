"""An arm with a gripper and cameras at a table: a Franka Panda that does what a sentence asks."""

from neuralbrain.embodiment import Embodiment, World

TASKS = ("Place", "Stack", "Push", "Swap", "Pyramid", "Row", "Drawer", "Restore", "Sort", "TwoStep")
FREE = "neuralbrain/Tabletop-Free-v0"
"""The tabletop on which lies what a person wants, and that has no task."""
GOALS = ("Place", "Push", "Stack")
"""The tasks that there are as goal-conditioned environments, too."""

EMBODIMENT = Embodiment(
    name="arm",
    agent="frankenbot",
    messages="neuralbrain.arm.messages",
    worlds=(
        *(
            World(
                id=f"neuralbrain/Tabletop-{task}-v0",
                entry_point="neuralbrain.envs.tabletop.env:TabletopEnv",
                kwargs={"task": "two_step" if task == "TwoStep" else task.lower()},
            )
            for task in TASKS
        ),
        World(id=FREE, entry_point="neuralbrain.envs.tabletop.free:FreeTabletopEnv", has_task=False),
        *(
            World(
                id=f"neuralbrain/Tabletop-{task}Goal-v0",
                entry_point="neuralbrain.envs.tabletop.goal:TabletopGoalEnv",
                kwargs={"task": task.lower()},
                bare=True,
            )
            for task in GOALS
        ),
    ),
    regions={
        "brainstem": "neuralbrain.arm.brainstem:ArmBrainstem",
        "cerebellum": "neuralbrain.arm.cerebellum:Cerebellum",
        "visual_cortex": "neuralbrain.arm.visual_cortex:VisualCortex",
    },
    domain="neuralbrain.arm.planning.domain:DOMAIN",
    interpreters={"grammar": "neuralbrain.arm.planning.interpreter:GrammarInterpreter"},
    planners={"aries": "neuralbrain.arm.planning.planner:AriesPlanner"},
    rerun="neuralbrain.arm.rerun:ArmMirror",
    directions={"left": (0, -1), "right": (0, 1), "in front": (1, 0), "behind": (-1, 0)},
)
