"""Where on the table an object should be put: beside, between, nearer to or instead of others, or so far."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from neuralbrain.arm.catalogue import GRASPABLE, TABLE_MIDDLE
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.planning import commands as c
from neuralbrain.arm.planning import locations as spots
from neuralbrain.arm.planning.references import AXES, Reference, one
from neuralbrain.arm.planning.symbols import supports
from neuralbrain.errors import InstructionError
from neuralbrain.messages import Location, Scene, SceneObject
from neuralbrain.planning.phrases import named

BESIDE = (0.08, 0.10, 0.12, 0.14, 0.16, 0.18)
"""Distances between centres that are tried, the best first, m."""
GAP = 0.055
"""What is next to something is so near to it at most, m."""
DIAGONALS = ((0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7))
"""The ways between the four directions, nearly of length 1."""
NEARER = 0.04
"""By so much something comes at least nearer, m."""
MIDDLE = 0.045
"""So far from the middle of the table is still in the middle, m."""

Point = tuple[float, float]


@dataclass(frozen=True)
class _Room:
    """What there is of free table for one object.

    Attributes:
        moved: The object.
        others: The scene without it.
        hand: What the body says of its hand.
    """

    moved: SceneObject
    others: Scene
    hand: ArmSchema

    def first(self, points: Iterable[Point], command: c.Command, within: bool = True) -> Location:
        """Return the first free of some spots.

        Args:
            points: Where, m; the best first.
            command: For the error.
            within: Whether only where objects are put as a rule; else anywhere in reach.

        Raises:
            InstructionError: None is free.
        """
        points = list(points)
        for room in (spots.AMPLE - 0.03, spots.ROOM - 0.01):  # rather where the hand comes near to nothing
            for point in points:
                if spots.is_free(self.others, point, self.hand, room, within=within):
                    return put_at(point, self.moved, "there")
        raise InstructionError(
            f"There is no free spot to {command}: something stands there, or it is out of my reach."
        )


def put_at(point: tuple[float, ...], obj: SceneObject, name: str, yaw: float = 0.0) -> Location:
    """Return the location of an object on the table at a point, m."""
    return Location(id=f"{name}_{obj.id}", position=(point[0], point[1], obj.size[2] / 2), yaw=yaw)


def location(
    command: "c.Put | c.Between | c.Aside | c.Shift | c.Turn",
    moved: SceneObject,
    scene: Scene,
    hand: ArmSchema,
    start: tuple[SceneObject, ...],
    leaving: frozenset[str] = frozenset(),
) -> Location:
    """Return where a command wants an object to be.

    Args:
        command: It.
        moved: The object.
        scene: What is where.
        hand: What the body says of its hand.
        start: Where everything was when the sentence was said.
        leaving: What is moved elsewhere at the same time.

    Raises:
        AmbiguityError: What it should be put to could be several objects.
        InstructionError: There is no room, or something that it names is not seen.
    """
    here = moved.position[:2]
    others = scene.model_copy(update={"objects": tuple(o for o in scene.objects if o.id != moved.id)})
    room = _Room(moved, others, hand)
    pushed = moved.category not in GRASPABLE
    if pushed and not isinstance(command, c.Shift):
        raise InstructionError(f"I cannot {command}: {named(moved)} can only be pushed, so far or to a zone.")
    match command:
        case c.Aside(middle=True):
            near = [(TABLE_MIDDLE[0] + dx, TABLE_MIDDLE[1] + dy) for dx, dy in _disc(MIDDLE)]
            return room.first(near, command)
        case c.Aside():
            free = spots.free_spots(scene, 1, hand)
            return room.first([spot.position[:2] for spot in free], command)
        case c.Turn(angle=angle):
            turned = put_at(here, moved, "turned", moved.yaw + angle)
            return turned.model_copy(update={"turned": True})
        case c.Shift(direction=way, distance=distance):
            to = (here[0] + AXES[way][0] * distance, here[1] + AXES[way][1] * distance)
            there = put_at(to, moved, "there") if pushed else room.first([to], command, within=False)
            return there.model_copy(update={"yaw": moved.yaw})
        case c.Between(first=first, second=second):
            a, b = (_anchor(ref, scene).position[:2] for ref in (first, second))
            return room.first(_between(a, b), command)
        case c.Put(relation="instead", target=target):
            return _instead(command, moved, _anchor(target, scene), scene, start, leaving)
        case c.Put(relation="closer", target=target):
            anchor = _anchor(target, scene).position[:2]
            apart = math.dist(anchor, here)
            angle = math.atan2(here[1] - anchor[1], here[0] - anchor[0])
            ring = [
                (anchor[0] + d * math.cos(angle + turn), anchor[1] + d * math.sin(angle + turn))
                for d in BESIDE
                if d <= apart - NEARER
                for turn in (0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5)
            ]
            if not ring:
                raise InstructionError(f"I cannot {command}: it is as near as I can put it.")
            return room.first(_rounded(ring), command, within=False)
        case c.Put(relation=side, target=target):
            ways = [AXES[side]] if side in AXES else [*AXES.values(), *DIAGONALS]
            other = _anchor(target, scene)
            anchor = other.position[:2]
            reach = (max(moved.size[:2]) + max(other.size[:2])) / 2
            far = (
                BESIDE
                if side in AXES or other.category == "drawer"
                else [d for d in BESIDE if d - reach <= GAP]
            )
            ring = [(anchor[0] + d * dx, anchor[1] + d * dy) for d in far for dx, dy in ways]
            if side in AXES:  # not quite in line is still on that side
                ahead = ways[0]
                ring += [
                    (anchor[0] + d * ahead[0] + aside * ahead[1], anchor[1] + d * ahead[1] + aside * ahead[0])
                    for aside in (0.03, -0.03, 0.06, -0.06)
                    for d in BESIDE
                ]
            return room.first(_rounded(ring), command, within=False)


def _instead(
    command: c.Command,
    moved: SceneObject,
    other: SceneObject,
    scene: Scene,
    start: tuple[SceneObject, ...],
    leaving: frozenset[str],
) -> Location:
    """Return where another object was when the sentence was said, if it is there no more."""
    before = next((obj for obj in start if obj.id == other.id), other)
    stays = other.id == moved.id or other.id not in leaving
    if stays and math.dist(before.position[:2], other.position[:2]) < max(moved.size[0], other.size[0]):
        above = [named(obj) for obj in scene.objects if supports(other, obj)]
        on_it = f", with {above[0]} on it" if above else ""
        raise InstructionError(
            f"I cannot {command}: {named(other)} stands there{on_it}. Say first where that should go."
        )
    return put_at(before.position, moved, "instead", before.yaw)


def _anchor(ref: Reference, scene: Scene) -> SceneObject:
    found = one(ref, scene)
    if found is None:
        raise InstructionError(f"I do not see {ref}.")
    return found


def _between(a: Point, b: Point) -> list[Point]:
    """Return points between two, the middle first."""
    middle, ahead = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), (b[0] - a[0], b[1] - a[1])
    length = math.hypot(*ahead) or 1.0
    across = (-ahead[1] / length, ahead[0] / length)
    return _rounded(
        (middle[0] + s * ahead[0] + aside * across[0], middle[1] + s * ahead[1] + aside * across[1])
        for aside in (0.0, 0.02, -0.02)
        for s in (0.0, 0.05, -0.05, 0.1, -0.1, 0.15, -0.15)
    )


def _disc(radius: float) -> list[Point]:
    """Return points of a disc, the middle first."""
    steps = [float(step) for step in np.arange(-4, 5) * radius / 4]
    disc = [(dx, dy) for dx in steps for dy in steps if math.hypot(dx, dy) <= radius]
    return sorted(disc, key=lambda point: (round(math.hypot(*point), 6), point))


def _rounded(points: Iterable[Point]) -> list[Point]:
    return [(round(x, 4), round(y, 4)) for x, y in points]
