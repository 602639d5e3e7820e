"""The search by rare hits: its formulas, the belief against Bayes' rule by hand, and the environments."""

import math
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

import neuralbrain  # noqa: F401 - registers
from neuralbrain.batch import compiled, keys_of
from neuralbrain.envs.nanorobot import search_belief as belief
from neuralbrain.envs.nanorobot.search import NanoSearchEnv, NanoSearchVectorEnv, moves, rules_of
from neuralbrain.envs.nanorobot.search_belief import Source
from neuralbrain.errors import ConfigurationError

ID = "neuralbrain/NanoSearch-v0"
LINE = Source.of(dimensions=1, length=2.0, rate=2.0)
SPACE = Source.of(dimensions=3, length=1.0, rate=2.0)


def test_mean_hits_are_those_of_the_paper() -> None:
    """There they are mu_0 exp(1 - d / L) and mu_0 L / d exp(1 - d / L), with a / lambda = 1 / (2 L)."""
    distance = np.array([1.0, 2.0, 5.5])
    for length, rate in ((2.0, 2.0), (1.0, 2.0), (3.0, 0.5)):
        share = 1 / (2 * length)
        line = rate / (1 - share) / math.e * np.exp(1 - distance / length)
        space = rate * share / math.e * length / distance * np.exp(1 - distance / length)
        assert np.allclose(belief.mean_hits(Source.of(length=length, rate=rate), distance), line)
        assert np.allclose(
            belief.mean_hits(Source.of(dimensions=3, length=length, rate=rate), distance), space
        )


@pytest.mark.parametrize(
    ("settings_", "bins", "side"),
    [((1, 2.0, 2.0), 4, 33), ((1, 2.0, 1.0), 3, 31), ((3, 1.0, 2.0), 2, 19), ((3, 2.0, 2.0), 2 + 1, 39)],
)
def test_bins_and_grids_are_those_of_the_published_benchmark(
    settings_: tuple[int, float, float], bins: int, side: int
) -> None:
    dimensions, length, rate = settings_
    source = Source.of(dimensions=dimensions, length=length, rate=rate)
    assert (source.bins, source.side) == (bins, side)


@given(
    rate=st.floats(0.01, 100.0), length=st.floats(1.0, 4.0), dimensions=st.sampled_from([1, 3]),
    distance=st.floats(1.0, 500.0),
)  # fmt: skip
def test_chances_of_hits_are_poissons_with_a_last_bin_for_all_more(
    rate: float, length: float, dimensions: int, distance: float
) -> None:
    source = Source.of(dimensions=dimensions, length=length, rate=rate)
    probabilities = belief.hit_probabilities(source, np.array([distance]))[:, 0]
    mean = float(belief.mean_hits(source, distance))
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-9)
    assert np.allclose(probabilities[:-1], poisson(mean).pmf(np.arange(source.bins - 1)), atol=1e-12)
    assert probabilities[-1] == pytest.approx(poisson(mean).sf(source.bins - 2), rel=1e-6, abs=1e-300)


