"""A world of symbols and centimetres without physics: it carries out trees as a body would, or clumsily.

It asserts what no sane plan may ask of it. The anomaly monitor in its loop is the real one.
"""

import math
from collections.abc import Iterator

import numpy as np

from neuralbrain.arm.body import ON_HAND
from neuralbrain.arm.catalogue import GRASPABLE, SHAPES
from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.arm.planning.symbols import contains, supports, supports_of
from neuralbrain.messages import (
    ExecutionTree,
    Fallback,
    Location,
    Message,
    PlanStatus,
    Scene,
    SceneObject,
    Sequence,
    Step,
    StepStatus,
    TreeNode,
    Verdict,
)
from neuralbrain.region import Inbox
from neuralbrain.regions.anomaly_monitor import AnomalyMonitor, AnomalyMonitorConfig


def obj(
    name: str, x: float, y: float, z: float | None = None, *, yaw: float = 0.0, extension: float = 0.0
) -> SceneObject:
    """Make an object of the catalogue; its name is colour_category or colour_category_number."""
    color, category = name.split("_")[:2]
    size = SHAPES[category].size
    return SceneObject(
        id=name,
        category=category,
        color=color,
        position=(x, y, size[2] / 2 if z is None else z),
        yaw=yaw,
        size=size,
        extension=extension,
        confidence=1.0,
        seen_tick=0,
    )


def scene(*objects: SceneObject, request: str = "r", frame_tick: int = 0, camera: str = "fixed") -> Scene:
    """Make the scene of these objects."""
    return Scene(
        tick=frame_tick,
        source="visual_cortex",
        camera=camera,
        request=request,
        frame_tick=frame_tick,
        objects=tuple(sorted(objects, key=lambda t: t.id)),
        relations=(),
    )


