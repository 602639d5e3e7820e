"""What of a scene matters to a goal: the things it concerns, what is in their way, and the spots to use.

Only that enters the planning problem: so plans are short, and nothing is moved without need.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.planning.places import free_spots
from neuralbrain.arm.planning.state import spanned
from neuralbrain.arm.planning.symbols import bears, footprint, holds, in_frame_of, is_at, location
from neuralbrain.arm.predicates import is_felt
from neuralbrain.messages import Condition, Place, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.portable import product

CROWDED: Final = 0.06
"""A thing this near to a place, m, leaves no room to put another there."""
PUSHING: Final = (0.09, 0.14)
"""What a push needs free: to each side of the way of the box's centre, and behind the box, m."""
SPARE: Final = 3
"""The most free spots that the planner may use; fewer where little must give way."""


@dataclass
class Situation:
    """What of a scene matters to a goal.

    Attributes:
        scene: What is believed to be where.
        goal: What shall be true.
        holding: What the hand holds.
        movable: The graspable things that may have to move, by id.
        usable: The places where things may be put, by id.
        spots: Those, and the spots where movable things are now.
        where: Movable thing -> the thing or the spot that it is on, in or at.
        over: Spot -> the two things that bear what is there.
        crowd: Usable place -> movable things that lie too near to it, at first.
        obstacles: What of the goal needs a free way (str of the condition) -> the things in that way.
    """

    scene: Scene
    goal: Goal
    holding: str | None
    movable: dict[str, SceneObject] = field(default_factory=dict)
    spots: dict[str, Place] = field(default_factory=dict)
    usable: dict[str, Place] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    over: dict[str, tuple[str, str]] = field(default_factory=dict)
    crowd: dict[str, tuple[str, ...]] = field(default_factory=dict)
    obstacles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def conditions(self) -> list[Condition]:
        """The part of the goal that is not true yet, or that moving the movable could undo."""
        return [
            condition
            for condition in self.goal.conditions
            if (condition.args[:1] and condition.args[0] in self.movable)
            or condition.predicate in ("open", "closed")
            or not holds(condition, self.scene, self.goal.places, self.holding)
        ]


def assess(scene: Scene, goal: Goal, holding: str | None, unmet: Sequence[Condition]) -> Situation:
    """Find out what matters.

    Args:
        scene: What is believed to be where.
        goal: What shall be true.
        holding: What the hand holds.
        unmet: The conditions of the goal that are not true yet.
    """
    situation = Situation(scene, goal, holding)
    unmet = [condition for condition in unmet if condition.args]
    situation.obstacles = {str(c): tuple(_blocking(scene, c, goal.places)) for c in unmet}
    wanted = [
        name
        for c in unmet
        for name in (c.args if c.predicate == "on" or is_felt(c.predicate) else c.args[:1])
    ]
    targets = [place for c in unmet for place in goal.places if place.id in c.args]
    queue = [*wanted, *([holding] if holding else [])]
    queue += [name for place in targets for name in _crowding(scene, place)]
    queue += [name for names in situation.obstacles.values() for name in names]
    while queue:
        thing = scene.find(queue.pop(0))
        if thing is None or thing.id in situation.movable or thing.category not in GRASPABLE:
            continue
        situation.movable[thing.id] = thing
        queue += [above.id for above in scene.objects if bears(thing, above)]
    situation.movable = dict(sorted(situation.movable.items()))
    flat = [p for p in goal.places if not spanned(p, goal.places)]
    ways = [point for c in unmet for point in _way_points(scene, c, goal.places)]
    aims = {c.args[0] for c in unmet}
    wanted_spots = min(SPARE, 1 + sum(name not in aims for name in situation.movable))
    spare = free_spots(scene, wanted_spots, [*flat, *ways])
    situation.usable = {place.id: place for place in (*goal.places, *spare)}
    situation.spots = dict(situation.usable)
    for thing in situation.movable.values():
        if thing.id != holding:
            _locate(thing, situation)
    occupant = {c.args[1]: c.args[0] for c in goal.conditions if c.predicate == "at"}
    for place in goal.places:
        below = [occupant[name] for name in spanned(place, goal.places) if name in occupant]
        if len(below) == 2:
            situation.over[place.id] = (below[0], below[1])
    situation.crowd = {
        name: tuple(
            thing
            for thing in _crowding(scene, place)
            if thing in situation.where
            and situation.where[thing] != name
            and not _is_base(name, thing, situation)
        )
        for name, place in situation.usable.items()
    }
    return situation


