"""The robots as a body: the same world as the Gymnasium environment's, step for step, and exact states."""

from typing import Any

import gymnasium
import numpy as np
import pytest

from neuralbrain.envs.nanorobot.body import NanoBody
from neuralbrain.envs.nanorobot.env import rules_of
from neuralbrain.errors import ContractError
from tests.nanorobots.swimmers import chemosense
from tests.nanorobots.worlds import WORLDS


def made(agent: str, **more: Any) -> Any:
    name, options = WORLDS[agent]
    return gymnasium.make(name, **options, **more).unwrapped


@pytest.mark.parametrize("agent", WORLDS)
@pytest.mark.parametrize("seed", [0, 5])
def test_body_and_environment_agree_exactly(agent: str, seed: int) -> None:
    from neuralbrain.nanorobots.basal_ganglia import row

    env = made(agent)
    seen, info = env.reset(seed=seed)
    body: NanoBody = env.body
    body.reset(seed)
    env.action_space.seed(seed)
    last = np.zeros(body.robots, np.int32)
    for tick in range(12):
        felt = body.sense()
        sense = chemosense(
            tick,
            felt.molecules,
            contact=felt.contact,
            quick=felt.quick_change,
            slow=felt.slow_change,
            rise=[felt.rise_ahead, felt.rise_left, felt.rise_up],
        )
        entries = np.atleast_2d(seen)
        known = row(sense, last)
        assert np.allclose(known[:, 0], entries[:, 0], atol=1e-6), "but for the logarithm's last bits"
        assert np.array_equal(known[:, 1:4], entries[:, 1:4])
        assert np.array_equal(known[:, 5:8], entries[:, 5:8])
        assert np.allclose(known[:, 8:11], entries[:, 8:11], rtol=1e-5, atol=1e-6)
        released = last == 6
        assert np.array_equal(known[~released, 4], entries[~released, 4])
        if body.portions:
            assert np.allclose(felt.portions / body.portions, entries[:, 11])
        else:
            assert np.array_equal(felt.signal_change, entries[:, 12])
        verdict = body.evaluate()
        assert {**verdict.info, "is_success": verdict.success} == info
        action = env.action_space.sample()
        seen, reward, _, _, info = env.step(action)
        last = np.atleast_1d(action).astype(np.int32)
        body.act(last)
        assert body.evaluate().reward == reward
    assert np.array_equal(body.places(), np.asarray(env.batch.place(env.state)[0]))


def test_it_says_what_it_is_and_what_is_asked() -> None:
    one, many = made("nanorobot"), made("nanoswarm")
    assert (one.body.robots, one.body.actions, one.body.portions) == (1, 7, 8)
    assert (many.body.robots, many.body.actions, many.body.portions) == (70, 6, 0)
    assert (one.body.tick_seconds, one.body.max_ticks) == (0.1, 1500)
    assert one.body.instruction == "Find the cancer cell and treat it."
    assert many.body.instruction == "Find the cancer cell."
    several = NanoBody(rules_of("deliver", {"cancer": 3}, swarm=False))
    assert several.instruction == "Find the cancer cells and treat them."
    one_of = NanoBody(rules_of("seek", {"cancer": 3}, swarm=False))
    assert one_of.instruction == "Find a cancer cell.", "one robot can be with one only"
    each = NanoBody(rules_of("seek", {"cancer": 3, "robots": 2}, swarm=True))
    assert each.instruction == "Find the cancer cells."


def test_body_and_environment_do_not_share_a_world() -> None:
    env = made("nanorobot")
    env.reset(seed=1)
    env.body.reset(2)
    before = env.body.places().copy()
    env.step(0)
    assert np.array_equal(env.body.places(), before)


def test_a_picture_for_people() -> None:
    body = made("nanorobot").body
    body.reset(0)
    path = [body.places()]
    for _ in range(3):
        body.act(np.zeros(1, np.int32))
        path.append(body.places())
    picture = body.picture(np.stack(path))
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    assert picture.std() > 0


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        (np.array([7], np.int32), "there is no action 7; give 0 to 6"),
        (np.array([-1], np.int32), "there is no action -1"),
        (np.array([0, 0], np.int32), r"shape \(2,\); give one for each of the 1 robots"),
        (np.array([0.0]), "float64"),
    ],
)
def test_wrong_actions_are_refused(actions: Any, says: str) -> None:
    body = made("nanorobot").body
    with pytest.raises(ContractError, match="call reset"):
        body.sense()
    body.reset(0)
    with pytest.raises(ContractError, match=says):
        body.act(actions)


def test_a_state_of_another_world_is_refused() -> None:
    one, many = made("nanorobot").body, made("nanoswarm").body
    one.reset(0)
    with pytest.raises(ContractError, match="other parameters"):
        many.set_state(one.get_state())
