"""Choosing where on the table to put objects: free spots, rows and pyramids.

All three are one search: a pattern of points is moved over the workspace, and the spot wins where the
pattern disturbs the least and keeps the most room.
"""

import math
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.catalogue import CENTER, GRASPABLE, SHAPES
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.grasp import best_grip
from neuralbrain.arm.motor.obstacles import Box, obstacles
from neuralbrain.arm.planning.symbols import footprint
from neuralbrain.errors import PlanError
from neuralbrain.messages import Location, Scene, SceneObject

WORKSPACE = ((0.36, 0.64), (-0.30, 0.30))
"""Where objects are put: x and y, m. Within the reach of the arm from above, away from the table's edge."""
STEP = 0.02
"""Spacing of the spots that are tried, m."""
MARGIN = 0.06
"""So far beyond that objects are still put if a person says just where, m."""
ROOM = 0.045
"""Least distance from the centre of a spot to the edge of anything, m: half a block and a finger."""
AMPLE = 0.09
"""Room beyond which more is no better, m."""
ROW_SPACING = 0.08
PAIR_SPACING = 0.048
"""Between the centres of a row's blocks, and of the two that support a pyramid's third, m."""

_EDGE = SHAPES["block"].size[2]
_ACROSS = math.pi / 2
"""Yaw of what stands in a row along y: the fingers close along its own y axis, so not on neighbours."""


def free_spots(
    scene: Scene, count: int, hand: ArmSchema, taken: Iterable[Location] = ()
) -> tuple[Location, ...]:
    """Find free spots on the table for one block each.

    Args:
        scene: What is where.
        count: How many are wanted.
        hand: What the body says of its hand.
        taken: Places to keep free as well.

    Returns:
        As many as there are, up to ``count``: "free_1", "free_2", ...
    """
    spots: list[Location] = []
    reserved = [location.position[:2] for location in taken]
    while len(spots) < count:
        found = _choose(scene, [(0.0, 0.0)], hand, movable=(), reserved=reserved)
        if found is None:
            break
        spots.append(Location(id=f"free_{len(spots) + 1}", position=(*found[0], _EDGE / 2)))
        reserved.append(found[0])
    return tuple(spots)


def raised_to(location: Location, obj: SceneObject | None) -> Location:
    """Return a free spot at the height of what is put there."""
    x, y, z = location.position
    return location.model_copy(update={"position": (x, y, obj.size[2] / 2 if obj else z)})


def row(scene: Scene, count: int, hand: ArmSchema) -> tuple[Location, ...]:
    """Find locations for a row from the viewer's left (-y) to the right: "row_1", "row_2", ...

    Raises:
        PlanError: There is no room.
    """
    offsets = [(0.0, ROW_SPACING * (i - (count - 1) / 2)) for i in range(count)]
    spots = _found(scene, offsets, hand, f"a row of {count}")
    return tuple(
        Location(id=f"row_{i}", position=(*spot, _EDGE / 2), yaw=_ACROSS)
        for i, spot in enumerate(spots, start=1)
    )


def pyramid(scene: Scene, hand: ArmSchema) -> tuple[Location, Location, Location]:
    """Find locations for a pyramid: "base_left" (+y), "base_right" and "apex".

    Raises:
        PlanError: There is no room.
    """
    left, right = _found(scene, [(0.0, PAIR_SPACING / 2), (0.0, -PAIR_SPACING / 2)], hand, "a pyramid")
    apex = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2, 1.5 * _EDGE)
    return (
        Location(id="base_left", position=(*left, _EDGE / 2), yaw=_ACROSS),
        Location(id="base_right", position=(*right, _EDGE / 2), yaw=_ACROSS),
        Location(id="apex", position=apex, yaw=_ACROSS),
    )


def is_free(
    scene: Scene, point: tuple[float, float], hand: ArmSchema, room: float, *, within: bool = True
) -> bool:
    """Whether a block can be put on the table at a point, and the hand has room.

    Args:
        scene: What is where, without what should be put there.
        point: x and y, m.
        hand: What the body says of its hand.
        room: Least distance from the point to the edge of anything, m.
        within: Whether only where objects are put as a rule; else up to `MARGIN` beyond.
    """
    spare = _room(scene, np.array([point]), movable=())[0] >= room
    return (
        bool(spare) and _within(point, STEP if within else MARGIN) and _fits([point], obstacles(scene), hand)
    )


