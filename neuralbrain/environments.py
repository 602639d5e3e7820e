"""Environments by name, and a brain set into one."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gymnasium

import neuralbrain  # noqa: F401 - importing it registers its environments
from neuralbrain import extension
from neuralbrain.arguments import expect
from neuralbrain.blueprint import Blueprint
from neuralbrain.embodiment import embodiments, environment_spec
from neuralbrain.errors import ConfigurationError, UnknownNameError
from neuralbrain.region_types import region_class
from neuralbrain.regions.brainstem import Brainstem, BrainstemConfig
from neuralbrain.wrappers import body_of

NAMESPACE = "neuralbrain/"
FULL = re.compile(r"([\w.]+:)?[\w./-]+-v\d+")
"""What a full id looks like, perhaps after the module that registers it."""


def environment_ids() -> list[str]:
    """Return the ids of the environments of all embodiments, in order, as far as they are registered."""
    ours = {world.id for embodiment in embodiments().values() for world in embodiment.worlds}
    return sorted(name for name in gymnasium.registry if name in ours or name.startswith(NAMESPACE))


def find_environment(name: str) -> str:
    """Return the id that a name means.

    Args:
        name: A full id ("neuralbrain/Tabletop-Place-v0", or any that Gymnasium knows), also with the module
            that registers it ("my_module:My-v0", which imports it); or the end of one of ours with or without
            its version, in any case: "Tabletop-Place", "place", "two_step".

    Raises:
        UnknownNameError: There is none.
        ConfigurationError: There is more than one, or Gymnasium cannot make it.
    """
    expect("the environment", name, str, "an id or a short name, as `python run.py envs` lists them")
    if name in gymnasium.registry:
        return name
    ids = environment_ids()
    found = [full for full in ids if _squeezed(task_name(name)) in _tails(full)] if ":" not in name else []
    if len(found) > 1:
        raise ConfigurationError(
            f"the environment {name!r} could be {' or '.join(found)}: give more of the name"
        )
    if found:
        return found[0]
    if FULL.fullmatch(name):
        environment_spec(name)
        return name
    short = {task_name(full): full for full in ids}
    raise UnknownNameError("environment", name, short, "`python run.py envs` lists them.")


def spec_of(env: gymnasium.Env[Any, Any]) -> str:
    """Return what it takes to make an environment again, wrappers and all, as JSON.

    Raises:
        ConfigurationError: It was not made by `gymnasium.make`, or a wrapper's arguments cannot be written
            down; or there is a wrapper that would be gone round.
    """
    expect("the environment", env, gymnasium.Env, "a name, or what gymnasium.make returned")
    body_of(env)  # what it refuses is better said now
    if env.spec is None:
        raise ConfigurationError(
            f"{env!r} has no spec, so no other process could make it: use gymnasium.make"
        )
    try:
        return env.spec.to_json()
    except (ValueError, TypeError) as error:
        raise ConfigurationError(f"{env!r} cannot be made again elsewhere: {error}") from error


def task_name(full: str) -> str:
    """Return an id's short name in small letters: "tabletop-place" for "neuralbrain/Tabletop-Place-v0"."""
    return re.sub(r"-v\d+$", "", re.split(r"[/:]", full)[-1]).lower()


def own_world(blueprint: Blueprint) -> str:
    """Return the full id of the world that a brain lives in where a person names none.

    Raises:
        ConfigurationError: Its body names none, or one that there is not.
    """
    name = blueprint.by_name[blueprint.body].config.get("env")
    if not name:
        raise ConfigurationError(
            f"the brain {blueprint.name!r} has no world of its own: name one with --env; "
            "`python run.py envs` lists them"
        )
    return find_environment(name)


def in_world(
    blueprint: Blueprint, env: str | None, seed: int, options: Mapping[str, Any], place: str = "blueprint"
) -> Blueprint:
    """Return a brain set into a world, and checked.

    Args:
        blueprint: The brain.
        env: The full id of the world; None for the brain's own. Parameters of the world that the blueprint
            brings (``env_options``) hold for its own only.
        seed: The seed of the world.
        options: Further parameters of the world.
        place: What errors call the blueprint.

    Raises:
        ConfigurationError: There is no world, or it does not take these settings, or the brain does not fit.
    """
    expect("env_options", options, Mapping, "a mapping from the world's parameters to their values")
    spec = blueprint.by_name[blueprint.body]
    if "env" not in region_class(spec.type).Config.model_fields:
        raise ConfigurationError(
            f"{place}: the body of {blueprint.name!r} is region {spec.name!r}, which takes no environment: "
            "leave env and env_options out"
        )
    own = spec.config.get("env_options", {}) if env in (None, spec.config.get("env")) else {}
    placed = blueprint.configured(
        spec.name, env=env or own_world(blueprint), env_seed=seed, env_options={**own, **options}
    )
    placed.check(place)
    check_body(placed)
    return placed


def check_body(blueprint: Blueprint) -> None:
    """Make a brain's body, and leave it: what does not fit is better said before anything starts.

    Raises:
        ConfigurationError: The environment cannot be made, or has no body that the brain could drive.
    """
    region = blueprint.by_name[blueprint.body].build()
    if isinstance(region, Brainstem):
        try:
            _ = region.body
        finally:
            region.close()


def set_up(
    brain: Blueprint | str | Path,
    env: str | gymnasium.Env[Any, Any] | None,
    seed: int,
    options: Mapping[str, Any] | None,
    *,
    stays: bool,
    allow_code: bool,
) -> Blueprint:
    """Return the brain that a person means, in the world that they mean; for the arguments see `Simulation`.

    A `Blueprint` for which neither world nor options are given is taken as it stands.

    Raises:
        ConfigurationError: There is no such brain or world, or it does not take these options.
    """
    expect("the brain", brain, (Blueprint, str, Path), "the name of a blueprint, its file or a Blueprint")
    if isinstance(brain, Blueprint):
        blueprint, name = brain, brain.name
    else:
        blueprint, name = Blueprint.load(brain, allow_code=allow_code), str(brain)
    if extension.noted():  # this process knows them by now, so the brain does, and its record must say so
        blueprint = blueprint.extended(extension.noted())
    if isinstance(brain, Blueprint) and env is None and options is None:
        return blueprint
    full = None if env is None else find_environment(env) if isinstance(env, str) else spec_of(env)
    placed = in_world(blueprint, full, seed, {} if options is None else options, name)
    if issubclass(region_class(placed.by_name[placed.body].type).Config, BrainstemConfig):
        return placed.configured(placed.body, stays=stays)
    return placed


def _tails(full: str) -> list[str]:
    """Return what may stand for an id: "tabletopplace", "place"."""
    words = task_name(full).split("-")
    return [_squeezed("".join(words[start:])) for start in range(len(words))]


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name)
