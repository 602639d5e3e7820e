"""The table of skills: those that come with NeuralBrain, and those that others add."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from neuralbrain import extension
from neuralbrain.arm.motor.skills.base import Skill
from neuralbrain.arm.motor.skills.drawer import Close, Open
from neuralbrain.arm.motor.skills.look import Home, Look
from neuralbrain.arm.motor.skills.pick import Pick
from neuralbrain.arm.motor.skills.place import Place, Stack
from neuralbrain.arm.motor.skills.push import Push
from neuralbrain.consent import admit
from neuralbrain.errors import ConfigurationError, UnknownNameError

GROUP: Final = "neuralbrain.skills"
"""The entry point group in which others register skills."""

SKILLS: Final[Mapping[str, type[Skill]]] = MappingProxyType(
    {kind.name: kind for kind in (Pick, Place, Stack, Push, Open, Close, Look, Home)}
)
"""Name -> class of the skills that come with NeuralBrain, in the order in which a planner states them."""

_ADDED: dict[str, type[Skill]] = {}


def register(kind: type[Skill]) -> None:
    """Make a skill known in this process, and to all processes of the runs that it begins.

    Raises:
        ConfigurationError: Its name is taken, or what it declares makes no sense.
    """
    extension.path_of(kind)  # before anything is known of it
    _admit(kind)
    extension.note(kind)


def known_skills() -> Mapping[str, type[Skill]]:
    """Return all skills by name; those that come with NeuralBrain come first."""
    admit(GROUP, _admit)
    return {**SKILLS, **_ADDED}


def skill_class(name: str) -> type[Skill]:
    """Find a skill.

    Raises:
        UnknownNameError: There is none of that name.
    """
    known = known_skills()
    if name not in known:
        hint = f"Others register in the entry point group {GROUP}, or come by --skill."
        raise UnknownNameError("skill", name, known, hint)
    return known[name]


def _admit(kind: type[Skill]) -> None:
    if not (isinstance(kind, type) and issubclass(kind, Skill)):
        raise ConfigurationError(f"{kind!r} is no skill: derive it from neuralbrain.arm.motor.skills.Skill")
    if kind in _ADDED.values():
        return
    other = {**SKILLS, **_ADDED}.get(kind.name)
    if other is not None and other.__qualname__ != kind.__qualname__:
        raise ConfigurationError(
            f"there is a skill {kind.name!r} already; give {kind.__qualname__} another `name`"
        )
    kind.check_declaration()
    for other in _ADDED.values():
        same = set(other.phrases) & set(kind.phrases) if other.name != kind.name else set()
        if same:
            raise ConfigurationError(
                f"the skills {other.name!r} and {kind.name!r} both have the phrase {min(same)!r}: change one"
            )
    _ADDED[kind.name] = kind
