"""Wrappers count: those of a body act on the brain, those that would be gone round are refused by name."""

import pickle
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import RecordEpisodeStatistics, RescaleAction, TimeLimit, TransformReward
from pydantic import ValidationError

from neuralbrain import Simulation
from neuralbrain.disturbance import Disturbance, Disturbed
from neuralbrain.errors import ConfigurationError
from neuralbrain.wrappers import BodyWrapper, OnBody, body_of
from tests.agents.arm import ENV, ToyArm, ToyArmEnv, waving_brain


class Heavy(BodyWrapper):
    """An arm that feels a weight."""

    def sense(self) -> Any:
        state = self.body.sense()
        return type(state)(**{**vars(state), "arm_force": 7.0})


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> str:
    spec = gymnasium.envs.registration.EnvSpec(ENV, entry_point="tests.agents.arm:ToyArmEnv")
    monkeypatch.setitem(gymnasium.registry, ENV, spec)
    return ENV


def felt(env: Any, **settings: Any) -> list[Any]:
    """Return the proprioception of a brain in an environment."""
    brain = waving_brain().configured("brainstem", **settings)
    with Simulation(brain, env, seed=3, stays=False) as sim:
        sim.run_to_end()
        return [emission.message for emission in sim.probe("brainstem.proprioception")]


def test_a_wrapper_of_the_body_acts_on_the_brain(toy: str) -> None:
    assert {proprioception.arm_force for proprioception in felt(toy)} == {0.0}
    assert {proprioception.arm_force for proprioception in felt(OnBody(gymnasium.make(toy), Heavy))} == {7.0}


def test_a_time_limit_cuts_the_brains_episode_off(toy: str) -> None:
    whole = felt(toy)
    assert len(felt(TimeLimit(gymnasium.make(toy), 20))) == len(whole) - 20
    assert len(felt(gymnasium.make(toy, max_episode_steps=30))) == len(whole) - 10
    assert len(felt(RecordEpisodeStatistics(gymnasium.make(toy)))) == len(whole)


@pytest.mark.parametrize("outside", [False, True])
def test_a_wrapper_that_would_be_gone_round_is_refused_by_name(toy: str, outside: bool) -> None:
    env = TransformReward(gymnasium.make(toy), _double)
    with pytest.raises(ConfigurationError, match="the wrapper TransformReward around <ToyArmEnv"):
        felt(OnBody(env, Heavy) if outside else env)
    with pytest.raises(ConfigurationError, match="the wrapper RescaleAction"):
        body_of(RescaleAction(gymnasium.make("Pendulum-v1"), np.float32(-0.5), np.float32(0.5)))


def _double(reward: Any) -> Any:
    return 2 * reward


def test_what_nobody_could_make_again_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="use gymnasium.make"):
        felt(ToyArmEnv())


def test_disturbances_are_settings_and_the_same_for_the_same_seed(toy: str) -> None:
    noisy = [{"of": "sensor", "name": "joint_positions", "noise": 0.01}]
    first, again, true = felt(toy, disturbances=noisy), felt(toy, disturbances=noisy), felt(toy)
    pairs = [(a.joint_positions, b.joint_positions) for a, b in zip(first, true, strict=True)]
    errors = np.array([a - b for a, b in pairs])
    assert 0.008 < errors.std() < 0.012
    assert abs(errors.mean()) < 0.002
    assert all((a.joint_positions == b.joint_positions).all() for a, b in zip(first, again, strict=True))


def arm(*disturbances: Disturbance) -> Any:
    body = Disturbed(ToyArm(1.0), disturbances)
    body.reset(0)
    return body


def test_a_delay_shows_what_was() -> None:
    body = arm(Disturbance(of="sensor", name="gripper_width", delay=2))
    seen = []
    for tick in range(6):
        seen.append(body.sense().gripper_width)
        body.act(np.zeros((4, 7)), 0.01 * tick, 0.0)
    assert seen == pytest.approx([0.08, 0.08, 0.08, 0.0, 0.01, 0.02])


def test_an_actuator_may_fail_and_lag() -> None:
    stuck = arm(Disturbance(of="actuator", name="gripper_width", failure=1.0))
    for width in (0.05, 0.02, 0.07):
        stuck.act(np.zeros((4, 7)), width, 0.0)
    assert stuck.sense().gripper_width == 0.05
    late = arm(Disturbance(of="actuator", name="gripper_width", delay=1))
    for width in (0.05, 0.02, 0.07):
        late.act(np.zeros((4, 7)), width, 0.0)
    assert late.sense().gripper_width == 0.02


def test_a_camera_may_fail() -> None:
    body = arm(Disturbance(of="camera", name="fixed", failure=0.5))
    dark = []
    for _ in range(200):
        dark.append(not body.look("fixed").rgb.any())
        body.act(np.zeros((4, 7)), 0.0, 1.0)
    assert 70 < sum(dark) < 130


@pytest.mark.parametrize(("shows", "level"), [("bright", 255), ("grey", 128), ("no depth", None)])
def test_a_camera_may_fail_in_several_ways(shows: str, level: int | None) -> None:
    sound = arm().look("fixed")
    picture = arm(Disturbance(of="camera", name="fixed", failure=1.0, shows=shows)).look("fixed")
    if level is None:
        assert np.isnan(picture.depth).all() and np.array_equal(picture.rgb, sound.rgb)
    else:
        assert (picture.rgb == level).all() and np.array_equal(picture.depth, sound.depth)


def test_a_disturbed_body_goes_on_from_its_state() -> None:
    one = Disturbance(of="sensor", name="gripper_width", noise=0.01, delay=3, failure=0.2)
    body, other = arm(one), arm(one)
    body.body.get_state = lambda: dict(vars(body.body), get_state=None)
    other.body.set_state = lambda state: vars(other.body).update(joints=state["joints"], width=state["width"])
    for tick in range(5):
        body.sense()
        body.act(np.zeros((4, 7)), 0.01 * tick, 0.0)
    other.set_state(pickle.loads(pickle.dumps(body.get_state())))
    for tick in range(5):
        assert body.sense().gripper_width == other.sense().gripper_width
        for each in (body, other):
            each.act(np.zeros((4, 7)), 0.01 * tick, 0.0)


def test_what_is_not_there_cannot_be_disturbed(toy: str) -> None:
    with pytest.raises(ConfigurationError, match="the body has no actuator 'tail'; it has joints"):
        felt(toy, disturbances=[{"of": "actuator", "name": "tail"}])
    with pytest.raises(ConfigurationError, match="the body senses no 'smell'; it senses joint_positions"):
        felt(toy, disturbances=[{"of": "sensor", "name": "smell"}])
    with pytest.raises(ValidationError, match="takes no noise"):
        Disturbance(of="camera", name="fixed", noise=1.0)


def test_blueprint_and_body_hold_one_tick(toy: str) -> None:
    brain = waving_brain().model_copy(update={"tick_seconds": 0.1})
    with pytest.raises(ConfigurationError, match=r"0.05 s pass in a firing of region 'brainstem'"):
        Simulation(brain, toy, seed=3)
