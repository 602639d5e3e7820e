"""World models: from episodes to a file, a dream as an environment, and what says how far to trust it."""

import dataclasses
from pathlib import Path
from typing import Any

import equinox as eqx
import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.learning import archive
from neuralbrain.learning.dream.check import BOUND, check, signal
from neuralbrain.learning.dream.controller import Controller
from neuralbrain.learning.dream.episodes import Episodes, at_random, collected, load_episodes
from neuralbrain.learning.dream.file import Dream, dream_of, load_dream
from neuralbrain.learning.dream.fit import FEWEST, fit, judge
from neuralbrain.learning.dream.model import Mixture, new_model
from neuralbrain.learning.dream.rules import Settings
from neuralbrain.learning.dream.source import Source, source

DREAM = "neuralbrain/Dream-v0"


@pytest.fixture(scope="module")
def world() -> Source:
    return source("neuralbrain/Dodge-v0", {"balls": True})


@pytest.fixture(scope="module")
def episodes(world: Source) -> Episodes:
    return collected(world, at_random(world, 0), 2000, 0)


def learned(world: Source, episodes: Episodes, updates: int) -> Dream:
    model = new_model(world, episodes, 4, 4, 0)
    if updates:
        model = fit(model, world, episodes, updates=updates, dropout=0.05, seed=0).model
    return dream_of(world, model, episodes, dropout=0.05, seed=0, updates=updates)


@pytest.fixture(scope="module")
def dream(world: Source, episodes: Episodes) -> Dream:
    """A dream of a model that knows its lines alone: to learn takes most of a minute to compile."""
    return learned(world, episodes, 0)


