"""The form of a model's answer: closed, shallow, with the names that are visible; and how it is read.

It keeps to the subset that OpenAI's strict mode takes (every property required, none besides, ``anyOf``, no
recursion), which the servers of vLLM and llama.cpp take, too.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.deliberation.objection import ObjectionError
from neuralbrain.planning.domain import Domain, SkillForm

ANSWER_BYTES = 64 * 1024
"""A longer answer is not read."""
MOST_STAGES, MOST_STEPS, MOST_HANDLERS, MOST_CONDITIONS, MOST_ARGS, MOST_CHOICES = 24, 6, 4, 16, 3, 6
NAME, WORDS = 80, 600
"""The most characters of a name, and of what is said in words."""

Level = Literal["retry", "handler", "replan"]
"""Who deals with an anomaly: whoever carries out the step tries it again; other steps take its place; or the
cortex plans anew."""
ANOMALIES = ("failed", "not as expected", "not seen", "moved away")

Name = Annotated[str, Field(max_length=NAME)]
Words = Annotated[str, Field(max_length=WORDS)]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class WireCondition(_Closed):
    """A statement about the scene."""

    predicate: Name
    args: list[Name | int] = Field(max_length=MOST_ARGS)
    negated: bool = False


class WireStep(BaseModel):
    """A skill; its arguments stand beside its name, and null for one that is left out."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    skill: Name

    @property
    def args(self) -> dict[str, object]:
        """Its arguments, as they came."""
        return {name: value for name, value in (self.model_extra or {}).items() if value is not None}


class WireHandler(_Closed):
    """What to do about an anomaly."""

    anomaly: Name
    level: Level
    steps: list[WireStep] = Field(max_length=MOST_STEPS)


class WireStage(_Closed):
    """Some steps that belong together."""

    purpose: Words
    needs: list[WireCondition] = Field(max_length=MOST_CONDITIONS)
    steps: list[WireStep] = Field(min_length=1, max_length=MOST_STEPS)
    brings: list[WireCondition] = Field(max_length=MOST_CONDITIONS)
    handlers: list[WireHandler] = Field(max_length=MOST_HANDLERS)


class WirePlan(_Closed):
    """A plan."""

    kind: Literal["plan"]
    goals: list[WireCondition] = Field(max_length=MOST_CONDITIONS)
    stages: list[WireStage] = Field(min_length=1, max_length=MOST_STAGES)


class WireQuestion(_Closed):
    """A question back to the person."""

    kind: Literal["question"]
    text: Words
    choices: list[Name] = Field(max_length=MOST_CHOICES)


class WireWords(_Closed):
    """An answer in words, or why it cannot be done."""

    kind: Literal["say", "cannot"]
    text: Words


Answer = WirePlan | WireQuestion | WireWords


class _Reply(_Closed):
    reply: Annotated[Answer, Field(discriminator="kind")]


