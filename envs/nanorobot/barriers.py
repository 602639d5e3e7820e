"""What stands in a robot's way in a tissue, and the vessel in which it may drift.

Lengths are in µm, times in s, and a point is a tuple of three arrays, x, y and z, of one shape. The functions
that a world calls at every tick are elementwise, so that `jax.vmap` over robots leaves flat arrays.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

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
