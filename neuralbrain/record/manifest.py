"""The manifest: everything that it takes to run an episode again, and what came of it."""

import hashlib
import os
import platform
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from re import match
from typing import Any

import neuralbrain
from neuralbrain.blueprint import Blueprint
from neuralbrain.profile import Machine, Profile, jax_settings, machine, profile
from neuralbrain.record.folder import EPISODE, RUNNING

DONE, INTERRUPTED, CRASHED = "done", "interrupted", "crashed"
"""The states of a run that has ended. One that is still `RUNNING` when nobody runs it was killed."""


def dependencies() -> list[str]:
    """Return the names of the packages that NeuralBrain needs, in order."""
    try:
        wanted = requires("neuralbrain") or []
    except PackageNotFoundError:  # run from a checkout that is not installed
        project = Path(neuralbrain.__file__).parents[1] / "pyproject.toml"
        wanted = tomllib.loads(project.read_text())["project"]["dependencies"] if project.exists() else []
    names = [match(r"[A-Za-z0-9_.-]+", line) for line in wanted if "extra ==" not in line]
    return sorted(name.group() for name in names if name)


def versions() -> dict[str, str]:
    """Return the versions of Python, the system and the packages that a trace may depend on.

    With them go XLA's flags: how it compiles a nanorobots' world decides how its sums are rounded.
    """
    found = {
        "neuralbrain": neuralbrain.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", "none"),
    }
    for name in dependencies():
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def inputs(blueprint: Blueprint) -> dict[str, str]:
    """Return the files that a brain reads and the code of others that it runs: path -> SHA-256.

    One that is not there has the word "missing"; the region that needs it says what to do.
    """
    files = {path for spec in blueprint.regions for path in spec.build().config.files()}
    for _, path in blueprint.paths():
        module = path.rpartition(":")[0]
        origin = module if module.endswith(".py") else find_spec(module).origin  # type: ignore[union-attr]
        files.add(Path(str(origin)))
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        for path in sorted(files)
    }


def numbers(profile: Profile, machines: Iterable[Machine]) -> dict[str, Any]:
    """Return the manifest's entries that say how a run was computed, and on what."""
    return {
        "profile": {"name": profile.name, "holds": profile.holds, "reasons": list(profile.reasons)},
        "machines": [
            {"processor": one.processor, "features": list(one.features), "c_library": one.c_library}
            for one in machines
        ],
        "jax": jax_settings(),
    }


def new_manifest(
    blueprint: Blueprint,
    *,
    agent: str,
    env: str,
    task: str,
    seed: int,
    runtime: str,
    started: datetime,
    instruction: str | None,
) -> dict[str, Any]:
    """Return the manifest of a run that begins.

    Args:
        blueprint: The brain as it runs, with every setting.
        agent: The name or file that it was loaded from.
        env: The Gymnasium id of the world.
        task: The task's short name.
        seed: The run's seed.
        runtime: "inline" or "ray".
        started: Wall clock time.
        instruction: The person's own sentence; None if the task brought it.
    """
    return {
        "format": EPISODE,
        "status": RUNNING,
        "agent": agent,
        "env": env,
        "task": task,
        "seed": seed,
        "runtime": runtime,
        "instruction": instruction,
        "started": started.isoformat(timespec="seconds"),
        "versions": versions(),
        "files": inputs(blueprint),
        **numbers(profile(), [machine()]),
        "blueprint": blueprint.model_dump(mode="json", by_alias=True),
        "result": None,
    }


def ended_manifest(
    manifest: Mapping[str, Any], status: str, result: Mapping[str, Any] | None, **more: Any
) -> dict[str, Any]:
    """Return the manifest of a run that has ended.

    Args:
        manifest: As it was at the start.
        status: One of the states above.
        result: The episode's figures, if it came to its end.
        more: Anything else to keep (the error, firings, how it was computed in the end).
    """
    return {**manifest, "status": status, "result": None if result is None else dict(result), **more}
