"""The cortex, driven end to end by a world of symbols; its decisions at the edges by single messages."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from neuralbrain.envs.tabletop.catalogue import SHAPES
from neuralbrain.envs.tabletop.tasks import TASKS, Setting
from neuralbrain.messages import (
    Done,
    ExecutionTree,
    Instruction,
    MemoryQuery,
    Message,
    Recall,
    Scene,
    SceneObject,
)
from neuralbrain.region import Inbox
from neuralbrain.regions.cortex import Cortex
from tests.planning.toy import Toy, thing


def laid(setting: Setting) -> tuple[SceneObject, ...]:
    """Turn what a task lays on the table into what perfect eyes would see."""
    seen = []
    for one in setting.things:
        x, y, z = one.position
        foot = one.category in ("bowl", "zone", "drawer")
        depth = SHAPES["drawer"].size[0] / 2 + 0.03 if one.category == "drawer" else 0.0
        seen.append(
            thing(
                one.name,
                x + depth * np.cos(one.yaw),
                y + depth * np.sin(one.yaw),
                z + SHAPES[one.category].size[2] / 2 if foot else z,
                yaw=one.yaw,
            )
        )
    return tuple(seen)


class Brain:
    """A cortex and the toy that answers it, with messages that take their time."""

    def __init__(self, toy: Toy, sentence: str, rng: np.random.Generator, config: Any = None) -> None:
        self.toy, self.rng = toy, rng
        self.cortex = Cortex("cortex", config)
        self.cortex.reset(0)
        self.trees: list[ExecutionTree] = []
        self.queries: list[MemoryQuery] = []
        self._post: list[tuple[int, int, str, Message]] = []
        self._sent = 0
        self._deliver(0, "instruction", Instruction(tick=0, source="brainstem", text=sentence))

    def _deliver(self, at: int, port: str, message: Message) -> None:
        self._sent += 1
        self._post.append((at, self._sent, port, message))

    def run(self) -> Done:
        first: Scene | None = None
        for tick in range(100_000):
            now = sorted(p for p in self._post if p[0] <= tick)
            self._post = [p for p in self._post if p[0] > tick]
            if not now:
                assert self._post, "the cortex waits for what nobody will send"
                continue
            out: Mapping[str, Any] = self.cortex.step(tick, Inbox(now))
            messages = [m for v in out.values() for m in (v if isinstance(v, list) else [v])]
            for message in messages:
                if isinstance(message, Done):
                    assert len(messages) == 1
                    return message
                if isinstance(message, MemoryQuery):
                    self.queries.append(message)
                    assert first is not None
                    recall = Recall(tick=tick, source="h", query=message.query, objects=first.objects)
                    self._deliver(tick + 20, "recall", recall)
                if isinstance(message, ExecutionTree):
                    self.trees.append(message)
                    for answer in list(self.toy.run(message)):
                        first = first or (answer if isinstance(answer, Scene) else None)
                        port = "scene" if isinstance(answer, Scene) else "plan_status"
                        # Scenes and statuses travel apart: either may overtake the other.
                        self._deliver(tick + int(self.rng.integers(1, 30)), port, answer)
        raise AssertionError("the cortex never ends")


def solved(setting: Setting, task: str, toy: Toy) -> bool:
    """Judge a task by where things really are."""
    roles: Mapping[str, Any] = setting.roles
    at = {name: np.array(t.position) for name, t in toy.things.items()}
    start = {name: np.array(t.position) for name, t in toy.start.items()}

    def near(a: Any, b: Any, close: float) -> bool:
        return float(np.linalg.norm(a - b)) < close

    match task:
        case "place":
            return near(at[roles["object"]][:2], at[roles["bowl"]][:2], 0.055)
        case "stack":
            pairs = zip(roles["order"], roles["order"][1:], strict=False)
            return all(near(at[b], at[a] + [0, 0, 0.04], 0.02) for a, b in pairs)
        case "sort":
            bowls = {t.color: t.id for t in toy.things.values() if t.category == "bowl"}
            blocks = [t for t in toy.things.values() if t.category == "block"]
            return all(near(at[b.id][:2], at[bowls[b.color]][:2], 0.07) for b in blocks)
        case "swap":
            a, b = roles["a"], roles["b"]
            return near(at[a], start[b], 0.025) and near(at[b], start[a], 0.025)
        case "pyramid":
            left, right, top = (at[roles[part]] for part in ("left", "right", "top"))
            apart = float(np.linalg.norm(left - right))
            return 0.04 < apart < 0.06 and near(top, (left + right) / 2 + [0, 0, 0.04], 0.015)
        case "row":
            line = [at[name] for name in roles["order"]]
            return all(
                0.05 < a[1] - b[1] < 0.14 and abs(a[0] - b[0]) < 0.02 for a, b in itertools.pairwise(line)
            )
        case "push":
            return near(at[roles["box"]][:2], at[roles["zone"]][:2], 0.04)
        case "drawer":
            drawer = toy.things[roles["drawer"]]
            return drawer.extension < 0.01 and near(at[roles["object"]][:2], at[drawer.id][:2], 0.2)
        case "restore":
            return all(near(at[name], start[name], 0.02) for name in at)
        case _:
            parts = (roles["first"], roles["second"])
            part = Setting(things=setting.things, roles={}, sentence="", depth_noise=0.0)
            from dataclasses import replace

            return all(solved(replace(part, roles=p[1]), p[0], toy) for p in parts)


@pytest.mark.parametrize("task", sorted(TASKS))
def test_it_solves_each_task_with_able_hands(task: str) -> None:
    for seed in range(12):
        setting = TASKS[task].draw(np.random.default_rng(seed))
        toy = Toy(laid(setting), np.random.default_rng(seed))
        brain = Brain(toy, setting.sentence, np.random.default_rng(seed))
        done = brain.run()
        assert done.success, (setting.sentence, done.text)
        assert solved(setting, task, toy), (setting.sentence, toy.done)
        assert len(brain.queries) == (task == "restore")
