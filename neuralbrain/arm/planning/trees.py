"""From actions to an execution tree: steps with their conditions, retries, and handlers for anomalies."""

from collections.abc import Sequence as Ordered

from neuralbrain.arm.planning.actions import Action
from neuralbrain.messages import Condition, Fallback, Place, Scene, Sequence, Step, TreeNode

RETRIES = 2
"""How often a skill is tried again before its handler looks anew."""


def act(actions: Ordered[Action], scene: Scene) -> TreeNode:
    """Build the tree that carries out a plan.

    Taking a thing and putting it somewhere is one fallback: the plan, then the same after another look from
    the wrist. So is every other action.

    Args:
        actions: From the planner; none for a mere movement home.
        scene: Says of what category each thing is.
    """
    categories = {thing.id: thing.category for thing in scene.objects}
    children: list[TreeNode] = [
        _with_handler(number, group, categories) for number, group in enumerate(_grouped(actions), start=1)
    ]
    if not actions:
        children = [Step(id="home", skill="home", args={})]
    return Sequence(id="plan", children=tuple(children))


def look(place: Place | None) -> TreeNode:
    """Build a tree that only looks: with the fixed camera, or with the wrist's at a place."""
    args = {"camera": "fixed"} if place is None else {"camera": "wrist", "at": place.id}
    return Sequence(id="plan", children=(Step(id="look", skill="look", args=args),))


def last_step(actions: Ordered[Action]) -> str:
    """Return the id of the step of `act`'s tree that ends it; its handler's begins with it."""
    return f"{len(_grouped(actions))}_{actions[-1].skill}"


def _grouped(actions: Ordered[Action]) -> list[list[Action]]:
    groups: list[list[Action]] = []
    for action in actions:
        if groups and groups[-1][-1].skill == "pick" and action.skill in ("place", "stack"):
            groups[-1].append(action)
        else:
            groups.append([action])
    return groups


def _with_handler(number: int, group: list[Action], categories: dict[str, str]) -> Fallback:
    again = Step(
        id=f"{number}_look_again", skill="look", args={"camera": "wrist", "at": group[0].subject}, retries=0
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
    """Make one step. A handler's steps have no preconditions on things that it has just seen to be amiss."""
    x, target = action.subject, action.target
    empty = Condition(predicate="hand_empty", args=())
    held = Condition(predicate="holding", args=(x,))
    kind = categories.get(target, "place")
    before: tuple[Condition, ...] = (empty,)
    match action.skill:
        case "pick":
            args = {"object": x}
            before, after = (empty, Condition(predicate="clear", args=(x,))), held
        case "place" | "stack":
            args = {"object": x, "target": target}
            opened = (Condition(predicate="open", args=(target,)),) if kind == "drawer" else ()
            before, after = (held, *opened), _reached(action, kind)
        case "push":
            args = {"object": x, "target": target}
            after = _reached(action, kind)
        case _:
            args = {"drawer": x}
            after = Condition(predicate="open" if action.skill == "open" else "closed", args=(x,))
    return Step(
        id=name,
        skill=action.skill,
        args=args,
        preconditions=before if checked else (),
        postconditions=(after,),
        retries=RETRIES,
    )


def _reached(action: Action, kind: str) -> Condition:
    args = (action.subject, action.target)
    match kind:
        case "bowl" | "drawer":
            return Condition(predicate="in", args=args)
        case "zone":
            return Condition(predicate="in_zone", args=args)
        case "place":
            return Condition(predicate="at", args=args)
        case _:
            return Condition(predicate="on", args=args)
