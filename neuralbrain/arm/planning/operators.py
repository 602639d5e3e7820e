"""From what skills declare to the actions of a planning problem.

Importing this module imports unified-planning, which takes a second.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unified_planning.shortcuts import (
    And,
    BoolType,
    Equals,
    Fluent,
    InstantaneousAction,
    Not,
    Or,
    UserType,
)

from neuralbrain.arm.catalogue import CONTAINERS, GRASPABLE
from neuralbrain.arm.motor.skills import SKILLS, Operator, Skill, known_skills
from neuralbrain.arm.planning.goal_context import GoalContext
from neuralbrain.arm.predicates import LOCATION, RELATIONS, bound, is_felt, kinds
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Condition

ANYWHERE = UserType("Location")
SPOT = UserType("Spot", ANYWHERE)
CONTAINER = UserType("Container", ANYWHERE)
DRAWER = UserType("Drawer", CONTAINER)
OBJECT = UserType("Object", ANYWHERE)
BOX = UserType("Box")
KINDS: Mapping[Any, tuple[str, ...]] = {
    SPOT: (LOCATION,),
    DRAWER: ("drawer",),
    OBJECT: GRASPABLE,
    BOX: ("box",),
    CONTAINER: (*CONTAINERS, "zone"),
    ANYWHERE: (LOCATION, *GRASPABLE, *CONTAINERS, "zone"),
}
"""Type -> the kinds of objects that are of it; the narrower types come first."""

AT = Fluent("at", BoolType(), obj=OBJECT, where=ANYWHERE)
HOLDING = Fluent("holding", BoolType(), obj=OBJECT)
HAND_EMPTY = Fluent("hand_empty", BoolType())
CLEAR = Fluent("clear", BoolType(), where=ANYWHERE)
SHUT = Fluent("shut", BoolType(), where=ANYWHERE)
PUSHED = Fluent("pushed", BoolType(), box=BOX, where=ANYWHERE)
WANTED = Fluent("wanted", BoolType(), obj=OBJECT, where=ANYWHERE)
"""That the goal wants an object on or in another: only such stacking and filling is tried."""
FLAT = Fluent("flat", BoolType(), spot=SPOT)
"""That a spot is on the table and may be used."""
OVER = Fluent("over", BoolType(), spot=SPOT, left=OBJECT, right=OBJECT)
BASE = Fluent("base", BoolType(), spot=SPOT, left=SPOT, right=SPOT)
"""That a spot rests on two objects; that these must be at two spots before it is used."""
FLUENTS = (AT, HOLDING, HAND_EMPTY, CLEAR, SHUT, PUSHED, WANTED, FLAT, OVER, BASE)


class Operators:
    """The actions of a problem.

    Args:
        context: What matters of a scene to a goal.
        objects: The problem's objects by name.
        facts: What is true at the beginning.
    """

    def __init__(self, context: GoalContext, objects: Mapping[str, Any], facts: Iterable[Any]) -> None:
        self._context, self._objects = context, objects
        self._facts = [(f.fluent().name, [str(arg) for arg in f.args]) for f in facts]
        self._felt: dict[str, Fluent] = {}
        self.stated: dict[str, tuple[type[Skill], Operator, InstantaneousAction]] = {}
        usual = [(skill, operator) for skill in SKILLS.values() for operator in skill.used_by_planners()]
        usual.sort(key=lambda pair: len(pair[1].initially))  # the special ones last; the engine sees an order
        for skill, operator in (*usual, *self._added()):
            action = self._action(operator)
            if action is not None:
                self.stated[operator.name] = (skill, operator, action)

    @property
    def fluents(self) -> tuple[Fluent, ...]:
        """All fluents that the actions use."""
        return (*FLUENTS, *self._felt.values())

    def fact(self, condition: Condition, terms: Mapping[str, Any]) -> tuple[Any, bool] | None:
        """Return a condition as a fluent and its value; None if no fluent says it.

        Args:
            condition: The condition.
            terms: What its arguments stand for: objects, or parameters of an action.
        """
        args = [terms[arg] for arg in condition.args if arg in terms]
        name, value = condition.predicate, not condition.negated
        if len(args) < len(condition.args):
            return None
        if name in ("open", "closed"):
            return SHUT(*args), value is (name == "closed")
        if name in RELATIONS:
            return (PUSHED if args[0].type == BOX else AT)(*args), value
        usual = next((fluent for fluent in FLUENTS if fluent.name == name), None)
        if usual is not None:
            return usual(*args), value
        if not is_felt(name):
            return None
        types = [BOX if arg.type == BOX else ANYWHERE for arg in args]
        key = "_".join(["felt", name, *(str(kind) for kind in types)])
        if key not in self._felt:
            signature = {f"a{number}": kind for number, kind in enumerate(types)}
            self._felt[key] = Fluent(key, BoolType(), **signature)
        return self._felt[key](*args), value

    def _added(self) -> Iterator[tuple[type[Skill], Operator]]:
        """Yield the operators of others' skills that could be of use.

        One that only brings about what is felt is of use where the goal, or one that is of use, needs that.
        """
        wanted = {condition.predicate for condition in self._context.conditions}
        idle = [s for name, s in known_skills().items() if name not in SKILLS]
        while True:
            useful = [s for s in idle if any(not is_felt(p) or p in wanted for p in _predicates(s.after))]
            if not useful:
                return
            idle = [skill for skill in idle if skill not in useful]
            for skill in useful:
                wanted |= set(_predicates(skill.before))
                yield from ((skill, operator) for operator in skill.used_by_planners())

    def _action(self, operator: Operator) -> InstantaneousAction | None:
        """Return an operator as an action; None if there is nothing here to do it to."""
        fitting = {name: self._fitting(types) for name, types in operator.takes.items()}
        if not next(iter(fitting.values()), True) or not self._joined(operator.initially, {}):
            return None
        action = InstantaneousAction(
            operator.name, **{name: _type(types) for name, types in operator.takes.items()}
        )
        terms = {parameter.name: parameter for parameter in action.parameters}
        for statement in operator.needs:
            for need in self._needs(bound(statement, {}), terms):
                action.add_precondition(need)
        for name, types in operator.takes.items():
            if not set(KINDS[_type(types)]) <= set(kinds(types)):  # there is no type as narrow as that
                if not fitting[name]:
                    return None
                action.add_precondition(Or(Equals(terms[name], item) for item in fitting[name]))
        for statements, sense in ((operator.makes, True), (operator.undoes, False)):
            for statement in statements:
                fact = self.fact(bound(statement, {}), terms)
                if fact is not None:
                    action.add_effect(fact[0], fact[1] is sense)
        return action

    def _fitting(self, types: str) -> list[Any]:
        """Return the objects of some types."""
        wanted, scene = kinds(types), self._context.scene

        def kind(name: str, item: Any) -> str:
            obj = None if item.type == SPOT else scene.find(name)
            return LOCATION if obj is None else obj.category

        return [item for name, item in self._objects.items() if kind(name, item) in wanted]

    def _joined(self, statements: tuple[str, ...], names: Mapping[str, str]) -> bool:
        """Whether all statements are true of some objects at the beginning."""
        if not statements:
            return True
        predicate, *variables = statements[0].split()
        for fluent, args in self._facts:
            if fluent != predicate:
                continue
            pairs = dict(zip(variables, args, strict=True))
            agree = all(names.get(variable, value) == value for variable, value in pairs.items())
            if agree and self._joined(statements[1:], {**names, **pairs}):
                return True
        return False

    def _needs(self, condition: Condition, terms: Mapping[str, Any]) -> Iterator[Any]:
        """Yield what a condition says in terms of fluents; nothing where none says it."""
        match condition.predicate:
            case "reachable":
                return  # the way to what is taken is a part of taking it
            case "room":
                yield from self._room(terms[condition.args[0]])
            case "way":
                yield from self._path(terms[condition.args[0]])
            case _:
                fact = self.fact(condition, terms)
                if fact is not None:
                    yield fact[0] if fact[1] else Not(fact[0])

    def _room(self, spot: Any) -> Iterator[Any]:
        """A place can be used once what crowds it has gone from where it was."""
        objects, where = self._objects, self._context.where
        for name, crowd in self._context.crowd.items():
            for obj in crowd:
                gone = Not(AT(objects[obj], objects[where[obj]]))
                yield Or(Not(Equals(spot, objects[name])), gone)

    def _path(self, moved: Any) -> Iterator[Any]:
        """A box is pushed, and a drawer opened, once its way is free."""
        objects, where = self._objects, self._context.where
        predicates = ("at", "in_zone") if moved.type == BOX else ("open", "in")
        for condition in self._context.conditions:
            if condition.predicate not in predicates:
                continue
            for name in condition.args:
                if name in objects and objects[name].type == moved.type:
                    blocking = [t for t in self._context.obstacles.get(str(condition), ()) if t in where]
                    gone = [Not(AT(objects[t], objects[where[t]])) for t in blocking]
                    if gone:
                        yield Or(Not(Equals(moved, objects[name])), And(gone))


def _type(types: str) -> Any:
    """Return the narrowest type of all objects of some types.

    Raises:
        ConfigurationError: There is none.
    """
    wanted = set(kinds(types))
    for kind, members in KINDS.items():
        if wanted <= set(members):
            return kind
    raise ConfigurationError(
        f"objects of the types {types!r} have nothing in common that a planner could use"
    )


def _predicates(statements: Iterable[str]) -> list[str]:
    return [bound(statement, {}).predicate for statement in statements]
