"""Plans that pass every check, and plans that seem to do what was said and do something else besides."""

import pytest

from neuralbrain.messages import Fallback, Location, steps
from tests.arm.planning.toy import obj, scene
from tests.deliberation.asking import TABLE, advice, goal, plan, put, stage

RED_IN = goal("in red_block red_bowl")
PUT_RED = put("red_block", "red_bowl")
PUT_BLUE, BLUE_IN = put("blue_block", "red_bowl"), goal("in blue_block red_bowl")
YELLOW_OFF = put("yellow_block", "free_1")
ASIDE = Location(id="there_red_block", position=(0.45, 0.0, 0.02))


@pytest.mark.parametrize(
    ("wanted", "stages"),
    [
        (RED_IN, [stage(*PUT_RED)]),
        (RED_IN, [stage("look hand red_block", *PUT_RED, "look overview")]),
        (RED_IN, [stage("pick red_block"), stage("place red_block red_bowl")]),
        (RED_IN, [stage(*PUT_RED, handlers=[("handler", "look hand red_block", *PUT_RED)])]),
        (
            RED_IN,
            [stage(*PUT_RED, handlers=[("handler", "place red_block red_bowl"), ("handler", *PUT_RED)])],
        ),
        (BLUE_IN, [stage(*YELLOW_OFF, handlers=[("handler", *YELLOW_OFF)]), stage(*PUT_BLUE)]),
        (BLUE_IN, [stage(*YELLOW_OFF), stage(*PUT_BLUE)]),
        (
            goal("in red_block purple_drawer"),
            [stage("open purple_drawer", *put("red_block", "purple_drawer"))],
        ),
        (
            goal("in red_block purple_drawer", "closed purple_drawer"),
            [stage("open purple_drawer"), stage(*put("red_block", "purple_drawer"), "close purple_drawer")],
        ),
        (goal("holding red_block"), [stage("pick red_block")]),
        (goal("on red_block green_block"), [stage("pick red_block", "stack red_block green_block")]),
        (
            goal("at red_block there_red_block", locations=(ASIDE,)),
            [stage(*put("red_block", "there_red_block"))],
        ),
    ],
)
def test_a_plan_that_does_what_was_said_is_a_plan(wanted, stages) -> None:
    found = advice(plan(*stages), wanted)
    assert (found.verdict, found.reason) == ("plan", "")
    assert len(found.stages) == len(stages)


