"""What may be loaded as code: names freely, paths only with a person's consent.

Regions, interpreters, planners, skills and worlds are named. A name that NeuralBrain or an installed package
registers is looked up and loaded. A path ("package.module:Name") runs whatever it points to, so it counts
where a person typed it, in Python or on the command line, or gave ``--allow-code``; one that merely stands
in a loaded file is refused.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module, invalidate_caches
from importlib.metadata import distributions
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from neuralbrain.errors import ConfigurationError, UnknownNameError


class NamesCode:
    """Marks a setting whose value names code; use it in ``Annotated[str, NamesCode()]``."""


def is_path(name: str) -> bool:
    """Whether a name is a path to code and not the name of something registered."""
    return ":" in name


def imported(module: str) -> ModuleType:
    """Import a module that a person has named.

    What is found nowhere is looked for in the present folder, on the command line, and so is from then on all
    that is found nowhere. Not before: libraries try to import what need not be installed, and whoever filled
    the folder could bring it.
    """
    first = module.partition(".")[0]
    if first not in sys.modules and find_spec(first) is None:
        sys.path += [folder for folder in _FOLDERS if folder not in sys.path]
        invalidate_caches()
    return import_module(module)


def look_in(folder: str) -> None:
    """Have `imported` look into a folder as well, and into no other."""
    _FOLDERS[:] = [folder]


_FOLDERS: list[str] = []


def load(path: str) -> Any:
    """Import what a path points to.

    Args:
        path: "package.module:Name" or "/a/file.py:Name".

    Raises:
        ConfigurationError: It cannot be imported.
    """
    module, _, name = path.rpartition(":")
    if not module or not name:
        raise ConfigurationError(f"{path!r} names no code: give package.module:Name or my_file.py:Name")
    try:
        return getattr(_from_file(module) if module.endswith(".py") else imported(module), name)
    except (Exception, SystemExit) as error:  # it runs whatever the module does
        plain = isinstance(error, ImportError | AttributeError | OSError)
        what = "" if plain else f"{type(error).__name__}: "
        hint = "; no other process finds what a notebook or a script defines: put it in a module of its own"
        raise ConfigurationError(
            f"{path!r} cannot be imported: {what}{error}{hint if module == '__main__' else ''}"
        ) from error


def _from_file(file: str) -> ModuleType:
    """Import a file, once, as a module with the name of the file."""
    name = str(Path(file).absolute())
    if name not in sys.modules:
        spec = spec_from_file_location(name, name)
        assert spec is not None  # it ends with .py
        assert spec.loader is not None
        sys.modules[name] = module = module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


@cache
def registered(group: str) -> Mapping[str, str]:
    """Return what installed packages have registered under an entry point group: name -> path.

    What lies in the present folder is not installed: modules are found there, but nobody consented to them.
    """
    here = Path().resolve()
    return {
        point.name: point.value
        for package in distributions()
        if Path(str(package.locate_file(""))).resolve() != here
        for point in package.entry_points.select(group=group)
    }


def admit(group: str, accept: Callable[[Any], None]) -> None:
    """Have what installed packages have registered taken in, once; what cannot be is left out, and logged.

    Args:
        group: The entry point group.
        accept: Takes in one; it may raise ConfigurationError.

    """
    for name, path in registered(group).items():
        if (group, name) in _TRIED:
            continue
        _TRIED.add((group, name))
        try:
            accept(load(path))
        except ConfigurationError as error:
            LOG.warning("%s, which an installed package registers in %s, is left out: %s", name, group, error)


_TRIED: set[tuple[str, str]] = set()
LOG = logging.getLogger("neuralbrain")


def find(what: str, name: str, known: Mapping[str, str], group: str) -> Any:
    """Load something by its name or its path.

    Args:
        what: What it is, in the singular ("region type", "planner").
        name: A name that is known or registered, or a path.
        known: What NeuralBrain brings: name -> path.
        group: The entry point group of others'.

    Raises:
        UnknownNameError: There is nothing of that name.
        ConfigurationError: It cannot be imported.
    """
    if is_path(name):
        return load(name)
    path = known.get(name) or registered(group).get(name)
    if path is None:
        hint = (
            f"Others register in the entry point group {group}; or give a dotted path: package.module:Name."
        )
        raise UnknownNameError(what, name, [*known, *registered(group)], hint)
    return load(path)


def refuse_paths(found: Iterable[tuple[str, str]], place: str) -> None:
    """Refuse paths that stand in a file.

    Args:
        found: Where each stands, and the path.
        place: The file.

    Raises:
        ConfigurationError: There is one; the message names it.
    """
    for where, path in found:
        raise ConfigurationError(
            f"{place}, {where}: it names the code {path!r}, and a file is not trusted to do that; if you "
            "trust it, say so with --allow-code (in Python allow_code=True)"
        )
