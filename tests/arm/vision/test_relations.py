"""What stands on what and lies in what, read from places alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.arm.catalogue import HANDLE_HEIGHT, SHAPES
from neuralbrain.arm.vision.belief import Known
from neuralbrain.arm.vision.drawers import CLOSED
from neuralbrain.arm.vision.options import VisionOptions
from neuralbrain.arm.vision.relations import relate

SLACK = VisionOptions().support_slack


def known(name: str, category: str, x: float, y: float, base: float = 0.0, yaw: float = 0.0) -> Known:
    """Return an object whose underside is at a height; a drawer's place is that of its handle's bar."""
    height = HANDLE_HEIGHT if category == "drawer" else base + SHAPES[category].size[2] / 2
    fields: dict[str, Any] = {"extension": 0.0, "confidence": 1.0, "seen_tick": 0, "seen_by": "fixed"}
    center = np.array([x, y, height])
    return Known(id=name, category=category, color="red", center=center, yaw=yaw, **fields)


def told(objects: Sequence[Known]) -> list[tuple[str, str, str]]:
    return [(r.subject, r.predicate, r.object) for r in relate(objects, SLACK)]


def test_a_tower_is_told_from_block_to_block() -> None:
    tower = [known(name, "block", 0.5, 0.0, 0.04 * level, level) for level, name in enumerate("abc")]
    assert told(tower) == [("a", "on", "table"), ("b", "on", "a"), ("c", "on", "b")]
    assert told(tower[::-1]) == told(tower), "the order in which objects are known is of no account"


def test_what_rests_on_two_names_the_one_that_carries_more_of_it_first() -> None:
    feet = [known("left", "block", 0.5, 0.025), known("right", "block", 0.5, -0.025)]
    assert told([*feet, known("top", "block", 0.5, -0.004, 0.04)])[-2:] == [
        ("top", "on", "right"),
        ("top", "on", "left"),
    ]
    assert told([*feet, known("top", "block", 0.5, 0.004, 0.04)])[-2:] == [
        ("top", "on", "left"),
        ("top", "on", "right"),
    ]


@given(st.floats(-np.pi, np.pi), st.floats(0.0, 0.03))
def test_a_block_is_on_what_most_of_it_is_over(side: float, away: float) -> None:
    upper = known("b", "block", 0.5 + away * np.cos(side), away * np.sin(side), 0.04)
    assert told([known("a", "block", 0.5, 0.0), upper])[1:] == [("b", "on", "a")]


@given(st.floats(-np.pi, np.pi))
def test_blocks_side_by_side_are_on_the_table(yaw: float) -> None:
    x, y = 0.5 + 0.041 * np.cos(yaw), 0.041 * np.sin(yaw)
    assert told([known("a", "block", 0.5, 0.0, 0.0, yaw), known("b", "block", x, y, 0.0, yaw)]) == [
        ("a", "on", "table"),
        ("b", "on", "table"),
    ]


@pytest.mark.parametrize(("height", "support"), [(0.0, "table"), (0.01, "table"), (0.03, None), (0.2, None)])
def test_what_hangs_in_the_air_is_on_nothing(height: float, support: str | None) -> None:
    assert told([known("a", "block", 0.5, 0.0, height)]) == ([("a", "on", support)] if support else [])


@pytest.mark.parametrize(("gap", "touches"), [(-0.01, True), (0.0, True), (0.01, True), (0.03, False)])
def test_a_block_held_over_another_is_not_on_it(gap: float, touches: bool) -> None:
    pair = [known("a", "block", 0.5, 0.0), known("b", "block", 0.5, 0.0, 0.04 + gap)]
    assert (("b", "on", "a") in told(pair)) is touches


@given(st.floats(0.0, 0.05), st.floats(-np.pi, np.pi), st.sampled_from(["block", "ball", "cylinder"]))
def test_what_is_within_the_rim_is_in_the_bowl(away: float, side: float, category: str) -> None:
    obj = known("it", category, 0.5 + away * np.cos(side), away * np.sin(side), 0.005)
    assert told([known("bowl", "bowl", 0.5, 0.0), obj]) == [("bowl", "on", "table"), ("it", "in", "bowl")]


def test_what_is_beside_or_above_the_bowl_is_not_in_it() -> None:
    bowl = known("bowl", "bowl", 0.5, 0.0)
    assert told([bowl, known("it", "block", 0.5, 0.10)])[1:] == [("it", "on", "table")]
    assert told([bowl, known("it", "block", 0.5, 0.0, 0.15)])[1:] == []


def test_of_two_blocks_in_a_bowl_the_upper_one_is_on_the_lower() -> None:
    bowl, lower = known("bowl", "bowl", 0.5, 0.0), known("one", "block", 0.5, 0.0, 0.005)
    upper = known("two", "block", 0.5, 0.005, 0.045)
    assert told([bowl, lower, upper])[1:] == [("one", "in", "bowl"), ("two", "on", "one")]


def test_a_zone_carries_nothing_and_is_carried_by_nothing() -> None:
    zone = known("zone", "zone", 0.5, 0.0)
    assert told([zone]) == []
    assert told([zone, known("a", "block", 0.5, 0.0, 0.001)]) == [("a", "on", "table")]


def test_a_bowl_is_never_in_a_bowl() -> None:
    bowls = [known("one", "bowl", 0.5, 0.0), known("two", "bowl", 0.5, 0.01, 0.005)]
    assert told(bowls) == [("one", "on", "table"), ("two", "on", "table")]


def test_a_block_on_a_box_is_on_the_box() -> None:
    box = known("box", "box", 0.5, 0.0, 0.0, 0.3)
    assert told([box, known("a", "block", 0.53, 0.03, 0.06, 1.0)])[0] == ("a", "on", "box")


@given(st.floats(-np.pi, np.pi), st.floats(0.0, 0.14), st.floats(-0.06, 0.06), st.floats(-0.07, 0.07))
def test_what_is_within_the_tray_is_in_the_drawer_however_far_it_is_out(
    yaw: float, out: float, along: float, across: float
) -> None:
    way, aside = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    drawer = known("drawer", "drawer", *((CLOSED + out) * way), yaw=yaw)
    inside = known("it", "block", *((out + along) * way + across * aside), 0.009)
    assert told([drawer, inside]) == [("it", "in", "drawer")]
    beyond = known("it", "block", *((out + along) * way + 0.14 * aside), 0.0)
    assert told([drawer, beyond]) == [("it", "on", "table")]
    before = known("it", "block", *((CLOSED + out + 0.04) * way), 0.0)
    assert told([drawer, before]) == [("it", "on", "table")]
