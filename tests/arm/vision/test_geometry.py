"""Pixels to points and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.arm.vision.geometry import View, turn, wrap
from tests.arm.vision.frames import ABOVE, FIXED, bare_table, block, picture

ROWS, COLUMNS = 60, 80
angles = st.floats(-20.0, 20.0)
eyes = st.tuples(st.floats(0.2, 1.2), st.floats(-0.4, 0.4), st.floats(0.3, 0.9))


def view_from(eye: tuple[float, float, float]) -> View:
    target = (0.5, 0.05, 0.0) if np.hypot(eye[0] - 0.5, eye[1] - 0.05) > 0.01 else (0.55, 0.05, 0.0)
    return View(picture(block("red", 0.5, 0.0), (eye, target), rows=ROWS, columns=COLUMNS, focal=70.0))


@given(eyes)
def test_to_project_is_the_inverse_of_points(eye: tuple[float, float, float]) -> None:
    view = view_from(eye)
    pixels, depth = view.project(view.points[view.ranged])
    rows, columns = np.nonzero(view.ranged)
    assert np.allclose(pixels, np.column_stack([columns, rows]), atol=1e-6)
    assert np.allclose(depth, view.frame.depth[view.ranged], atol=1e-9)


@given(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1), st.floats(0.1, 3.0))
def test_a_ray_goes_where_its_pixel_looks(row: int, column: int, depth: float) -> None:
    view = View(bare_table())
    pixels, found = view.project((view.eye + depth * view.rays[row, column])[None])
    assert np.allclose(pixels, [[column, row]], atol=1e-6)
    assert found == pytest.approx([depth])


def test_points_without_noise_lie_on_what_is_seen() -> None:
    view = View(picture(block("red", 0.5, 0.1, 0.3)))
    colored = np.ptp(view.frame.rgb.astype(int), axis=2) > 60
    local = view.points[colored] - [0.5, 0.1, 0.02]
    local[:, :2] = local[:, :2] @ turn(0.3)
    assert np.abs(np.abs(local).max(axis=1) - 0.02).max() < 1e-6
    assert np.abs(view.points[~colored & view.ranged][:, 2]).max() < 1e-6


def test_a_pixel_without_depth_is_at_the_eye() -> None:
    frame = bare_table()
    depth = frame.depth.copy()
    depth[3, 5] = 0.0
    view = View(frame.model_copy(update={"depth": depth}))
    assert not view.ranged[3, 5]
    assert np.array_equal(view.points[3, 5], view.eye)
    assert view.ranged.sum() == depth.size - 1


@given(eyes, st.floats(-0.1, 0.2))
def test_on_plane_meets_the_plane_along_the_pixels_rays(
    eye: tuple[float, float, float], height: float
) -> None:
    view = view_from(eye)
    rows, columns = np.nonzero(view.rays[:, :, 2] < -0.1)
    meets = view.on_plane((rows, columns), height)
    pixels, depth = view.project(np.column_stack([meets, np.full(len(meets), height)]))
    assert np.allclose(pixels, np.column_stack([columns, rows]), atol=1e-6)
    assert (depth > 0).all()


def test_on_plane_takes_a_mask_as_well_and_heeds_no_depth() -> None:
    clean, noisy = (View(bare_table(noise=noise)) for noise in (0.0, 0.01))
    mask = np.zeros((ROWS, COLUMNS), dtype=np.bool_)
    mask[20:30, 15:60] = True
    assert np.allclose(clean.on_plane(mask, 0.0), clean.points[mask][:, :2], atol=1e-6)
    assert np.array_equal(clean.on_plane(mask, 0.0), noisy.on_plane(mask, 0.0))
    assert np.array_equal(clean.on_plane(mask, 0.0), clean.on_plane(np.nonzero(mask), 0.0))


@pytest.mark.parametrize("camera", [FIXED, ABOVE])
def test_sampled_depth_is_that_of_the_nearest_pixel(camera: tuple[tuple[float, float, float], ...]) -> None:
    view = View(picture(block("red", 0.5, 0.0), camera))  # type: ignore[arg-type]
    measured, expected = view.sample_depth(view.points[::7, ::7].reshape(-1, 3))
    assert np.allclose(measured, expected, atol=1e-6)
    over = np.array([[0.5, 0.0, 0.10]])
    measured, expected = view.sample_depth(over)
    assert 0.04 < measured - expected < 0.15


def test_sampled_depth_outside_the_picture_and_where_nothing_was_ranged_is_nan() -> None:
    frame = bare_table()
    depth = frame.depth.copy()
    depth[30, 40] = 0.0
    view = View(frame.model_copy(update={"depth": depth}))
    ahead, beside_it = view.rays[30, 40] + view.eye, view.rays[30, 41] + view.eye
    right = view.eye + view.rays[30, -1] + 2 * (view.rays[30, -1] - view.rays[30, -2])
    up = view.eye + view.rays[0, 40] + 2 * (view.rays[0, 40] - view.rays[1, 40])
    behind = view.eye - view.rays[30, 41]
    measured, expected = view.sample_depth(np.array([ahead, beside_it, right, up, behind]))
    assert np.isnan(measured).tolist() == [True, False, True, True, True]
    assert expected == pytest.approx([1, 1, 1, 1, -1])


@given(angles, st.floats(0.1, 7.0))
def test_wrap_brings_an_angle_into_one_period_and_changes_it_by_whole_periods(
    angle: float, period: float
) -> None:
    wrapped = wrap(angle, period)
    assert -period / 2 - 1e-9 <= wrapped <= period / 2 + 1e-9
    turns = (angle - wrapped) / period
    assert turns == pytest.approx(round(turns), abs=1e-6)


@pytest.mark.parametrize(
    ("angle", "wrapped"), [(0.0, 0.0), (np.pi, -np.pi), (-np.pi, -np.pi), (3.0, 3.0), (4.0, 4.0 - 2 * np.pi)]
)
def test_wrap_is_half_open(angle: float, wrapped: float) -> None:
    assert wrap(angle, 2 * np.pi) == pytest.approx(wrapped)


@given(angles, angles)
def test_turn_is_a_rotation_and_turns_add_up(one: float, two: float) -> None:
    assert np.allclose(turn(one) @ turn(one).T, np.eye(2))
    assert np.linalg.det(turn(one)) == pytest.approx(1.0)
    assert np.allclose(turn(one) @ turn(two), turn(one + two))
    assert np.allclose(turn(one)[:, 0], [np.cos(one), np.sin(one)])
