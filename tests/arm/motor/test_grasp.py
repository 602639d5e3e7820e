"""How the gripper chooses its grip among neighbours, and where on the table there is room."""

from itertools import product
from math import cos, dist, hypot, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.arm.motor.grasp import AMPLE, best_grip, free_spot, grasp_yaws, openings, wrist_yaw
from neuralbrain.arm.motor.obstacles import Box, boxes, gap, highest, obstacles, room
from neuralbrain.errors import PlanError
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene

HAND = PANDA.schema
HERE = (0.5, 0.0)


def block(x: float, y: float, yaw: float = 0.0, half: float = 0.02, top: float = 0.04) -> Box:
    return Box(x, y, yaw, (half, half), top)


def beside(yaw: float, apart: float) -> list[Box]:
    """Blocks on both sides of HERE, along a yaw."""
    return [block(HERE[0] + way * apart * cos(yaw), way * apart * sin(yaw), yaw) for way in (-1, 1)]


# ---- the yaw


@given(st.floats(0.3, 0.7), st.floats(-0.3, 0.3), st.floats(-20, 20))
def test_a_grasp_is_turned_by_half_turns_towards_straight_ahead(x: float, y: float, yaw: float) -> None:
    turned = wrist_yaw(x, y, yaw)
    assert abs(turned - np.arctan2(y, x)) <= pi / 2 + 1e-9
    half_turns = (turned - yaw) / pi
    assert half_turns == pytest.approx(round(half_turns), abs=1e-6)


def test_what_is_round_can_be_held_round_about_and_what_has_sides_across_them() -> None:
    assert len(grasp_yaws("ball", 0.3)) == len(grasp_yaws("cylinder", 0.3)) == 8
    assert grasp_yaws("block", 0.3) == [0.3, 0.3 + pi / 2]


# ---- the grip


def test_alone_it_opens_wide_and_takes_the_first_yaw_and_spot() -> None:
    grip = best_grip([HERE, (0.6, 0.1)], 0.02, [0.2, 0.2 + pi / 2], 0.04, [], HAND)
    assert (grip.x, grip.y, grip.z) == (*HERE, 0.02)
    assert grip.yaw == pytest.approx(0.2)
    assert grip.opening == HAND.gripper_width
    assert grip.room >= AMPLE


@pytest.mark.parametrize("yaw", [0.0, 0.4, pi / 2])
def test_the_fingers_go_where_no_neighbour_is(yaw: float) -> None:
    neighbours = beside(yaw, 0.05)
    grip = best_grip([HERE], 0.02, [yaw, yaw + pi / 2], 0.04, neighbours, HAND)
    closing = grip.yaw - pi / 2
    assert abs(cos(closing - yaw)) < 1e-6, "they close across the free sides"
    assert grip.room >= AMPLE


def test_between_two_neighbours_it_opens_less_wide() -> None:
    walls = [*beside(0.0, 0.068), *beside(pi / 2, 0.068)]
    grip = best_grip([HERE], 0.02, [0.0, pi / 2], 0.04, walls, HAND)
    assert 0.04 < grip.opening < HAND.gripper_width
    assert grip.room > 0


def test_with_ample_room_it_opens_wide_and_without_it_makes_room() -> None:
    openings = {
        apart: best_grip([HERE], 0.02, [0.0], 0.04, beside(pi / 2, apart), HAND).opening
        for apart in (0.0895, 0.085)
    }
    assert openings == {0.0895: 0.08, 0.085: 0.072}


@pytest.mark.parametrize(("apart", "width"), [(0.077, 0.055), (0.0737, 0.04)])
def test_ample_room_for_wide_fingers_is_better_than_the_spot_that_is_liked(
    apart: float, width: float
) -> None:
    walls = [*beside(0.0, apart), *beside(pi / 2, apart)]
    there = best_grip([HERE], 0.02, [0.0, pi / 2], width, walls, HAND)
    assert there.room > 0, "it would do"
    assert best_grip([HERE, (0.5, 0.25)], 0.02, [0.0, pi / 2], width, walls, HAND).y == 0.25


