"""Where the formulas of a tissue hold, beyond what each parameter permits by itself."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from neuralbrain.envs.nanorobot.physics import around_a_cell, capture_rate
from neuralbrain.envs.nanorobot.swimming import stroke

if TYPE_CHECKING:
    from neuralbrain.envs.nanorobot.tissue import Tissue

_LEAST = 1e-6
"""Of the tissue's edge: a place is a 32-bit number, and what moves less in a tick may not move at all."""
_TICKS = 100_000
"""Of a running mean: what changes it less is lost in a 32-bit number."""
_COUNTED = 2**31
"""What a count stays below."""


def check_validity(tissue: "Tissue") -> None:
    """Refuse a tissue for which a formula does not hold.

    Raises:
        ValueError: One does not; the message names the parameter and the least or greatest value for it.
    """
    _check_tick(tissue)
    _check_molecules(tissue)
    if (tissue.portions or tissue.signal) and (tissue.barriers or tissue.vessel):
        name = "portions" if tissue.portions else "signal"
        raise ValueError(
            f"{name}: how what a robot lets go spreads is known in free tissue only: give 0, or neither "
            "barriers nor a vessel"
        )
    if tissue.drift > 0 and (tissue.barriers or tissue.vessel):
        raise ValueError(
            "drift: beside barriers or in a vessel the field is solved for cells that stay: give 0 µm/s"
        )
    room = tissue.cell_radius + tissue.robot_radius
    most = min(tissue.diffusion / tissue.cell_radius, room / tissue.tick_seconds)
    if tissue.drift > most:
        raise ValueError(
            f"drift is {tissue.drift:g} µm/s: so fast a cell leaves its field behind, or jumps over a robot: "
            f"give at most {_down(most):g} µm/s (diffusion by cell_radius; the radii of both a tick)"
        )


def _check_tick(tissue: "Tissue") -> None:
    """A tick takes a robot neither through a cell nor so little that rounding swallows it."""
    room = tissue.cell_radius + tissue.robot_radius
    longest, tick = min(room, tissue.reach), tissue.tick_seconds
    moved = _moved(tissue, tick)
    if moved > longest:
        most = _crossing(lambda seconds: _moved(tissue, seconds) > longest, 0.0, tick)[0]
        raise ValueError(
            f"tick_seconds: swimming, flow and Brownian motion move the robot {moved:.3g} µm a tick, more "
            f"than a cell's and a robot's radius together ({room:g} µm) or than the biomarker's reach "
            f"({tissue.reach:.3g} µm): give at most {_down(most):g} s"
        )
    if moved < _LEAST * tissue.size:
        least = _crossing(lambda seconds: _moved(tissue, seconds) > _LEAST * tissue.size, tick, 10.0)[1]
        raise ValueError(
            f"tick_seconds: the robot moves {moved:.3g} µm a tick, less than places are told apart in "
            f"{tissue.size:g} µm: give at least {_up(least):g} s"
        )
    if not tick <= tissue.memory[0] < tissue.memory[1] < tissue.memory[2] <= _TICKS * tick:
        raise ValueError(
            f"memory: {tissue.memory} s must rise, from the tick's {tick:g} s on to at most "
            f"{_TICKS * tick:g} s"
        )


def _check_molecules(tissue: "Tissue") -> None:
    """Molecules come to a robot by diffusion, and are no more than can be counted."""
    most = tissue.diffusion / tissue.robot_radius
    if tissue.speed > most:
        raise ValueError(
            f"speed: at {tissue.speed:g} µm/s a robot of radius {tissue.robot_radius:g} µm swims into more "
            f"molecules than diffuse to it: give at most {_down(most):g} µm/s (diffusion by robot_radius)"
        )
    room = tissue.cell_radius + tissue.robot_radius
    for name, radius, near, sources in (
        ("secretion", tissue.cell_radius, room, tissue.cancer),
        ("signal", tissue.robot_radius, 2 * tissue.robot_radius, tissue.robots),
    ):
        one = around_a_cell(near, 1.0, radius, tissue.diffusion, tissue.reach)
        each = capture_rate(one, tissue.robot_radius, tissue.diffusion) * tissue.tick_seconds * sources
        given = getattr(tissue, name)
        if given * each > _COUNTED:
            raise ValueError(
                f"{name} is {given:g} molecules/s: beside {sources} that secrete it, a robot would catch "
                f"more than {_COUNTED:g} a tick: give at most {_down(_COUNTED / each):g} molecules/s"
            )


def _moved(tissue: "Tissue", seconds: float) -> float:
    """Return how far a robot gets in a tick of so many seconds, µm: root mean square, and the flow."""
    flowing = 2 * tissue.vessel.flow if tissue.vessel else 0.0  # in the middle of the lumen
    swum = (tissue.speed * seconds) ** 2 * stroke(2 * tissue.tumbling * seconds).square
    return flowing * seconds + math.sqrt(swum + 6 * tissue.brownian * seconds)


def _crossing(above: Callable[[float], bool], low: float, high: float) -> tuple[float, float]:
    """Return the last value below and the first above which a condition begins to hold."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) else (middle, high)
    return low, high


def _down(value: float) -> float:
    """Return a number rounded down to three digits, so that what a message permits is permitted."""
    step = math.pow(10.0, math.floor(math.log10(value)) - 2)
    return math.floor(value / step * (1 + 1e-12)) * step


def _up(value: float) -> float:
    step = math.pow(10.0, math.floor(math.log10(value)) - 2)
    return math.ceil(value / step * (1 - 1e-12)) * step
