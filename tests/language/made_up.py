"""Made-up truths: a table in words."""

from dataclasses import replace
from typing import Any

from neuralbrain.agents.language.course import Course
from neuralbrain.agents.language.rows import Row
from neuralbrain.agents.language.statements import parse_statement
from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.envs.tabletop.moment import FEET, TABLE, Moment, Piece


def piece(name: str, x: float, y: float, foot: float = 0.0, **more: Any) -> Piece:
    color, category = name.split("_")[:2]
    z = foot if category in FEET else foot + SHAPES[category].size[2] / 2
    return Piece(category=category, color=color, position=(x, y, z), **more)


def table(**spots: tuple[float, float]) -> Moment:
    """Return a table on which each thing rests on the table."""
    return Moment(
        seconds=0.0,
        pieces={name: piece(name, *spot) for name, spot in spots.items()},
        rests=frozenset((name, TABLE) for name in spots),
    )


def put(
    moment: Moment,
    name: str,
    x: float,
    y: float,
    on: tuple[str, ...] = (TABLE,),
    foot: float = 0.0,
    **more: Any,
) -> Moment:
    """Return a moment in which a thing is elsewhere, on something, let go of."""
    return replace(
        moment,
        seconds=moment.seconds + 1.0,
        pieces={**moment.pieces, name: piece(name, x, y, foot, **more)},
        rests=frozenset({pair for pair in moment.rests if pair[0] != name} | {(name, lower) for lower in on}),
        gripped=moment.gripped - {name},
    )


def grip(moment: Moment, name: str, height: float = 0.2) -> Moment:
    """Return a moment in which a thing is held in the air."""
    was = moment.pieces[name].position
    lifted = put(moment, name, was[0], was[1], on=(), foot=height)
    return replace(lifted, gripped=frozenset({name}), tool=(was[0], was[1], height))


def course(*moments: Moment) -> Course:
    return Course(moments)


def row(scene: str = "A", **expected: Any) -> Row:
    """Return a row that expects something, with its statements as text."""
    for key in ("do", "during"):
        if key in expected:
            expected[key] = tuple(map(parse_statement, expected[key]))
    return Row(number=1, scene=scene, say="words", **expected)


START = table(
    red_block=(0.45, -0.20),
    green_block=(0.45, 0.00),
    yellow_block=(0.45, 0.20),
    red_ball=(0.60, 0.20),
    blue_bowl=(0.60, -0.09),
    purple_bowl=(0.60, 0.08),
)
"""Seen by the person: three blocks in a row behind a ball and two bowls."""
