"""Regions that chatter at random, and blueprints of them: the smallest objects with every timing rule."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np

from neuralbrain.blueprint import Blueprint
from neuralbrain.messages import ArrayOf, Message, Stop
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig


class Spike(Message):
    kind: Literal["toy_spike"] = "toy_spike"
    value: float
    seen: tuple[str, ...] = ()
    pattern: Annotated[Any, ArrayOf("float64", None)]


class Anything(Message):
    kind: Literal["toy_anything"] = "toy_anything"
    data: Any


class ChatterConfig(RegionConfig):
    probability: float = 0.6
    stop_at: int = -1


class Chatter(Region):
    """Sends at random, mixes what it hears, and remembers the order in which it heard it."""

    inputs = {"left": Spike, "right": Spike}
    optional_inputs = frozenset({"left", "right"})
    outputs = {"up": Spike, "down": Spike}
    Config = ChatterConfig

    def reset(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.total = 0.0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        seen = tuple(f"{m.source}@{m.tick}" for m in inbox)
        for message in inbox.of(Spike):
            self.total = 0.5 * self.total + message.value + float(message.pattern.sum())
        self.total += len(inbox.on("left"))
        if self.rng.random() > self.config.probability and not seen:
            return {}
        spikes = [
            Spike(tick=tick, source=self.name, value=self.total, seen=seen, pattern=self.rng.random(2))
            for _ in range(int(self.rng.integers(1, 3)))
        ]
        return {"up": spikes[0], "down": spikes[1:]}


class Pacer(Chatter):
    """A chatterer that is the body's region: it ends the episode."""

    outputs = {**Chatter.outputs, "stop": Stop}

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        sent: Mapping[str, Any] = super().step(tick, inbox)
        if tick == self.config.stop_at:
            return {
                **sent,
                "stop": Stop(tick=tick, source=self.name, reason="time", success=True, evaluation={}),
            }
        return sent


HERE = "tests.runtime.toys"


def toy(
    regions: list[dict[str, Any]], projections: list[dict[str, Any]], stop_at: int, stop_delay: int
) -> Blueprint:
    first, *others = regions
    body = {"type": f"{HERE}:Pacer", **first, "config": {"stop_at": stop_at}}
    return Blueprint.from_mapping(
        {
            "name": "toy",
            "body": first["name"],
            "stop_delay": stop_delay,
            "regions": [body, *({"type": f"{HERE}:Chatter", **other} for other in others)],
            "projections": projections,
        }
    )


def fast_ring(stop_at: int = 97) -> Blueprint:
    """Four regions on a ring, each with its own period and phase, delays of 3 to 7."""
    names = ["alpha", "beta", "gamma", "delta"]
    regions = [
        {"name": "alpha", "group": "one", "period": 1},
        {"name": "beta", "group": "one", "period": 3, "phase": 2},
        {"name": "gamma", "group": "two", "period": 2, "phase": 1},
        {"name": "delta", "group": "two", "period": None},
    ]
    projections = [
        {"from": f"{name}.up", "to": f"{names[(i + 1) % 4]}.left", "delay": 3 + 2 * (i % 3)}
        for i, name in enumerate(names)
    ]
    projections.append({"from": "gamma.down", "to": "gamma.right", "delay": 3})
    projections.append({"from": "alpha.down", "to": "delta.right", "delay": 11})
    return toy(regions, projections, stop_at, stop_delay=5)


def slow_star(stop_at: int = 143) -> Blueprint:
    """A hub that fires each tick and five rarely firing satellites, delays of 2 to 20."""
    regions: list[dict[str, Any]] = [{"name": "hub", "group": "hub"}]
    projections: list[dict[str, Any]] = []
    for i in range(5):
        name = f"satellite{i}"
        regions.append({"name": name, "group": f"g{i % 3}", "period": [7, 1, 13, None, 4][i]})
        projections.append({"from": "hub.up", "to": f"{name}.left", "delay": 2 + 3 * i})
        projections.append({"from": "hub.down", "to": f"{name}.left", "delay": 2 + i})
        projections.append({"from": f"{name}.up", "to": "hub.right", "delay": 20 - 3 * i})
    projections.append({"from": "satellite1.down", "to": "satellite3.right", "delay": 2})
    return toy(regions, projections, stop_at, stop_delay=2)
