"""Looking, and going back to rest."""

from math import atan2, cos, sin
from typing import ClassVar

import numpy as np

from neuralbrain.arm.body import ON_HAND, OVERVIEW
from neuralbrain.arm.catalogue import CENTER
from neuralbrain.arm.motor.kinematics import downward
from neuralbrain.arm.motor.skills.base import Action, Skill, SkillContext, SkillError, TakePicture
from neuralbrain.arm.motor.trajectory import CARRY, FREE, between, swing

_HEIGHT = 0.30
"""Of the tool when that camera looks down; it then sees about 0.6 by 0.4 m of table."""


class Home(Skill):
    """Go to the posture of rest, where the arm hides nothing from the camera that overlooks it."""

    changes_scene: ClassVar = False
    uses_scene: ClassVar = False

    def start(self, now: SkillContext) -> Action:
        """Go there, over everything."""
        self.phase = "settle"
        pace = CARRY if self.held else FREE
        return self.follow(now, self.over(now, now.arm.forward(now.rest)), pace)

    def settle(self, now: SkillContext) -> Action:
        """Take exactly that posture."""
        self.phase = self.arrived()
        return self._motion(now, swing(now.arm, now.joints, now.rest, FREE), {"settle": True})

    def arrived(self) -> str:
        """Return the phase that follows."""
        return "end"


class Look(Home):
    """Take a picture with ``camera``: "overview", from rest, or "hand", from above ``at``, if given."""

    arguments: ClassVar = {"camera": "word", "at": "any"}
    optional: ClassVar = frozenset({"at"})

    def start(self, now: SkillContext) -> Action:
        """Bring the camera, or bring the arm out of its sight."""
        camera = self.args["camera"]
        if not now.arm.camera(camera):
            raise SkillError(f"there is no camera {camera!r}")
        if camera == OVERVIEW:
            if np.abs(now.joints - now.rest).max() < 1e-3:
                self.phase = "end"
                return TakePicture(camera)
            return super().start(now)
        if camera != ON_HAND:
            self.phase = "end"
            return TakePicture(camera)
        x, y = self._at(now)
        ahead, before = atan2(y, x), float(now.arm.schema.camera[0])
        tool = (x - before * cos(ahead), y - before * sin(ahead), _HEIGHT)
        self.phase = "take"
        here, there = now.arm.forward(now.joints), downward(tool, ahead)
        way = self.over(now, there) if here.position[2] < _HEIGHT - 0.05 else between(here, there)
        return self.follow(now, way, CARRY if self.held else FREE, settle=True)

    def arrived(self) -> str:
        """Return the phase that follows."""
        return "take"

    def take(self, now: SkillContext) -> Action:
        """Take the picture."""
        self.phase = "end"
        return TakePicture(self.args["camera"])

    def _at(self, now: SkillContext) -> tuple[float, float]:
        name = self.args.get("at", "")
        if not name:
            return CENTER
        location = now.locations.get(name)
        return (location or now.find(name)).position[:2]