@pytest.fixture(scope="module")
def path(dream: Dream, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("dream") / "world_model.npz"
    dream.save(file)
    return file


def test_episodes_are_whole_and_the_same_again(world: Source, episodes: Episodes, tmp_path: Path) -> None:
    again = collected(world, at_random(world, 0), 2000, 0)
    assert again.hash == episodes.hash and episodes.steps >= 2000
    assert episodes.terminated.sum() == episodes.number == len(episodes.lengths)
    assert np.array_equal(episodes.returns, episodes.lengths - 1)  # the last tick earns nothing
    inside = ~episodes.first[1:]
    assert np.array_equal(episodes.before[1:][inside], episodes.after[:-1][inside])
    episodes.save(tmp_path / "e.npz", world.env)
    assert load_episodes(tmp_path / "e.npz", world).hash == episodes.hash
    with pytest.raises(RecordError, match="not of other"):
        load_episodes(tmp_path / "e.npz", dataclasses.replace(world, env="other"))


def test_any_world_of_gymnasium_is_collected() -> None:
    for name in ("CartPole-v1", "FrozenLake-v1", "Pendulum-v1"):
        found = source(name, {})
        played = collected(found, at_random(found, 0), 30, 0)
        assert played.before.shape[1] == found.seen.size and played.action.shape[1] == found.done.size
    with pytest.raises(ConfigurationError, match="dreams are of a Box of one axis"):
        source("Blackjack-v1", {})


@pytest.mark.slow  # to compile
def test_learning_lowers_the_losses_and_is_the_same_again(
    world: Source, episodes: Episodes, dream: Dream
) -> None:
    after = learned(world, episodes, 20)
    worse, better = judge(dream.model, world, episodes), judge(after.model, world, episodes)
    assert better.surprise < worse.surprise and better.ending < worse.ending
    assert learned(world, episodes, 20).digest == after.digest


def test_what_flies_goes_on_in_a_line_before_anything_is_learned(dream: Dream, episodes: Episodes) -> None:
    model = dream.model
    before, after = (
        np.asarray(model.features.down(jnp.asarray(part[-200:])))
        for part in (episodes.before, episodes.after)
    )
    for part, kind in zip(model.parts, model.shape.kinds, strict=True):
        for own in np.array(kind):
            ones, others = np.ones((200, 1)), before[:, list(model.shape.shared)]
            given = np.concatenate([before[:, own], others, episodes.action[-200:], ones], axis=1)
            lines = before[:, own] + np.einsum("lwn,sn->lsw", np.asarray(part.lines), given)
            off = abs(lines - after[:, own]).max(axis=2).min(axis=0)
            assert (off < 1e-3).mean() > 0.9  # the rest are thrown anew


def test_too_few_episodes_are_refused(world: Source, episodes: Episodes, dream: Dream) -> None:
    with pytest.raises(ConfigurationError, match="9 episodes are too few"):
        fit(dream.model, world, episodes.chosen(range(FEWEST - 1)), updates=1, dropout=0.0, seed=0)


def test_the_choice_of_a_component_is_shared_within_an_object(dream: Dream) -> None:
    model, size = dream.model, dream.model.shape.seen
    surprise = eqx.filter_jit(model.surprise)
    mixtures = []
    for kind in model.shape.kinds:
        form = (len(kind), len(kind[0]), 2)
        far = jnp.broadcast_to(jnp.array([0.0, 1.0]), form)
        mixtures.append(
            Mixture(
                jnp.log(jnp.full((len(kind), 2), 0.5)),
                far,
                jnp.full(form, -3.0),
                jnp.zeros((*form[:2], form[1])),
            )
        )
    together, mixed = jnp.zeros(size), jnp.zeros(size).at[1].set(1.0)  # one entry of a ball elsewhere
    assert surprise(mixtures, mixed) > surprise(mixtures, together) + 1
    whole = surprise(mixtures, together.at[jnp.arange(1, 5)].set(1.0))  # the whole ball elsewhere
    assert whole == pytest.approx(float(surprise(mixtures, together)), rel=1e-4)


def test_entries_of_an_object_lean_on_each_other(dream: Dream) -> None:
    model = dream.model
    mixtures = []
    for kind in model.shape.kinds:
        n, width = len(kind), len(kind[0])
        leaning = jnp.zeros((n, width, width)).at[:, -1, 0].set(-2.0 if width > 1 else 0.0)
        even = jnp.zeros((n, width, 2))
        mixtures.append(Mixture(jnp.log(jnp.full((n, 2), 0.5)), even, even, leaning))
    noise = jax.random.normal(jax.random.key(0), (500, model.shape.seen))
    half = jnp.full((model.shape.objects, 2), 0.5)
    drawn = jax.jit(jax.vmap(lambda own: model.drawn(mixtures, half, own, 1.0)))(noise)
    assert np.allclose(drawn[:, 4], noise[:, 4] - 2 * noise[:, 1], atol=1e-4)  # the first ball's
    surprise = jax.jit(jax.vmap(lambda after: model.surprise(mixtures, after)))
    likely = 0.5 * (np.asarray(noise) ** 2).mean(axis=1) + 0.5 * np.log(2 * np.pi)  # no volume is changed
    assert np.allclose(surprise(drawn), likely, atol=1e-4)


@pytest.mark.slow  # to compile
def test_objects_of_a_kind_are_known_alike_and_any_of_them_ends_it(dream: Dream) -> None:
    model, rules = dream.model, dream.rules()
    state = rules.reset(jax.random.key(1))
    seen = model.features.down(state.seen)
    turned = jnp.concatenate([seen[:1], jnp.roll(seen[1:].reshape(4, 4), 1, axis=0).ravel()])
    sights = 2 * (dream.world.sight(state.seen),)
    ends = eqx.filter_jit(model.ends)
    reward, end = ends(state.memory, seen, seen, sights)
    again, same = ends(state.memory, turned, turned, sights)
    assert reward == pytest.approx(float(again), abs=1e-5) and end == pytest.approx(float(same), abs=1e-4)
    assert np.isfinite(float(end))


@pytest.mark.slow  # to compile
def test_what_is_no_number_stops_it(world: Source, episodes: Episodes, dream: Dream) -> None:
    spoiled = dataclasses.replace(episodes, reward=np.full_like(episodes.reward, np.nan))
    with pytest.raises(ConfigurationError, match="the loss of the reward is nan at update 1"):
        fit(dream.model, world, spoiled, updates=20, dropout=0.05, seed=0)


def test_gymnasium_accepts_a_dream(path: Path) -> None:
    env = gymnasium.make(DREAM, model=str(path), mask="step", render_mode="rgb_array")
    check_env(env.unwrapped)
    env.reset(seed=0)
    assert env.render().shape == (160, 240, 3)  # type: ignore[union-attr]


@pytest.mark.slow  # to compile
def test_dreams_side_by_side_agree_with_one(path: Path, dream: Dream) -> None:
    many = gymnasium.make_vec(DREAM, num_envs=4, model=str(path), shift=-20.0)  # so that none ends
    one = gymnasium.make(DREAM, model=str(path), shift=-20.0).unwrapped
    seen, _ = many.reset(seed=3)
    first, _ = one.reset(seed=3)
    assert np.allclose(seen[0], first, atol=1e-4) and (dream.starts == first).all(axis=1).any()
    for _ in range(3):
        seen, reward, over, *_ = many.step(np.ones(4, int))
        expected = one.step(1)
        assert not over.any() and not expected[2]
        assert np.allclose(seen[0], expected[0], atol=1e-3)
        assert reward[0] == pytest.approx(expected[1], abs=1e-3)


@pytest.mark.slow  # to compile
def test_a_shift_ends_dreams(dream: Dream) -> None:
    rules = dream.rules(Settings(shift=20.0))
    assert jax.jit(rules.step)(jax.jit(rules.reset)(jax.random.key(0)), jnp.int32(1)).over


def test_masks_differ(dream: Dream) -> None:
    rules = dream.rules(Settings(mask="episode", dropout=0.5))
    masks = np.asarray(
        jax.jit(jax.vmap(lambda key: rules.reset(key).mask))(jax.random.split(jax.random.key(0), 99))
    )
    assert set(np.unique(masks)) == {0.0, 2.0} and 0.4 < (masks == 0).mean() < 0.6
    assert (np.asarray(jax.jit(lambda: dream.rules().reset(jax.random.key(0)).mask)()) == 1).all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mask": "sometimes"}, "There is no mask 'sometimes'"),
        ({"dropout": 1.0}, "dropout is 1.0: give a number from 0 to 0.95"),
        ({"temperature": 0}, "temperature is 0"),
        ({"shift": "x"}, "shift is 'x'"),
        ({"model": None}, "a dream needs a world model"),
        ({"model": "nowhere.npz"}, "nowhere.npz"),
    ],
)
def test_wrong_settings_are_said(path: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises((ConfigurationError, RecordError), match=said):
        gymnasium.make(DREAM, **{"model": str(path), **settings})


@pytest.mark.parametrize(
    ("arrays", "manifest", "said"),
    [
        ({}, {"hidden": 9}, "its weights are not those of its sizes"),
        ({}, {"observation_space": "Box"}, "the observation space of neuralbrain/Dodge-v0 is"),
        ({}, {"kinds": [[[0]]]}, "groups neuralbrain/Dodge-v0's observations otherwise"),
        ({}, {"env": "os:Evil-v0"}, "--allow-code"),
        ({}, {"seed": -1}, "is no world model: seed"),
        ({}, {"format": 9}, "has format 9"),
        ({"weight00": np.full((16, 5), np.nan, np.float32)}, {}, "no finite number"),
        ({"starts": np.zeros((0, 17), np.float32)}, {}, "its first observations"),
    ],
)
def test_bad_files_are_refused_in_a_line(
    path: Path, tmp_path: Path, arrays: dict[str, Any], manifest: dict[str, Any], said: str
) -> None:
    good, told = archive.load(path, "world model", 1)
    archive.save(tmp_path / "bad.npz", {**good, **arrays}, {**told, **manifest})
    with pytest.raises((RecordError, ConfigurationError), match=said):
        load_dream(tmp_path / "bad.npz")


def test_a_dream_that_knows_nothing_carries_no_signal(world: Source, dream: Dream) -> None:
    nothing = jax.tree.map(
        lambda leaf: jnp.zeros_like(leaf) if eqx.is_array(leaf) else leaf,
        [part.outcome for part in dream.model.parts],
    )
    broken = dataclasses.replace(
        dream, model=eqx.tree_at(lambda m: [part.outcome for part in m.parts], dream.model, nothing)
    )
    controller = Controller(world)
    policies = np.random.default_rng(0).normal(size=(4, controller.size))
    real = np.arange(4.0)[:, None] * np.ones(2)
    _, reasons = signal(controller, policies, real, broken.rules(), (0.05, 0.04), 0, BOUND)
    assert reasons[:2] == (
        "the imagined reward is constant",
        "ends are foreseen no better (0.0500) than their rate (0.0400)",
    )
    _, reasons = signal(controller, policies, np.ones((4, 2)), broken.rules(), (0.0, 0.04), 0, BOUND)
    assert reasons[-1] == "all held-out policies score the same, so nothing tells them apart"


@pytest.mark.slow
def test_a_check_counts_its_real_steps_and_refuses_a_dream_that_learned_little(dream: Dream) -> None:
    found = check(dream, Settings(), episodes=2, number=16)
    assert (
        found.reasons and found.real_steps > 32 * 2 * 13
    )  # no episode is shorter than the first balls' fall
