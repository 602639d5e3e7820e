"""Answers that a model might give, through the whole check: none crashes it, none is believed."""

from collections import Counter

import pytest

from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.messages import steps
from neuralbrain.words import NO_TEXT
from tests.deliberation.asking import advice, answer, asked, goal, plan, put, stage
from tests.deliberation.made_up import Answers

GOALS = (
    goal("in red_block red_bowl"),
    goal("in blue_block red_bowl"),
    goal("on red_block green_block"),
    goal("in orange_ball purple_drawer", fixed=["red_block"]),
)
RED = put("red_block", "red_bowl")
GOOD = (
    plan(
        stage("look hand red_block", *RED, handlers=[("retry",), ("handler", "look hand red_block", *RED)]),
        goals=["in red_block red_bowl"],
    ),
    plan(
        stage(*put("yellow_block", "free_1")),
        stage(*put("blue_block", "red_bowl")),
        goals=["in blue_block red_bowl"],
    ),
    plan(stage("pick red_block", "stack red_block green_block"), goals=["on red_block green_block"]),
    plan(
        stage("open purple_drawer", *put("orange_ball", "purple_drawer")),
        goals=["in orange_ball purple_drawer"],
    ),
)


def heard(count: int, seed: int = 0) -> Counter[tuple[str, str, str]]:
    """Let answers be heard; return how often each kind, verdict and stage came."""
    names = asked().now.names()
    made, found = Answers(seed, names, GOOD), Counter[tuple[str, str, str]]()
    for number in range(count):
        kind, text = made.any()
        goals = (GOALS[number % len(GOALS)],) if number % 5 else ()
        deliberation = asked(*goals)
        for _ in range(3):  # what is given back may come again as it was
            said = deliberation.hear(answer(text), DOMAIN)
            if said.verdict != "repair":
                break
        found[kind, said.verdict, said.stage] += 1
        assert said.verdict in ("plan", "question", "say", "cannot", "none")
        assert bool(said.reason) == (said.verdict == "none") == bool(said.stage)
        assert not any(NO_TEXT.search(words) for words in (said.reason, said.text, *said.choices))
        assert all(len(words) <= 600 for words in (said.reason, said.text, *said.choices))
        assert all(len(turn.text) < 20_000 and not NO_TEXT.search(turn.text) for turn in deliberation.turns)
        if said.verdict == "plan" and goals:
            moved = {
                c.args[0] for s in said.stages for step in steps(s) for c in step.postconditions if c.args
            }
            about = {name for c in goals[0].conditions for name in c.args}
            assert moved <= about | {"yellow_block"}  # which stands on the blue one
            assert not moved & set(goals[0].fixed)
    return found


def test_answers_of_every_kind_are_heard() -> None:
    found = heard(200)
    assert {kind for kind, *_ in found} == set(Answers(0, ["a"], GOOD).kinds)
    assert any(verdict == "plan" for kind, verdict, _ in found if kind == "good")
    assert {stage_ for *_, stage_ in found} >= {"form", "skills", "names", "symbols", "meaning"}


@pytest.mark.slow
def test_ten_thousand_answers_are_heard() -> None:
    assert heard(10_000, seed=1).total() == 10_000


@pytest.mark.parametrize("good", range(len(GOOD)))
def test_good_plans_are_good(good: int) -> None:
    assert advice(GOOD[good], GOALS[good]).verdict == "plan"
    assert advice(GOOD[good]).verdict == "plan"
