"""Questions that any brain can answer: what it sees, where something is, what it holds, what it has done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal, account
from neuralbrain.planning.seams import Intention
from neuralbrain.words import listed

Topic = Literal["scene", "location", "hand", "actions"]

_ANY = ("one", "thing", "object")
"""Nouns that fit any object."""
_OBJECT = r"(?:the |a |an |any )?(?P<object>[a-z ]+?)"
_FORMS: tuple[tuple[Topic, str], ...] = (
    ("scene", r"what (?:do|can) you see|what is (?:there|here)|what is (?:on|in front of) (?:the table|you)"),
    ("scene", r"what objects (?:are there|do you see)|describe (?:the scene|what you see)|look around"),
    ("hand", r"what (?:are you holding|do you hold|is in your hand)|are you holding (?:anything|something)"),
    ("actions", r"what (?:did you do|have you done)(?: so far)?"),
    ("location", rf"(?:where is|where are|do you see|can you see|is there) {_OBJECT}"),
)


@dataclass(frozen=True)
class Inquiry(Intention):
    """A question about what is seen, held or done.

    Attributes:
        topic: What it is about.
        obj: What is asked for, in words, where it is about an object.
    """

    topic: Topic
    obj: str = ""

    def __str__(self) -> str:
        return f"say where the {self.obj} is" if self.obj else "answer a question"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str:
        """Return the answer.

        Args:
            scene: What is seen.
            history: What the brain has worked for, and what became of it.
            holding: What is held, or None.
        """
        match self.topic:
            case "scene":
                seen = [_described(obj, scene) for obj in scene.seen]
                return f"I see {listed(seen)}." if seen else "I see nothing."
            case "hand":
                return f"I hold the {_words(holding)}." if holding else "I hold nothing."
            case "actions":
                return account(history)
            case "location":
                wanted = self.obj.split()
                found = [
                    obj
                    for obj in scene.seen
                    if all(word.removesuffix("s") in (obj.color, obj.category, *_ANY) for word in wanted)
                ]
                if not found:
                    return f"I see nothing that is called {self.obj!r}."
                return f"I see {listed([_described(obj, scene) for obj in found])}."


def understood(text: str) -> Inquiry | None:
    """Return the question that a sentence asks; None if it is none of these, whole."""
    words = " ".join(
        re.findall(r"[a-z]+", text.lower().replace("what's", "what is").replace("where's", "where is"))
    )
    for topic, form in _FORMS:
        if match := re.fullmatch(form, words):
            return Inquiry(topic, match.groupdict().get("object") or "")
    return None


def _described(obj: SceneObject, scene: Scene) -> str:
    """Say what and where an object is."""
    support = scene.support(obj.id)
    where = f" {support.predicate} the {_words(support.object)}" if support else ""
    x, y = obj.position[:2]
    return f"the {_words(obj.id)}{where} at x = {x:.2f} m, y = {y:.2f} m"


def _words(name: str) -> str:
    return name.replace("_", " ")
