"""What of a scene matters to a goal: the objects it concerns, what is in their way, and the spots to use.

Only that enters the planning problem: so plans are short, and nothing is moved without need.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.planning.locations import free_spots
from neuralbrain.arm.planning.state import spanned
from neuralbrain.arm.planning.symbols import footprint, holds, in_frame_of, is_at, supports, supports_of
from neuralbrain.arm.predicates import is_felt
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.portable import product

CROWDED: Final = 0.06
"""An object this near to a location, m, leaves no room to put another there."""
PUSHING: Final = (0.09, 0.14)
"""What a push needs free: to each side of the way of the box's centre, and behind the box, m."""
SPARE: Final = 3
"""The most free spots that the planner may use; fewer where little must give way."""


@dataclass
class GoalContext:
    """What of a scene matters to a goal.

    Attributes:
        scene: What is believed to be where.
        goal: What should be true.
        holding: What the hand holds.
        movable: The graspable objects that may have to move, by id.
        usable: The locations where objects may be put, by id.
        spots: Those, and the spots where movable objects are now.
        where: Movable object -> the object or the spot that it is on, in or at.
        over: Spot -> the two objects that support what is there.
        crowd: Usable location -> movable objects that lie too near to it, at first.
        obstacles: What of the goal needs a free way (str of the condition) -> the objects in that way.
    """

    scene: Scene
    goal: Goal
    holding: str | None
    movable: dict[str, SceneObject] = field(default_factory=dict)
    spots: dict[str, Location] = field(default_factory=dict)
    usable: dict[str, Location] = field(default_factory=dict)
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
            or not holds(condition, self.scene, self.goal.locations, self.holding)
        ]


def assess(
    scene: Scene, goal: Goal, hand: ArmSchema, holding: str | None, unmet: Sequence[Condition]
) -> GoalContext:
    """Find out what matters.

    Args:
        scene: What is believed to be where.
        goal: What should be true.
        hand: What the body says of its hand.
        holding: What the hand holds.
        unmet: The conditions of the goal that are not true yet.
    """
    context = GoalContext(scene, goal, holding)
    unmet = [condition for condition in unmet if condition.args]
    context.obstacles = {str(c): tuple(_blocking(scene, c, goal.locations)) for c in unmet}
    wanted = [
        name
        for c in unmet
        for name in (c.args if c.predicate == "on" or is_felt(c.predicate) else c.args[:1])
    ]
    targets = [location for c in unmet for location in goal.locations if location.id in c.args]
    queue = [*wanted, *([holding] if holding else [])]
    queue += [name for location in targets for name in _crowding(scene, location)]
    queue += [name for names in context.obstacles.values() for name in names]
    while queue:
        obj = scene.find(queue.pop(0))
        if obj is None or obj.id in context.movable or obj.category not in GRASPABLE:
            continue
        if obj.id in goal.fixed:
            raise PlanError(f"I would have to move {obj.id.replace('_', ' ')}, which is to stay where it is.")
        context.movable[obj.id] = obj
        queue += [above.id for above in scene.objects if supports(obj, above)]
    context.movable = dict(sorted(context.movable.items()))
    flat = [p for p in goal.locations if not spanned(p, goal.locations)]
    path_points = [point for c in unmet for point in _path_points(scene, c, goal.locations)]
    aims = {c.args[0] for c in unmet}
    wanted_spots = min(SPARE, 1 + sum(name not in aims for name in context.movable))
    spare = free_spots(scene, wanted_spots, hand, [*flat, *path_points])
    context.usable = {location.id: location for location in (*goal.locations, *spare)}
    context.spots = dict(context.usable)
    for obj in context.movable.values():
        if obj.id != holding:
            _locate(obj, context)
    occupant = {c.args[1]: c.args[0] for c in goal.conditions if c.predicate == "at"}
    for location in goal.locations:
        below = [occupant[name] for name in spanned(location, goal.locations) if name in occupant]
        if len(below) == 2:
            context.over[location.id] = (below[0], below[1])
    context.crowd = {
        name: tuple(
            obj
            for obj in _crowding(scene, location)
            if obj in context.where and context.where[obj] != name and not _is_base(name, obj, context)
        )
        for name, location in context.usable.items()
    }
    return context


