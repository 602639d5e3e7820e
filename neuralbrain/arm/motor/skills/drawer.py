"""Opening and closing a drawer by its handle: a bar across its front."""

from math import atan2, cos, pi, sin
from typing import ClassVar

from neuralbrain.arm.catalogue import HANDLE_BAR, HANDLE_HEIGHT
from neuralbrain.arm.motor.kinematics import Pose, downward
from neuralbrain.arm.motor.skills.base import Action, Skill, SkillContext, SkillError
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.trajectory import FREE, NEAR, Pace
from neuralbrain.messages import SceneObject

_HEIGHT = HANDLE_HEIGHT - HANDLE_BAR / 2 - 0.008
"""Of the point between the finger tips, m: the fingers reach below the bar."""
_ABOVE = 0.10
_MARGIN = 0.004
"""Room between finger and bar on the way down, m."""
_OPEN = 0.12
"""How far a drawer is pulled out, m: less than it can be."""
_PULL = Pace(tool=0.12, ramp=0.2)
_STUCK = 60.0
"""A finger that meets this force stops: the drawer is at its end, N."""


class _Drawer(Skill):
    arguments: ClassVar = {"drawer": "drawer"}
    before: ClassVar = ("hand_empty",)
    bar: tuple[float, float]
    yaw: float
    ahead: float
    travel: float

    def _drawer(self, now: SkillContext) -> SceneObject:
        obj = now.find(self.args["drawer"])
        if obj.category != "drawer":
            raise SkillError(f"{obj.id!r} is a {obj.category}, not a drawer")
        return obj

    def _reach(self, now: SkillContext, ahead: float) -> Action:
        """Go, with closed fingers, above a spot in front of the bar (behind it, if negative)."""
        self.ahead = ahead
        self.phase = "descend"
        return self.follow(now, self.over(now, self._pose(ahead), _ABOVE), FREE, width=0.0)

    def _pose(self, ahead: float) -> Pose:
        """The pose with the fingers' flat sides towards the bar."""
        x, y = self.bar
        c, s = cos(self.yaw), sin(self.yaw)
        # Half a turn makes no difference to closed fingers: take the one that suits the wrist.
        turned = self.yaw if cos(self.yaw - atan2(y, x)) > 0 else self.yaw + pi
        return downward((x + c * ahead, y + s * ahead, _HEIGHT), turned)

    def descend(self, now: SkillContext) -> Action:
        """Go straight down."""
        self.phase = "move"
        return self.straight(now, self._pose(self.ahead), NEAR, touch=_STUCK)

    def move(self, now: SkillContext) -> Action:
        """Pull, or push, along the drawer's own direction."""
        if now.touched:
            self.reason = f"the fingers bumped into something at the handle of {self.args['drawer']!r}"
            self.phase = "end"
            return self.rise(now, _ABOVE, NEAR)
        self.phase = "leave"
        return self.straight(now, self._pose(self.ahead + self.travel), _PULL, touch=_STUCK, settle=True)

    def leave(self, now: SkillContext) -> Action:
        """Let go of the bar and rise."""
        self.phase = "rise_up"
        back = -_MARGIN if self.travel > 0 else _MARGIN
        return self.straight(now, self._pose(self.ahead + self.travel + back), NEAR)

    def rise_up(self, now: SkillContext) -> Action:
        """Go straight up."""
        self.phase = "end"
        return self.rise(now, _ABOVE, NEAR)


class Open(_Drawer):
    """Pull ``drawer`` open with the fingers hooked behind its handle."""

    after: ClassVar = ("open drawer",)
    operators: ClassVar = (
        Operator(
            name="open",
            takes={"drawer": "drawer"},
            needs=("hand_empty", "way drawer"),
            undoes=("closed drawer",),
        ),
    )

    def start(self, now: SkillContext) -> Action:
        """Go above the gap behind the bar."""
        drawer = self._drawer(now)
        self.bar, self.yaw = drawer.position[:2], drawer.yaw
        gap = HANDLE_BAR / 2 + now.arm.schema.finger_width / 2 + _MARGIN
        self.travel = _OPEN - drawer.extension + _MARGIN
        if self.travel < 0.01:
            self.phase = "end"
            return self.wait(now, 1)
        return self._reach(now, -gap)


class Close(_Drawer):
    """Push ``drawer`` shut by its handle."""

    after: ClassVar = ("closed drawer",)
    operators: ClassVar = (
        Operator(
            name="close",
            takes={"drawer": "drawer"},
            needs=("hand_empty",),
            makes=("closed drawer",),
        ),
    )

    def start(self, now: SkillContext) -> Action:
        """Go above a spot in front of the bar."""
        drawer = self._drawer(now)
        self.bar, self.yaw = drawer.position[:2], drawer.yaw
        gap = HANDLE_BAR / 2 + now.arm.schema.finger_width / 2 + 2 * _MARGIN
        self.travel = -(drawer.extension + 2 * _MARGIN)
        return self._reach(now, gap)
