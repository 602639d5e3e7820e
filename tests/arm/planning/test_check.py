"""The check before the body moves: what it lets through, and every way in which a tree can be wrong."""

import re
from math import pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.arm.motor.skills import SKILLS
from neuralbrain.arm.planning import trees
from neuralbrain.arm.planning.actions import plan
from neuralbrain.arm.planning.domain import DOMAIN, TabletopDomain
from neuralbrain.arm.planning.goals import ground
from neuralbrain.arm.planning.grammar import parse
from neuralbrain.arm.planning.groups import merged
from neuralbrain.errors import PlanError
from neuralbrain.messages import (
    Condition,
    ExecutionTree,
    Fallback,
    Location,
    Scene,
    SceneObject,
    Sequence,
    Step,
    TreeNode,
    steps,
)
from neuralbrain.planning.check import check_tree
from neuralbrain.planning.domain import SkillForm
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene

SEEN = scene(
    obj("red_block", 0.40, 0.10),
    obj("green_block", 0.50, -0.10),
    obj("blue_block", 0.60, 0.10),
    obj("yellow_block", 0.60, 0.10, 0.06),
    obj("blue_bowl", 0.50, 0.25),
    obj("red_box", 0.40, -0.25),
    obj("purple_drawer", 0.62, -0.25, 0.045, yaw=pi),
    obj("orange_drawer", 0.40, 0.35, 0.045, yaw=pi, extension=0.13),
)
LEFT = Location(id="left", position=(0.5, 0.024, 0.02))
RIGHT = Location(id="right", position=(0.5, -0.024, 0.02))
TOP = Location(id="top", position=(0.5, 0.0, 0.06))


def said(text: str, *, not_so: bool = False) -> Condition:
    """Read a condition: "on red_block blue_block"."""
    predicate, *args = text.split()
    return Condition(predicate=predicate, args=tuple(args), negated=not_so)


def step(
    name: str, words: str, *, before: tuple[Condition, ...] = (), after: tuple[Condition, ...] = ()
) -> Step:
    """Read a step: "place red_block blue_bowl"."""
    skill, *values = words.split()
    roles = {"open": ["drawer"], "close": ["drawer"], "look": ["camera", "at"]}
    args = dict(zip(roles.get(skill, ["object", "target"]), values, strict=False))
    return Step(id=name, skill=skill, args=args, preconditions=before, postconditions=after)


def line(*words: str) -> Sequence:
    """Return steps "s1", "s2", ... one after the other."""
    children = tuple(step(f"s{number}", text) for number, text in enumerate(words, start=1))
    return Sequence(id="all", children=children)


def tree(root: TreeNode, locations: tuple[Location, ...] = (LEFT, RIGHT, TOP)) -> ExecutionTree:
    return ExecutionTree(
        tick=0, source="cortex", plan="plan_7", goal="a test", root=root, locations=locations
    )


def refused(root: TreeNode, goal: tuple[Condition, ...] = (), holding: str | None = None) -> str:
    with pytest.raises(PlanError) as caught:
        check_tree(tree(root), DOMAIN, SEEN, goal, holding)
    words = str(caught.value)
    assert words.startswith("plan plan_7"), "the plan is named"
    return words


# ---- what is right


@pytest.mark.parametrize(
    ("root", "goal"),
    [
        (line(), ()),
        (line("home"), ()),
        (line("look fixed", "look wrist red_block", "look wrist left"), ()),
        (line("pick red_block", "place red_block blue_bowl"), ("in red_block blue_bowl", "clear blue_bowl")),
        (line("pick red_block", "stack red_block green_block"), ("on red_block green_block",)),
        (line("pick red_block", "place red_block left"), ("at red_block left", "on red_block table")),
        (line("push red_box left"), ("at red_box left",)),
        (line("open purple_drawer"), ("open purple_drawer",)),
        (line("close orange_drawer"), ("closed orange_drawer", "closed purple_drawer")),
        (
            line("pick red_block", "place red_block orange_drawer", "close orange_drawer"),
            ("in red_block orange_drawer", "hand_empty"),
        ),
        (line("pick yellow_block", "place yellow_block left", "pick blue_block"), ("holding blue_block",)),
        (
            line(
                *("pick red_block", "place red_block left", "pick green_block", "place green_block right"),
                *("pick yellow_block", "place yellow_block top"),
            ),
            ("at yellow_block top", "on yellow_block red_block", "on yellow_block green_block"),
        ),
    ],
)
def test_a_sound_tree_passes_and_reaches_its_goal(root: Sequence, goal: tuple[str, ...]) -> None:
    check_tree(tree(root), DOMAIN, SEEN, [said(condition) for condition in goal])


