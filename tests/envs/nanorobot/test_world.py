"""Worlds: chance with the right spread, cells that hold, layouts that fit, doses that add up."""

from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuralbrain.envs.nanorobot import layout, moves, physics, tasks, world
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.errors import ConfigurationError

MANY = 1000
USUAL = Tissue.of(cancer=2, robots=2, portions=3, signal=1e5, size=200.0)
TINY = Tissue.of(size=2000.0, robot_radius=0.05, speed=300.0, healthy=0, drift=4.0)
STEADY = Tissue.of(temperature=273.15, viscosity=1000.0)


@cache
def rules(tissue: Tissue) -> tuple[Any, Any]:
    """Compile each tissue's rules once."""
    return tuple(jax.jit(jax.vmap(partial(rule, tissue))) for rule in (layout.reset, world.step))


def worlds(tissue: Tissue, number: int = MANY, seed: int = 0) -> world.NanoState:
    state: world.NanoState = rules(tissue)[0](jax.random.split(jax.random.key(seed), number))
    return state


def stepped(tissue: Tissue, state: world.NanoState, action: int, ticks: int = 1) -> world.NanoState:
    actions = jnp.full((len(state.tick), tissue.robots), action, jnp.int32)
    for _ in range(ticks):
        state = rules(tissue)[1](state, actions)
    return state


def array(vector: Any) -> np.ndarray:
    """A vector's parts, each (worlds,) or (worlds, robots), with space last."""
    return np.stack([np.asarray(part) for part in vector], axis=-1)


def test_every_layout_fits() -> None:
    state = worlds(USUAL)
    cells = np.stack([array(place) for place in state.cells.places], axis=1)
    robots = array(state.robots.place)
    assert (robots[:, 0] == robots[:, 1]).all(), "all are let go at one place"
    away = np.linalg.norm(robots[:, :1] - cells[:, :2], axis=2).min(axis=1)
    assert ((away > USUAL.size / 3) & (away < USUAL.size / 2)).mean() > 0.99
    gaps = np.linalg.norm(cells[:, :, None] - cells[:, None], axis=3)
    gaps[:, np.arange(6), np.arange(6)] = np.inf
    gaps = np.where(np.isnan(gaps), np.inf, gaps)
    assert gaps.min() > 2 * (USUAL.cell_radius + USUAL.robot_radius), "a robot fits between"
    assert np.isfinite(cells[:, :2]).all() and np.isfinite(cells).mean() > 0.99


def test_robots_have_chances_of_their_own() -> None:
    state = worlds(USUAL)
    facing = array(state.robots.forward)
    assert np.linalg.norm(facing, axis=2) == pytest.approx(np.ones((MANY, 2)), abs=1e-5)
    assert np.abs(facing.mean(axis=0)).max() < 0.1, "all ways alike"
    assert abs((facing[:, 0] * facing[:, 1]).sum(axis=1).mean()) < 0.08


def test_a_robot_of_100_nm_gets_as_far_as_theory_says() -> None:
    """In a default tick it faces all ways, and swims as a random walk does."""
    before = worlds(TINY)
    after = stepped(TINY, before, moves.RUN, 10)
    moved = array(after.robots.place) - array(before.robots.place)
    diffusion = TINY.brownian + TINY.speed**2 / (6 * TINY.tumbling)
    assert (moved**2).mean() == pytest.approx(2 * diffusion * 10 * TINY.tick_seconds, rel=0.08)


def test_the_cancer_cell_wanders_as_fast_as_told_and_stays_inside() -> None:
    before = worlds(TINY)
    after = stepped(TINY, before, moves.RUN)
    way = np.linalg.norm(array(after.cells.places[0]) - array(before.cells.places[0]), axis=1)
    assert way == pytest.approx(np.full(MANY, 0.4), rel=0.02)


def test_it_runs_ahead_and_tumbles_anywhere() -> None:
    before = worlds(STEADY)
    ran = array(stepped(STEADY, before, moves.RUN).robots.place) - array(before.robots.place)
    ahead = (ran * array(before.robots.forward)).sum(axis=2)
    free = ~np.asarray(before.robots.contact)
    assert np.median(ahead[free]) == pytest.approx(STEADY.speed * STEADY.tick_seconds, rel=0.01)
    tumbled = array(stepped(STEADY, before, moves.TUMBLE).robots.forward)[:, 0]
    assert np.abs(tumbled.mean(axis=0)).max() < 0.06
    assert (tumbled**2).mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.03)