@pytest.mark.parametrize("source", [LINE, SPACE], ids=["1-D", "3-D"])
def test_first_beliefs_sum_to_one_lack_the_robots_cell_and_reach_far_enough(source: Source) -> None:
    first = belief.first_beliefs(source)
    assert first.shape == (source.bins, *source.shape)
    assert np.allclose(first.reshape(source.bins, -1).sum(axis=1), 1.0)
    assert (first[(slice(None), *[source.side // 2] * source.dimensions)] == 0.0).all()
    assert belief.first_hits(source)[0] == 0.0
    assert belief.first_hits(source).sum() == pytest.approx(1.0)
    shells = np.arange(1, 1000)
    volume = (shells + 0.5) ** source.dimensions - (shells - 0.5) ** source.dimensions
    there = belief.hit_probabilities(source, shells)[1:] * volume
    beyond = there[:, source.side // 2 :].sum(axis=1) / there.sum(axis=1)
    short = there[:, source.side // 2 - 1 :].sum(axis=1) / there.sum(axis=1)
    assert beyond.max() < belief.OUTSIDE <= short.max()


TINY = Source.of(dimensions=3, length=1.0, rate=0.5)
UPDATE = jax.jit(lambda prior, robot, hits: belief.updated(TINY, prior, robot, hits))


@settings(max_examples=25)
@given(data=st.data())
def test_the_belief_is_that_of_bayes_rule_by_hand(data: st.DataObject) -> None:
    """Cell by cell, with every count at every place multiplied up, in any order of places."""
    side = TINY.side
    path = data.draw(st.lists(st.tuples(*[st.integers(0, side - 1)] * 3), min_size=1, max_size=5))
    counts = data.draw(st.lists(st.integers(0, TINY.bins - 1), min_size=len(path), max_size=len(path)))
    cells = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1)
    ours = jnp.asarray(belief.first_beliefs(TINY)[1], jnp.float32)
    middle = np.full(3, side // 2)
    weight = np.ones(TINY.shape)
    for place, count in ((middle, 1), *zip(path, counts, strict=True)):
        gap = np.linalg.norm(cells - np.asarray(place), axis=-1)
        mean = np.where(gap > 0, 0.25 / np.maximum(gap, 1) * np.exp(-gap), 1.0)
        last = count == TINY.bins - 1
        weight *= np.where(gap > 0, poisson.sf(count - 1, mean) if last else poisson.pmf(count, mean), 0.0)
    for place, count in zip(path, counts, strict=True):
        ours = UPDATE(ours, np.asarray(place, np.int32), np.int32(count))
    assert np.allclose(ours, weight / weight.sum(), rtol=2e-3, atol=1e-7)


@pytest.mark.parametrize("source", [LINE, SPACE], ids=["1-D", "3-D"])
def test_the_rim_serves_to_see_from_the_next_cell(source: Source) -> None:
    cell = np.full(source.dimensions, 2, np.int32)
    window = np.asarray(belief.around(source, cell))
    for way in moves(source.dimensions):
        shifted = window[(slice(None), *[slice(1 - step, 1 - step + source.side) for step in way])]
        there = np.asarray(belief.around(source, cell + way))
        assert np.array_equal(shifted, there[(slice(None), *[slice(1, -1)] * source.dimensions)])


@pytest.mark.parametrize("source", [LINE, SPACE], ids=["1-D", "3-D"])
def test_the_world_draws_what_the_belief_says(source: Source) -> None:
    """First counts, sources and hits after a move, over many worlds, within five standard errors."""
    number = 4000
    rules = rules_of(source.dimensions, source.length, source.rate)
    batch = compiled(rules)
    state = batch.reset(keys_of(list(range(number))))
    probabilities = belief.first_hits(source)
    share = np.bincount(state.hits, minlength=source.bins) / number
    assert (abs(share - probabilities) <= 5 * np.sqrt(probabilities * (1 - probabilities) / number)).all()
    gap = np.linalg.norm(np.asarray(state.source) - source.side // 2, axis=1)
    cells = np.stack(np.meshgrid(*[np.arange(source.side)] * source.dimensions, indexing="ij"), axis=-1)
    far = np.linalg.norm(cells - source.side // 2, axis=-1)
    expected = sum(
        probabilities[h] * (belief.first_beliefs(source)[h] * far).sum() for h in range(source.bins)
    )
    assert gap.min() >= 1.0
    assert abs(gap.mean() - expected) < 5 * gap.std() / math.sqrt(number)
    after = batch.move(state, np.ones(number, np.int32))[0]
    apart = np.linalg.norm(np.asarray(after.source - after.robot), axis=1)
    searching = apart > 0
    by_bin = belief.hit_probabilities(source, apart[searching])
    counted = np.bincount(after.hits[searching], minlength=source.bins)
    spread = np.sqrt((by_bin * (1 - by_bin)).sum(axis=1))
    assert (abs(counted - by_bin.sum(axis=1)) <= 5 * spread).all()
    assert (np.asarray(after.hits)[~searching] == 0).all()


@pytest.mark.parametrize("dimensions", [1, 3])
@pytest.mark.parametrize("render_mode", [None, "rgb_array", "ansi"])
def test_gymnasiums_checks_pass_without_a_warning(dimensions: int, render_mode: str | None) -> None:
    length = 2.0 if dimensions == 1 else 1.0
    env = gymnasium.make(ID, dimensions=dimensions, length=length, render_mode=render_mode)
    check_env(env.unwrapped, skip_render_check=render_mode is None)


def test_a_spec_survives_json() -> None:
    spec = gymnasium.make(ID, dimensions=3, length=1.0).spec
    assert spec is not None
    again = gymnasium.envs.registration.EnvSpec.from_json(spec.to_json())
    assert again == spec
    assert gymnasium.make(again).reset(seed=0)[0].shape == (4,)
    assert gymnasium.make_vec(ID, num_envs=2).reset(seed=0)[0].shape == (2, 2)


@pytest.mark.parametrize(("dimensions", "length"), [(1, 2.0), (3, 1.0)])
def test_vector_and_scalar_agree_step_for_step_and_over_resets(dimensions: int, length: float) -> None:
    many = NanoSearchVectorEnv(4, dimensions, length=length, ticks=12)
    assert many.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    ones = [NanoSearchEnv(dimensions, length=length, ticks=12) for _ in range(4)]
    seen, _ = many.reset(seed=7)
    assert np.array_equal(seen, [one.reset(seed=7 + i)[0] for i, one in enumerate(ones)])
    over, ended = np.zeros(4, bool), []
    for action in np.random.default_rng(0).integers(0, 2 * dimensions, (40, 4)):
        seen, reward, terminated, truncated, info = many.step(action)
        assert many.observation_space.contains(seen)
        for i, one in enumerate(ones):
            if over[i]:
                expected: Any = (one.reset()[0], 0.0, False, False)
            else:
                *expected, figures = one.step(action[i])
                assert info["distance"][i] == pytest.approx(figures["distance"])
                assert info["is_success"][i] == figures["is_success"] == terminated[i]
            assert np.array_equal(seen[i], expected[0])
            assert (reward[i], terminated[i], truncated[i]) == tuple(expected[1:])
        over = terminated | truncated
        ended += [*terminated[over]]
    assert len(ended) >= 8 and False in ended and (True in ended or dimensions == 3)


def test_stepping_on_the_source_ends_a_search_and_each_tick_costs_one() -> None:
    env = NanoSearchEnv()
    for seed in range(5):
        _, info = env.reset(seed=seed)
        way, total, done = int(env.state.source[0, 0] > env.state.robot[0, 0]), 0.0, False
        left = info["distance"]
        while not done:  # towards it by simulator truth: a judge may look, a policy may not
            seen, reward, done, truncated, info = env.step(way)
            assert not truncated
            total += reward
        assert info["is_success"] and info["distance"] == 0.0 and total == -left
        assert seen[0] == 0 and abs(seen[1]) == left


def test_the_grid_ends_where_it_ends_and_time_runs_out() -> None:
    env = NanoSearchEnv(ticks=40)
    env.reset(seed=next(seed for seed in range(99) if _to_the_right(env, seed)))
    for tick in range(40):
        seen, _, terminated, truncated, _ = env.step(0)
        assert seen[1] == -min(tick + 1, LINE.side // 2)
        assert not terminated and truncated is (tick == 39)


def _to_the_right(env: NanoSearchEnv, seed: int) -> bool:
    env.reset(seed=seed)
    return bool(env.state.source[0, 0] > env.state.robot[0, 0])


def test_where_the_source_is_reaches_no_observation() -> None:
    """Two worlds that differ in nothing but the source, with equal counts, look the same."""
    batch = compiled(rules_of(1, 2.0, 2.0))
    state = batch.reset(keys_of(list(range(9))))
    assert np.array_equal(batch.observe(state), batch.observe(state._replace(source=state.source + 1)))


@pytest.mark.parametrize("dimensions", [1, 3])
def test_pictures_show_robot_and_source(dimensions: int) -> None:
    env: Any = NanoSearchEnv(dimensions, length=1.0, render_mode="ansi")
    env.reset(seed=1)
    text = env.render()
    assert text.count("R") == 1 and "hits" in text
    assert len(text.splitlines()) == (2 if dimensions == 1 else env.rules.source.side + 1)


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"dimensions": 2}, "dimensions is 2; give 1 or 3"),
        ({"length": 0.5}, "length is 0.5; give 1 to 50 cells"),
        ({"dimensions": 3, "length": 9.0}, "length is 9.0; give .* 1 to 4 in three"),
        ({"length": math.nan}, "length is nan; give 1 to 50 cells"),
        ({"rate": -1.0}, "rate is -1.0; give 0.01 to 100 particles a tick"),
        ({"ticks": 0}, "ticks is 0: give a whole number from 1 to 1000000"),
    ],
)
def test_what_is_not_physical_is_refused(settings_: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        gymnasium.make(ID, **settings_)
    with pytest.raises(ConfigurationError, match="no parameter 'wind'"):
        Source.of(wind=1.0)
