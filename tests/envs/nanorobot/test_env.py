"""The Gymnasium environments: checked, and the vector one agrees with the scalar one step for step."""

from typing import Any

import gymnasium
import jax
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

import neuralbrain  # noqa: F401 - registers
from neuralbrain.envs.nanorobot.physics import around_a_cell
from neuralbrain.errors import ConfigurationError, ContractError, UnknownNameError

IDS = tuple(f"neuralbrain/Nano{task}-v0" for task in ("Seek", "Track", "Deliver", "Swarm"))
SMALL: dict[str, Any] = {"ticks": 40, "size": 60.0, "healthy": 1}


def _small(name: str) -> dict[str, Any]:
    """The same few settings everywhere: to compile a world's rules takes seconds."""
    return {**SMALL, "robots": 3} if "Swarm" in name else SMALL


@pytest.mark.parametrize(
    ("name", "render_mode"), list(zip(IDS, ["rgb_array", "ansi", None, "rgb_array"], strict=True))
)
def test_gymnasiums_checks_pass_without_a_warning(name: str, render_mode: str | None) -> None:
    env = gymnasium.make(name, render_mode=render_mode, **_small(name)).unwrapped
    check_env(env, skip_render_check=render_mode is None)


@pytest.mark.parametrize("name", IDS)
def test_a_spec_survives_json(name: str) -> None:
    layout = {"targets": [[30, 40, 50]], "drift": 0.0}
    for spec in (gymnasium.spec(name), gymnasium.make(name, **layout).spec):
        assert spec is not None
        again = gymnasium.envs.registration.EnvSpec.from_json(spec.to_json())
        assert again == spec
    assert gymnasium.make(again).unwrapped.rules.tissue.targets == ((30, 40, 50),)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",  # one robot and many by day: to compile a world for three takes longer than all else
    [name if name in (IDS[0], IDS[3]) else pytest.param(name, marks=pytest.mark.slow) for name in IDS],
)
def test_vector_and_scalar_agree_step_for_step_and_over_resets(name: str) -> None:
    settings = _small(name)
    many = gymnasium.make_vec(name, num_envs=3, **settings)
    assert many.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    ones = [gymnasium.make(name, **settings).unwrapped for _ in range(3)]
    seen, _ = many.reset(seed=7)
    assert np.array_equal(seen, [one.reset(seed=7 + i)[0] for i, one in enumerate(ones)])
    over = np.zeros(3, bool)
    ended = 0
    many.action_space.seed(0)
    for _ in range(60):
        action = many.action_space.sample()
        seen, reward, terminated, truncated, info = many.step(action)
        for i, one in enumerate(ones):
            if over[i]:
                expected: Any = (*one.reset()[:1], 0.0, False, False)
            else:
                expected = one.step(action[i])[:4]
            assert np.allclose(seen[i], expected[0], rtol=1e-5, atol=1e-5)
            assert reward[i] == pytest.approx(expected[1], abs=1e-5)
            assert (terminated[i], truncated[i]) == expected[2:4]
        over = terminated | truncated
        ended += int(over.sum())
    assert ended >= 3
    assert info["gap"].shape == (3,)


def test_the_cell_ends_a_search_and_is_worth_one() -> None:
    env: Any = gymnasium.make(IDS[0], **SMALL).unwrapped
    _, start = env.reset(seed=0)
    total, done, shaken = 0.0, False, 0.0
    while not done:  # turn towards it by simulator truth: a judge may look, a policy may not
        robots, cell = env.state.robots, env.state.cells.places[0]
        towards = np.array([float(c[0] - p[0, 0]) for c, p in zip(cell, robots.place, strict=True)])
        forward, left = (np.array([float(p[0, 0]) for p in axis]) for axis in (robots.forward, robots.left))
        ahead, aside, up = (axis @ towards for axis in (forward, left, np.cross(forward, left)))
        action = 0 if ahead > max(abs(aside), abs(up)) else 2 if aside > 0 else 3
        if action and abs(up) > abs(aside):
            action = 4 if up > 0 else 5
        _, reward, done, truncated, info = env.step(action)
        assert not truncated
        total += reward
        shift = np.array([float(part[0, 0]) for part in env.state.robots.shaken])
        shaken += shift @ towards / np.linalg.norm(towards)
    assert info["is_success"] and info["gap"] == pytest.approx(0.0, abs=1e-3)
    assert total == pytest.approx(1.0 + (start["gap"] - info["gap"] - shaken) / 8.0, abs=1e-3)


def test_tracking_pays_the_way_and_the_ticks_near_the_cell_and_goes_on() -> None:
    env: Any = gymnasium.make(IDS[1], drift=0.0, **SMALL).unwrapped
    env.reset(seed=2)
    for tick in range(40):
        before, place = env.state.cells.places[0], env.state.robots.place
        gap = float(env.rules.info(jax.tree.map(lambda part: part[0], env.state))["gap"])
        _, reward, terminated, truncated, info = env.step(1)
        towards = np.array([float(b[0] - a[0, 0]) for a, b in zip(place, before, strict=True)])
        shaken = np.array([float(part[0, 0]) for part in env.state.robots.shaken])
        way = gap - info["gap"] - shaken @ towards / np.linalg.norm(towards)
        near = 20.0 * 0.1 * (info["gap"] < 10.0)  # what it swims in a tick
        assert reward == pytest.approx((way + near) / 8.0, abs=1e-3)
        assert info["is_success"] is bool(info["gap"] < 10.0)
        assert not terminated
        assert truncated is (tick == 39)


