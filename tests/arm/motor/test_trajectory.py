"""Paths reach their end, stay within the arm's speeds, and start and stop at rest."""

from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.arm.motor.kinematics import downward, solve
from neuralbrain.arm.motor.trajectory import (
    CARRY,
    FREE,
    NEAR,
    Pace,
    UnreachableError,
    between,
    rounded,
    swing,
    timed,
    track,
)
from tests.arm.motor.harness import PANDA

HOME = np.array([0.0, -pi / 4, 0.0, -3 * pi / 4, 0.0, pi / 2, pi / 4])
spots = st.tuples(st.floats(0.32, 0.68), st.floats(-0.3, 0.3), st.floats(0.02, 0.3))


@given(spots, st.floats(-1.5, 1.5), st.sampled_from([FREE, CARRY, NEAR, Pace(tool=0.08, ramp=0.1)]))
def test_a_track_ends_where_it_should_within_the_limits(
    spot: tuple[float, float, float], yaw: float, pace: Pace
) -> None:
    start, end = PANDA.forward(HOME), downward(spot, yaw + float(np.arctan2(spot[1], spot[0])))
    over = downward((*spot[:2], 0.35), 0.0)
    rows = track(PANDA, HOME, rounded([start, over, end]), pace)
    reached = PANDA.forward(rows[-1])
    assert np.abs(reached.position - end.position).max() < 1e-3
    assert np.abs(reached.rotation - end.rotation).max() < 1e-2
    speeds = np.diff(np.vstack([HOME, rows]), axis=0) / 0.05
    assert (np.abs(speeds) <= 1.02 * pace.joint * PANDA.schema.speed).all()
    tool = np.array([PANDA.forward(row).position for row in [HOME, *rows]])
    assert (np.linalg.norm(np.diff(tool, axis=0), axis=1) / 0.05).max() <= 1.05 * pace.tool
    jumps = np.abs(np.diff(np.vstack([np.zeros(7), speeds, np.zeros(7)]), axis=0))
    assert (jumps <= 0.4 * PANDA.schema.speed).all()


def test_a_straight_way_is_straight() -> None:
    start = downward((0.4, -0.2, 0.1), 0.0)
    joints = solve(PANDA, start, HOME).joints
    rows = track(PANDA, joints, between(PANDA.forward(joints), downward((0.4, 0.2, 0.1), 0.5)), NEAR)
    tool = np.array([PANDA.forward(row).position for row in rows])
    assert np.abs(tool[:, 0] - 0.4).max() < 2e-3
    assert np.abs(tool[:, 2] - 0.1).max() < 2e-3


def test_a_way_out_of_reach_is_refused_with_its_place() -> None:
    with pytest.raises(UnreachableError, match=r"\(1\.100, 0\.000, 0\.200\)|cannot reach"):
        track(PANDA, HOME, between(PANDA.forward(HOME), downward((1.1, 0.0, 0.2), 0.0)), FREE)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), st.floats(0.1, 1.0))
def test_time_is_covered_smoothly_and_once(costs: list[float], ramp: float) -> None:
    points = np.repeat(np.arange(len(costs) + 1.0)[:, None], 7, axis=1)
    rows = timed(points, np.array(costs), ramp, 0.05)
    assert np.allclose(rows[-1], points[-1])
    assert (np.diff(rows[:, 0]) >= -1e-12).all()


def test_a_swing_ends_at_its_posture() -> None:
    target = HOME + 0.5
    assert np.allclose(swing(PANDA, HOME, target, FREE)[-1], target)


def test_corners_are_cut_but_not_far() -> None:
    corners = [downward(p, 0.0) for p in [(0.4, 0, 0.1), (0.4, 0, 0.3), (0.6, 0, 0.3), (0.6, 0, 0.1)]]
    points = np.array([pose.position for pose in rounded(corners)])
    assert points[:, 2].max() <= 0.3
    for pose in corners[1:3]:
        near = np.linalg.norm(points - pose.position, axis=1).min()
        assert 0.005 < near < 0.03
