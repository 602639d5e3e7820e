"""The embedded planner: classical planning, and a tree that handles the failures of its steps."""

from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.planning import actions, trees
from neuralbrain.arm.planning.locations import viewpoints
from neuralbrain.messages import Location, Scene
from neuralbrain.planning.goal import Goal, Plan
from neuralbrain.planning.seams import Planner


class AriesPlanner(Planner):
    """Plans with Aries (`neuralbrain.arm.planning.engine`)."""

    def load(self) -> None:
        """Import the planning engine."""
        actions.load()

    def plan(self, scene: Scene, goal: Goal, holding: str | None, timeout: float) -> Plan | None:
        """Return a plan; None if the goal's conditions are true already."""
        found, locations = actions.plan(scene, goal, ArmSchema.told(self.body), holding, timeout)
        if goal.conditions and not found:
            return None
        return Plan(root=trees.act(found, scene), locations=locations, shown_by=trees.shown_by(found))

    def look(self, location: Location | None) -> Plan:
        """Return a plan that only looks: with the camera over all, or with the hand's at a location."""
        return Plan(
            root=trees.look(location), locations=() if location is None else (location,), shown_by="look"
        )

    def viewpoints(self, scene: Scene) -> tuple[Location, ...]:
        """Return the locations to look at with the hand, those next to what hides the most first."""
        return viewpoints(scene)
