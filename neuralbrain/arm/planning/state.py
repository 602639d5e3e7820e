"""The world in symbols, and what each skill does to it."""

import math
from collections.abc import Iterable

from neuralbrain.arm.catalogue import CONTAINERS
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, is_at, supports_of
from neuralbrain.arm.predicates import LOCATION, TABLE, WORD, bound, is_felt
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Location, Scene, Step

SPAN = 0.035
"""How far a location may be from one below that helps to support it, horizontally, m."""


def spanned(location: Location, locations: Iterable[Location]) -> tuple[str, ...]:
    """Return the locations whose occupants support what is put at a location; empty for one on the table."""
    return tuple(
        below.id
        for below in locations
        if below.id != location.id
        and math.dist(below.position[:2], location.position[:2]) <= SPAN
        and below.position[2] + 0.03 < location.position[2]
    )


class SymbolicState:
    """What lies where, symbolically.

    Attributes:
        where: Object -> ids of all that it lies in, stands on or is at; empty for anywhere on the table.
        holding: What the hand holds, or None.
        opened: Drawer -> whether it is open; one that is neither open nor closed is in neither way.
        felt: What skills have brought about that no scene shows.
    """

    def __init__(self, scene: Scene, locations: Iterable[Location] = (), holding: str | None = None) -> None:
        self._locations = {location.id: location for location in locations}
        self._category = {obj.id: obj.category for obj in scene.objects}
        self.holding = holding
        self.felt: dict[Condition, None] = {}
        self.opened = {
            obj.id: True if obj.extension >= OPEN else False if obj.extension <= CLOSED else None
            for obj in scene.objects
            if obj.category == "drawer"
        }
        self.where = {
            obj.id: (*supports_of(obj, scene), *(p.id for p in self._locations.values() if is_at(obj, p)))
            for obj in scene.objects
            if obj.id != holding
        }

    def knows(self, name: str) -> bool:
        """Whether a name is an object that is seen, a location, or the table."""
        return name in self._category or name in self._locations or name == TABLE

    def _kind(self, name: str) -> str:
        """Return an object's category; "place" or "table" for those."""
        return self._category.get(name, TABLE if name == TABLE else LOCATION)

    def satisfies(self, condition: Condition) -> bool:
        """Whether a condition is true in this state; false if it names something unknown."""
        if not all(map(self.knows, condition.args)):
            return False
        return self._truth(condition) is not condition.negated

    def _truth(self, condition: Condition) -> bool:
        first = condition.args[0] if condition.args else ""
        if is_felt(condition.predicate):
            return condition.model_copy(update={"negated": False}) in self.felt
        match condition.predicate:
            case "holding":
                return self.holding == first
            case "hand_empty":
                return self.holding is None
            case "clear":
                return not self._above(first)
            case "open":
                return self.opened.get(first) is True
            case "closed":
                return self.opened.get(first) is False
            case "visible":
                return True
            case "on" if condition.args[1] == TABLE:
                return first in self.where and not any(name in self._category for name in self.where[first])
            case _:
                return condition.args[1] in self.where.get(first, ())

    def _above(self, obj: str) -> list[str]:
        at = set(self.where.get(obj, ()))
        spans = {
            location.id
            for location in self._locations.values()
            if at & set(spanned(location, self._locations.values()))
        }
        return [
            other
            for other, names in self.where.items()
            if (obj in names and self._category.get(obj) not in (*CONTAINERS, "zone")) or spans & set(names)
        ]

    def apply(self, step: Step) -> None:
        """Do what a step does when it succeeds, as its skill declares it.

        Raises:
            PlanError: It cannot be done in this state; the message says why.
        """
        skill = skill_class(step.skill)
        for argument, name in step.args.items():
            if skill.arguments[argument] == WORD:
                continue
            kind, fitting = self._kind(name), skill.fitting(argument)
            self._need(
                kind in fitting,
                f"{step.skill} takes a {' or a '.join(fitting)} as its {argument}; {name} is a {kind}",
            )
        for statement in skill.before:
            self._need_true(bound(statement, step.args))
        for statement in skill.undoes:
            self._undo(bound(statement, step.args))
        for statement in skill.after:
            self._make(bound(statement, step.args))

    def _make(self, condition: Condition) -> None:
        """Make a condition true, with what follows from it."""
        match condition.predicate, condition.args:
            case "holding", (obj,):
                self.holding = obj
                self.where.pop(obj, None)
            case "hand_empty", _:
                self.holding = None
            case ("open" | "closed") as predicate, (drawer,):
                self.opened[drawer] = predicate == "open"
            case (("at" | "in" | "on" | "in_zone"), (obj, target)):
                self.holding = None if self.holding == obj else self.holding
                self.where[obj] = (target, *self._supported_at(target))
            case predicate, _ if is_felt(predicate):
                self.felt[condition] = None

    def _undo(self, condition: Condition) -> None:
        self.felt.pop(condition, None)
        if condition.predicate == "holding" and condition.args == (self.holding,):
            self.holding = None

    def _need_true(self, condition: Condition) -> None:
        """Refuse what needs a condition that is not true, and say why it is not."""
        obj = condition.args[0] if condition.args else ""
        match condition.predicate:
            case "hand_empty":
                self._need(self.holding is None, f"the hand holds {self.holding}")
            case "holding":
                self._need(self.holding == obj, f"the hand does not hold {obj}")
            case "clear":
                self._need(not self._above(obj), f"{', '.join(self._above(obj))} stands on {obj}")
            case "reachable":
                for container in self.where.get(obj, ()):
                    self._need(self.opened.get(container, True) is True, f"{container} is not open")
            case "open":
                self._need(self.opened.get(obj, True) is True, f"{obj} is not open")
            case "room":
                self._need_room(obj)
            case _:
                self._need(self.satisfies(condition), f"{condition} is not true then")

    def _need_room(self, target: str) -> None:
        """Nothing is at or on it yet, and what should support an object there is."""
        if target not in self._locations:
            above = self._above(target)
            self._need(not above, f"{', '.join(above)} already stands on {target}")
            return
        there = [name for name, names in self.where.items() if target in names]
        self._need(not there, f"{', '.join(there)} is already at {target}")
        for below in spanned(self._locations[target], self._locations.values()):
            self._need(
                any(below in names for names in self.where.values()), f"nothing is at {below} below it"
            )

    def _supported_at(self, target: str) -> tuple[str, ...]:
        below = (
            spanned(self._locations[target], self._locations.values()) if target in self._locations else ()
        )
        return tuple(name for name, names in self.where.items() if set(below) & set(names))

    @staticmethod
    def _need(truth: bool, otherwise: str) -> None:
        if not truth:
            raise PlanError(otherwise)
