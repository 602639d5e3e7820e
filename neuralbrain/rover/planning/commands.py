"""What a sentence can ask of a rover, and what will be true then."""

from dataclasses import dataclass, replace
from typing import Self

from neuralbrain.errors import InstructionError
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.phrases import ObjectPhrase
from neuralbrain.planning.seams import Intention
from neuralbrain.rover.planning.domain import PUSHABLE

START = "start"
"""The id of the place where the rover started."""


def found(phrase: ObjectPhrase, scene: Scene) -> SceneObject | None:
    """Return the object of a scene that is meant, which is never the rover itself; None if none is seen.

    Raises:
        AmbiguityError: Several could be meant.
        InstructionError: Several could be meant, and they cannot be told apart.
    """
    return phrase.find(scene.seen)


def seen(phrase: ObjectPhrase, scene: Scene) -> SceneObject:
    """Return the same.

    Raises:
        InstructionError: It is not seen, or several could be meant.
    """
    obj = found(phrase, scene)
    if obj is None:
        raise InstructionError(f"I do not see {phrase}.")
    return obj


@dataclass(frozen=True)
class Command(Intention):
    """One thing that a sentence asks for: all are about objects."""

    @property
    def objects(self) -> tuple[ObjectPhrase, ...]:
        """Return what it is about."""
        return tuple(value for value in vars(self).values() if isinstance(value, ObjectPhrase))

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Return what it names and what is not seen."""
        return tuple(str(obj) for obj in self.objects if found(obj, scene) is None)

    def meaning(self, old: ObjectPhrase, new: ObjectPhrase) -> Self:
        """Return the same with one object replaced by another."""
        return replace(self, **{name: new for name, value in vars(self).items() if value == old})


@dataclass(frozen=True)
class GoTo(Command):
    """Be near to something."""

    target: ObjectPhrase

    def __str__(self) -> str:
        return f"go to {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done; it need not stay where it was before."""
        return Goal(str(self), (Condition(predicate="near", args=(seen(self.target, scene).id,)),))


@dataclass(frozen=True)
class Find(Command):
    """See something."""

    by_looking = True
    target: ObjectPhrase

    def __str__(self) -> str:
        return f"find {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done."""
        return Goal(str(self), (Condition(predicate="visible", args=(seen(self.target, scene).id,)),))


@dataclass(frozen=True)
class Push(Command):
    """Push a ball to something."""

    ball: ObjectPhrase
    target: ObjectPhrase

    def __str__(self) -> str:
        return f"push {self.ball} to {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done."""
        ball, target = seen(self.ball, scene), seen(self.target, scene)
        if ball.category != PUSHABLE:
            raise InstructionError(f"I can only push a ball, and {self.ball} is not one.")
        if ball.id == target.id:
            raise InstructionError(f"I cannot push {self.ball} to itself.")
        return Goal(str(self), (Condition(predicate="at", args=(ball.id, target.id)),))


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
