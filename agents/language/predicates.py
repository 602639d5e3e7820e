"""The predicates of statements, over simulator truth.

Lengths are in m. Directions are the viewer's, who looks at the robot from the fixed camera: right is +y,
nearer is +x. Where the file of sentences leaves something open, the predicate's docstring says what is taken.
"""

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from neuralbrain.agents.language.course import (
    DIRECTIONS,
    Course,
    ahead,
    carriers,
    distance,
    on_line,
    over,
    reach,
    seen_from,
)
from neuralbrain.arm.catalogue import DRAWER_TRAVEL, SHAPES, TRAY_FLOOR
from neuralbrain.envs.tabletop.moment import TABLE, Moment
from neuralbrain.envs.tabletop.world import TABLE_CENTRE

MOVED: Final = 0.005
"""What moves by more than this has moved."""
PLACE: Final = 0.02
"""How near to a place something must lie to be there."""
AWAY: Final = (0.03, 0.20)
"""How far something must at least be on a side of something, and how far it may be from it in all."""
GAP, MIDDLE, EXACT = 0.06, 0.05, 0.01
"""Largest gap beside something; distance from the middle; error of a distance that was told."""
CLOSER: Final = 0.03
"""What comes closer comes closer by at least this."""
ANGLE: Final = 5.0
"""Error of an angle that was told, degrees."""
STRAIGHT: Final = 0.02
"""How far a thing in a row may be off the line through the outer two, as the task "row" has it."""
SHUT, OPENED = 0.015, DRAWER_TRAVEL / 2
"""A drawer that is out by less is closed; one that is out by at least half of its way is open."""


def held(course: Course, name: str) -> bool:
    """Both fingers touch it, and it rests on nothing: it has been lifted."""
    return name in course.now.gripped and not carriers(course.now, name)


def _let_go(course: Course, name: str) -> bool:
    return name not in course.now.gripped


def on_table(course: Course, name: str) -> bool:
    """It rests on the table and on nothing else, and has been let go of."""
    return carriers(course.now, name) == {TABLE} and _let_go(course, name)


def on(course: Course, upper: str, lower: str) -> bool:
    """It rests on the other thing and on nothing else, with its middle over the other's top; let go of."""
    carried = carriers(course.now, upper) == {lower} and _let_go(course, upper)
    return carried and over(course.now.pieces[upper], course.now.pieces[lower])


def in_(course: Course, name: str, place: str) -> bool:
    """In a bowl: middle inside the rim's circle, carried by the bowl or by something in it: heaps count.

    In a drawer: middle inside its tray, likewise carried. In a zone: middle at least 2 cm inside the zone's
    edge, on the table, as the task "push" has it. In each: let go of.
    """
    if not _let_go(course, name):
        return False
    category = course.now.pieces[place].category
    if category == "zone":
        return TABLE in carriers(course.now, name) and _inside(course, name, place)
    return category in ("bowl", "drawer") and _heaped(course, name, place, frozenset())


def _heaped(course: Course, name: str, place: str, above: frozenset[str]) -> bool:
    """Whether a thing is inside a place, and the place carries it, perhaps by other things inside."""
    if name in above or not _inside(course, name, place):
        return False
    lower = carriers(course.now, name) - {TABLE}
    return place in lower or any(_heaped(course, one, place, above | {name}) for one in lower)


def _inside(course: Course, name: str, place: str) -> bool:
    """Whether the middle of a thing is inside a bowl's rim, a drawer's tray, or a zone's edge."""
    piece, around = course.now.pieces[name], course.now.pieces[place]
    shape = SHAPES[around.category]
    x, y = seen_from(around, piece)
    if around.category == "bowl":
        return math.hypot(x, y) < shape.size[0] / 2 - shape.wall and piece.position[2] > around.position[2]
    if around.category == "drawer":
        high = TRAY_FLOOR < piece.position[2] - around.position[2] < shape.size[2]
        return high and abs(x - around.extension) < shape.size[0] / 2 and abs(y) < shape.size[1] / 2
    return max(abs(x), abs(y)) < shape.size[0] / 2 - 0.02


def unmoved(course: Course, name: str) -> bool:
    """It never moved by more than 5 mm, at no moment: what is put back has been touched."""
    return course.strayed(name) <= MOVED


def was(course: Course, name: str) -> bool:
    """It lies within 2 cm of where it was at the start, let go of."""
    return _let_go(course, name) and course.shift(name) <= PLACE


def place_of(course: Course, name: str, other: str) -> bool:
    """It stands where the other was at the start, within 2 cm, its foot as high within 1 cm; let go of."""
    here, there = course.now.pieces[name], course.start.pieces[other]
    apart = math.dist(here.position[:2], there.position[:2])
    return _let_go(course, name) and apart <= PLACE and abs(here.foot - there.foot) <= EXACT


