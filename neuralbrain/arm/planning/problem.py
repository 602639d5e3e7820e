"""The planning problem of a goal, in unified-planning's typed classical planning.

Importing this module imports unified-planning, which takes a second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from unified_planning.shortcuts import Not, Object, Or, Problem

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.motor.skills import Operator, Skill
from neuralbrain.arm.planning.goal_context import GoalContext
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
    OBJECT,
    OVER,
    SHUT,
    SPOT,
    WANTED,
    Operators,
)
from neuralbrain.arm.planning.state import spanned
from neuralbrain.arm.planning.symbols import OPEN
from neuralbrain.arm.predicates import is_felt


@dataclass(frozen=True)
class StatedProblem:
    """A problem, and what its actions stand for.

    Attributes:
        problem: For the engine.
        operators: Action -> the skill, and the way in which it is used.
    """

    problem: Problem
    operators: Mapping[str, tuple[type[Skill], Operator]]


def build(context: GoalContext) -> StatedProblem:
    """State the problem.

    Args:
        context: What matters of a scene to a goal.
    """
    problem = Problem("tabletop")
    objects = _objects(context)
    facts = list(_facts(context, objects))
    operators = Operators(context, objects, facts)
    goals = list(_goals(context, objects, operators))
    for fluent in operators.fluents:
        problem.add_fluent(fluent, default_initial_value=False)
    problem.add_objects(objects.values())
    problem.add_actions(action for _, _, action in operators.stated.values())
    for fact in facts:
        problem.set_initial_value(fact, True)
    for goal in goals:
        problem.add_goal(goal)
    return StatedProblem(problem, {name: pair[:2] for name, pair in operators.stated.items()})


def _objects(context: GoalContext) -> dict[str, Any]:
    named = [*context.movable, *context.where.values()]
    named += [name for names in context.over.values() for name in names]
    named += [name for condition in context.conditions for name in condition.args]
    found: dict[str, Any] = {name: Object(name, SPOT) for name in context.spots}
    for name in named:
        obj = context.scene.find(name)
        if obj is None or name in found:
            continue
        kinds = {"drawer": DRAWER, "box": BOX, "bowl": CONTAINER, "zone": CONTAINER}
        found[name] = Object(name, kinds.get(obj.category, OBJECT))
    return found


def _facts(context: GoalContext, objects: dict[str, Any]) -> Iterable[Any]:
    locations, scene = context.goal.locations, context.scene
    covered = set(context.where.values())
    covered |= {name for spot, names in context.over.items() if spot in covered for name in names}
    for name, item in objects.items():
        obj = scene.find(name)
        if item.type == OBJECT and any(context.where.get(other) == name for other in context.where):
            continue
        if item.type != BOX and (name not in covered or item.type in (CONTAINER, DRAWER)):
            yield CLEAR(item)
        if obj is not None and obj.category == "drawer" and obj.extension < OPEN:
            yield SHUT(item)
    for name, where in context.where.items():
        yield AT(objects[name], objects[where])
    if context.holding in objects:
        yield HOLDING(objects[context.holding])
    else:
        yield HAND_EMPTY()
    for condition in context.conditions:
        into = condition.predicate in ("on", "in", "in_zone") and condition.args[1] in objects
        if into and _is_carried(context, condition.args[0]):
            yield WANTED(*(objects[name] for name in condition.args))
    for name, location in context.usable.items():
        if name in context.over:
            yield OVER(objects[name], *(objects[obj] for obj in context.over[name]))
            bases = spanned(location, locations)
            yield BASE(objects[name], *(objects[b] for b in bases[:2]))
        else:
            yield FLAT(objects[name])
    for name in context.over.keys() - context.usable.keys():
        yield OVER(objects[name], *(objects[obj] for obj in context.over[name]))


def _goals(context: GoalContext, objects: dict[str, Any], operators: Operators) -> Iterable[Any]:
    for condition in context.conditions:
        args = [objects[name] for name in condition.args if name in objects]
        if condition.predicate == "on" and len(args) == 1:  # on the table
            spots = [Object(name, SPOT) for name in context.usable if name not in context.over]
            yield Or(AT(args[0], spot) for spot in spots)
            continue
        fact = operators.fact(condition, objects)
        if fact is not None:
            yield fact[0] if fact[1] else Not(fact[0])
    predicates = [condition.predicate for condition in context.conditions]
    if any(map(is_felt, predicates)) and "holding" not in predicates:
        yield HAND_EMPTY()  # what was taken for it is put down


def _is_carried(context: GoalContext, name: str) -> bool:
    obj = context.scene.find(name)
    return obj is not None and obj.category in GRASPABLE and obj.category not in CONTAINERS
