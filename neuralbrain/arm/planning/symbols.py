"""From a scene in metres to symbols: what lies where, and whether a condition holds.

The tolerances are meant to be as tight as perception allows: what passes here is a success for the brain.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.catalogue import CONTAINERS, DRAWER_TRAVEL, HANDLE_REACH, SHAPES
from neuralbrain.arm.predicates import RELATIONS, TABLE
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.portable import product

AT = 0.015
"""How far from its place an object may lie, horizontally, m."""
AT_HEIGHT = 0.015
"""How far above or below, m; a block is 0.04 high."""
PUSHED = 0.03
"""The same as `AT` for what was pushed, which is less exact, m."""
SQUARE = ("block", "box")
"""What looks the same after a quarter of a turn; what is round looks the same after any."""
TURNED = math.radians(4.0)
"""How far the yaw may be off where it matters, rad."""
CENTERED = 0.017
"""How far the centre of a stacked object may be from that of the one below, m; from 0.02 on a block tips."""
TOUCH = 0.012
"""Largest gap between the bottom of an object and the top of what supports it, m."""
OPEN, CLOSED = 0.08, 0.015
"""From where on a drawer is open wide enough for a block; up to where it counts as closed, m."""
INSIDE = 0.016
"""How far inside a bowl's outline, and below its rim, what lies in it must be, m."""


def holds(condition: Condition, scene: Scene, locations: Iterable[Location], holding: str | None) -> bool:
    """Whether a condition is true in a scene.

    Args:
        condition: What to judge.
        scene: What is believed to be where.
        locations: The locations that the condition may refer to.
        holding: What the hand is believed to hold; None for nothing.

    Returns:
        Its truth. A statement about an object that the scene does not contain is false (its negation too).
    """
    named = {location.id: location for location in locations}
    if condition.predicate in ("holding", "hand_empty"):
        truth = holding == (condition.args[0] if condition.args else None)
        return truth is not condition.negated
    if condition.predicate == "visible":
        return (scene.find(condition.args[0]) is not None) is not condition.negated
    if condition.predicate in RELATIONS and condition.args[0] == holding:
        return condition.negated  # wherever it is, it lies nowhere
    objects = [scene.find(name) for name in condition.args if name not in named and name != TABLE]
    known = [obj for obj in objects if obj is not None]
    if len(known) < len(objects) or not known:
        return False
    location = next((named[name] for name in condition.args if name in named), None)
    return _truth(condition, known, location, scene) is not condition.negated


def _truth(condition: Condition, known: list[SceneObject], location: Location | None, scene: Scene) -> bool:
    obj, other = known[0], known[-1]
    match condition.predicate:
        case "at":
            return location is not None and is_at(obj, location)
        case "on" if TABLE in condition.args:
            return supports_of(obj, scene) == ()
        case "on":
            return supports(other, obj) and _distance(obj, other) <= CENTERED
        case "in":
            return contains(other, obj, scene)
        case "in_zone":
            return in_zone(obj, other)
        case "clear":
            return not any(supports(obj, above) for above in scene.objects)
        case "open":
            return obj.extension >= OPEN
        case "closed":
            return obj.extension <= CLOSED
    return False


def is_at(obj: SceneObject, location: Location) -> bool:
    """Whether an object lies at a location, within the tolerances above."""
    within = PUSHED if obj.category == "box" else AT
    flat = math.dist(obj.position[:2], location.position[:2])
    if location.turned and obj.category in SQUARE:
        off = (obj.yaw - location.yaw + math.pi / 4) % (math.pi / 2) - math.pi / 4
        if abs(off) > TURNED:
            return False
    return flat <= within and abs(obj.position[2] - location.position[2]) <= AT_HEIGHT


