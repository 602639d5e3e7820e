"""A brain of two: a body that asks, and a hippocampus that answers."""

from typing import Any

from neuralbrain.blueprint import Blueprint
from neuralbrain.messages import Done, Instruction, MemoryQuery, Recall, Scene, Stop
from neuralbrain.region import Inbox, Outbox, Region
from tests.memory.test_working import BOWL, RED, scene


class Asker(Region):
    """Hears, sees, asks about both, and says how many answers it has had."""

    inputs = {"recall": Recall}
    outputs = {
        "instruction": Instruction,
        "scene": Scene,
        "query": MemoryQuery,
        "done": Done,
        "stop": Stop,
    }

    def reset(self, seed: int) -> None:
        self.answers = 0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        self.answers += len(inbox.of(Recall))
        match tick:
            case 0:
                return {"instruction": Instruction(**stamp, text="put the red block in the blue bowl")}
            case 3:
                seen = scene(2, BOWL, RED)
                return {"scene": seen.model_copy(update=stamp)}
            case 10:
                return {
                    "query": [
                        MemoryQuery(**stamp, query="a", about="start"),
                        MemoryQuery(**stamp, query="b", about="text", text="the red block"),
                    ]
                }
            case 20:
                return {"done": Done(**stamp, outcome="done", text=f"{self.answers} answers.")}
            case 21:
                return {
                    "stop": Stop(**stamp, reason="done", success=True, evaluation={"answers": self.answers})
                }
        return {}


def asking(**settings: Any) -> Blueprint:
    ports = ("instruction", "scene", "query", "done")
    return Blueprint.from_mapping(
        {
            "name": "asking",
            "body": "asker",
            "stop_delay": 4,
            "regions": [
                {"name": "asker", "type": f"{__name__}:Asker", "group": "body"},
                {
                    "name": "hippocampus",
                    "type": "hippocampus",
                    "group": "memory",
                    "period": None,
                    "config": settings,
                },
            ],
            "projections": [
                *({"from": f"asker.{port}", "to": f"hippocampus.{port}", "delay": 4} for port in ports),
                {"from": "hippocampus.recall", "to": "asker.recall", "delay": 4},
            ],
        }
    )
