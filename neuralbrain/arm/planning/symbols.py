"""From a scene in metres to symbols: what lies where, and whether a condition holds.

The tolerances are meant to be as tight as perception allows: what passes here is a success for the brain.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.catalogue import CONTAINERS, DRAWER_TRAVEL, HANDLE_REACH, SHAPES
from neuralbrain.arm.predicates import TABLE
from neuralbrain.messages import Condition, Place, Scene, SceneObject
from neuralbrain.portable import product

AT = 0.015
"""How far from its place a thing may lie, horizontally, m."""
AT_HEIGHT = 0.015
"""How far above or below, m; a block is 0.04 high."""
PUSHED = 0.03
"""The same as `AT` for what was pushed, which is less exact, m."""
CENTERED = 0.017
"""How far the centre of a stacked thing may be from that of the one below, m; from 0.02 on a block tips."""
TOUCH = 0.012
"""Largest gap between the bottom of a thing and the top of what bears it, m."""
OPEN, CLOSED = 0.08, 0.015
"""From where on a drawer is open wide enough for a block; up to where it counts as closed, m."""
INSIDE = 0.016
"""How far inside a bowl's outline, and below its rim, what lies in it must be, m."""


def holds(condition: Condition, scene: Scene, places: Iterable[Place], holding: str | None) -> bool:
    """Whether a condition is true in a scene.

    Args:
        condition: What to judge.
        scene: What is believed to be where.
        places: The places that the condition may refer to.
        holding: What the hand is believed to hold; None for nothing.

    Returns:
        Its truth. A statement about a thing that the scene does not contain is false (its negation too).
    """
    named = {place.id: place for place in places}
    if condition.predicate in ("holding", "hand_empty"):
        truth = holding == (condition.args[0] if condition.args else None)
        return truth is not condition.negated
    if condition.predicate == "visible":
        return (scene.find(condition.args[0]) is not None) is not condition.negated
    things = [scene.find(name) for name in condition.args if name not in named and name != TABLE]
    known = [thing for thing in things if thing is not None]
    if len(known) < len(things) or not known:
        return False
    place = next((named[name] for name in condition.args if name in named), None)
    return _truth(condition, known, place, scene) is not condition.negated


def _truth(condition: Condition, known: list[SceneObject], place: Place | None, scene: Scene) -> bool:
    thing, other = known[0], known[-1]
    match condition.predicate:
        case "at":
            return place is not None and is_at(thing, place)
        case "on" if TABLE in condition.args:
            return location(thing, scene) == ()
        case "on":
            return bears(other, thing) and _distance(thing, other) <= CENTERED
        case "in":
            return contains(other, thing, scene)
        case "in_zone":
            return in_zone(thing, other)
        case "clear":
            return not any(bears(thing, above) for above in scene.objects)
        case "open":
            return thing.extension >= OPEN
        case "closed":
            return thing.extension <= CLOSED
    return False


def is_at(thing: SceneObject, place: Place) -> bool:
    """Whether a thing lies at a place, within the tolerances above."""
    within = PUSHED if thing.category == "box" else AT
    flat = math.dist(thing.position[:2], place.position[:2])
    return flat <= within and abs(thing.position[2] - place.position[2]) <= AT_HEIGHT


def bears(below: SceneObject, above: SceneObject) -> bool:
    """Whether ``above`` rests on the top of ``below``, wholly or in part."""
    if below.id == above.id or below.category in (*CONTAINERS, "zone"):
        return False
    gap = (above.position[2] - above.size[2] / 2) - (below.position[2] + below.size[2] / 2)
    reach = (max(below.size[:2]) + max(above.size[:2])) / 2
    return abs(gap) <= TOUCH and _distance(below, above) < 0.9 * reach


def contains(container: SceneObject, thing: SceneObject, scene: Scene) -> bool:
    """Whether a thing lies in a bowl or a drawer.

    A closed drawer hides what it holds, so there the scene's own relation counts as well.
    """
    if container.category == "drawer":
        if any(r.subject == thing.id and r.object == container.id for r in scene.relations):
            return True
        forward, sideways = in_frame_of(container, thing.position)
        depth, width, height = SHAPES["drawer"].size
        inside = -(depth + HANDLE_REACH) < forward < 0.0 and abs(sideways) < width / 2
        return inside and thing.position[2] - thing.size[2] / 2 < height
    rim = container.position[2] + container.size[2] / 2
    within = max(container.size[:2]) / 2 - INSIDE
    low = thing.position[2] - thing.size[2] / 2 < rim - INSIDE
    return container.category == "bowl" and low and _distance(thing, container) <= within


def in_zone(thing: SceneObject, zone: SceneObject) -> bool:
    """Whether a thing lies on a zone: its footprint within 1.5 cm, its centre 2 cm inside the edge."""
    for along, length, own in zip(
        in_frame_of(zone, thing.position), zone.size[:2], thing.size[:2], strict=True
    ):
        if abs(along) > min((length - own) / 2 + 0.015, length / 2 - 0.02):
            return False
    return thing.position[2] - thing.size[2] / 2 <= TOUCH


def location(thing: SceneObject, scene: Scene) -> tuple[str, ...]:
    """Return what a thing lies in or stands on, in order of id; empty for the table.

    Something on two blocks is borne by both. A zone bears only what lies in it whole.
    """
    for other in scene.objects:
        if other.category in CONTAINERS and other.id != thing.id and contains(other, thing, scene):
            inside = [o.id for o in scene.objects if bears(o, thing)]
            return tuple(inside) or (other.id,)
    bearers = tuple(other.id for other in scene.objects if bears(other, thing))
    if bearers:
        return bearers
    zones = (o.id for o in scene.objects if o.category == "zone" and o.id != thing.id and in_zone(thing, o))
    return tuple(zones)[:1]


def in_frame_of(thing: SceneObject, point: tuple[float, float, float]) -> tuple[float, float]:
    """Return a point's coordinates along a thing's own x and y axes, from its position, m."""
    dx, dy = point[0] - thing.position[0], point[1] - thing.position[1]
    cos, sin = math.cos(thing.yaw), math.sin(thing.yaw)
    return cos * dx + sin * dy, cos * dy - sin * dx


def footprint(thing: SceneObject, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of points from the table that a thing covers.

    A drawer also covers what it slides over.

    Args:
        thing: The thing.
        points: x and y, m, shape (n, 2).

    Returns:
        Distances, m, shape (n,); 0 for points inside.
    """
    cos, sin = math.cos(thing.yaw), math.sin(thing.yaw)
    own = product(points - np.array(thing.position[:2]), np.array([[cos, -sin], [sin, cos]]))
    low = np.array([-thing.size[0] / 2, -thing.size[1] / 2])
    high = -low
    if thing.category == "drawer":
        depth, width, _ = SHAPES["drawer"].size
        low = np.array([-(depth + HANDLE_REACH + thing.extension), -width / 2])
        high = np.array([max(DRAWER_TRAVEL - thing.extension, 0.0) + HANDLE_REACH, width / 2])
    beyond = np.maximum(np.maximum(low - own, own - high), 0.0)
    distances: NDArray[np.float64] = np.hypot(beyond[:, 0], beyond[:, 1])
    return distances


def _distance(a: SceneObject, b: SceneObject) -> float:
    return math.dist(a.position[:2], b.position[:2])
