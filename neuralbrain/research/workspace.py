"""A workspace: a folder of plain files, fit for git, that one session at a time works in.

* ``workspace.toml``: model, autonomy, budget, seed, limits (`neuralbrain.research.settings`);
* ``transcript.jsonl``: all that was said and done (`neuralbrain.research.transcript`);
* ``ideas.md``, ``knowledge/``, ``session.ipynb``: questions, lessons, code;
* ``figures/``, ``data/``: what code draws and writes; ``literature/``: papers, as PDF or text;
* ``runs/``: episodes and trainings; ``packages/``: what was installed for the code.
"""

import fcntl
import os
import stat
from pathlib import Path
from typing import Self

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.files import record_errors, write_file
from neuralbrain.reading import decoding
from neuralbrain.research import ideas
from neuralbrain.research.settings import NEW, Settings, parsed
from neuralbrain.research.transcript import Transcript

SETTINGS, TRANSCRIPT, IDEAS, NOTEBOOK = "workspace.toml", "transcript.jsonl", "ideas.md", "session.ipynb"
KNOWLEDGE, FIGURES, DATA, LITERATURE, RUNS, PACKAGES = (
    "knowledge", "figures", "data", "literature", "runs", "packages"
)  # fmt: skip
FOLDERS = (KNOWLEDGE, FIGURES, DATA, LITERATURE, RUNS, PACKAGES)
WRITABLE = (FIGURES, DATA)
"""Where code in the box may write. The rest it may read: else it could write itself a better record."""
LARGEST_TEXT = 16 * 2**20
ADVICE = "give another folder with --workspace, or see that this one can be written and has room"
_LOCK = ".lock"
_IGNORED = "# written by NeuralBrain\n.lock\n/packages/\n/runs/\n"


class Workspace:
    """A workspace that this process has to itself, until it is closed.

    Args:
        root: The folder; made if it is not there.

    Attributes:
        root: Its whole path.
        settings: As they stood when it was opened.
        transcript: All that was said and done.

    Raises:
        ConfigurationError: The folder is something else, or a setting cannot be used.
        RecordError: It cannot be read or written, is of a later format, or another session has it open.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self._prepare()
        self._lock = self._locked()
        try:
            self.settings = self.read_settings()
            for name in FOLDERS:
                with record_errors(self.root / name, "written", ADVICE):
                    (self.root / name).mkdir(exist_ok=True)
            for name, text in ((IDEAS, ideas.NEW), (".gitignore", _IGNORED)):
                if not (self.root / name).exists():
                    write_file(self.root / name, text, ADVICE)
            self.transcript = Transcript(self.root / TRANSCRIPT)
        except BaseException:
            os.close(self._lock)
            raise

    def read(self, name: str, most: int = LARGEST_TEXT) -> bytes | None:
        """Return what a file of it holds now; None if there is none.

        Code in the box may put links and pipes where it may write, also while this looks. So what was
        opened is looked at, not what is going to be.

        Raises:
            ConfigurationError: It lies outside, also by a link, or is no file.
            RecordError: It is larger than ``most`` bytes, or cannot be read.
        """
        path = self.root / name
        with record_errors(path, "read", ADVICE):
            try:
                handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            except (FileNotFoundError, NotADirectoryError):
                return None
            with open(handle, "rb") as file:
                real = Path(os.readlink(f"/proc/self/fd/{handle}"))
                if not real.is_relative_to(self.root.resolve()) or not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise ConfigurationError(f"{name!r} is no file of the workspace: name one in {self.root}")
                data = file.read(most + 1)
        if len(data) > most:
            raise RecordError(f"{path} is larger than {most >> 20} MiB, the most that is read of such a file")
        return data

    def text(self, name: str) -> str | None:
        """Return the text of a file; None if there is none.

        Raises:
            ConfigurationError: It lies outside, or is no file.
            RecordError: It is no text, or cannot be read.
        """
        data = self.read(name)
        with decoding(self.root / name, "is no text in UTF-8"):
            return None if data is None else data.decode()

    def write(self, name: str, text: str | bytes | None) -> None:
        """Write a file of it whole, or take it away (None); a link in its place is replaced, not followed.

        Args:
            name: A file in it, or in one of its folders.
            text: What it holds from now on.

        Raises:
            ConfigurationError: It is not such a name.
            RecordError: It cannot be written.
        """
        folder, _, file = name.rpartition("/")
        if folder not in ("", *FOLDERS) or not file or file.startswith("."):
            raise ConfigurationError(f"{name!r} is no file of the workspace or of one of its folders")
        path = self.root / name
        with record_errors(path, "written", ADVICE):
            if text is None:
                path.unlink(missing_ok=True)
                return
            draft = self.root / f".{file}"  # where code in the box cannot have put anything
            write_file(draft, text, ADVICE)
            draft.replace(path)

    def read_settings(self) -> Settings:
        """Return the settings as they stand in the file now.

        Raises:
            ConfigurationError: A setting cannot be used.
            RecordError: The file cannot be read, or is of a later format.
        """
        return parsed(self.text(SETTINGS) or "", self.root / SETTINGS)

    def close(self) -> None:
        """Let go of it."""
        self.transcript.close()
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _prepare(self) -> None:
        """Make the folder and its settings, if it is new; the settings come first, as its mark."""
        if self.root.exists() and not self.root.is_dir():
            raise ConfigurationError(f"{self.root} is a file: --workspace names a folder")
        with record_errors(self.root, "written", ADVICE):
            self.root.mkdir(parents=True, exist_ok=True)
            held = sorted(name for name in os.listdir(self.root) if not name.startswith("."))
        if SETTINGS not in held:
            if held:
                raise ConfigurationError(
                    f"{self.root} is no workspace (it holds {held[0]}, and no {SETTINGS}): give an empty "
                    "folder, or the name of a new one"
                )
            write_file(self.root / SETTINGS, NEW, ADVICE)

    def _locked(self) -> int:
        with record_errors(self.root / _LOCK, "written", ADVICE):
            handle = os.open(self.root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 32).decode("ascii", "replace").strip()
            os.close(handle)
            raise RecordError(
                f"another session (process {holder or 'unknown'}) has the workspace {self.root} open: "
                "go on there, or end it first"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        return handle
