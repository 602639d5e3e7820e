"""What stands in a robot's way in a tissue, and the vessel in which it may drift.

Lengths are in µm, times in s, and a point is a tuple of three arrays, x, y and z, of one shape. The functions
that a world calls at every tick are elementwise, so that `jax.vmap` over robots leaves flat arrays.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuralbrain.errors import ConfigurationError

Point = tuple[Any, Any, Any]
"""x, y and z, µm."""
Numbers = tuple[float, float, float]
_PASSES, _PASSES_IN_VESSEL = 2, 4
"""How often a robot is pushed out of everything. Beside a ball that grows out of a vessel's wall, each time
leaves less than an eighth of what the one before left."""


class Ball(BaseModel):
    """A solid ball.

    Attributes:
        kind: "ball".
        centre: µm.
        radius: µm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["ball"] = "ball"
    centre: Numbers
    radius: float = Field(gt=0.0, le=1000.0)


class Wall(BaseModel):
    """A solid box along the axes. Where it reaches a face of the cube of tissue, it goes on beyond it.

    Attributes:
        kind: "wall".
        low: The corner with the least x, y and z, µm.
        high: The corner with the greatest, µm; above `low` in each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["wall"] = "wall"
    low: Numbers
    high: Numbers

    @model_validator(mode="after")
    def _has_a_volume(self) -> "Wall":
        for axis, low, high in zip("xyz", self.low, self.high, strict=True):
            if not low < high:
                raise ValueError(f"high: {axis} is {high:g} µm; give more than that of low, {low:g} µm")
        return self


Barrier = Annotated[Ball | Wall, Field(discriminator="kind")]
"""A ball or a wall; from JSON, `kind` says which."""


class Vessel(BaseModel):
    """The lumen of a blood vessel: a cylinder along x through the middle of the cube. All happens within it.

    The flow is Poiseuille's. What leaves the cube downstream comes back upstream.

    Attributes:
        radius: Of the lumen, µm.
        flow: Mean speed over the cross-section, µm/s, along +x. In capillaries of rat cortex 790 (BioNumbers
            115133), in a tumour's 30, from 0 to 200 (PMC7078505).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    radius: float = Field(gt=0.0, le=1000.0)
    flow: float = Field(ge=0.0, le=10_000.0)


def distance(barriers: Sequence[Ball | Wall], vessel: Vessel | None, size: float, point: Point) -> Any:
    """Return how far it is to the nearest solid, µm, negative within one; infinite where there is none.

    The faces of the cube are no solid.

    Args:
        barriers: Balls and walls.
        vessel: Whose wall counts as solid, and all outside of it.
        size: Edge of the cube, µm.
        point: NumPy or JAX arrays of one shape, which is the result's.
    """
    numpy: Any = jnp if isinstance(point[0], jax.Array) else np
    least = numpy.full(numpy.shape(point[0]), numpy.inf)
    for barrier in barriers:
        if isinstance(barrier, Ball):
            away = [value - centre for value, centre in zip(point, barrier.centre, strict=True)]
            gap = numpy.sqrt(away[0] ** 2 + away[1] ** 2 + away[2] ** 2) - barrier.radius
        else:
            beyond = [
                numpy.maximum(low - value, value - high)
                for value, low, high in zip(point, barrier.low, barrier.high, strict=True)
            ]
            outside = numpy.sqrt(sum(numpy.maximum(one, 0.0) ** 2 for one in beyond))
            deepest = numpy.maximum(numpy.maximum(beyond[0], beyond[1]), beyond[2])
            gap = outside + numpy.minimum(deepest, 0.0)
        least = numpy.minimum(least, gap)
    if vessel is not None:
        aside = numpy.sqrt((point[1] - size / 2) ** 2 + (point[2] - size / 2) ** 2)
        least = numpy.minimum(least, vessel.radius - aside)
    return least


def flow(vessel: Vessel | None, size: float, point: Point) -> Point:
    """Return the fluid's velocity, µm/s: Poiseuille's 2 U (1 - r²/R²) along +x, nothing outside the lumen.

    Barriers do not bend it.

    Args:
        vessel: None: the fluid is at rest.
        size: Edge of the cube, µm.
        point: Where.
    """
    x, y, z = point
    rest = 0.0 * x
    if vessel is None:
        return rest, rest, rest
    inwards = 1 - ((y - size / 2) ** 2 + (z - size / 2) ** 2) / vessel.radius**2
    return 2 * vessel.flow * inwards * (inwards > 0) + rest, rest, rest


