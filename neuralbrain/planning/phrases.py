"""What grammars of sentences have in common: their words, what they refuse, and objects that are named."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedEOF, UnexpectedToken

from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import SceneObject
from neuralbrain.words import listed

_COURTESIES = re.compile(
    r"\b(please|kindly|(could|can|would|will) you|(i want|i would like|id like) you to"
    r"|hey|hello|ok|okay|robot|now|just|for me|thanks|thank you)\b"
)


@dataclass(frozen=True)
class ObjectPhrase:
    """Something that a sentence names: by colour, by category, or by both.

    Attributes:
        color: A colour word; empty for any.
        category: In the embodiment's words; empty for any.
    """

    color: str = ""
    category: str = ""

    def __str__(self) -> str:
        return " ".join(word for word in ("the", self.color, self.category or "object") if word)

    def find(self, objects: Iterable[SceneObject]) -> SceneObject | None:
        """Return the one of some objects that is meant; None if none is.

        Raises:
            AmbiguityError: Several could be meant.
            InstructionError: Several could be meant, and they cannot be told apart.
        """
        fitting = [
            seen
            for seen in objects
            if self.color in ("", seen.color) and self.category in ("", seen.category)
        ]
        if len(fitting) > 1:
            names = [named(seen) for seen in fitting]
            if len(set(names)) < len(names):
                raise InstructionError(
                    f"I see {len(fitting)} objects that {str(self)!r} could mean, and cannot tell them "
                    f"apart: {', '.join(names)}."
                )
            which = listed(names, "or")
            raise AmbiguityError(f"Which do you mean by {str(self)!r}: {which}?", str(self), names)
        return fitting[0] if fitting else None


def check_choice(meant: object, question: AmbiguityError) -> None:
    """Make sure that what a person answers is one of those that they were asked to choose between.

    Args:
        meant: What the answer names; its text says it in words.
        question: What was asked.

    Raises:
        AmbiguityError: It is none of them: it is asked again.
    """
    if str(meant) not in question.choices:
        which = listed(question.choices, "or")
        raise AmbiguityError(f"It can only be {which}: which?", question.phrase, question.choices)


def named(obj: SceneObject) -> str:
    """Return what a person would call an object."""
    return f"the {obj.color} {obj.category}"


def normalised(text: str) -> list[str]:
    """Return a sentence's words without case, punctuation and courtesies."""
    text = text.lower().replace("colour", "color").replace("'", "").replace("’", "")
    return _COURTESIES.sub(" ", " ".join(re.findall(r"\w+", text))).split()


@cache
def vocabulary(parser: Lark, names: Collection[str] = ()) -> frozenset[str]:
    """Return the words of all of a grammar's terminals, or of those of some names."""
    return frozenset(
        word
        for terminal in parser.terminals
        if not names or terminal.name in names
        for word in re.findall(r"[a-z]+", terminal.pattern.value)
    )


def read(text: str, words: list[str], parser: Lark, known: str, abilities: str) -> Any:
    """Return a sentence's tree: every word counts, so it is understood as a whole or refused.

    Args:
        text: As it was said, for errors.
        words: Of it.
        parser: Of the grammar, whose rule for sentences is ``start``.
        known: What words there are, to be told to who uses another.
        abilities: What can be asked for, likewise.

    Raises:
        InstructionError: It cannot be understood; the message says why and what can.
    """
    lost = f"I do not understand {text!r}"
    unknown = [word for word in words if word not in vocabulary(parser)]
    if unknown:
        raise InstructionError(f"{lost}: I do not know the word {unknown[0]!r}; I know {known}. {abilities}.")
    try:
        return parser.parse(" ".join(words), start="start")
    except UnexpectedEOF:
        raise InstructionError(f"{lost}: it ends too early. {abilities}.") from None
    except UnexpectedToken as error:
        raise InstructionError(f"{lost} from {error.token.value!r} on. {abilities}.") from None
