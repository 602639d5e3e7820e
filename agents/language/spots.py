"""Where on a table something could be put, so that something is true of it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from neuralbrain.agents.language.course import Course, carriers
from neuralbrain.arm.catalogue import SHAPES, TRAY_FLOOR
from neuralbrain.envs.tabletop.moment import FEET, TABLE, Moment, Piece

GRID: Final = 0.01
"""Between the spots that are considered, m."""
SURE: Final = 0.004
"""A spot is good if what is wanted would be true this far around it, too, m."""
REACH: Final = ((0.34, 0.68), (-0.32, 0.32))
"""Where a spot is looked for, x and y, m; whether the arm reaches it there its skills find out."""
APART: Final = 0.03
"""So far the spots that are tried are apart, m."""
DEEP, WIDE = 0.028, 0.042
"""How far from the middle of an open tray things are put down, along the drawer and across, m: the hand has
room for four."""
PITCH: Final = 0.09
"""Between neighbours in a row, m."""

Spot = tuple[float, float]


def spots(start: Moment, now: Moment, name: str, wanted: Callable[[Course], bool]) -> Iterator[Piece]:
    """Yield a thing where it could be on the table, the roomiest spot first.

    Args:
        start: What was true at the start.
        now: What is true.
        name: The thing.
        wanted: What would have to be true.
    """
    piece = now.pieces[name]
    found: list[tuple[float, Spot]] = []
    for x, y in product(*(_along(*ends) for ends in REACH)):
        clearance = _clearance(now, name, (x, y))
        around = [(x + dx, y + dy) for dx, dy in ((SURE, 0), (-SURE, 0), (0, SURE), (0, -SURE))]
        if clearance >= 0.0 and all(
            wanted(Course([start, moved_to(now, name, at(piece, spot))])) for spot in around
        ):
            found.append((clearance, (x, y)))
    tried: list[Spot] = []
    for _, spot in sorted(found, key=lambda pair: -pair[0]):
        if all(math.dist(spot, one) > APART for one in tried):
            tried.append(spot)
            yield at(piece, spot)


def spots_in_tray(now: Moment, name: str, drawer: str) -> Iterator[Piece]:
    """Yield a thing where it could be in an open drawer, the roomiest spot first."""
    around, thing = now.pieces[drawer], now.pieces[name]
    middle = SHAPES["drawer"].size[0] / 2 + around.extension / 2
    c, s = math.cos(around.yaw), math.sin(around.yaw)
    x, y, _ = around.position
    corners = [
        (x + c * (middle + ahead) - s * aside, y + s * (middle + ahead) + c * aside)
        for ahead, aside in product((-DEEP, DEEP), (-WIDE, WIDE))
    ]
    inside = [piece.position[:2] for other, piece in now.pieces.items() if drawer in carriers(now, other)]
    corners.sort(key=lambda spot: -min((math.dist(spot, one) for one in inside), default=0.0))
    for spot in corners:
        z = TRAY_FLOOR + SHAPES[thing.category].size[2] / 2
        yield replace(thing, position=(*spot, z), yaw=around.yaw)


def spots_in_line(now: Moment, count: int) -> list[Spot]:
    """Return spots for a row, from the left to the right, where there is most room; empty for no room."""
    length = PITCH * (count - 1)
    lines = [
        [(x, y + PITCH * number) for number in range(count)]
        for x, y in product(_along(*REACH[0]), _along(REACH[1][0], REACH[1][1] - length))
    ]
    room, line = max((min(_clearance(now, "", spot) for spot in line), line) for line in lines)
    return line if room >= 0.0 else []


def at(piece: Piece, spot: Spot) -> Piece:
    """Return a thing as it would be on the table at a spot."""
    half = 0.0 if piece.category in FEET else SHAPES[piece.category].size[2] / 2
    return replace(piece, position=(*spot, half))


def moved_to(now: Moment, name: str, piece: Piece) -> Moment:
    """Return a moment in which a thing stands on the table elsewhere."""
    rests = {pair for pair in now.rests if pair[0] != name} | {(name, TABLE)}
    return replace(now, pieces={**now.pieces, name: piece}, rests=frozenset(rests), gripped=frozenset())


def _clearance(now: Moment, name: str, spot: Spot) -> float:
    """Return how far the circle around a spot, for a small thing, stays from those of all others, m."""
    small = SHAPES["block"].size[0] / 2 * math.sqrt(2)
    far = [
        math.dist(spot, piece.position[:2]) - small - _radius(piece)
        for other, piece in now.pieces.items()
        if other != name and piece.category != "zone"
    ]
    return min(far, default=1.0)


def _radius(piece: Piece) -> float:
    return SHAPES[piece.category].size[0] / 2 * (math.sqrt(2) if piece.category in ("block", "box") else 1.0)


def _along(low: float, high: float) -> list[float]:
    return [low + GRID * k for k in range(int((high - low) / GRID) + 1)]
