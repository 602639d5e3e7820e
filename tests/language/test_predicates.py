"""Each predicate, true and false, over truths that are made up."""

import math
from dataclasses import replace

import pytest

from neuralbrain.agents.language.judge import is_true
from neuralbrain.agents.language.predicates import PREDICATES
from neuralbrain.agents.language.statements import PREDICATES as FORMS
from neuralbrain.agents.language.statements import parse_statement
from neuralbrain.envs.tabletop.moment import TABLE, Moment
from neuralbrain.errors import ConfigurationError
from tests.language.made_up import START, course, grip, put, table

IN_BOWL = put(START, "red_block", 0.61, -0.09, ("blue_bowl",), 0.005)
HEAP = put(IN_BOWL, "green_block", 0.60, -0.11, ("red_block",), 0.045)
PILE = put(
    put(START, "red_block", 0.45, 0.0, ("green_block",), 0.04),
    "yellow_block",
    0.45,
    0.0,
    ("red_block",),
    0.08,
)
DRAWER = table(red_block=(0.5, -0.2), blue_drawer=(0.62, 0.15))
OUT = put(DRAWER, "blue_drawer", 0.62, 0.15, extension=0.12)
ZONE = table(orange_box=(0.5, 0.0), red_zone=(0.5, 0.2))

TRUE = [
    ("in(red block, blue bowl)", IN_BOWL),
    ("in(all block, blue bowl)", put(HEAP, "yellow_block", 0.61, -0.12, ("green_block", "blue_bowl"), 0.02)),
    ("in(green block, blue bowl)", HEAP),
    ("in(red block, any bowl)", IN_BOWL),
    ("count(in(block, blue bowl)) = 2", HEAP),
    ("count(in(block, purple bowl)) = 0", HEAP),
    ("in(red block, drawer)", put(OUT, "red_block", 0.62 + 0.12, 0.15, ("blue_drawer",), 0.009)),
    ("in(orange box, red zone)", put(ZONE, "orange_box", 0.52, 0.17)),
    ("on(red block, green block)", PILE),
    ("on_table(green block)", PILE),
    ("tower(3)", PILE),
    ("count(tower(3)) = 1", PILE),
    ("count(tower(1)) = 3", START),
    ("held(red block)", grip(START, "red_block")),
    ("unmoved(red block)", put(START, "red_block", 0.453, -0.203)),
    ("unmoved(other block)", START),
    ("was(red block)", put(START, "red_block", 0.46, -0.19)),
    ("place_of(green block, red block)", put(START, "green_block", 0.46, -0.19)),
    ("place_of(red ball, red block)", put(START, "red_ball", 0.45, -0.20)),
    ("left_of(red block, green block)", put(START, "red_block", 0.45, -0.05)),
    ("right_of(yellow block, purple bowl)", START),
    ("nearer(blue bowl, red block)", START),
    ("farther(red block, blue bowl)", START),
    ("beside(red block, green block)", put(START, "red_block", 0.45, -0.099)),
    ("beside(red block, blue bowl)", put(START, "red_block", 0.60, -0.244)),
    ("between(red block, green block, yellow block)", put(START, "red_block", 0.41, 0.1)),
    ("middle(red block)", put(START, "red_block", 0.43, -0.03)),
    ("closer(red block, blue bowl)", put(START, "red_block", 0.47, -0.16)),
    ("moved(red block, left, 0.05)", put(START, "red_block", 0.452, -0.257)),
    ("moved(red block, farther, 0.05)", put(START, "red_block", 0.395, -0.20)),
    ("moved(red block, nearer, 0.05)", put(START, "red_block", 0.505, -0.20)),
    ("moved(red block, right, 0.05)", put(START, "red_block", 0.455, -0.15)),
    ("turned(red block, 45)", put(START, "red_block", 0.45, -0.20, yaw=math.radians(-47))),
    ("turned(red block, 45)", put(START, "red_block", 0.45, -0.20, yaw=math.radians(135))),
    ("turned(red block, 90)", put(START, "red_block", 0.45, -0.20, yaw=math.radians(-90))),
    ("row(red block, green block, yellow block)", START),
    ("closed(drawer)", DRAWER),
    ("open(drawer)", OUT),
    ("on_table(leftmost block)", START),
    ("place_of(3rd block, 1st block)", put(START, "yellow_block", 0.45, -0.20)),
    (
        "in(block nearest to blue bowl, blue bowl)",
        put(START, "green_block", 0.6, -0.1, ("blue_bowl",), 0.005),
    ),
]
FALSE = [
    ("in(red block, blue bowl)", START),
    ("in(all block, blue bowl)", IN_BOWL),
    ("in(red block, blue bowl)", put(START, "red_block", 0.60, -0.10, ("green_block",), 0.04)),
    ("in(red block, blue bowl)", put(START, "red_block", 0.60, -0.015, ("blue_bowl", TABLE), 0.02)),
    ("in(red block, blue bowl)", replace(IN_BOWL, gripped=frozenset({"red_block"}))),
    ("in(red block, any bowl)", START),
    ("count(in(block, blue bowl)) = 1", HEAP),
    ("in(red block, drawer)", put(OUT, "red_block", 0.62 - 0.02, 0.15, ("blue_drawer",), 0.009)),
    ("in(orange box, red zone)", put(ZONE, "orange_box", 0.57, 0.2)),
    ("on(red block, green block)", put(PILE, "red_block", 0.48, 0.0, ("green_block",), 0.04)),
    ("on(red block, green block)", put(PILE, "red_block", 0.45, 0.0, ("green_block", TABLE), 0.02)),
    ("on_table(red block)", PILE),
    ("on_table(red block)", grip(START, "red_block", 0.0)),
    ("tower(2)", PILE),
    ("tower(2)", put(PILE, "yellow_block", 0.45, 0.0, ("red_block",), 0.08)),
    (
        "tower(2)",
        put(
            put(START, "red_block", 0.45, 0, ("green_block",), 0.04),
            "red_ball",
            0.45,
            0,
            ("red_block",),
            0.08,
        ),
    ),
    ("held(red block)", replace(START, gripped=frozenset({"red_block"}))),
    ("unmoved(red block)", put(START, "red_block", 0.455, -0.203)),
    ("was(red block)", put(START, "red_block", 0.471, -0.2)),
    ("was(red block)", grip(START, "red_block", 0.01)),
    ("place_of(green block, red block)", put(START, "green_block", 0.471, -0.2)),
    ("place_of(green block, red block)", put(START, "green_block", 0.45, -0.2, ("red_block",), 0.04)),
    ("left_of(red block, green block)", put(START, "red_block", 0.45, 0.05)),
    ("left_of(red block, green block)", put(START, "red_block", 0.45, -0.21)),
    ("left_of(red block, green block)", put(START, "red_block", 0.45, -0.02)),
    ("left_of(red block, green block)", put(START, "red_block", 0.45, -0.10, ("blue_bowl",), 0.04)),
    ("right_of(red block, green block)", START),
    ("nearer(red block, blue bowl)", START),
    ("farther(blue bowl, red block)", START),
    ("beside(red block, green block)", put(START, "red_block", 0.45, -0.101)),
    ("between(red block, green block, yellow block)", put(START, "red_block", 0.39, 0.1)),
    ("between(red block, green block, yellow block)", put(START, "red_block", 0.45, 0.21)),
    ("middle(red block)", put(START, "red_block", 0.45, -0.03)),
    ("closer(red block, blue bowl)", put(START, "red_block", 0.46, -0.19)),
    ("closer(red block, blue bowl)", IN_BOWL),
    ("moved(red block, left, 0.05)", put(START, "red_block", 0.45, -0.262)),
    ("moved(red block, left, 0.05)", put(START, "red_block", 0.45, -0.15)),
    ("turned(red block, 45)", put(START, "red_block", 0.45, -0.20, yaw=math.radians(39))),
    ("turned(red block, 45)", put(START, "red_block", 0.48, -0.20, yaw=math.radians(45))),
    ("turned(red block, 90)", START),
    ("row(yellow block, green block, red block)", START),
    ("row(red block, green block, yellow block)", put(START, "green_block", 0.475, 0.0)),
    ("closed(drawer)", OUT),
    ("open(drawer)", DRAWER),
    ("on_table(leftmost block)", put(START, "red_block", 0.45, 0.0, ("green_block",), 0.04)),
]


