"""The tools of a session: the same for the person, the model, and other assistants.

A tool is a function of `neuralbrain.research.tools` with `tool` above it: what it takes is a pydantic model,
what it does is its docstring, and its kind decides who is asked before it is used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from neuralbrain.errors import ConfigurationError, UnknownNameError
from neuralbrain.research.acts import Acts
from neuralbrain.research.settings import Kind, Settings
from neuralbrain.research.workspace import Workspace

if TYPE_CHECKING:
    from neuralbrain.research.box.kernel import Kernel

MODULES = ("notes", "cells", "brains", "records", "literature", "outside")
"""Of `neuralbrain.research.tools`."""


class Given(BaseModel):
    """What a tool takes; each takes a model of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of an act.

    Attributes:
        text: In words.
        data: As plain data.
        cites: What it rests on: ids of lessons ("k2"), acts ("a12"), cells ("c3"), runs, pages of papers.
        figures: Files under figures/ that it drew.
        ok: Whether it did what it was to do.
    """

    text: str
    data: Any = None
    cites: Sequence[str] = ()
    figures: Sequence[str] = ()
    ok: bool = True


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a tool may use while it works.

    Attributes:
        workspace: The workspace.
        settings: As they stand now.
        acts: All acts so far.
        act: The id of this one.
        who: Who asked for it.
        change: Changes a file of the workspace (path in it, new content; None takes it away), so that /undo
            can take it back.
        kernel: Returns the kernel in the box, started if need be.
    """

    workspace: Workspace
    settings: Settings
    acts: Acts
    act: str
    who: str
    change: Callable[[str, str | None], None]
    kernel: "Callable[[], Kernel]"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One tool.

    Attributes:
        name: Its name.
        kind: What kind of act its use is.
        about: What it does, in words.
        takes: What it takes.
        use: Does it.
    """

    name: str
    kind: Kind
    about: str
    takes: type[Given]
    use: Callable[[Any, Desk], Result]

    def given(self, arguments: Mapping[str, Any]) -> Given:
        """Return what it takes.

        Raises:
            ConfigurationError: The arguments do not fit.
        """
        try:
            return self.takes.model_validate(dict(arguments))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "arguments"
            takes = ", ".join(self.takes.model_fields) or "nothing"
            raise ConfigurationError(f"{self.name}, {where}: {first['msg']} (it takes {takes})") from None


_TOOLS: dict[str, Tool] = {}


def tool(kind: Kind) -> Callable[[Callable[[Any, Desk], Result]], Callable[[Any, Desk], Result]]:
    """Make a function a tool: ``def name(given: SomeGiven, desk: Desk) -> Result``."""

    def noted(use: Callable[[Any, Desk], Result]) -> Callable[[Any, Desk], Result]:
        takes = get_type_hints(use)["given"]
        about = " ".join((use.__doc__ or "").split())
        _TOOLS[use.__name__] = Tool(name=use.__name__, kind=kind, about=about, takes=takes, use=use)
        return use

    return noted


def tools() -> dict[str, Tool]:
    """Return all tools by name."""
    for module in MODULES:
        import_module(f"neuralbrain.research.tools.{module}")
    return dict(sorted(_TOOLS.items()))


def find_tool(name: str) -> Tool:
    """Return a tool.

    Raises:
        UnknownNameError: There is none of that name.
    """
    known = tools()
    if name not in known:
        raise UnknownNameError("tool", name, known, "/tools says what each does.")
    return known[name]
