"""Which barriers can stand together in a tissue or a vessel."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from neuralbrain.envs.nanorobot.barriers import Ball, Vessel, Wall, distance
from neuralbrain.errors import ConfigurationError
from neuralbrain.portable import length


def check_standing(
    barriers: Sequence[Ball | Wall],
    vessel: Vessel | None,
    size: float,
    robot_radius: float,
    cell_radius: float,
) -> None:
    """Refuse what cannot stand in a cube, or leaves gaps in which a robot would be caught.

    Solids are a robot's diameter apart at least. Two may meet: a wall may reach a face of the cube, and in a
    vessel a ball may grow out of its wall, with its centre in that wall or behind it.

    Args:
        barriers: Balls and walls.
        vessel: Within which they stand, or None.
        size: Edge of the cube, µm.
        robot_radius: µm.
        cell_radius: µm.

    Raises:
        ConfigurationError: Barriers overlap or leave no room; one is outside the cube or the lumen; the
            vessel is wider than the cube or too narrow for a cell and a robot beside each other.
    """
    least = cell_radius + robot_radius
    if vessel is not None and not least <= vessel.radius <= size / 2:
        raise ConfigurationError(
            f"vessel.radius is {vessel.radius:g} µm; give at least {least:g} µm, so that a robot passes "
            f"a cell, and at most {size / 2:g} µm, half of the cube's size"
        )
    for index, barrier in enumerate(barriers):
        name, room = f"barriers[{index}]", 2 * robot_radius
        if isinstance(barrier, Ball):
            _check_ball(name, barrier, vessel, size, room)
        else:
            _check_wall(name, barrier, vessel, size, room)
    for (i, one), (j, other) in combinations(enumerate(barriers), 2):
        gap = _gap(one, other)
        if gap < 2 * robot_radius:
            what = "overlap" if gap <= 0 else f"are {gap:g} µm apart"
            raise ConfigurationError(
                f"barriers[{i}] and barriers[{j}] {what}; leave at least {2 * robot_radius:g} µm between "
                "them, a robot's diameter, so that none is caught there"
            )


def _check_ball(name: str, ball: Ball, vessel: Vessel | None, size: float, room: float) -> None:
    margin = ball.radius + (room if vessel is None else room / 2)
    for axis, value in zip("xyz" if vessel is None else "x", ball.centre, strict=False):
        _within(f"{name}.centre", axis, value, margin, size - margin)
    if vessel is None:
        return
    aside = float(np.hypot(ball.centre[1] - size / 2, ball.centre[2] - size / 2))
    clear = vessel.radius - ball.radius - room
    if aside <= clear:
        return
    if not vessel.radius <= aside < vessel.radius + ball.radius or 2 * ball.radius > vessel.radius:
        free = f"at most {clear:g} µm, clear of its wall, or " if clear >= 0 else ""
        raise ConfigurationError(
            f"{name}.centre is {aside:g} µm from the vessel's axis; give {free}from {vessel.radius:g} to "
            f"below {vessel.radius + ball.radius:g} µm, growing out of its wall, with a radius of at most "
            f"{vessel.radius / 2:g} µm"
        )


def _check_wall(name: str, wall: Wall, vessel: Vessel | None, size: float, room: float) -> None:
    if vessel is not None:
        _within(f"{name}.low", "x", wall.low[0], room / 2, size - room / 2)
        _within(f"{name}.high", "x", wall.high[0], room / 2, size - room / 2)
        y, z = (max(abs(wall.low[i] - size / 2), abs(wall.high[i] - size / 2)) for i in (1, 2))
        if np.hypot(y, z) > vessel.radius - room:
            raise ConfigurationError(
                f"{name} reaches {np.hypot(y, z):g} µm from the vessel's axis; give at most "
                f"{vessel.radius - room:g} µm, clear of its wall by a robot's diameter"
            )
        return
    for axis, low, high in zip("xyz", wall.low, wall.high, strict=True):
        if low != 0.0:
            _within(f"{name}.low", axis, low, room, size, " or 0 µm, where the cube ends")
        if high != size:
            _within(f"{name}.high", axis, high, 0.0, size - room, f" or {size:g} µm, where the cube ends")
    if wall.low == (0.0, 0.0, 0.0) and wall.high == (size, size, size):
        raise ConfigurationError(f"{name} fills the cube; give a low of at least {room:g} µm in x, y or z")


def _within(name: str, axis: str, value: float, low: float, high: float, otherwise: str = "") -> None:
    if not low <= value <= high:
        raise ConfigurationError(
            f"{name}: {axis} is {value:g} µm; give from {low:g} to {high:g} µm, inside the cube and with "
            f"room for a robot beside it{otherwise}"
        )


def _gap(one: Ball | Wall, other: Ball | Wall) -> float:
    """Return how far apart two barriers are, µm; 0 or less where they meet."""
    if isinstance(one, Ball):
        return float(distance([other], None, 0.0, one.centre)) - one.radius
    if isinstance(other, Ball):
        return _gap(other, one)
    apart = np.maximum(np.subtract(one.low, other.high), np.subtract(other.low, one.high))
    return length(np.maximum(apart, 0.0))
