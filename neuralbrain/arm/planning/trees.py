"""From actions to an execution tree: steps with their conditions, retries, and handlers for anomalies."""

from collections.abc import Sequence as Ordered

from neuralbrain.arm.body import ON_HAND, OVERVIEW
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning.actions import Action
from neuralbrain.arm.predicates import LOCATION
from neuralbrain.messages import Fallback, Location, Scene, Sequence, Step, TreeNode

RETRIES = 2
"""How often a skill is tried again before its handler looks again."""


def act(actions: Ordered[Action], scene: Scene) -> TreeNode:
    """Build the tree that carries out a plan.

    Taking an object and all that is done while it is held is one fallback: the plan, then the same after
    another look from the wrist. So is every other action.

    Args:
        actions: From the planner; none for a mere movement home.
        scene: Says of what category each object is.
    """
    categories = {obj.id: obj.category for obj in scene.objects}
    children: list[TreeNode] = [
        _with_handler(number, group, categories) for number, group in enumerate(_grouped(actions), start=1)
    ]
    if not actions:
        children = [Step(id="home", skill="home", args={})]
    return Sequence(id="plan", children=tuple(children))


def look(location: Location | None) -> TreeNode:
    """Build a tree that only looks: with the camera that overlooks all, or with the hand's at a location."""
    args = {"camera": OVERVIEW} if location is None else {"camera": ON_HAND, "at": location.id}
    return Sequence(id="plan", children=(Step(id="look", skill="look", args=args),))


def shown_by(actions: Ordered[Action]) -> str:
    """Return the beginning of the id of the steps whose picture shows that `act`'s tree has done all.

    It is empty where the last one is felt, like taking an object, and needs no picture.
    """
    if not actions:
        return ""
    last, skill = actions[-1], skill_class(actions[-1].skill)
    shown = skill.is_shown(skill.postconditions(last.args, {}))
    return f"{len(_grouped(actions))}_{last.skill}" if shown else ""


def _grouped(actions: Ordered[Action]) -> list[list[Action]]:
    groups: list[list[Action]] = []
    for action in actions:
        needed = skill_class(action.skill).preconditions(action.args, {})
        if groups and any(condition.predicate == "holding" for condition in needed):
            groups[-1].append(action)
        else:
            groups.append([action])
    return groups


def _with_handler(number: int, group: list[Action], categories: dict[str, str]) -> Fallback:
    again = Step(
        id=f"{number}_look_again", skill="look", args={"camera": ON_HAND, "at": group[0].subject}, retries=0
    )
    first = tuple(_step(f"{number}_{action.skill}", action, categories, checked=True) for action in group)
    second = tuple(
        _step(f"{number}_{action.skill}_again", action, categories, checked=False) for action in group
    )
    return Fallback(
        id=f"{number}_try",
        children=(
            Sequence(id=f"{number}_do", children=first),
            Sequence(id=f"{number}_again", children=(again, *second)),
        ),
    )


def _step(name: str, action: Action, categories: dict[str, str], *, checked: bool) -> Step:
    """Make one step. A handler's steps have no preconditions on objects that it has just seen to be amiss."""
    skill = skill_class(action.skill)
    kinds = {obj: categories.get(obj, LOCATION) for obj in action.args.values()}
    return Step(
        id=name,
        skill=action.skill,
        args=dict(action.args),
        preconditions=skill.preconditions(action.args, kinds) if checked else (),
        postconditions=skill.postconditions(action.args, kinds),
        retries=RETRIES,
    )
