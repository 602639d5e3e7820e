"""Pushing along the table what is too wide to grasp."""

from math import atan2, cos, pi, sin
from typing import ClassVar

from neuralbrain.arm.body import OVERVIEW
from neuralbrain.arm.motor.kinematics import Pose, downward
from neuralbrain.arm.motor.obstacles import FINGER_HALF_WIDTH, obstacles, room
from neuralbrain.arm.motor.skills.base import Action, Look, Situation, Skill
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.trajectory import FREE, NEAR, Pace, swing
from neuralbrain.messages import SceneObject

_HEIGHT = 0.032
"""Of the point between the finger tips, m: half way up a box, with the palm above its top."""
_MARGIN = 0.015
"""Room between fingers and box before the stroke, m."""
_ABOVE = 0.08
_STROKES = 8
_NEAR_ENOUGH = 0.010
"""Within this of the target, along each of the box's axes, it is not pushed any more, m."""
_PUSH = Pace(tool=0.15, ramp=0.3)


class Push(Skill):
    """Push ``object`` until its middle is over ``target``, a zone or a place.

    Each stroke pushes square on the middle of a side, so that the box keeps its yaw; the way to the target is
    made of strokes along its own two axes. Between strokes it is looked at.
    """

    arguments: ClassVar = {"object": "box", "target": "zone place"}
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

    def start(self, now: Situation) -> Action:
        """Plan the first stroke."""
        self.strokes = 0
        return self.stroke(now)

    def stroke(self, now: Situation) -> Action:
        """Go behind the box for the next stroke; or end, if it is there."""
        box = now.thing(self.args["object"])
        ahead, aside = _way(box, self._target(now))
        if max(abs(ahead), abs(aside)) < _NEAR_ENOUGH:
            self.phase = "end"
            return self.wait(now, 1)
        if self.strokes == _STROKES:
            self.reason = f"{box.id!r} is not there after {_STROKES} strokes"
            self.phase = "end"
            return self.wait(now, 1)
        self.strokes += 1
        best = None
        for along, turn, half in ((ahead, 0.0, box.size[0] / 2), (aside, pi / 2, box.size[1] / 2)):
            if abs(along) < _NEAR_ENOUGH:
                continue
            direction = box.yaw + turn + (0.0 if along > 0 else pi)
            merit = self._merit(now, box, direction, half, abs(along))
            if best is None or merit > best[0]:
                best = (merit, direction, half, abs(along))
        assert best is not None
        _, self.direction, half, self.length = best
        back = half + FINGER_HALF_WIDTH + _MARGIN
        self.begin = (
            box.position[0] - cos(self.direction) * back,
            box.position[1] - sin(self.direction) * back,
        )
        self.phase = "descend"
        return self.follow(now, self.over(now, self._pose(0.0), _ABOVE), FREE, width=0.0)

    def descend(self, now: Situation) -> Action:
        """Go straight down behind the box."""
        self.phase = "push"
        return self.straight(now, self._pose(0.0), NEAR)

    def push(self, now: Situation) -> Action:
        """Push straight."""
        self.phase = "leave"
        return self.straight(now, self._pose(self.length + _MARGIN), _PUSH, settle=True)

    def leave(self, now: Situation) -> Action:
        """Go back a little, so as not to drag the box along."""
        self.phase = "rise_up"
        return self.straight(now, self._pose(self.length), NEAR)

    def rise_up(self, now: Situation) -> Action:
        """Go straight up."""
        self.phase = "clear_view"
        return self.rise(now, _ABOVE, NEAR)

    def clear_view(self, now: Situation) -> Action:
        """Get out of the camera's sight."""
        self.phase = "look"
        return self._motion(now, swing(now.arm, now.joints, now.rest, FREE), {})

    def look(self, now: Situation) -> Action:
        """See where the box is now."""
        self.phase = "stroke"
        return Look(OVERVIEW)

    def _target(self, now: Situation) -> tuple[float, float]:
        name = self.args["target"]
        place = now.places.get(name)
        return (place or now.thing(name)).position[:2]

    def _pose(self, on: float) -> Pose:
        x, y = self.begin
        c, s = cos(self.direction), sin(self.direction)
        ahead = atan2(y, x)
        turned = self.direction if cos(self.direction - ahead) > 0 else self.direction + pi
        return downward((x + c * on, y + s * on, _HEIGHT), turned)

    def _merit(
        self, now: Situation, box: SceneObject, direction: float, half: float, length: float
    ) -> tuple[float, float]:
        """Room for the gripper behind the box, and the length of the stroke."""
        back = half + FINGER_HALF_WIDTH + _MARGIN
        x, y = box.position[0] - cos(direction) * back, box.position[1] - sin(direction) * back
        walls = obstacles(now.scene, ignore=[box.id])
        return min(room(x, y, _HEIGHT, direction, 0.0, walls), 0.01), length


def _way(box: SceneObject, target: tuple[float, float]) -> tuple[float, float]:
    """Return the way to the target along the box's own axes, m."""
    dx, dy = target[0] - box.position[0], target[1] - box.position[1]
    c, s = cos(box.yaw), sin(box.yaw)
    return c * dx + s * dy, c * dy - s * dx
