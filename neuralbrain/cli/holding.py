"""How an episode is held: watched on the terminal or on a page, or as a talk with a person."""

import sys
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, redirect_stdout
from dataclasses import dataclass

from neuralbrain.agents.episode import EpisodeResult
from neuralbrain.agents.talk import Person, talk, watched
from neuralbrain.cli.conversation import Chat, script
from neuralbrain.cli.live import watch
from neuralbrain.cli.terminal import progress
from neuralbrain.simulation import Simulation
from neuralbrain.view import View

OPENING_SECONDS = 20.0
"""So long an episode waits for somebody to open its page, s."""


@dataclass(frozen=True)
class Manner:
    """What a person wants to see.

    Attributes:
        title: What runs.
        tick_seconds: Simulated time of a tick, s.
        regions: The names of the brain's regions.
        view: Whether to serve a page.
        as_json: Whether to print only JSON on stdout.
        quiet: Whether to print nothing else.
        real_time: Whether to pace the body by the clock, page or not.
    """

    title: str
    tick_seconds: float
    regions: tuple[str, ...]
    view: bool
    as_json: bool
    quiet: bool
    real_time: bool = False


def held_episode(run: Callable[..., EpisodeResult], instruction: str | None, manner: Manner) -> EpisodeResult:
    """Run an episode to its end; with a page in real time, once it is open.

    Args:
        run: Takes what is left of `neuralbrain.agents.episode.run_episode`.
        instruction: A sentence of the person's own; None for the task's.
        manner: What to see.
    """
    with ExitStack() as stack:
        page = stack.enter_context(View(manner.title)) if manner.view else None
        if page is not None:
            _tell(page)
        live = stack.enter_context(watch(manner.title, manner.tick_seconds, manner.regions, manner.quiet))
        stack.enter_context(redirect_stdout(sys.stderr))
        if page is None:
            paced = {"drive": watched} if manner.real_time else {}
            return run(instruction=instruction, observers=(live,), **paced)

        def drive(sim: Simulation) -> float:
            with page.showing(sim.blueprint):
                page.wait_for_page(OPENING_SECONDS)
                return watched(sim)

        result = run(instruction=instruction, observers=(live, page), drive=drive)
        page.close(result.outcome)
        return result


def held_talk(run: Callable[..., EpisodeResult], first: str | None, manner: Manner) -> EpisodeResult:
    """Let a person talk with the brain: at a prompt, by the lines of a pipe, or on a page.

    Args:
        run: As for `held_episode`.
        first: What is said before anything else; None for nothing.
        manner: What to see.
    """
    typed = sys.stdin.isatty()
    person = Person(first, None if typed else script(sys.stdin))
    chat = Chat(
        manner.tick_seconds,
        as_json=manner.as_json,
        quiet=manner.quiet,
        results=sys.stdout,
        progress=sys.stderr,
    )
    chat.hint(manner.title)
    with ExitStack() as stack:
        page = stack.enter_context(View(manner.title, person.say)) if manner.view else None
        if page is not None:
            _tell(page)

        def drive(sim: Simulation) -> float:
            with (
                page.showing(sim.blueprint) if page else nullcontext(),
                chat.at_terminal(person) if typed else nullcontext(),
            ):
                return talk(sim, person, paced=typed or page is not None or manner.real_time)

        stack.enter_context(redirect_stdout(sys.stderr))
        observers = (chat,) if page is None else (chat, page)
        result = run(observers=observers, drive=drive, stays=True)
        if page is not None:
            page.close("ended")
        return result


def _tell(page: View) -> None:
    """Say where the page is, also to who wants it quiet: they asked for it."""
    progress().print(f"watch it at {page.url}", soft_wrap=True)
