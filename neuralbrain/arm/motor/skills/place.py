"""Putting down what the hand holds: on a spot, on a block, into a bowl, a drawer or a zone."""

from math import cos, hypot, pi, sin
from typing import ClassVar

from neuralbrain.arm.catalogue import HANDLE_STANDOFF, SHAPES, TRAY_FLOOR
from neuralbrain.arm.motor.grasp import Grip, best_grip
from neuralbrain.arm.motor.kinematics import downward
from neuralbrain.arm.motor.obstacles import obstacles
from neuralbrain.arm.motor.skills.base import Action, Held, Skill, SkillContext, SkillError
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.trajectory import CARRY, NEAR, Pace
from neuralbrain.messages import SceneObject

_ABOVE = 0.05
"""Where the last, slower, straight way down begins, m above where it is let go."""
_DROP = 0.002
"""It is let go this high above what it comes to stand on, m."""
_LEAST_ROOM = -0.004
"""How far the hand may seem to overlap a neighbour, m: the eye may err."""
_LEAST_EXTENSION = 0.07
"""How far a drawer must be open for a block to fit in, m."""
_STACKING = Pace(tool=0.1, ramp=0.1)
_ALL_ROUND = tuple(k * pi / 8 for k in range(8))

Spot = tuple[float, float]


class Place(Skill):
    """Put ``object``, which the hand holds, on or into ``target``: a bowl, drawer, zone or location."""

    arguments: ClassVar = {"object": "graspable", "target": "container zone location"}
    before: ClassVar = ("holding object", "open target", "room target")
    after: ClassVar = ("at object target",)
    operators: ClassVar[tuple[Operator, ...]] = (
        Operator(
            name="put_down",
            takes={"object": "graspable", "target": "location"},
            needs=("holding object", "flat target", "clear target", "room target"),
            makes=("hand_empty", "at object target"),
            undoes=("holding object", "clear target"),
        ),
        Operator(
            name="put_in",
            takes={"object": "graspable", "target": "container zone"},
            needs=("holding object", "wanted object target", "not closed target"),
            makes=("hand_empty", "at object target"),
            undoes=("holding object",),
        ),
        Operator(  # on two others, as the top of a pyramid
            name="cap",
            takes={
                "object": "graspable",
                "target": "location",
                "a": "graspable",
                "b": "graspable",
                "at_a": "location",
                "at_b": "location",
            },
            needs=(
                "holding object",
                "over target a b",
                "base target at_a at_b",
                "at a at_a",
                "at b at_b",
                "clear a",
                "clear b",
                "clear target",
            ),
            makes=("hand_empty", "at object target"),
            undoes=("holding object", "clear a", "clear b", "clear target"),
            initially=("base target at_a at_b",),
        ),
    )
    pace: ClassVar = NEAR

    def start(self, now: SkillContext) -> Action:
        """Choose where to let go, and go above it."""
        name, target = self.args["object"], self.args["target"]
        assert self.held is not None  # see `objection`
        self.grip = self.choose(now, self.held)
        if self.grip.room < _LEAST_ROOM:
            raise SkillError(f"there is no room for {name!r} at {target!r}")
        self.pose = downward((self.grip.x, self.grip.y, self.grip.z), self.grip.yaw)
        self.phase = "lower"
        return self.follow(now, self.over(now, self.pose, _ABOVE), CARRY)

    def choose(self, now: SkillContext, held: Held) -> Grip:
        """Return where the hand should let go."""
        target = self.args["target"]
        location = now.locations.get(target)
        if location is not None:
            yaws = (location.yaw, location.yaw + pi / 2)
            return let_go(now, held, [location.position[:2]], location.position[2], yaws, exact=True)
        obj = now.find(target)
        half = held.size[2] / 2
        across = (obj.yaw, obj.yaw + pi / 2)
        match obj.category:
            case "bowl":
                spots = _in_bowl(now, held, obj)
                return self._among(now, held, obj, spots, SHAPES["bowl"].wall + half, _ALL_ROUND)
            case "drawer":
                return self._among(now, held, obj, _in_drawer(obj), TRAY_FLOOR + half, across)
            case "zone":
                return let_go(now, held, _grid(obj.position[:2], obj.yaw, 0.035), half, across)
        raise SkillError(f"nothing can be put into {target!r}, a {obj.category}")

    def _among(
        self,
        now: SkillContext,
        held: Held,
        container: SceneObject,
        spots: list[Spot],
        height: float,
        yaws: tuple[float, ...],
    ) -> Grip:
        """Return where to let go beside what lies in a container; where there is no room, from above it."""
        grip = let_go(now, held, spots, height, yaws)
        inside = [
            obj for obj in now.scene.objects if now.scene.support(obj.id) and _is_in(obj, container, now)
        ]
        if grip.room >= _LEAST_ROOM or not inside:
            return grip
        top = max(obj.position[2] + obj.size[2] / 2 for obj in inside)
        spots = sorted(spots, key=lambda spot: -min(_distance(spot, obj) for obj in inside))
        return let_go(now, held, spots, top + held.size[2] / 2, yaws, exact=True)

    def lower(self, now: SkillContext) -> Action:
        """Go straight down."""
        self.phase = "release"
        return self.straight(now, self.pose, self.pace, settle=True)

    def release(self, now: SkillContext) -> Action:
        """Open the fingers; from here on nothing is held."""
        self.phase, self.held = "leave", None
        return self.wait(now, 10, width=self.grip.opening, grasping=True)

    def leave(self, now: SkillContext) -> Action:
        """Go straight up."""
        self.phase = "end"
        return self.rise(now, _ABOVE, NEAR)