def _side(word: str) -> Callable[[Course, str, str], bool]:
    """Return the predicate of a side."""

    def lies(course: Course, name: str, other: str) -> bool:
        along, apart = ahead(course, other, name, word), distance(course, name, other)
        return _stands(course, name) and _stands(course, other) and along >= AWAY[0] and apart <= AWAY[1]

    lies.__doc__ = f"It is {word} of the other by 3 cm or more, 20 cm away at most, both on the table."
    return lies


def beside(course: Course, name: str, other: str) -> bool:
    """Both on the table; the gap, on the line between their middles, is at most 6 cm."""
    one, two = course.now.pieces[name], course.now.pieces[other]
    gap = distance(course, name, other) - reach(one, two) - reach(two, one)
    return _stands(course, name) and _stands(course, other) and gap <= GAP


def between(course: Course, name: str, one: str, two: str) -> bool:
    """On the table; its middle is between those of the two, at most 5 cm off the line."""
    share, off = on_line(course, name, one, two)
    return _stands(course, name) and 0.0 < share < 1.0 and off <= MIDDLE


def middle(course: Course, name: str) -> bool:
    """On the table, within 5 cm of the centre of the table's top."""
    return _stands(course, name) and math.dist(course.now.pieces[name].position[:2], TABLE_CENTRE) <= MIDDLE


def closer(course: Course, name: str, other: str) -> bool:
    """On the table, and at least 3 cm closer to the other one than at the start."""
    before = Course([course.start])
    return _stands(course, name) and distance(before, name, other) - distance(course, name, other) >= CLOSER


def moved(course: Course, name: str, direction: str, distance: float) -> bool:
    """On the table, and within 1 cm of so far that way from where it was."""
    was, now = course.start.pieces[name].position, course.now.pieces[name].position
    x, y = DIRECTIONS[direction]
    return (
        _stands(course, name) and math.dist(now[:2], (was[0] + x * distance, was[1] + y * distance)) <= EXACT
    )


def turned(course: Course, name: str, degrees: float) -> bool:
    """Turned by so much, within 5 degrees, either way, since nobody says which; where it was within 2 cm.

    A quarter turn leaves a square as it is, so a block that was turned by 135 degrees was turned by 45, too;
    but where quarter turns are asked for they count.
    """
    turn = math.degrees(course.now.pieces[name].yaw - course.start.pieces[name].yaw)
    square = course.now.pieces[name].category in ("block", "box")
    whole = 90.0 if square and degrees % 90.0 else 360.0
    off = min(abs((turn + by + whole / 2) % whole - whole / 2) for by in (degrees, -degrees))
    return was(course, name) and off <= ANGLE


def closed(course: Course, drawer: str) -> bool:
    """It is out by less than 15 mm."""
    return course.now.pieces[drawer].extension < SHUT


def open_(course: Course, drawer: str) -> bool:
    """It is out by at least half of its way."""
    return course.now.pieces[drawer].extension >= OPENED


def row(course: Course, *names: str) -> bool:
    """On the table, from the viewer's left to right: each right_of the one before, in one line.

    The file gives no measure for the line: each is within 2 cm of the one through the outer two.
    """
    steps = all(PREDICATES["right_of"](course, right, left) for left, right in pairwise(names))
    return steps and all(on_line(course, one, names[0], names[-1])[1] <= STRAIGHT for one in names[1:-1])


def towers(moment: Moment) -> list[tuple[str, ...]]:
    """Return the towers of blocks, each from bottom to top: on the table, with nothing else on or in them."""
    course = Course([moment])
    blocks = [name for name, piece in moment.pieces.items() if piece.category == "block"]
    built = []
    for bottom in blocks:
        if not on_table(course, bottom):
            continue
        tower = [bottom]
        while above := [name for name in moment.pieces if tower[-1] in carriers(moment, name)]:
            if len(above) > 1 or above[0] not in blocks or not on(course, above[0], tower[-1]):
                break
            tower.append(above[0])
        else:
            built.append(tuple(tower))
    return built


def tower(course: Course, height: float) -> bool:
    """There is a tower of exactly so many blocks."""
    return any(len(blocks) == height for blocks in towers(course.now))


def _stands(course: Course, name: str) -> bool:
    """Whether it is on the table: it rests there, or is fixed there."""
    return not SHAPES[course.now.pieces[name].category].mass or on_table(course, name)


PREDICATES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "on": on,
        "in": in_,
        "on_table": on_table,
        "held": held,
        "unmoved": unmoved,
        "was": was,
        "place_of": place_of,
        "left_of": _side("left"),
        "right_of": _side("right"),
        "nearer": _side("nearer"),
        "farther": _side("farther"),
        "beside": beside,
        "between": between,
        "middle": middle,
        "closer": closer,
        "moved": moved,
        "turned": turned,
        "closed": closed,
        "open": open_,
        "row": row,
        "tower": tower,
    }
)
"""Name -> the predicate: a course and the arguments -> whether it is true at its last moment."""
