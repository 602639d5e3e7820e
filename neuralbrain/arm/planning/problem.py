"""The planning problem of a situation, in unified-planning's typed classical planning.

Importing this module imports unified-planning, which takes a second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from unified_planning.shortcuts import Not, Object, Or, Problem

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.motor.skills import Operator, Skill
from neuralbrain.arm.planning.operators import (
    AT,
    BASE,
    BOX,
    CLEAR,
    CONTAINER,
    DRAWER,
    FLAT,
    HAND_EMPTY,
    HOLDING,
    OVER,
    SHUT,
    SPOT,
    THING,
    WANTED,
    Operators,
)
from neuralbrain.arm.planning.situation import Situation
from neuralbrain.arm.planning.state import spanned
from neuralbrain.arm.planning.symbols import OPEN
from neuralbrain.arm.predicates import is_felt


@dataclass(frozen=True)
class Stated:
    """A problem, and what its actions stand for.

    Attributes:
        problem: For the engine.
        operators: Action -> the skill, and the way in which it is used.
    """

    problem: Problem
    operators: Mapping[str, tuple[type[Skill], Operator]]


def build(situation: Situation) -> Stated:
    """State the problem.

    Args:
        situation: What matters of a scene to a goal.
    """
    problem = Problem("tabletop")
    objects = _objects(situation)
    facts = list(_facts(situation, objects))
    operators = Operators(situation, objects, facts)
    goals = list(_goals(situation, objects, operators))
    for fluent in operators.fluents:
        problem.add_fluent(fluent, default_initial_value=False)
    problem.add_objects(objects.values())
    problem.add_actions(action for _, _, action in operators.stated.values())
    for fact in facts:
        problem.set_initial_value(fact, True)
    for goal in goals:
        problem.add_goal(goal)
    return Stated(problem, {name: pair[:2] for name, pair in operators.stated.items()})


def _objects(situation: Situation) -> dict[str, Any]:
    named = [*situation.movable, *situation.where.values()]
    named += [name for names in situation.over.values() for name in names]
    named += [name for condition in situation.conditions for name in condition.args]
    found: dict[str, Any] = {name: Object(name, SPOT) for name in situation.spots}
    for name in named:
        thing = situation.scene.find(name)
        if thing is None or name in found:
            continue
        kinds = {"drawer": DRAWER, "box": BOX, "bowl": CONTAINER, "zone": CONTAINER}
        found[name] = Object(name, kinds.get(thing.category, THING))
    return found


def _facts(situation: Situation, objects: dict[str, Any]) -> Iterable[Any]:
    places, scene = situation.goal.places, situation.scene
    covered = set(situation.where.values())
    covered |= {name for spot, names in situation.over.items() if spot in covered for name in names}
    for name, item in objects.items():
        thing = scene.find(name)
        if item.type == THING and any(situation.where.get(other) == name for other in situation.where):
            continue
        if item.type != BOX and (name not in covered or item.type in (CONTAINER, DRAWER)):
            yield CLEAR(item)
        if thing is not None and thing.category == "drawer" and thing.extension < OPEN:
            yield SHUT(item)
    for name, where in situation.where.items():
        yield AT(objects[name], objects[where])
    if situation.holding in objects:
        yield HOLDING(objects[situation.holding])
    else:
        yield HAND_EMPTY()
    for condition in situation.conditions:
        into = condition.predicate in ("on", "in", "in_zone") and condition.args[1] in objects
        if into and _is_carried(situation, condition.args[0]):
            yield WANTED(*(objects[name] for name in condition.args))
    for name, place in situation.usable.items():
        if name in situation.over:
            yield OVER(objects[name], *(objects[thing] for thing in situation.over[name]))
            bases = spanned(place, places)
            yield BASE(objects[name], *(objects[b] for b in bases[:2]))
        else:
            yield FLAT(objects[name])
    for name in situation.over.keys() - situation.usable.keys():
        yield OVER(objects[name], *(objects[thing] for thing in situation.over[name]))


def _goals(situation: Situation, objects: dict[str, Any], operators: Operators) -> Iterable[Any]:
    for condition in situation.conditions:
        args = [objects[name] for name in condition.args if name in objects]
        if condition.predicate == "on" and len(args) == 1:  # on the table
            spots = [Object(name, SPOT) for name in situation.usable if name not in situation.over]
            yield Or(AT(args[0], spot) for spot in spots)
            continue
        fact = operators.fact(condition, objects)
        if fact is not None:
            yield fact[0] if fact[1] else Not(fact[0])
    predicates = [condition.predicate for condition in situation.conditions]
    if any(map(is_felt, predicates)) and "holding" not in predicates:
        yield HAND_EMPTY()  # what was taken for it is put down


def _is_carried(situation: Situation, name: str) -> bool:
    thing = situation.scene.find(name)
    return thing is not None and thing.category in GRASPABLE and thing.category not in CONTAINERS
