"""``assist``: a research session in a workspace."""

import re
import signal
import sys
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from neuralbrain.research.commands import Commands, Reply
    from neuralbrain.research.session import Session


def assist(
    workspace: Annotated[
        Path, typer.Option(help="The folder of the session: a new one, or one to go on with.")
    ] = Path("workspace"),
    model: Annotated[
        str | None,
        typer.Option("--model", help="The language model; by default workspace.toml's, if it names one."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            help="Its OpenAI-compatible server; by default OPENAI_BASE_URL, from the environment or .env.",
        ),
    ] = None,
    allow_unfenced: Annotated[
        bool, typer.Option("--allow-unfenced", help="Run code with no box, where the machine has none.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line that was taken.")
    ] = False,
) -> None:
    """Work in a workspace: ideas, code, figures, lessons; with a language model, or alone. /help says how.

    Lines come from the terminal, or one command a line from a pipe. Exit status 1 if one from a pipe failed.
    """
    from neuralbrain.cli.terminal import busy, say, say_json
    from neuralbrain.research.assistant import assistant_of
    from neuralbrain.research.commands import Commands
    from neuralbrain.research.session import Session
    from neuralbrain.research.workspace import Workspace
    from neuralbrain.words import one_line

    terminal = sys.stdin.isatty() and not as_json
    failed = False
    with Session(Workspace(workspace), allow_unfenced=allow_unfenced) as session:
        commands = Commands(session, assistant_of(session, model, base_url))
        if terminal:
            say(f"{session.workspace.root}; /help says what can be done, /quit ends", err=True)
        for news in _news(session):
            say(news, err=True)
        for line in _typed() if terminal else _piped():
            with busy(one_line(line, 60), quiet=not terminal or not line.strip()):
                reply = _taken(commands, line)
            failed = failed or not reply.ok
            if as_json:
                say_json({"ok": reply.ok, "text": reply.text, "data": reply.data})
            elif reply.text:
                say(reply.text if reply.ok else f"error: {reply.text}", err=not reply.ok)
            for news in _news(session):
                say(news, err=True)
            if reply.over:
                break
    if failed and not terminal:
        raise typer.Exit(1)


class _Stopped(KeyboardInterrupt):
    """Ctrl-C: it stops what is done, and not the session. What else ends a process ends the session, too."""


def _stop(number: int, frame: object) -> None:
    raise _Stopped


def _taken(commands: "Commands", line: str) -> "Reply":
    """Do what a line says; Ctrl-C stops that."""
    from neuralbrain.research.commands import Reply

    before = signal.signal(signal.SIGINT, _stop)
    try:
        return commands.take(line)
    except _Stopped:
        return Reply(ok=False, text="stopped; the session goes on")
    finally:
        signal.signal(signal.SIGINT, before)


def _news(session: "Session") -> Iterator[str]:
    while session.news:
        yield session.news.pop(0)


def _piped() -> Iterator[str]:
    """Yield the lines of a pipe; a line that ends with <<WORD goes on down to a line that is WORD."""
    for line in sys.stdin:
        yield _whole(line.rstrip("\n"), sys.stdin)


def _typed() -> Iterator[str]:
    """Yield what is typed; Alt-Enter begins another line of the same, as one that ends with <<WORD does."""
    from neuralbrain.research.commands import Commands
    from neuralbrain.research.extras import needed

    toolkit, bindings = needed("prompt_toolkit"), needed("prompt_toolkit.key_binding").KeyBindings()
    bindings.add("escape", "enter")(lambda event: event.current_buffer.insert_text("\n"))
    words = [f"/{name.removeprefix('do_')}" for name in vars(Commands) if name.startswith("do_")]
    completer = needed("prompt_toolkit.completion").WordCompleter(words, sentence=True)
    prompt = toolkit.PromptSession(key_bindings=bindings, completer=completer, complete_while_typing=False)
    while True:
        try:
            yield _whole(prompt.prompt("> "), iter(lambda: prompt.prompt("… ") + "\n", None))
        except KeyboardInterrupt:
            continue  # Ctrl-C empties the line
        except EOFError:
            return


def _whole(line: str, more: Iterable[str]) -> str:
    found = re.fullmatch(r"(.*?) ?<<([A-Z]+)", line)
    if found is None:
        return line
    lines = takewhile(lambda one: one.rstrip("\n") != found[2], more)
    return f"{found[1]}\n{''.join(lines)}"