class Stack(Place):
    """Put ``object``, which the hand holds, on top of ``target``, edges in line."""

    arguments: ClassVar = {"object": "graspable", "target": "graspable"}
    operators: ClassVar[tuple[Operator, ...]] = (
        Operator(
            name="stack",
            takes={"object": "graspable", "target": "graspable"},
            needs=("holding object", "wanted object target", "clear target"),
            makes=("hand_empty", "at object target"),
            undoes=("holding object", "clear target"),
        ),
    )
    pace: ClassVar = _STACKING

    def choose(self, now: SkillContext, held: Held) -> Grip:
        """Return where the hand should let go: over the middle of the target."""
        below = now.find(self.args["target"])
        height = below.position[2] + (below.size[2] + held.size[2]) / 2
        yaws = (below.yaw, below.yaw + pi / 2)
        return let_go(now, held, [below.position[:2]], height, yaws, exact=True)


def let_go(
    now: SkillContext,
    held: Held,
    spots: list[Spot],
    height: float,
    yaws: tuple[float, ...],
    *,
    exact: bool = False,
) -> Grip:
    """Choose where the hand lets go, so that it and what it holds keep clear of everything.

    Args:
        now: What it may look at.
        held: What is in the hand.
        spots: Where the object may come to lie, m; the best liked first.
        height: Of its centre there, m.
        yaws: It may have, rad.
        exact: The spot is given, so only the fingers' room counts.
    """
    walls = obstacles(now.scene, ignore=[held.object])
    carried = 0.0 if exact else max(held.size[:2]) / 2
    return best_grip(spots, height - held.rise + _DROP, yaws, held.width, walls, now.arm.schema, carried)


def _in_bowl(now: SkillContext, held: Held, bowl: SceneObject) -> list[Spot]:
    """Spots in a bowl: a little off its middle, so that another object finds room beside this one."""
    x, y = bowl.position[:2]
    rings = (0.02, 0.03, 0.038, 0.042)
    ring = [(x + r * cos(k * pi / 8), y + r * sin(k * pi / 8)) for r in rings for k in range(16)]
    inside = [
        obj
        for obj in now.scene.objects
        if obj.id not in (bowl.id, held.object)
        and hypot(obj.position[0] - x, obj.position[1] - y) < bowl.size[0] / 2
    ]
    if not inside:
        return ring
    # The farthest from what lies there already is liked best.
    return sorted(ring, key=lambda spot: -min(_distance(spot, obj) for obj in inside))


def _in_drawer(drawer: SceneObject) -> list[Spot]:
    """Spots in the part of a drawer that is out, those to a side first: so another finds room beside."""
    if drawer.extension < _LEAST_EXTENSION:
        raise SkillError(f"{drawer.id!r} is not open wide enough")
    wall = SHAPES["drawer"].wall
    back = HANDLE_STANDOFF + (drawer.extension + wall) / 2
    c, s = cos(drawer.yaw), sin(drawer.yaw)
    x, y = drawer.position[0] - c * back, drawer.position[1] - s * back
    return [(x - s * aside, y + c * aside) for aside in (0.05, -0.05, 0.045, -0.045, 0.04, -0.04, 0.0)]


def _grid(middle: Spot, yaw: float, step: float) -> list[Spot]:
    """Nine spots around a middle, which comes first."""
    c, s = cos(yaw), sin(yaw)
    offsets = sorted(
        ((i * step, j * step) for i in (-1, 0, 1) for j in (-1, 0, 1)), key=lambda offset: hypot(*offset)
    )
    return [(middle[0] + c * i - s * j, middle[1] + s * i + c * j) for i, j in offsets]


def _is_in(obj: SceneObject, container: SceneObject, now: SkillContext) -> bool:
    """Whether an object lies in a container, or on what does."""
    support = now.scene.support(obj.id)
    if support is None or support.object == container.id:
        return support is not None
    below = next((o for o in now.scene.objects if o.id == support.object), None)
    return below is not None and _is_in(below, container, now)


def _distance(spot: Spot, obj: SceneObject) -> float:
    return hypot(spot[0] - obj.position[0], spot[1] - obj.position[1])
