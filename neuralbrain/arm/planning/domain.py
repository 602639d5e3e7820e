"""What an arm can do with objects on a table, and what can be said of them."""

from collections.abc import Iterable, Mapping

from neuralbrain.arm.motor.skills import known_skills
from neuralbrain.arm.planning.state import SymbolicState
from neuralbrain.arm.planning.symbols import holds
from neuralbrain.arm.predicates import PREDICATES, TABLE, is_felt
from neuralbrain.messages import Condition, Location, Scene
from neuralbrain.planning.domain import Domain, SkillForm
from neuralbrain.planning.goal import Goal


class TabletopDomain(Domain):
    """Objects on, in and at each other; drawers that open; a hand that holds one object."""

    constants = frozenset({TABLE})

    @property
    def skills(self) -> Mapping[str, SkillForm]:
        """Skill -> its arguments."""
        return {name: skill.form() for name, skill in known_skills().items()}

    @property
    def predicates(self) -> Mapping[str, int]:
        """Predicate -> how many objects it is about; those that skills bring in come last."""
        declared = [s.split() for skill in known_skills().values() for s in skill.after]
        felt = {predicate: len(args) for predicate, *args in declared if is_felt(predicate)}
        return {predicate: len(types) for predicate, types in PREDICATES.items()} | felt

    def felt(self, condition: Condition) -> bool:
        """Whether a condition is believed once the step that brings it about has succeeded."""
        return is_felt(condition.predicate)

    def state(self, scene: Scene, locations: Iterable[Location], holding: str | None) -> SymbolicState:
        """Return a scene in symbols."""
        return SymbolicState(scene, locations, holding)

    def holds(
        self, condition: Condition, scene: Scene, locations: Iterable[Location], holding: str | None
    ) -> bool:
        """Whether a condition is seen to be true in a scene."""
        return holds(condition, scene, locations, holding)

    def held_by(self, goal: Goal) -> str | None:
        """Return what is held when a goal is reached."""
        return next((c.args[0] for c in goal.conditions if c.predicate == "holding"), None)


DOMAIN = TabletopDomain()
