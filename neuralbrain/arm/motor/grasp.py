"""How to hold an object, and how to set one down, so that the fingers fit between its neighbours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, hypot, pi

import numpy as np

from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.obstacles import Box, room
from neuralbrain.errors import PlanError

OPENINGS = (1.0, 0.9, 0.8, 0.7, 0.625)
"""How far the fingers are tried to be opened, shares of the widest, that first."""
SPREAD = 0.009
"""The fingers open at least so much wider than what comes between them, m."""
AMPLE = 0.008
"""Room around the fingers beyond which more is no better, m."""
_WIDE = 0.03
"""Room that a free spot of the table has, m."""


@dataclass(frozen=True)
class Grip:
    """Where and how the gripper goes.

    Attributes:
        x: The point between the finger tips, m.
        y: m.
        z: m.
        yaw: Of the tool, rad.
        opening: Between the fingers before they close or after they let go, m.
        room: How far the gripper then stays from everything, m; negative: it hits something.
    """

    x: float
    y: float
    z: float
    yaw: float
    opening: float
    room: float


def wrist_yaw(x: float, y: float, yaw: float) -> float:
    """Return the equal of a grasp's yaw (half a turn changes nothing) nearest to straight ahead.

    Straight ahead is the direction from the arm's base, where the last joint is in the middle of its range.
    """
    ahead = atan2(y, x)
    return ahead + (yaw - ahead + pi / 2) % pi - pi / 2


def grasp_yaws(category: str, yaw: float) -> list[float]:
    """Return the yaws, rad, in which an object can be held: across either pair of sides, or round about."""
    if category in ("cylinder", "ball"):
        return [k * pi / 8 for k in range(8)]
    return [yaw, yaw + pi / 2]


def openings(hand: ArmSchema) -> list[float]:
    """Return the distances between the open fingers that are tried, m, widest first."""
    return [round(share * hand.gripper_width, 4) for share in OPENINGS]


def best_grip(
    spots: Iterable[tuple[float, float]],
    z: float,
    yaws: Sequence[float],
    width: float,
    walls: Sequence[Box],
    hand: ArmSchema,
    carried: float = 0.0,
) -> Grip:
    """Choose the spot, yaw and opening with the most room; among those with ample room, the first spot.

    Args:
        spots: x and y of the point between the finger tips, m; the best liked first.
        z: Its height, m.
        yaws: Of the tool, rad.
        width: Of the object between the fingers, m.
        walls: What the gripper must not touch.
        hand: What the body says of its hand.
        carried: Half the width of a carried object that must not touch them either, m; 0: nothing is carried.

    Raises:
        PlanError: It is too wide for the gripper.
    """
    best: Grip | None = None
    tried = openings(hand)
    liked = (-np.inf, 0.0)
    for x, y in spots:
        for yaw in yaws:
            turned = wrist_yaw(x, y, yaw)
            for opening in tried:
                if opening < width + SPREAD:
                    continue
                space = room(x, y, z, turned, opening, walls, hand, carried)
                # With ample room, open wide: it forgives an error of the eye. Else the most room wins.
                score = (min(space, AMPLE), opening)
                if score > liked:
                    best, liked = Grip(x, y, z, turned, opening, space), score
        if best is not None and best.room >= AMPLE and best.opening >= tried[2]:
            break
    if best is None:
        raise PlanError(f"nothing {width:.3f} m wide fits between the fingers")
    return best


def free_spot(
    near: tuple[float, float], z: float, yaw: float, width: float, walls: Sequence[Box], hand: ArmSchema
) -> tuple[float, float] | None:
    """Return the spot nearest to a point of the table where an object can be put down with room, or None.

    Args:
        near: x and y, m.
        z: Of the point between the finger tips, m.
        yaw: Of the tool, rad.
        width: Of the object, m.
        walls: What must not be touched.
        hand: What the body says of its hand.
    """
    grid = [
        (x, y) for x in np.arange(0.36, 0.65, 0.03).tolist() for y in np.arange(-0.28, 0.29, 0.04).tolist()
    ]
    for x, y in sorted(grid, key=lambda spot: hypot(spot[0] - near[0], spot[1] - near[1])):
        if room(x, y, z, wrist_yaw(x, y, yaw), hand.gripper_width, walls, hand, width) > _WIDE:
            return x, y
    return None
