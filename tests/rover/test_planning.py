"""From what is asked to goals and trees, and what the check of a plan knows of a rover."""

import math
from typing import Any

import pytest

from neuralbrain.errors import AmbiguityError, InstructionError, PlanError
from neuralbrain.messages import Condition, Location, Scene, Step, TreeNode, steps
from neuralbrain.planning.behaviour_tree import BehaviourTree
from neuralbrain.planning.check import check_tree
from neuralbrain.planning.domain import find_domain
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.planning.seams import find_interpreter, find_planner
from neuralbrain.rover.planning.commands import Find, GoTo, Push, Return
from neuralbrain.rover.planning.grammar import parse
from neuralbrain.rover.planning.viewpoints import ROOM
from tests.rover.harness import obj, scene, tree

DOMAIN, PLANNER = find_domain("rover"), find_planner("rover.sequence")
HERE = scene(
    obj("red_pillar", 1.0, 0.0),
    obj("blue_pillar", 1.0, 1.0),
    obj("green_ball", 0.5, -0.5, 0.12),
    obj("obstacle_1", -1.0, 0.2),
    obj("obstacle_2", -1.0, 1.2),
)
NOTHING = Goal("", ())


def condition(predicate: str, *args: str, negated: bool = False) -> Condition:
    return Condition(predicate=predicate, args=args, negated=negated)


def walk(root: TreeNode, *ends: bool) -> tuple[list[str], Step | bool]:
    """Let steps end so; return which they were, and which is next or how the tree ends."""
    walked = BehaviourTree(tree().model_copy(update={"root": root}))
    done: list[str] = []
    for end in ends:
        following = walked.next_step()
        assert isinstance(following, Step)
        walked.results[following.id] = end
        done.append(following.id)
    return done, walked.next_step()


def test_near_and_at_are_seen() -> None:
    close = scene(obj("rover", 0.7, 0.0), obj("red_pillar", 1.0, 0.0), obj("green_ball", 1.0, 0.25))
    for where, truth in ((close, True), (HERE, False)):
        assert DOMAIN.holds(condition("near", "red_pillar"), where, (), None) is truth
        assert DOMAIN.holds(condition("at", "green_ball", "red_pillar"), where, (), None) is truth
        assert DOMAIN.holds(condition("near", "red_pillar", negated=True), where, (), None) is not truth
    for negated in (False, True):
        assert not DOMAIN.holds(condition("near", "pink_pillar", negated=negated), HERE, (), None)
    assert DOMAIN.holds(condition("visible", "red_pillar"), HERE, (), None)
    location = Location(id="start", position=(0.1, 0.0, 0.0))
    assert DOMAIN.holds(condition("near", "start"), HERE, (location,), None)


@pytest.mark.parametrize(
    ("asked", "conditions"),
    [
        (GoTo(ObjectPhrase("red", "pillar")), ["near(red_pillar)"]),
        (Push(ObjectPhrase("", "ball"), ObjectPhrase("blue")), ["at(green_ball, blue_pillar)"]),
        (Find(ObjectPhrase("green")), ["visible(green_ball)"]),
    ],
)
def test_what_is_asked_becomes_a_goal(asked: GoTo, conditions: list[str]) -> None:
    goal = asked.goal(HERE, (), NOTHING)
    assert list(map(str, goal.conditions)) == conditions
    assert asked.missing(HERE) == ()
    assert goal.text == str(asked)


def test_what_is_not_seen_is_missing() -> None:
    asked = Push(ObjectPhrase("", "ball"), ObjectPhrase("pink", "pillar"))
    assert asked.missing(HERE) == ("the pink pillar",)
    with pytest.raises(InstructionError, match="do not see the pink pillar"):
        asked.goal(HERE, (), NOTHING)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (GoTo(ObjectPhrase("", "pillar")), "by 'the pillar': the blue pillar or the red pillar\\?"),
        (GoTo(ObjectPhrase("", "obstacle")), "cannot tell them apart"),
        (Push(ObjectPhrase("red", "pillar"), ObjectPhrase("blue")), "I can only push a ball"),
        (Push(ObjectPhrase("", "ball"), ObjectPhrase("green")), "to itself"),
        (Return(), "do not remember"),
    ],
)
def test_what_makes_no_sense_is_said(asked: GoTo, why: str) -> None:
    with pytest.raises(InstructionError, match=why):
        asked.goal(HERE, (), NOTHING)


def test_the_start_is_remembered() -> None:
    goal = Return().goal(scene(obj("rover", 2.0, 2.0)), (obj("rover", 0.25, 0.5),), NOTHING)
    assert Return().since == "start"
    assert [location.position[:2] for location in goal.locations] == [(0.25, 0.5)]
    plan = PLANNER.plan(HERE, goal, None, 1.0)
    assert plan is not None
    assert next(step.args for step in steps(plan.root)) == {"target": "start"}


@pytest.mark.parametrize(
    "asked", [GoTo(ObjectPhrase("red")), Push(ObjectPhrase("", "ball"), ObjectPhrase("blue"))]
)
def test_plans_pass_the_check(asked: GoTo) -> None:
    goal = asked.goal(HERE, (), NOTHING)
    plan = PLANNER.plan(HERE, goal, None, 1.0)
    assert plan is not None
    made = tree().model_copy(update={"root": plan.root, "locations": plan.locations})
    check_tree(made, DOMAIN, HERE, goal.conditions)
    assert any(step.id.startswith(plan.shown_by) for step in steps(plan.root))