@pytest.mark.parametrize(
    ("wanted", "stages", "about"),
    [
        # others are moved
        (RED_IN, [stage(*PUT_RED, *put("green_block", "blue_bowl"))], "green_block"),
        (RED_IN, [stage(*put("green_block", "free_1")), stage(*PUT_RED)], "green_block"),
        (RED_IN, [stage(*PUT_RED), stage(*put("green_block", "free_1"))], "green_block"),
        (RED_IN, [stage(*YELLOW_OFF), stage(*PUT_RED)], "yellow_block"),
        # moved and put back; moved twice; a detour
        (
            RED_IN,
            [stage(*put("orange_ball", "free_1"), *put("orange_ball", "free_2"), *PUT_RED)],
            "orange_ball",
        ),
        (RED_IN, [stage(*put("red_block", "free_1"), *PUT_RED)], "not needed"),
        (RED_IN, [stage(*put("red_block", "blue_bowl"), *PUT_RED)], "blue_bowl"),
        (RED_IN, [stage(*PUT_RED, *PUT_RED)], "not needed"),
        # what the goal is about, but only as a place
        (
            goal("on red_block green_block"),
            [stage(*put("green_block", "free_1"), "pick red_block", "stack red_block green_block")],
            "green_block",
        ),
        # what is in the way is put in or on something
        (BLUE_IN, [stage(*put("yellow_block", "blue_bowl"), *PUT_BLUE)], "yellow_block"),
        (BLUE_IN, [stage("pick yellow_block", "stack yellow_block orange_ball", *PUT_BLUE)], "yellow_block"),
        (BLUE_IN, [stage(*put("yellow_block", "red_bowl"), *PUT_BLUE)], "yellow_block"),
        (
            BLUE_IN,
            [stage("open purple_drawer", *put("yellow_block", "purple_drawer"), *PUT_BLUE)],
            "yellow_block",
        ),
        # something is held at the end, a drawer is left open, closed, or opened and closed
        (RED_IN, [stage(*PUT_RED, "pick orange_ball")], "orange_ball"),
        (RED_IN, [stage(*PUT_RED, "open purple_drawer")], "purple_drawer"),
        (RED_IN, [stage("open purple_drawer", "close purple_drawer", *PUT_RED)], "purple_drawer"),
        (
            goal("in red_block purple_drawer"),
            [stage("open purple_drawer", *put("red_block", "purple_drawer"), "close purple_drawer")],
            "close",
        ),
        # what is to stay is moved
        (goal("in blue_block red_bowl", fixed=["yellow_block"]), [stage(*YELLOW_OFF, *PUT_BLUE)], "stay"),
        # less than what was said, or something else
        (goal("in red_block red_bowl", "in green_block red_bowl"), [stage(*PUT_RED)], "green_block"),
        (RED_IN, [stage(*put("red_block", "blue_bowl"))], "red_bowl"),
        (RED_IN, [stage("pick red_block")], "red_bowl"),
        (RED_IN, [stage("look overview")], "red_bowl"),
        (
            goal("not in red_block red_bowl", "on red_block table"),
            [stage(*PUT_RED)],
            "not needed|nobody|leave out",
        ),
        # handlers that do more
        (RED_IN, [stage(*PUT_RED, handlers=[("handler", *PUT_RED, "pick green_block")])], "green_block"),
        (
            RED_IN,
            [stage(*PUT_RED, handlers=[("handler", *put("red_block", "blue_bowl"))])],
            "red_bowl|blue_bowl",
        ),
        (
            RED_IN,
            [stage(*PUT_RED, handlers=[("handler", *put("red_block", "blue_bowl"), *PUT_RED)])],
            "blue_bowl",
        ),
        (RED_IN, [stage(*PUT_RED, handlers=[("handler", "look overview")])], "does not bring about"),
        (RED_IN, [stage(*PUT_RED, handlers=[("handler", "open purple_drawer", *PUT_RED)])], "purple_drawer"),
        # handlers with a detour
        (
            RED_IN,
            [stage(*PUT_RED, handlers=[("handler", *put("red_block", "free_1"), *PUT_RED)])],
            "not needed",
        ),
        (
            RED_IN,
            [stage(*PUT_RED, handlers=[("retry",), ("handler", *PUT_RED, *PUT_RED)])],
            "not needed",
        ),
        (
            BLUE_IN,
            [
                stage(
                    *YELLOW_OFF,
                    handlers=[("handler", *put("yellow_block", "free_2"), *put("yellow_block", "free_1"))],
                ),
                stage(*PUT_BLUE),
            ],
            "not needed",
        ),
        # a model may say more of what it brings about, and it is not believed
        (
            RED_IN,
            [stage(*put("green_block", "free_1"), brings=["on green_block table"]), stage(*PUT_RED)],
            "green_block",
        ),
        (
            RED_IN,
            [stage(*PUT_RED, brings=["closed purple_drawer", "in green_block red_bowl"])],
            "green_block",
        ),
    ],
)
def test_a_plan_that_does_something_else_is_none(wanted, stages, about) -> None:
    found = advice(plan(*stages), wanted)
    assert found.verdict == "repair"
    assert found.stage in ("meaning", "symbols")
    assert any(word in found.reason for word in about.split("|")), found.reason


