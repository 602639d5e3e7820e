"""A second body does again what the first one did, and is looked at on the way.

How a motion is repeated is the embodiment's (`neuralbrain.embodiment.Embodiment.rerun`): a function of the
environment, the motion and the number of pictures.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.consent import load
from neuralbrain.embodiment import Embodiment, embodiments
from neuralbrain.record.folder import LOG
from neuralbrain.record.log import read_log
from neuralbrain.runtime import Emission

Seen = list[tuple[int, NDArray[np.uint8]]]
"""Tick and colours, height x width x 3, of pictures for people."""


def embodiment_of(manifest: Mapping[str, Any]) -> Embodiment | None:
    """Return the embodiment of a recorded run; None where its body's region belongs to none."""
    spec = body_of(manifest)
    return embodiments().get(str(spec["type"]).partition(".")[0])


def body_of(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the description of the region that owned the body."""
    blueprint = manifest["blueprint"]
    spec: Mapping[str, Any] = next(s for s in blueprint["regions"] if s["name"] == blueprint["body"])
    return spec


def rerun(folder: Path, manifest: Mapping[str, Any], pictures: int) -> Seen:
    """Return pictures of the whole motion of a recorded run.

    Args:
        folder: The run's folder.
        manifest: Its manifest.
        pictures: At most so many, evenly spread, at least two ticks apart.

    Returns:
        Nothing if the body cannot be made here or does not do the same again.

    Raises:
        RecordError: The record cannot be read.
    """
    embodiment, spec = embodiment_of(manifest), body_of(manifest)
    if embodiment is None or not embodiment.rerun:
        return []
    motion = list(motion_of(folder, str(spec["name"])))
    with world_of(spec["config"]) as env:
        if not motion or getattr(env, "body", None) is None:
            return []
        env.body.reset(spec["config"].get("env_seed", 0))
        seen: Seen = load(embodiment.rerun)(env, motion, pictures)
        return seen


def motion_of(folder: Path, region: str) -> Iterator[Emission]:
    """Return what the body's region sent, but for pictures, as far as the record goes."""
    return read_log(folder / LOG, where=lambda sent_by, _, kind: sent_by == region and kind != "camera_frame")


@contextlib.contextmanager
def world_of(config: Mapping[str, Any]) -> Iterator[Any]:
    """Make the environment that a body's region names; None if it cannot be made."""
    import gymnasium  # noqa: PLC0415 - only a rerun makes a world

    try:
        env: Any = gymnasium.make(config["env"], **config.get("env_options", {})).unwrapped
    except (KeyError, gymnasium.error.Error, ImportError):
        yield None
        return
    try:
        yield env
    finally:
        body = getattr(env, "body", None)
        if body is not None:
            body.close()
        env.close()
