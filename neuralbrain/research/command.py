"""NeuralBrain's own commands as acts: in a process of their own, with a time limit.

Code in the box may write to the workspace. So nothing there is on a path from which these processes, which
stand outside of the box, load code: they run in an empty folder, and name no code by a path.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import neuralbrain
from neuralbrain.errors import ConfigurationError, NeuralBrainError

PATIENCE = 10.0
"""A command that is stopped has so many seconds to end in order."""
LARGEST = 8 * 2**20


class CommandError(NeuralBrainError):
    """A command refused what it was asked, or failed; the message is its own."""


def option(name: str, value: object) -> list[str]:
    """Return an option with its value, which is taken for nothing else; nothing where it is None."""
    return [] if value is None else [f"--{name}={value}"]


def plain_name(what: str, name: str) -> str:
    """Return a name that is one: no file's and no module's, from which code would be loaded.

    Raises:
        ConfigurationError: It is none.
    """
    if any(sign in name for sign in (":", "/", "\\", "..")) and not name.startswith("neuralbrain/"):
        raise ConfigurationError(f"{what} {name!r}: in a session it is a name, no file and no module")
    return name


def run(words: Sequence[str], *, seconds: float) -> tuple[Any, int]:
    """Run one of NeuralBrain's commands, and return what it printed as JSON, and its exit status.

    Args:
        words: The command and its options; ``--json`` is added.
        seconds: How long it may take.

    Raises:
        CommandError: It refused what it was asked, took too long, or printed no JSON.
        KeyboardInterrupt: The person stopped it; it has ended.
    """
    with tempfile.TemporaryDirectory(prefix="nb-") as empty:
        kept = {n: v for n, v in os.environ.items() if n not in ("PYTHONPATH", "PYTHONSTARTUP")}
        path = str(Path(neuralbrain.__file__).parent.parent)
        process = subprocess.Popen(
            [sys.executable, "-m", "neuralbrain", *_with_json(words)],
            cwd=empty,
            env={**kept, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            out, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise CommandError(f"`{words[0]}` took longer than {seconds:g} s, and was ended") from None
        except BaseException:
            _end(process)
            raise
    if process.returncode not in (0, 1) or not out.strip():
        last = said.decode("utf-8", "replace").strip().splitlines()
        raise CommandError(
            (last[-1] if last else f"`{words[0]}` ended with status {process.returncode}").removeprefix(
                "error: "
            )
        )
    lines = out[:LARGEST].decode("utf-8", "replace").strip().splitlines()
    try:
        found = [json.loads(line) for line in lines]
    except ValueError:
        raise CommandError(f"`{words[0]}` printed no JSON: {lines[0][:200]}") from None
    return (found[0] if len(found) == 1 else found), process.returncode


def _with_json(words: Sequence[str]) -> list[str]:
    cut = words.index("--") if "--" in words else len(words)
    return [*words[:cut], "--json", *words[cut:]]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it in order, else at once."""
    process.terminate()
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
