"""The world in symbols, and what each skill does to it."""

import math
from collections.abc import Iterable, Mapping

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.planning.symbols import CLOSED, OPEN, TABLE, is_at, location
from neuralbrain.errors import PlanError
from neuralbrain.messages import Condition, Place, Scene, Step
from neuralbrain.planning.domain import SkillForm

SKILLS: Mapping[str, SkillForm] = {
    "pick": SkillForm(needs=frozenset({"object"})),
    "place": SkillForm(needs=frozenset({"object", "target"})),
    "stack": SkillForm(needs=frozenset({"object", "target"})),
    "push": SkillForm(needs=frozenset({"object", "target"})),
    "open": SkillForm(needs=frozenset({"drawer"})),
    "close": SkillForm(needs=frozenset({"drawer"})),
    "look": SkillForm(needs=frozenset({"camera"}), may=frozenset({"at"}), words=frozenset({"camera"})),
    "home": SkillForm(),
}
"""Skill -> its arguments."""

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
    """

    def __init__(self, scene: Scene, places: Iterable[Place] = (), holding: str | None = None) -> None:
        self._places = {place.id: place for place in places}
        self._category = {thing.id: thing.category for thing in scene.objects}
        self.holding = holding
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
        return self._category.get(name, "table" if name == TABLE else "place")

    def satisfies(self, condition: Condition) -> bool:
        """Whether a condition is true in this state; false if it names something unknown."""
        if not all(map(self.knows, condition.args)):
            return False
        return self._truth(condition) is not condition.negated

    def _truth(self, condition: Condition) -> bool:
        first = condition.args[0] if condition.args else ""
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
        """Do what a step does when it succeeds.

        Raises:
            PlanError: It cannot be done in this state; the message says why.
        """
        thing, target = step.args.get("object", ""), step.args.get("target", "")
        match step.skill:
            case "pick":
                self._need(self.holding is None, f"the hand already holds {self.holding}")
                kind = self._kind(thing)
                self._need(kind in GRASPABLE, f"a {kind} does not fit the hand")
                self._need(thing in self.where, f"{thing} is in the hand")
                self._need(not self._above(thing), f"{', '.join(self._above(thing))} stands on {thing}")
                self._need_reachable(self.where[thing])
                self.holding = thing
                del self.where[thing]
            case "place" | "stack":
                self._need(self.holding == thing, f"the hand does not hold {thing}")
                self._need_room(step.skill, target)
                self.holding = None
                self.where[thing] = (target, *self._borne_at(target))
            case "push":
                self._need(self.holding is None, f"the hand holds {self.holding}")
                kind, goal = self._kind(thing), self._kind(target)
                self._need(kind == "box", f"a {kind} is not pushed; a box is")
                self._need(goal in ("zone", "place"), f"nothing is pushed onto a {goal}")
                self.where[thing] = (target,)
            case "open" | "close":
                drawer = step.args["drawer"]
                self._need(self._kind(drawer) == "drawer", f"{drawer} is no drawer")
                self._need(self.holding is None, f"the hand holds {self.holding}")
                self.opened[drawer] = step.skill == "open"

    def _need_room(self, skill: str, target: str) -> None:
        category = self._kind(target)
        if skill == "stack":
            self._need(category in GRASPABLE, f"nothing is stacked on a {category}")
            self._need(
                not self._above(target), f"{', '.join(self._above(target))} already stands on {target}"
            )
        elif category == "place":
            there = [name for name, names in self.where.items() if target in names]
            self._need(not there, f"{', '.join(there)} is already at {target}")
            for below in spanned(self._places[target], self._places.values()):
                self._need(
                    any(below in names for names in self.where.values()), f"nothing is at {below} below it"
                )
        else:
            self._need(category in (*CONTAINERS, "zone"), f"nothing is placed in a {category}")
            self._need_reachable((target,))

    def _borne_at(self, target: str) -> tuple[str, ...]:
        below = spanned(self._places[target], self._places.values()) if target in self._places else ()
        return tuple(name for name, names in self.where.items() if set(below) & set(names))

    def _need_reachable(self, names: Iterable[str]) -> None:
        for name in names:
            self._need(self.opened.get(name, True) is True, f"{name} is not open")

    @staticmethod
    def _need(truth: bool, otherwise: str) -> None:
        if not truth:
            raise PlanError(otherwise)