@pytest.mark.parametrize(
    ("action", "axis", "way"),
    [(moves.LEFT, "left", 1), (moves.RIGHT, "left", -1), (moves.UP, "up", 1), (moves.DOWN, "up", -1)],
)
def test_steering_turns_about_its_own_axes(action: int, axis: str, way: int) -> None:
    before = worlds(STEADY)
    after = stepped(STEADY, before, action)
    forward, left = array(before.robots.forward), array(before.robots.left)
    side = left if axis == "left" else np.cross(forward, left)
    aside = (side * array(after.robots.forward)).sum(axis=2)
    assert aside * way == pytest.approx(np.full((MANY, 1), np.sin(0.6)), abs=0.06)


def test_axes_stay_axes() -> None:
    robots = stepped(STEADY, worlds(STEADY), moves.LEFT, 200).robots
    forward, left = array(robots.forward), array(robots.left)
    ones = np.ones((MANY, 1))
    assert (forward * left).sum(axis=2) == pytest.approx(0 * ones, abs=1e-5)
    assert np.linalg.norm(forward, axis=2) == pytest.approx(ones, abs=1e-5)
    assert np.linalg.norm(left, axis=2) == pytest.approx(ones, abs=1e-5)


def test_nothing_is_run_through() -> None:
    state = worlds(USUAL, 256)
    touched = 0
    for _ in range(150):
        state = stepped(USUAL, state, moves.RUN)
        robots = array(state.robots.place)
        cells = np.stack([array(place) for place in state.cells.places], axis=1)
        gaps = np.linalg.norm(robots[:, :, None] - cells[:, None], axis=3)
        assert np.nanmin(gaps) > USUAL.cell_radius + USUAL.robot_radius - 1e-3
        assert robots.min() >= USUAL.robot_radius - 1e-4
        assert robots.max() <= USUAL.size - USUAL.robot_radius + 1e-4
        touched += int(np.asarray(state.robots.contact).sum())
    assert touched > 1000, "and it is felt"


def test_several_cells_add_up() -> None:
    state = worlds(USUAL)
    here = state.robots.place
    both = world.concentration(USUAL, state.cells, [jnp.bool_(True)] * 2, tuple(p.T for p in here))  # type: ignore[arg-type]
    each = [
        physics.around_a_cell(
            np.linalg.norm(array(here)[:, 0] - array(cell), axis=1),
            USUAL.secretion,
            USUAL.cell_radius,
            USUAL.diffusion,
            USUAL.reach,
        )
        for cell in state.cells.places[:2]
    ]
    assert np.asarray(both)[0] == pytest.approx(each[0] + each[1], rel=1e-4)


def test_a_portion_leaves_the_dose_of_its_diffusion_and_is_gone() -> None:
    before = worlds(USUAL)
    after = stepped(USUAL, before, moves.RELEASE)
    assert (np.asarray(after.robots.portions) == 2).all()
    gone = stepped(USUAL, after, moves.RELEASE, 4)
    assert (np.asarray(gone.robots.portions) == 0).all(), "no more than it has"
    for number, dose in enumerate(after.cells.doses):
        apart = np.linalg.norm(
            array(after.robots.place) - array(before.cells.places[number])[:, None], axis=2
        )
        expected = sum(
            USUAL.portion * np.exp(-r / USUAL.drug_reach) / (4 * np.pi * USUAL.drug_diffusion * r)
            for r in (apart[:, 0], apart[:, 1])
        )
        fitted = np.isfinite(expected)
        assert np.asarray(dose)[fitted] == pytest.approx(expected[fitted], rel=1e-3, abs=1e-6)


def test_a_dead_cell_secretes_nothing_and_is_not_looked_for() -> None:
    state = worlds(USUAL)
    dead = [jnp.full(MANY, USUAL.lethal), *state.cells.doses[1:]]
    after = state._replace(cells=state.cells._replace(doses=tuple(dead)))
    half = jax.vmap(
        lambda one: world.concentration(USUAL, one.cells, world.alive(USUAL, one.cells), one.robots.place)
    )
    assert (np.asarray(half(after)) < np.asarray(half(state))).all()
    assert (np.asarray(jax.vmap(partial(tasks.killed, USUAL))(after)) == 1).all()
    gaps = np.asarray(jax.vmap(partial(tasks.gap, USUAL))(after))
    apart = np.linalg.norm(array(state.robots.place)[:, 0] - array(state.cells.places[1]), axis=1)
    assert gaps[:, 0] == pytest.approx(apart - USUAL.cell_radius - USUAL.robot_radius, abs=1e-3)