def test_a_spot_with_room_is_better_than_a_better_liked_one_without() -> None:
    walls = [*beside(0.0, 0.045), *beside(pi / 2, 0.045)]
    free = (0.5, 0.2)
    assert best_grip([HERE, free], 0.02, [0.0, pi / 2], 0.04, walls, HAND).y == 0.2
    assert best_grip([free, HERE], 0.02, [0.0, pi / 2], 0.04, walls, HAND).y == 0.2


def test_where_nothing_fits_it_says_by_how_much() -> None:
    walls = [*beside(0.0, 0.041), *beside(pi / 2, 0.041)]
    grip = best_grip([HERE], 0.02, [0.0, pi / 2], 0.04, walls, HAND)
    assert grip.room < 0


def test_what_is_carried_must_fit_as_well() -> None:
    walls = beside(0.0, 0.06)
    alone = best_grip([HERE], 0.022, [0.0], 0.04, walls, HAND)
    carrying = best_grip([HERE], 0.022, [0.0], 0.04, walls, HAND, carried=0.035)
    assert carrying.room == pytest.approx(0.005)
    assert alone.room > carrying.room


def test_what_is_wider_than_the_hand_is_an_error_and_no_grip() -> None:
    with pytest.raises(PlanError, match=r"0\.075 m wide"):
        best_grip([HERE], 0.02, [0.0], 0.075, [], HAND)


def test_a_smaller_hand_opens_less_wide_and_has_more_room() -> None:
    small = HAND.model_copy(update={"gripper_width": 0.06, "palm": (0.03, 0.1)})
    assert best_grip([HERE], 0.02, [0.0], 0.04, [], small).opening == 0.06
    tall = [block(0.5, 0.09, top=0.12)]
    little, large = (best_grip([HERE], 0.02, [0.0], 0.04, tall, hand).room for hand in (small, HAND))
    assert little > 0 > large


def test_the_opening_leaves_play_on_both_sides() -> None:
    for width in (0.02, 0.04, 0.05, 0.06, 0.07):
        walls = [*beside(0.0, 0.06), *beside(pi / 2, 0.06)]
        assert best_grip([HERE], 0.02, [0.0, pi / 2], width, walls, HAND).opening >= width + 0.009


locations = st.tuples(st.floats(0.42, 0.58), st.floats(-0.08, 0.08))
neighbours = st.builds(
    lambda at, yaw, half, top: block(*at, yaw, half, top),
    locations,
    st.floats(-pi, pi),
    st.floats(0.01, 0.06),
    st.floats(0.0, 0.12),
)


@given(
    st.lists(locations, min_size=1, max_size=3),
    st.floats(-pi, pi),
    st.floats(0.02, 0.07),
    st.lists(neighbours, max_size=4),
    st.sampled_from([0.0, 0.02]),
)
def test_no_other_grip_has_more_room_than_the_chosen_one_says_it_has(
    spots: list[tuple[float, float]], yaw: float, width: float, walls: list[Box], carried: float
) -> None:
    z, yaws = 0.025, [yaw, yaw + pi / 2]
    grip = best_grip(spots, z, yaws, width, walls, HAND, carried)
    assert grip.room == room(grip.x, grip.y, z, grip.yaw, grip.opening, walls, HAND, carried)
    assert (grip.x, grip.y) in spots
    for (x, y), turn, opening in product(spots, yaws, openings(HAND)):
        if opening >= width + 0.009:
            other = room(x, y, z, wrist_yaw(x, y, turn), opening, walls, HAND, carried)
            assert min(other, AMPLE) <= min(grip.room, AMPLE)


# ---- the room


@given(neighbours, neighbours)
def test_boxes_are_as_far_apart_as_their_nearest_corners_at_most(one: Box, other: Box) -> None:
    apart = gap(one, other)
    assert apart == pytest.approx(gap(other, one))
    assert apart <= dist(_nearest(one, other), _nearest(other, one)) + 1e-9
    middles = hypot(one.x - other.x, one.y - other.y)
    assert apart <= middles
    if middles < min(one.half) + min(other.half):
        assert apart < 0


