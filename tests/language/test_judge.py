"""What came of a sentence, judged over truths that are made up."""

from dataclasses import replace
from typing import Any

import pytest

from neuralbrain.agents.language.judge import Reply, Verdict, judge, named
from neuralbrain.agents.language.rows import Row
from neuralbrain.envs.tabletop.moment import Moment
from tests.language.made_up import START, course, grip, put, row, table

DONE = put(START, "red_block", 0.60, -0.09, ("blue_bowl",), 0.005)
DO = row(do=["in(red block, blue bowl)"])
SPARE = row(do=["in(red block, blue bowl)", "unmoved(red ball)"])
ASK = row(ask=(("blue",), ("purple",)))
ANSWER = row(answer=(("no", "not"),))
REFUSE = row(refuse=(("ball",),))


def told(expected: Row, outcome: Any, *moments: Moment, text: str = "", **more: Any) -> Verdict:
    return judge(expected, Reply(outcome=outcome, text=text, moments=(START, *moments), **more))


@pytest.mark.parametrize(
    ("expected", "outcome", "now", "text", "kind"),
    [
        (DO, "done", DONE, "", "done"),
        (DO, "done", START, "", "done_wrong"),
        (DO, "failed", START, "", "failed"),
        (DO, "failed", DONE, "", "failed"),
        (DO, "said", START, "I see it.", "failed"),
        (DO, "halted", START, "", "failed"),
        (DO, "refused", START, "", "needless"),
        (DO, "asked", START, "", "needless"),
        (DO, "asked", DONE, "", "failed"),
        (DO, "done", put(DONE, "green_block", 0.456, 0.0), "", "done_wrong"),
        (DO, "failed", put(START, "green_block", 0.456, 0.0), "", "done_wrong"),
        (SPARE, "done", DONE, "", "done"),
        (SPARE, "done", put(DONE, "red_ball", 0.6, 0.3), "", "done_wrong"),
        (SPARE, "failed", put(START, "red_ball", 0.6, 0.3), "", "done_wrong"),
        (SPARE, "asked", put(START, "red_ball", 0.6, 0.3), "", "done_wrong"),
        (ASK, "asked", START, "The blue bowl or the purple one?", "asked"),
        (ASK, "asked", START, "The blue bowl?", "needless"),
        (ASK, "asked", put(START, "red_ball", 0.6, 0.206), "Blue or purple?", "done_wrong"),
        (ASK, "refused", START, "Blue or purple?", "needless"),
        (ASK, "done", DONE, "", "done_wrong"),
        (ASK, "done", START, "", "done_wrong"),
        (ASK, "failed", START, "", "failed"),
        (ANSWER, "said", START, "No, I do not.", "answered"),
        (ANSWER, "done", START, "Not now: it is so already.", "answered"),
        (ANSWER, "said", START, "Nothing of the kind is known.", "failed"),
        (ANSWER, "said", DONE, "No.", "done_wrong"),
        (REFUSE, "refused", START, "Nothing stands on balls.", "refused"),
        (REFUSE, "refused", START, "I cannot.", "needless"),
        (REFUSE, "failed", START, "ball", "failed"),
        (replace(REFUSE, without=("sorry",)), "refused", START, "Sorry, a ball.", "needless"),
        (replace(DO, ask=(("blue",),)), "asked", START, "The blue one?", "asked"),
        (replace(DO, ask=(("blue",),)), "done", DONE, "", "done"),
    ],
)
def test_verdicts(expected: Row, outcome: str, now: Moment, text: str, kind: str) -> None:
    verdict = told(expected, outcome, now, text=text)
    assert verdict.kind == kind
    assert bool(verdict.why) == (kind in ("needless", "failed", "done_wrong"))


def test_something_that_moved_and_came_back_has_moved() -> None:
    away = put(START, "green_block", 0.46, 0.0)
    assert told(REFUSE, "refused", away, START, text="ball").kind == "done_wrong"
    assert told(DO, "done", away, DONE).kind == "done", "a do is about the end"


def test_what_held_on_the_way_held_in_that_order() -> None:
    there = put(START, "red_block", 0.60, 0.08, ("purple_bowl",), 0.005)
    both = row(during=["in(red block, blue bowl)", "in(red block, purple bowl)"], do=["was(red block)"])
    assert told(both, "done", DONE, there, START).kind == "done"
    assert told(both, "done", there, DONE, START).kind == "done_wrong"
    assert told(both, "done", DONE, START).kind == "done_wrong"


def test_a_third_block_has_no_business_in_a_tower_of_two() -> None:
    tower = put(START, "red_block", 0.45, 0.0, ("green_block",), 0.04)
    expected = row(do=["tower(2)"])
    assert named(expected, course(START, tower)) == {"red_block", "green_block"}
    assert told(expected, "done", tower).kind == "done"
    assert told(expected, "done", put(tower, "yellow_block", 0.45, 0.21)).kind == "done_wrong"
    one = row(do=["count(in(block, blue bowl)) = 1"])
    assert named(one, course(START, DONE)) == {"red_block", "blue_bowl"}
    assert told(one, "done", put(DONE, "green_block", 0.46, 0.0)).kind == "done_wrong"


def test_what_lies_in_something_goes_with_it() -> None:
    start = table(red_block=(0.45, -0.2), blue_bowl=(0.6, -0.1))
    start = put(start, "red_block", 0.6, -0.1, ("blue_bowl",), 0.005)
    expected = row(do=["moved(blue bowl, right, 0.1)"])
    along = put(put(start, "blue_bowl", 0.6, 0.0), "red_block", 0.6, 0.0, ("blue_bowl",), 0.005)
    fell = put(put(start, "blue_bowl", 0.6, 0.0), "red_block", 0.6, 0.12)
    for now, kind in ((along, "done"), (fell, "done_wrong")):
        assert judge(expected, Reply(outcome="done", text="", moments=(start, now))).kind == kind


def test_other_is_what_is_not_named() -> None:
    expected = row(do=["in(red block, blue bowl)", "in(other block, purple bowl)"])
    both = put(DONE, "green_block", 0.60, 0.08, ("purple_bowl",), 0.005)
    all_of_them = put(both, "yellow_block", 0.58, 0.09, ("purple_bowl",), 0.005)
    assert told(expected, "done", both).kind == "done_wrong"
    assert told(expected, "done", all_of_them).kind == "done"


def test_a_call_to_stop() -> None:
    expected = row(halt=True, after="put the red block in the blue bowl")
    air = grip(START, "red_block")
    on = replace(air, tool=(0.5, -0.2, 0.2))
    dropped = put(air, "red_block", 0.45, -0.2)
    assert told(expected, "halted", air, air, stopped=1).kind == "halted"
    assert told(expected, "halted", air, on, stopped=1).kind == "done_wrong"
    assert told(expected, "halted", air, dropped, stopped=1).kind == "done_wrong"
    assert told(expected, "halted", START, START, stopped=1).kind == "done_wrong"
    assert told(expected, "done", air, air, stopped=1).kind == "failed"
    assert told(expected, "refused", START).kind == "failed"