def test_who_has_found_calls_the_others() -> None:
    state = worlds(USUAL)
    quiet = stepped(USUAL, state, moves.TUMBLE)
    assert (np.asarray(quiet.robots.senses[1].molecules) == 0).all()
    found = np.zeros((MANY, 2), bool)
    found[:, 0] = True
    calling = state._replace(robots=state.robots._replace(found=jnp.asarray(found)))
    step = jax.jit(jax.vmap(partial(world.step, USUAL, staying=True)))
    heard = np.asarray(step(calling, jnp.ones((MANY, 2), jnp.int32)).robots.senses[1].molecules)
    assert heard[:, 0].max() == 0, "it does not hear itself"
    assert heard[:, 1].min() > 100


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"viscosity": -1.0}, "viscosity is -1.0; give at least 0.1 and at most 1000 mPa s"),
        ({"temperature": 0.0}, "temperature is 0.0; give at least 273.15 and at most 373.15 K"),
        ({"cell_radius": -8.0}, "cell_radius is -8.0; give at least 0.5 and at most 50 µm"),
        ({"speed": 0.0}, "speed is 0.0; give above 0 and at most 1000 µm/s"),
        (
            {"tick_seconds": 5.0, "memory": (5, 6, 7)},
            "robot 71.5 µm a tick, more than .* \\(9 µm\\).*give at most 0.464 s",
        ),
        ({"speed": 50.0, "decay": 100.0}, "biomarker's reach \\(1 µm\\): give at most 0.0196 s"),
        ({"size": 20.0}, "20 µm leaves no room.*at least 36 µm"),
        ({"size": 40.0, "healthy": 9}, "crowd 40 µm.*give at most"),
        ({"memory": (0.2, 0.1, 3.0)}, "memory: .* must rise"),
        ({"targets": [(50, 50, 50)], "cancer": 2}, "cancer is 2, but targets are 1"),
        (
            {"robot_radius": 0.05, "speed": 0.1, "tick_seconds": 10.0, "memory": (10, 20, 30)},
            "Brownian motion",
        ),
        ({"size": float("nan")}, "size is nan; give at least 20"),
        ({"memory": (0.2, 0.8, float("inf"))}, "finite"),
        ({"memory": (0.2, 0.8, 1e5)}, "memory: .* from the tick's 0.1 s on to at most 10000 s"),
        ({"tick_seconds": 0.0}, "tick_seconds is 0.0; give at least 1e-06 and at most 10 s"),
        ({"tick_seconds": 1e-6, "viscosity": 1000.0, "size": 2000.0}, "moves .* give at least 9.84e-05 s"),
        ({"speed": 300.0, "diffusion": 50.0, "tick_seconds": 0.01}, "speed: .* give at most 50 µm/s"),
        ({"drift": 50.0}, "drift is 50 µm/s.*give at most 12.5 µm/s"),
        (
            {"drift": 12.0, "cell_radius": 2.0, "tick_seconds": 0.4, "speed": 1.0, "memory": (1, 2, 3)},
            "give at most 7.5",
        ),
        (
            {"secretion": 1e10, "cancer": 16, "size": 500.0, "tick_seconds": 0.4, "memory": (1, 2, 3)},
            "secretion is 1e\\+10 .* give at most 3.29e\\+09 molecules/s",
        ),
        (
            {"portions": 3, "vessel": {"radius": 40, "flow": 1}},
            "portions: .* free tissue only: give 0, or neither",
        ),
        (
            {"signal": 1e5, "barriers": [{"kind": "ball", "centre": [50, 50, 50], "radius": 9}]},
            "signal: .* free",
        ),
        ({"colour": "red"}, "There is no parameter 'colour'"),
    ],
)
def test_what_is_not_physical_is_refused_with_unit_and_range(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        Tissue.of(**settings)
