"""The planning problem of a situation, in unified-planning's typed classical planning.

Importing this module imports unified-planning, which takes a second.
"""

from collections.abc import Iterable
from typing import Any

from unified_planning.shortcuts import (
    And,
    BoolType,
    Equals,
    Fluent,
    InstantaneousAction,
    Not,
    Object,
    Or,
    Problem,
    UserType,
)

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.planning.situation import Situation
from neuralbrain.arm.planning.state import spanned
from neuralbrain.arm.planning.symbols import OPEN

LOCATION = UserType("Location")
SPOT = UserType("Spot", LOCATION)
CONTAINER = UserType("Container", LOCATION)
DRAWER = UserType("Drawer", CONTAINER)
THING = UserType("Thing", LOCATION)
BOX = UserType("Box")

AT = Fluent("at", BoolType(), thing=THING, where=LOCATION)
HOLDING = Fluent("holding", BoolType(), thing=THING)
HAND_EMPTY = Fluent("hand_empty", BoolType())
CLEAR = Fluent("clear", BoolType(), where=LOCATION)
SHUT = Fluent("shut", BoolType(), where=LOCATION)
PUSHED = Fluent("pushed", BoolType(), box=BOX, where=LOCATION)
WANTED = Fluent("wanted", BoolType(), thing=THING, where=LOCATION)
"""That the goal wants a thing on or in another: only such stacking and filling is tried."""
FLAT = Fluent("flat", BoolType(), spot=SPOT)
"""That a spot is on the table and may be used."""
OVER = Fluent("over", BoolType(), spot=SPOT, left=THING, right=THING)
BASE = Fluent("base", BoolType(), spot=SPOT, left=SPOT, right=SPOT)
"""That a spot rests on two things; that these must be at two spots before it is used."""


def build(situation: Situation) -> Problem:
    """State the problem.

    Args:
        situation: What matters of a scene to a goal.
    """
    problem = Problem("tabletop")
    for fluent in (AT, HOLDING, HAND_EMPTY, CLEAR, SHUT, PUSHED, WANTED, FLAT, OVER, BASE):
        problem.add_fluent(fluent, default_initial_value=False)
    objects = _objects(situation)
    problem.add_objects(objects.values())
    problem.add_actions(_actions(situation, objects))
    for fact in _facts(situation, objects):
        problem.set_initial_value(fact, True)
    for goal in _goals(situation, objects):
        problem.add_goal(goal)
    return problem


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


