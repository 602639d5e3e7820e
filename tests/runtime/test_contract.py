"""The contract: one trace, whatever the runtime, the grouping and the order."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.arguments import HIGHEST_SEED
from neuralbrain.blueprint import Blueprint
from neuralbrain.runtime import run_brain
from tests.runtime.graphs import graphs
from tests.runtime.orders import Seen, run_in_any_order
from tests.runtime.toys import fast_ring, slow_star

SEEDS = range(5)


def groupings(blueprint: Blueprint) -> dict[str, Blueprint]:
    names = list(blueprint.by_name)
    return {
        "all in one": blueprint.grouped(dict.fromkeys(names, "one")),
        "all apart": blueprint.grouped({name: name for name in names}),
        "halves": blueprint.grouped({name: "ab"[i % 2] for i, name in enumerate(names)}),
        "own": blueprint,
    }


@pytest.mark.parametrize("blueprint", [fast_ring(), slow_star()], ids=["ring", "star"])
@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_and_grouping_gives_the_inline_trace(blueprint: Blueprint, seed: int) -> None:
    watch = Seen()
    straight = run_brain(blueprint, seed, observers=[watch])
    assert watch.until == straight.ticks
    for name, other in groupings(blueprint).items():
        assert run_brain(other, seed).trace == straight.trace, name
        trace, ticks, emissions = run_in_any_order(other, seed, random.Random(seed))
        assert (trace, ticks) == (straight.trace, straight.ticks), name
        assert [(e.tick, e.region, e.port) for e in emissions] == [
            (e.tick, e.region, e.port) for e in watch.emissions
        ]


@pytest.mark.ray
@pytest.mark.parametrize(
    "seed", [SEEDS[0], *(pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[1:])]
)
@pytest.mark.parametrize("build", [fast_ring, slow_star], ids=["ring", "star"])
def test_ray_gives_the_inline_trace(ray_session: None, build: Callable[[], Blueprint], seed: int) -> None:
    blueprint = build()
    inline_watch, ray_watch = Seen(), Seen()
    straight = run_brain(blueprint, seed, observers=[inline_watch])
    for name, other in groupings(blueprint).items():
        result = run_brain(other, seed, runtime="ray", observers=[ray_watch] if name == "own" else [])
        assert result.trace == straight.trace, name
        assert result.ticks == straight.ticks
        assert result.stop == straight.stop
        assert result.firings == straight.firings
    assert [(e.tick, e.region, e.port) for e in ray_watch.emissions] == [
        (e.tick, e.region, e.port) for e in inline_watch.emissions
    ]


def default_brain(seed: int) -> Blueprint:
    brain = Blueprint.load("frankenbot")
    return brain.configured(brain.body, env="neuralbrain/Tabletop-Place-v0", env_seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_default_brain_has_one_trace_under_any_grouping(seed: int) -> None:
    brain = default_brain(seed)
    straight = run_brain(brain, seed, commit=False)
    assert straight.stop is not None
    assert straight.stop.success
    grouped = groupings(brain)
    mixed = grouped[["all apart", "halves", "own"][seed % 3]]
    trace, ticks, _ = run_in_any_order(mixed, seed, random.Random(seed))
    assert (trace, ticks) == (straight.trace, straight.ticks)


@pytest.mark.ray
@pytest.mark.parametrize(("grouping", "seed"), [("own", 0), ("all in one", 1), ("halves", 3)])
def test_ray_gives_the_default_brains_trace(ray_session: None, grouping: str, seed: int) -> None:
    _the_same_on_ray(grouping, seed)


@pytest.mark.slow
@pytest.mark.ray
@pytest.mark.parametrize("grouping", ["own", "all in one", "all apart", "halves"])
@pytest.mark.parametrize("seed", SEEDS)
def test_ray_gives_the_default_brains_trace_always(ray_session: None, grouping: str, seed: int) -> None:
    _the_same_on_ray(grouping, seed)


def _the_same_on_ray(grouping: str, seed: int) -> None:
    brain = default_brain(seed)
    straight = run_brain(brain, seed, commit=False)
    result = run_brain(groupings(brain)[grouping], seed, runtime="ray", commit=False)
    assert (result.trace, result.ticks) == (straight.trace, straight.ticks)
    assert result.stop == straight.stop
    assert result.firings == straight.firings


def check_orders(blueprint: Blueprint, seed: int, order: int) -> None:
    straight = run_brain(blueprint, seed)
    for attempt in range(2):
        trace, ticks, _ = run_in_any_order(blueprint, seed, random.Random(order + attempt))
        assert (trace, ticks) == (straight.trace, straight.ticks)


CASES = given(graphs(), st.integers(0, HIGHEST_SEED), st.integers(0, 2**32))


@CASES
@settings(max_examples=60)
def test_random_graphs_in_random_legal_orders(blueprint: Blueprint, seed: int, order: int) -> None:
    check_orders(blueprint, seed, order)


@pytest.mark.slow
@CASES
@settings(max_examples=1000)
def test_many_random_graphs_in_random_legal_orders(blueprint: Blueprint, seed: int, order: int) -> None:
    check_orders(blueprint, seed, order)


def test_seeds_differ_and_repeat() -> None:
    traces = [run_brain(fast_ring(), seed).trace for seed in (1, 2, 1)]
    assert traces[0] == traces[2] != traces[1]
