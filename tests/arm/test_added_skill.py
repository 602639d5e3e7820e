"""A skill that somebody adds is known to grammar, help, planner and check at once; and it is done."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import neuralbrain
from neuralbrain import extension
from neuralbrain.agents.episode import run_episode
from neuralbrain.agents.replay import replay_run
from neuralbrain.arm.messages import Proprioception
from neuralbrain.arm.motor.skills import Action, Skill, SkillContext, known_skills, skill_class, table
from neuralbrain.arm.planning.commands import Do, Hold
from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.arm.planning.goals import ground
from neuralbrain.arm.planning.grammar import parse
from neuralbrain.arm.planning.groups import merged
from neuralbrain.arm.planning.planner import AriesPlanner
from neuralbrain.arm.planning.references import Reference
from neuralbrain.blueprint import Blueprint
from neuralbrain.consent import load
from neuralbrain.errors import ConfigurationError, InstructionError, NeuralBrainError, PlanError
from neuralbrain.messages import Condition, ExecutionTree, Scene, Step, steps
from neuralbrain.planning.check import check_tree
from neuralbrain.planning.goal import Goal
from neuralbrain.record.folder import LOG
from neuralbrain.record.log import read_log
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import obj, scene

FILE = Path(__file__).parents[2] / "examples" / "shake_skill.py"
SHAKE = f"{FILE}:Shake"
SEEN = scene(
    obj("red_block", 0.40, 0.10),
    obj("green_block", 0.50, -0.10),
    obj("yellow_block", 0.40, 0.10, 0.06),
    obj("blue_bowl", 0.50, 0.25),
    obj("purple_drawer", 0.62, -0.25, 0.045, yaw=np.pi),
)
RED, BOWL = Reference("red", "block"), Reference("blue", "bowl")


class Still(Skill):
    """A skill of which only the declaration is of interest."""

    def start(self, now: SkillContext) -> Action:
        return self.end(now)


class Wet(Still):
    """Hold ``object`` under the tap."""

    arguments: ClassVar = {"object": "graspable"}
    before: ClassVar = ("holding object",)
    after: ClassVar = ("wet object",)


class Wipe(Still):
    """Wipe ``target`` with ``object``."""

    arguments: ClassVar = {"object": "block", "target": "bowl drawer"}
    before: ClassVar = ("holding object", "wet object")
    after: ClassVar = ("wiped target object",)
    undoes: ClassVar = ("wet object",)
    phrases: ClassVar = ("wipe {target} with {object}",)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget afterwards what was added."""
    monkeypatch.setattr(table, "_ADDED", {})
    monkeypatch.setattr(extension, "_NOTED", {})


@pytest.fixture
def shake() -> type[Skill]:
    extension.add([SHAKE])
    return skill_class("shake")


def planner() -> AriesPlanner:
    made = AriesPlanner()
    made.body = PANDA.schema
    return made


def planned(sentence: str, seen: Scene = SEEN) -> list[Step]:
    """Plan and check a sentence's one goal; return the steps that are done when nothing goes wrong."""
    (group,) = merged(parse(sentence))
    goal = ground(group, seen, PANDA.schema)
    plan = planner().plan(seen, goal, None, 20.0)
    assert plan is not None
    tree = ExecutionTree(
        tick=0, source="cortex", plan="p", goal=goal.text, root=plan.root, locations=plan.locations
    )
    check_tree(tree, DOMAIN, seen, goal.conditions)
    return [step for step in steps(plan.root) if "again" not in step.id]


def brief(plan: list[Step]) -> list[str]:
    return [" ".join([step.skill, *step.args.values()]) for step in plan]


# ---- an example from start to end


