"""An embodiment: all that varies between robots, told in one place.

An embodiment is a body's worlds (``envs/<name>/``) and its brain side (one package): its messages, its
brainstem and other regions of its own, its perception, skills and planning, and what its runs look like.
Everything else finds these by the descriptor, whose paths are loaded only when they are needed.
"""

import contextlib
import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec, load_env_creator

from neuralbrain.arguments import expect, refused
from neuralbrain.consent import admit, imported
from neuralbrain.errors import ConfigurationError, NeuralBrainError, UnknownNameError, told

GROUP = "neuralbrain.embodiments"
"""The entry point group in which others register a descriptor ("package:EMBODIMENT")."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A Gymnasium environment of an embodiment.

    Attributes:
        id: Its Gymnasium id.
        entry_point: Its class, as a path.
        vector_entry_point: That of its vectorised form; empty for none.
        kwargs: What distinguishes it from others of the class.
        has_task: Whether it asks for something itself; where it does not, a person must say a sentence.
        agent: The blueprint that acts in it; None: the embodiment's; empty: none, since it has no body.
        bare: Whether `gymnasium.make` puts none of its wrappers around it: they hide methods such as
            ``compute_reward``, which learners ask for.
    """

    id: str
    entry_point: str
    vector_entry_point: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    has_task: bool = True
    agent: str | None = None
    bare: bool = False


@dataclass(frozen=True, kw_only=True)
class Embodiment:
    """What an embodiment brings. All values that name code are paths ("package.module:Name").

    Attributes:
        name: For the command line, and before the names of its regions ("arm.brainstem").
        worlds: Its environments.
        agent: The blueprint that drives it where none is named: a name, or the path of a file, which is then
            known by the file's name without its ending; empty: its worlds have no body.
        messages: The module of its messages, imported before a record of its runs is read; or empty.
        regions: Region types of its own: name -> path.
        domain: Its skills and predicates, a `neuralbrain.planning.domain.Domain`; empty if it does not plan.
        interpreters: Name -> path of a `neuralbrain.planning.seams.Interpreter`; the first is the usual one.
        planners: Name -> path of a `neuralbrain.planning.seams.Planner`; the first is the usual one.
        rerun: A class of second bodies that do what the first did, a `neuralbrain.record.rerun.Mirror`; or
            empty.
        directions: Word for a direction in sentences -> its x and y in the world of the brain's scenes, unit
            length; they are drawn into pictures. Empty where sentences name none.
        sections: A function that makes sections of a run's report (`neuralbrain.record.report`); or empty.
    """

    name: str
    worlds: tuple[World, ...]
    agent: str = ""
    messages: str = ""
    regions: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""
    interpreters: Mapping[str, str] = field(default_factory=dict)
    planners: Mapping[str, str] = field(default_factory=dict)
    rerun: str = ""
    directions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    sections: str = ""


_FOUND: dict[str, Embodiment] = {}
NAME = re.compile("[a-z][a-z0-9_]*")


def register(embodiment: Embodiment) -> None:
    """Make an embodiment known, and its environments to Gymnasium; the same once more changes nothing.

    Raises:
        ConfigurationError: It is none, or its name or a world's id is none or taken.
    """
    expect("the embodiment", embodiment, Embodiment, "a neuralbrain.embodiment.Embodiment")
    name = embodiment.name
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise refused("the embodiment's name", name, "a word in small letters, as my_robot")
    if _FOUND.get(name) == embodiment:
        return
    if name in _FOUND:
        raise ConfigurationError(f"there is an embodiment {name!r} already: give this one another name")
    taken = {world.id: other.name for other in _FOUND.values() for world in other.worlds}
    for world in embodiment.worlds:
        if world.id in taken:
            raise ConfigurationError(
                f"the embodiment {name!r} names a world {world.id!r}, which {taken[world.id]!r} has already"
            )
    _FOUND[name] = embodiment
    for world in embodiment.worlds:
        gymnasium.register(
            id=world.id,
            entry_point=world.entry_point,
            vector_entry_point=world.vector_entry_point or None,
            kwargs=dict(world.kwargs),
            order_enforce=not world.bare,
            disable_env_checker=world.bare,
        )