class Toy:
    """The rest of the brain and the world, as the cortex meets them.

    Args:
        objects: What lies on the table.
        rng: Draws the mishaps and the noise.
        hidden: What the fixed camera does not see.
        clumsiness: Probability that a skill goes wrong.
    """

    def __init__(
        self,
        objects: tuple[SceneObject, ...],
        rng: np.random.Generator,
        hidden: tuple[str, ...] = (),
        clumsiness: float = 0.0,
    ) -> None:
        self.objects = {t.id: t for t in objects}
        self.start = dict(self.objects)
        self.rng = rng
        self.clumsiness = clumsiness
        self.holding: str | None = None
        self.done: list[str] = []
        self._known = {t.id for t in objects if t.id not in hidden}
        self._tick = 0
        self._monitor = AnomalyMonitor("anomaly_monitor", AnomalyMonitorConfig(embodiment="arm"))
        self._monitor.reset(0)

    def run(self, tree: ExecutionTree) -> Iterator[Message]:
        """Carry out a tree; yield what the cortex would hear, in order."""
        self._tree = tree
        self._monitor.step(self._tick, Inbox([("tree", tree)]))
        succeeded = yield from self._node(tree.root)
        if not succeeded and self.holding is not None:
            self._drop(self.holding)
        yield PlanStatus(
            tick=self._tick,
            source="cerebellum",
            plan=tree.plan,
            succeeded=succeeded,
            reason="" if succeeded else "a step failed",
        )

    def _node(self, node: TreeNode) -> Iterator[Message]:
        if isinstance(node, Step):
            return (yield from self._step(node))
        for child in node.children:
            succeeded = yield from self._node(child)
            if succeeded is isinstance(node, Fallback):
                return succeeded
            if not succeeded and self.holding is not None:
                self._drop(self.holding)
        return isinstance(node, Sequence)

    def _step(self, step: Step) -> Iterator[Message]:
        for attempt in range(1, step.retries + 2):
            self._tick += 10
            request = f"{self._tree.plan}/{step.id}/{attempt}/1"
            if step.skill == "look":
                yield self._look(step.args["camera"], request, step.args.get("at"))
                return True
            clumsy = self.rng.random() < self.clumsiness
            felt = self._do(step, clumsy)
            if step.skill in ("pick", "home"):
                if felt:
                    self._tell(step, "succeeded", attempt)
                    return True
                continue
            seen = self._look("overview", request)
            answer = self._tell(step, "claimed", attempt, seen)
            yield seen
            if answer is not None and answer.holds:
                return True
            if step.skill in ("place", "stack"):
                return False  # the hand is empty now: only its handler can take the object again
        return False

    def _tell(self, step: Step, state: str, attempt: int, seen: Scene | None = None) -> Verdict | None:
        status = StepStatus(
            tick=self._tick,
            source="cerebellum",
            plan=self._tree.plan,
            step=step.id,
            skill=step.skill,
            state=state,
            attempt=attempt,
            request="" if seen is None else seen.request,
        )
        entries = [("step_status", status)] + ([] if seen is None else [("scene", seen)])
        return next(iter(self._monitor.step(self._tick, Inbox(entries)).get("verdict", [])), None)

    # ---- the world

    def _look(self, camera: str, request: str, at: str | None = None) -> Scene:
        if camera == ON_HAND:
            location = self._tree.location(at or "")
            target = location.position if location else self.objects[at or ""].position
            self._known |= {n for n, t in self.objects.items() if math.dist(t.position[:2], target[:2]) < 0.2}
        seen = [t for t in self.objects.values() if t.id in self._known]
        name = "wrist" if camera == ON_HAND else "fixed"
        return scene(*seen, request=request, frame_tick=self._tick, camera=name)

    def _do(self, step: Step, clumsy: bool) -> bool:
        self.done.append(" ".join([step.skill, *step.args.values()]))
        assert set(step.args) >= DOMAIN.skills[step.skill].needs
        name, target = step.args.get("object", ""), step.args.get("target", "")
        match step.skill:
            case "pick":
                self._pick(name, clumsy)
                return self.holding == name
            case "place" | "stack" if self.holding == name:
                if clumsy:
                    self._drop(name)
                else:
                    self._put(name, target)
            case "push":
                assert self.holding is None
                box = self.objects[name]
                assert box.category == "box"
                there = self._target(target)
                share = 0.5 if clumsy else 1.0
                self._move(name, *(a + share * (b - a) for a, b in zip(box.position, there, strict=True)))
            case "open" | "close":
                assert self.holding is None
                self._slide(step.args["drawer"], 0.0 if step.skill == "close" else 0.05 if clumsy else 0.13)
        return True

    def _pick(self, name: str, clumsy: bool) -> None:
        taken = self.objects[name]
        assert self.holding is None
        assert taken.category in GRASPABLE
        assert not [t.id for t in self.objects.values() if supports(taken, t)], "it supports something"
        for other in self.objects.values():
            if other.category == "drawer" and contains(other, taken, self._all()):
                assert other.extension > 0.07, "it lies in a closed drawer"
        if not clumsy:
            self.holding = name

    def _put(self, name: str, target: str) -> None:
        size = self.objects[name].size
        x, y, z = self._target(target)
        if target in self.objects and self.objects[target].category == "bowl":
            inside = [t for t in self.objects.values() if target in supports_of(t, self._all())]
            x, z = x + 0.045 * (len(inside) - 0.5 if inside else 0), 0.005 + size[2] / 2
        elif target in self.objects and self.objects[target].category == "drawer":
            drawer = self.objects[target]
            assert drawer.extension > 0.07
            x, y = x - 0.08 * math.cos(drawer.yaw), y - 0.08 * math.sin(drawer.yaw)
            z = 0.01 + size[2] / 2
        elif target in self.objects and self.objects[target].category == "zone":
            z = size[2] / 2
        elif target in self.objects:
            z += (self.objects[target].size[2] + size[2]) / 2
        if target not in self.objects:
            for other in self.objects.values():
                near = math.dist(other.position[:2], (x, y)) < 0.036 and abs(other.position[2] - z) < 0.03
                assert other.id == name or other.category == "zone" or not near, f"{other.id} is there"
        dx, dy = self.rng.normal(0.0, 0.002, 2)
        self.holding = None
        self._move(name, x + dx, y + dy, z)

    def _drop(self, name: str) -> None:
        """Let something fall onto a free spot."""
        self.holding = None
        taken = [t for t in self.objects.values() if t.id != name]
        while True:
            x, y = self.rng.uniform((0.38, -0.28), (0.62, 0.28))
            if all(math.dist((x, y), t.position[:2]) > 0.05 + max(t.size[:2]) / 2 for t in taken):
                return self._move(name, float(x), float(y), self.objects[name].size[2] / 2)

    def _slide(self, name: str, extension: float) -> None:
        drawer = self.objects[name]
        out = extension - drawer.extension
        dx, dy = out * math.cos(drawer.yaw), out * math.sin(drawer.yaw)
        inside = [t.id for t in self.objects.values() if t.id != name and contains(drawer, t, self._all())]
        for moved in (name, *inside):
            x, y, z = self.objects[moved].position
            self._move(moved, x + dx, y + dy, z)
        self.objects[name] = self.objects[name].model_copy(update={"extension": extension})

    def _move(self, name: str, x: float, y: float, z: float) -> None:
        self.objects[name] = self.objects[name].model_copy(
            update={"position": (float(x), float(y), float(z))}
        )

    def _target(self, target: str) -> tuple[float, float, float]:
        location: Location | None = self._tree.location(target)
        return self.objects[target].position if location is None else location.position

    def _all(self) -> Scene:
        return scene(*self.objects.values())