def test_the_bins_of_a_delivery_tell_by_the_count_how_near_a_cell_is() -> None:
    def entries(**options: Any) -> dict[int, tuple[float, ...]]:
        env: Any = gymnasium.make(IDS[2], **SMALL, **options)
        return dict(env.unwrapped.bins)

    counts = np.expm1(entries()[0])
    assert (np.diff(counts) > 0).all()
    tissue = gymnasium.make(IDS[2], **SMALL).unwrapped.rules.tissue  # type: ignore[attr-defined]
    for count, gap in zip(counts, (20.0, 10.0, 5.0, 2.0), strict=True):
        there = around_a_cell(9.0 + gap, tissue.secretion, 8.0, tissue.diffusion, tissue.reach)
        assert count == pytest.approx(4 * np.pi * tissue.diffusion * there * 0.1, rel=1e-4)
    assert 0 not in entries(secretion=0.0), "where nothing is secreted a count says nothing"


def test_pictures_show_the_robot_and_the_cell() -> None:
    env: Any = gymnasium.make(IDS[0], render_mode="ansi").unwrapped
    env.reset(seed=3)
    text = env.render()
    assert text.count("R") == 1 and text.count("C") == 1
    assert "molecules" in text


def test_a_dose_beside_the_cell_solves_a_delivery_and_one_elsewhere_does_not() -> None:
    env: Any = gymnasium.make(IDS[2], lethal=1e-9, **SMALL).unwrapped
    env.reset(seed=1)
    _, reward, terminated, _, info = env.step(6)
    assert terminated and info["killed"] == 1
    assert reward > 0.5 - info["harm"] / env.rules.tissue.tolerated
    assert info["is_success"] is bool(info["harm"] < env.rules.tissue.tolerated)
    env.reset(seed=1)
    strict: Any = gymnasium.make(IDS[2], **SMALL).unwrapped
    strict.reset(seed=1)
    for portion in range(4):
        seen, _, terminated, _, info = strict.step(6)
        assert seen[11] == pytest.approx(1 - (portion + 1) / 4)
        assert terminated is (portion == 3)
    assert info["killed"] == 0 and not info["is_success"]


def test_a_swarm_is_many_robots_in_one_tissue() -> None:
    env: Any = gymnasium.make(IDS[3], **_small(IDS[3])).unwrapped
    seen, info = env.reset(seed=0)
    assert seen.shape == (3, 13) and env.action_space.shape == (3,)
    assert info["found"] == 0
    assert env.rules.place(jax.tree.map(lambda part: part[0], env.state)).shape == (3, 3)


def test_barriers_and_a_vessel_make_a_world_of_their_own() -> None:
    walled: Any = gymnasium.make(
        IDS[0],
        size=100.0,
        healthy=0,
        targets=[[20, 50, 50]],
        barriers=[{"kind": "wall", "low": [48, 0, 0], "high": [54, 100, 60]}],
    ).unwrapped
    walled.reset(seed=0)
    for _ in range(30):
        seen = walled.step(0)[0]
        assert walled.observation_space.contains(seen)
    flowing: Any = gymnasium.make(
        IDS[0], size=100.0, healthy=0, targets=[[20, 50, 62]], speed=1.0, vessel={"radius": 20, "flow": 30}
    ).unwrapped
    flowing.reset(seed=0)
    start = float(flowing.state.robots.place[0][0, 0])
    for _ in range(10):
        flowing.step(1)
    x, y, z = (float(part[0, 0]) for part in flowing.state.robots.place)
    assert 5.0 < (x - start) % 100.0 < 62.0, "carried downstream"
    assert np.hypot(y - 50, z - 50) <= 19.0 + 1e-4, "and kept in the lumen"


def test_wrong_use_is_named() -> None:
    with pytest.raises(UnknownNameError, match="no nanorobot task 'dance'"):
        gymnasium.make(IDS[0], task="dance")
    with pytest.raises(ConfigurationError, match="viscosity"):
        gymnasium.make(IDS[0], viscosity=-1.0)
    env: Any = gymnasium.make(IDS[0]).unwrapped
    with pytest.raises(ContractError, match="reset"):
        env.step(0)
    env.reset(seed=0)
    with pytest.raises(ContractError, match="Discrete"):
        env.step(6)
    many: Any = gymnasium.make_vec(IDS[0], num_envs=2)
    many.reset(seed=0)
    with pytest.raises(ConfigurationError, match="robots is 3.*NanoSwarm"):
        gymnasium.make(IDS[0], robots=3)
    with pytest.raises(ConfigurationError, match=r"targets\[0\].*lies in a barrier"):
        gymnasium.make(
            IDS[0],
            targets=[[50, 50, 50]],
            barriers=[{"kind": "ball", "centre": [50, 50, 50], "radius": 20.0}],
        )
    with pytest.raises(ContractError, match="array of 2"):
        many.step(np.array([0, 1, 2]))