def test_what_is_so_already_needs_no_plan_and_the_impossible_has_none() -> None:
    near = scene(obj("rover", 0.75, 0.0), obj("red_pillar", 1.0, 0.0))
    assert PLANNER.plan(near, Goal("", (condition("near", "red_pillar"),)), None, 1.0) is None
    with pytest.raises(PlanError, match="cannot bring about"):
        PLANNER.plan(near, Goal("", (condition("near", "red_pillar", negated=True),)), None, 1.0)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (
            {"skill": "push", "args": {"object": "red_pillar", "target": "blue_pillar"}},
            "only a ball can be pushed, not a pillar",
        ),
        ({"skill": "push", "args": {"object": "green_ball", "target": "green_ball"}}, "to itself"),
        ({"skill": "go_to", "args": {"target": "nowhere"}}, "neither an object that is seen"),
        ({"skill": "fly", "args": {}}, "no skill 'fly'"),
        ({"skill": "go_to", "args": {"target": "red_pillar"}}, "not what it brings"),
    ],
)
def test_a_wrong_plan_is_found_before_anything_moves(fields: dict[str, Any], why: str) -> None:
    step = Step(id="s", postconditions=(condition("near", "blue_pillar"),), **fields)
    with pytest.raises(PlanError, match=why):
        check_tree(tree(step), DOMAIN, HERE)


def test_lookouts_are_free_apart_and_between_objects() -> None:
    found = PLANNER.viewpoints(HERE)
    assert 1 <= len(found) <= 4
    for location in found:
        assert all(
            math.dist(location.position[:2], t.position[:2]) > ROOM for t in HERE.objects if t.id != "rover"
        )
    assert PLANNER.viewpoints(scene()) == ()
    look = PLANNER.look(found[0])
    assert [step.skill for step in steps(look.root)] == ["go_to", "look_around"]
    # Whether or not it gets there, it looks around.
    assert walk(look.root, False) == (["there"], steps(look.root)[1])
    check_tree(tree().model_copy(update={"root": look.root, "locations": look.locations}), DOMAIN, HERE)


def test_a_tree_is_walked_in_order() -> None:
    plan = PLANNER.plan(HERE, Goal("", (condition("near", "red_pillar"),)), None, 1.0)
    assert plan is not None
    first, look, again = steps(plan.root)
    assert walk(plan.root, True) == ([first.id], True)
    assert walk(plan.root, False, True, False) == ([first.id, look.id, again.id], False)


def test_an_empty_scene_knows_only_the_rover() -> None:
    empty: Scene = scene()
    assert not DOMAIN.state(empty, (), None).knows("rover")
    assert DOMAIN.unseen(Goal("", (condition("near", "red_pillar"),)), empty) == ("red_pillar",)


def test_all_are_visited_one_after_the_other_the_nearest_first() -> None:
    rover = obj("rover", 0.0, 0.0)
    here = scene(
        rover, obj("red_pillar", 2.0, 0.0), obj("blue_pillar", 1.0, 0.0), obj("green_ball", 0.5, 0.0)
    )
    (every,) = parse("visit every pillar")
    parts = every.parts(here)
    assert list(map(str, parts)) == ["go to the blue pillar", "go to the red pillar"]
    assert [part.parts(here) for part in parts] == [(part,) for part in parts], "once is enough"
    (three,) = parse("visit three pillars")
    assert three.missing(here) == ("3 pillars",), "it looks for more"
    (both,) = parse("push both balls to the red pillar")
    assert both.missing(here) == ("the 2 balls",)
    (two,) = parse("visit the two balls")
    with pytest.raises(InstructionError, match="I see 3, not 2: the green ball, "):
        two.parts(scene(*here.objects, obj("red_ball", 1.0, 1.0), obj("blue_ball", 3.0, 1.0)))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("go to the nearest pillar", "blue_pillar"),
        ("go to any pillar", "blue_pillar"),
        ("go to the farthest pillar", "red_pillar"),
        ("go to the pillar on your left", "red_pillar"),
        ("go to the right pillar", "blue_pillar"),
        ("go to the blue pillar, then to the other one", "red_pillar"),
    ],
)
def test_where_things_are_is_as_the_rover_sees_it(text: str, target: str) -> None:
    back = {"yaw": 3.1}  # it faces the other way, so that its left is the side of smaller y
    rover = obj("rover", 0.0, 0.0).model_copy(update=back)
    here = scene(rover, obj("red_pillar", 0.0, -2.0), obj("blue_pillar", 0.0, 1.0))
    settled = parse(text)[-1].settled(here)
    moved = scene(rover, obj("red_pillar", 0.0, 0.5), obj("blue_pillar", 0.0, -3.0))
    goal = settled.goal(moved, (), NOTHING)
    assert [str(condition) for condition in goal.conditions] == [f"near({target})"]


def test_several_balls_are_one_goal_so_that_all_are_there_at_the_end() -> None:
    here = scene(obj("red_pillar", 1.0, 0.0), obj("green_ball", 0.5, 0.0), obj("blue_ball", 0.0, 1.0))
    goal = parse("push the balls to the red pillar")[0].goal(here, (), NOTHING)
    assert list(map(str, goal.conditions)) == ["at(green_ball, red_pillar)", "at(blue_ball, red_pillar)"]


def test_what_is_asked_back_about_one_of_several_is_settled_by_the_answer() -> None:
    interpreter = find_interpreter("rover.grammar")
    here = scene(obj("red_pillar", 1.0, 0.0), obj("green_ball", 0.5, 0.0), obj("blue_ball", 0.0, 1.0))
    asked = interpreter.interpret("push the ball and the green ball to the red pillar")
    with pytest.raises(AmbiguityError) as question:
        asked[0].goal(here, (), NOTHING)
    answered = interpreter.resolve(asked, question.value, "the blue one")
    assert list(map(str, answered or ())) == ["push the blue ball and the green ball to the red pillar"]
