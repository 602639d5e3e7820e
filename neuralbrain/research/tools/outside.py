"""What needs the network: packages and files. It is done outside of the box, when it was allowed."""

import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from pydantic import Field

from neuralbrain.errors import ConfigurationError, NeuralBrainError
from neuralbrain.research.registry import Desk, Given, Result, tool
from neuralbrain.research.workspace import DATA, PACKAGES

SECONDS = 600.0
LARGEST = 512 * 2**20


class PackageGiven(Given):
    """A package of PyPI, perhaps with its version ("mne==1.13.2")."""

    package: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?((==|>=|~=)[A-Za-z0-9.]+)?$"
    )


class FetchGiven(Given):
    """An address (https://...), and the name of the file under data/ that it goes to."""

    url: str = Field(min_length=8, max_length=2000)
    name: str = Field(pattern=r"^[\w][\w.-]{0,99}$")


@tool("install")
def install_package(given: PackageGiven, desk: Desk) -> Result:
    """Install a package for the code in the box. Only wheels: nothing of it runs outside."""
    words = ["install", "--quiet", "--only-binary=:all:", "--no-input", "--disable-pip-version-check",
             f"--target={desk.workspace.root / PACKAGES}", "--", given.package]  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "pip", *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NeuralBrainError(f"pip took longer than {SECONDS:g} s, and was ended") from None
    if done.returncode:
        last = [
            line for line in done.stderr.splitlines() if line.startswith("ERROR")
        ] or done.stderr.splitlines()
        return Result(text=f"pip: {last[-1] if last else 'no reason given'}", ok=False)
    return Result(text=f"{given.package} is in {PACKAGES}/; a kernel that runs finds it, too")


@tool("network")
def fetch_file(given: FetchGiven, desk: Desk) -> Result:
    """Fetch a file from the network into data/."""
    parts = urlsplit(given.url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise ConfigurationError(
            f"{given.url!r}: give an address that begins with https://, and has no password in it"
        )
    try:
        with urllib.request.urlopen(given.url, timeout=60) as answer:
            data = answer.read(LARGEST + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        return Result(text=f"{given.url} cannot be fetched: {error}", ok=False)
    if len(data) > LARGEST:
        return Result(text=f"{given.url} is larger than {LARGEST >> 20} MiB", ok=False)
    desk.workspace.write(f"{DATA}/{given.name}", data)
    return Result(text=f"{DATA}/{given.name}, {len(data)} bytes", data={"url": given.url})
