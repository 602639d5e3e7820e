"""The command line. Its modules import what is heavy inside the commands, so that ``--help`` is quick.

Exit status: 0 success, also if only believed; 1 the task failed, or a replay differs; 2 wrong use, or what
NeuralBrain refuses on purpose; 3 a fault of NeuralBrain's own; 128 and the signal's number if it was
interrupted (130 Ctrl-C, 143 a polite kill, 129 a closed terminal; 141 nobody reads the results).
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

from neuralbrain.cli.interruption import Interruption
from neuralbrain.cli.streams import Results, own_streams
from neuralbrain.consent import look_in
from neuralbrain.errors import ConfigurationError, NeuralBrainError, told
from neuralbrain.words import legible

__all__ = ["main"]

SWALLOWED = 130
"""What Typer returns where it was interrupted, and keeps to itself."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; it ends the process.

    Args:
        arguments: The words after the program's name; None for those of this process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdin, io.TextIOWrapper):  # sentences: what is no UTF-8 is one that is not understood
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    options = words[: words.index("--")] if "--" in words else words
    debug = "--debug" in options
    if debug:
        words.remove("--debug")
    with own_streams(debug) as results:
        status = results.status(_status(words, debug, results))
    sys.exit(status)


def _status(words: list[str], debug: bool, results: Results) -> int:
    """Run a command; say what went wrong, and return the exit status."""
    from typer import BadParameter

    from neuralbrain.cli.app import app

    misuse: Any = BadParameter.__base__  # of all that Typer itself refuses; it has no name for it
    interruption = Interruption()
    try:
        with interruption:
            look_in(_present_folder())
            status = app(words, prog_name=_program(), standalone_mode=False)
            if status == SWALLOWED:
                interruption.renew()
            return status or 0
    except KeyboardInterrupt as error:
        if results.failed is None:
            print(legible("; ".join(("interrupted", *_notes(error)))), file=sys.stderr)
        return interruption.status
    except misuse as error:
        if error.format_message():  # else the help has been printed
            help_of = error.ctx.command_path if error.ctx else _program()
            _say(f"{error.format_message().rstrip('.')}; `{help_of} --help` says more", error)
        return 2
    except NeuralBrainError as error:
        if debug:
            raise
        _say(str(error), error)
        return 2
    except Exception as error:
        if debug:
            raise
        _say(f"this is a bug in NeuralBrain: {told(error)}; --debug shows where", error)
        return 3


def _present_folder() -> str:
    """Return the present folder.

    Raises:
        ConfigurationError: It is gone.
    """
    try:
        return os.getcwd()
    except OSError as error:
        raise ConfigurationError("the present folder is gone: change to another (cd)") from error


def _program() -> str:
    """Return how this program was called."""
    names = {"run.py": "run.py", "__main__.py": "python -m neuralbrain"}
    return names.get(os.path.basename(sys.argv[0]), "neuralbrain")


def _say(text: str, error: BaseException) -> None:
    """Print an error as one line."""
    notes = "".join(f" ({note})" for note in _notes(error))
    print(legible(f"error: {' '.join(text.split())}{notes}"), file=sys.stderr)


def _notes(error: BaseException) -> list[str]:
    """Return what was noted at an error, each on one line."""
    return [" ".join(note.split()) for note in getattr(error, "__notes__", ())]