@pytest.mark.parametrize(
    ("steps_", "stage_name", "about"),
    [
        (["fly red_block"], "skills", "fly"),
        (["pick red_block", "place red_block"], "skills", "target"),
        (["pick pink_block"], "names", "pink_block"),
        (["pick table"], "names", "table"),
        (["look hand table"], "names", "table"),
        (["look behind_you"], "names", "behind_you"),
        (["pick red_bowl"], "symbols", "bowl"),
        (["pick blue_block"], "symbols", "yellow_block"),
        (["place red_block red_bowl"], "symbols", "hold"),
        ([*put("red_block", "free_1"), *put("green_block", "free_1")], "symbols", "free_1"),
        (["pick red_block", "pick green_block"], "symbols", "red_block"),
        ([*put("red_block", "purple_drawer")], "symbols", "open"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(steps_, stage_name, about) -> None:
    found = advice(plan(stage(*steps_)), RED_IN)
    assert (found.verdict, found.stage) == ("repair", stage_name)
    assert about in found.reason


def test_what_is_out_of_reach_is_refused() -> None:
    far = scene(obj("red_block", 1.40, 0.10), obj("red_bowl", 0.40, -0.20))
    found = advice(plan(stage(*PUT_RED)), RED_IN, seen=far)
    assert (found.verdict, found.stage) == ("repair", "reach")
    assert "red_block" in found.reason


def test_too_many_steps_are_refused() -> None:
    looks = [stage(*["look overview"] * 6) for _ in range(11)]
    found = advice(plan(*looks, stage(*PUT_RED)), RED_IN)
    assert (found.verdict, found.stage) == ("repair", "limits")


def test_what_is_held_already_may_be_laid_down_first() -> None:
    found = advice(plan(stage("place orange_ball free_1", *PUT_RED)), RED_IN, holding="orange_ball")
    assert found.verdict == "plan"


@pytest.mark.parametrize(
    ("goals", "stages", "about"),
    [
        (["in red_block blue_bowl"], [stage(*PUT_RED)], "blue_bowl"),
        (["in red_block red_bowl"], [stage(*PUT_RED, "pick green_block")], "green_block"),
        ([], [stage(*PUT_RED)], "goals"),
        (["in red_block red_bowl", "not in red_block red_bowl"], [stage(*PUT_RED)], "not in"),
        (["open red_block"], [stage(*PUT_RED)], "no sense"),
        (["holding red_bowl"], [stage(*PUT_RED)], "no sense"),
        (["clear table"], [stage(*PUT_RED)], "no sense"),
        (["on table red_block"], [stage(*PUT_RED)], "no sense"),
        (["at free_1 free_1"], [stage(*PUT_RED)], "no sense"),
        (["on red_block red_block"], [stage(*PUT_RED)], "no sense"),
        (["shaken red_block"], [stage(*PUT_RED)], "shaken"),
    ],
)
def test_goals_of_a_model_are_checked_as_well(goals, stages, about) -> None:
    found = advice(plan(*stages, goals=goals))
    assert found.verdict == "repair"
    assert about in found.reason


def test_a_goal_is_put_as_scenes_show_it() -> None:
    found = advice(plan(stage(*PUT_RED), goals=["on red_block red_bowl"]))
    assert found.verdict == "plan"
    assert found.goal is not None
    assert [str(c) for c in found.goal.conditions] == ["in(red_block, red_bowl)"]


def test_where_all_is_so_already_nothing_is_done() -> None:
    found = advice(
        plan(stage(*YELLOW_OFF), goals=["on yellow_block blue_block", "not in red_block red_bowl"])
    )
    assert (found.verdict, found.stages) == ("plan", ())


def test_what_a_stage_brings_is_looked_for_after_its_last_change() -> None:
    found = advice(
        plan(
            stage(*PUT_RED, "look overview", needs=["hand_empty"], brings=["hand_empty", "clear red_block"])
        ),
        RED_IN,
    )
    pick, place, look = steps(found.stages[0])
    assert "hand_empty()" in map(str, pick.preconditions)
    assert [str(c) for c in place.postconditions] == [
        "in(red_block, red_bowl)",
        "hand_empty()",
        "clear(red_block)",
    ]
    assert look.postconditions == ()


def test_levels_become_retries_and_handlers() -> None:
    levels = [("retry",), ("retry",), ("handler", "look hand red_block", *PUT_RED), ("replan",)]
    found = advice(plan(stage(*PUT_RED, handlers=levels)), RED_IN)
    tree = found.stages[0]
    assert isinstance(tree, Fallback)
    main, handler = tree.children
    assert [step.retries for step in steps(main)] == [2, 2]
    assert [step.skill for step in steps(handler)] == ["look", "pick", "place"]


def test_nothing_is_named_twice() -> None:
    """An object that is called like a place or a constant would let a plan mean either."""
    odd = obj("red_block", 0.5, 0.0).model_copy(update={"id": "free_1"})
    table = obj("blue_block", 0.4, 0.0).model_copy(update={"id": "table"})
    seen = TABLE.model_copy(update={"objects": (*TABLE.objects, odd, table)})
    text = plan(stage(*put("free_1", "red_bowl")))
    assert advice(text, RED_IN, seen=seen).stage == "names"
    assert advice(plan(stage("pick table")), RED_IN, seen=seen).stage == "names"
