"""``ideas.md``: the questions of a workspace, in a file that people edit by hand, too.

An idea is a heading ``## i3: Does mu change?`` with lines ``- why: ...`` under it. What is changed here
is one line of it, or an idea more at the end: all else that stands in the file stays, to the character.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from neuralbrain.errors import UnknownNameError
from neuralbrain.words import one_line

State = Literal["open", "picked", "answered", "dropped"]
STATES: tuple[State, ...] = get_args(State)
FIELDS = ("why", "novelty", "effort", "by", "state")
NEW = "# Ideas\n"
LONGEST = 2000
"""Characters of a line."""
_HEAD = re.compile(r"^## +i(\d+): *(.*)$", re.MULTILINE)
_LINE = re.compile(r"^- +(\w+): *(.*)$", re.MULTILINE)
_STEP = re.compile(r"^- +\[( |x)\] +(.*)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the plan for an idea.

    Attributes:
        text: What is to be done.
        done: Whether it is.
    """

    text: str
    done: bool


@dataclass(frozen=True, kw_only=True)
class Idea:
    """A question.

    Attributes:
        id: Like "i3".
        question: In words.
        fields: Of `FIELDS`, and whatever else a person has written as ``- name: value``.
        plan: What is to be done about it, in order.
    """

    id: str
    question: str
    fields: Mapping[str, str]
    plan: tuple[Step, ...]

    @property
    def state(self) -> str:
        """Where it stands; one of `STATES`, if no person has written something else."""
        return self.fields.get("state", "open")

    def as_dict(self) -> dict[str, object]:
        """Return it as plain data."""
        plan = [{"text": step.text, "done": step.done} for step in self.plan]
        return {"id": self.id, "question": self.question, **self.fields, "plan": plan}


def parsed(text: str) -> list[Idea]:
    """Return the ideas that stand in a file."""
    found = []
    for start, end, head in _parts(text):
        body = text[start:end]
        found.append(
            Idea(
                id=f"i{head[1]}",
                question=head[2].strip(),
                fields={name: value.strip() for name, value in _LINE.findall(body)},
                plan=tuple(Step(text=words.strip(), done=mark == "x") for mark, words in _STEP.findall(body)),
            )
        )
    return found


def find(ideas: list[Idea], name: str) -> Idea:
    """Return an idea by its id.

    Raises:
        UnknownNameError: There is none of it.
    """
    for idea in ideas:
        if idea.id == name:
            return idea
    raise UnknownNameError("idea", name, [idea.id for idea in ideas], "Add one by /ideas add QUESTION.")


def added(text: str, question: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Return the file with one idea more, and the idea's id."""
    numbers = [int(head[1]) for _, _, head in _parts(text)]
    name = f"i{max(numbers, default=0) + 1}"
    lines = [f"- {key}: {one_line(value, LONGEST)}" for key, value in fields.items() if value]
    return "\n".join([text.rstrip("\n"), "", f"## {name}: {one_line(question, LONGEST)}", *lines, ""]), name


def with_field(text: str, name: str, field: str, value: str) -> str:
    """Return the file with one line of an idea changed.

    Raises:
        UnknownNameError: There is no such idea.
    """
    start, end = _place(text, name)
    body, line = text[start:end], f"- {field}: {one_line(value, LONGEST)}"
    present = re.compile(rf"^- +{re.escape(field)}:.*$", re.MULTILINE)
    if present.search(body):
        body = present.sub(lambda _: line, body, count=1)
    else:
        head, _, rest = body.partition("\n")
        body = f"{head}\n{line}\n{rest}"
    return text[:start] + body + text[end:]


def with_step(text: str, name: str, step: str) -> str:
    """Return the file with one step more in the plan for an idea.

    Raises:
        UnknownNameError: There is no such idea.
    """
    start, end = _place(text, name)
    body = text[start:end].rstrip("\n")
    return f"{text[:start]}{body}\n- [ ] {one_line(step, LONGEST)}\n{text[end:] and chr(10)}{text[end:]}"


def with_step_done(text: str, name: str, number: int) -> str:
    """Return the file with a step of an idea's plan marked as done.

    Args:
        text: The file.
        name: The idea.
        number: The step's, from 1 on.

    Raises:
        UnknownNameError: There is no such idea or step.
    """
    start, end = _place(text, name)
    steps = list(_STEP.finditer(text, start, end))
    if not 1 <= number <= len(steps):
        known = map(str, range(1, len(steps) + 1))
        raise UnknownNameError(f"step of {name}", str(number), known, "Add one by /plan add TEXT.")
    at = steps[number - 1].start(1)
    return f"{text[:at]}x{text[at + 1 :]}"


def _parts(text: str) -> list[tuple[int, int, re.Match[str]]]:
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return [(head.start(), end, head) for head, end in zip(heads, ends, strict=False)]


def _place(text: str, name: str) -> tuple[int, int]:
    find(parsed(text), name)
    return next((start, end) for start, end, head in _parts(text) if f"i{head[1]}" == name)
