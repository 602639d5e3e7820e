"""Talking with the rover: one sentence after another, questions both ways, and "stop"."""

import pytest

from neuralbrain import Simulation

SEED = 3


def test_it_asks_back_goes_on_and_knows_what_it_means() -> None:
    with Simulation("rover", env="rover-free", seed=SEED) as sim:
        sim.say("go to the pillar")
        asked = sim.run_until_done(max_seconds=60)
        assert asked is not None
        assert asked.outcome == "asked"
        assert "the green pillar" in asked.choices
        sim.say("the green one")
        done = sim.run_until_done(max_seconds=60)
        assert done is not None
        assert (done.outcome, done.text) == ("done", "Done: go to the green pillar.")
        sim.say("what do you see?")
        said = sim.run_until_done(max_seconds=60)
        assert said is not None
        assert said.outcome == "said"
        assert "the green pillar" in said.text
        assert "rover" not in said.text, "it does not see itself"


def test_it_tells_what_it_has_done_what_was_so_already_and_what_was_broken_off() -> None:
    with Simulation("rover", env="rover-free", seed=SEED) as sim:
        told = []
        for sentence in (
            "go to the green pillar",
            "go to it",
            "sing",
            "go to the ball",
            "stop",
            "what did you do?",
        ):
            sim.say(sentence)
            if sentence == "go to the ball":
                sim.run_for(seconds=6.0)
                continue
            done = sim.run_until_done(max_seconds=60)
            assert done is not None
            told.append((done.outcome, done.text))
    assert told[:2] == [
        ("done", "Done: go to the green pillar."),
        ("done", "Already so: go to the green pillar."),
    ]
    assert told[2][0] == "refused", "it has understood nothing, whatever it did before"
    assert told[-1][1] == (
        "I have done this: go to the green pillar. This was so already: go to the green pillar. "
        "I broke this off: go to the ball."
    )


@pytest.mark.parametrize("seconds", [4.0, 7.3])
def test_stop_halts_it_within_two_ticks(seconds: float) -> None:
    with Simulation("rover", env="rover-free", seed=SEED) as sim:
        sim.say("go to the green pillar")
        sim.run_for(seconds=seconds)
        said = sim.tick
        sim.say("stop")
        halted = sim.run_until_done(max_seconds=5)
        assert halted is not None
        assert halted.outcome == "halted"
        reports = {e.tick: e.message for e in sim.probe("brainstem.report")}
        wheels = [(reports[t].left, reports[t].right) for t in range(said + 2, sim.tick)]  # type: ignore[attr-defined]
        assert len(wheels) > 5
        assert set(wheels) == {(0.0, 0.0)}
        sim.say("go on to the green pillar")
        done = sim.run_until_done(max_seconds=60)
        assert done is not None
        assert done.outcome == "done"


def test_all_but_one_are_visited_and_what_it_cannot_do_it_says() -> None:
    with Simulation("rover", env="rover-free", seed=SEED) as sim:
        sim.say("visit all the pillars but don't visit the green one")
        done = sim.run_until_done(max_seconds=120)
        assert done is not None and done.outcome == "done"
        went = "Done: go to the red pillar, then go to the yellow pillar, then go to the blue pillar."
        assert done.text.endswith(went)
        sim.say("where are you?")
        said = sim.run_until_done(max_seconds=60)
        assert said is not None and said.text.startswith("I am at x = ")
        sim.say("drive twice around the ball")
        refused = sim.run_until_done(max_seconds=5)
        assert refused is not None and refused.outcome == "refused"
