"""What a sentence can ask of a rover, and what will be true then."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from neuralbrain.errors import InstructionError
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.planning.seams import Intention
from neuralbrain.rover.planning.domain import PUSHABLE
from neuralbrain.rover.planning.references import Named, Placed, Several, chosen, group, known

START = "start"
"""The id of the place where the rover started."""


def seen(phrase: Named, scene: Scene) -> list[SceneObject]:
    """Return the objects of a scene that are meant, at least one.

    Raises:
        InstructionError: They are not seen, or several could be meant.
    """
    found = group(phrase, scene) if isinstance(phrase, Several) else [chosen(phrase, scene)]
    there = [obj for obj in found if obj is not None]
    if not there:
        raise InstructionError(f"I do not see {phrase}.")
    return there


@dataclass(frozen=True)
class Command(Intention):
    """One thing that a sentence asks for: all are about objects."""

    @property
    def objects(self) -> tuple[Named, ...]:
        """Return what it is about."""
        return tuple(value for value in vars(self).values() if isinstance(value, ObjectPhrase | Several))

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Return what it names and what is not seen."""
        absent = [
            obj
            for obj in self.objects
            if not (group(obj, scene) if isinstance(obj, Several) else chosen(obj, scene))
        ]
        return tuple(map(str, absent))

    def meaning(self, old: ObjectPhrase, new: ObjectPhrase) -> Self:
        """Return the same with one object replaced by another."""
        return self._mapped(lambda phrase: new if phrase == old else phrase)

    def settled(self, scene: Scene) -> Self:
        """Return the same about the objects that are now the nearest, on the left, and so on."""
        return self._mapped(
            lambda phrase: (
                known(obj) if isinstance(phrase, Placed) and (obj := chosen(phrase, scene)) else phrase
            )
        )

    def _mapped(self, of: Callable[[ObjectPhrase], ObjectPhrase]) -> Self:
        """Return the same with other phrases for one object each."""

        def mapped(value: Named) -> Named:
            if isinstance(value, ObjectPhrase):
                return of(value)
            return replace(value, these=tuple(map(of, value.these)))

        named = {n: mapped(v) for n, v in vars(self).items() if isinstance(v, ObjectPhrase | Several)}
        return replace(self, **named)


@dataclass(frozen=True)
class GoTo(Command):
    """Be near to something; to several one after the other."""

    target: Named

    def __str__(self) -> str:
        return f"go to {self.target}"

    def parts(self, scene: Scene) -> tuple[Intention, ...]:
        """Return one for each target: near to all at once the rover cannot be."""
        if isinstance(self.target, Several) and (found := group(self.target, scene)):
            return tuple(GoTo(known(obj)) for obj in found)
        return (self.settled(scene),)

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done; it need not stay where it was before."""
        (target,) = seen(self.target, scene)
        return Goal(str(self), (Condition(predicate="near", args=(target.id,)),))


@dataclass(frozen=True)
class Find(Command):
    """See something."""

    by_looking = True
    target: Named

    def __str__(self) -> str:
        return f"find {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done."""
        found = seen(self.target, scene)
        return Goal(str(self), tuple(Condition(predicate="visible", args=(obj.id,)) for obj in found))


@dataclass(frozen=True)
class Push(Command):
    """Push a ball, or several, to something."""

    ball: Named
    target: ObjectPhrase

    def __str__(self) -> str:
        return f"push {self.ball} to {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done: all are there at the end."""
        balls, (target,) = seen(self.ball, scene), seen(self.target, scene)
        if any(ball.category != PUSHABLE for ball in balls):
            raise InstructionError(f"I can only push a ball, and {self.ball} is not one.")
        if target.id in [ball.id for ball in balls]:
            raise InstructionError(f"I cannot push {self.ball} to itself.")
        return Goal(str(self), tuple(Condition(predicate="at", args=(ball.id, target.id)) for ball in balls))


@dataclass(frozen=True)
class Return(Command):
    """Go back to where the rover was in the first scene."""

    since = "start"

    def __str__(self) -> str:
        return "go back to the start"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done.

        Raises:
            InstructionError: Nobody remembers the start.
        """
        rover = next((obj for obj in start if obj.is_body), None)
        if rover is None:
            raise InstructionError("I do not remember where I started.")
        location = Location(id=START, position=rover.position, yaw=rover.yaw)
        return Goal(str(self), (Condition(predicate="near", args=(START,)),), (location,))


@dataclass(frozen=True)
class Leave(Command):
    """Do not do something, or, without a command, anything.

    Attributes:
        command: What is not to be done.
    """

    command: Command | None = None

    def __str__(self) -> str:
        return f"not {self.command}" if self.command else "do nothing"

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Nothing has to be seen for it."""
        return ()

    def reply(self, scene: Scene, history: object, holding: str | None) -> str:
        """Promise it."""
        return f"All right: I do {self}." if self.command else "All right: I do nothing."

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept
