"""Builds the objects of the catalogue as PyBullet bodies: boxes and compounds of boxes."""

import math
from typing import Any

from neuralbrain.arm.catalogue import (
    COLORS,
    DRAWER_TRAVEL,
    HANDLE_BAR,
    HANDLE_GAP,
    HANDLE_HEIGHT,
    HANDLE_LENGTH,
    SHAPES,
    TRAY_LIFT,
    TRAY_SIDE,
)

Triple = tuple[float, float, float]
Part = tuple[Triple, Triple, float]
"""Half extents, centre, yaw of one box of a compound."""

GREY = (0.55, 0.55, 0.57, 1.0)


def build(
    bullet: Any, category: str, color: str, position: Triple, yaw: float, mass: float, friction: float
) -> int:
    """Make a body; its origin is the middle of its extent (a bowl's, zone's and drawer's: of its foot).

    Args:
        bullet: A PyBullet client.
        category: One of the catalogue's.
        color: One of the catalogue's.
        position: m.
        yaw: rad.
        mass: kg.
        friction: Coefficient against the fingers and the table.
    """
    rgba = (*COLORS[color], 1.0)
    turn = bullet.getQuaternionFromEuler((0.0, 0.0, yaw))
    size = SHAPES[category].size
    if category == "drawer":
        return _drawer(bullet, rgba, position, turn)
    if category == "zone":
        visual = bullet.createVisualShape(
            bullet.GEOM_BOX, halfExtents=[s / 2 for s in size], rgbaColor=rgba, specularColor=(0, 0, 0)
        )
        return int(bullet.createMultiBody(0, -1, visual, position, turn))
    if category == "bowl":
        shape, visual = _compound(bullet, bowl_parts(), rgba)
    else:
        shape, visual = _solid(bullet, category, size, rgba)
    body = bullet.createMultiBody(mass, shape, visual, position, turn)
    bullet.changeDynamics(body, -1, lateralFriction=friction)
    if category == "ball":
        bullet.changeDynamics(body, -1, rollingFriction=0.002)  # so that it comes to rest
    return int(body)


def _solid(bullet: Any, category: str, size: Triple, rgba: tuple[float, ...]) -> tuple[int, int]:
    """Make a single shape: a compound of one costs three times as much to simulate."""
    look = {"rgbaColor": rgba, "specularColor": (0.0, 0.0, 0.0)}
    if category == "cylinder":
        kind, radius = bullet.GEOM_CYLINDER, size[0] / 2
        return (
            bullet.createCollisionShape(kind, radius=radius, height=size[2]),
            bullet.createVisualShape(kind, radius=radius, length=size[2], **look),
        )
    if category == "ball":
        kind, radius = bullet.GEOM_SPHERE, size[0] / 2
        return (
            bullet.createCollisionShape(kind, radius=radius),
            bullet.createVisualShape(kind, radius=radius, **look),
        )
    half = [s / 2 for s in size]
    return (
        bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half),
        bullet.createVisualShape(bullet.GEOM_BOX, halfExtents=half, **look),
    )


def bowl_parts() -> list[Part]:
    """Return a bowl's boxes: a floor and eight walls, standing 3 mm off the floor's underside."""
    shape = SHAPES["bowl"]
    outer, height, wall = shape.size[0] / 2, shape.size[2], shape.wall
    parts: list[Part] = []
    inner = outer - wall / 2
    side = 2 * outer * math.tan(math.pi / 8)
    for k in range(8):
        angle = k * math.pi / 4
        centre = (inner * math.cos(angle), inner * math.sin(angle), height / 2 + 0.0015)
        parts.append(((wall / 2, side / 2, height / 2 - 0.0015), centre, angle))
    # The floor: an octagon as two crossed squares and, so that no corner is left open, a turned pair.
    half = outer - wall
    arm = half * math.tan(math.pi / 8)
    for angle in (0.0, math.pi / 4, math.pi / 2, 3 * math.pi / 4):
        parts.append(((half, arm, wall / 2), (0.0, 0.0, wall / 2), angle))
    return parts


