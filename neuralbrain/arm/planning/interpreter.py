"""The embedded interpreter: an instruction grammar, and goals grounded in what is seen."""

from dataclasses import dataclass, field

from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.planning import grammar
from neuralbrain.arm.planning.commands import Command, Put, Pyramid, Restore, Row, Sort, objects, replaced
from neuralbrain.arm.planning.goals import combined, ground, merged, missing
from neuralbrain.errors import AmbiguityError
from neuralbrain.messages import BodySchema, Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.seams import Intention, Interpreter

CHOSEN = (Put, Pyramid, Row)
"""Commands whose locations are chosen on free table, so that they can be chosen again."""


@dataclass(frozen=True)
class Commands(Intention):
    """One group of commands that make one goal.

    Attributes:
        commands: They, at least one.
        body: What the body says of itself; None: nobody has told.
    """

    commands: tuple[Command, ...]
    body: BodySchema | None = field(default=None, compare=False, repr=False)

    @property
    def needs_start(self) -> bool:  # type: ignore[override]
        """Whether everything should be as it was."""
        return any(isinstance(command, Restore) for command in self.commands)

    @property
    def chooses(self) -> bool:  # type: ignore[override]
        """Whether all locations were chosen."""
        return all(isinstance(command, CHOSEN) for command in self.commands)

    def __str__(self) -> str:
        return ", then ".join(map(str, self.commands))

    def missing(self, scene: Scene) -> tuple[str, ...]:
        """Return what they name and what is not seen."""
        return tuple(map(str, missing(self.commands, scene)))

    def indispensable(self, scene: Scene) -> tuple[str, ...]:
        """Return the same without what sorting can do without."""
        named = [command for command in self.commands if not isinstance(command, Sort)]
        return tuple(map(str, missing(named, scene)))

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Say what will be true when they are done."""
        goal = ground(self.commands, scene, ArmSchema.told(self.body), start)
        return combined(kept, goal, self.commands, scene)


class GrammarInterpreter(Interpreter):
    """Understands the sentences of ``instructions.lark``, whole or not at all."""

    def load(self) -> None:
        """Build the parser."""
        grammar.load()

    def interpret(self, text: str, before: tuple[Intention, ...] = ()) -> tuple[Intention, ...]:
        """Return what a sentence asks for."""
        groups = merged(grammar.parse(text, _commands(before)))
        return tuple(Commands(group, self.body) for group in groups)

    def resolve(
        self, intentions: tuple[Intention, ...], question: AmbiguityError, answer: str
    ) -> tuple[Intention, ...] | None:
        """Return the same with the object that the person chose; None if the answer names none."""
        named = [obj for command in _commands(intentions) for obj in objects(command)]
        meant = next(obj for obj in named if str(obj) == question.phrase)
        chosen = grammar.chosen(answer, meant)
        if chosen is None:
            return None
        chosen.answers(question)
        return tuple(
            Commands(
                tuple(replaced(command, meant, chosen) for command in _commands((intention,))), self.body
            )
            for intention in intentions
        )


def _commands(intentions: tuple[Intention, ...]) -> list[Command]:
    return [c for intention in intentions if isinstance(intention, Commands) for c in intention.commands]
