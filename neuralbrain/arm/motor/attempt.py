"""One try of one step: the skill at work, the looks before and after it, and what it waits for."""

from collections.abc import Mapping
from math import atan2
from typing import Literal

from neuralbrain.arm.body import ON_HAND, OVERVIEW
from neuralbrain.arm.messages import ArmSchema, Proprioception
from neuralbrain.arm.motor.grasp import free_spot
from neuralbrain.arm.motor.obstacles import obstacles
from neuralbrain.arm.motor.skills import Held, SkillError, skill_class
from neuralbrain.messages import Location, Scene, Step
from neuralbrain.planning.attempt import Attempt

_LOOK: Mapping[str, str] = {"camera": OVERVIEW}
_LAY_DOWN = "_lay_down"
"""Id of the place where an object is put down that a failed plan has left in the hand."""


class ArmAttempt(Attempt):
    """One try of one step, by skills.

    The first try does the skill at once; a later one begins with another look. A skill that changes the
    scene is followed by a look, after which the verdict on the step's postconditions is awaited.

    Args:
        step: The step.
        number: 1 for the first try.
        held: What is in the hand.

    Attributes:
        skill: The skill at work: the step's own, or a look.

    Raises:
        UnknownNameError: There is no such skill.
        SkillError: An argument is missing, or the try would make no sense.
    """

    def __init__(self, step: Step, number: int, held: Held | None) -> None:
        super().__init__(step, number)
        self._class = skill_class(step.skill)
        objection = self.objection(held)
        if objection:
            raise SkillError(objection)
        self.skill = self._class(step.args, held)
        self._role: Literal["before", "do", "after"] = "do"
        if number > 1 and self._class.uses_scene:
            self._role, self.skill = "before", skill_class("look")(_LOOK, held)

    def objection(self, held: Held | None) -> str:
        """Say why it makes no sense to try; empty if it does."""
        return self._class.objection(self.step.args, held)

    @property
    def shows(self) -> bool:
        """Whether the skill at work is the look that should show the result."""
        return self._role == "after"

    def go_on(self, held: Held | None, scene: Scene, close_up: str) -> bool:
        """Turn to the next skill, the last one having succeeded; False: there is none.

        The result is looked at from where its target was seen: the camera that overlooks all may not see it.

        Args:
            held: What is in the hand.
            scene: The newest scene.
            close_up: The name of the camera of the hand.
        """
        if self._role == "before":
            self._role, self.skill = "do", self._class(self.step.args, held)
            return True
        if self._role == "do" and self._class.is_shown(self.step.postconditions):
            target = scene.find(self.step.args.get("target", ""))
            hidden = target is not None and target.seen_by == close_up
            look = {"camera": ON_HAND, "at": self.step.args["target"]} if hidden else _LOOK
            self._role, self.skill = "after", skill_class("look")(look, held)
            return True
        return False

    def turn_to_hand(self, held: Held | None) -> bool:
        """Turn from a look with the camera that overlooks all to one with the hand's; False: it was none.

        Args:
            held: What is in the hand.
        """
        if self.skill.args.get("camera") != OVERVIEW:
            return False
        spot = {"at": self.step.args["target"]} if self.shows and "target" in self.step.args else {}
        self.skill = skill_class("look")({"camera": ON_HAND, **spot}, held)
        return True


def lay_down(
    held: Held | None, scene: Scene, proprioception: Proprioception, hand: ArmSchema
) -> tuple[list[Step], dict[str, Location]]:
    """Return what to do after a plan has failed, so that the next one can begin.

    Args:
        held: What is still in the hand.
        scene: The newest scene.
        proprioception: The newest proprioception.
        hand: What the body says of its hand.

    Returns:
        The steps: put down what is held on a free spot near by, if there is one, and look; and the
        location that they refer to.
    """
    look = Step(id="_look", skill="look", args=dict(_LOOK), retries=0)
    if held is None:
        return [look], {}
    x, y, _ = proprioception.tool_position.tolist()
    half = held.size[2] / 2
    walls = obstacles(scene, ignore=[held.object])
    spot = free_spot((x, y), half - held.rise, atan2(y, x), held.width, walls, hand)
    if spot is None:
        return [look], {}
    location = Location(id=_LAY_DOWN, position=(*spot, half), yaw=atan2(spot[1], spot[0]))
    args = {"object": held.object, "target": _LAY_DOWN}
    return [Step(id=_LAY_DOWN, skill="place", args=args, retries=0), look], {_LAY_DOWN: location}
