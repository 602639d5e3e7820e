"""The rover's mechanics, built from primitives.

A round chassis, two driven wheels on an axle through its middle, a ball caster behind, and two prongs in
front that cradle a ball. All positions here are in the rover's own frame (x forward, y left, z up, origin
between the wheels on the floor), in m, unless it says otherwise.
"""

import math
from typing import Any

from neuralbrain.envs.bullet import motion, set_motion
from neuralbrain.envs.rover.datasheet import HULL, WHEELS

Triple = tuple[float, float, float]

GROUP = 64
"""The rover's collision group, so that its own beams can pass through it."""
_MASS, _WHEEL_MASS = 1.2, 0.05
"""kg."""
_MIDDLE: Triple = (-0.02, 0.0, 0.045)
"""The chassis's centre of mass: behind the axle, so that braking does not tip it onto its nose."""
_CHASSIS_FRICTION = 0.1
"""Polished: it slides along walls, and a ball turns freely between the prongs."""
_DARK, _LIGHT = (0.20, 0.21, 0.24, 1.0), (0.90, 0.90, 0.92, 1.0)


class Chassis:
    """The rover's body in a simulator.

    Args:
        bullet: The world's client.
        place: Where its origin is in the world: x, y, m, and its heading, rad.
        radii: The true radii of the left and the right wheel, m.
        grip: Friction coefficient of the tyres.
    """

    def __init__(self, bullet: Any, place: Triple, radii: tuple[float, float], grip: float) -> None:
        self._bullet = bullet
        x, y, heading = place
        c, s = math.cos(heading), math.sin(heading)
        shape, visual = _hull(bullet)
        wheels = [_wheel(bullet, radius) for radius in radii]
        self.id = int(
            bullet.createMultiBody(
                baseMass=_MASS,
                baseCollisionShapeIndex=shape,
                baseVisualShapeIndex=visual,
                basePosition=(x + c * _MIDDLE[0], y + s * _MIDDLE[0], _MIDDLE[2]),
                baseOrientation=(0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)),
                linkMasses=[_WHEEL_MASS] * 2,
                linkCollisionShapeIndices=[collision for collision, _ in wheels],
                linkVisualShapeIndices=[look for _, look in wheels],
                linkPositions=[
                    _from_middle((0.0, side * WHEELS.axle / 2, radius))
                    for side, radius in zip((1.0, -1.0), radii, strict=True)
                ],
                linkOrientations=[(0.0, 0.0, 0.0, 1.0)] * 2,
                linkInertialFramePositions=[(0.0, 0.0, 0.0)] * 2,
                linkInertialFrameOrientations=[(0.0, 0.0, 0.0, 1.0)] * 2,
                linkParentIndices=[0, 0],
                linkJointTypes=[bullet.JOINT_REVOLUTE] * 2,
                linkJointAxis=[(0.0, 1.0, 0.0)] * 2,
            )
        )
        bullet.changeDynamics(self.id, -1, lateralFriction=_CHASSIS_FRICTION)
        for link in (-1, 0, 1):
            bullet.setCollisionFilterGroupMask(self.id, link, GROUP, -1)
        for link in (0, 1):
            bullet.changeDynamics(self.id, link, lateralFriction=grip)
        self.command(0.0, 0.0)

    def command(self, left: float, right: float) -> None:
        """Set what the motors hold, rad/s, with their torque at most."""
        self._bullet.setJointMotorControlArray(
            self.id,
            (0, 1),
            self._bullet.VELOCITY_CONTROL,
            targetVelocities=(left, right),
            forces=(WHEELS.torque, WHEELS.torque),
        )

    def wheels(self) -> tuple[float, float, float, float]:
        """Return the angles of the left and the right wheel, rad, and their speeds, rad/s."""
        left, right = self._bullet.getJointStates(self.id, (0, 1))
        return left[0], right[0], left[1], right[1]

    def frame(self) -> tuple[Triple, tuple[float, ...]]:
        """Return where the rover's frame is in the world: origin, m, and rotation, row by row."""
        bullet = self._bullet
        (x, y, z), turn = bullet.getBasePositionAndOrientation(self.id)
        r = bullet.getMatrixFromQuaternion(turn)
        dx, dy, dz = turned(r, _MIDDLE)
        return (x - dx, y - dy, z - dz), r

    def floats(self) -> list[float]:
        """Return its 17 degrees of motion, for `set_floats`."""
        return [*motion(self._bullet, self.id), *self.wheels()]

    def set_floats(self, values: list[float]) -> None:
        """Put it where `floats` said it was."""
        set_motion(self._bullet, self.id, values)
        for link in (0, 1):
            self._bullet.resetJointState(self.id, link, values[13 + link], values[15 + link])


def turned(r: tuple[float, ...], v: Triple) -> Triple:
    """Return a vector turned by a rotation matrix, given row by row."""
    return (
        r[0] * v[0] + r[1] * v[1] + r[2] * v[2],
        r[3] * v[0] + r[4] * v[1] + r[5] * v[2],
        r[6] * v[0] + r[7] * v[1] + r[8] * v[2],
    )


def _from_middle(point: Triple) -> Triple:
    return point[0] - _MIDDLE[0], point[1] - _MIDDLE[1], point[2] - _MIDDLE[2]


def _hull(bullet: Any) -> tuple[int, int]:
    """Make all that is rigid: drum, caster, prongs; and, to be seen only, a mast with the camera."""
    tip, inner = HULL.prong_ahead, HULL.prong_aside
    prong = (0.04, 0.006, 0.012)
    prongs = [(tip - prong[0], side * (inner + prong[1]), 0.060) for side in (1.0, -1.0)]
    caster = 0.018
    shape = bullet.createCollisionShapeArray(
        shapeTypes=[bullet.GEOM_CYLINDER, bullet.GEOM_SPHERE, bullet.GEOM_BOX, bullet.GEOM_BOX],
        radii=[HULL.radius, caster, 0.0, 0.0],
        lengths=[0.06, 0.0, 0.0, 0.0],
        halfExtents=[(0.0, 0.0, 0.0), (0.0, 0.0, 0.0), prong, prong],
        collisionFramePositions=[
            _from_middle(point) for point in ((0.0, 0.0, 0.055), (-0.075, 0.0, caster), *prongs)
        ],
    )
    mast = (0.012, 0.02, 0.05)
    visual = bullet.createVisualShapeArray(
        shapeTypes=[bullet.GEOM_CYLINDER, *[bullet.GEOM_BOX] * 3],
        radii=[HULL.radius, 0.0, 0.0, 0.0],
        lengths=[0.06, 0.0, 0.0, 0.0],
        halfExtents=[(0.0, 0.0, 0.0), prong, prong, mast],
        rgbaColors=[_DARK, _LIGHT, _LIGHT, _LIGHT],
        visualFramePositions=[
            _from_middle(point) for point in ((0.0, 0.0, 0.055), *prongs, (0.06, 0.0, 0.135))
        ],
    )
    return int(shape), int(visual)


def _wheel(bullet: Any, radius: float) -> tuple[int, int]:
    """Make a wheel; its tread is round, so that it touches the floor in one point: a sphere to Bullet."""
    shape = bullet.createCollisionShape(bullet.GEOM_SPHERE, radius=radius)
    visual = bullet.createVisualShape(
        bullet.GEOM_CYLINDER,
        radius=radius,
        length=0.02,
        rgbaColor=_DARK,
        specularColor=(0.0, 0.0, 0.0),
        visualFrameOrientation=(math.sin(math.pi / 4), 0.0, 0.0, math.cos(math.pi / 4)),
    )
    return int(shape), int(visual)
