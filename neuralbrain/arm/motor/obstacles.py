"""What stands in the arm's way, as upright boxes, and how far the gripper stays from them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin, tan

import numpy as np

from neuralbrain.arm.catalogue import (
    HANDLE_BAR,
    HANDLE_HEIGHT,
    HANDLE_LENGTH,
    HANDLE_STANDOFF,
    SHAPES,
    TRAY_LIFT,
    TRAY_SIDE,
)
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.messages import Scene, SceneObject

_MORE = 0.002
"""So much higher than they are, m, are a drawer's handle and side walls taken to be."""
_BESIDE = 0.016
"""Room on both sides of the hand on its way, m."""


@dataclass(frozen=True)
class Box:
    """An upright box.

    Attributes:
        x: Centre, m.
        y: Centre, m.
        yaw: rad.
        half: Half extents along its own axes, m.
        top: Height of its upper face, m.
        owner: The object that it is part of.
        bottom: Height of its lower face, m.
    """

    x: float
    y: float
    yaw: float
    half: tuple[float, float]
    top: float
    owner: str = ""
    bottom: float = 0.0


def gap(a: Box, b: Box) -> float:
    """Return how far two boxes are apart, seen from above, m; negative where they overlap.

    The separating axis theorem; where corner faces corner it is a lower bound.
    """
    best = -np.inf
    dx, dy = b.x - a.x, b.y - a.y
    for first, second in ((a, b), (b, a)):
        turn = second.yaw - first.yaw
        c, s = abs(cos(turn)), abs(sin(turn))
        along = abs(cos(first.yaw) * dx + sin(first.yaw) * dy)
        across = abs(cos(first.yaw) * dy - sin(first.yaw) * dx)
        best = max(
            best,
            along - first.half[0] - c * second.half[0] - s * second.half[1],
            across - first.half[1] - s * second.half[0] - c * second.half[1],
        )
    return float(best)


def boxes(obj: SceneObject) -> list[Box]:
    """Return the boxes that an object is made of; none for what is flat."""
    x, y, z = obj.position
    half = (obj.size[0] / 2, obj.size[1] / 2)
    match obj.category:
        case "zone":
            return []
        case "bowl":
            return _bowl(obj)
        case "drawer":
            return _drawer(obj)
        case "cylinder" | "ball":
            radius = half[0] * 0.9  # between the square around the circle and the one in it
            half = (radius, radius)
    return [Box(x, y, obj.yaw, half, z + obj.size[2] / 2, obj.id, z - obj.size[2] / 2)]


def _bowl(obj: SceneObject) -> list[Box]:
    """A ring of eight walls. The floor is low enough to be none."""
    shape = SHAPES["bowl"]
    middle = shape.size[0] / 2 - shape.wall / 2
    side = shape.size[0] / 2 * tan(pi / 8)
    top = shape.size[2]
    return [
        Box(
            obj.position[0] + middle * cos(angle),
            obj.position[1] + middle * sin(angle),
            angle,
            (shape.wall / 2, side),
            top,
            obj.id,
        )
        for angle in (obj.yaw + k * pi / 4 for k in range(8))
    ]


def _drawer(obj: SceneObject) -> list[Box]:
    """The cabinet, the tray's front and sides as far as they are out, and the handle's bar."""
    shape, extension = SHAPES["drawer"], max(obj.extension, 0.0)
    (depth, width, height), wall = shape.size, shape.wall

    def part(ahead: float, aside: float, half: tuple[float, float], top: float) -> Box:
        c, s = cos(obj.yaw), sin(obj.yaw)
        x, y = obj.position[:2]
        return Box(x + c * ahead - s * aside, y + s * ahead + c * aside, obj.yaw, half, top, obj.id)

    front = -HANDLE_STANDOFF
    parts = [
        part(front - extension - depth / 2, 0.0, (depth / 2, width / 2), height),
        part(
            0.0,
            0.0,
            (HANDLE_BAR / 2 + 0.001, HANDLE_LENGTH / 2 + 0.005),
            HANDLE_HEIGHT + HANDLE_BAR / 2 + _MORE,
        ),
    ]
    sides = TRAY_LIFT + TRAY_SIDE + _MORE
    if extension > 0.01:
        inner = width / 2 - 1.5 * wall
        parts.append(part(front - wall / 2, 0.0, (wall / 2, width / 2 - wall), height))
        for side in (-inner, inner):
            parts.append(part(front - extension / 2, side, (extension / 2, wall / 2), sides))
    return parts


def obstacles(scene: Scene, ignore: Collection[str] = ()) -> list[Box]:
    """Return the boxes of everything in a scene but the objects named in ``ignore``."""
    return [box for obj in scene.objects if obj.id not in ignore for box in boxes(obj)]


def highest(walls: Iterable[Box], start: Sequence[float], end: Sequence[float], hand: ArmSchema) -> float:
    """Return the height of the tallest box within the hand's reach of the straight way between two points, m.

    Args:
        walls: The boxes.
        start: x and y, m.
        end: x and y, m.
        hand: What the body says of its hand.
    """
    reach = max(hand.palm) / 2 + _BESIDE
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    corridor = Box(
        (start[0] + end[0]) / 2,
        (start[1] + end[1]) / 2,
        atan2(dy, dx) if length > 1e-6 else 0.0,
        (length / 2 + reach, reach),
        0.0,
    )
    return max((wall.top for wall in walls if gap(corridor, wall) < 0), default=0.0)


def room(
    x: float,
    y: float,
    z: float,
    yaw: float,
    opening: float,
    walls: Iterable[Box],
    hand: ArmSchema,
    carried: float = 0.0,
) -> float:
    """Return how far the open gripper, pointing down, stays from all boxes, m; negative: it hits one.

    Args:
        x: The point between the finger tips, m.
        y: m.
        z: m.
        yaw: Of the tool, rad; the fingers close along ``yaw`` - 90 degrees.
        opening: Between the fingers, m.
        walls: The boxes.
        hand: What the body says of its hand.
        carried: Half the width of what is between the fingers and must stay clear as well, m; 0: nothing.
    """
    least = 0.05
    ax, ay = sin(yaw), -cos(yaw)
    low, high = -hand.finger_depth, hand.palm_height
    thin, thick = hand.finger_thickness
    palm, finger_half = (hand.palm[0] / 2, hand.palm[1] / 2), hand.finger_width / 2
    near = max(hand.palm)
    for wall in walls:
        if hypot(wall.x - x, wall.y - y) > near + hypot(*wall.half):
            continue
        over = wall.top - z
        if over > low - 0.004:
            thickness = thin + (thick - thin) * min(max((over - low) / (high - low), 0.0), 1.0)
            out = opening / 2 + thickness / 2
            for side in (-out, out):
                finger = Box(x + side * ax, y + side * ay, yaw, (finger_half, thickness / 2), 0.0)
                least = min(least, gap(finger, wall))
        if over > high - 0.005:
            least = min(least, gap(Box(x, y, yaw, palm, 0.0), wall))
        if carried > 0 and over > -carried:
            least = min(least, gap(Box(x, y, yaw, (carried, carried), 0.0), wall))
    return least
