"""The world in symbols, and what each skill does to it."""

import math
from collections.abc import Iterable

from neuralbrain.arm.catalogue import CONTAINERS
from neuralbrain.arm.motor.skills import skill_class
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, is_at, location
from neuralbrain.arm.predicates import PLACE, TABLE, WORD, bound, is_felt
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Place, Scene, Step

SPAN = 0.035
"""How far a place may be from one below that helps to bear it, horizontally, m."""


def spanned(place: Place, places: Iterable[Place]) -> tuple[str, ...]:
    """Return the places whose occupants bear what is put at a place; empty for one on the table."""
    return tuple(
        below.id
        for below in places
        if below.id != place.id
        and math.dist(below.position[:2], place.position[:2]) <= SPAN
        and below.position[2] + 0.03 < place.position[2]
    )


class SymbolicState:
    """What lies where, symbolically.

    Attributes:
        where: Thing -> ids of all that it lies in, stands on or is at; empty for anywhere on the table.
        holding: What the hand holds, or None.
        opened: Drawer -> whether it is open; one that is neither open nor closed is in neither way.
        felt: What skills have brought about that no scene shows.
    """

    def __init__(self, scene: Scene, places: Iterable[Place] = (), holding: str | None = None) -> None:
        self._places = {place.id: place for place in places}
        self._category = {thing.id: thing.category for thing in scene.objects}
        self.holding = holding
        self.felt: dict[Condition, None] = {}
        self.opened = {
            thing.id: True if thing.extension >= OPEN else False if thing.extension <= CLOSED else None
            for thing in scene.objects
            if thing.category == "drawer"
        }
        self.where = {
            thing.id: (*location(thing, scene), *(p.id for p in self._places.values() if is_at(thing, p)))
            for thing in scene.objects
            if thing.id != holding
        }

    def knows(self, name: str) -> bool:
        """Whether a name is a thing that is seen, a place, or the table."""
        return name in self._category or name in self._places or name == TABLE

    def _kind(self, name: str) -> str:
        """Return a thing's category; "place" or "table" for those."""
        return self._category.get(name, TABLE if name == TABLE else PLACE)

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

    def _above(self, thing: str) -> list[str]:
        at = set(self.where.get(thing, ()))
        spans = {
            place.id for place in self._places.values() if at & set(spanned(place, self._places.values()))
        }
        return [
            other
            for other, names in self.where.items()
            if (thing in names and self._category.get(thing) not in (*CONTAINERS, "zone"))
            or spans & set(names)
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
            case "holding", (thing,):
                self.holding = thing
                self.where.pop(thing, None)
            case "hand_empty", _:
                self.holding = None
            case ("open" | "closed") as predicate, (drawer,):
                self.opened[drawer] = predicate == "open"
            case (("at" | "in" | "on" | "in_zone"), (thing, target)):
                self.holding = None if self.holding == thing else self.holding
                self.where[thing] = (target, *self._borne_at(target))
            case predicate, _ if is_felt(predicate):
                self.felt[condition] = None

    def _undo(self, condition: Condition) -> None:
        self.felt.pop(condition, None)
        if condition.predicate == "holding" and condition.args == (self.holding,):
            self.holding = None

    def _need_true(self, condition: Condition) -> None:
        """Refuse what needs a condition that is not true, and say why it is not."""
        thing = condition.args[0] if condition.args else ""
        match condition.predicate:
            case "hand_empty":
                self._need(self.holding is None, f"the hand holds {self.holding}")
            case "holding":
                self._need(self.holding == thing, f"the hand does not hold {thing}")
            case "clear":
                self._need(not self._above(thing), f"{', '.join(self._above(thing))} stands on {thing}")
            case "reachable":
                for container in self.where.get(thing, ()):
                    self._need(self.opened.get(container, True) is True, f"{container} is not open")
            case "open":
                self._need(self.opened.get(thing, True) is True, f"{thing} is not open")
            case "room":
                self._need_room(thing)
            case _:
                self._need(self.satisfies(condition), f"{condition} is not true then")

    def _need_room(self, target: str) -> None:
        """Nothing is at or on it yet, and what shall bear a thing there is."""
        if target not in self._places:
            above = self._above(target)
            self._need(not above, f"{', '.join(above)} already stands on {target}")
            return
        there = [name for name, names in self.where.items() if target in names]
        self._need(not there, f"{', '.join(there)} is already at {target}")
        for below in spanned(self._places[target], self._places.values()):
            self._need(
                any(below in names for names in self.where.values()), f"nothing is at {below} below it"
            )

    def _borne_at(self, target: str) -> tuple[str, ...]:
        below = spanned(self._places[target], self._places.values()) if target in self._places else ()
        return tuple(name for name, names in self.where.items() if set(below) & set(names))

    @staticmethod
    def _need(truth: bool, otherwise: str) -> None:
        if not truth:
            raise PlanError(otherwise)