def test_conditions_are_judged_at_their_step() -> None:
    held, free = said("holding red_block"), said("hand_empty")
    taken = step("s1", "pick red_block", before=(free, said("clear red_block")), after=(held,))
    put = step(
        "s2",
        "place red_block blue_bowl",
        before=(held, said("on red_block table", not_so=True)),
        after=(said("in red_block blue_bowl"), free, said("visible red_block")),
    )
    check_tree(tree(Sequence(id="all", children=(taken, put))), DOMAIN, SEEN)


def test_what_the_hand_holds_before_counts() -> None:
    put = line("place red_block blue_bowl")
    check_tree(tree(put), DOMAIN, SEEN, holding="red_block")
    assert "the hand does not hold red_block" in refused(put)
    assert "the hand holds green_block" in refused(line("pick red_block"), holding="green_block")
    stale = step("s1", "home", before=(said("clear blue_block"), said("on yellow_block blue_block")))
    assert "on(yellow_block, blue_block) is not true then" in refused(stale, holding="yellow_block")


# ---- what is wrong in form


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("dance red_block", r"no skill 'dance'; there are pick, place, stack"),
        ("pick", r"pick takes the arguments \(object\), not \(\)"),
        ("pick red_block blue_bowl", r"takes the arguments \(object\), not \(object, target\)"),
        ("place red_block", r"takes the arguments \(object, target\), not \(object\)"),
        ("open", r"open takes the arguments \(drawer\), not \(\)"),
        ("look", r"look takes the arguments \(camera, perhaps at\), not \(\)"),
        ("home red_block", r"home takes the arguments \(\), not \(object\)"),
        ("pick pink_block", "'pink_block' is neither an object that is seen nor a location of the plan"),
        ("place red_block nowhere", "'nowhere' is neither"),
        ("look wrist nowhere", "'nowhere' is neither"),
    ],
)
def test_a_malformed_step_is_named_with_what_is_wrong(words: str, why: str) -> None:
    root = Sequence(id="all", children=(step("s1", "look fixed"), step("bad", words)))
    assert re.search(rf"^plan plan_7, step bad: .*{why}", refused(root))


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_condition_about_what_is_not_seen_is_named(where: str) -> None:
    odd = step("bad", "look fixed", **{where: (said("clear pink_block"),)})
    assert refused(odd) == ("plan plan_7, step bad: clear(pink_block) names 'pink_block', which is not seen")


def test_form_is_checked_before_anything_is_simulated() -> None:
    assert "no skill 'dance'" in refused(line("place red_block blue_bowl", "dance"))


@pytest.mark.parametrize(
    ("root", "count", "name"),
    [
        (Sequence(id="all", children=(step("s", "look fixed"), step("s", "home"))), 2, "s"),
        (Sequence(id="s", children=(step("s", "look fixed"),)), 2, "s"),
        (
            Sequence(
                id="all",
                children=(Fallback(id="x", children=(step("x", "home"),)), Sequence(id="x", children=())),
            ),
            3,
            "x",
        ),
    ],
)
def test_an_id_is_used_once(root: TreeNode, count: int, name: str) -> None:
    assert refused(root) == f"plan plan_7: {count} nodes have the id {name!r}; ids are unique"


def test_other_skills_may_be_known() -> None:
    tap = SkillForm(needs=frozenset({"object"}), may=frozenset({"target"}))
    assert "there is no skill 'tap'" in refused(line("tap red_block"))
    with pytest.raises(PlanError, match="tap takes the arguments"):
        check_tree(tree(line("tap", "pick red_block")), _Knows({**DOMAIN.skills, "tap": tap}), SEEN)
    with pytest.raises(PlanError, match="no skill 'pick'"):
        check_tree(tree(line("home", "pick red_block")), _Knows({"home": SkillForm()}), SEEN)


class _Knows(TabletopDomain):
    """A domain with other skills."""

    def __init__(self, skills: dict[str, SkillForm]) -> None:
        self._skills = skills

    @property
    def skills(self) -> dict[str, SkillForm]:
        return self._skills


