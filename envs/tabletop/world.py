"""The tabletop in PyBullet: table, arm and things, built from a layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from neuralbrain.body import Floats
from neuralbrain.envs.tabletop.bullet import Client
from neuralbrain.envs.tabletop.panda import Panda
from neuralbrain.envs.tabletop.shapes import build

SUBSTEP = 1 / 240
"""Length of a physics substep, s."""
TABLE = (0.9, 1.4, 0.04)
"""Extent of the table's top, m; its surface is z = 0."""
TABLE_CENTRE = (0.40, 0.0)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing on the table, at the start.

    Attributes:
        name: Like "red_block"; unique in a world.
        category: One of the catalogue's.
        color: One of the catalogue's.
        position: Middle of its extent (a bowl, zone, drawer: of its foot), m.
        yaw: rad.
        mass: kg; 0 is fixed.
        friction: Coefficient.
    """

    name: str
    category: str
    color: str
    position: tuple[float, float, float]
    yaw: float
    mass: float
    friction: float


class World:
    """One simulated table; it has a PyBullet client of its own.

    Args:
        things: What lies on it.
        substep: Length of a physics substep, s.
    """

    def __init__(self, things: Sequence[Thing], substep: float = SUBSTEP) -> None:
        self.bullet: Any = Client()
        bullet = self.bullet
        bullet.setTimeStep(substep)
        bullet.setPhysicsEngineParameter(numSolverIterations=50, deterministicOverlappingPairs=1)
        bullet.setGravity(0.0, 0.0, -9.81)
        half = [s / 2 for s in TABLE]
        shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half)
        visual = bullet.createVisualShape(
            bullet.GEOM_BOX, halfExtents=half, rgbaColor=(0.62, 0.60, 0.58, 1.0), specularColor=(0, 0, 0)
        )
        self.table = bullet.createMultiBody(0, shape, visual, (*TABLE_CENTRE, -half[2]))
        bullet.changeDynamics(self.table, -1, lateralFriction=0.7)
        self.panda = Panda(bullet)
        self.bodies = {
            thing.name: build(
                bullet, thing.category, thing.color, thing.position, thing.yaw, thing.mass, thing.friction
            )
            for thing in things
        }

    def run(self, joints: Floats, width: float, force: float, substeps: int) -> None:
        """Hold servo targets for some substeps; see `Panda.command`."""
        self.panda.command(joints, width, force)
        step = self.bullet.stepSimulation
        for _ in range(substeps):
            step()

    def motions(self) -> list[float]:
        """Return 13 values a thing: position, m, quaternion (x, y, z, w), velocity, m/s, spin, rad/s."""
        bullet = self.bullet
        values: list[float] = []
        for body in self.bodies.values():
            position, turn = bullet.getBasePositionAndOrientation(body)
            velocity, spin = bullet.getBaseVelocity(body)
            values += (*position, *turn, *velocity, *spin)
        return values

    def close(self) -> None:
        """Release the simulator."""
        self.bullet.close()