@pytest.mark.parametrize("runtime", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_a_block_is_shaken_when_told_so(runtime: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if runtime == "ray":
        request.getfixturevalue("ray_session")
    result = run_episode(runtime=runtime, instruction="shake the red block", out=tmp_path, extensions=[SHAKE])
    assert result.success, result.answer
    assert result.answer == "Done: shake the red block."
    felt = [e.message for e in read_log(Path(result.run_dir) / LOG) if isinstance(e.message, Proprioception)]
    held = [float(p.tool_position[2]) for p in felt if 0.02 < p.gripper_width < 0.06]
    paths = np.sign(
        np.diff([z for z, before in zip(held, [0.0, *held], strict=False) if abs(z - before) > 1e-3])
    )
    assert np.count_nonzero(np.diff(paths)) >= 5, "up and down with the block between the fingers"
    assert felt[-1].gripper_width > 0.06, "the block has been put down"
    folder = Path(result.run_dir)
    with pytest.raises(NeuralBrainError, match=r"extensions: it names the code .*shake_skill.py:Shake"):
        replay_run(folder, runtime="inline")
    assert replay_run(folder, runtime="inline", allow_code=True).same


# ---- what knows of it


def test_the_grammar_knows_its_phrases_and_the_help_says_them(shake: type[Skill]) -> None:
    meant = Do("shake", "shake {object}", ("object",), (RED,))
    assert parse("please shake the red block") == (meant,)
    assert str(parse("Give the red cube a shake!")[0]) == "give the red block a shake"
    assert parse("take the red block and shake it") == (Hold(RED), meant)
    with pytest.raises(InstructionError, match='"shake the ..."'):
        parse("shake")


def test_nobody_knows_a_skill_that_was_not_added() -> None:
    with pytest.raises(InstructionError, match="the word 'shake'"):
        parse("shake the red block")
    assert "shaken" not in DOMAIN.predicates


def test_the_planner_takes_what_must_be_held_and_puts_it_down(shake: type[Skill]) -> None:
    plan = planned("shake the green block")
    assert brief(plan) == ["pick green_block", "shake green_block", "place green_block free_1"]
    condition = Condition(predicate="shaken", args=("green_block",))
    assert plan[1].preconditions == (Condition(predicate="holding", args=("green_block",)),)
    assert plan[1].postconditions == (condition,)
    assert DOMAIN.felt(condition)
    assert DOMAIN.predicates["shaken"] == 1


def test_what_stands_on_it_goes_first(shake: type[Skill]) -> None:
    assert brief(planned("shake the red block"))[0] == "pick yellow_block"


def test_the_check_simulates_it(shake: type[Skill]) -> None:
    def tree(*words: str) -> ExecutionTree:
        leaves = [Step(id=w, skill=w, args={"object": "green_block"}) for w in words]
        root: Any = {"node": "sequence", "id": "all", "children": [leaf.model_dump() for leaf in leaves]}
        return ExecutionTree(tick=0, source="cortex", plan="p", goal="g", root=root)

    done = (Condition(predicate="shaken", args=("green_block",)),)
    check_tree(tree("pick", "shake"), DOMAIN, SEEN, done)
    with pytest.raises(PlanError, match="the hand does not hold green_block"):
        check_tree(tree("shake"), DOMAIN, SEEN)
    with pytest.raises(PlanError, match="does not reach shaken"):
        check_tree(tree("pick"), DOMAIN, SEEN, done)


def test_an_object_of_another_sort_is_refused_in_words(shake: type[Skill]) -> None:
    with pytest.raises(InstructionError, match="I cannot shake the blue bowl: .* not a block or a cylinder"):
        ground(parse("shake the blue bowl"), SEEN, PANDA.schema)


def test_its_form_says_in_words_what_a_model_may_plan_with(shake: type[Skill]) -> None:
    text = DOMAIN.skills["shake"].text
    assert "takes object: graspable." in text
    assert "before holding object. after shaken object." in text


# ---- other declarations


def test_skills_can_need_each_other_and_have_several_sorts_of_arguments() -> None:
    Wet.register()
    Wipe.register()
    plan = brief(planned("wipe the blue bowl with the green block"))
    assert plan[:3] == ["pick green_block", "wet green_block", "wipe green_block blue_bowl"]
    plan = brief(planned("wipe the drawer with the green block"))
    assert plan[:3] == ["pick green_block", "wet green_block", "wipe green_block purple_drawer"]


def test_an_added_skill_changes_no_plan_that_does_not_need_it(shake: type[Skill]) -> None:
    assert brief(planned("put the green block in the blue bowl")) == [
        "pick green_block",
        "place green_block blue_bowl",
    ]
    goal = Goal("hold it", (Condition(predicate="holding", args=("green_block",)),))
    plan = planner().plan(SEEN, goal, None, 20.0)
    assert plan is not None
    assert plan.shown_by == ""


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"arguments": {"object": "liquid"}}, "no type of objects 'liquid'"),
        ({"after": ("shaken object",)}, "names .'object'., which are none of its arguments"),
        ({"arguments": {"object": "block"}, "before": ("clear",)}, "'clear' in 'clear' is about 1 object"),
        ({"arguments": {"object": "block"}, "after": ("not x object",)}, "declared in `undoes`"),
        (
            {"arguments": {"object": "block"}, "after": ("x object",), "phrases": ("do",)},
            "the phrase 'do' lacks object",
        ),
        ({"after": ("x",), "phrases": ("do {object}",)}, "has a slot that is no argument"),
        (
            {"arguments": {"object": "block"}, "after": ("x",), "phrases": ("do {object}",)},
            "nothing `after` is about object",
        ),
        ({"phrases": ("dance",)}, "nothing that is true `after`"),
        ({"name": "pick"}, "there is a skill 'pick' already"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(declared: dict[str, Any], why: str) -> None:
    odd = type("Odd", (Still,), declared)
    with pytest.raises(ConfigurationError, match=why):
        odd.register()  # type: ignore[attr-defined]
    assert list(known_skills()) == list(table.SKILLS)


def test_two_skills_do_not_share_a_phrase() -> None:
    Wipe.register()
    rub = type("Rub", (Wipe,), {"name": "rub", "__module__": __name__})
    with pytest.raises(ConfigurationError, match="'wipe' and 'rub' both have the phrase"):
        rub.register()  # type: ignore[attr-defined]
    assert "rub" not in known_skills()


def test_a_brain_made_afterwards_names_the_skill_that_it_knows(shake: type[Skill]) -> None:
    with neuralbrain.Simulation(Blueprint.load("frankenbot"), env="tabletop-place", seed=3) as sim:
        assert sim.blueprint.extensions == (SHAKE,)


def test_a_phrase_does_not_take_words_that_name_objects() -> None:
    odd = type("Odd", (Still,), {"after": ("odd",), "phrases": ("cube",), "__module__": __name__})
    odd.register()  # type: ignore[attr-defined]
    with pytest.raises(ConfigurationError, match="'cube', which names objects"):
        parse("cube")


def test_what_is_no_extension_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="it has no `register`"):
        extension.add(["math:pi"])
    with pytest.raises(ConfigurationError, match="cannot be imported"):
        extension.add([f"{FILE}:Dance"])


def test_a_simulation_in_the_hand_knows_it_too(shake: type[Skill]) -> None:
    with neuralbrain.Simulation("frankenbot", env="place", seed=0) as sim:
        sim.say("shake the red block")
        assert sim.run_until_done().text == "Done: shake the red block."
        sim.say("shake it, then put it in the purple bowl")
        assert sim.run_until_done().text.startswith("Done: shake the red block, then put the red block in")


@pytest.mark.parametrize(
    ("code", "path", "why"),
    [
        ("1 / 0", "bad.py:Shake", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "bad.py:Shake", "SystemExit: 0"),
        ("Shake = 1", "bad.py", "names no code: give package.module:Name or my_file.py:Name"),
        ("Shake = 1", ":", "names no code"),
    ],
)
def test_a_file_that_does_anything_else_is_named(tmp_path: Path, code: str, path: str, why: str) -> None:
    (tmp_path / "bad.py").write_text(code, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=why):
        load(str(tmp_path / path) if path != ":" else path)