# ---- what cannot be done


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("pick red_block", "pick green_block"), "the hand holds red_block"),
        (("pick red_box",), "pick takes a block or a cylinder or a ball as its object; red_box is a box"),
        (("pick blue_bowl",), "pick takes a .* as its object; blue_bowl is a bowl"),
        (("pick left",), "pick takes a .* as its object; left is a location"),
        (("pick table",), "pick takes a .* as its object; table is a table"),
        (("pick blue_block",), "yellow_block stands on blue_block"),
        (
            ("pick red_block", "place red_block orange_drawer", "close orange_drawer", "pick red_block"),
            "orange_drawer is not open",
        ),
        (("place red_block blue_bowl",), "the hand does not hold red_block"),
        (("pick red_block", "place green_block blue_bowl"), "the hand does not hold green_block"),
        (("pick red_block", "place red_block purple_drawer"), "purple_drawer is not open"),
        (
            ("pick red_block", "place red_block red_box"),
            "place takes a bowl or a drawer or a zone or a location as its target; red_box is a box",
        ),
        (
            ("pick red_block", "place red_block green_block"),
            "place takes a .* as its target; green_block is a block",
        ),
        (("pick red_block", "place red_block top"), "nothing is at (left|right) below it"),
        (
            ("pick red_block", "place red_block left", "pick green_block", "place green_block left"),
            "red_block is already at left",
        ),
        (
            ("pick red_block", "place red_block left", "pick green_block", "place green_block top"),
            "nothing is at right below it",
        ),
        (
            ("pick red_block", "stack red_block blue_bowl"),
            "stack takes a .* as its target; blue_bowl is a bowl",
        ),
        (("pick red_block", "stack red_block left"), "stack takes a .* as its target; left is a location"),
        (("pick red_block", "stack red_block blue_block"), "yellow_block already stands on blue_block"),
        (("stack red_block green_block",), "the hand does not hold red_block"),
        (("pick red_block", "push red_box left"), "the hand holds red_block"),
        (("pick red_block", "open purple_drawer"), "the hand holds red_block"),
        (("pick red_block", "close orange_drawer"), "the hand holds red_block"),
        (("pick red_block", "place red_block table"), "place takes a .* as its target; table is a table"),
        (("push blue_bowl left",), "push takes a box as its object; blue_bowl is a bowl"),
        (("push left left",), "push takes a box as its object; left is a location"),
        (("push red_box red_box",), "push takes a zone or a location as its target; red_box is a box"),
        (("push red_box table",), "push takes a zone or a location as its target; table is a table"),
        (("open red_box",), "open takes a drawer as its drawer; red_box is a box"),
        (("close table",), "close takes a drawer as its drawer; table is a table"),
        (("close red_block",), "close takes a drawer as its drawer; red_block is a block"),
    ],
)
def test_a_step_that_cannot_be_done_then_is_named_with_its_words(words: tuple[str, ...], why: str) -> None:
    where = rf"plan plan_7, step s{len(words)} \({words[-1]}\): "
    assert re.fullmatch(where + why, refused(line(*words)))


def test_what_bears_two_objects_is_not_taken_from_below() -> None:
    tower = ("pick red_block", "place red_block left", "pick green_block", "place green_block right")
    cap = ("pick yellow_block", "place yellow_block top")
    check_tree(tree(line(*tower, *cap)), DOMAIN, SEEN)
    assert "yellow_block stands on red_block" in refused(line(*tower, *cap, "pick red_block"))


@pytest.mark.parametrize(
    ("predicate", "args"), [("on", ("red_block",)), ("hand_empty", ("red_block",)), ("clear", ())]
)
def test_a_condition_has_as_many_arguments_as_it_takes(predicate: str, args: tuple[str, ...]) -> None:
    odd = Condition(predicate=predicate, args=args)
    root = Sequence(id="all", children=(step("s1", "look fixed", after=(odd,)),))
    assert f"{predicate} takes" in refused(root)


def test_a_condition_is_one_that_the_domain_knows() -> None:
    root = Sequence(id="all", children=(step("s1", "look fixed", after=(said("shiny red_block"),)),))
    assert "there is no predicate 'shiny'; there are on, in, at" in refused(root)


def test_an_unmet_precondition_is_named() -> None:
    bad = step("s2", "pick red_block", before=(said("hand_empty"), said("open purple_drawer")))
    root = Sequence(id="all", children=(step("s1", "look fixed"), bad))
    assert refused(root) == (
        "plan plan_7, step s2 (pick red_block): its precondition open(purple_drawer) is not true then"
    )


def test_a_precondition_that_an_earlier_step_undoes_is_named() -> None:
    root = Sequence(
        id="all",
        children=(
            step("s1", "pick red_block"),
            step("s2", "home", before=(said("on red_block table"),)),
        ),
    )
    assert "step s2 (home ): its precondition on(red_block, table) is not true then" in refused(root)


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("pick red_block", said("on red_block blue_block")),
        ("pick red_block", said("holding red_block", not_so=True)),
        ("open purple_drawer", said("closed purple_drawer")),
        ("push red_box left", said("at red_box right")),
        ("look fixed", said("in red_block blue_bowl")),
        ("home", said("clear blue_block")),
    ],
)
def test_a_postcondition_that_the_step_does_not_bring_about_is_named(words: str, after: Condition) -> None:
    assert refused(step("s1", words, after=(said("visible red_block"), after))) == (
        f"plan plan_7, step s1 ({words}): its postcondition {after} is not what it brings about".replace(
            "(home)", "(home )"
        )
    )


