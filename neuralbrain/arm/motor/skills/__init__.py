"""What an arm can do, one class each; `table` knows them by name."""

from neuralbrain.arm.motor.skills.base import (
    Action,
    Held,
    Look,
    Motion,
    Outcome,
    Situation,
    Skill,
    SkillError,
)
from neuralbrain.arm.motor.skills.declaration import Operator
from neuralbrain.arm.motor.skills.table import SKILLS, known_skills, register, skill_class

__all__ = [
    "SKILLS",
    "Action",
    "Held",
    "Look",
    "Motion",
    "Operator",
    "Outcome",
    "Situation",
    "Skill",
    "SkillError",
    "known_skills",
    "register",
    "skill_class",
]