def _actions(situation: Situation, objects: dict[str, Any]) -> Iterable[InstantaneousAction]:
    pick = InstantaneousAction("pick", thing=THING, where=LOCATION)
    thing, where = pick.parameters
    _needs(pick, HAND_EMPTY(), AT(thing, where), CLEAR(thing), Not(SHUT(where)))
    _does(pick, HOLDING(thing), CLEAR(where), undoes=[HAND_EMPTY(), AT(thing, where)])

    put_down = InstantaneousAction("put_down", thing=THING, spot=SPOT)
    thing, spot = put_down.parameters
    _needs(put_down, HOLDING(thing), FLAT(spot), CLEAR(spot), *_room(situation, objects, spot))
    _does(put_down, HAND_EMPTY(), AT(thing, spot), undoes=[HOLDING(thing), CLEAR(spot)])

    put_in = InstantaneousAction("put_in", thing=THING, container=CONTAINER)
    thing, container = put_in.parameters
    _needs(put_in, HOLDING(thing), WANTED(thing, container), Not(SHUT(container)))
    _does(put_in, HAND_EMPTY(), AT(thing, container), undoes=[HOLDING(thing)])

    stack = InstantaneousAction("stack", thing=THING, below=THING)
    thing, below = stack.parameters
    _needs(stack, HOLDING(thing), WANTED(thing, below), CLEAR(below))
    _does(stack, HAND_EMPTY(), AT(thing, below), undoes=[HOLDING(thing), CLEAR(below)])

    cap = InstantaneousAction("cap", thing=THING, spot=SPOT, a=THING, b=THING, at_a=SPOT, at_b=SPOT)
    thing, spot, a, b, at_a, at_b = cap.parameters
    _needs(cap, HOLDING(thing), OVER(spot, a, b), BASE(spot, at_a, at_b), AT(a, at_a), AT(b, at_b))
    _needs(cap, CLEAR(a), CLEAR(b), CLEAR(spot))
    _does(cap, HAND_EMPTY(), AT(thing, spot), undoes=[HOLDING(thing), CLEAR(a), CLEAR(b), CLEAR(spot)])

    uncap = InstantaneousAction("uncap", thing=THING, spot=SPOT, a=THING, b=THING)
    thing, spot, a, b = uncap.parameters
    _needs(uncap, HAND_EMPTY(), AT(thing, spot), OVER(spot, a, b), CLEAR(thing))
    _does(uncap, HOLDING(thing), CLEAR(a), CLEAR(b), CLEAR(spot), undoes=[HAND_EMPTY(), AT(thing, spot)])

    push = InstantaneousAction("push", box=BOX, where=LOCATION)
    box, where = push.parameters
    _needs(push, HAND_EMPTY(), *_way(situation, objects, ("at", "in_zone"), box))
    _does(push, PUSHED(box, where))

    opening = InstantaneousAction("open", drawer=DRAWER)
    (drawer,) = opening.parameters
    _needs(opening, HAND_EMPTY(), *_way(situation, objects, ("open", "in"), drawer))
    _does(opening, undoes=[SHUT(drawer)])

    closing = InstantaneousAction("close", drawer=DRAWER)
    _needs(closing, HAND_EMPTY())
    _does(closing, SHUT(closing.parameters[0]))
    kinds = {item.type for item in objects.values()}
    yield from (pick, put_down, put_in, stack)
    if situation.over.keys() & situation.usable.keys():
        yield cap
    if situation.over.keys() & set(situation.where.values()):
        yield uncap
    if BOX in kinds:
        yield push
    if DRAWER in kinds:
        yield from (opening, closing)


def _needs(action: InstantaneousAction, *conditions: Any) -> None:
    for condition in conditions:
        action.add_precondition(condition)


def _does(action: InstantaneousAction, *facts: Any, undoes: Iterable[Any] = ()) -> None:
    for fact in facts:
        action.add_effect(fact, True)
    for fact in undoes:
        action.add_effect(fact, False)


def _room(situation: Situation, objects: dict[str, Any], spot: Any) -> Iterable[Any]:
    """A place can be used once what crowds it has gone from where it was."""
    for name, crowd in situation.crowd.items():
        for thing in crowd:
            gone = Not(AT(objects[thing], objects[situation.where[thing]]))
            yield Or(Not(Equals(spot, objects[name])), gone)


def _way(
    situation: Situation, objects: dict[str, Any], predicates: tuple[str, ...], moved: Any
) -> Iterable[Any]:
    """A box is pushed, and a drawer opened, once its way is free."""
    for condition in situation.conditions:
        if condition.predicate not in predicates:
            continue
        for name in condition.args:
            if name in objects and objects[name].type in (BOX, DRAWER) and objects[name].type == moved.type:
                things = [t for t in situation.obstacles.get(str(condition), ()) if t in situation.where]
                gone = [Not(AT(objects[t], objects[situation.where[t]])) for t in things]
                if gone:
                    yield Or(Not(Equals(moved, objects[name])), And(gone))


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


def _goals(situation: Situation, objects: dict[str, Any]) -> Iterable[Any]:
    for condition in situation.conditions:
        args = [objects[name] for name in condition.args if name in objects]
        match condition.predicate:
            case "open":
                yield Not(SHUT(*args))
            case "closed":
                yield SHUT(*args)
            case "holding":
                yield HOLDING(*args)
            case "on" if len(args) == 1:  # on the table
                spots = [Object(name, SPOT) for name in situation.usable if name not in situation.over]
                yield Or(AT(args[0], spot) for spot in spots)
            case _ if _is_carried(situation, condition.args[0]):
                yield AT(*args)
            case _:
                yield PUSHED(*args)


def _is_carried(situation: Situation, name: str) -> bool:
    thing = situation.scene.find(name)
    return thing is not None and thing.category in GRASPABLE and thing.category not in CONTAINERS
