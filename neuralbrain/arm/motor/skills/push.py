"""Pushing along the table what is too wide to grasp."""

from dataclasses import dataclass, replace
from math import atan2, cos, pi, sin
from typing import ClassVar

from neuralbrain.arm.body import OVERVIEW
from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.motor.kinematics import Pose, downward, solve
from neuralbrain.arm.motor.obstacles import obstacles, room
from neuralbrain.arm.motor.skills.base import Action, Skill, SkillContext, TakePicture, raised
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.trajectory import FREE, NEAR, Pace, swing
from neuralbrain.messages import SceneObject

_HEIGHT = SHAPES["box"].size[2] / 2 + 0.002
"""Of the point between the finger tips, m: half way up a box."""
_MARGIN = 0.015
"""Room between fingers and box before the stroke, m."""
_ABOVE = 0.08
_STROKES = 8
_NEAR_ENOUGH = 0.010
"""Within this of the target, along each of the box's axes, it is not pushed any more, m."""
_PUSH = Pace(tool=0.15, ramp=0.3)


@dataclass(frozen=True)
class _Stroke:
    """A push square on the middle of a side.

    Attributes:
        direction: In the world, rad.
        back: From the box's middle to where the hand begins behind it, m.
        length: m.
    """

    direction: float
    back: float
    length: float

    def begin(self, box: tuple[float, float]) -> tuple[float, float]:
        """Return where the hand begins, behind a box with its middle there."""
        return box[0] - cos(self.direction) * self.back, box[1] - sin(self.direction) * self.back

    def end(self, box: tuple[float, float]) -> tuple[float, float]:
        """Return where it leaves the middle of such a box."""
        return box[0] + cos(self.direction) * self.length, box[1] + sin(self.direction) * self.length


class Push(Skill):
    """Push ``object`` until its middle is over ``target``, a zone or a location.

    Each stroke pushes square on the middle of a side, so that the box keeps its yaw; the way to the target is
    made of strokes along its own two axes. Between strokes it is looked at.
    """

    arguments: ClassVar = {"object": "box", "target": "zone location"}
    before: ClassVar = ("hand_empty",)
    after: ClassVar = ("at object target",)
    operators: ClassVar = (
        Operator(
            name="push",
            takes={"object": "box", "target": "anywhere"},
            needs=("hand_empty", "way object"),
            makes=("pushed object target",),
        ),
    )

    def start(self, now: SkillContext) -> Action:
        """Plan the first stroke."""
        self.strokes = 0
        return self.stroke(now)

    def stroke(self, now: SkillContext) -> Action:
        """Go behind the box for the next stroke; or end, if it is there."""
        box = now.find(self.args["object"])
        ahead, aside = _way(box, self._target(now))
        if max(abs(ahead), abs(aside)) < _NEAR_ENOUGH:
            self.phase = "end"
            return self.wait(now, 1)
        if self.strokes == _STROKES:
            self.reason = f"{box.id!r} is not there after {_STROKES} strokes"
            self.phase = "end"
            return self.wait(now, 1)
        self.strokes += 1
        finger = now.arm.schema.finger_width / 2
        rest = [
            _Stroke(box.yaw + turn + (0.0 if along > 0 else pi), half + finger + _MARGIN, abs(along))
            for along, turn, half in ((ahead, 0.0, box.size[0] / 2), (aside, pi / 2, box.size[1] / 2))
            if abs(along) >= _NEAR_ENOUGH
        ]
        first = max(_orders(rest), key=lambda order: self._score(now, box, order))[0]
        self.direction, self.length = first.direction, first.length
        self.begin = first.begin(box.position[:2])
        self.phase = "descend"
        return self.follow(now, self.over(now, self._pose(0.0), _ABOVE), FREE, width=0.0)

    def descend(self, now: SkillContext) -> Action:
        """Go straight down behind the box."""
        self.phase = "push"
        return self.straight(now, self._pose(0.0), NEAR)

    def push(self, now: SkillContext) -> Action:
        """Push straight."""
        self.phase = "leave"
        return self.straight(now, self._pose(self.length + _MARGIN), _PUSH, settle=True)

    def leave(self, now: SkillContext) -> Action:
        """Go back a little, so as not to drag the box along."""
        self.phase = "rise_up"
        return self.straight(now, self._pose(self.length), NEAR)

    def rise_up(self, now: SkillContext) -> Action:
        """Go straight up."""
        self.phase = "clear_view"
        return self.rise(now, _ABOVE, NEAR)

    def clear_view(self, now: SkillContext) -> Action:
        """Get out of the camera's sight."""
        self.phase = "look"
        return self._motion(now, swing(now.arm, now.joints, now.rest, FREE), {})

    def look(self, now: SkillContext) -> Action:
        """See where the box is now."""
        self.phase = "stroke"
        return TakePicture(OVERVIEW)

    def _target(self, now: SkillContext) -> tuple[float, float]:
        name = self.args["target"]
        location = now.locations.get(name)
        return (location or now.find(name)).position[:2]

    def _pose(self, on: float) -> Pose:
        return _hand(self.begin, self.direction, on)

    def _score(self, now: SkillContext, box: SceneObject, order: list[_Stroke]) -> tuple[float, ...]:
        """Whether the arm reaches behind the box for every stroke, its room there; few, a long one first.

        All strokes count: one can bring the box where the arm cannot get behind it for the next, because
        that is too near to it or taken.
        """
        walls = obstacles(now.scene, ignore=[box.id])
        reached, space, middle = True, 0.01, box.position[:2]
        for stroke in order:
            hand = _hand(stroke.begin(middle), stroke.direction, 0.0)
            reached = reached and solve(now.arm, raised(hand, _ABOVE), now.rest).reached
            space = min(
                space, room(*stroke.begin(middle), _HEIGHT, stroke.direction, 0.0, walls, now.arm.schema)
            )
            middle = stroke.end(middle)
        return reached, space, -len(order), order[0].length


def _orders(strokes: list[_Stroke]) -> list[list[_Stroke]]:
    """Return the orders in which to make one or two strokes, also with one in halves around the other."""
    if len(strokes) == 1:
        return [strokes]
    a, b = strokes
    half_a, half_b = (replace(stroke, length=stroke.length / 2) for stroke in strokes)
    return [[a, b], [b, a], [half_a, b, half_a], [half_b, a, half_b]]


def _hand(begin: tuple[float, float], direction: float, on: float) -> Pose:
    """Return the hand's pose so many metres on from where a stroke begins."""
    x, y = begin
    c, s = cos(direction), sin(direction)
    ahead = atan2(y, x)
    turned = direction if cos(direction - ahead) > 0 else direction + pi
    return downward((x + c * on, y + s * on, _HEIGHT), turned)


def _way(box: SceneObject, target: tuple[float, float]) -> tuple[float, float]:
    """Return the way to the target along the box's own axes, m."""
    dx, dy = target[0] - box.position[0], target[1] - box.position[1]
    c, s = cos(box.yaw), sin(box.yaw)
    return c * dx + s * dy, c * dy - s * dx
