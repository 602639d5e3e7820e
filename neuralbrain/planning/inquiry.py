"""Questions that any brain can answer: what it sees, where something is, what it holds, what it has done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from neuralbrain.messages import Scene
from neuralbrain.planning import answers
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal, account
from neuralbrain.planning.questions import (
    ASKED,
    CONTRAST,
    FILLERS,
    FORMS,
    NUMBERS,
    REACHED,
    SAID,
    SAME,
    Topic,
)
from neuralbrain.planning.seams import Intention


@dataclass(frozen=True)
class Inquiry(Intention):
    """A question about what is seen, held or done.

    Attributes:
        topic: What it is about.
        obj: What is asked for, in words, where it is about an object.
        other: What that is compared with, likewise.
        how: How they should lie to each other, or the state that is asked for.
        negated: Whether the contrary is asked for.
        every: Whether it is asked of all of them.
        contrast: Whether the contrary is asked for, too: "and which is not?".
        number: The number that is asked about.
        abilities: What the brain can be asked for.
        directions: The viewer's words for directions -> unit vectors in the world, x and y.
    """

    topic: Topic
    obj: str = ""
    other: str = ""
    how: str = ""
    negated: bool = False
    every: bool = False
    contrast: bool = False
    number: int = 0
    abilities: str = ""
    directions: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"say where the {self.obj} is" if self.obj else "answer a question"

    def goal(self, scene: Scene, start: tuple[object, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str:
        """Return the answer."""
        match self.topic:
            case "greeting":
                return f"Hello! {self.abilities}."
            case "thanks":
                return "You are welcome."
            case "farewell":
                return "All right. Goodbye!"
            case "identity":
                return f"I am the cortex of this robot's brain. {self.abilities}."
            case "abilities":
                return f"{self.abilities}."
            case "self":
                return answers.body(scene)
            case "hand":
                return answers.hand(holding, self.obj)
            case "actions":
                return account(history)
            case "scene":
                return answers.scene(scene)
            case "location" | "presence":
                return answers.where(
                    self.obj, scene, self._there if self.other else None, self.topic == "presence"
                )
            case "number":
                if self.how in answers.COLORS and self.negated:
                    return answers.which(self.obj, scene, self._there)
                if self.how in answers.COLORS:
                    return answers.number(f"{self.how} {self.obj or 'things'}", scene, None)
                return answers.number(self.obj, scene, self._there if self.other else None)
            case "comparison":
                return answers.comparison(self.obj, self.other, self.how, scene)
            case "count":
                return answers.compared(self.obj, self.how, self.number, scene)
            case "color":
                return answers.colors(self.obj, scene)
            case "state":
                return answers.state(self.obj, self.how, scene, self.negated)
            case "which":
                told = answers.which(self.obj, scene, self._there)
                other = replace(self._there, negated=not self.negated)
                return f"{told} {answers.which(self.obj, scene, other)}" if self.contrast else told
            case "nearest":
                return answers.nearest(self.obj, self.other, self.how, scene)
            case "apart":
                return answers.apart(self.obj, self.other, scene)
            case "relation":
                return answers.relation(self.obj, scene, self._there, every=self.every)
            case "holder":
                return answers.holders(self.obj, self.other, scene)
            case "tower":
                return answers.tower(scene)
            case "side":
                return answers.side(self.obj, self.how, scene, self.directions)
            case "contents":
                return answers.contents(scene, self._there)

    @property
    def _there(self) -> answers.There:
        return answers.There(self.how, self.other, self.negated, self.directions)


def understood(
    text: str, abilities: str = "", directions: Mapping[str, tuple[float, float]] | None = None
) -> Inquiry | None:
    """Return the question that a sentence asks; None if it is none of these, whole.

    Args:
        text: In the words of scenes: `neuralbrain.planning.seams.Interpreter.plain`.
        abilities: What the brain can be asked for, to be told to who asks.
        directions: The viewer's words for directions -> unit vectors in the world, where the body has them.
    """
    words = re.sub(r"\b(what|where|who|how|that|it|there)s\b", r"\1 is", text.lower().replace("'", ""))
    words = re.sub(r"\b(is|are|does|do|did|has|have)nt\b", r"\1 not", words)
    words = re.sub(r"\bcan\b", "could", words)
    words = REACHED.sub(r"is \1 in ", words)
    plain = " ".join(re.findall(r"[a-z]+|[0-9]+", words)).replace("colour", "color")
    for said in dict.fromkeys((plain, _shortened(plain))):
        asked, contrast = CONTRAST.subn("", said)
        for topic, form in FORMS:
            match = form.fullmatch(asked)
            if match and (not contrast or topic == "which"):
                found = _inquiry(topic, match.groupdict(), abilities, directions or {})
                return replace(found, contrast=bool(contrast))
    return None


def _shortened(words: str) -> str:
    """Leave out what comes before a question, and what only says when."""
    before = ""
    while before != words:
        before, words = words, " ".join(FILLERS.sub(" ", ASKED.sub("", words)).split())
    return words


def _inquiry(
    topic: Topic,
    named: Mapping[str, str | None],
    abilities: str,
    directions: Mapping[str, tuple[float, float]],
) -> Inquiry:
    how = named.get("how") or named.get("state") or ""
    obj, other = (named.get("object") or "").strip(), (named.get("other") or "").strip()
    how = re.sub(r"^(?:to the |on the )?(left|right) (?:hand side |side )?of$", r"\1", how)
    how = SAME.get(how, how)
    every = bool(named.get("all"))
    negated = bool(named.get("negated"))
    number = named.get("number") or "0"
    many = int(number) if number.isdigit() else NUMBERS.index(number)
    return Inquiry(
        topic,
        obj,
        other,
        how or "in",
        negated,
        every,
        number=many,
        abilities=abilities,
        directions=directions,
    )


@cache
def asked_words() -> frozenset[str]:
    """Return the words of questions."""
    patterns = " ".join((FILLERS.pattern, ASKED.pattern, *(said for _, said in SAID)))
    return frozenset(re.findall(r"[a-z]{2,}", re.sub(r"\\[bswd]|\[.*?\]|\?P<\w+>", " ", patterns)))
