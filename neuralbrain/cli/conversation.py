"""A person and a brain at the command line: what is typed, or piped, and what is answered."""

import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO, cast

from rich.text import Text

from neuralbrain.cli.picture import MARKS
from neuralbrain.cli.prompt import Prompt
from neuralbrain.cli.terminal import Screen
from neuralbrain.errors import ConfigurationError
from neuralbrain.messages import Anomaly, Done, StepStatus
from neuralbrain.record.story import STATES, Story
from neuralbrain.words import as_json

if TYPE_CHECKING:
    from neuralbrain.agents.talk import Person
    from neuralbrain.runtime import Emission

LONGEST = 10_000
"""Characters of a line of a pipe."""
HINT = (
    'Say what it should do, or ask: "what do you see?". While it works, "stop" or Ctrl-C halts it. '
    "An empty line ends."
)
COLORS = {"done": "green", "said": "default", "asked": "yellow", "halted": "yellow"}


class Chat:
    """An observer that prints what the brain says to the person, and what it does.

    Args:
        tick_seconds: Simulated time of a tick, s.
        as_json: Whether to print the answers as JSON, a line each, and only that on ``results``.
        quiet: Whether to print answers only.
        results: Where answers go.
        progress: Where all else goes.
    """

    def __init__(
        self,
        tick_seconds: float,
        *,
        as_json: bool,
        quiet: bool,
        results: TextIO,
        progress: TextIO,
    ) -> None:
        self._tick_seconds, self._as_json, self._quiet = tick_seconds, as_json, quiet
        self._results: TextIO | Prompt = results
        self._progress: TextIO | Prompt = progress
        self._story, self._typed = Story(), list[str]()

    def observe(self, until: int, emissions: "Sequence[Emission]") -> None:
        """Print what is new."""
        for emission in emissions:
            told = len(self._story.dialogue)
            self._story.observe(emission.tick, [emission])
            message = emission.message
            if isinstance(message, Done):
                self._answer(message)
            elif isinstance(message, StepStatus) and not self._quiet:
                mark, style = MARKS[STATES[message.state]]
                self._news(message.tick, f"{mark} {self._story.headline(message)}", style)
            elif isinstance(message, Anomaly) and not self._quiet:
                self._news(message.tick, message.headline(), "yellow")
            for line in self._story.dialogue[told:]:
                if line.text in self._typed:
                    self._typed.remove(line.text)  # it stands on the screen
                elif line.who not in ("brain", "task") and not self._as_json:
                    self._print(self._results, Text(f"> {line.text}", style="bold"))

    @contextlib.contextmanager
    def at_terminal(self, person: "Person") -> Iterator[None]:
        """Let a person type, at a prompt below what is printed; Ctrl-C stops an act, twice it ends all."""
        screen = cast(TextIO, self._results if self._results.isatty() else self._progress)

        def heard(text: str) -> None:
            self._typed.append(text.strip())
            person.say(text)

        prompt = Prompt(sys.stdin, screen, heard, person.leave, lambda: self._call(person))
        before = self._results, self._progress
        with prompt:
            self._results = prompt if self._results.isatty() else self._results
            self._progress = prompt
            called = signal.signal(signal.SIGINT, lambda *_: prompt.interrupt())
            ended = signal.signal(signal.SIGTERM, lambda *_: person.leave())
            try:
                self.hint(HINT)
                yield
            finally:
                signal.signal(signal.SIGINT, called)
                signal.signal(signal.SIGTERM, ended)
                self._results, self._progress = before

    def hint(self, text: str) -> None:
        """Say something that is not the brain's."""
        if not self._quiet:
            self._print(self._progress, Text(text, style="dim"))

    def _call(self, person: "Person") -> None:
        if not person.call():
            self.hint("Press Ctrl-C again to end the talk.")

    def _news(self, tick: int, text: str, style: str) -> None:
        seconds = f"{tick * self._tick_seconds:7.2f} s  "
        self._print(self._progress, Text.assemble((seconds, "dim"), (text, style)))

    def _answer(self, done: Done) -> None:
        if self._as_json:
            said = [line.text for line in self._story.dialogue if line.who != "brain"]
            line = {
                "said": said[-1] if said else "",
                "outcome": done.outcome,
                "answer": done.text,
                "choices": list(done.choices),
                "tick": done.tick,
            }
            self._results.write(as_json(line) + "\n")
            self._results.flush()
            return
        self._print(self._results, Text(done.text, style=f"bold {COLORS.get(done.outcome, 'red')}"))
        for choice in done.choices:
            self._print(self._results, Text(f"  · {choice}"))

    def _print(self, file: TextIO | Prompt, text: Text) -> None:
        Screen(cast(TextIO, file)).print(text, soft_wrap=not file.isatty())


def script(lines: TextIO) -> Iterator[str]:
    """Yield the sentences of a pipe, one a line, each read when it is asked for.

    Raises:
        ConfigurationError: A line has no end within ``LONGEST`` characters.
    """
    while line := lines.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith("\n"):
            raise ConfigurationError(
                f"stdin: a line of more than {LONGEST} characters; one line, one sentence"
            )
        yield line.strip()
