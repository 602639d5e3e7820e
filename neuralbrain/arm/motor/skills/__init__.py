"""What an arm can do, one class each; `table` knows them by name."""

from neuralbrain.arm.motor.skills.base import (
    Action,
    Held,
    Motion,
    Outcome,
    Skill,
    SkillContext,
    SkillError,
    TakePicture,
)
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.skills.table import SKILLS, known_skills, register, skill_class

__all__ = [
    "SKILLS",
    "Action",
    "Held",
    "Motion",
    "Operator",
    "Outcome",
    "Skill",
    "SkillContext",
    "SkillError",
    "TakePicture",
    "known_skills",
    "register",
    "skill_class",
]
