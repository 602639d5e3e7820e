"""From a goal and a scene to actions, by classical planning.

The problem is stated in unified-planning's typed classical planning (problem.py) and solved by Aries
(A. Bit-Monnot, "Experimenting with Lifted Plan-Space Planning as Scheduling: Aries in the 2023 IPC", 2023), a
solver that comes as a program inside its wheel.
"""

from dataclasses import dataclass

from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.arm.planning.situation import Situation, assess
from neuralbrain.arm.planning.symbols import holds
from neuralbrain.errors import PlanError
from neuralbrain.messages import Place, Scene, SceneObject
from neuralbrain.planning.goal import Goal


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
        PlanError: There is no plan, or none was found in time; or the goal is about a thing that is not seen.
    """
    unseen = [name for name in DOMAIN.unseen(goal, scene) if name != holding]
    if unseen:
        raise PlanError(f"I do not see {' and '.join(unseen)} any more.")
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


def load() -> None:
    """Import the planning engine, which takes a second; `plan` does so if it has not been done."""
    import neuralbrain.arm.planning.engine  # noqa: PLC0415
    import neuralbrain.arm.planning.problem  # noqa: F401, PLC0415


def _fit(place: Place, thing: SceneObject | None) -> Place:
    """Raise or lower a spot to the height of what is put there."""
    x, y, z = place.position
    return place.model_copy(update={"position": (x, y, thing.size[2] / 2 if thing else z)})


def _solve(situation: Situation, timeout: float) -> tuple[Action, ...]:
    # Imported when first needed: it takes a second.
    from neuralbrain.arm.planning.engine import solve  # noqa: PLC0415
    from neuralbrain.arm.planning.problem import build  # noqa: PLC0415

    actions = solve(build(situation), timeout)
    if actions is None:
        raise PlanError(f"I find no way to {situation.goal.text}.")
    return tuple(
        Action(_SKILLS.get(name, name), names[0], names[1] if len(names) > 1 else "")
        for name, *names in actions
    )