def supports(below: SceneObject, above: SceneObject) -> bool:
    """Whether ``above`` rests on the top of ``below``, wholly or in part."""
    if below.id == above.id or below.category in (*CONTAINERS, "zone"):
        return False
    gap = (above.position[2] - above.size[2] / 2) - (below.position[2] + below.size[2] / 2)
    reach = (max(below.size[:2]) + max(above.size[:2])) / 2
    return abs(gap) <= TOUCH and _distance(below, above) < 0.9 * reach


def contains(container: SceneObject, obj: SceneObject, scene: Scene) -> bool:
    """Whether an object lies in a bowl or a drawer.

    A closed drawer hides what it holds, so there the scene's own relation counts as well.
    """
    if container.category == "drawer":
        if any(r.subject == obj.id and r.object == container.id for r in scene.relations):
            return True
        forward, sideways = in_frame_of(container, obj.position)
        depth, width, height = SHAPES["drawer"].size
        inside = -(depth + HANDLE_REACH) < forward < 0.0 and abs(sideways) < width / 2
        return inside and obj.position[2] - obj.size[2] / 2 < height
    rim = container.position[2] + container.size[2] / 2
    within = max(container.size[:2]) / 2 - INSIDE
    low = obj.position[2] - obj.size[2] / 2 < rim - INSIDE
    return container.category == "bowl" and low and _distance(obj, container) <= within


def in_zone(obj: SceneObject, zone: SceneObject) -> bool:
    """Whether an object lies on a zone: its footprint within 1.5 cm, its centre 2 cm inside the edge."""
    for along, length, own in zip(in_frame_of(zone, obj.position), zone.size[:2], obj.size[:2], strict=True):
        if abs(along) > min((length - own) / 2 + 0.015, length / 2 - 0.02):
            return False
    return obj.position[2] - obj.size[2] / 2 <= TOUCH


def supports_of(obj: SceneObject, scene: Scene) -> tuple[str, ...]:
    """Return what an object lies in or stands on, in order of id; empty for the table.

    Something on two blocks is supported by both. A zone supports only what lies in it whole.
    """
    for other in scene.objects:
        if other.category in CONTAINERS and other.id != obj.id and contains(other, obj, scene):
            inside = [o.id for o in scene.objects if supports(o, obj)]
            return tuple(inside) or (other.id,)
    bearers = tuple(other.id for other in scene.objects if supports(other, obj))
    if bearers:
        return bearers
    zones = (o.id for o in scene.objects if o.category == "zone" and o.id != obj.id and in_zone(obj, o))
    return tuple(zones)[:1]


def in_frame_of(obj: SceneObject, point: tuple[float, float, float]) -> tuple[float, float]:
    """Return a point's coordinates along an object's own x and y axes, from its position, m."""
    dx, dy = point[0] - obj.position[0], point[1] - obj.position[1]
    cos, sin = math.cos(obj.yaw), math.sin(obj.yaw)
    return cos * dx + sin * dy, cos * dy - sin * dx


def footprint(obj: SceneObject, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of points from the table that an object covers.

    A drawer also covers what it slides over.

    Args:
        obj: The object.
        points: x and y, m, shape (n, 2).

    Returns:
        Distances, m, shape (n,); 0 for points inside.
    """
    cos, sin = math.cos(obj.yaw), math.sin(obj.yaw)
    own = product(points - np.array(obj.position[:2]), np.array([[cos, -sin], [sin, cos]]))
    low = np.array([-obj.size[0] / 2, -obj.size[1] / 2])
    high = -low
    if obj.category == "drawer":
        depth, width, _ = SHAPES["drawer"].size
        low = np.array([-(depth + HANDLE_REACH + obj.extension), -width / 2])
        high = np.array([max(DRAWER_TRAVEL - obj.extension, 0.0) + HANDLE_REACH, width / 2])
    beyond = np.maximum(np.maximum(low - own, own - high), 0.0)
    distances: NDArray[np.float64] = np.hypot(beyond[:, 0], beyond[:, 1])
    return distances


def _distance(a: SceneObject, b: SceneObject) -> float:
    return math.dist(a.position[:2], b.position[:2])
