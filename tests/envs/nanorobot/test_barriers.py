"""Barriers and vessels: nothing stays inside a solid, and what cannot stand is refused by name."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from neuralbrain.envs.nanorobot.barriers import Ball, Barrier, Vessel, Wall, distance, flow, kept_out
from neuralbrain.envs.nanorobot.standing import check_standing
from neuralbrain.errors import ConfigurationError

SIZE, ROBOT = 200.0, 1.0
MAZE = (
    Wall(low=(90.0, 0.0, 0.0), high=(110.0, 150.0, 200.0)),
    Wall(low=(20.0, 20.0, 20.0), high=(60.0, 40.0, 90.0)),
    Ball(centre=(40.0, 65.0, 60.0), radius=20.0),
    Ball(centre=(150.0, 100.0, 100.0), radius=37.5),
)
LUMEN = Vessel(radius=40.0, flow=790.0)
PLAQUES = (
    Ball(centre=(60.0, 100.0, 60.0), radius=20.0),
    Ball(centre=(60.0, 110.0, 145.0), radius=12.0),
    Ball(centre=(120.0, 110.0, 100.0), radius=15.0),
    Wall(low=(150.0, 90.0, 85.0), high=(160.0, 120.0, 110.0)),
)
places = st.tuples(*[st.floats(-10.0, SIZE + 10.0, width=32)] * 3)


@jax.jit
def _in_maze(point: Any) -> Any:
    return kept_out(MAZE, None, SIZE, ROBOT, point)


@jax.jit
def _in_lumen(point: Any) -> Any:
    return kept_out(PLAQUES, LUMEN, SIZE, ROBOT, point)


def _near(barriers: Any, vessel: Vessel | None, number: int) -> Any:
    """Points drawn where it is tight: within 3 µm of some surface, on either side."""
    drawn = np.random.default_rng(0).uniform(-5.0, SIZE + 5.0, (400_000, 3)).astype(np.float32)
    drawn = drawn[np.abs(distance(barriers, vessel, SIZE, tuple(drawn.T))) < 3.0]
    assert len(drawn) > number
    return tuple(jnp.asarray(drawn[:number].T))


def test_the_mazes_pass_their_own_check() -> None:
    check_standing(MAZE, None, SIZE, ROBOT, 8.0)
    check_standing(PLAQUES, LUMEN, SIZE, ROBOT, 8.0)


@given(places)
@settings(max_examples=200)
def test_nothing_is_left_inside_a_barrier_or_outside_the_cube(place: tuple[float, float, float]) -> None:
    point, touched = _in_maze(jnp.asarray(place))
    assert distance(MAZE, None, SIZE, np.asarray(point, float)) >= ROBOT - 1e-3
    assert all(ROBOT - 1e-3 <= value <= SIZE - ROBOT + 1e-3 for value in point)
    assert bool(touched) == (np.asarray(point) != np.asarray(place, np.float32)).any()


@given(places)
@settings(max_examples=200)
def test_nothing_is_left_inside_a_plaque_or_outside_the_lumen(place: tuple[float, float, float]) -> None:
    point, _ = _in_lumen(jnp.asarray(place))
    assert distance(PLAQUES, LUMEN, SIZE, np.asarray(point, float)) >= ROBOT - 0.01
    assert -1e-3 <= point[0] <= SIZE + 1e-3


def test_nor_among_thousands_near_the_surfaces_and_one_more_push_moves_none() -> None:
    for barriers, vessel in ((MAZE, None), (PLAQUES, LUMEN)):
        start = _near(barriers, vessel, 15_000)
        push = jax.jit(lambda point, b=barriers, v=vessel: kept_out(b, v, SIZE, ROBOT, point))
        point, touched = push(start)
        assert distance(barriers, vessel, SIZE, tuple(np.asarray(point, float))).min() >= ROBOT - 0.01
        assert 0 < touched.sum() < touched.size
        again, _ = push(point)
        along = np.abs(np.asarray(again) - np.asarray(point))
        along[0] = np.minimum(along[0], SIZE - along[0])
        assert along.max() < 0.02


def test_who_is_in_nobodys_way_stays_where_it_is_to_the_bit() -> None:
    free = np.random.default_rng(1).uniform(0.0, SIZE, (3, 5000)).astype(np.float32)
    for barriers, vessel, push in ((MAZE, None, _in_maze), (PLAQUES, LUMEN, _in_lumen)):
        clear = distance(barriers, vessel, SIZE, tuple(free)) > ROBOT + 1e-3
        clear &= (np.minimum(free, SIZE - free) > ROBOT).all(axis=0)
        assert clear.any()
        for one in free.T[clear][:20]:
            point, touched = push(jnp.asarray(one))
            assert np.array_equal(np.asarray(point), one) and not touched


def test_a_push_goes_the_nearest_way() -> None:
    wall = (Wall(low=(90.0, 0.0, 0.0), high=(110.0, 200.0, 200.0)),)
    point, touched = kept_out(wall, None, SIZE, ROBOT, (jnp.float32(93.0), jnp.float32(1.5), jnp.float32(50)))
    assert [float(value) for value in point] == pytest.approx([89.0, 1.5, 50.0]) and touched
    ball = (Ball(centre=(50.0, 50.0, 50.0), radius=10.0),)
    point, _ = kept_out(ball, None, SIZE, ROBOT, (jnp.float32(56.0), jnp.float32(58.0), jnp.float32(50.0)))
    assert [float(value) for value in point] == pytest.approx([56.6, 58.8, 50.0])


def test_in_a_vessel_x_wraps_around_and_that_is_no_touch() -> None:
    point, touched = kept_out((), LUMEN, SIZE, ROBOT, (jnp.float32(203.0), jnp.float32(100), jnp.float32(90)))
    assert [float(value) for value in point] == pytest.approx([3.0, 100.0, 90.0]) and not touched


def test_distances_of_numpy_and_jax_arrays() -> None:
    points = np.random.default_rng(2).uniform(0.0, SIZE, (3, 1000)).astype(np.float32)
    ours = distance(PLAQUES, LUMEN, SIZE, tuple(points))
    theirs = distance(PLAQUES, LUMEN, SIZE, tuple(jnp.asarray(points)))
    assert isinstance(ours, np.ndarray) and isinstance(theirs, jax.Array)
    assert np.allclose(ours, theirs, atol=1e-3)
    assert np.isinf(distance((), None, SIZE, (1.0, 2.0, 3.0)))
    # By hand: inside a box, beside it, off its corner; inside a ball; outside of the lumen.
    box = (Wall(low=(10.0, 10.0, 10.0), high=(20.0, 30.0, 40.0)),)
    assert [float(distance(box, None, SIZE, (x, y, 20.0))) for x, y in ((13, 20), (25, 20), (23, 34))] == [
        -3.0,
        5.0,
        5.0,
    ]
    assert float(distance(MAZE[3:], None, SIZE, (150.0, 100.0, 110.0))) == -27.5
    assert float(distance((), LUMEN, SIZE, (0.0, 145.0, 100.0))) == -5.0


def test_the_flow_is_poiseuilles_and_its_mean_is_the_one_given() -> None:
    side = np.linspace(-40.0, 40.0, 801)
    y, z = np.meshgrid(side, side)
    vx, vy, vz = flow(LUMEN, SIZE, (0 * y, 100 + y, 100 + z))
    assert vx[y**2 + z**2 < 40**2].mean() == pytest.approx(790.0, rel=2e-3)
    assert vx.max() == pytest.approx(2 * 790.0) and vx.min() == 0.0
    assert not vy.any() and not vz.any()
    assert [float(value) for value in flow(None, SIZE, (1.0, 2.0, 3.0))] == [0.0, 0.0, 0.0]


def test_from_json_and_hashable() -> None:
    parse = TypeAdapter(Barrier).validate_python
    ball = parse({"kind": "ball", "centre": [1, 2, 3], "radius": 4})
    assert ball == Ball(centre=(1.0, 2.0, 3.0), radius=4.0) and hash(ball) == hash(ball.model_copy())
    wall = parse({"kind": "wall", "low": [0, 0, 0], "high": [1, 2, 3]})
    assert parse(wall.model_dump()) == wall
    assert len({ball, wall, LUMEN}) == 3
    for wrong, says in (
        ({"kind": "cone", "radius": 1}, "'ball', 'wall'"),
        ({"kind": "ball", "centre": [1, 2, 3], "radius": -4}, "greater than 0"),
        ({"kind": "ball", "centre": [1, 2, float("nan")], "radius": 4}, "finite"),
        ({"kind": "ball", "centre": [1, 2, 3], "radius": 4, "colour": 1}, "Extra inputs"),
        (
            {"kind": "wall", "low": [0, 5, 0], "high": [1, 5, 3]},
            "y is 5 µm; give more than that of low, 5 µm",
        ),
    ):
        with pytest.raises(ValidationError, match=says):
            parse(wrong)


@pytest.mark.parametrize(
    ("barriers", "vessel", "says"),
    [
        (
            (Ball(centre=(9.0, 50.0, 50.0), radius=8.0),),
            None,
            "barriers\\[0\\].centre: x is 9 µm; give from 10 to",
        ),
        (
            (Ball(centre=(50.0, 50.0, 250.0), radius=8.0),),
            None,
            "centre: z is 250 µm; give from 10 to 190 µm",
        ),
        (
            (Wall(low=(1.0, 0.0, 0.0), high=(9.0, 9.0, 9.0)),),
            None,
            "low: x is 1 µm; .* from 2 to 200 µm.* or 0 µm",
        ),
        (
            (Wall(low=(0.0, 0.0, 0.0), high=(9.0, 201.0, 9.0)),),
            None,
            "high: y is 201 µm; .* 198 µm.* or 200 µm",
        ),
        ((Wall(low=(0.0,) * 3, high=(200.0,) * 3),), None, "fills the cube; give a low of at least 2 µm"),
        (
            (*MAZE, Ball(centre=(30.0, 30.0, 90.0), radius=5.0)),
            None,
            "\\[1\\] and barriers\\[4\\] overlap.* 2 µm",
        ),
        (
            (*MAZE, Ball(centre=(40.0, 65.0, 91.0), radius=10.0)),
            None,
            "\\[2\\] and barriers\\[4\\] are 1 µm apart",
        ),
        (
            (MAZE[0], Wall(low=(110.0, 0.0, 0.0), high=(120.0, 9.0, 9.0))),
            None,
            "barriers\\[0\\] and barriers\\[1\\] overlap",
        ),
        ((), Vessel(radius=101.0, flow=1.0), "vessel.radius is 101 µm; give at least 9 µm.* at most 100 µm"),
        ((), Vessel(radius=8.5, flow=1.0), "vessel.radius is 8.5 µm; give at least 9 µm"),
        (
            (Ball(centre=(50.0, 100.0, 170.0), radius=5.0),),
            LUMEN,
            "70 µm from the vessel's axis; .* below 45 µm",
        ),
        ((Ball(centre=(50.0, 100.0, 134.5), radius=5.0),), LUMEN, "34.5 µm from .* at most 33 µm, clear"),
        ((Ball(centre=(50.0, 100.0, 150.0), radius=25.0),), LUMEN, "with a radius of at most 20 µm"),
        ((Ball(centre=(5.0, 100.0, 100.0), radius=5.0),), LUMEN, "centre: x is 5 µm; give from 6 to 194 µm"),
        ((Wall(low=(50.0, 99.0, 99.0), high=(60.0, 139.0, 101.0)),), LUMEN, "reaches 39.0.* at most 38 µm"),
        ((Wall(low=(0.0, 99.0, 99.0), high=(60.0, 101.0, 101.0)),), LUMEN, "low: x is 0 µm; give from 1 to"),
    ],
)
def test_what_cannot_stand_is_named_with_its_unit_and_range(barriers: Any, vessel: Any, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        check_standing(barriers, vessel, SIZE, ROBOT, 8.0)
