"""The embedded planner: classical planning, and a tree that handles the failures of its steps."""

from neuralbrain.arm.planning import actions, trees
from neuralbrain.arm.planning.places import lookouts
from neuralbrain.messages import Place, Scene
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.seams import Planner


class AriesPlanner(Planner):
    """Plans with Aries (`neuralbrain.arm.planning.engine`)."""

    def load(self) -> None:
        """Import the planning engine."""
        actions.load()

    def plan(self, scene: Scene, goal: Goal, holding: str | None, timeout: float) -> Plan | None:
        """Return a plan; None if the goal's conditions are true already."""
        found, places = actions.plan(scene, goal, holding, timeout)
        if goal.conditions and not found:
            return None
        return Plan(root=trees.act(found, scene), places=places, shown_by=trees.shown_by(found))

    def look(self, place: Place | None) -> Plan:
        """Return a plan that only looks: with the camera over all, or with the hand's at a place."""
        return Plan(root=trees.look(place), places=() if place is None else (place,), shown_by="look")

    def lookouts(self, scene: Scene) -> tuple[Place, ...]:
        """Return the places to look at with the hand, those next to what hides the most first."""
        return lookouts(scene)