def kept_out(
    barriers: Sequence[Ball | Wall], vessel: Vessel | None, size: float, radius: float, point: Point
) -> tuple[Point, jax.Array]:
    """Return where a robot comes to lie that solids do not let through, and whether it touches one.

    It is pushed out of each ball and wall the nearest way, and into the lumen if there is a vessel (x then
    wraps around), else into the cube. Of barriers that `check` has passed none still holds it then: they
    stand so that a push out of one is no push into another.

    Args:
        barriers: Balls and walls.
        vessel: Which it may not leave, or None.
        size: Edge of the cube, µm.
        radius: Of the robot, µm.
        point: Where it would be, JAX arrays.
    """
    x, y, z = point
    start = (x if vessel is None else jnp.mod(x, size), y, z)
    here: Point = start
    for _ in range(_PASSES if vessel is None else _PASSES_IN_VESSEL):
        for barrier in barriers:
            if isinstance(barrier, Ball):
                here = _out_of_ball(barrier, radius, here)
            else:
                here = _out_of_wall(barrier, size, radius, here)
        if vessel is None:
            x, y, z = (jnp.clip(value, radius, size - radius) for value in here)
        else:
            x, y, z = _into_lumen(size, vessel.radius - radius, here)
        here = (x, y, z)
    return here, (here[0] != start[0]) | (here[1] != start[1]) | (here[2] != start[2])


def check(
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
    return float(np.linalg.norm(np.maximum(apart, 0.0)))


def _out_of_ball(ball: Ball, radius: float, point: Point) -> Point:
    x, y, z = (value - centre for value, centre in zip(point, ball.centre, strict=True))
    away = jnp.sqrt(x * x + y * y + z * z)
    push = jnp.maximum(ball.radius + radius - away, 0.0)
    centred = away < 1e-6  # there is no way that is nearest: go up
    share = jnp.where(centred, 0.0, push / jnp.maximum(away, 1e-6))
    return point[0] + share * x, point[1] + share * y, point[2] + share * z + jnp.where(centred, push, 0.0)


def _out_of_wall(wall: Wall, size: float, radius: float, point: Point) -> Point:
    """Push out of a box: from outside away from its nearest point, from inside through its nearest face."""
    low = [one - size if one <= 0.0 else one for one in wall.low]  # nobody leaves where the cube ends
    high = [one + size if one >= size else one for one in wall.high]
    sides = [jnp.where(p < (a + b) / 2, -1.0, 1.0) for p, a, b in zip(point, low, high, strict=True)]
    beyond = [jnp.maximum(a - p, p - b) for p, a, b in zip(point, low, high, strict=True)]
    deepest = jnp.maximum(jnp.maximum(beyond[0], beyond[1]), beyond[2])
    inside = deepest < 1e-4  # nearer to the face than that, a direction would be rounding
    over = [jnp.maximum(one, 0.0) for one in beyond]
    away = jnp.sqrt(over[0] ** 2 + over[1] ** 2 + over[2] ** 2)
    share = jnp.maximum(radius - away, 0.0) / jnp.maximum(away, 1e-4)
    through = [beyond[0] == deepest, (beyond[1] == deepest) & (beyond[0] != deepest)]
    through.append(~(through[0] | through[1]))
    moved = [
        p + side * jnp.where(inside, jnp.where(face, radius - deepest, 0.0), share * out)
        for p, side, face, out in zip(point, sides, through, over, strict=True)
    ]
    return moved[0], moved[1], moved[2]


def _into_lumen(size: float, room: float, point: Point) -> Point:
    x, y, z = point
    aside = jnp.sqrt((y - size / 2) ** 2 + (z - size / 2) ** 2)
    excess = jnp.maximum(1 - room / jnp.maximum(aside, 1e-6), 0.0)
    return x, y - excess * (y - size / 2), z - excess * (z - size / 2)
