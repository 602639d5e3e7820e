"""Ideas, plans and lessons: the notes that person and model share."""

from typing import Literal

from pydantic import Field

from neuralbrain.errors import UnknownNameError
from neuralbrain.research import ideas, knowledge
from neuralbrain.research.registry import Desk, Given, Result, tool
from neuralbrain.research.workspace import DATA, IDEAS, KNOWLEDGE

Text = Field(min_length=1, max_length=20_000)


class Nothing(Given):
    """It takes nothing."""


class IdeaGiven(Given):
    """An idea: the question, why it matters, what is new in it, how much work it is."""

    question: str = Text
    why: str = ""
    novelty: str = ""
    effort: str = ""


class IdeaChange(Given):
    """One line of an idea: which idea ("i2"), which line ("why", "state", ...), and what it says now."""

    idea: str
    field: Literal["why", "novelty", "effort", "state"]
    value: str = Text


class PlanStep(Given):
    """A step: of which idea's plan, and what is to be done."""

    idea: str
    step: str = Text


class StepDone(Given):
    """A step that is done: of which idea's plan, and its number from 1 on."""

    idea: str
    number: int = Field(ge=1)


class LessonGiven(Given):
    """A lesson.

    In words; where it comes from (an act "a12", a run, a page); how sure it is, 0 to 1; which lesson it
    corrects ("k1").
    """

    text: str = Text
    source: str = ""
    confidence: float = Field(default=0.9, ge=0, le=1)
    replaces: str = ""


class About(Given):
    """What it is about, in words; how many at most."""

    about: str = Text
    most: int = Field(default=5, ge=1, le=50)


class FileGiven(Given):
    """A text file under data/: its name there, and what it holds."""

    name: str = Field(pattern=r"^[\w][\w.-]{0,99}$")
    text: str = Field(max_length=1_000_000)


@tool("read")
def list_ideas(given: Nothing, desk: Desk) -> Result:
    """List the ideas with where they stand and their plans."""
    found = ideas.parsed(desk.workspace.text(IDEAS) or "")
    lines = [f"{i.id} [{i.state}] {i.question}" for i in found]
    return Result(text="\n".join(lines) or "no ideas yet", data=[i.as_dict() for i in found])


@tool("write")
def add_idea(given: IdeaGiven, desk: Desk) -> Result:
    """Add an idea: a question worth asking."""
    fields = {
        "why": given.why,
        "novelty": given.novelty,
        "effort": given.effort,
        "by": desk.who,
        "state": "open",
    }
    text, name = ideas.added(desk.workspace.text(IDEAS) or ideas.NEW, given.question, fields)
    desk.change(IDEAS, text)
    return Result(text=f"{name}: {given.question}", data={"idea": name})


@tool("write")
def change_idea(given: IdeaChange, desk: Desk) -> Result:
    """Change a line of an idea."""
    if given.field == "state" and given.value not in ideas.STATES:
        raise UnknownNameError("state of an idea", given.value, ideas.STATES)
    text = ideas.with_field(desk.workspace.text(IDEAS) or "", given.idea, given.field, given.value)
    desk.change(IDEAS, text)
    return Result(text=f"{given.idea}, {given.field}: {given.value}", cites=[given.idea])


@tool("write")
def add_step(given: PlanStep, desk: Desk) -> Result:
    """Add a step to the plan for an idea."""
    desk.change(IDEAS, ideas.with_step(desk.workspace.text(IDEAS) or "", given.idea, given.step))
    return Result(text=f"{given.idea}: {given.step}", cites=[given.idea])


@tool("write")
def finish_step(given: StepDone, desk: Desk) -> Result:
    """Mark a step of a plan as done."""
    desk.change(IDEAS, ideas.with_step_done(desk.workspace.text(IDEAS) or "", given.idea, given.number))
    return Result(text=f"{given.idea}: step {given.number} is done", cites=[given.idea])


@tool("read")
def recall_lessons(given: About, desk: Desk) -> Result:
    """Recall the lessons that apply to something."""
    found = knowledge.recalled(desk.workspace.root / KNOWLEDGE, given.about, given.most)
    return Result(
        text="\n".join(f"{lesson.id} ({lesson.facts.confidence:g}): {lesson.text}" for lesson in found)
        or "no lesson is about that",
        data=[lesson.as_dict() for lesson in found],
        cites=[lesson.id for lesson in found],
    )


@tool("write")
def add_lesson(given: LessonGiven, desk: Desk) -> Result:
    """Write down a lesson, with where it comes from and how sure it is; it may replace one that was wrong."""
    facts = knowledge.Facts(
        by=desk.who, source=given.source or desk.act, confidence=given.confidence, replaces=given.replaces
    )
    name, file, content = knowledge.written(desk.workspace.root / KNOWLEDGE, given.text, facts)
    desk.change(f"{KNOWLEDGE}/{file}", content)
    return Result(
        text=f"{name}: {given.text}", data={"lesson": name}, cites=[c for c in (given.replaces,) if c]
    )


@tool("write")
def write_data(given: FileGiven, desk: Desk) -> Result:
    """Write a text file under data/."""
    desk.change(f"{DATA}/{given.name}", given.text)
    return Result(text=f"{DATA}/{given.name}, {len(given.text)} characters")