def viewpoints(scene: Scene) -> tuple[Location, ...]:
    """Return spots over which to look down with the wrist, those next to what hides the most first."""
    tall = [obj for obj in scene.objects if obj.category in ("box", "drawer", "bowl")]
    spots = [(x, y) for x in (0.42, 0.58) for y in (-0.22, 0.0, 0.22)]

    def hidden(spot: tuple[float, float]) -> tuple[float, float, float]:
        gaps = [math.dist(spot, obj.position[:2]) / (obj.size[2] + 0.01) for obj in tall]
        return (min(gaps, default=0.0), *spot)

    return tuple(
        Location(id=f"viewpoint_{i}", position=(*spot, _EDGE / 2))
        for i, spot in enumerate(sorted(spots, key=hidden), start=1)
    )


def _found(
    scene: Scene, offsets: Sequence[tuple[float, float]], hand: ArmSchema, what: str
) -> list[tuple[float, float]]:
    zones = [obj.id for obj in scene.objects if obj.category == "zone"]
    movable = [obj.id for obj in scene.objects if obj.category in GRASPABLE]
    for yielding in ((), zones, [*zones, *movable]):  # rather where nothing must give way
        spots = _choose(scene, offsets, hand, movable=yielding, reserved=())
        if spots is not None:
            return spots
    raise PlanError(f"There is no room on the table for {what}: clear a part of it.")


def _choose(
    scene: Scene,
    offsets: Sequence[tuple[float, float]],
    hand: ArmSchema,
    movable: Collection[str],
    reserved: Sequence[tuple[float, float]],
) -> list[tuple[float, float]] | None:
    (x_low, x_high), (y_low, y_high) = WORKSPACE
    xs = np.arange(round((x_high - x_low) / STEP) + 1) * STEP + x_low
    ys = np.arange(round((y_high - y_low) / STEP) + 1) * STEP + y_low
    centers = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1).reshape(-1, 2)
    room = np.full(len(centers), AMPLE)
    for offset in offsets:
        points = centers + np.array(offset)
        room = np.minimum(room, _room(scene, points, movable))
        for spot in reserved:
            gap = np.hypot(*(points - np.array(spot)).T) - _EDGE
            room = np.minimum(room, gap)
        outside = (points < [x_low, y_low]) | (points > [x_high, y_high])
        room[outside.any(axis=1)] = 0.0
    far = np.hypot(*(centers - np.array(CENTER)).T)
    if room.max() < ROOM:
        return None
    ranked = sorted(
        (i for i in range(len(centers)) if round(float(room[i]), 3) >= ROOM),
        key=lambda i: (-round(float(room[i]), 3), round(float(far[i]), 3), i),
    )
    walls = obstacles(scene, ignore=movable)
    for x, y in centers[ranked].tolist():
        spots = [(round(x + dx, 4), round(y + dy, 4)) for dx, dy in offsets]
        if _fits(spots, walls, hand):
            return spots
    return None


def _fits(spots: Sequence[tuple[float, float]], walls: Sequence[Box], hand: ArmSchema) -> bool:
    """Whether the hand can put down a block at each spot, also when there is one at all the others.

    The hand is wider than the room of a spot, and hits what is tall.
    """
    blocks = [Box(x, y, 0.0, (_EDGE / 2, _EDGE / 2), _EDGE) for x, y in spots]
    around = ([*walls, *blocks[:i], *blocks[i + 1 :]] for i in range(len(blocks)))
    return all(
        best_grip([spot], _EDGE / 2, (0.0, _ACROSS), _EDGE, others, hand).room >= 0
        for spot, others in zip(spots, around, strict=True)
    )


def _room(scene: Scene, points: NDArray[np.float64], movable: Collection[str]) -> NDArray[np.float64]:
    room = np.full(len(points), AMPLE)
    for obj in scene.objects:
        if obj.id not in movable:
            room = np.minimum(room, footprint(obj, points))
    return room


def _within(point: tuple[float, float], margin: float) -> bool:
    (x_low, x_high), (y_low, y_high) = WORKSPACE
    return x_low - margin <= point[0] <= x_high + margin and y_low - margin <= point[1] <= y_high + margin
