"""Picking an object up from above."""

from collections.abc import Mapping
from typing import ClassVar

from neuralbrain.arm.motor.grasp import SPREAD, best_grip, grasp_yaws
from neuralbrain.arm.motor.kinematics import downward
from neuralbrain.arm.motor.obstacles import obstacles
from neuralbrain.arm.motor.skills.base import (
    GRASP_FORCE,
    Action,
    Held,
    Outcome,
    Skill,
    SkillContext,
    SkillError,
)
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.trajectory import FREE, NEAR

_ABOVE = 0.06
"""Where the last, slower, straight descent begins, m above the grasp."""
_LIFT = 0.09
_ROOM_BELOW, _ROOM_ABOVE = 0.006, 0.007
"""Between the finger tips and what the object stands on, and between the object's top and the palm, m."""
_LEAST_ROOM = -0.004
"""How far fingers may seem to overlap a neighbour before the grasp is given up, m: the eye may err."""
_BUMP = 12.0
"""A finger that meets this force on the way down has hit something, N."""
_SQUEEZE = 0.002
"""What is held is held with a target so much narrower, m. The force is the same as for closing altogether,
but two fingers that are not coupled can then not drift sideways with it."""
_FELT_WIDTH, _FELT_FORCE = 0.005, 1.0
"""What the closed hand must feel at least: a width, m, and a force on each finger, N."""


class Pick(Skill):
    """Grasp ``object`` from above and lift it.

    The fingers close across the pair of sides that has more room, as the newest scene shows it.
    """

    arguments: ClassVar = {"object": "graspable"}
    before: ClassVar = ("hand_empty", "clear object", "reachable object")
    after: ClassVar = ("holding object",)
    operators: ClassVar = (
        Operator(
            name="pick",
            takes={"object": "graspable", "origin": "anywhere"},
            needs=("hand_empty", "at object origin", "clear object", "not closed origin"),
            makes=("holding object", "clear origin"),
            undoes=("hand_empty", "at object origin"),
        ),
        Operator(  # the top of a pyramid
            name="uncap",
            takes={"object": "graspable", "origin": "location", "a": "graspable", "b": "graspable"},
            needs=("hand_empty", "at object origin", "over origin a b", "clear object"),
            makes=("holding object", "clear a", "clear b", "clear origin"),
            undoes=("hand_empty", "at object origin"),
            initially=("at object origin", "over origin a b"),
        ),
    )
    changes_scene: ClassVar = False  # a hand that holds something feels it

    @classmethod
    def objection(cls, args: Mapping[str, str], held: Held | None) -> str:
        """What is held already need not be picked; the hand has no room for a second object."""
        return "" if held and held.object == args.get("object") else super().objection(args, held)

    def start(self, now: SkillContext) -> Action:
        """Go above the object, and open."""
        name = self.args["object"]
        if self.held:
            return Outcome(True)
        obj = now.find(name)
        width = min(obj.size[:2])
        hand = now.arm.schema
        if width + SPREAD > hand.gripper_width:
            raise SkillError(f"{name!r} is {width:.2f} m wide, too wide to grasp")
        x, y, z = obj.position
        # The finger tips must not touch what it stands on; and a tall object is held by its upper half.
        bottom = z - obj.size[2] / 2
        into = hand.palm_height - _ROOM_ABOVE
        height = max(z, bottom + hand.finger_depth + _ROOM_BELOW, z + obj.size[2] / 2 - into)
        walls = obstacles(now.scene, ignore=[name])
        grip = best_grip([(x, y)], height, grasp_yaws(obj.category, obj.yaw), width, walls, hand)
        if grip.room < _LEAST_ROOM:
            raise SkillError(f"there is no room for the fingers around {name!r}")
        self.grip, self.size, self.centre = grip, obj.size, z - height
        target = downward((grip.x, grip.y, grip.z), grip.yaw)
        self.phase = "descend"
        return self.follow(now, self.over(now, target, _ABOVE), FREE, width=grip.opening)

    def descend(self, now: SkillContext) -> Action:
        """Go straight down around it."""
        grip = self.grip
        self.phase = "close"
        target = downward((grip.x, grip.y, grip.z), grip.yaw)
        return self.straight(now, target, NEAR, touch=_BUMP, settle=True)

    def close(self, now: SkillContext) -> Action:
        """Close the fingers; or turn back if they have bumped into something."""
        too_high = now.proprioception.tool_position[2] - self.grip.z > 0.015
        if now.touched and too_high:
            self.reason = f"the fingers bumped into something above {self.args['object']!r}"
            self.phase = "retreat"
            return self.wait(now, 1)
        self.phase = "lift"
        return self.wait(now, 16, width=0.0, force=GRASP_FORCE, grasping=True)

    def lift(self, now: SkillContext) -> Action:
        """Lift it if it is felt."""
        if not _felt(now):
            self.reason = f"the fingers closed on nothing where {self.args['object']!r} was seen"
            self.phase = "retreat"
            return self.wait(now, 6, width=self.grip.opening)
        self.phase = "weigh"
        return self.rise(now, _LIFT, NEAR, width=now.proprioception.gripper_width - _SQUEEZE)

    def weigh(self, now: SkillContext) -> Action:
        """Feel whether it came along."""
        if not _felt(now):
            self.reason = f"{self.args['object']!r} slipped from the fingers"
            self.phase = "end"
            return self.wait(now, 4, width=self.grip.opening)
        width = now.proprioception.gripper_width
        self.held = Held(object=self.args["object"], size=self.size, rise=self.centre, width=width)
        return Outcome(True)

    def retreat(self, now: SkillContext) -> Action:
        """Leave upwards."""
        self.phase = "end"
        return self.rise(now, _LIFT, NEAR)


def _felt(now: SkillContext) -> bool:
    """Whether both fingers feel something between them."""
    return now.proprioception.gripper_width > _FELT_WIDTH and bool(
        now.proprioception.contact_force.min() > _FELT_FORCE
    )
