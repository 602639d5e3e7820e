"""Worlds of one robot: chance with the right spread, walls that hold, counts that are Poisson numbers."""

from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuralbrain.envs.nanorobot import world
from neuralbrain.envs.nanorobot.physics import capture_rate
from neuralbrain.envs.nanorobot.tissue import Tissue
from neuralbrain.errors import ConfigurationError

MANY = 1000
WIDE = Tissue.of(size=2000.0, healthy=0)
USUAL = Tissue.of()
STEADY = Tissue.of(temperature=273.15, viscosity=1000.0)


@cache
def rules(tissue: Tissue) -> tuple[Any, Any]:
    """Compile each tissue's rules once."""
    return tuple(jax.jit(jax.vmap(partial(rule, tissue))) for rule in (world.reset, world.step))


def worlds(tissue: Tissue, number: int = MANY, seed: int = 0) -> world.State:
    state: world.State = rules(tissue)[0](jax.random.split(jax.random.key(seed), number))
    return state


def stepped(tissue: Tissue, state: world.State, action: int, ticks: int = 1) -> world.State:
    for _ in range(ticks):
        state = rules(tissue)[1](state, jnp.full(len(state.tick), action, jnp.int32))
    return state


def test_every_layout_fits() -> None:
    tissue = Tissue.of(healthy=6)
    state = worlds(tissue)
    away = np.linalg.norm(state.robot - state.target, axis=1)
    assert (away > tissue.size / 3).all() and (away < tissue.size / 2).all()
    cells = np.concatenate([np.asarray(state.target)[:, None], np.asarray(state.healthy)], axis=1)
    gaps = np.linalg.norm(cells[:, :, None] - cells[:, None], axis=3)
    gaps[:, np.arange(7), np.arange(7)] = np.inf
    gaps = np.where(np.isnan(gaps), np.inf, gaps)
    assert gaps.min() > 2 * (tissue.cell_radius + tissue.robot_radius), "a robot fits between"
    assert np.isfinite(cells).mean() > 0.99, "nearly all cells find room"


def test_it_shakes_as_einstein_says_and_turns_as_debye_says() -> None:
    tissue = Tissue.of(size=2000.0, speed=1e-6, healthy=0, drift=4.0)
    before = worlds(tissue)
    after = stepped(tissue, before, world.RUN, 10)
    seconds = 10 * tissue.tick_seconds
    moved = np.asarray(after.robot - before.robot)
    assert (moved**2).mean() == pytest.approx(2 * tissue.brownian * seconds, rel=0.05)
    facing = (np.asarray(before.frame[:, 0]) * np.asarray(after.frame[:, 0])).sum(axis=1)
    assert facing.mean() == pytest.approx(np.exp(-2 * tissue.tumbling * seconds), abs=0.02)


def test_it_runs_ahead_and_tumbles_anywhere() -> None:
    tissue = WIDE
    before = worlds(tissue)
    ran = np.asarray(stepped(tissue, before, world.RUN).robot - before.robot)
    ahead = (ran * np.asarray(before.frame[:, 0])).sum(axis=1).mean()
    assert ahead == pytest.approx(tissue.speed * tissue.tick_seconds, rel=0.05)
    tumbled = np.asarray(stepped(tissue, before, world.TUMBLE).frame[:, 0])
    assert np.abs(tumbled.mean(axis=0)).max() < 0.05
    assert (tumbled**2).mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.03)


@pytest.mark.parametrize(
    ("action", "axis", "way"),
    [(world.LEFT, 1, 1), (world.RIGHT, 1, -1), (world.UP, 2, 1), (world.DOWN, 2, -1)],
)
def test_steering_turns_about_its_own_axes(action: int, axis: int, way: int) -> None:
    tissue = STEADY
    before = worlds(tissue)
    after = stepped(tissue, before, action)
    aside = (np.asarray(before.frame[:, axis]) * np.asarray(after.frame[:, 0])).sum(axis=1)
    assert aside * way == pytest.approx(np.full(MANY, np.sin(0.6)), abs=0.05)


def test_axes_stay_axes() -> None:
    tissue = USUAL
    frames = np.asarray(stepped(tissue, worlds(tissue), world.LEFT, 200).frame)
    assert frames @ frames.transpose(0, 2, 1) == pytest.approx(
        np.broadcast_to(np.eye(3), (MANY, 3, 3)), abs=1e-5
    )


def test_nothing_is_run_through() -> None:
    tissue = Tissue.of(size=60.0, healthy=4)
    state = worlds(tissue)
    touched = 0
    for _ in range(100):
        state = stepped(tissue, state, world.RUN)
        gaps = np.linalg.norm(np.asarray(state.robot)[:, None] - np.asarray(state.healthy), axis=2)
        assert gaps.min() > tissue.cell_radius + tissue.robot_radius - 1e-3
        robots = np.asarray(state.robot)
        assert (robots >= tissue.robot_radius).all()
        assert (robots <= tissue.size - tissue.robot_radius).all()
        touched += int(np.asarray(state.contact).sum())
    assert touched > 1000, "and it is felt"


def test_counts_are_poisson_numbers_of_smoluchowskis_mean() -> None:
    tissue = USUAL
    one = jax.tree.map(lambda value: value[:1], worlds(tissue))
    same = jax.tree.map(lambda value: jnp.repeat(value, MANY, axis=0), one)
    keys = jax.random.split(jax.random.key(3), MANY)
    counts = np.asarray(jax.vmap(partial(world._count, tissue))(same, keys))
    here = world.concentration(tissue, one, one.robot)[0]
    mean = capture_rate(here, tissue.robot_radius, tissue.diffusion) * tissue.tick_seconds
    assert counts.mean() == pytest.approx(float(mean), rel=0.03)
    assert counts.var() == pytest.approx(float(mean), rel=0.1)


def test_the_cancer_cell_wanders_as_fast_as_told() -> None:
    tissue = Tissue.of(size=2000.0, speed=1e-6, healthy=0, drift=4.0)
    before = worlds(tissue)
    after = stepped(tissue, before, world.RUN)
    way = np.linalg.norm(np.asarray(after.target - before.target), axis=1)
    assert way == pytest.approx(np.full(MANY, 0.4), rel=0.01)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"viscosity": -1.0}, "viscosity is -1.0; give at least 0.1 and at most 1000 mPa s"),
        ({"temperature": 0.0}, "temperature is 0.0; give at least 273.15 and at most 373.15 K"),
        ({"cell_radius": -8.0}, "cell_radius is -8.0; give at least 0.5 and at most 50 µm"),
        ({"speed": 0.0}, "speed is 0.0; give above 0 and at most 1000 µm/s"),
        ({"tick_seconds": 5.0}, "at 20 µm/s a step is 100 µm.*give at most 0.45 s"),
        ({"size": 20.0}, "20 µm leaves no room.*at least 36 µm"),
        ({"colour": "red"}, "there is no parameter 'colour'"),
    ],
)
def test_what_is_not_physical_is_refused_with_unit_and_range(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        Tissue.of(**settings)
