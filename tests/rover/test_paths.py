"""Ways around objects, and what lies ahead of a rover that is about something."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.rover.behaviours import FAST, Behaviour, movement, wheels
from neuralbrain.rover.navigation_state import BEHIND, CLEAR, ENTRIES, GO, PUSH, NavigationState
from neuralbrain.rover.paths import LEFT, RIGHT, Circle, ahead, path, wrapped

GAP = 0.45
"""What the arena keeps free between objects, m."""


@st.composite
def arenas(draw: st.DrawFn) -> list[Circle]:
    """Draw objects with room between them; the first and the last are where to start and where to go."""
    objects: list[Circle] = []
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    while len(objects) < 7:
        x, y = rng.uniform(-1.7, 1.7, 2).tolist()
        radius = float(rng.uniform(0.06, 0.22)) if 0 < len(objects) < 6 else 0.15
        if all(math.dist((x, y), t.middle) > radius + t.radius + GAP for t in objects):
            objects.append(Circle(x, y, radius))
    return objects


@given(arenas())
def test_who_heads_where_the_way_says_arrives_and_touches_nothing(objects: list[Circle]) -> None:
    here, goal, between, gone, side = objects[0].middle, objects[-1].middle, objects[1:-1], 0.0, 0
    while math.dist(here, goal) > 0.03:
        found = path(here, goal, between, CLEAR, side)
        here, side = ahead(here, found.best, 0.02), found.side
        gone += 0.02
        assert all(math.dist(here, t.middle) > t.radius + CLEAR - 0.01 for t in between)
        assert gone < 8.0


def test_the_shorter_side_is_named() -> None:
    for side, y in ((LEFT, -0.1), (RIGHT, 0.1)):
        found = path((0.0, 0.0), (2.0, 0.0), [Circle(1.0, y, 0.1)], CLEAR)
        assert found.side == side
        assert found.left > 0.0 > found.right
    assert path((0.0, 0.0), (2.0, 0.0), [Circle(1.0, 0.4, 0.1), Circle(-0.5, 0.0, 0.1)], CLEAR).side == 0


def ahead_of(**changes: object) -> NavigationState:
    known = {
        "asked": PUSH,
        "rover": (0.0, 0.0),
        "facing": 0.0,
        "goal": (2.0, 0.0),
        "ball": (0.5, 0.0),
        "others": (),
    }
    return NavigationState(**{**known, **changes})  # type: ignore[arg-type]


def test_a_push_begins_behind_the_ball_and_in_line() -> None:
    now = ahead_of(ball=(0.4, 0.0))
    assert now.behind == pytest.approx((0.4 - BEHIND, 0.0))
    assert now.lined_up
    assert not ahead_of(ball=(0.4, 0.0), goal=(0.4, 1.0)).lined_up
    assert not ahead_of(ball=(1.5, 0.0)).lined_up, "too far off to tell"


def test_a_ball_goes_around_what_stands_between() -> None:
    blocked = ahead_of(others=(Circle(1.2, 0.05, 0.1),))
    assert blocked.ball_path.side == RIGHT
    assert not blocked.lined_up
    assert blocked.behind[1] > 0.05, "from the left of the ball it goes to the right"


@given(
    st.sampled_from([GO, PUSH]),
    st.floats(-2, 2),
    st.floats(-2, 2),
    st.floats(-10, 10),
    st.booleans(),
    st.sampled_from([0, LEFT, RIGHT]),
)
def test_rows_and_movements_are_sound_whatever_lies_ahead(
    asked: str, x: float, y: float, facing: float, cradled: bool, side: int
) -> None:
    ball = (x, -y) if asked == PUSH else None
    now = NavigationState(
        asked, (0.0, 0.1), facing, (x, y), ball, (Circle(0.7, 0.1, 0.1),), cradled, side=side
    )
    row = now.row()
    assert row.shape == (len(ENTRIES),)
    assert np.isfinite(row).all()
    for behaviour in Behaviour:
        speed, rate = movement(behaviour, now)
        assert abs(speed) <= FAST
        assert abs(rate) <= 2.5


def test_behaviours_go_where_they_say() -> None:
    left = ahead_of(asked=GO, ball=None, goal=(0.0, 1.0))
    assert movement(Behaviour.TURN, left)[1] > 0
    assert movement(Behaviour.BACK_OFF, left)[0] < 0
    assert movement(Behaviour.STOP, left) == (0.0, 0.0)
    assert movement(Behaviour.GET_BEHIND, left) == movement(Behaviour.PUSH, left) == (0.0, 0.0)
    unknown = ahead_of(goal=None)
    assert movement(Behaviour.SEARCH, unknown)[1] > 0
    assert movement(Behaviour.APPROACH, unknown) == (0.0, 0.0)
    far, near = (ahead_of(asked=GO, ball=None, goal=(x, 0.0)) for x in (2.0, 0.35))
    assert movement(Behaviour.APPROACH, far)[0] > 2 * movement(Behaviour.APPROACH, near)[0] > 0


def test_wheels_turn_as_a_movement_says() -> None:
    left, right = wheels((0.3, 1.0), axle=0.13, radius=0.035)
    assert (left + right) / 2 * 0.035 == pytest.approx(0.3)
    assert (right - left) * 0.035 / 0.13 == pytest.approx(1.0)


@given(st.floats(-100, 100))
def test_angles_are_wrapped(angle: float) -> None:
    assert abs(wrapped(angle)) <= math.pi
    assert math.cos(wrapped(angle)) == pytest.approx(math.cos(angle))
