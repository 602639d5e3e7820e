"""The rover's interpreter: sentences by a grammar, whole or not at all."""

from neuralbrain.errors import AmbiguityError
from neuralbrain.planning.phrases import check_choice
from neuralbrain.planning.seams import Intention, Interpreter
from neuralbrain.rover.planning import grammar
from neuralbrain.rover.planning.commands import Command


class GrammarInterpreter(Interpreter):
    """Understands the sentences of ``instructions.lark``."""

    def load(self) -> None:
        """Build the parser."""
        grammar.load()

    def interpret(self, text: str, before: tuple[Intention, ...] = ()) -> tuple[Intention, ...]:
        """Return what a sentence asks for."""
        return grammar.parse(text, _commands(before))

    def resolve(
        self, intentions: tuple[Intention, ...], question: AmbiguityError, answer: str
    ) -> tuple[Intention, ...] | None:
        """Return the same with the object that the person chose; None if the answer names none."""
        commands = _commands(intentions)
        meant = next(obj for c in commands for obj in c.objects if str(obj) == question.phrase)
        chosen = grammar.chosen(answer, meant)
        if chosen is None:
            return None
        check_choice(chosen, question)
        return tuple(command.meaning(meant, chosen) for command in commands)


def _commands(intentions: tuple[Intention, ...]) -> tuple[Command, ...]:
    return tuple(intention for intention in intentions if isinstance(intention, Command))
