"""Objects that sentences name, by colour and category."""

from collections.abc import Iterable
from dataclasses import dataclass

from neuralbrain.errors import AmbiguityError, InstructionError
from neuralbrain.messages import SceneObject
from neuralbrain.words import listed


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