def start_of(now: Moment) -> Moment:
    return next(start for start in (DRAWER, ZONE, START) if start.pieces.keys() == now.pieces.keys())


@pytest.mark.parametrize(("text", "now"), TRUE)
def test_it_is_true(text: str, now: Moment) -> None:
    assert is_true(parse_statement(text), course(start_of(now), now))


@pytest.mark.parametrize(("text", "now"), FALSE)
def test_it_is_false(text: str, now: Moment) -> None:
    assert not is_true(parse_statement(text), course(start_of(now), now))


def test_every_predicate_is_shown_both_ways() -> None:
    for cases in (TRUE, FALSE):
        assert {parse_statement(text).predicate for text, _ in cases} == {*FORMS} == {*PREDICATES}


def test_what_was_put_back_was_touched() -> None:
    away = put(START, "red_block", 0.6, -0.3)
    assert is_true(parse_statement("was(red block)"), course(START, away, START))
    assert not is_true(parse_statement("unmoved(red block)"), course(START, away, START))


def test_a_term_that_could_be_several_is_refused() -> None:
    for text in ("on_table(block)", "in(red block, bowl)", "held(green bowl)", "held(4th block)"):
        with pytest.raises(ConfigurationError, match="say all, any|there is no"):
            is_true(parse_statement(text), course(START))
