"""The skills by name; others come by the entry point group ``neuralbrain.skills``."""

from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

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
from neuralbrain.arm.motor.skills.drawer import Close, Open
from neuralbrain.arm.motor.skills.look import Home
from neuralbrain.arm.motor.skills.look import Look as LookSkill
from neuralbrain.arm.motor.skills.pick import Pick
from neuralbrain.arm.motor.skills.place import Place, Stack
from neuralbrain.arm.motor.skills.push import Push
from neuralbrain.errors import UnknownNameError

SKILLS: Final = MappingProxyType(
    {
        "close": Close,
        "home": Home,
        "look": LookSkill,
        "open": Open,
        "pick": Pick,
        "place": Place,
        "push": Push,
        "stack": Stack,
    }
)
"""Name -> class of the skills that come with NeuralBrain."""


def skill_class(name: str) -> type[Skill]:
    """Find a skill.

    Raises:
        UnknownNameError: Neither built in nor registered.
    """
    if name in SKILLS:
        return SKILLS[name]
    found = {point.name: point for point in entry_points(group="neuralbrain.skills")}
    if name not in found:
        raise UnknownNameError(
            "skill", name, [*SKILLS, *found], "Others register in the entry point group neuralbrain.skills."
        )
    loaded: type[Skill] = found[name].load()
    return loaded


__all__ = [
    "SKILLS",
    "Action",
    "Held",
    "Look",
    "Motion",
    "Outcome",
    "Situation",
    "Skill",
    "SkillError",
    "skill_class",
]
