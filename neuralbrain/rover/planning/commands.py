"""What a sentence can ask of a rover, and what will be true then."""

from dataclasses import dataclass, replace
from typing import Self

from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import Condition, Location, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.seams import Intention
from neuralbrain.rover.planning.domain import PUSHABLE, ROVER

START = "start"
"""The id of the place where the rover started."""


@dataclass(frozen=True)
class ObjectPhrase:
    """An object as a sentence names it.

    Attributes:
        color: A colour word; empty for any.
        category: "pillar", "ball" or "obstacle"; empty for any.
    """

    color: str = ""
    category: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, ("the", self.color, self.category or "object")))

    def find(self, scene: Scene) -> SceneObject | None:
        """Return the one object of a scene that is meant; None if none is seen.

        Raises:
            AmbiguityError: Several could be meant.
            InstructionError: Several could be meant, and they cannot be told apart.
        """
        fitting = [
            seen
            for seen in scene.objects
            if seen.id != ROVER and self.color in ("", seen.color) and self.category in ("", seen.category)
        ]
        if len(fitting) > 1:
            names = [f"the {seen.color} {seen.category}" for seen in fitting]
            if len(set(names)) < len(names):
                raise InstructionError(
                    f"I see {len(fitting)} objects that {str(self)!r} could mean, and cannot tell them "
                    f"apart: {', '.join(names)}."
                )
            which = f"{', '.join(names[:-1])} or {names[-1]}"
            raise AmbiguityError(f"Which do you mean by {str(self)!r}: {which}?", str(self), names)
        return fitting[0] if fitting else None

    def found(self, scene: Scene) -> SceneObject:
        """Return the object that is meant.

        Raises:
            InstructionError: It is not seen, or several could be meant.
        """
        seen = self.find(scene)
        if seen is None:
            raise InstructionError(f"I do not see {self}.")
        return seen


@dataclass(frozen=True)
class Command(Intention):
    """One object that a sentence asks for: all are about objects."""

    @property
    def objects(self) -> tuple[ObjectPhrase, ...]:
        """Return what it is about."""
        return tuple(value for value in vars(self).values() if isinstance(value, ObjectPhrase))

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Return what it names and what is not seen."""
        return tuple(str(obj) for obj in self.objects if obj.find(scene) is None)

    def meaning(self, old: ObjectPhrase, new: ObjectPhrase) -> Self:
        """Return the same with an object in the place of another."""
        return replace(self, **{name: new for name, value in vars(self).items() if value == old})


@dataclass(frozen=True)
class GoTo(Command):
    """Be near to something."""

    target: ObjectPhrase

    def __str__(self) -> str:
        return f"go to {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done; it need not stay where it was before."""
        return Goal(str(self), (Condition(predicate="near", args=(self.target.found(scene).id,)),))


@dataclass(frozen=True)
class Find(Command):
    """See something."""

    target: ObjectPhrase

    def __str__(self) -> str:
        return f"find {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done."""
        return Goal(str(self), (Condition(predicate="visible", args=(self.target.found(scene).id,)),))


@dataclass(frozen=True)
class Push(Command):
    """Push a ball to something."""

    ball: ObjectPhrase
    target: ObjectPhrase

    def __str__(self) -> str:
        return f"push {self.ball} to {self.target}"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done."""
        ball, target = self.ball.found(scene), self.target.found(scene)
        if ball.category != PUSHABLE:
            raise InstructionError(f"I can push a ball; {self.ball} is none.")
        if ball.id == target.id:
            raise InstructionError(f"I cannot push {self.ball} to itself.")
        return Goal(str(self), (Condition(predicate="at", args=(ball.id, target.id)),))


@dataclass(frozen=True)
class Return(Command):
    """Go back to where the rover was in the first scene."""

    needs_start = True

    def __str__(self) -> str:
        return "go back to the start"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when it is done.

        Raises:
            InstructionError: Nobody remembers the start.
        """
        rover = next((obj for obj in start if obj.id == ROVER), None)
        if rover is None:
            raise InstructionError("I do not remember where I started.")
        location = Location(id=START, position=rover.position, yaw=rover.yaw)
        return Goal(str(self), (Condition(predicate="near", args=(START,)),), (location,))
