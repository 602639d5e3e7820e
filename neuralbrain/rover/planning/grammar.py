"""From an English sentence to commands; the grammar is in instructions.lark."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from neuralbrain.errors import InstructionError
from neuralbrain.planning.phrases import ObjectPhrase, normalised, read, vocabulary
from neuralbrain.rover.catalogue import COLORS
from neuralbrain.rover.planning.commands import Command, Find, GoTo, Push, Return

ABILITIES = (
    "I can go to a pillar, a ball or an obstacle, visit several in order, push a ball to something, find an "
    'object, and go back to the start ("go to the red pillar, then push the ball to the blue one")'
)
_IT = ObjectPhrase(category="it")


def parse(text: str, before: Sequence[Command] = ()) -> tuple[Command, ...]:
    """Understand a sentence.

    Args:
        text: English; case, punctuation and courtesies do not matter.
        before: What was asked for last, to which "it" may refer.

    Returns:
        What it asks for, in the order in which it is to be done; at least one command.

    Raises:
        InstructionError: It cannot be understood; the message says why and what can.
    """
    tree = read(text, _words(text), _parser(), f"the colors {', '.join(COLORS)}", ABILITIES)
    clauses = _Clauses().transform(tree)
    return tuple(_completed(clauses, text, before))


def chosen(answer: str, among: ObjectPhrase) -> ObjectPhrase | None:
    """Return the object that an answer to "which ...?" names, like "the blue one"; None if it names none.

    Args:
        answer: What the person said.
        among: What was asked about; what the answer leaves out is as there.
    """
    words = [word for word in _words(answer) if word not in ("i", "mean")]
    if words and words[-1] in COLORS:
        words.append("one")
    try:
        obj: Any = _Clauses().transform(_parser().parse(" ".join(words), start="obj"))
    except LarkError:
        return None
    return None if obj == _IT else ObjectPhrase(obj.color or among.color, obj.category or among.category)


def load() -> None:
    """Build the parser; `parse` does so if it has not been done."""
    vocabulary(_parser())


def _words(text: str) -> list[str]:
    """Return a sentence's words; it may call the rover by its name."""
    return [word for word in normalised(text) if word != "rover"]


@cache
def _parser() -> Lark:
    colors = " | ".join(f'"{color}"' for color in COLORS)
    text = (files("neuralbrain.rover.planning") / "instructions.lark").read_text(encoding="utf-8")
    return Lark(text.replace("@COLORS@", colors), parser="earley", lexer="basic", start=["start", "obj"])


Clause = tuple[str, list[ObjectPhrase]]
"""What is to be done ("go", "push", "find", "home"; "also", "also to": the same as before), and with what."""


def _completed(clauses: list[Clause], text: str, earlier: Sequence[Command]) -> list[Command]:
    """Say what each "it" means, and each clause without a verb."""
    plain: list[Command] = []
    for verb, named in clauses:
        before = plain[-1] if plain else None
        objects = [_meant(obj, verb, number, [*earlier, *plain], text) for number, obj in enumerate(named)]
        match verb, before:
            case ("home", _):
                plain.append(Return())
            case ("find", _) | ("also", Find()):
                plain.append(Find(objects[0]))
            case ("push", _):
                plain.append(Push(objects[0], objects[1]))
            case ("also to", Push()):
                plain.append(Push(before.ball, objects[0]))
            case ("go", _) | ("also" | "also to", GoTo()) | ("also to", Return()):
                plain.append(GoTo(objects[0]))
            case _:
                raise InstructionError(f"I do not understand {text!r}: what about {objects[0]}? {ABILITIES}.")
    return plain


def _meant(obj: ObjectPhrase, verb: str, number: int, before: list[Command], text: str) -> ObjectPhrase:
    """Return what is meant: an "it" that is pushed is the ball named last, another is the last object."""
    if obj != _IT:
        return obj
    last = before[-1].objects if before else ()
    balls = [t for command in before for t in command.objects if t.category == "ball"]
    if verb == "push" and number == 0 and balls:
        return balls[-1]
    if len(last) == 1:
        return last[0]
    raise InstructionError(f'I do not understand {text!r}: what is "it"? {ABILITIES}.')


class _Clauses(Transformer[Token, list[Clause]]):
    """Turns the parse tree into clauses; a rule's name is the method's."""

    def start(self, clauses: list[Any]) -> list[Clause]:
        return clauses

    def obj(self, words: list[Token]) -> ObjectPhrase:
        color = next((str(word) for word in words if word.type == "COLOR"), "")
        category = next((word.type.lower() for word in words if word.type != "COLOR"), "")
        return ObjectPhrase(color, category)

    def it(self, _: list[Any]) -> ObjectPhrase:
        return _IT

    def go(self, objects: list[ObjectPhrase]) -> Clause:
        return "go", objects

    def find(self, objects: list[ObjectPhrase]) -> Clause:
        return "find", objects

    def push(self, objects: list[ObjectPhrase]) -> Clause:
        return "push", objects

    def also(self, objects: list[ObjectPhrase]) -> Clause:
        return "also", objects

    def also_to(self, objects: list[ObjectPhrase]) -> Clause:
        return "also to", objects

    def home(self, _: list[Any]) -> Clause:
        return "home", []
