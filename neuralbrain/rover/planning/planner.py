"""From a goal to a tree: for a rover, steps one after the other, each with another look where it fails."""

from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Fallback, Location, Scene, Sequence, Step, TreeNode
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.seams import Planner
from neuralbrain.rover.planning.domain import DOMAIN
from neuralbrain.rover.planning.viewpoints import viewpoints

RETRIES = 1
"""How often a step is tried again before the rover looks around again."""


class SequencePlanner(Planner):
    """One step for each condition that is not true yet, in the order of the goal."""

    def plan(self, scene: Scene, goal: Goal, holding: str | None, timeout: float) -> Plan | None:
        """Return a plan; None if the goal's conditions are true already.

        Raises:
            PlanError: A condition is none that a rover can bring about.
        """
        unmet = [c for c in goal.conditions if not DOMAIN.holds(c, scene, goal.locations, holding)]
        if not unmet:
            return None
        steps = [_step(number, condition, scene) for number, condition in enumerate(unmet, start=1)]
        tree = Sequence(id="plan", children=tuple(map(_with_handler, steps)))
        return Plan(root=tree, locations=goal.locations, shown_by=steps[-1].id)

    def look(self, location: Location | None) -> Plan:
        """Return a plan that looks all around: from here, or from a location."""
        look = Step(id="look", skill="look_around", args={})
        if location is None:
            return Plan(root=Sequence(id="plan", children=(look,)), shown_by="look")
        there = Step(id="there", skill="go_to", args={"target": location.id})
        # Whether it gets there or not, it looks around where it is then.
        near = Fallback(id="nearer", children=(there, Sequence(id="never_mind", children=())))
        return Plan(root=Sequence(id="plan", children=(near, look)), locations=(location,), shown_by="look")

    def viewpoints(self, scene: Scene) -> tuple[Location, ...]:
        """Return locations between objects, from which what stands behind them may be seen."""
        return viewpoints(scene)


def _step(number: int, condition: Condition, scene: Scene) -> Step:
    """Return the step that makes a condition true."""
    args = condition.args
    if condition.predicate == "near" and not condition.negated:
        skill, given = "go_to", {"target": args[0]}
    elif condition.predicate == "at" and not condition.negated:
        skill, given = "push", {"object": args[0], "target": args[1]}
    else:
        raise PlanError(f"a rover cannot bring about {condition}")
    return DOMAIN.step(f"{number}_{skill}", skill, given, scene, RETRIES)


def _with_handler(step: Step) -> TreeNode:
    """Let a step that fails be done once more after a look around."""
    look = Step(id=f"{step.id}_look_again", skill="look_around", args={}, retries=0)
    again = step.model_copy(update={"id": f"{step.id}_again", "preconditions": ()})
    return Fallback(
        id=f"{step.id}_try", children=(step, Sequence(id=f"{step.id}_handle", children=(look, again)))
    )