def _is_base(name: str, thing: str, situation: Situation) -> bool:
    """Whether a thing stands where it may, next to a place of the same pattern, or below it."""
    here = situation.where[thing]
    return here in {place.id for place in situation.goal.places} or thing in situation.over.get(name, ())


def _locate(thing: SceneObject, situation: Situation) -> None:
    """Say symbolically where a movable thing is."""
    scene, goal = situation.scene, situation.goal
    here = next((p for p in goal.places if is_at(thing, p)), None)
    bearers = location(thing, scene)
    if here is None and len(bearers) == 1:
        bearer = scene.find(bearers[0])
        if bearer is not None and bearer.category in (*CONTAINERS, "zone", *GRASPABLE):
            situation.where[thing.id] = bearer.id
            return
    spot = here or Place(id=f"spot_{thing.id}", position=thing.position, yaw=thing.yaw)
    situation.spots[spot.id] = spot
    situation.where[thing.id] = spot.id
    if len(bearers) >= 2:
        situation.over[spot.id] = (bearers[0], bearers[1])


def _crowding(scene: Scene, place: Place) -> list[str]:
    """Return the graspable things that leave no room at a place."""
    return [
        thing.id
        for thing in scene.objects
        if thing.category in GRASPABLE and math.dist(thing.position[:2], place.position[:2]) < CROWDED
    ]


def _way(scene: Scene, condition: Condition, places: Sequence[Place]) -> tuple[Any, Any] | None:
    """Return the ends of the way that a push needs free; None if the condition asks for no push."""
    box = scene.find(condition.args[0])
    if box is None or box.category in (*GRASPABLE, "drawer") or condition.predicate not in ("at", "in_zone"):
        return None
    zone = scene.find(condition.args[1])
    goal = zone.position if zone else next(p.position for p in places if p.id == condition.args[1])
    start, end = np.array(box.position[:2]), np.array(goal[:2])
    ahead = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
    return start - PUSHING[1] * ahead, end + max(box.size[:2]) / 2 * ahead


def _way_points(scene: Scene, condition: Condition, places: Sequence[Place]) -> list[Place]:
    way = _way(scene, condition, places)
    if way is None:
        return []
    points = [way[0] + (way[1] - way[0]) * share for share in np.linspace(0, 1, 9)]
    half = PUSHING[0] / 2
    sides = np.array([[0, 0], [0, half], [0, -half], [half, 0], [-half, 0]])
    return [Place(id="way", position=(float(x), float(y), 0.0)) for point in points for x, y in point + sides]


def _blocking(scene: Scene, condition: Condition, places: Sequence[Place]) -> list[str]:
    """Return the graspable things in the way of a push, or of a drawer that must open."""
    graspable = [thing for thing in scene.objects if thing.category in GRASPABLE]
    way = _way(scene, condition, places)
    if way is not None:
        start, span = way[0], way[1] - way[0]
        blocking = []
        for thing in graspable:
            point = np.array(thing.position[:2])
            share = float(np.clip(product(point - start, span) / product(span, span), 0, 1))
            if np.hypot(*(point - start - share * span)) < PUSHING[0] + thing.size[0] / 2:
                blocking.append(thing.id)
        return blocking
    names = [condition.args[0]] if condition.predicate == "open" else list(condition.args[1:])
    drawers = [d for name in names if (d := scene.find(name)) is not None and d.category == "drawer"]
    return [
        thing.id
        for drawer in drawers
        for thing in graspable
        if in_frame_of(drawer, thing.position)[0] > 0
        and footprint(drawer, np.array([thing.position[:2]]))[0] < thing.size[0] / 2
    ]
