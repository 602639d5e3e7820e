"""The file of sentences: what is said in which scene, and what a person would expect."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.agents.language.statements import Statement, parse_statement
from neuralbrain.agents.language.terms import bindings
from neuralbrain.envs.tabletop.moment import Moment, Piece
from neuralbrain.envs.tabletop.scene import Scene
from neuralbrain.errors import ConfigurationError, UnknownNameError
from neuralbrain.reading import YAML_BYTES, parse_yaml, read_bytes
from neuralbrain.wiring import first_fault

FORMAT: Final = 1
MOST_ROWS: Final = 2000
LATER: Final = re.compile(r"in mid-carry of: (?P<sentence>.+)")
"""The one moment but the start from which a sentence can be said."""

Words = tuple[tuple[str, ...], ...]
"""For each inner list, one of its words must stand in what the brain says."""


class _Row(BaseModel):
    """A row as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    in_: str = Field(alias="in")
    say: str = Field(min_length=1, max_length=400)
    at: str = Field(default="start", max_length=400)
    do: list[str] | None = Field(default=None, min_length=1, max_length=20)
    during: list[str] = Field(default=[], max_length=20)
    ask: list[list[str]] | None = None
    answer: list[list[str]] | None = None
    refuse: list[list[str]] | None = None
    halt: bool = False
    not_: list[str] = Field(default=[], alias="not")
    reply: str = Field(default="", max_length=400)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A sentence, and what may come of it; what is None is not expected.

    Attributes:
        number: Its place in the file, from 1 on.
        scene: The name of its scene.
        say: The sentence.
        after: What is said before, and the sentence when a thing is carried; empty: it is said at the start.
        do: What is true at the end.
        during: What was true on the way, in this order.
        ask: Words of a question.
        answer: Words of an answer.
        refuse: Words of a refusal.
        halt: Whether everything should stop.
        without: Words that do not stand in what is said.
        reply: What the person answers to a question (`bench ask`); empty: nothing is left open.
    """

    number: int
    scene: str
    say: str
    after: str = ""
    do: tuple[Statement, ...] | None = None
    during: tuple[Statement, ...] = ()
    ask: Words | None = None
    answer: Words | None = None
    refuse: Words | None = None
    halt: bool = False
    without: tuple[str, ...] = ()
    reply: str = ""

    @property
    def expected(self) -> tuple[str, ...]:
        """The sorts of outcomes that are right."""
        words = ("do", "ask", "answer", "refuse")
        return (*(w for w in words if getattr(self, w) is not None), *(["halt"] if self.halt else []))


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """A file of sentences.

    Attributes:
        scenes: Name -> what lies on the table.
        rows: In the order of the file.
    """

    scenes: Mapping[str, Scene]
    rows: tuple[Row, ...] = field(default_factory=tuple)


def load_sentences(file: str | Path) -> Sentences:
    """Return the sentences of a YAML file.

    Raises:
        RecordError: It cannot be read, or is no plain YAML.
        ConfigurationError: Something in it cannot be used; the message names the place.
    """
    data = parse_yaml(read_bytes(Path(file), YAML_BYTES), file)
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise ConfigurationError(f"{file} is no file of sentences: its format is not {FORMAT}")
    for key in data:
        if key not in ("format", "scenes", "sentences"):
            raise UnknownNameError(
                "part of it", str(key), ("format", "scenes", "sentences"), f"File: {file}."
            )
    told, rows = data.get("scenes"), data.get("sentences")
    if not isinstance(told, Mapping) or not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        raise ConfigurationError(f"{file}: give scenes by name, and 1 to {MOST_ROWS} sentences")
    scenes = {str(name): _scene(f"{file}, scene {name}", scene) for name, scene in told.items()}
    return Sentences(
        scenes=scenes,
        rows=tuple(_row(f"{file}, sentence {k}", k, row, scenes) for k, row in enumerate(rows, start=1)),
    )


def _scene(place: str, data: Any) -> Scene:
    try:
        return Scene.from_mapping(data)
    except ConfigurationError as error:
        raise ConfigurationError(f"{place}: {error}") from error


def _row(place: str, number: int, data: Any, scenes: Mapping[str, Scene]) -> Row:
    try:
        row = _Row.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(f"{place}: {first_fault(error)}") from error
    try:
        if row.in_ not in scenes:
            raise UnknownNameError("scene", row.in_, scenes)
        later = LATER.fullmatch(row.at)
        if not later and row.at != "start":
            raise ConfigurationError(
                f'it is said at {row.at!r}: say "start" or "in mid-carry of: <sentence>"'
            )
        made = Row(
            number=number,
            scene=row.in_,
            say=row.say,
            after=later["sentence"] if later else "",
            do=None if row.do is None else tuple(map(parse_statement, row.do)),
            during=tuple(map(parse_statement, row.during)),
            ask=_words(row.ask),
            answer=_words(row.answer),
            refuse=_words(row.refuse),
            halt=row.halt,
            without=tuple(row.not_),
            reply=row.reply,
        )
        if not made.expected or (made.during and made.do is None) or (made.halt and not made.after):
            raise ConfigurationError(
                "give at least one of do, ask, answer, refuse and halt; during goes with do, and halt with at"
            )
        for statement in (*(made.do or ()), *made.during):
            bindings(statement, _unlaid(scenes[row.in_]))
    except ConfigurationError as error:
        raise ConfigurationError(f"{place}: {error}") from error
    return made


def _unlaid(scene: Scene) -> Moment:
    """Return a scene's things, wherever they are: enough to find out which a statement is about."""
    pieces = {
        thing.name.replace(" ", "_"): Piece(
            category=thing.category, color=thing.color or "", position=(0.0, 0.0, 0.0)
        )
        for thing in scene.things
    }
    return Moment(seconds=0.0, pieces=pieces)


def _words(words: list[list[str]] | None) -> Words | None:
    return None if words is None else tuple(tuple(one) for one in words)


def chosen_rows(rows: Sequence[Row], wanted: str) -> list[Row]:
    """Return the rows that are wanted.

    Args:
        rows: Of a file.
        wanted: Their numbers with commas between, or a regular expression that is found in the sentence.

    Raises:
        ConfigurationError: There are none, or it is neither numbers nor a regular expression.
    """
    if re.fullmatch(r"[\d, ]+", wanted):
        numbers = {int(number) for number in re.findall(r"\d+", wanted)}
        found = [row for row in rows if row.number in numbers]
    else:
        try:
            pattern = re.compile(wanted, re.IGNORECASE)
        except re.error as error:
            raise ConfigurationError(f"{wanted!r} is no regular expression: {error}") from error
        found = [row for row in rows if pattern.search(row.say)]
    if not found:
        raise ConfigurationError(
            f"no sentence is meant by {wanted!r}: give numbers from 1 to {len(rows)}, or words"
        )
    return found
