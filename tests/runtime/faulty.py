"""A region that fails in the way that its setting says. Ray's workers import it: so it imports little."""

import sys
import threading
import time
from typing import Any, Literal

import numpy as np

from neuralbrain.blueprint import Blueprint
from neuralbrain.errors import ContractError
from neuralbrain.messages import Message, Stop
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

HERE = "tests.runtime.faulty"
TICK = 3


class Anything(Message):
    kind: Literal["faults_anything"] = "faults_anything"
    data: Any


class Flat(Message):
    kind: Literal["faults_flat"] = "faults_flat"
    value: int = 0


class Unset(Message):
    kind: Literal["faults_unset"] = "faults_unset"
    value: int = {1, 2}  # type: ignore[assignment]


class OddError(ContractError):
    """Cannot be pickled, and could not be made again either."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)
        self.lock = threading.Lock()


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class FaultyConfig(RegionConfig):
    fault: str = ""


class Body(Region):
    """Ends the run."""

    outputs = {"stop": Stop}

    def reset(self, seed: int) -> None:
        pass

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        stop = Stop(tick=tick, source=self.name, reason="time", success=True, evaluation={})
        return {"stop": stop} if tick == 9 else {}


class Faulty(Region):
    outputs = {"up": Flat, "flat": Flat, "unset": Unset, "any": Anything}
    Config = FaultyConfig

    def __init__(self, name: str, config: Any = None) -> None:
        super().__init__(name, config)
        self.fail("make")

    def fail(self, *wanted: str) -> None:
        if self.config.fault in wanted:
            raise RuntimeError("a bug")

    def reset(self, seed: int) -> None:
        self.fail("reset")
        if self.config.fault == "late":
            self.lock = threading.Lock()

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        if tick != TICK:
            return {}
        self.fail("step", "step and close")
        stamp: dict[str, Any] = {"tick": tick, "source": self.name}
        match self.config.fault:
            case "exit":
                sys.exit(0)
            case "unpicklable error":
                raise OddError("odd", "ly")
            case "no reason":
                raise AssertionError
            case "mute error":
                raise MuteError
            case "slow":
                time.sleep(1.0)
            case "endless":
                return self.step(tick, inbox)
            case "nested":
                nested: list[Any] = []
                for _ in range(10_000):
                    nested = [nested]
                return {"any": Anything(**stamp, data=nested)}
        wrong: dict[str, Any] = {
            "None": None,
            "list": [Flat(**stamp)],
            "message": Flat(**stamp),
            "port of None": {"up": None},
            "port of tuple": {"flat": (Flat(**stamp),)},
            "port of class": {"flat": Flat},
            "port 3": {3: Flat(**stamp)},
            "set": {"any": Anything(**stamp, data={1, 2})},
            "set by default": {"unset": Unset(**stamp)},
            "set in an array": {"any": Anything(**stamp, data=np.array([{1, 2}, None]))},
            "lambda": {"any": Anything(**stamp, data=lambda: 0)},
            "keys without order": {"any": Anything(**stamp, data={1: 0, "a": 0})},
        }
        return wrong.get(self.config.fault, {})

    def get_state(self) -> dict[str, Any]:
        return dict(self.__dict__) if self.config.fault == "late" else super().get_state()

    def commit(self) -> None:
        self.fail("commit", "late")

    def close(self) -> None:
        self.fail("close", "step and close", "unpicklable error", "late")


def brain(*faults: str) -> Blueprint:
    """Return a brain with a body and a region of each fault, "bad0", "bad1", ..., in two groups in turn."""
    return Blueprint.from_mapping(
        {
            "name": "faulty",
            "body": "body",
            "stop_delay": 2,
            "regions": [
                {"name": "body", "type": f"{HERE}:Body", "group": "a"},
                *(
                    {
                        "name": f"bad{i}",
                        "type": f"{HERE}:Faulty",
                        "group": "ba"[i % 2],
                        "config": {"fault": fault},
                    }
                    for i, fault in enumerate(faults)
                ),
            ],
        }
    )


class Watch:
    """Writes down what is sent, as the record does: it must not see what cannot be written."""

    def observe(self, until: int, emissions: Any) -> None:
        for emission in emissions:
            emission.message.model_dump_json()