def form(domain: Domain, names: Sequence[str]) -> str:
    """Return the JSON schema of an answer, as JSON text.

    Args:
        domain: Its skills and predicates.
        names: Of the objects and locations that can be named; none: any name will do for now.
    """
    thing: dict[str, Any] = {"type": "string"}
    named = dict(thing)
    if names:
        thing["enum"] = [*names]
    if names or domain.greatest:
        named["enum"] = [*dict.fromkeys([*names, *sorted(domain.constants)])]
    if domain.greatest:
        named = {"anyOf": [named, _whole(1, domain.greatest)]}
    predicates = {"type": "string", "enum": [*domain.predicates] or ["nothing"]}
    condition = _object(
        predicate=predicates,
        args=_array({"$ref": "#/$defs/name"}, MOST_ARGS),
        negated={"type": "boolean"},
    )
    conditions = _array({"$ref": "#/$defs/condition"}, MOST_CONDITIONS)
    steps = _array({"$ref": "#/$defs/step"}, MOST_STEPS)
    handler = _object(
        anomaly={"type": "string", "enum": [*ANOMALIES]},
        level={"type": "string", "enum": ["retry", "handler", "replan"]},
        steps=steps,
    )
    stage = _object(
        purpose={"type": "string"},
        needs=conditions,
        steps=steps,
        brings=conditions,
        handlers=_array(handler, MOST_HANDLERS),
    )
    text = {"type": "string"}
    replies = [
        _object(kind=_only("plan"), goals=conditions, stages=_array(stage, MOST_STAGES)),
        _object(kind=_only("question"), text=text, choices=_array(text, MOST_CHOICES)),
        _object(kind=_only("say"), text=text),
        _object(kind=_only("cannot"), text=text),
    ]
    whole = _object(reply={"anyOf": replies})
    whole["$defs"] = {
        "thing": thing,
        "name": named,
        "condition": condition,
        "step": {"anyOf": [_step(name, skill) for name, skill in domain.skills.items()]},
    }
    return json.dumps(whole)


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _array(items: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


def _whole(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def _only(word: str) -> dict[str, Any]:
    return {"type": "string", "enum": [word]}


def _step(name: str, skill: SkillForm) -> dict[str, Any]:
    args: dict[str, Any] = {}
    for arg in sorted(skill.needs | skill.may):
        value: dict[str, Any] = {"type": "string"} if arg in skill.words else {"$ref": "#/$defs/thing"}
        value = _whole(*skill.numbers[arg]) if arg in skill.numbers else value
        args[arg] = {"anyOf": [value, {"type": "null"}]} if arg in skill.may else value
    return _object(skill=_only(name), **args)


def read(text: str) -> Answer:
    """Read an answer, from wherever in the text its JSON stands.

    Raises:
        ObjectionError: It has not the form; the reason says what is wrong where.
    """
    if len(text.encode("utf-8", "surrogatepass")) > ANSWER_BYTES:
        raise ObjectionError("form", f"your answer is longer than {ANSWER_BYTES} bytes")
    found = [one for one in _objects(_DRAFT.sub("", text)) if "reply" in one or "kind" in one]
    if not found:
        raise ObjectionError("form", "there is no JSON object with your reply, as there should be")
    if any(one != found[0] for one in found):
        raise ObjectionError("form", "there is more than one reply: give one")
    data = found[0] if "reply" in found[0] else {"reply": found[0]}
    try:
        return _Reply.model_validate(data).reply
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(
            str(part) for part in first["loc"] if "-" not in str(part)
        )  # pydantic names types, too
        raise ObjectionError("form", f"{where or 'it'}: {first['msg']}") from None


_DRAFT = re.compile(r"<think>.*?</think>", re.DOTALL)
"""What a model that thinks aloud has not said."""
_ASIDE = re.compile(r"\{[^{}\"]*\}")
"""Braces in prose."""


def _objects(text: str) -> Iterator[Mapping[str, object]]:
    """Yield the JSON objects in a text, outermost ones only: models put words and fences around them.

    Raises:
        ObjectionError: One does not hold: what stands within it was meant as a part of it.
    """
    decoder = json.JSONDecoder(parse_constant=_no_number, object_pairs_hook=_once_each)
    at = text.find("{")
    while at >= 0:
        aside = _ASIDE.match(text, at)
        try:
            found, end = ({}, aside.end()) if aside else decoder.raw_decode(text, at)
        except ValueError as error:
            why = getattr(error, "msg", "a number is too long")
            raise ObjectionError("form", f"your JSON does not hold: {why}") from None
        except RecursionError:
            raise ObjectionError("form", "your JSON is nested too deeply") from None
        yield found
        at = text.find("{", end)


def _no_number(word: str) -> float:
    raise ObjectionError("form", f"{word} is no number in JSON")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that says one thing twice: readers of JSON differ in which of them counts."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ObjectionError("form", "a key stands twice in one of your objects")
    return made
