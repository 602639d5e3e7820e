"""Code of others that a brain needs besides its regions, like a skill: loaded by path, and made known.

An extension is a class with a method ``register``, which makes it known and notes it here. So a run can be
recorded with all that this process has been told of, and be made again in others.
"""

import sys
from collections.abc import Iterable
from typing import Any

from neuralbrain.consent import load
from neuralbrain.errors import ConfigurationError

_NOTED: dict[str, None] = {}


def noted() -> tuple[str, ...]:
    """Return the paths of all extensions that this process knows, in the order of their coming."""
    return tuple(_NOTED)


def note(extension: type) -> None:
    """Note a class that has been made known.

    Raises:
        ConfigurationError: Other processes could not find it.
    """
    _NOTED[path_of(extension)] = None


def path_of(extension: type) -> str:
    """Return the path by which any process finds a class.

    A script is named by its file, because it is another module wherever it is not run.

    Raises:
        ConfigurationError: There is none.
    """
    home = extension.__module__
    if home == "__main__":
        home = str(getattr(sys.modules[home], "__file__", ""))
    if not home or "<" in extension.__qualname__ + home:
        raise ConfigurationError(
            f"{extension.__qualname__} cannot be found by other processes: define it at the top of a file"
        )
    return f"{home}:{extension.__qualname__}"


def add(paths: Iterable[str]) -> None:
    """Load extensions, each once in a process.

    Args:
        paths: "package.module:Name" or "/a/file.py:Name".

    Raises:
        ConfigurationError: One cannot be imported, or is no extension.
    """
    for path in paths:
        if path in _NOTED:
            continue
        found: Any = load(path)
        if not callable(getattr(found, "register", None)):
            raise ConfigurationError(f"{path!r} is no extension: it has no `register`")
        found.register()