def test_a_goal_that_is_not_reached_is_named() -> None:
    root = line("pick red_block", "place red_block blue_bowl")
    goal = (said("in red_block blue_bowl"), said("on red_block green_block"))
    assert refused(root, goal) == "plan plan_7: it does not reach on(red_block, green_block)"
    assert "does not reach on(pink_block, table)" in refused(root, (said("on pink_block table"),))
    assert "does not reach not in(red_block, blue_bowl)" in refused(
        root, (said("in red_block blue_bowl", not_so=True),)
    )


# ---- handlers


def handled(handler: TreeNode) -> Sequence:
    first = line("pick red_block", "place red_block blue_bowl")
    return Sequence(id="plan", children=(Fallback(id="try", children=(first, handler)),))


def test_of_a_handler_only_the_form_is_checked() -> None:
    nonsense = step("h", "place green_block purple_drawer", before=(said("holding yellow_block"),))
    check_tree(tree(handled(nonsense)), DOMAIN, SEEN, [said("in red_block blue_bowl")])
    assert "plan plan_7, step h: there is no skill 'dance'" in refused(handled(step("h", "dance")))
    assert "plan plan_7, step h: 'mars' is neither" in refused(handled(step("h", "look wrist mars")))
    assert "2 nodes have the id 's1'" in refused(handled(step("s1", "home")))


def test_what_a_handler_would_reach_does_not_count() -> None:
    goal = (said("holding green_block"),)
    assert "does not reach holding(green_block)" in refused(handled(step("h", "pick green_block")), goal)


# ---- the planner's own plans

CELLS = [(x, y) for x in (0.38, 0.50, 0.62) for y in (-0.26, -0.13, 0.0, 0.13, 0.26)]
SENTENCES = (
    "put the {0} block in the {0} bowl",
    "put the {1} block on the {2} block",
    "put the {0} block next to the {1} block",
    "put the {2} block on the table",
    "build a tower with the {0} block, the {1} block and the {2} block from the bottom up",
    "swap the {0} block and the {1} block",
    "line up the {0} block, the {1} block and the {2} block from left to right",
    "build a pyramid with the {0} block and the {1} block at the bottom and the {2} block on top",
    "put the {1} block in the drawer and close it",
    "push the {0} box to the {0} zone",
    "sort the blocks by color",
    "pick up the {1} block",
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Scene, str]:
    """Draw a table, with some blocks on others, and a sentence about it."""
    colors = draw(st.permutations(["red", "green", "blue"]))
    sentence = draw(st.sampled_from(SENTENCES)).format(*colors)
    cells = iter(draw(st.permutations(CELLS)))
    objects: list[SceneObject] = []
    for color in colors:
        apart = not objects or ("swap" in sentence and len(objects) == 1)  # what is swapped is side by side
        if apart or draw(st.booleans()):
            objects.append(obj(f"{color}_block", *next(cells)))
        else:
            x, y, z = objects[-1].position
            objects.append(obj(f"{color}_block", x + 0.004, y, z + 0.04))
    if "sort" in sentence:
        objects += [obj(f"{color}_bowl", *next(cells)) for color in colors]
    if "bowl" in sentence:
        objects.append(obj(f"{colors[0]}_bowl", *next(cells)))
    if "zone" in sentence:
        objects += [obj(f"{colors[0]}_box", *next(cells)), obj(f"{colors[0]}_zone", *next(cells))]
    if "drawer" in sentence:
        out = draw(st.sampled_from([0.0, 0.05, 0.13]))
        objects = [one for one in objects if one.position[1] < 0.1]
        objects.append(obj("purple_drawer", 0.65 - out, 0.24, 0.045, yaw=pi, extension=out))
        objects += [
            obj(f"{color}_block", 0.4, -0.26 + 0.12 * number)
            for number, color in enumerate(colors)
            if all(one.id != f"{color}_block" for one in objects)
        ]
    return scene(*objects), sentence


@settings(max_examples=20)
@given(tables())
def test_whatever_the_planner_plans_passes(drawn: tuple[Scene, str]) -> None:
    seen, sentence = drawn
    (group,) = merged(parse(sentence))
    goal = ground(group, seen, PANDA.schema)
    actions, locations = plan(seen, goal, PANDA.schema)
    if not actions:
        return
    made = tree(trees.act(actions, seen), locations)
    check_tree(made, DOMAIN, seen, goal.conditions)
    assert isinstance(made.root, Sequence)
    unfinished = Sequence(id="plan", children=made.root.children[:-1])
    with pytest.raises(PlanError):
        check_tree(made.model_copy(update={"root": unfinished}), DOMAIN, seen, goal.conditions)
    assert {one.skill for one in steps(made.root)} <= set(SKILLS)
