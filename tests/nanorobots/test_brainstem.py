"""The brainstem of robots that swim: its order, what it refuses, and when it ends."""

import pickle
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest

from neuralbrain.arm.brainstem import ArmBrainstem
from neuralbrain.errors import ConfigurationError, ContractError, SensorError
from neuralbrain.messages import Done, Outcome
from neuralbrain.nanorobots.brainstem import SwarmBrainstem
from neuralbrain.nanorobots.messages import Moves
from neuralbrain.regions.brainstem import BrainstemConfig
from tests.firing import fire
from tests.nanorobots.swimmers import ENV, Swimmers, SwimmersEnv


@pytest.fixture(scope="module", autouse=True)
def swimmers_env() -> Iterator[None]:
    gymnasium.register(ENV, entry_point=SwimmersEnv)
    yield
    del gymnasium.registry[ENV]


def stem() -> tuple[SwarmBrainstem, Swimmers]:
    region = SwarmBrainstem("brainstem", BrainstemConfig(env=ENV, env_seed=7))
    region.reset(0)
    assert isinstance(region.body, Swimmers)
    return region, region.body


def moves(*actions: int) -> Moves:
    return Moves(tick=1, source="basal_ganglia", actions=np.array(actions, np.int32))


def done(outcome: Outcome = "done") -> Done:
    return Done(tick=0, source="cortex", outcome=outcome, text="")


def test_it_senses_first_then_acts_and_senses_what_came_of_it() -> None:
    region, body = stem()
    first = fire(region, 0, moves(1, 1, 1))
    assert first["task"].text == "find 7 cancer cells"
    assert (first["traits"].surface, first["traits"].body_tick) == (1018.0, 0.1)
    assert "report" not in first and body.acted == []
    second = fire(region, 2, moves(0, 2, 6), done())
    assert body.calls == ["sense", "evaluate", "act", "sense", "evaluate"]
    assert "task" not in second and "traits" not in second
    assert second["report"].actions.tolist() == [0, 2, 6] == body.acted[0]
    assert (second["report"].refused, second["report"].held) == (0, False)
    assert second["chemosense"].molecules.tolist() == [1, 1, 1], "felt after the move"
    assert (second["stop"].reason, second["stop"].evaluation) == (
        "done",
        {"judged_by": "simulator", "acts": 1},
    )


def test_what_cannot_be_done_is_a_run_and_is_said() -> None:
    region, body = stem()
    fire(region, 0)
    told = fire(region, 2, moves(7, -1, 3))["report"]
    assert (told.actions.tolist(), told.refused) == ([0, 0, 3], 2)
    silent = fire(region, 4)["report"]
    assert (silent.actions.tolist(), silent.refused, silent.held) == ([0, 0, 0], 0, True)
    body.actions = 6
    assert fire(region, 6, moves(6, 5, 0))["report"].actions.tolist() == [0, 5, 0]
    with pytest.raises(ContractError, match="commands 2 robots, the body has 3"):
        fire(region, 8, moves(0, 0))


@pytest.mark.parametrize(
    ("said", "reason"),
    [(done(), "done"), (done("failed"), "failed"), (done("refused"), "refused")],
)
def test_it_ends_once(said: Done, reason: str) -> None:
    region, _ = stem()
    fire(region, 0)
    assert fire(region, 2, said)["stop"].reason == reason
    assert "stop" not in fire(region, 4, said)


def test_time_is_counted_in_the_bodys_ticks() -> None:
    region, _ = stem()
    sent = [fire(region, 2 * number) for number in range(22)]
    assert [number for number, out in enumerate(sent) if "stop" in out] == [20]
    assert sent[20]["stop"].reason == "out of time"
    assert [(number, out["notice"].left) for number, out in enumerate(sent) if "notice" in out] == [(10, 1.0)]


@pytest.mark.parametrize(("success", "reason"), [(True, "done"), (False, "out of time")])
def test_a_last_word_ends_nothing_before_the_time_is_up(success: bool, reason: str) -> None:
    region, _ = stem()
    words = {12: [done("failed")], 14: [done("done" if success else "failed")]}
    sent = [fire(region, 2 * n, *words.get(n, [])) for n in range(22)]
    assert [(n, out["stop"].reason) for n, out in enumerate(sent) if "stop" in out] == [(20, reason)]


def test_what_is_not_understood_ends_at_once_even_late() -> None:
    region, _ = stem()
    for number in range(12):
        fire(region, 2 * number)
    assert fire(region, 24, done("refused"))["stop"].reason == "refused"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"quick_change": np.full(3, np.nan, np.float32)}, "quick_change with NaN or infinite"),
        ({"molecules": np.zeros(2, np.int32)}, r"molecules of int32 \(2,\) at tick 0, expected int32 \(3,\)"),
        ({"contact": np.zeros(3, np.int32)}, "contact of int32"),
    ],
)
def test_what_no_sensor_may_report_is_an_error(fault: dict[str, Any], says: str) -> None:
    region, body = stem()
    body.faults = fault
    with pytest.raises(SensorError, match=says):
        fire(region, 0)


def test_a_body_of_another_sort_is_a_clear_error() -> None:
    with pytest.raises(ConfigurationError, match=r"is no ArmBody, so region 'arm' cannot drive it: choose"):
        ArmBrainstem("arm", ArmBrainstem.Config(env=ENV)).reset(0)
    with pytest.raises(ConfigurationError, match=r"cannot drive it: --agent rover does, or let the body"):
        ArmBrainstem("arm", ArmBrainstem.Config(env="neuralbrain/Rover-Reach-v0")).reset(0)
    with pytest.raises(ConfigurationError, match=r"'stem' has no body: set its `env`"):
        SwarmBrainstem("stem").reset(0)


def test_its_state_carries_over_and_it_closes_its_body() -> None:
    region, body = stem()
    for number in range(10):
        fire(region, 2 * number)
    other, twin = stem()
    other.set_state(pickle.loads(pickle.dumps(region.get_state())))
    for number in range(10, 22):
        here, there = fire(region, 2 * number), fire(other, 2 * number)
        assert here.keys() == there.keys()
        assert np.array_equal(here["chemosense"].molecules, there["chemosense"].molecules)
    region.close()
    region.close()
    assert body.closed and not twin.closed
