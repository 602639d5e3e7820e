"""The interpreter of robots among cells: sentences by a grammar, whole or not at all."""

from neuralbrain.errors import AmbiguityError
from neuralbrain.nanorobots.planning import grammar
from neuralbrain.nanorobots.planning.errands import Errand, Leave
from neuralbrain.planning.readings import YES_OR_NO, numbered
from neuralbrain.planning.seams import Intention, Interpreter


class GrammarInterpreter(Interpreter):
    """Understands the sentences of ``instructions.lark``."""

    def load(self) -> None:
        """Build the parser."""
        grammar.load()

    def interpret(self, text: str, before: tuple[Intention, ...] = ()) -> tuple[Intention, ...]:
        """Return what a sentence asks for."""
        return grammar.parse(text, [one for one in before if isinstance(one, Errand)])

    def plain(self, text: str) -> str:
        """Return a sentence with synonyms replaced."""
        return " ".join(grammar.words_of(text, courtesies=True))

    def abilities(self) -> str:
        """Say what can be asked for."""
        return grammar.ABILITIES

    def resolve(
        self, intentions: tuple[Intention, ...], question: AmbiguityError, answer: str
    ) -> tuple[Intention, ...] | None:
        """Return what a sentence asks for that was misspelt, or could be read in several ways."""
        words = grammar.words_of(answer)
        if question.choices == YES_OR_NO:
            if words[:1] == ["no"]:
                return (Leave(),)
            return grammar.parse(question.phrase) if words[:1] == ["yes"] else None
        number = numbered(words, question)
        return None if number is None else grammar.readings(question.phrase)[number]
