"""The first checks of a plan: that its steps are skills, and that what it names is there."""

import re

from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.deliberation.situation import Situation
from neuralbrain.deliberation.wire import WireCondition, WireStep
from neuralbrain.messages import Condition
from neuralbrain.planning.domain import Domain
from neuralbrain.words import listed, shown

_NUMBER = re.compile("[1-9][0-9]{0,8}")


def check_skill(step: WireStep, domain: Domain) -> None:
    """Check that a step is a skill with its arguments, and that they are text or whole numbers.

    Raises:
        ObjectionError: It is not ("skills").
    """
    skill = domain.skills.get(step.skill)
    if skill is None:
        raise ObjectionError(
            "skills", f"there is no skill {shown(step.skill)}; there are {', '.join(domain.skills)}"
        )
    given = set(step.args)
    if not skill.needs <= given or not given <= skill.needs | skill.may:
        takes = ", ".join([*sorted(skill.needs), *(f"{name} (or null)" for name in sorted(skill.may))])
        raise ObjectionError("skills", f"{step.skill} takes ({takes}), not ({', '.join(sorted(given))})")
    for name, value in step.args.items():
        kind, is_a = (int, "a whole number") if name in skill.numbers else (str, "a name")
        if type(value) is not kind:
            raise ObjectionError("skills", f"{step.skill}: {name} is {is_a}, not {type(value).__name__}")


def check_numbers(step: WireStep, domain: Domain) -> None:
    """Check that the numbers of a step are such as the body has.

    Raises:
        ObjectionError: They are not ("limits").
    """
    for name, (least, most) in domain.skills[step.skill].numbers.items():
        value = step.args.get(name)
        if isinstance(value, int) and not least <= value <= most:
            raise ObjectionError("limits", f"{step.skill}: {name} is from {least} to {most}, not {value}")


def check_names(step: WireStep, now: Situation, domain: Domain) -> None:
    """Check that a step names only what is seen or offered.

    Raises:
        ObjectionError: It does not ("names").
    """
    known = nameable(now, domain)
    for name in things(step, domain):
        if name not in known:
            offer = f"use {', '.join(known)}" if known else "there is nothing to name"
            raise ObjectionError("names", f"{step.skill}: nothing is called {shown(name)}; {offer}")
    for name, value in step.args.items():
        words = domain.words_for(step.skill, name)
        if name in domain.skills[step.skill].words and words and value not in words:
            raise ObjectionError(
                "names", f"{step.skill}: {name} is {listed(words, 'or')}, not {shown(value)}"
            )


def nameable(now: Situation, domain: Domain) -> list[str]:
    """Return the names of what there is to do something with."""
    return [name for name in now.names() if name not in domain.constants]


def things(step: WireStep, domain: Domain) -> list[str]:
    """Return the objects and locations that a step names."""
    skill = domain.skills[step.skill]
    return [str(value) for name, value in step.args.items() if skill.names(name)]


def condition(wire: WireCondition, now: Situation, domain: Domain) -> Condition:
    """Return a condition that a model states.

    Raises:
        ObjectionError: There is no such predicate, or it can say nothing of what it names ("names").
    """
    wanted = domain.predicates.get(wire.predicate)
    if wanted is None:
        known = ", ".join(domain.predicates)
        raise ObjectionError("names", f"there is no predicate {shown(wire.predicate)}; there are {known}")
    if len(wire.args) != wanted:
        raise ObjectionError("names", f"{wire.predicate} is about {wanted} things, not {len(wire.args)}")
    args = tuple(map(str, wire.args))
    for name in args:
        if name not in (*nameable(now, domain), *domain.constants) and not _counts(name, domain):
            raise ObjectionError("names", f"{wire.predicate}: nothing is called {shown(name)}")
    stated = Condition(predicate=wire.predicate, args=args, negated=wire.negated)
    suited = domain.suited(stated, now.scene)
    if suited is None:
        raise ObjectionError("names", f"{stated} makes no sense: {wire.predicate} is not said of that")
    return suited


def _counts(name: str, domain: Domain) -> bool:
    """Whether a name is a whole number that conditions may name."""
    return _NUMBER.fullmatch(name) is not None and int(name) <= domain.greatest
