"""A line at the foot of the terminal, into which a person types while other lines are printed above it.

Python's own `input` would write over what is half typed, and needs the process's standard output, from which
the command line keeps what libraries chatter (`neuralbrain.cli`).
"""

import codecs
import os
import re
import select
import shutil
import termios
import threading
import tty
from collections.abc import Callable
from typing import TextIO

from rich.cells import cell_len

MARK = "> "
ERASE = "\r\x1b[K"
CLOSE, CALL = b".", b"c"
_KEYS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?|.", re.DOTALL)


class Prompt:
    """Reads lines from a terminal; use it in a ``with``. To a console it is a file.

    Backspace, Ctrl-U and Ctrl-W erase, the arrows go through what was typed before, Ctrl-D leaves.

    Args:
        keyboard: The terminal that is read.
        screen: Where to write.
        heard: Called with each line, in a thread of the prompt's.
        left: Called when the person has left.
        called: Called, likewise in the prompt's thread, after an `interrupt`.
    """

    encoding = "utf-8"

    def __init__(
        self,
        keyboard: TextIO,
        screen: TextIO,
        heard: Callable[[str], None],
        left: Callable[[], None],
        called: Callable[[], None],
    ) -> None:
        self._keyboard, self._screen = keyboard.fileno(), screen
        self._heard, self._left, self._called = heard, left, called
        self._text, self._earlier, self._at = "", list[str](), 0
        self._lock = threading.Lock()
        self._open = False
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Prompt":
        self._before = termios.tcgetattr(self._keyboard)
        tty.setcbreak(self._keyboard, termios.TCSANOW)
        self._open = True
        self._draw()
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        os.write(self._wake[1], CLOSE)
        self._thread.join()
        with self._lock:
            self._open = False
            self._screen.write(ERASE)
            self._screen.flush()
        termios.tcsetattr(self._keyboard, termios.TCSADRAIN, self._before)
        for end in self._wake:
            os.close(end)

    def interrupt(self) -> None:
        """Have ``called`` called; a signal handler, which may come within a `write`, can do no more."""
        os.write(self._wake[1], CALL)

    def write(self, text: str) -> int:
        """Print whole lines above the prompt."""
        with self._lock:
            self._screen.write(f"{ERASE}{text}" if self._open else text)
            self._draw()
        return len(text)

    def flush(self) -> None:
        """Do nothing: what is written is on the screen."""

    def isatty(self) -> bool:
        """Whether it is a terminal: it is."""
        return True

    def _draw(self) -> None:
        """Show what is typed, or its end where it is longer than the line."""
        if self._open:
            room, shown = shutil.get_terminal_size().columns - len(MARK) - 1, self._text
            while cell_len(shown) > room:
                shown = shown[1:]
            self._screen.write(f"{ERASE}{MARK}{shown}")
        self._screen.flush()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        while True:
            ready, _, _ = select.select([self._keyboard, self._wake[0]], [], [])
            if self._wake[0] in ready:
                if os.read(self._wake[0], 1) == CLOSE:
                    return
                self._called()
                continue
            try:
                data = os.read(self._keyboard, 4096)
            except OSError:  # the terminal has gone
                data = b""
            if not data:
                self._left()
                return
            for key in _KEYS.findall(decoder.decode(data)):
                self._press(key)

    def _press(self, key: str) -> None:
        line = None
        with self._lock:
            match key:
                case "\r" | "\n":
                    line, self._text = self._text, ""
                    self._earlier += [line] if line.strip() else []
                    self._at = len(self._earlier)
                    self._screen.write(f"{ERASE}{MARK}{line}\n")
                case "\x7f" | "\b":
                    self._text = self._text[:-1]
                case "\x15":
                    self._text = ""
                case "\x17":
                    self._text = "".join(self._text.rstrip().rpartition(" ")[:2])
                case "\x1b[A" | "\x1bOA" | "\x1b[B" | "\x1bOB":
                    self._at += 1 if key.endswith("B") else -1
                    self._at = min(max(self._at, 0), len(self._earlier))
                    self._text = [*self._earlier, ""][self._at]
                case _ if key.isprintable():
                    self._text += key
            self._draw()
        if line is not None:
            self._heard(line)
        elif key == "\x04" and not self._text:
            self._left()
