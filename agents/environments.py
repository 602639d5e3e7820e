"""Environments by name: the full Gymnasium id, or as much of it as a person cares to type."""

import re

import gymnasium

import neuralbrain  # noqa: F401 - importing it registers its environments
from neuralbrain.errors import ConfigurationError, UnknownNameError

NAMESPACE = "neuralbrain/"


def environment_ids() -> list[str]:
    """Return the ids of NeuralBrain's environments, in order."""
    return sorted(name for name in gymnasium.registry if name.startswith(NAMESPACE))


def find_environment(name: str) -> str:
    """Return the id that a name means.

    Args:
        name: A full id ("neuralbrain/Tabletop-Place-v0", or any that Gymnasium knows), or the end of one of
            ours with or without its version, in any case: "Tabletop-Place", "place", "two_step".

    Raises:
        UnknownNameError: There is none.
        ConfigurationError: There is more than one.
    """
    if name in gymnasium.registry:
        return name
    ids = environment_ids()
    found = [full for full in ids if _squeezed(task_name(name)) in _tails(full)]
    if not found:
        short = {task_name(full): full for full in ids}
        raise UnknownNameError("environment", name, short, "`python run.py envs` lists them.")
    if len(found) > 1:
        raise ConfigurationError(
            f"the environment {name!r} could be {' or '.join(found)}: give more of the name"
        )
    return found[0]


def task_name(full: str) -> str:
    """Return an id's short name in small letters: "tabletop-place" for "neuralbrain/Tabletop-Place-v0"."""
    return re.sub(r"-v\d+$", "", full.rpartition("/")[2]).lower()


def _tails(full: str) -> list[str]:
    """Return what may stand for an id: "tabletopplace", "place"."""
    words = task_name(full).split("-")
    return [_squeezed("".join(words[start:])) for start in range(len(words))]


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name)
