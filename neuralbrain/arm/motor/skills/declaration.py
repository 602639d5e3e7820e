"""What a skill declares of itself; grammar, planner, symbolic check and help are made from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, ClassVar

from neuralbrain.arm.predicates import PREDICATES, TABLE, WORD, bound, kinds, suited
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Condition
from neuralbrain.planning.domain import SkillForm
from neuralbrain.words import counted


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One way in which a planner may use a skill.

    Its statements may also use what only the planner knows (`neuralbrain.arm.planning.problem`).

    Attributes:
        name: Unique among all operators.
        takes: Parameter -> its type. Those named like the skill's arguments become the step's.
        needs: What must be true before.
        makes: What it brings about.
        undoes: What is not true any more afterwards.
        initially: It is of use only where all this is true of some objects at the beginning.
    """

    name: str
    takes: Mapping[str, str]
    needs: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    initially: tuple[str, ...] = ()


class Declared:
    """The declarations of a skill; statements have the names of its arguments as variables."""

    name: ClassVar[str]
    """What steps call it; by default the name of the class, in small letters."""
    arguments: ClassVar[Mapping[str, str]] = {}
    """Argument -> the types of objects that it may be, or "word"."""
    optional: ClassVar[frozenset[str]] = frozenset()
    """Those that may be left out."""
    before: ClassVar[tuple[str, ...]] = ()
    """What must be true before. A statement about something of another type than its predicate's is none:
    "open target" says nothing of a target that is no drawer."""
    after: ClassVar[tuple[str, ...]] = ()
    """What is true after. "at object target" says in, on or at, whichever suits the target."""
    undoes: ClassVar[tuple[str, ...]] = ()
    """What is not true any more."""
    phrases: ClassVar[tuple[str, ...]] = ()
    """How a sentence may ask for it: "shake {object}"."""
    operators: ClassVar[tuple[Operator, ...]] = ()
    """How a planner may use it, where that takes more than the statements above."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    @cache
    def form(cls) -> SkillForm:
        """Return what the symbolic check, and whoever plans, must know of it."""
        needs = frozenset(cls.arguments) - cls.optional
        words = frozenset(name for name, types in cls.arguments.items() if types == WORD)
        return SkillForm(needs=needs, may=cls.optional, words=words, text=cls._text())

    @classmethod
    def _text(cls) -> str:
        takes = [
            f"{name}: {types.replace(' ', ' or ')}{', if any' if name in cls.optional else ''}"
            for name, types in cls.arguments.items()
        ]
        lines = (
            ("takes", takes),
            ("before", cls.before),
            ("after", cls.after),
            ("undoes", cls.undoes),
        )
        first = (cls.__doc__ or "").partition("\n")[0]
        return " ".join([first, *(f"{word} {'; '.join(items)}." for word, items in lines if items)])

    @classmethod
    def fitting(cls, argument: str) -> tuple[str, ...]:
        """Return the kinds of objects that an argument may be."""
        return kinds(cls.arguments[argument])

    @classmethod
    def preconditions(cls, args: Mapping[str, str], kind: Mapping[str, str]) -> tuple[Condition, ...]:
        """Return what must be true before, as far as the domain's predicates say it.

        Args:
            args: The step's arguments.
            kind: Object or location -> its kind.
        """
        conditions = (bound(statement, args) for statement in cls.before)
        return tuple(c for c in conditions if not only_planned(c) and _applies(c, kind))

    @classmethod
    def postconditions(cls, args: Mapping[str, str], kind: Mapping[str, str]) -> tuple[Condition, ...]:
        """Return what is true after; see `preconditions`."""
        conditions = (bound(statement, args) for statement in cls.after)
        return tuple(suited(c, kind.get(c.args[-1], "") if c.args else "") for c in conditions)

    @classmethod
    def used_by_planners(cls) -> tuple[Operator, ...]:
        """Return its operators: its own, or one for each choice of its arguments' types."""
        if cls.operators or not cls.after:
            return cls.operators
        needed = [name for name, types in cls.arguments.items() if types != WORD and name not in cls.optional]
        choices = product(*(cls.arguments[name].split() for name in needed))
        return tuple(
            Operator(
                name=f"do_{cls.name}_{number}",
                takes=dict(zip(needed, types, strict=True)),
                needs=cls.before,
                makes=cls.after,
                undoes=cls.undoes,
            )
            for number, types in enumerate(choices)
        )

    @classmethod
    def check_declaration(cls) -> None:
        """Check that what is declared makes sense.

        Raises:
            ConfigurationError: It does not; the message says why.
        """
        for name, types in cls.arguments.items():
            if types != WORD:
                cls._need(bool(kinds(types)), f"its argument {name!r} has no type")
        for statement in (*cls.before, *cls.after, *cls.undoes):
            predicate, *args = statement.removeprefix("not ").split()
            arity = len(PREDICATES.get(predicate, args))
            cls._need(
                len(args) == arity, f"{predicate!r} in {statement!r} is about {counted(arity, 'object')}"
            )
            unknown = [arg for arg in args if arg not in (*cls.arguments, TABLE)]
            cls._need(not unknown, f"{statement!r} names {unknown}, which are none of its arguments")
        cls._need(not any("not " in s for s in cls.after), "what is no longer true is declared in `undoes`")
        needed = set(cls.arguments) - cls.optional
        for phrase in cls.phrases:
            slots = set(re.findall(r"{(\w+)}", phrase))
            cls._need(slots <= set(cls.arguments), f"the phrase {phrase!r} has a slot that is no argument")
            cls._need(needed <= slots, f"the phrase {phrase!r} lacks {' and '.join(sorted(needed - slots))}")
            cls._need(
                bool(cls.after), f"{phrase!r} asks for it, but it declares nothing that is true `after`"
            )
            told = {word for statement in cls.after for word in statement.split()}
            cls._need(slots <= told, f"nothing `after` is about {' and '.join(sorted(slots - told))}")

    @classmethod
    def _need(cls, truth: bool, otherwise: str) -> None:
        if not truth:
            raise ConfigurationError(f"skill {cls.name!r}: {otherwise}")


PLANNED: Mapping[str, str] = {
    "reachable": "the hand comes to it",
    "room": "there is room for the object at it",
}
"""What a skill may need besides the domain's predicates -> what that says. It is known to the symbolic check,
and no condition of a step."""


def only_planned(condition: Condition) -> bool:
    """Whether a condition is known to the symbolic check alone."""
    return condition.predicate in PLANNED


def _applies(condition: Condition, kind: Mapping[str, str]) -> bool:
    """Whether a condition's objects are of the types that its predicate is about."""
    types = PREDICATES.get(condition.predicate, ("any",) * len(condition.args))
    return all(
        sort == "any" or kind.get(name) in kinds(sort)
        for name, sort in zip(condition.args, types, strict=True)
    )
