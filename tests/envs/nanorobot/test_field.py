"""The field on a grid against closed forms, conservation, symmetry, and what barriers and flow must do."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse.linalg
from hypothesis import given
from hypothesis import strategies as st

from neuralbrain.envs.nanorobot.barriers import Ball, Vessel, Wall, distance, flow
from neuralbrain.envs.nanorobot.field import at, sites, solve
from neuralbrain.envs.nanorobot.physics import around_a_cell, decay_length
from neuralbrain.envs.nanorobot.solved import solved_field
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.errors import ConfigurationError

SIZE, CELLS, CELL = 100.0, 24, 8.0
WIDE = SIZE / CELLS
MIDDLES = (np.arange(CELLS) + 0.5) * WIDE
POINTS = np.stack(np.meshgrid(MIDDLES, MIDDLES, MIDDLES, indexing="ij"))
WALL = Wall(low=(42.0, 0.0, 0.0), high=(58.0, 75.0, 100.0))
BALL = Ball(centre=(50.0, 50.0, 50.0), radius=12.0)
VESSEL = Vessel(radius=25.0, flow=400.0)
PLAQUE = Ball(centre=(55.0, 50.0, 25.0), radius=12.0)


def _solved(barriers: Any, vessel: Vessel | None, places: Any, diffusion: float, decay: float) -> Any:
    found = solve(barriers, vessel, SIZE, diffusion, decay, np.array(places, float), CELL, CELLS)
    assert found.shape == (len(places), CELLS, CELLS, CELLS)
    assert np.isfinite(found).all() and found.min() >= 0.0 and found.max() > 0.0
    return found


def _free(barriers: Any, vessel: Vessel | None) -> Any:
    return distance(barriers, vessel, SIZE, tuple(POINTS)) > 0


def _near(grid: Any, place: Any) -> float:
    """The mean over the surface of a cell, voxel by voxel."""
    around = np.random.default_rng(0).normal(size=(20_000, 3))
    surface = np.array(place) + CELL * around / np.linalg.norm(around, axis=1)[:, None]
    return float(grid[tuple((surface / WIDE).astype(int).T)].mean())


@pytest.mark.parametrize("decay", [0.0, 0.01, 1.0])
def test_far_from_barriers_it_is_the_formula(decay: float) -> None:
    """Also beside the cell, and where molecules reach 10 µm, so that a cell is no point to them."""
    far = Ball(centre=(180.0, 100.0, 100.0), radius=10.0)
    tissue = Tissue.of(decay=decay, barriers=[far], targets=[(30, 100, 100)])
    solved = solved_field(tissue)
    assert solved is not None
    for gap in (CELL, 9.0, 10.0, 15.0, 30.0, 60.0):
        at_it = solved.factor(jnp.int32(0), (jnp.float32(30 + gap), jnp.float32(100), jnp.float32(100)))
        assert float(at_it) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("decay", [0.0, 0.02])
def test_beside_a_plane_wall_it_is_the_field_of_cell_and_mirror_image(decay: float) -> None:
    wall = Wall(low=(70.0, 0.0, 0.0), high=(100.0, 100.0, 100.0))
    (grid,) = _solved((wall,), None, [(50.0, 50.0, 50.0)], 100.0, decay)
    length = decay_length(100.0, decay)
    own, image = (
        around_a_cell(
            np.linalg.norm(POINTS - np.array([[[[x]]], [[[50.0]]], [[[50.0]]]]), axis=0),
            1.0,
            CELL,
            100.0,
            length,
        )
        for x in (50.0, 2 * 17 * WIDE - 50.0)  # the wall begins between the 17th voxel and the next
    )
    gap = np.linalg.norm(POINTS - 50.0, axis=0)
    seen = (POINTS[0] < 17 * WIDE) & (gap > CELL)
    error = grid[seen] / (own + image)[seen] - 1
    assert np.sqrt((error**2).mean()) < 0.01 and np.abs(error).max() < 0.03


def test_behind_a_wall_that_ends_nowhere_there_is_nothing() -> None:
    wall = Wall(low=(60.0, 0.0, 0.0), high=(70.0, 100.0, 100.0))
    (grid,) = _solved((wall,), None, [(40.0, 50.0, 50.0)], 100.0, 0.0)
    assert grid[17:].max() < 1e-6 * grid.max()


@pytest.mark.parametrize("barriers", [(), (BALL,)])
def test_in_tissue_all_that_is_secreted_decays(barriers: Any) -> None:
    # Molecules reach 9 µm here, and next to none the faces; within the cell nothing decays.
    place = np.array([50.0, 50.0, 74.0 if barriers else 50.0])
    (grid,) = _solved(barriers, None, [place], 80.0, 1.0)
    outside = np.linalg.norm(POINTS - place[:, None, None, None], axis=0) > CELL
    decayed = 1.0 * grid[_free(barriers, None) & outside].sum() * WIDE**3
    assert decayed == pytest.approx(1.0, abs=0.07 if barriers else 0.03)


@pytest.mark.parametrize("barriers", [(), (PLAQUE,)])
@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_in_a_vessel_all_that_is_secreted_decays_or_flows_away(barriers: Any, decay: float) -> None:
    place = np.array([30.0, 50.0, 67.0])
    (grid,) = _solved(barriers, VESSEL, [place], 100.0, decay)
    free = _free(barriers, VESSEL)
    outside = np.linalg.norm(POINTS - place[:, None, None, None], axis=0) > CELL
    decayed = decay * grid[free & outside].sum() * WIDE**3
    last = tuple(POINTS[:, -1])
    flown = (flow(VESSEL, SIZE, last)[0] * grid[-1] * free[-1]).sum() * WIDE**2
    if barriers:  # it slows the stream down, and turns it to where there is room
        assert 0.9 < decayed + flown < 1.2
    else:
        assert decayed + flown == pytest.approx(1.0, abs=0.05)
    assert decay == 0.0 or 0.01 < decayed < 0.5


def test_in_a_narrow_vessel_it_is_the_closed_form_of_one_dimension() -> None:
    """With the dispersion of G. Taylor and R. Aris, and a cell that is 16 µm long."""
    narrow, speed, decay = Vessel(radius=17.0, flow=6.0), 6.0, 0.01
    (grid,) = _solved((), narrow, [(50.0, 50.0, 41.0)], 200.0, decay)
    diffusion = 200.0 * (1 + (speed * narrow.radius / 200.0) ** 2 / 48)
    mean = np.array([section[here].mean() for section, here in zip(grid, _free((), narrow), strict=True)])
    reach, x = math.sqrt(speed**2 + 4 * diffusion * decay), MIDDLES - 50.0
    rate = (speed - np.sign(x) * reach) / (2 * diffusion)
    closed = np.exp(rate * x) / (math.pi * narrow.radius**2 * reach) * np.sinh(rate * CELL) / (rate * CELL)
    away = np.abs(x) > 2 * CELL
    assert np.abs(mean[away] / closed[away] - 1).max() < 0.02


@pytest.mark.parametrize("speed", [5.0, 30.0])
def test_in_a_vessel_it_is_what_a_finer_grid_says_upstream_too(speed: float) -> None:
    """A cell in the axis, so that two dimensions are enough: voxels of 0.5 µm, and central differences."""
    tissue = Tissue.of(
        size=SIZE,
        healthy=0,
        targets=[(50, 50, 50)],
        vessel={"radius": 25.0, "flow": speed},
        tick_seconds=0.05,
    )
    x, r, fine = _in_the_axis(25.0, speed, tissue.diffusion, tissue.decay)
    solved = solved_field(tissue)
    assert solved is not None
    here = [(i, j) for i in range(241, 440, 5) for j in range(2, 48, 5) if math.hypot(x[i], r[j]) > CELL + 1]
    places = np.array([(50 + x[i], 50 + r[j], 50.0) for i, j in here])
    expected = np.array([fine[i, j] for i, j in here])
    own = around_a_cell(np.linalg.norm(places - 50, axis=1), 1.0, CELL, tissue.diffusion, tissue.reach)
    error = own * np.asarray(solved.factor(0, tuple(jnp.asarray(places.T, jnp.float32)))) / expected - 1
    upstream = places[:, 0] < 42
    sensed = expected > 1e-3 * around_a_cell(CELL, 1.0, CELL, tissue.diffusion, tissue.reach)
    assert (upstream & sensed).sum() > 20
    assert np.sqrt((error[sensed] ** 2).mean()) < 0.03 and np.abs(error[sensed]).max() < 0.1
    assert abs(error[upstream & sensed].mean()) < 0.03


def _in_the_axis(radius: float, speed: float, diffusion: float, decay: float) -> tuple[Any, Any, Any]:
    """Return x from the cell, r, and the concentration there: from 170 µm upstream to 170 µm downstream."""
    wide, long = 0.5, 170.0
    x, r = np.arange(-long + wide / 2, long, wide), np.arange(wide / 2, radius, wide)
    number = np.arange(len(x) * len(r)).reshape(len(x), len(r))
    ring = 2 * np.pi * r * wide
    carried = speed * (1 - r**2 / radius**2) * ring
    spread = diffusion * ring / wide
    aside = diffusion * 2 * np.pi * (r[:-1] + wide / 2)
    faces = [
        (number[:-1], number[1:], spread + carried, spread - carried),
        (number[:, :-1], number[:, 1:], aside, aside),
    ]
    balance = scipy.sparse.diags(np.tile(decay * ring * wide, len(x))).tocsr()
    for low, high, forth, back in faces:
        for one, other, flux in ((low, high, forth), (high, low, back)):
            passed = np.broadcast_to(flux, one.shape).ravel()
            for row, sign in ((one, 1), (other, -1)):
                entry = (sign * passed, (row.ravel(), one.ravel()))
                balance = balance + scipy.sparse.csr_matrix(entry, balance.shape)
    leaving = np.zeros(number.shape)
    leaving[-1] = 2 * carried
    surface = CELL * (1 - 2 * (np.arange(100_000) + 0.5) / 100_000)
    source = np.zeros(number.shape)
    places = ((surface + long) / wide).astype(int), (np.sqrt(CELL**2 - surface**2) / wide).astype(int)
    np.add.at(source, places, 1e-5)
    solved = scipy.sparse.linalg.spsolve(
        (balance + scipy.sparse.diags(leaving.ravel())).tocsc(), source.ravel()
    )
    return x, r, solved.reshape(number.shape)


@pytest.mark.parametrize("barriers", [(WALL,), (BALL,)])
def test_without_flow_source_and_sensor_may_change_places(barriers: Any) -> None:
    a, b = (20.0, 30.0, 60.0), (78.0, 41.0, 33.0)
    from_a, from_b = _solved(barriers, None, [a, b], 100.0, 0.05)
    assert _near(from_a, b) == pytest.approx(_near(from_b, a), rel=2e-2)


def test_with_flow_they_may_not() -> None:
    a, b = (20.0, 50.0, 67.0), (80.0, 50.0, 67.0)
    from_a, from_b = _solved((), VESSEL, [a, b], 100.0, 0.05)
    assert _near(from_a, b) > 100 * _near(from_b, a)


def test_the_mirror_image_has_the_mirrored_field() -> None:
    left, right = _solved((BALL,), None, [(20.0, 30.0, 60.0), (80.0, 30.0, 60.0)], 100.0, 0.05)
    free = _free((BALL,), None)
    assert np.allclose(left[free], right[::-1][free], rtol=1e-2)
    up, down = _solved((), VESSEL, [(30.0, 50.0, 67.0), (30.0, 50.0, 33.0)], 100.0, 0.05)
    free = _free((), VESSEL)
    assert np.allclose(up[free], down[:, :, ::-1][free], rtol=1e-2, atol=2e-3 * up.max())


def test_a_wall_casts_a_shadow_and_holds_back_on_the_near_side() -> None:
    place = (25.0, 30.0, 50.0)
    (bare,), (walled,) = (_solved(barriers, None, [place], 100.0, 0.05) for barriers in ((), (WALL,)))
    behind, before = (16, 6, 12), (9, 7, 12)
    assert walled[behind] < 0.5 * bare[behind]
    assert walled[before] > 1.1 * bare[before]
    assert walled[16, 21, 12] > 2 * walled[behind]  # it comes round the open end
    # No flux into it: beside its faces it is as within, on either side, and nothing comes through.
    assert np.allclose(walled[10, :18], walled[9, :18]) and np.allclose(walled[13, :17], walled[14, :17])
    assert walled[10, 7, 12] > 3 * walled[13, 7, 12]


def test_flow_carries_downstream() -> None:
    place = (50.0, 50.0, 67.0)
    still, tumour, healthy = (
        _solved((), Vessel(radius=25.0, flow=speed), [place], 100.0, 0.05)[0] for speed in (0.0, 30.0, 790.0)
    )
    assert np.allclose(still, still[::-1], rtol=5e-3)
    for grid in (tumour, healthy):
        assert grid[18, 12, 16] > 10 * grid[5, 12, 16]
    assert healthy[18, 12, 16] < tumour[18, 12, 16]
    assert healthy[5, 12, 16] < 1e-6 * tumour[5, 12, 16]


def test_the_stream_goes_round_a_barrier_and_heaps_nothing_up_before_it() -> None:
    place = (20.0, 50.0, 50.0)
    ahead = Ball(centre=(55.0, 50.0, 50.0), radius=12.0)
    (bare,), (blocked,) = (_solved(barriers, VESSEL, [place], 100.0, 0.05) for barriers in ((), (ahead,)))
    assert blocked[_free((ahead,), VESSEL)].max() < 1.2 * bare.max()
    aside = np.hypot(POINTS[1, 13:] - 50, POINTS[2, 13:] - 50) > 14
    assert blocked[13:][aside].sum() > 1.2 * bare[13:][aside].sum()


def test_it_is_the_same_every_time() -> None:
    places = [(20.0, 50.0, 67.0), (80.0, 50.0, 67.0)]
    for barriers, vessel in (((WALL,), None), ((PLAQUE,), VESSEL)):
        one, other = (
            solve(barriers, vessel, SIZE, 100.0, 0.05, np.array(places), CELL, 16) for _ in range(2)
        )
        assert one.tobytes() == other.tobytes()


_read = jax.jit(lambda grid, point, site: at(grid, SIZE, point, site))


@given(st.tuples(*[st.floats(2.125, 97.875, width=32)] * 3), st.integers(0, 1))
def test_between_voxels_a_linear_field_is_exact(place: tuple[float, float, float], site: int) -> None:
    slopes = np.array([0.5, -2.0, 3.0])
    linear = np.tensordot(slopes, POINTS, 1)
    grids = jnp.asarray(np.stack([linear, 7.0 - linear]), jnp.float32)
    expected = slopes @ np.array(place)
    read = _read(grids, tuple(map(jnp.float32, place)), site)
    assert float(read) == pytest.approx(7.0 - expected if site else expected, abs=1e-3)


def test_beyond_the_last_centres_it_goes_on_as_there_and_batches_agree_with_one() -> None:
    grid = np.random.default_rng(0).random((3, 5, 5, 5), np.float32)
    assert (
        float(at(grid[0], SIZE, (jnp.float32(-3.0), jnp.float32(2.0), jnp.float32(0.0)))) == grid[0, 0, 0, 0]
    )
    assert (
        float(at(grid[1], SIZE, (jnp.float32(99.0), jnp.float32(120), jnp.float32(95)))) == grid[1, 4, 4, 4]
    )
    points = jnp.asarray(np.random.default_rng(1).uniform(0.0, SIZE, (3, 40)), jnp.float32)
    which = jnp.arange(40) % 3
    many = jax.vmap(lambda x, y, z, site: at(jnp.asarray(grid), SIZE, (x, y, z), site))(*points, which)
    ones = [at(jnp.asarray(grid[i % 3]), SIZE, tuple(points[:, i])) for i in range(5)]
    assert np.allclose(many[:5], ones, atol=1e-6)


@pytest.mark.parametrize("vessel", [None, VESSEL])
def test_cells_fit_where_they_are_laid(vessel: Vessel | None) -> None:
    barriers = (PLAQUE,) if vessel else (WALL,)
    laid = sites(barriers, vessel, SIZE, CELL, 1.0, 8, 3)
    assert laid.shape == (8, 3)
    assert np.array_equal(laid, sites(barriers, vessel, SIZE, CELL, 1.0, 8, 3))
    assert np.array_equal(laid[:5], sites(barriers, vessel, SIZE, CELL, 1.0, 5, 3))
    assert not np.array_equal(laid, sites(barriers, vessel, SIZE, CELL, 1.0, 8, 4))
    assert (distance(barriers, None, SIZE, tuple(laid.T)) >= CELL + 2.0).all()
    assert ((laid >= CELL + 2.0) & (laid <= SIZE - CELL - 2.0)).all()
    apart = np.linalg.norm(laid[:, None] - laid, axis=2)
    assert (apart[~np.eye(8, dtype=bool)] >= 2 * CELL + 2.0).all()
    if vessel:
        assert distance((), vessel, SIZE, tuple(laid.T)) == pytest.approx(CELL)


def test_too_many_cells_are_refused_and_as_many_as_the_message_says_fit() -> None:
    with pytest.raises(
        ConfigurationError, match="sites: of 90 .* 8 µm only .* fit; .* size above 100 µm"
    ) as caught:
        sites((), VESSEL, SIZE, CELL, 1.0, 90, 0)
    most = int(str(caught.value).split("only ")[1].split()[0])
    assert len(sites((), VESSEL, SIZE, CELL, 1.0, most, 0)) == most


@pytest.mark.parametrize(
    ("barriers", "vessel", "decay", "cells", "says"),
    [
        ((), None, 0.01, 12, "cells: a voxel is 8.33333 µm wide; .* at most 8 µm: cell_radius"),
        ((), None, 0.01, 0, "cells: a voxel is 100 µm wide"),
        ((), None, 9.0, 24, "at most 1.66667 µm: half of the decay length"),
        (
            (Ball(centre=(50.0, 50.0, 50.0), radius=3.0),),
            None,
            0.01,
            24,
            "at most 3 µm: barriers\\[0\\].radius",
        ),
        (
            (BALL, Wall(low=(0.0, 0.0, 0.0), high=(8.0, 100.0, 20.0))),
            None,
            0.01,
            24,
            "at most 4 µm: half of the thickness of barriers\\[1\\]",
        ),
        ((), Vessel(radius=10.0, flow=1.0), 0.01, 16, "at most 5 µm: half of vessel.radius"),
        ((), Vessel(radius=25.0, flow=0.0), 0.0, 24, "decay is 0 1/s in a vessel with a flow of 0 µm/s"),
        (
            (Ball(centre=(50.0, 50.0, 20.0), radius=15.0),),
            None,
            0.01,
            24,
            "\\(50, 50, 20\\) µm lies in a solid",
        ),
    ],
)
def test_bad_grids_and_places_are_named(
    barriers: Any, vessel: Vessel | None, decay: float, cells: int, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        solve(barriers, vessel, SIZE, 100.0, decay, np.array([[50.0, 50.0, 20.0]]), CELL, cells)
