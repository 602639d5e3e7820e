"""What the rover senses: encoders, gyro, bumper, range sensors, and a light barrier between its prongs."""

import math

import numpy as np

from neuralbrain.envs.rover.chassis import GROUP, Triple, turned
from neuralbrain.envs.rover.datasheet import (
    BUMPER_FORCE,
    BUMPERS,
    CRADLE,
    GYRO_ERROR,
    HULL,
    RANGERS,
)
from neuralbrain.envs.rover.world import World
from neuralbrain.rover.body import RoverState

_ALL_BUT_ROVER = 0xFFFF & ~GROUP
_BEAMS = [(math.cos(bearing), math.sin(bearing)) for bearing in RANGERS.bearings]


def sense(world: World, rng: np.random.Generator) -> RoverState:
    """Return what the rover senses now.

    Args:
        world: Where it is.
        rng: Draws the errors.
    """
    bullet, rover = world.bullet, world.rover
    errors = rng.uniform(-1.0, 1.0, 1 + len(_BEAMS)).tolist()
    angles, speeds = (wheels := rover.wheels())[:2], wheels[2:]
    (x, y, z), turn = rover.frame()
    spin = bullet.getBaseVelocity(rover.id)[1]
    starts: list[Triple] = []
    ends: list[Triple] = []
    for c, s in _BEAMS:
        for bag, reach in ((starts, 0.0), (ends, RANGERS.far)):
            dx, dy, dz = turned(turn, (reach * c, reach * s, RANGERS.up))
            bag.append((x + dx, y + dy, z + dz))
    for bag, side in ((starts, 1.0), (ends, -1.0)):
        dx, dy, dz = turned(turn, (CRADLE[0], side * HULL.prong_aside, CRADLE[1]))
        bag.append((x + dx, y + dy, z + dz))
    *hits, barrier = bullet.rayTestBatch(starts, ends, collisionFilterMask=_ALL_BUT_ROVER)
    ranges = [
        min(max(RANGERS.far * hit[2] + RANGERS.error * error, RANGERS.near), RANGERS.far)
        if hit[0] >= 0
        else RANGERS.far
        for hit, error in zip(hits, errors[1:], strict=True)
    ]
    return RoverState(
        wheel_angles=np.array(angles),
        wheel_speeds=np.array(speeds),
        heading_rate=turn[2] * spin[0] + turn[5] * spin[1] + turn[8] * spin[2] + GYRO_ERROR * errors[0],
        ranges=np.array(ranges),
        bumper=np.array(_bumper(world, (x, y), turn)),
        cradled=bool(barrier[0] >= 0),
    )


def _bumper(world: World, origin: tuple[float, float], turn: tuple[float, ...]) -> list[bool]:
    """Return which quarters are pressed, by the forces of the last physics substep."""
    forces = [0.0] * len(BUMPERS)
    for contact in world.bullet.getContactPoints(bodyA=world.rover.id):
        if contact[2] == world.floor:
            continue
        dx, dy = contact[5][0] - origin[0], contact[5][1] - origin[1]
        ahead, left = turn[0] * dx + turn[3] * dy, turn[1] * dx + turn[4] * dy
        quarter = (0 if ahead > 0 else 2) if abs(ahead) >= abs(left) else (1 if left > 0 else 3)
        forces[quarter] += contact[9]
    return [force > BUMPER_FORCE for force in forces]
