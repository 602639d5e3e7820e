"""What an arm can do with things on a table, and what can be said of them."""

from collections.abc import Iterable, Mapping

from neuralbrain.arm.planning.state import SKILLS, SymbolicState
from neuralbrain.arm.planning.symbols import TABLE, holds
from neuralbrain.messages import Condition, Place, Scene
from neuralbrain.planning.domain import Domain, SkillForm
from neuralbrain.planning.goal import Goal


class TabletopDomain(Domain):
    """Things on, in and at each other; drawers that open; a hand that holds one thing."""

    predicates: Mapping[str, int] = {
        "on": 2,
        "in": 2,
        "at": 2,
        "in_zone": 2,
        "holding": 1,
        "hand_empty": 0,
        "clear": 1,
        "open": 1,
        "closed": 1,
        "visible": 1,
    }
    constants = frozenset({TABLE})

    @property
    def skills(self) -> Mapping[str, SkillForm]:
        """Skill -> its arguments."""
        return SKILLS

    def state(self, scene: Scene, places: Iterable[Place], holding: str | None) -> SymbolicState:
        """Return a scene in symbols."""
        return SymbolicState(scene, places, holding)

    def holds(self, condition: Condition, scene: Scene, places: Iterable[Place], holding: str | None) -> bool:
        """Whether a condition is seen to be true in a scene."""
        return holds(condition, scene, places, holding)

    def held_by(self, goal: Goal) -> str | None:
        """Return what is held when a goal is reached."""
        return next((c.args[0] for c in goal.conditions if c.predicate == "holding"), None)


DOMAIN = TabletopDomain()
