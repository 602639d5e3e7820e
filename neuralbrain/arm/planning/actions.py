"""From a goal and a scene to actions, by classical planning.

The problem is stated in unified-planning's typed classical planning (problem.py) and solved by Aries
(A. Bit-Monnot, "Experimenting with Lifted Plan-Space Planning as Scheduling: Aries in the 2023 IPC", 2023), a
solver that comes as a program inside its wheel.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.arm.planning.goal_context import GoalContext, assess
from neuralbrain.arm.planning.locations import raised_to
from neuralbrain.arm.planning.symbols import holds
from neuralbrain.errors import PlanError
from neuralbrain.messages import Location, Scene
from neuralbrain.planning.goal import Goal


@dataclass(frozen=True)
class Action:
    """One action of a plan.

    Attributes:
        skill: The skill.
        args: Its arguments, in the order in which it declares them.
    """

    skill: str
    args: Mapping[str, str]

    @property
    def subject(self) -> str:
        """What it is done to: the first argument."""
        return next(iter(self.args.values()), "")


def plan(
    scene: Scene, goal: Goal, hand: ArmSchema, holding: str | None = None, timeout: float = 20.0
) -> tuple[tuple[Action, ...], tuple[Location, ...]]:
    """Find actions that reach a goal.

    Args:
        scene: What is believed to be where.
        goal: What should be true.
        hand: What the body says of its hand.
        holding: What the hand holds.
        timeout: A safety net, s of wall clock; a plan takes about 0.2.

    Returns:
        The actions, none if the goal is true already, and the locations that they and the goal use.

    Raises:
        PlanError: There is no plan, or none was found in time; or an object of the goal is not seen.
    """
    unseen = [name for name in DOMAIN.unseen(goal, scene) if name != holding]
    if unseen:
        raise PlanError(f"I do not see {' and '.join(unseen)} any more.")
    unmet = [c for c in goal.conditions if not holds(c, scene, goal.locations, holding)]
    if not unmet:
        return (), goal.locations
    context = assess(scene, goal, hand, holding, unmet)
    actions = _solve(context, timeout)
    spare = [
        raised_to(location, scene.find(action.subject))
        for name, location in context.usable.items()
        if location not in goal.locations
        for action in [next((a for a in actions if name in a.args.values()), None)]
        if action is not None
    ]
    return actions, (*goal.locations, *spare)


def load() -> None:
    """Import the planning engine, which takes a second; `plan` does so if it has not been done."""
    import neuralbrain.arm.planning.engine  # noqa: PLC0415
    import neuralbrain.arm.planning.problem  # noqa: F401, PLC0415


def _solve(context: GoalContext, timeout: float) -> tuple[Action, ...]:
    # Imported when first needed: it takes a second.
    from neuralbrain.arm.planning.engine import solve  # noqa: PLC0415
    from neuralbrain.arm.planning.problem import build  # noqa: PLC0415

    problem = build(context)
    found = solve(problem.problem, timeout)
    if found is None:
        raise PlanError(f"I find no way to {context.goal.text}.")
    actions = []
    for name, *values in found:
        skill, operator = problem.operators[name]
        bound = dict(zip(operator.takes, values, strict=True))
        args = {argument: bound[argument] for argument in skill.arguments if argument in bound}
        actions.append(Action(skill.name, args))
    return tuple(actions)
