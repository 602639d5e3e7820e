"""The default brain with another cortex: whatever it is asked, it puts a block into a bowl.

    python examples/scripted_cortex.py

It shows where another planner, or a model, would stand: a region that takes in the instruction, scenes and
the fate of its plans, and sends execution trees. All other regions are the default brain's.
"""

from typing import ClassVar

from neuralbrain.blueprint import Blueprint
from neuralbrain.messages import (
    Anomaly,
    Condition,
    Done,
    ExecutionTree,
    Instruction,
    MemoryQuery,
    Message,
    PlanStatus,
    Recall,
    Scene,
    Sequence,
    Step,
)
from neuralbrain.region import Inbox, Outbox, Region
from neuralbrain.runtime import run_brain

LOOK = Sequence(id="look", children=(Step(id="look", skill="look", args={"camera": "overview"}),))


def put(block: str, bowl: str) -> Sequence:
    """The tree that puts a block into a bowl."""
    holding = Condition(predicate="holding", args=(block,))
    inside = Condition(predicate="in", args=(block, bowl))
    pick = Step(id="pick", skill="pick", args={"object": block}, postconditions=(holding,))
    place = Step(
        id="place",
        skill="place",
        args={"object": block, "target": bowl},
        preconditions=(holding,),
        postconditions=(inside,),
    )
    return Sequence(id="put", children=(pick, place))


class ScriptedCortex(Region):
    """Looks, puts the first block that it sees into the first bowl, and says that it is done."""

    inputs: ClassVar[dict[str, type[Message]]] = {
        "instruction": Instruction,
        "scene": Scene,
        "plan_status": PlanStatus,
        "recall": Recall,
        "anomaly": Anomaly,
    }
    outputs: ClassVar[dict[str, type[Message]]] = {
        "tree": ExecutionTree,
        "done": Done,
        "query": MemoryQuery,
    }

    def reset(self, seed: int) -> None:
        self.scene: Scene | None = None

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        self.scene = inbox.latest(Scene) or self.scene
        if inbox.latest(Instruction):
            return {"tree": self.tree(tick, "look", LOOK)}
        status = inbox.latest(PlanStatus)
        if status is None:
            return {}
        if status.plan == "look" and self.scene is not None:
            blocks = [obj.id for obj in self.scene.objects if obj.category == "block"]
            bowls = [obj.id for obj in self.scene.objects if obj.category == "bowl"]
            return {"tree": self.tree(tick, "put", put(blocks[0], bowls[0]))}
        text = f"I have done it. {status.reason}".strip()
        return {
            "done": Done(
                tick=tick, source=self.name, outcome="done" if status.succeeded else "failed", text=text
            )
        }

    def tree(self, tick: int, plan: str, root: Sequence) -> ExecutionTree:
        return ExecutionTree(tick=tick, source=self.name, plan=plan, goal=plan, root=root)


class Listener:
    """Keeps what the cortex says at the end."""

    def __init__(self) -> None:
        self.said: list[Done] = []

    def observe(self, until: int, emissions) -> None:
        self.said += [emission.message for emission in emissions if isinstance(emission.message, Done)]


def main() -> bool:
    world = {"env": "neuralbrain/Tabletop-Place-v0", "env_seed": 3}
    brain = Blueprint.load("frankenbot").configured("brainstem", **world)
    brain = brain.replaced("cortex", f"{__name__}:ScriptedCortex")
    listener = Listener()
    result = run_brain(brain, seed=3, observers=[listener])
    (done,) = listener.said
    print(f"{done.text} After {result.ticks} ticks; believed success: {done.success}")
    return done.success


if __name__ == "__main__":
    main()