def _nearest(box: Box, to: Box) -> tuple[float, float]:
    """Return the corner of a box that is nearest to another's middle."""
    c, s = cos(box.yaw), sin(box.yaw)
    corners = [
        (box.x + c * i * box.half[0] - s * j * box.half[1], box.y + s * i * box.half[0] + c * j * box.half[1])
        for i, j in product((-1, 1), repeat=2)
    ]
    return min(corners, key=lambda corner: dist(corner, (to.x, to.y)))


def test_what_is_flat_or_far_below_is_in_nobodys_way() -> None:
    assert boxes(obj("green_zone", *HERE)) == []
    assert room(*HERE, 0.12, 0.0, 0.08, [block(*HERE)], HAND) == room(*HERE, 0.12, 0.0, 0.08, [], HAND)
    assert room(*HERE, 0.02, 0.0, 0.04, [block(*HERE, half=0.03)], HAND) < 0


def test_the_palm_needs_room_over_what_is_tall() -> None:
    low, tall = block(0.5, 0.09, top=0.04), block(0.5, 0.09, top=0.12)
    assert room(*HERE, 0.02, 0.0, 0.05, [low], HAND) > 0 > room(*HERE, 0.02, 0.0, 0.05, [tall], HAND)


def test_only_what_is_near_the_way_counts_as_its_highest() -> None:
    walls = [block(0.5, 0.0, top=0.04), block(0.5, 0.3, top=0.2)]
    assert highest(walls, (0.4, 0.0), (0.6, 0.0), HAND) == 0.04
    assert highest(walls, (0.4, 0.25), (0.6, 0.25), HAND) == 0.2
    assert highest([], (0.4, 0.0), (0.6, 0.0), HAND) == 0.0


def test_a_bowl_is_a_ring_and_a_drawer_leaves_its_tray_free() -> None:
    bowl = obj("blue_bowl", *HERE)
    assert len(boxes(bowl)) == 8
    assert room(*HERE, 0.03, 0.0, 0.05, boxes(bowl), HAND) > 0
    closed = obj("red_drawer", 0.5, 0.0, 0.045)
    pulled = obj("red_drawer", 0.6, 0.0, 0.045, extension=0.13)
    over_tray = (0.6 - 0.045 - 0.07, 0.0, 0.03, 0.0, 0.05)
    assert room(*over_tray, boxes(pulled), HAND) > 0 > room(*over_tray, boxes(closed), HAND)
    for ahead, aside in ((0.6 - 0.048, 0.0), (0.5, 0.07), (0.5, -0.07)):
        assert room(ahead, aside, 0.03, 0.0, 0.05, boxes(pulled), HAND) < 0, "its walls are in the way"


# ---- free spots


def test_a_free_table_is_free_close_by() -> None:
    spot = free_spot(HERE, 0.02, 0.0, 0.04, [], HAND)
    assert spot is not None
    assert dist(spot, HERE) < 0.03


def test_a_free_spot_is_the_nearest_one_that_keeps_clear() -> None:
    objects = [obj("red_block", 0.5, 0.0), obj("blue_bowl", 0.5, 0.18), obj("red_box", 0.42, -0.2)]
    walls = obstacles(scene(*objects))
    spot = free_spot(HERE, 0.02, 0.0, 0.04, walls, HAND)
    assert spot is not None
    assert room(*spot, 0.02, wrist_yaw(*spot, 0.0), HAND.gripper_width, walls, HAND, 0.04) > 0.02
    assert 0.05 < dist(spot, HERE) < 0.2
    assert 0.36 <= spot[0] <= 0.65
    assert abs(spot[1]) <= 0.29


def test_a_full_table_has_no_free_spot() -> None:
    crowd = [block(x, y) for x in np.arange(0.3, 0.72, 0.08) for y in np.arange(-0.36, 0.37, 0.08)]
    assert free_spot(HERE, 0.02, 0.0, 0.04, crowd, HAND) is None
