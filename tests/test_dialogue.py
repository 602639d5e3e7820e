"""A person and a brain talk, in a world that stays: sentences, questions, answers, and stop."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from neuralbrain import Simulation
from neuralbrain.agents.replay import recorded_injections
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Done
from neuralbrain.record.folder import LOG
from neuralbrain.record.recorder import Recorder
from neuralbrain.runtime import run_brain
from tests.runtime.toys import slow_star

SEED = 3  # a table with two bowls, three blocks and no blue block


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with Simulation("frankenbot", env="tabletop-place", seed=SEED) as simulation:
        yield simulation


def tell(sim: Simulation, text: str) -> Done:
    sim.say(text)
    done = sim.run_until_done(max_seconds=60)
    assert done is not None, f"no answer to {text!r}"
    return done


def test_it_does_one_step_after_the_other_and_knows_what_it_means(sim: Simulation) -> None:
    put = tell(sim, "put the red block in the red bowl")
    assert (put.outcome, put.text) == ("done", "Done: put the red block in the red bowl.")
    assert "the red block in the red bowl" in tell(sim, "where is the red block?").text
    out = tell(sim, "take it out again")
    assert (out.outcome, out.text) == ("done", "Done: put the red block on the table.")
    told = tell(sim, "what did you do?")
    assert told.outcome == "said"
    assert told.text.count("red block") == 2
    assert tell(sim, "what are you holding?").text == "I hold nothing."


def test_it_asks_back_and_goes_on_with_the_answer(sim: Simulation) -> None:
    asked = tell(sim, "put the red block in the bowl")
    assert (asked.outcome, asked.choices) == ("asked", ("the red bowl", "the yellow bowl"))
    assert asked.text == "Which do you mean by 'the bowl': the red bowl or the yellow bowl?"
    again = tell(sim, "the purple one")
    assert (again.outcome, again.choices) == ("asked", asked.choices)
    done = tell(sim, "the yellow one, please")
    assert (done.outcome, done.text) == ("done", "Done: put the red block in the yellow bowl.")


def test_a_question_may_be_left_for_another_sentence(sim: Simulation) -> None:
    assert tell(sim, "put the red block in the bowl").outcome == "asked"
    assert tell(sim, "go home").outcome == "done"


@pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_stop_halts_the_arm_within_two_ticks_at_any_moment(
    runtime: str, request: pytest.FixtureRequest
) -> None:
    if runtime == "ray":
        request.getfixturevalue("ray_session")
    with Simulation("frankenbot", env="tabletop-place", seed=SEED, runtime=runtime) as sim:
        sim.say("put the red block in the red bowl")
        for seconds in (2.5, 1.15, 3.45):
            sim.run_for(seconds=seconds)
            said = sim.tick
            sim.say("Stop!")
            halted = sim.run_until_done(max_seconds=5)
            assert halted is not None
            assert halted.outcome == "halted"
            reports = {e.tick: e.message for e in sim.probe("brainstem.report")}
            still = [reports[tick].joints for tick in range(said + 1, sim.tick)]  # type: ignore[attr-defined]
            assert len(still) > 5
            assert np.ptp(np.array(still), axis=0).max() < 1e-9
            sim.say("put the red block in the red bowl")
        done = sim.run_until_done(max_seconds=60)
        assert done is not None
        assert done.outcome == "done"


@pytest.mark.parametrize(("seconds", "held"), [(7.6, True), (9.0, False), (10.0, False)])
def test_after_a_call_to_stop_it_knows_what_it_holds(sim: Simulation, seconds: float, held: bool) -> None:
    sim.say("put the red block in the yellow bowl")
    sim.run_for(seconds=seconds)
    assert tell(sim, "stop").outcome == "halted"
    felt = sim.probe("brainstem.proprioception")[-1].message
    assert (felt.gripper_width < 0.045) is held  # type: ignore[attr-defined]
    said = tell(sim, "what are you holding?").text
    assert said == ("I hold the red block." if held else "I hold nothing.")


def test_a_new_sentence_replaces_the_one_at_work(sim: Simulation) -> None:
    sim.say("put the red block in the red bowl")
    sim.run_for(seconds=3)
    done = tell(sim, "put the green block in the yellow bowl")
    assert (done.outcome, done.text) == ("done", "Done: put the green block in the yellow bowl.")


@pytest.mark.parametrize(("seconds", "held"), [(7.6, True), (9.0, False)])
def test_a_sentence_in_the_middle_of_another_finds_the_hand_as_it_is(
    sim: Simulation, seconds: float, held: bool
) -> None:
    sim.say("put the red block in the red bowl")
    sim.run_for(seconds=seconds)
    assert tell(sim, "what are you holding?").text == ("I hold the red block." if held else "I hold nothing.")
    done = tell(sim, "put the green block in the yellow bowl")
    assert done.outcome == "done", "what is in the hand is laid down first"


def test_what_is_not_understood_breaks_off_what_is_at_work(sim: Simulation) -> None:
    sim.say("put the red block in the red bowl")
    sim.run_for(seconds=6)
    at_work = sim.probe("cortex.tree")[-1].message.plan  # type: ignore[attr-defined]
    assert tell(sim, "make tea").outcome == "refused"
    plan = sim.probe("cortex.tree")[-1].message.plan  # type: ignore[attr-defined]
    assert plan != at_work
    sim.run_for(seconds=5)
    assert sim.probe("cerebellum.plan_status")[-1].message.plan == plan  # type: ignore[attr-defined]


def test_a_question_stands_until_it_is_answered(sim: Simulation) -> None:
    asked = tell(sim, "put the red block in the bowl")
    again = tell(sim, "lalala")
    assert (again.outcome, again.choices) == ("asked", asked.choices)
    assert "plain English only" in again.text
    assert again.text.endswith(asked.text)
    assert tell(sim, "the yellow one").outcome == "done"


def test_a_talk_is_replayed_bit_for_bit_from_its_record(tmp_path: Path) -> None:
    with (
        Recorder(tmp_path, 0.05) as recorder,
        Simulation("frankenbot", env="tabletop-place", seed=SEED, observers=[recorder]) as sim,
    ):
        tell(sim, "put the block in the bowl")
        tell(sim, "green")
        sim.say("red")
        sim.run_for(seconds=4)
        tell(sim, "stop")
        end, trace, blueprint = sim.tick, sim.result.trace, sim.blueprint
    with Simulation(blueprint, seed=SEED) as again:
        for injection in recorded_injections(tmp_path / LOG):
            again.session.advance(injection.tick)
            again.session.inject(injection.region, injection.port, injection.message)
        again.session.advance(end)
        assert again.result.trace == trace


def test_said_before_the_first_tick_it_takes_the_place_of_the_tasks_sentence() -> None:
    with Simulation("frankenbot", env="tabletop-place", seed=SEED, stays=False) as sim:
        sim.say("go home")
        result = sim.run_to_end()
        assert result.stop is not None
        assert (result.stop.reason, result.stop.success) == ("done", True)
        assert result.stop.evaluation == {"judged_by": "brain"}
        assert run_brain(sim.blueprint, SEED, injections=sim.injections).trace == result.trace


def test_words_that_nobody_hears_are_refused(sim: Simulation) -> None:
    with pytest.raises(ConfigurationError, match="the instruction is empty"):
        sim.say("  ")
    with Simulation(slow_star(), seed=1) as deaf, pytest.raises(ConfigurationError, match="hears nobody"):
        deaf.say("hello")
