"""From a goal and a scene to actions, by classical planning.

The problem is stated in unified-planning's typed classical planning (problem.py) and solved by Aries
(A. Bit-Monnot, "Experimenting with Lifted Plan-Space Planning as Scheduling: Aries in the 2023 IPC", 2023), a
solver that comes as a program inside its wheel.
"""

import os
from dataclasses import dataclass
from typing import Any

from neuralbrain.errors import PlanError
from neuralbrain.messages import Place, Scene, SceneObject
from neuralbrain.planning.goals import Goal
from neuralbrain.planning.situation import Situation, assess
from neuralbrain.planning.symbols import holds


@dataclass(frozen=True)
class Action:
    """One action of a plan.

    Attributes:
        skill: "pick", "place", "stack", "push", "open" or "close".
        subject: The thing, or the drawer.
        target: Where to: a thing or a place; for "pick" where from; empty for a drawer.
    """

    skill: str
    subject: str
    target: str = ""


_SKILLS = {"uncap": "pick", "put_down": "place", "put_in": "place", "cap": "place"}
"""Actions of the problem that are another skill by name."""


def plan(
    scene: Scene, goal: Goal, holding: str | None = None, timeout: float = 20.0
) -> tuple[tuple[Action, ...], tuple[Place, ...]]:
    """Find actions that reach a goal.

    Args:
        scene: What is believed to be where.
        goal: What shall be true.
        holding: What the hand holds.
        timeout: A safety net, s of wall clock; a plan takes about 0.2.

    Returns:
        The actions, none if the goal is true already, and the places that they and the goal use.

    Raises:
        PlanError: There is no plan, or none was found in time.
    """
    unmet = [c for c in goal.conditions if not holds(c, scene, goal.places, holding)]
    if not unmet:
        return (), goal.places
    situation = assess(scene, goal, holding, unmet)
    actions = _solve(situation, timeout)
    used = {action.target for action in actions if action.skill != "pick"}
    spare = [
        _fit(place, next(scene.find(a.subject) for a in actions if a.target == name and a.skill == "place"))
        for name, place in situation.usable.items()
        if name in used and place not in goal.places
    ]
    return actions, (*goal.places, *spare)


def _fit(place: Place, thing: SceneObject | None) -> Place:
    """Raise or lower a spot to the height of what is put there."""
    x, y, z = place.position
    return place.model_copy(update={"position": (x, y, thing.size[2] / 2 if thing else z)})


def _solve(situation: Situation, timeout: float) -> tuple[Action, ...]:
    # Measured: without this the engine's plans differ from process to process, with it never. The engine's own
    # process inherits it.
    os.environ["ARIES_STRATEGIES"] = "causal"
    # Imported when first needed: it takes a second.
    from unified_planning.shortcuts import OneshotPlanner, get_environment  # noqa: PLC0415

    from neuralbrain.planning.problem import build  # noqa: PLC0415

    get_environment().credits_stream = None
    problem = build(situation)
    with OneshotPlanner(name="aries") as engine:
        result = engine.solve(problem, timeout=timeout)
    if result.plan is None:
        raise PlanError(f"I find no way to {situation.goal.text} ({result.status.name.lower()}).")
    actions = []
    for instance in _without_needless(problem, list(result.plan.actions)):
        subject, *rest = (str(parameter) for parameter in instance.actual_parameters)
        name = instance.action.name
        actions.append(Action(_SKILLS.get(name, name), subject, rest[0] if rest else ""))
    return tuple(actions)


def _without_needless(problem: Any, actions: list[Any]) -> list[Any]:
    """Drop actions without which the plan still works.

    Action elimination: H. Nakhost, M. Müller, "Action Elimination and Plan Neighborhood Graph Search", ICAPS
    2010: leave out one action and all that then cannot be done, and see whether the goal is still reached.
    """
    from unified_planning.shortcuts import SequentialSimulator  # noqa: PLC0415

    with SequentialSimulator(problem) as world:
        index = 0
        while index < len(actions):
            state = world.get_initial_state()
            kept: list[Any] = []
            for i, action in enumerate(actions):
                following = None if i == index else world.apply(state, action)
                if following is not None:
                    state, kept = following, [*kept, action]
            if world.is_goal(state):
                actions = kept
            else:
                index += 1
    return actions
