"""The arena in PyBullet: floor, walls, objects and rover, built from what was drawn or from an anchor."""

import math
from collections.abc import Sequence
from typing import Any

from neuralbrain.envs.bullet import MOTION, Client, motion, set_motion
from neuralbrain.envs.rover.chassis import Chassis
from neuralbrain.envs.rover.datasheet import WHEELS
from neuralbrain.envs.rover.layout import HALF, ArenaObject
from neuralbrain.envs.rover.tasks import Setting
from neuralbrain.rover.catalogue import (
    COLORS,
    FLOOR,
    OBSTACLE,
    OBSTACLE_HEIGHT,
    PILLAR_HEIGHT,
    WALL,
    WALL_HEIGHT,
)

SUBSTEP = 1 / 240
"""Length of a physics substep, s."""
_BALL_MASS = 0.10
_ROLLING = 0.0025
"""Rolling friction of a ball, m: the floor is a carpet, on which a ball that was pushed soon lies still."""


class World:
    """One simulated arena; it has a PyBullet client of its own.

    Args:
        setting: What was drawn.
        floats: What `floats` returned in another world of the same setting; None for the start.
    """

    def __init__(self, setting: Setting, floats: Sequence[float] | None = None) -> None:
        self.bullet: Any = Client()
        bullet = self.bullet
        bullet.setTimeStep(SUBSTEP)
        bullet.setPhysicsEngineParameter(numSolverIterations=20, deterministicOverlappingPairs=1)
        bullet.setGravity(0.0, 0.0, -9.81)
        self.floor = _floor(bullet)
        _walls(bullet)
        self.bodies = {obj.name: _build(bullet, obj) for obj in setting.layout.objects}
        self._balls = [self.bodies[t.name] for t in setting.layout.objects if t.category == "ball"]
        left, right = setting.radii
        radii = (left * WHEELS.radius, right * WHEELS.radius)
        self.rover = Chassis(bullet, setting.layout.start, radii, setting.grip)
        if floats is not None:
            self._set_floats(list(floats))

    def advance(self, left: float, right: float, substeps: int) -> None:
        """Hold the wheels' speeds, rad/s, for some substeps."""
        self.rover.command(left, right)
        step = self.bullet.stepSimulation
        for _ in range(substeps):
            step()

    def floats(self) -> list[float]:
        """Return where all is that moves, and how fast: 17 values of the rover and 13 a ball."""
        values = self.rover.floats()
        for ball in self._balls:
            values += motion(self.bullet, ball)
        return values

    def _set_floats(self, values: list[float]) -> None:
        self.rover.set_floats(values[:17])
        for number, ball in enumerate(self._balls):
            set_motion(self.bullet, ball, values[17 + MOTION * number :])

    def place(self, name: str) -> tuple[float, float]:
        """Return where the middle of an object is in the world, x and y, m."""
        x, y, _ = self.bullet.getBasePositionAndOrientation(self.bodies[name])[0]
        return x, y

    def speed(self, name: str) -> float:
        """Return how fast an object moves, m/s."""
        return math.hypot(*self.bullet.getBaseVelocity(self.bodies[name])[0])

    def close(self) -> None:
        """Release the simulator."""
        self.bullet.close()


def _floor(bullet: Any) -> int:
    """Make a plane to roll on. It is drawn as a box: a plane's own mesh takes 7 ms to load."""
    look = bullet.createVisualShape(
        bullet.GEOM_BOX,
        halfExtents=(HALF, HALF, 0.005),
        rgbaColor=(*FLOOR, 1.0),
        specularColor=(0.0, 0.0, 0.0),
        visualFramePosition=(0.0, 0.0, -0.005),
    )
    plane = _fix(bullet, bullet.createCollisionShape(bullet.GEOM_PLANE), look)
    bullet.changeDynamics(plane, -1, lateralFriction=1.0, rollingFriction=0.0)
    return plane


def _walls(bullet: Any) -> None:
    thick, up, middle = 0.05, WALL_HEIGHT / 2, HALF + 0.05
    parts = [
        ((HALF + 2 * thick, thick, up), (0.0, middle, up)),
        ((HALF + 2 * thick, thick, up), (0.0, -middle, up)),
        ((thick, HALF, up), (middle, 0.0, up)),
        ((thick, HALF, up), (-middle, 0.0, up)),
    ]
    for half, centre in parts:
        shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half)
        look = bullet.createVisualShape(
            bullet.GEOM_BOX, halfExtents=half, rgbaColor=(*WALL, 1.0), specularColor=(0.0, 0.0, 0.0)
        )
        wall = _fix(bullet, shape, look, centre)
        bullet.changeDynamics(wall, -1, lateralFriction=0.5)


def _build(bullet: Any, obj: ArenaObject) -> int:
    """Make an object where it was drawn."""
    radius = obj.radius
    look: dict[str, Any] = {"specularColor": (0.0, 0.0, 0.0)}
    look["rgbaColor"] = (*(OBSTACLE if obj.category == "obstacle" else COLORS[obj.color]), 1.0)
    if obj.category == "ball":
        shape = bullet.createCollisionShape(bullet.GEOM_SPHERE, radius=radius)
        visual = bullet.createVisualShape(bullet.GEOM_SPHERE, radius=radius, **look)
        body = int(bullet.createMultiBody(_BALL_MASS, shape, visual, (obj.x, obj.y, radius)))
        bullet.changeDynamics(
            body, -1, lateralFriction=0.6, rollingFriction=_ROLLING, spinningFriction=_ROLLING
        )
        return body
    if obj.category == "pillar":
        high = PILLAR_HEIGHT
        shape = bullet.createCollisionShape(bullet.GEOM_CYLINDER, radius=radius, height=high)
        visual = bullet.createVisualShape(bullet.GEOM_CYLINDER, radius=radius, length=high, **look)
    else:
        high = OBSTACLE_HEIGHT
        half = (obj.sides[0] / 2, obj.sides[1] / 2, high / 2)
        shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half)
        visual = bullet.createVisualShape(bullet.GEOM_BOX, halfExtents=half, **look)
    turn = (0.0, 0.0, math.sin(obj.yaw / 2), math.cos(obj.yaw / 2))
    body = _fix(bullet, shape, visual, (obj.x, obj.y, high / 2), turn)
    bullet.changeDynamics(body, -1, lateralFriction=0.6)
    return body


def _fix(
    bullet: Any,
    shape: int,
    visual: int,
    place: tuple[float, ...] = (0.0, 0.0, 0.0),
    turn: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0),
) -> int:
    """Make a body that never moves: with its coordinates in full it costs less a step."""
    return int(
        bullet.createMultiBody(
            baseMass=0.0,
            baseCollisionShapeIndex=shape,
            baseVisualShapeIndex=visual,
            basePosition=place,
            baseOrientation=turn,
            useMaximalCoordinates=1,
        )
    )
