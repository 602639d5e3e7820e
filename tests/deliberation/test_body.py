"""Answers of every kind through the whole brain and its body: nothing moves that nobody asked for."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from tests.deliberation.asking import plan, put, stage
from tests.deliberation.made_up import Answers
from tests.deliberation.talking import talking

RED, GREEN = put("red_block", "blue_bowl"), put("green_block", "purple_bowl")
GOOD = (
    plan(stage(*RED, handlers=[("retry",), ("handler", *RED)]), goals=["in red_block blue_bowl"]),
    plan(stage(*put("red_block", "purple_bowl")), goals=["in red_block purple_bowl"]),
    plan(stage(*GREEN), goals=["in green_block purple_bowl"]),
    plan(
        stage(*put("red_ball", "free_1")),
        stage("pick yellow_block"),
        goals=["on red_ball table", "holding yellow_block"],
    ),
)
BOWLS = ("blue_bowl", "purple_bowl")
IN_BOWL = 0.06
"""So far from the middle of a bowl something lies in it, m."""
SAID = (
    ("put the red block in the blue bowl", {"red_block"}),
    ("put the green block in the purple bowl", {"green_block"}),
    ("yeet the thing into the dish, dude", None),
    ("put the red block in the purple bowl", {"red_block"}),
    ("make it cosy here", None),
    ("put the red ball to the left of the yellow block", {"red_ball"}),
)
"""Sentence -> what may move; None: what the brain asks about, if the person says yes."""


def told_to(count: int, seed: int, each: int = 60) -> Counter[str]:
    """Let so many answers be given to a whole brain; return what became of them, and of the sentences."""
    names = [
        "red_block",
        "green_block",
        "yellow_block",
        "red_ball",
        "blue_bowl",
        "purple_bowl",
        "free_1",
        "free_2",
    ]
    made, found, given = Answers(seed, names, GOOD), Counter[str](), 0

    def script(_: Mapping[str, Any]) -> str:
        nonlocal given
        given += 1
        return made.any()[1]

    while given < count:
        begun = given
        with talking(script, seed=seed + given) as talk:
            number = 0
            while given < min(count, begun + each):
                sentence, may = SAID[number % len(SAID)]
                number += 1
                before = talk.where()
                done = talk.say(sentence)
                for _ in range(4):
                    if done.outcome != "asked":
                        break
                    assert may is None, done.text
                    found["asked"] += 1
                    yes = made.rng.random() < 0.6 and done.choices == ("yes", "no")
                    may = {f"{a}_{b}" for a, b in re.findall(r"the (\w+) (\w+)", done.text)} if yes else None
                    assert not talk.moved_since(before)
                    done = talk.say("yes" if yes else "whatever you like")
                found[done.outcome] += 1
                assert done.text
                inside = {
                    name
                    for name in before
                    for bowl in BOWLS
                    if may and name not in BOWLS and math.dist(before[name][:2], before[bowl][:2]) < IN_BOWL
                }
                moved = talk.moved_since(before)  # what lies in one bowl touches
                assert moved <= (may or set()) | inside, (sentence, done, moved)
            assert not talk.clamped & {"position", "speed"}, talk.clamped
            found.update(f"model: {told.verdict}" for told in talk.deliberated)
            found["calls"] += len(talk.calls)
    return found


def test_a_body_does_nothing_that_nobody_asked_for() -> None:
    found = told_to(4, seed=5)
    assert found["calls"] >= 4


@pytest.mark.slow
def test_a_thousand_answers_do_nothing_that_nobody_asked_for() -> None:
    assert told_to(1000, seed=100)["calls"] >= 1000