def embodiments() -> dict[str, Embodiment]:
    """Return all embodiments by name: those that NeuralBrain brings, and those of installed packages."""
    admit(GROUP, register)
    return dict(_FOUND)


def world_of(env: str) -> World | None:
    """Return what its embodiment says of an environment; None if it is of none.

    Args:
        env: Its full id.
    """
    worlds = (world for embodiment in embodiments().values() for world in embodiment.worlds)
    return next((world for world in worlds if world.id == env), None)


def find_embodiment(name: str) -> Embodiment:
    """Return an embodiment.

    Raises:
        UnknownNameError: There is none of that name.
    """
    found = embodiments()
    if name not in found:
        raise UnknownNameError(
            "embodiment", name, found, f"Others register in the entry point group {GROUP}."
        )
    return found[name]


def agents() -> dict[str, str]:
    """Return for each world of an embodiment the blueprint that acts in it: id -> name, empty for none."""
    return {
        world.id: embodiment.agent if world.agent is None else world.agent
        for embodiment in embodiments().values()
        for world in embodiment.worlds
    }


@cache
def load_messages() -> None:
    """Import the messages of all embodiments, so that any record can be read."""
    for embodiment in embodiments().values():
        if embodiment.messages:
            import_module(embodiment.messages)


def parts(of: Callable[[Embodiment], Mapping[str, str]]) -> dict[str, str]:
    """Return parts of all embodiments: "<embodiment>.<name>" -> path."""
    return {f"{e.name}.{name}": path for e in embodiments().values() for name, path in of(e).items()}


def environment_spec(env: str) -> EnvSpec:
    """Return what Gymnasium knows of an environment.

    Args:
        env: Its full id, perhaps after the module that registers it ("my_module:My-v0"), which is imported;
            or a spec as JSON.

    Raises:
        ConfigurationError: The module cannot be imported, or there is no such environment.
    """
    if env.startswith("{"):
        with making("of this spec"):
            return EnvSpec.from_json(env)
    module, _, name = env.rpartition(":")
    try:
        if module:
            imported(module)
    except Exception as error:  # it is somebody's, and may fail in any way
        raise ConfigurationError(
            f"the module of the environment {env!r} cannot be imported: {told(error)}"
        ) from error
    try:
        return gymnasium.spec(name)
    except gymnasium.error.Error as error:
        raise ConfigurationError(
            f"Gymnasium does not know {name!r}: {' '.join(str(error).split())}"
            + (f" Does {module!r} register it?" if module else "")
        ) from error


def check_options(spec: EnvSpec, options: Collection[str], *, vector: bool = False) -> None:
    """Refuse parameters that an environment does not take, before it is made.

    They are looked up in its signature; where that takes any (``**tissue``), in its attribute ``parameters``,
    and without that attribute only the environment itself can tell.

    Args:
        spec: What Gymnasium knows of the environment.
        options: The names of parameters for `gymnasium.make`.
        vector: Whether its vectorised form is to be made, with `gymnasium.make_vec`.

    Raises:
        UnknownNameError: It takes no such parameter.
        ConfigurationError: Its code cannot be imported.
    """
    entry = spec.vector_entry_point if vector else spec.entry_point
    if entry is None or not options:
        return
    with making(spec.id):
        creator = load_env_creator(entry) if isinstance(entry, str) else entry
    try:
        taken = [*inspect.signature(creator).parameters.values()]
    except (TypeError, ValueError):  # it is written in C
        return
    known = {one.name for one in taken if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}
    if any(one.kind is one.VAR_KEYWORD for one in taken):
        if not hasattr(creator, "parameters"):
            return
        known |= {*creator.parameters}
    known |= set() if vector else {"max_episode_steps", "disable_env_checker"}  # Gymnasium's own
    for name in options:
        if name not in known:
            raise UnknownNameError(f"parameter of {spec.id}", name, known)


@contextlib.contextmanager
def making(env: str) -> Iterator[None]:
    """Say which environment cannot be made, whatever its own code raises.

    Raises:
        ConfigurationError: It cannot be made; an error of ours stays as it is.
    """
    try:
        yield
    except NeuralBrainError:
        raise
    except Exception as error:  # it is somebody's, and may fail in any way
        raise ConfigurationError(f"the environment {env} cannot be made: {told(error)}") from error
