"""Plans: what they contain, that they never differ, and what has none."""

import hashlib
import subprocess
import sys

import pytest

from neuralbrain.arm.planning import trees
from neuralbrain.arm.planning.actions import plan
from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.arm.planning.goals import ground
from neuralbrain.arm.planning.grammar import parse
from neuralbrain.arm.planning.groups import merged
from neuralbrain.errors import InstructionError, PlanError
from neuralbrain.messages import Condition, ExecutionTree, Scene
from neuralbrain.planning.check import check_tree
from neuralbrain.planning.goal import Goal
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene

TABLE = scene(
    obj("red_block", 0.40, 0.10),
    obj("green_block", 0.50, -0.10),
    obj("blue_block", 0.60, 0.10),
    obj("yellow_block", 0.60, 0.10, 0.06),
    obj("blue_bowl", 0.50, 0.25),
    obj("red_bowl", 0.40, -0.25),
)
FURNITURE = scene(
    obj("red_block", 0.40, 0.10),
    obj("purple_drawer", 0.55, -0.20, 0.05, yaw=3.14),
    obj("red_box", 0.50, 0.10),
    obj("green_zone", 0.50, 0.28),
)


def planned(sentence: str, seen: Scene) -> list[str]:
    """Plan the one goal of a sentence, check its tree, and say the plan."""
    (group,) = merged(parse(sentence))
    goal = ground(group, seen, PANDA.schema)
    actions, locations = plan(seen, goal, PANDA.schema)
    root = trees.act(actions, seen)
    tree = ExecutionTree(
        tick=0, source="cortex", plan="plan_1", goal=goal.text, root=root, locations=locations
    )
    if actions:
        check_tree(tree, DOMAIN, seen, goal.conditions)
    return [" ".join([a.skill, *a.args.values()]) for a in actions]


@pytest.mark.parametrize(
    ("sentence", "seen", "actions"),
    [
        ("put the red block in the blue bowl", TABLE, ["pick red_block", "place red_block blue_bowl"]),
        ("put the yellow block on the blue block", TABLE, []),
        (
            "put the red block on the yellow block",
            TABLE,
            ["pick red_block", "stack red_block yellow_block"],
        ),
        ("open the drawer", FURNITURE, ["open purple_drawer"]),
        ("close the drawer", FURNITURE, []),
        (
            "put the red block in the drawer and close it",
            FURNITURE,
            [
                "open purple_drawer",
                "pick red_block",
                "place red_block purple_drawer",
                "close purple_drawer",
            ],
        ),
    ],
)
def test_plans_that_can_only_be_so(sentence: str, seen: Scene, actions: list[str]) -> None:
    assert planned(sentence, seen) == actions


def test_what_stands_on_the_wanted_object_goes_to_a_free_spot_first() -> None:
    actions = planned("put the blue block in the blue bowl", TABLE)
    assert actions[0] == "pick yellow_block"
    assert actions[1].startswith("place yellow_block free_")
    assert actions[2:] == ["pick blue_block", "place blue_block blue_bowl"]


def test_a_swap_needs_one_spot_in_between() -> None:
    actions = planned("swap the red block and the green block", TABLE)
    assert len(actions) == 6
    assert sum("free_" in action for action in actions if action.startswith("place")) == 1


def test_a_pyramid_begins_below_and_uncovers_its_top() -> None:
    sentence = (
        "build a pyramid with the red block and the green block at the bottom and the blue block on top"
    )
    actions = planned(sentence, TABLE)
    assert actions[-1] == "place blue_block apex"
    assert len(actions) == 8
    assert {"place red_block base_left", "place green_block base_right"} < set(actions)


def test_a_row_uses_each_place_once() -> None:
    actions = planned("line up the red block, the green block and the blue block from left to right", TABLE)
    placed = [action for action in actions if action.startswith("place") and "row_" in action]
    assert sorted(placed) == [
        "place blue_block row_3",
        "place green_block row_2",
        "place red_block row_1",
    ]


def test_only_the_way_of_the_box_is_cleared() -> None:
    seen = scene(
        obj("red_box", 0.5, -0.1),
        obj("green_zone", 0.5, 0.15),
        obj("blue_block", 0.5, 0.03),
        obj("yellow_block", 0.4, 0.3),
    )
    actions = planned("push the red box to the green zone", seen)
    assert actions[0] == "pick blue_block"
    assert actions[-1] == "push red_box green_zone"
    assert len(actions) == 3


def test_what_crowds_a_place_goes_away() -> None:
    goal_place = trees.Location(id="there", position=(0.5, -0.12, 0.02))
    goal = Goal("x", (Condition(predicate="at", args=("red_block", "there")),), (goal_place,))
    actions, _ = plan(TABLE, goal, PANDA.schema)
    assert [a.subject for a in actions] == ["green_block", "green_block", "red_block", "red_block"]


def test_no_plan_is_an_error() -> None:
    circle = (("red_block", "green_block"), ("green_block", "red_block"))
    conditions = tuple(Condition(predicate="on", args=pair) for pair in circle)
    with pytest.raises(PlanError, match="no way to do magic"):
        plan(TABLE, Goal("do magic", conditions), PANDA.schema, timeout=2.0)


SENTENCES = (
    "sort the blocks by color",
    "swap the blue block and the green block",
    "line up the red block, the green block, the blue block and the yellow block from left to right",
)
PROGRAM = """
from tests.arm.planning.test_planner import SENTENCES, TABLE, planned
print([planned(sentence, TABLE) for sentence in SENTENCES])
"""


def fingerprints(count: int) -> set[str]:
    """Plan in fresh processes, each with its own order of hashes."""
    path = ":".join(entry for entry in sys.path if entry)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdout=subprocess.PIPE,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": path},
        )
        for seed in range(count)
    ]
    said = [process.communicate()[0] for process in running]
    assert all(b"place" in text for text in said)
    return {hashlib.sha256(text).hexdigest() for text in said}


def test_three_processes_plan_the_same() -> None:
    assert len(fingerprints(3)) == 1


@pytest.mark.slow
def test_ten_processes_plan_the_same() -> None:
    assert len(fingerprints(10)) == 1


def test_objects_that_stand_on_each_other_are_not_swapped() -> None:
    tower = scene(obj("red_block", 0.40, 0.10), obj("green_block", 0.40, 0.10, 0.06))
    (group,) = merged(parse("swap the red block and the green block"))
    with pytest.raises(InstructionError, match="one stands on the other"):
        ground(group, tower, PANDA.schema)
