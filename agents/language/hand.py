"""A brainstem and a cerebellum on a real table, with a perfect eye instead of a cortex and a visual system.

What the eye sees is simulator truth, blurred as much as wanted; verdicts follow from it by the planner's own
conditions. So skills are measured alone, and an oracle can act.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from neuralbrain.arm.body import ArmState
from neuralbrain.arm.brainstem import ArmBrainstem, ArmBrainstemConfig
from neuralbrain.arm.catalogue import HANDLE_HEIGHT, HANDLE_STANDOFF, SHAPES
from neuralbrain.arm.cerebellum import Cerebellum
from neuralbrain.arm.planning.symbols import holds
from neuralbrain.envs.tabletop.body import TabletopBody
from neuralbrain.messages import (
    ExecutionTree,
    Location,
    LookRequest,
    Message,
    PlanStatus,
    Scene,
    SceneObject,
    Sequence,
    Step,
    StepStatus,
    TreeNode,
    Verdict,
    steps,
)
from neuralbrain.region import Inbox, Outbox

ANSWER = 6
"""Ticks from a look to its scene; one more to its verdict."""


def inbox(*entries: tuple[str, Message]) -> Inbox:
    """Return an inbox of messages by port."""
    return Inbox([(number, port, message) for number, (port, message) in enumerate(entries)])


def sent(out: Outbox, port: str) -> list[Any]:
    """Return what an outbox sends by a port."""
    value = out.get(port, [])
    return value if isinstance(value, list) else [value]


@dataclass
class Hand:
    """One table with the two motor regions.

    Args:
        env: The environment's full id.
        seed: Of its world and of the blur.
        blur: Largest error of the eye, m and rad.
        options: Parameters of the environment.
    """

    env: str
    seed: int
    blur: tuple[float, float] = (0.0, 0.0)
    options: Mapping[str, Any] = field(default_factory=dict)
    log: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.brainstem = ArmBrainstem(
            "brainstem",
            ArmBrainstemConfig(env=self.env, env_seed=self.seed, env_options=dict(self.options)),
        )
        self.cerebellum = Cerebellum("cerebellum")
        self.brainstem.reset(0)
        self.cerebellum.reset(0)
        self.rng = np.random.default_rng([self.seed, 7])
        self.tick = 0
        self.tree: ExecutionTree | None = None
        self.to_cerebellum: list[tuple[int, str, Message]] = []
        self.to_brainstem: list[tuple[str, Message]] = []
        self.asked: dict[str, StepStatus] = {}
        self.reflexes = 0
        self.clamped: set[str] = set()
        self.looks: list[tuple[LookRequest, ArmState]] = []

    @property
    def body(self) -> TabletopBody:
        """The body of the world."""
        body = self.brainstem.body
        assert isinstance(body, TabletopBody)
        return body

    def close(self) -> None:
        """Release the simulator."""
        self.brainstem.close()

    def scene(self, request: str = "") -> Scene:
        """Return what the blurred eye sees now."""
        objects = [self._seen(obj.name, obj.category, obj.color) for obj in self.body.setting.objects]
        return Scene(
            tick=self.tick,
            source="eye",
            camera="fixed",
            request=request,
            frame_tick=self.tick,
            objects=tuple(sorted(objects, key=lambda obj: obj.id)),
            relations=(),
        )

    def _seen(self, name: str, category: str, color: str) -> SceneObject:
        truth, size = self.body.truth, SHAPES[category].size
        x, y, z = truth.position(name).tolist()
        yaw, extension = truth.yaw(name), 0.0
        if category in ("bowl", "zone"):
            z += size[2] / 2
        if category == "drawer":
            extension = truth.extension(name)
            ahead = size[0] / 2 + HANDLE_STANDOFF + extension
            x, y, z = x + math.cos(yaw) * ahead, y + math.sin(yaw) * ahead, HANDLE_HEIGHT
        dx, dy = self.rng.uniform(-self.blur[0], self.blur[0], 2)
        return SceneObject(
            id=name,
            category=category,
            color=color,
            position=(x + dx, y + dy, z),
            yaw=yaw + self.rng.uniform(-self.blur[1], self.blur[1]),
            size=size,
            extension=extension,
            confidence=1.0,
            seen_tick=self.tick,
        )

    def do(
        self, root: TreeNode | Iterable[Step], locations: Iterable[Location] = (), limit: int = 2400
    ) -> PlanStatus:
        """Run a tree, or steps one after the other, to its end; the cerebellum has seen the table before."""
        self.begin(root, locations)
        for _ in range(limit):
            status = self.advance()
            if status is not None:
                return status
        raise AssertionError(f"no end after {limit} ticks; last: {self.log[-3:]}")

    def begin(self, root: TreeNode | Iterable[Step], locations: Iterable[Location] = ()) -> None:
        """Begin with a tree, or with steps one after the other."""
        if not isinstance(root, Sequence | Step) and not hasattr(root, "node"):
            root = Sequence(id="root", children=tuple(root))
        plan = f"plan_{self.tick}"
        self.tree = ExecutionTree(
            tick=self.tick, source="cortex", plan=plan, goal="test", root=root, locations=tuple(locations)
        )
        self.to_cerebellum += [
            (self.tick + 1, "scene", self.scene("first")),
            (self.tick + 1, "tree", self.tree),
        ]

    def advance(self) -> PlanStatus | None:
        """Run one tick; return the plan's end if it comes."""
        now = [(port, message) for due, port, message in self.to_cerebellum if due <= self.tick]
        self.to_cerebellum = [entry for entry in self.to_cerebellum if entry[0] > self.tick]
        orders, self.to_brainstem = self.to_brainstem, []
        felt = self.brainstem.step(self.tick, inbox(*orders))
        said = self.cerebellum.step(self.tick, inbox(*now))
        for port in ("schema", "proprioception", "report"):
            for message in sent(felt, port):
                self.to_cerebellum.append((self.tick + 1, port, message))
        self.reflexes += sum("reflex" in report.clamped for report in sent(felt, "report"))
        self.clamped |= {word for report in sent(felt, "report") for word in report.clamped}
        self.to_brainstem = [("command", message) for message in sent(said, "command")]
        self._answer(said)
        for port in ("step_status", "anomaly", "plan_status"):
            self.log += sent(said, port)
        self.tick += 1
        return next(iter(sent(said, "plan_status")), None)

    def _answer(self, said: Outbox) -> None:
        """Be the eye and the monitor: answer looks with scenes, and claims with verdicts."""
        assert self.tree is not None or not sent(said, "look")
        claims = {status.request: status for status in sent(said, "step_status") if status.state == "claimed"}
        for look in sent(said, "look"):
            assert isinstance(look, LookRequest)
            self.looks.append((look, self.body.sense()))
            scene = self.scene(look.request)
            self.to_cerebellum.append((self.tick + ANSWER, "scene", scene))
            claim = claims.get(look.request)
            if claim is None or self.tree is None:
                continue
            step = next(step for step in steps(self.tree.root) if step.id == claim.step)
            unmet = tuple(c for c in step.postconditions if not holds(c, scene, self.tree.locations, None))
            verdict = Verdict(
                tick=self.tick,
                source="monitor",
                plan=claim.plan,
                step=claim.step,
                holds=not unmet,
                unmet=unmet,
            )
            self.to_cerebellum.append((self.tick + ANSWER + 1, "verdict", verdict))
