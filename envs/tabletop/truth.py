"""Simulator truth, as judges see it. No region ever does."""

import math

import numpy as np

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.body import Floats
from neuralbrain.envs.tabletop.moment import FEET, TABLE, Moment, Piece
from neuralbrain.envs.tabletop.panda import FINGERS
from neuralbrain.envs.tabletop.world import TableObject, World
from neuralbrain.portable import length

TOUCHING = 0.001
"""Two bodies that are no farther apart than this touch, m."""
UPWARD = 0.2
"""A contact carries what lies above it if its normal points up at least so much: the vertical part of a unit
vector. A block that leans in a bowl is carried by contacts that are not quite upright."""
CLOSE = 0.025
"""How near to its place an object must lie, m."""


class Truth:
    """What is where, really.

    Args:
        world: The world.
        objects: What was laid; where it was laid is the start.
    """

    def __init__(self, world: World, objects: tuple[TableObject, ...]) -> None:
        self.objects = {obj.name: obj for obj in objects}
        self.adopt(world)

    def adopt(self, world: World) -> None:
        """Look at this world from now on: the same table, built again."""
        self._world, self._bullet = world, world.bullet

    def position(self, name: str) -> Floats:
        """Return where the middle (a bowl's, zone's, drawer's: the foot) of an object is, m."""
        return np.array(self._bullet.getBasePositionAndOrientation(self._world.bodies[name])[0])

    def moment(self, seconds: float) -> Moment:
        """Return all that is true now, as plain data.

        In a world that was just built nothing touches anything before its first tick.

        Args:
            seconds: What time it is, simulated, s.
        """
        names = {number: name for name, number in self._world.bodies.items()} | {self._world.table: TABLE}
        rests: set[tuple[str, str]] = set()
        touched: dict[str, set[int]] = {}
        for _, one, other, link, other_link, _, _, normal, distance, *_ in self._bullet.getContactPoints():
            if distance > TOUCHING:
                continue
            for body, beside, its_link in ((one, other, link), (other, one, other_link)):
                if body == self._world.panda.id and its_link in FINGERS and beside in names:
                    touched.setdefault(names[beside], set()).add(its_link)
            if one in names and other in names and abs(normal[2]) > UPWARD:  # the normal points at the first
                rests.add((names[one], names[other]) if normal[2] > 0 else (names[other], names[one]))
        return Moment(
            seconds=seconds,
            pieces=self.pieces(),
            rests=frozenset(rests),
            gripped=frozenset(name for name, links in touched.items() if len(links) == len(FINGERS)),
            tool=self._world.panda.read().tool,
        )

    def pieces(self) -> dict[str, Piece]:
        """Return every object as it is now, by its name."""
        return {
            name: Piece(
                category=obj.category,
                color=obj.color,
                position=tuple(self.position(name).tolist()),
                yaw=self.yaw(name),
                extension=self.extension(name) if obj.category == "drawer" else 0.0,
            )
            for name, obj in self.objects.items()
        }

    def height(self, name: str) -> float:
        """Return how high that is, m."""
        return float(self._bullet.getBasePositionAndOrientation(self._world.bodies[name])[0][2])

    def start(self, name: str) -> Floats:
        """Return where it was laid, m."""
        return np.array(self.objects[name].position)

    def yaw(self, name: str) -> float:
        """Return how it is turned about the vertical, rad."""
        turn = self._bullet.getBasePositionAndOrientation(self._world.bodies[name])[1]
        return float(self._bullet.getEulerFromQuaternion(turn)[2])

    def extension(self, drawer: str) -> float:
        """Return how far a drawer is out, m."""
        return float(self._bullet.getJointState(self._world.bodies[drawer], 0)[0])

    def free(self, name: str) -> bool:
        """Say whether it lies still and the arm does not touch it."""
        body = self._world.bodies[name]
        velocity = self._bullet.getBaseVelocity(body)[0]
        touched = self._bullet.getContactPoints(self._world.panda.id, body)
        return not touched and math.hypot(*velocity) < 0.02

    def on(self, upper: str, lower: str) -> bool:
        """Say whether one object stands on another."""
        above = self.position(upper) - self.position(lower)
        height = (self._height(upper) + self._height(lower)) / 2
        return self.free(upper) and math.hypot(*above[:2]) < 0.02 and abs(above[2] - height) < 0.008

    def on_table(self, name: str) -> bool:
        """Say whether an object stands on the table itself."""
        category = self.objects[name].category
        half = 0.0 if category in FEET else self._height(name) / 2
        return self.free(name) and abs(self.height(name) - half) < 0.008

    def in_bowl(self, name: str, bowl: str) -> bool:
        """Say whether an object lies in a bowl, below its rim."""
        apart = self.position(name) - self.position(bowl)
        size = SHAPES["bowl"].size
        return (
            self.free(name)
            and math.hypot(*apart[:2]) < size[0] / 2 - 0.015
            and 0 < apart[2] < size[2] + 0.005
        )

    def in_drawer(self, name: str, drawer: str) -> bool:
        """Say whether an object lies in a drawer's tray, wherever that is."""
        apart = self._seen_from(drawer, self.position(name))
        size = SHAPES["drawer"].size
        out = self.extension(drawer)
        return (
            abs(apart[0] - out) < size[0] / 2
            and abs(apart[1]) < size[1] / 2
            and 0.0 < apart[2] < size[2]
            and self.free(name)
        )

    def closed(self, drawer: str) -> bool:
        """Say whether a drawer is closed."""
        return self.extension(drawer) < 0.015

    def in_zone(self, name: str, zone: str) -> bool:
        """Say whether an object's middle lies over a zone, 2 cm inside its edge, on the table."""
        apart = self._seen_from(zone, self.position(name))
        half = SHAPES["zone"].size[0] / 2 - 0.02
        return self.free(name) and bool(max(abs(apart[:2])) < half and apart[2] < self._height(name))

    def at(self, name: str, spot: Floats, close: float = CLOSE) -> bool:
        """Say whether an object lies at a spot; all three coordinates count."""
        return self.free(name) and length(self.position(name) - spot) < close

    def _height(self, name: str) -> float:
        return SHAPES[self.objects[name].category].size[2]

    def _seen_from(self, name: str, point: Floats) -> Floats:
        apart, yaw = point - self.position(name), self.yaw(name)
        c, s = math.cos(yaw), math.sin(yaw)
        return np.array([c * apart[0] + s * apart[1], c * apart[1] - s * apart[0], apart[2]])
