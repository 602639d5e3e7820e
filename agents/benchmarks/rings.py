"""Rings of the smallest regions: what the message graph costs by itself."""

from typing import Literal

from neuralbrain.blueprint import Blueprint
from neuralbrain.messages import Message, Stop
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig


class Count(Message):
    """A number that goes round the ring."""

    kind: Literal["bench_count"] = "bench_count"
    value: float


class Counter(Region):
    """Adds one to what it receives and passes it on, every tick."""

    inputs = {"count": Count}
    outputs = {"count": Count}

    def reset(self, seed: int) -> None:
        """Start from nothing."""
        self.value = 0.0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Pass on the last number plus one."""
        message = inbox.latest(Count)
        if message is not None:
            self.value = message.value + 1.0
        return {"count": Count(tick=tick, source=self.name, value=self.value)}


class EndConfig(RegionConfig):
    """When to end.

    Attributes:
        ticks: The tick of the stop.
    """

    ticks: int = 1000


class EndingCounter(Counter):
    """The same, and it ends the run."""

    outputs = {**Counter.outputs, "stop": Stop}
    Config = EndConfig

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Pass on the last number plus one; stop at the set tick."""
        sent = super().step(tick, inbox)
        if tick < self.config.ticks:
            return sent
        return {
            **sent,
            "stop": Stop(tick=tick, source=self.name, reason="counted", success=True, evaluation={}),
        }


def ring(size: int, ticks: int) -> Blueprint:
    """Return a ring of so many regions that runs for so many ticks, delay 1 all round."""
    here = "neuralbrain.agents.benchmarks.rings"
    names = [f"r{i:02d}" for i in range(size)]
    return Blueprint.from_mapping(
        {
            "name": f"ring of {size}",
            "body": names[0],
            "stop_delay": 10,
            "regions": [
                {"name": names[0], "type": f"{here}:EndingCounter", "config": {"ticks": ticks - 11}},
                *({"name": name, "type": f"{here}:Counter"} for name in names[1:]),
            ],
            "projections": [
                {"from": f"{name}.count", "to": f"{names[(i + 1) % size]}.count", "delay": 1}
                for i, name in enumerate(names)
            ],
        }
    )
