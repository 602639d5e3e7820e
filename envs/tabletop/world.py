"""The tabletop in PyBullet: table, arm and objects, built from a layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from neuralbrain.arm.catalogue import TABLE_MIDDLE
from neuralbrain.envs.bullet import MOTION, Client, motion, set_motion
from neuralbrain.envs.tabletop.panda import Panda
from neuralbrain.envs.tabletop.shapes import build

SUBSTEP = 1 / 240
"""Length of a physics substep, s."""
TABLE = (0.9, 1.4, 0.04)
"""Extent of the table's top, m; its surface is z = 0."""
TABLE_CENTRE = TABLE_MIDDLE


@dataclass(frozen=True, kw_only=True)
class TableObject:
    """One object on the table, at the start.

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
        objects: What lies on it.
        substep: Length of a physics substep, s.
    """

    def __init__(self, objects: Sequence[TableObject], substep: float = SUBSTEP) -> None:
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
        self._objects = tuple(objects)
        self.bodies = {
            obj.name: build(bullet, obj.category, obj.color, obj.position, obj.yaw, obj.mass, obj.friction)
            for obj in objects
        }

    def advance(self, joints: Sequence[float], width: float, force: float, substeps: int) -> None:
        """Hold servo targets for some substeps; see `Panda.command`."""
        self.panda.command(joints, width, force)
        step = self.bullet.stepSimulation
        for _ in range(substeps):
            step()

    def motions(self) -> list[float]:
        """Return the 13 values of each object: see `neuralbrain.envs.bullet.motion`."""
        values: list[float] = []
        for body in self.bodies.values():
            values += motion(self.bullet, body)
        return values

    def floats(self) -> list[float]:
        """Return what tells this world from one that was just built; `put` takes it.

        Positions and velocities of the arm's nine joints; `motions`; of each drawer how far it is out, m, and
        how fast, m/s. Targets of the servos are not among them: each tick begins with new ones.
        """
        reading = self.panda.read()
        drawers = [self.bullet.getJointState(body, 0)[:2] for body in self._drawers()]
        return [*reading.positions, *reading.velocities, *self.motions(), *chain(*drawers)]

    def put(self, floats: Sequence[float]) -> None:
        """Put everything where it was, moving as it did; only for a world that was just built.

        Contacts are no part of it: the next substep finds them, without what the solver knew of them. So two
        worlds that were built and put alike go on alike to the last bit, but not quite like the one that was
        asked for its ``floats``.
        """
        bullet, rest = self.bullet, iter(floats)
        self.panda.put(list(islice(rest, 9)), list(islice(rest, 9)))
        for obj in self._objects:
            own = list(islice(rest, MOTION))
            if obj.mass > 0:
                set_motion(bullet, self.bodies[obj.name], own)
        for body in self._drawers():
            bullet.resetJointState(body, 0, next(rest), next(rest))

    def _drawers(self) -> list[int]:
        return [self.bodies[obj.name] for obj in self._objects if obj.category == "drawer"]

    def close(self) -> None:
        """Release the simulator."""
        self.bullet.close()
