"""The rover's interpreter: sentences by a grammar, whole or not at all."""

from neuralbrain.errors import AmbiguityError
from neuralbrain.planning.inquiry import Inquiry
from neuralbrain.planning.phrases import ObjectPhrase, check_choice
from neuralbrain.planning.readings import YES_OR_NO, numbered
from neuralbrain.planning.seams import Intention, Interpreter
from neuralbrain.rover.planning import grammar
from neuralbrain.rover.planning.commands import Command, Find, Leave
from neuralbrain.rover.planning.references import phrases


class GrammarInterpreter(Interpreter):
    """Understands the sentences of ``instructions.lark``."""

    def load(self) -> None:
        """Build the parser."""
        grammar.load()

    def interpret(self, text: str, before: tuple[Intention, ...] = ()) -> tuple[Intention, ...]:
        """Return what a sentence asks for."""
        return grammar.parse(text, _commands(before))

    def plain(self, text: str) -> str:
        """Return a sentence in the words of scenes: "post" is "pillar"."""
        return " ".join(grammar.words_of(text, courtesies=True))

    def abilities(self) -> str:
        """Say what can be asked for."""
        return grammar.ABILITIES

    def resolve(
        self, intentions: tuple[Intention, ...], question: AmbiguityError, answer: str
    ) -> tuple[Intention, ...] | None:
        """Return the same with the object that the person chose; None if the answer names none."""
        words = grammar.words_of(answer)
        if question.choices == YES_OR_NO:
            if words[:1] == ["no"]:
                return (Leave(),)
            return grammar.parse(question.phrase) if words[:1] == ["yes"] else None
        if not intentions:  # it was asked which of several readings is meant
            number = numbered(words, question)
            return None if number is None else grammar.readings(question.phrase)[number]
        named = [one for c in _commands(intentions) for obj in c.objects for one in phrases(obj)]
        meant = next((one for one in named if str(one) == question.phrase), None)
        chosen = None if meant is None else grammar.chosen(answer, meant)
        if meant is None or chosen is None:
            return None
        check_choice(chosen, question)
        return tuple(one.meaning(meant, chosen) if isinstance(one, Command) else one for one in intentions)


def _commands(intentions: tuple[Intention, ...]) -> tuple[Command, ...]:
    commands: list[Command] = []
    for intention in intentions:
        if isinstance(intention, Command):
            commands.append(intention)
        elif isinstance(intention, Inquiry) and intention.obj:  # what was asked about may be "it"
            asked = grammar.chosen(intention.obj, ObjectPhrase("", ""))
            commands += [Find(asked)] if asked else []
    return tuple(commands)