def _is_base(name: str, obj: str, context: GoalContext) -> bool:
    """Whether an object stands where it may, next to a location of the same pattern, or below it."""
    here = context.where[obj]
    return here in {location.id for location in context.goal.locations} or obj in context.over.get(name, ())


def _locate(obj: SceneObject, context: GoalContext) -> None:
    """Say symbolically where a movable object is."""
    scene, goal = context.scene, context.goal
    here = next((p for p in goal.locations if is_at(obj, p)), None)
    bearers = supports_of(obj, scene)
    if here is None and len(bearers) == 1:
        bearer = scene.find(bearers[0])
        if bearer is not None and bearer.category in (*CONTAINERS, "zone", *GRASPABLE):
            context.where[obj.id] = bearer.id
            return
    spot = here or Location(id=f"spot_{obj.id}", position=obj.position, yaw=obj.yaw)
    context.spots[spot.id] = spot
    context.where[obj.id] = spot.id
    if len(bearers) >= 2:
        context.over[spot.id] = (bearers[0], bearers[1])


def _crowding(scene: Scene, location: Location) -> list[str]:
    """Return the graspable objects that leave no room at a location."""
    return [
        obj.id
        for obj in scene.objects
        if obj.category in GRASPABLE and math.dist(obj.position[:2], location.position[:2]) < CROWDED
    ]


def _path(scene: Scene, condition: Condition, locations: Sequence[Location]) -> tuple[Any, Any] | None:
    """Return the ends of the way that a push needs free; None if the condition asks for no push."""
    box = scene.find(condition.args[0])
    if box is None or box.category in (*GRASPABLE, "drawer") or condition.predicate not in ("at", "in_zone"):
        return None
    zone = scene.find(condition.args[1])
    goal = zone.position if zone else next(p.position for p in locations if p.id == condition.args[1])
    start, end = np.array(box.position[:2]), np.array(goal[:2])
    ahead = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
    return start - PUSHING[1] * ahead, end + max(box.size[:2]) / 2 * ahead


def _path_points(scene: Scene, condition: Condition, locations: Sequence[Location]) -> list[Location]:
    path = _path(scene, condition, locations)
    if path is None:
        return []
    points = [path[0] + (path[1] - path[0]) * share for share in np.linspace(0, 1, 9)]
    half = PUSHING[0] / 2
    sides = np.array([[0, 0], [0, half], [0, -half], [half, 0], [-half, 0]])
    return [
        Location(id="way", position=(float(x), float(y), 0.0)) for point in points for x, y in point + sides
    ]


def _blocking(scene: Scene, condition: Condition, locations: Sequence[Location]) -> list[str]:
    """Return the graspable objects in the way of a push, or of a drawer that must open."""
    graspable = [obj for obj in scene.objects if obj.category in GRASPABLE]
    path = _path(scene, condition, locations)
    if path is not None:
        start, span = path[0], path[1] - path[0]
        blocking = []
        for obj in graspable:
            point = np.array(obj.position[:2])
            share = float(np.clip(product(point - start, span) / product(span, span), 0, 1))
            if np.hypot(*(point - start - share * span)) < PUSHING[0] + obj.size[0] / 2:
                blocking.append(obj.id)
        return blocking
    names = [condition.args[0]] if condition.predicate == "open" else list(condition.args[1:])
    drawers = [d for name in names if (d := scene.find(name)) is not None and d.category == "drawer"]
    return [
        obj.id
        for drawer in drawers
        for obj in graspable
        if in_frame_of(drawer, obj.position)[0] > 0
        and footprint(drawer, np.array([obj.position[:2]]))[0] < obj.size[0] / 2
    ]
