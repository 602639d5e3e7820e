"""``knowledge/``: one lesson a file, searched by what it is about.

A lesson that turns out wrong is replaced by another that names it, and stays where it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.errors import RecordError, UnknownNameError
from neuralbrain.memory.embedding import HashedTerms, embedding
from neuralbrain.memory.snapshot import Passage, Snapshot
from neuralbrain.memory.terms import terms
from neuralbrain.reading import decoding, parse_yaml, read_bytes

MOST_BYTES = 2**20
ABOUT = 0.1
"""A lesson applies to what is being done if it is at least so near to it, by the terms both have."""
_FILE = re.compile(r"k(\d+)[\w-]*\.md")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


class Facts(BaseModel):
    """What stands above a lesson.

    Attributes:
        by: Who said it.
        source: Where it comes from: an act ("a12"), a run, a page, or words.
        confidence: How sure that is, 0 to 1.
        replaces: The lesson that it corrects ("k2"); empty for none.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    by: str = "person"
    source: str = ""
    confidence: float = Field(default=0.9, ge=0, le=1)
    replaces: str = ""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson.

    Attributes:
        id: Like "k4".
        text: It, in words.
        facts: What is known about it.
        file: Its file's name.
    """

    id: str
    text: str
    facts: Facts
    file: str

    def as_dict(self) -> dict[str, object]:
        """Return it as plain data."""
        return {"id": self.id, "text": self.text, "file": self.file, **self.facts.model_dump()}


def lessons(folder: Path) -> list[Lesson]:
    """Return all lessons, in order.

    Raises:
        RecordError: A file is none; it says which.
    """
    found: dict[int, Lesson] = {}
    for path in sorted(folder.glob("k*.md")):
        named = _FILE.fullmatch(path.name)
        if named is None:
            continue
        number = int(named[1])
        if number in found:
            raise RecordError(
                f"{path}: {found[number].file} is k{number}, too: give one of them a new number"
            )
        found[number] = _lesson(path, f"k{number}")
    return [lesson for _, lesson in sorted(found.items())]


def current(all_lessons: Iterable[Lesson]) -> list[Lesson]:
    """Return those that no other replaces."""
    all_lessons = list(all_lessons)
    gone = {lesson.facts.replaces for lesson in all_lessons}
    return [lesson for lesson in all_lessons if lesson.id not in gone]


def recalled(folder: Path, about: str, most: int = 5) -> list[Lesson]:
    """Return the lessons that apply to something, nearest first; those that were replaced are not among them.

    Raises:
        RecordError: A file of the folder is no lesson.
    """
    standing = current(lessons(folder))
    if not standing or not terms(about):
        return []
    vectors = embedding(HashedTerms.name).passages([lesson.text for lesson in standing])
    passages = tuple(Passage(id=lesson.id, text=lesson.text, metadata={}) for lesson in standing)
    near = Snapshot(passages=passages, vectors=vectors).near(about, most)
    by_id = {lesson.id: lesson for lesson in standing}
    return [by_id[passage.id] for passage in near if passage.similarity >= ABOUT]


def written(folder: Path, text: str, facts: Facts) -> tuple[str, str, str]:
    """Return the id, the file's name and the content of a new lesson; nothing is written yet.

    Raises:
        UnknownNameError: The lesson that it replaces is not there.
        RecordError: A file of the folder is no lesson.
    """
    known = [lesson.id for lesson in lessons(folder)]
    if facts.replaces and facts.replaces not in known:
        raise UnknownNameError("lesson", facts.replaces, known)
    number = max((int(name[1:]) for name in known), default=0) + 1
    slug = "-".join(re.findall(r"[a-z0-9]+", text.lower())[:6])
    front = yaml.safe_dump(facts.model_dump(), sort_keys=False, allow_unicode=True).rstrip()
    return f"k{number}", f"k{number}-{slug}.md".replace("-.md", ".md"), f"---\n{front}\n---\n{text.strip()}\n"


def _lesson(path: Path, name: str) -> Lesson:
    with decoding(path, "is no text in UTF-8"):
        text = read_bytes(path, MOST_BYTES).decode()
    split = _FRONT.match(text)
    if split is None:  # a person has written down a lesson, and nothing about it
        return Lesson(id=name, text=text.strip(), facts=Facts(), file=path.name)
    data = parse_yaml(split[1], path) or {}
    try:
        facts = Facts.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise RecordError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return Lesson(id=name, text=split[2].strip(), facts=facts, file=path.name)
