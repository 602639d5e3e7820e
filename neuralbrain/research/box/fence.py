"""What stands between code and the machine: bubblewrap, else namespaces and Landlock, else nothing."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import neuralbrain
from neuralbrain.errors import ConfigurationError
from neuralbrain.research.box import landlock, seccomp
from neuralbrain.research.workspace import PACKAGES, WRITABLE

WIRE = "/run/wire"
"""Where the kernel finds its connection file and sockets in the box."""
SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
)
PASSED = (
    "LANG",
    "LC_ALL",
    "TZ",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
"""All of the environment that code sees, besides what `environment` sets."""
TMP = 256 * 2**20
"""The box's own /tmp and /dev/shm have so many bytes each."""
DAC = "the system may forbid it to ordinary users (kernel.apparmor_restrict_unprivileged_userns)"


@dataclass(frozen=True, kw_only=True)
class Fence:
    """A fence.

    Attributes:
        name: "bubblewrap", "namespaces and Landlock" or "none".
        open: What it leaves open, in words; said to the person.
        wire: The folder of the connection file, as code sees it.
        home: Where code may leave what is only its own, and takes for its home.
        command: What stands before the kernel's own command.
    """

    name: str
    open: tuple[str, ...]
    wire: str
    home: str
    command: tuple[str, ...]


def fence(root: Path, wire: Path, *, allow_unfenced: bool) -> Fence:
    """Return the best fence that this machine has.

    Args:
        root: The workspace.
        wire: The folder of the connection file and its sockets.
        allow_unfenced: Whether there may be none.

    Raises:
        ConfigurationError: There is none.
    """
    if not (reason := bubblewrap_fails()):
        filtered = seccomp.available()
        leaves = () if filtered else ("system calls (libseccomp is not installed)",)
        return Fence(
            name="bubblewrap", open=leaves, wire=WIRE, home="/tmp", command=tuple(_bubblewrap(root, wire))
        )
    if not (also := namespaces_fail()):
        return Fence(
            name="namespaces and Landlock",
            open=(
                f"Unix sockets by path, the names of files outside, temporary files of any number ({reason})",
                *(() if seccomp.available() else ("system calls (libseccomp is not installed)",)),
            ),
            wire=str(wire),
            home=str(wire),
            command=tuple(_namespaces(root, wire)),
        )
    if not allow_unfenced:
        raise ConfigurationError(
            f"code has no box on this machine ({reason}; {also}): apt install bubblewrap, or "
            "allow it to run with all that you may do by --allow-unfenced"
        )
    return Fence(
        name="none",
        open=("anything: code may do all that you may",),
        wire=str(wire),
        home=str(wire),
        command=(),
    )


@cache
def bubblewrap_fails() -> str:
    """Return why bubblewrap cannot be used; empty: it can."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    probe = [
        "bwrap",
        "--ro-bind",
        "/",
        "/",
        "--unshare-all",
        "--unshare-user",
        "--disable-userns",
        "/bin/true",
    ]
    return "" if _runs(probe) else f"bubblewrap does not work here; {DAC}"


@cache
def namespaces_fail() -> str:
    """Return why namespaces and Landlock cannot be used; empty: they can."""
    if shutil.which("unshare") is None or not _runs(["unshare", *UNSHARE, "/bin/true"]):
        return "namespaces cannot be had"
    return "" if landlock.available() else "the kernel has no Landlock"


UNSHARE = (
    "--user",
    "--map-user=1000",
    "--map-group=1000",
    "--net",
    "--pid",
    "--ipc",
    "--uts",
    "--mount",
    "--fork",
    "--kill-child",
    "--mount-proc",
)


def readable(root: Path) -> list[Path]:
    """Return what code may read: Python, the package, the system's programs, the workspace."""
    package = Path(neuralbrain.__file__).parent
    own = [package, *(path.resolve() for path in package.iterdir() if path.is_symlink())]
    python = {Path(p).resolve() for p in (sys.prefix, sys.base_prefix, *_site_packages())}
    system = [Path(p) for p in SYSTEM if Path(p).exists()]
    return [*system, *sorted(python), Path(sys.prefix), *own, root]


def environment(root: Path, home: str) -> dict[str, str]:
    """Return the whole environment of code."""
    kept = {name: os.environ[name] for name in PASSED if name in os.environ}
    package = Path(neuralbrain.__file__).parent.parent
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "PYTHONPATH": f"{package}:{root / PACKAGES}",
        "PYTHONHASHSEED": "0",  # else a set may be printed in another order the next time
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _bubblewrap(root: Path, wire: Path) -> list[str]:
    words = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"]
    words += ["--hostname", "box", "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in environment(root, "/tmp").items():
        words += ["--setenv", name, value]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--size", str(TMP), "--tmpfs", "/tmp", "--size", str(TMP), "--tmpfs", "/dev/shm"]
    for path in readable(root):  # a link of the system's (/bin) is one in the box, too
        if path.is_symlink() and str(path) in SYSTEM:
            words += ["--symlink", os.readlink(path), str(path)]
        else:
            words += ["--ro-bind", str(path), str(path)]
    for name in WRITABLE:
        words += ["--bind", str(root / name), str(root / name)]
    words += [
        "--bind",
        str(wire),
        WIRE,
        "--remount-ro",
        "/",
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/proc",
        "--chdir",
        str(root),
    ]
    return words


def _namespaces(root: Path, wire: Path) -> list[str]:
    words = ["unshare", *UNSHARE, sys.executable, "-I", landlock.__file__]
    for path in (*readable(root), Path("/proc")):
        words += ["--read", str(path)]
    devices = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]
    for path in (*(root / name for name in WRITABLE), wire, *devices):
        words += ["--write", str(path)]
    return words


def _site_packages() -> list[str]:
    """Return where packages lie that are outside of Python's own folder."""
    found = [find_spec(name) for name in ("numpy", "ipykernel")]
    return [str(Path(spec.origin).parent.parent) for spec in found if spec and spec.origin]


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
