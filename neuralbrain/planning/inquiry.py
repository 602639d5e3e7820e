"""Questions that any brain can answer: what it sees, where something is, what it holds, what it has done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import dist
from typing import Literal

from neuralbrain.messages import Scene, SceneObject
from neuralbrain.planning.goal import Goal
from neuralbrain.planning.history import PastGoal, account
from neuralbrain.planning.seams import Intention
from neuralbrain.words import counted, listed

Topic = Literal[
    "scene", "location", "hand", "actions", "number", "color", "contents", "presence", "state", "relation",
    "nearest", "abilities", "greeting", "thanks", "identity", "self",
]  # fmt: skip

AJAR = 0.015
"""From so far on what opens is open, m."""
_ANY = ("one", "thing", "object", "anything", "something", "there")
"""Nouns that fit any object."""
_ARTICLE = r"(?:the |a |an |any |some |all |all the )?"
_OBJECT = rf"{_ARTICLE}(?P<object>[a-z ]+?)"
_OTHER = rf"{_ARTICLE}(?P<other>[a-z ]+?)"
_SEE = r"(?:do|could) you (?:see|find|spot)|is there|are there|have you got|do you have"
_FORMS: tuple[tuple[Topic, str], ...] = (
    ("greeting", r"(?:hello|hi|hey|good (?:morning|day|evening|afternoon))(?: there| robot)?|how are you"),
    ("thanks", r"(?:thanks|thank you|well done|good job|great|nice|perfect)(?: a lot| very much)?"),
    ("identity", r"who are you|what are you|what is your name"),
    ("self", r"where are you(?: now| standing)?"),
    ("abilities", r"what (?:could|are) you (?:do|able to do)|what do you know|help(?: me)?"),
    ("abilities", r"how could you help(?: me)?"),
    ("abilities", r"what (?:could|should) i (?:say|ask|do|tell you)|what are you able to do"),
    (
        "scene",
        r"what (?:do|could|did) you see|what is (?:there|here)|what is (?:on|in front of) (?:the table|you)",
    ),
    ("scene", r"(?:what|which) objects (?:are there|do you see|are on the table)|look around"),
    ("scene", r"(?:describe|tell me) (?:the scene|what you see|what is (?:there|on the table))"),
    ("scene", r"list (?:all )?(?:the )?objects"),
    ("hand", r"what (?:are you holding|do you hold|is in your (?:hand|gripper))"),
    ("hand", r"are you holding (?:anything|something)"),
    ("hand", r"is your (?:hand|gripper) empty"),
    ("actions", r"what (?:did you do|have you done)(?: so far)?"),
    ("number", rf"how many {_OBJECT}(?: (?:are there|do you see|could you see|are on the table|is there))?"),
    ("number", rf"how many {_OBJECT} (?:are|is) (?P<how>in|on) {_OTHER}"),
    ("number", rf"count {_OBJECT}"),
    ("color", rf"(?:what|which) color (?:is|are|has) {_OBJECT}"),
    ("contents", rf"what (?:is|are|lies|stands) (?P<how>in|inside|on|on top of) {_OTHER}"),
    ("state", rf"(?:is|are) {_OBJECT} (?P<state>open|closed|empty|full)"),
    ("relation", rf"(?:is|are) {_OBJECT} (?P<how>in|inside|on|on top of) {_OTHER}"),
    ("contents", rf"is (?:there )?(?:anything|something) (?P<how>in|inside|on|on top of) {_OTHER}"),
    ("nearest", rf"(?:which|what) {_OBJECT} is (?:the )?(?:nearest|closest) to {_OTHER}"),
    ("location", rf"(?:where is|where are|where do you see|tell me where) {_OBJECT}(?: is| are)?"),
    ("presence", rf"(?:{_SEE}) {_OBJECT}(?: on the table| there| here)?"),
)


@dataclass(frozen=True)
class Inquiry(Intention):
    """A question about what is seen, held or done.

    Attributes:
        topic: What it is about.
        obj: What is asked for, in words, where it is about an object.
        other: What that is compared with, likewise.
        how: How they should lie to each other, or the state that is asked for.
        abilities: What the brain can be asked for.
    """

    topic: Topic
    obj: str = ""
    other: str = ""
    how: str = ""
    abilities: str = ""

    def __str__(self) -> str:
        return f"say where the {self.obj} is" if self.obj else "answer a question"

    def goal(self, scene: Scene, start: tuple[SceneObject, ...], kept: Goal) -> Goal:
        """Nothing should be changed."""
        return kept

    def reply(self, scene: Scene, history: Sequence[PastGoal], holding: str | None) -> str:
        """Return the answer."""
        found = _called(self.obj, scene)
        match self.topic:
            case "greeting":
                return f"Hello! {self.abilities}."
            case "thanks":
                return "You are welcome."
            case "identity":
                return f"I am the cortex of this robot's brain. {self.abilities}."
            case "abilities":
                return f"{self.abilities}."
            case "self":
                body = next((obj for obj in scene.objects if obj.is_body), None)
                here = body and f"I am at x = {body.position[0]:.2f} m, y = {body.position[1]:.2f} m"
                return f"{here}, from where I started." if here else "I do not see myself."
            case "scene":
                seen = [_described(obj, scene) for obj in scene.seen]
                return f"I see {listed(seen)}." if seen else "I see nothing."
            case "hand":
                return f"I hold the {_words(holding)}." if holding else "I hold nothing."
            case "actions":
                return account(history)
            case "location" | "presence":
                if not found:
                    return f"No, I see no {self.obj}." if self.topic == "presence" else _nothing(self.obj)
                yes = "Yes, " if self.topic == "presence" else ""
                return f"{yes}I see {listed([_described(obj, scene) for obj in found])}."
            case "number":
                if self.other:
                    holders = _called(self.other, scene)
                    found = [obj for obj in found if any(_lies(obj, self.how, h, scene) for h in holders)]
                words = f": {listed([_name(obj) for obj in found])}" if found else ""
                return f"I see {counted(len(found), _singular(self.obj))}{words}."
            case "color":
                return _colors(found) if found else _nothing(self.obj)
            case _:
                return self._compared(scene, found)

    def _compared(self, scene: Scene, found: list[SceneObject]) -> str:
        """Answer about a state, or about two objects."""
        if self.topic != "contents" and not found:
            return _nothing(self.obj)
        others = _called(self.other, scene) if self.other else []
        if self.other and not others:
            return _nothing(self.other)
        match self.topic:
            case "state":
                return " ".join(_state(obj, self.how, scene) for obj in found)
            case "nearest":
                nearest = min(found, key=lambda obj: dist(obj.position, others[0].position))
                return f"{_name(nearest).capitalize()} is nearest to {_name(others[0])}."
            case "relation":
                there = [o for o in found if any(_lies(o, self.how, other, scene) for other in others)]
                if there:
                    verb = "is" if len(there) == 1 else "are"
                    return f"Yes, {listed([_name(o) for o in there])} {verb} {self.how} {_name(others[0])}."
                return f"No, {_described(found[0], scene)}."
            case _:
                told = []
                for other in others:
                    there = [obj for obj in scene.seen if _lies(obj, self.how, other, scene)]
                    inside = listed([_name(obj) for obj in there]) if there else "nothing"
                    told.append(f"{inside} {self.how} {_name(other)}")
                return f"I see {listed(told)}."


def understood(text: str, abilities: str = "") -> Inquiry | None:
    """Return the question that a sentence asks; None if it is none of these, whole.

    Args:
        text: In the words of scenes: `neuralbrain.planning.seams.Interpreter.plain`.
        abilities: What the brain can be asked for, to be told to who asks.
    """
    words = re.sub(r"\b(what|where|who|how)s\b", r"\1 is", text.lower().replace("'", ""))
    words = re.sub(r"\bcan\b", "could", words)
    words = " ".join(re.findall(r"[a-z]+", words)).replace("colour", "color")
    for topic, form in _FORMS:
        if match := re.fullmatch(form, words):
            named = match.groupdict()
            how = named.get("how") or named.get("state") or ""
            how = {"inside": "in", "on top of": "on"}.get(how, how)
            return Inquiry(topic, named.get("object") or "", named.get("other") or "", how, abilities)
    return None


def _called(words: str, scene: Scene) -> list[SceneObject]:
    """Return the objects that some words could mean: all of them say colour or category."""
    wanted = [_singular(word) for word in words.split() if word not in ("the", "a", "an")]
    return [obj for obj in scene.seen if all(word in (obj.color, obj.category, *_ANY) for word in wanted)]


def _singular(words: str) -> str:
    return re.sub(r"(?<=x)es$|(?<=[^s])s$", "", words)


def _lies(obj: SceneObject, how: str, other: SceneObject, scene: Scene) -> bool:
    support = scene.support(obj.id)
    if support is None or obj.id == other.id:
        return False
    if support.object == other.id:
        return how in {support.predicate, "on"}
    below = scene.find(support.object)
    return how == "in" and below is not None and _lies(below, how, other, scene)


def _state(obj: SceneObject, how: str, scene: Scene) -> str:
    inside = [_name(other) for other in scene.seen if _lies(other, "in", obj, scene)]
    if how in ("empty", "full"):
        if inside:
            return f"{'No' if how == 'empty' else 'Yes'}, {listed(inside)} in {_name(obj)}."
        return f"{'Yes' if how == 'empty' else 'No'}, I see nothing in {_name(obj)}."
    opened = "open" if obj.extension > AJAR else "closed"
    return f"{'Yes' if opened == how else 'No'}, {_name(obj)} is {opened}."


def _colors(found: list[SceneObject]) -> str:
    if len(found) == 1:
        return f"The {found[0].category} is {found[0].color}."
    return (
        f"They are {listed(sorted({obj.color for obj in found}))}: {listed([_name(obj) for obj in found])}."
    )


def _nothing(words: str) -> str:
    return f"I see nothing that is called {words!r}."


def _described(obj: SceneObject, scene: Scene) -> str:
    """Say what and where an object is."""
    support = scene.support(obj.id)
    where = f" {support.predicate} the {_words(support.object)}" if support else ""
    x, y = obj.position[:2]
    return f"the {_words(obj.id)}{where} at x = {x:.2f} m, y = {y:.2f} m"


def _name(obj: SceneObject) -> str:
    return f"the {_words(obj.id)}"


def _words(name: str) -> str:
    return name.replace("_", " ")
