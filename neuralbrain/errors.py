"""The one tree of errors that NeuralBrain raises on purpose.

Every message says what is wrong, where, and what to do next. The command line prints it as one line and
exits with status 2; only ``--debug`` shows a traceback.

    NeuralBrainError
    ├── ConfigurationError        what the user wrote cannot be used
    │   ├── BlueprintError        a brain's wiring or a region's settings
    │   └── UnknownNameError      no environment, agent, runtime, skill ... of that name
    ├── InstructionError          a sentence that the cortex cannot turn into a goal
    │   └── AmbiguityError        a sentence that could mean several things: the person must choose
    ├── PlanError                 no valid plan, or a plan that fails its symbolic check
    ├── NothingSentError          a port has not sent as many messages as were asked for
    ├── ContractError             a region, body or message that breaks its declared contract
    │   └── SensorError           a body reports what no sensor may report (NaN, a wrong shape)
    ├── RuntimeUnavailableError   Ray, or a cluster, does not answer
    └── RecordError               a run folder that cannot be written or read
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb
from typing import Any


def told(error: BaseException) -> str:
    """Return the kind of an error and what it says; if it says nothing, where it was raised."""
    try:
        words = str(error)
    except Exception:
        words = ""
    places = extract_tb(error.__traceback__)
    if not words and places:
        words = f"raised in line {places[-1].lineno} of {Path(places[-1].filename).name}, without a reason"
    return f"{type(error).__name__}: {words}".removesuffix(": ")


class NeuralBrainError(Exception):
    """Base class: whoever catches this catches everything NeuralBrain raises on purpose.

    Attributes:
        place: The tick and the name of the region that failed, where a region did.
    """

    place: tuple[int, str] | None = None


class ConfigurationError(NeuralBrainError, ValueError):
    """Something the user configured cannot be used."""


class BlueprintError(ConfigurationError):
    """A blueprint is malformed or its wiring is impossible; the message names the place."""


class UnknownNameError(ConfigurationError, LookupError):
    """There is nothing of that name; the message lists what there is.

    Args:
        what: The sort of object, in the singular ("environment", "region").
        name: The name that was asked for.
        known: The names that exist.
        hint: What to do next, a full sentence; empty for none.
    """

    def __init__(self, what: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.what, self.name, self.known, self.hint = what, name, sorted(known), hint
        close = get_close_matches(str(name), self.known, n=1)
        meant = f" Did you mean {close[0]!r}?" if close else ""
        listing = f" Known: {', '.join(self.known)}." if self.known else ""
        super().__init__(f"There is no {what} {name!r}.{meant}{listing}{' ' + hint if hint else ''}")

    def __reduce__(self) -> tuple[Any, ...]:
        # It crosses process borders, with its notes and its place.
        return type(self), (self.what, self.name, self.known, self.hint), self.__dict__


class InstructionError(NeuralBrainError, ValueError):
    """The cortex cannot turn a sentence into a goal; nothing has moved."""


class AmbiguityError(InstructionError):
    """A sentence could mean several things, and the person must choose.

    Args:
        question: What the person is asked.
        phrase: The words that could mean several things.
        choices: What they could mean, in words.
    """

    def __init__(self, question: str, phrase: str, choices: Iterable[str]) -> None:
        self.phrase, self.choices = phrase, tuple(choices)
        super().__init__(question)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.phrase, self.choices), self.__dict__


class PlanError(NeuralBrainError):
    """No plan reaches the goal, or a plan fails its symbolic check."""


class NothingSentError(NeuralBrainError, IndexError):
    """A port has not sent the message that was asked for."""


class ContractError(NeuralBrainError):
    """A region, body or message breaks the contract it declares."""


class SensorError(ContractError):
    """A body reports a value that no sensor may report (NaN, infinite, a wrong shape)."""


class RuntimeUnavailableError(NeuralBrainError):
    """A runtime (Ray, a cluster) cannot be reached or stopped answering."""


class RecordError(NeuralBrainError, OSError):
    """A run folder or one of its files cannot be written or read."""