def _compound(bullet: Any, parts: list[Part], rgba: tuple[float, ...]) -> tuple[int, int]:
    halves = [list(half) for half, _, _ in parts]
    centres = [list(centre) for _, centre, _ in parts]
    turns = [bullet.getQuaternionFromEuler((0.0, 0.0, angle)) for _, _, angle in parts]
    kinds = [bullet.GEOM_BOX] * len(parts)
    shape = bullet.createCollisionShapeArray(
        shapeTypes=kinds,
        halfExtents=halves,
        collisionFramePositions=centres,
        collisionFrameOrientations=turns,
    )
    visual = bullet.createVisualShapeArray(
        shapeTypes=kinds,
        halfExtents=halves,
        visualFramePositions=centres,
        visualFrameOrientations=turns,
        rgbaColors=[list(rgba)] * len(parts),
    )
    return int(shape), int(visual)


def _drawer(bullet: Any, rgba: tuple[float, ...], position: Triple, turn: Any) -> int:
    """Make a cabinet fixed to the table, open in front (its own +x), and a drawer with a bar as handle."""
    shape = SHAPES["drawer"]
    (x, y, z), wall = (s / 2 for s in shape.size), shape.wall
    cabinet: list[Part] = [
        ((x, wall / 2, z), (0.0, y - wall / 2, z), 0.0),
        ((x, wall / 2, z), (0.0, wall / 2 - y, z), 0.0),
        ((wall / 2, y, z), (wall / 2 - x, 0.0, z), 0.0),
        ((x, y, wall / 2), (0.0, 0.0, 2 * z - wall / 2), 0.0),
    ]
    base = _compound(bullet, cabinet, GREY)
    tray = _compound(bullet, tray_parts(), rgba)
    body = bullet.createMultiBody(
        baseMass=0,
        baseCollisionShapeIndex=base[0],
        baseVisualShapeIndex=base[1],
        basePosition=position,
        baseOrientation=turn,
        linkMasses=[0.3],
        linkCollisionShapeIndices=[tray[0]],
        linkVisualShapeIndices=[tray[1]],
        linkPositions=[[0.0, 0.0, 0.0]],
        linkOrientations=[[0.0, 0.0, 0.0, 1.0]],
        linkInertialFramePositions=[[0.0, 0.0, 0.02]],
        linkInertialFrameOrientations=[[0.0, 0.0, 0.0, 1.0]],
        linkParentIndices=[0],
        linkJointTypes=[bullet.JOINT_PRISMATIC],
        linkJointAxis=[[1.0, 0.0, 0.0]],
    )
    bullet.changeDynamics(body, 0, jointLowerLimit=0.0, jointUpperLimit=DRAWER_TRAVEL, lateralFriction=0.7)
    # Sliding friction: a motor that resists with at most so much force.
    bullet.setJointMotorControl2(body, 0, bullet.VELOCITY_CONTROL, targetVelocity=0.0, force=2.0)
    return int(body)


def tray_parts() -> list[Part]:
    """Return the boxes of a drawer's tray, closed: floor, three walls, front, and the bar on two posts."""
    shape = SHAPES["drawer"]
    (x, y, z), wall = (s / 2 for s in shape.size), shape.wall
    inner, lift, side = y - 2 * wall, TRAY_LIFT, TRAY_SIDE / 2
    front = x - wall / 2
    bar = front + wall / 2 + HANDLE_GAP + HANDLE_BAR / 2
    return [
        ((x - wall, inner, wall / 2), (0.0, 0.0, lift + wall / 2), 0.0),
        ((x - wall, wall / 2, side), (0.0, inner - wall / 2, lift + side), 0.0),
        ((x - wall, wall / 2, side), (0.0, wall / 2 - inner, lift + side), 0.0),
        ((wall / 2, inner, side), (2 * wall - x, 0.0, lift + side), 0.0),
        ((wall / 2, y - wall, z - wall), (front, 0.0, z - wall / 2), 0.0),
        ((HANDLE_BAR / 2, HANDLE_LENGTH / 2, HANDLE_BAR / 2), (bar, 0.0, HANDLE_HEIGHT), 0.0),
        *(
            (
                (HANDLE_GAP / 2, HANDLE_BAR / 2, HANDLE_BAR / 2),
                (bar - HANDLE_GAP / 2, s * (HANDLE_LENGTH - HANDLE_BAR) / 2, HANDLE_HEIGHT),
                0.0,
            )
            for s in (-1.0, 1.0)
        ),
    ]
