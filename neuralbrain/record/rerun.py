"""A second body does again what the first one did, and is looked at on the way.

How a motion is repeated is the embodiment's (`neuralbrain.embodiment.Embodiment.rerun`): a `Mirror`, made of
the environment once its body has been reset. It serves the video after a run, and the page that
shows a run as it goes on (`neuralbrain.view`).
"""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from neuralbrain.consent import is_path, load
from neuralbrain.embodiment import Embodiment, embodiments
from neuralbrain.messages import Message
from neuralbrain.record.folder import LOG
from neuralbrain.record.log import read_log
from neuralbrain.record.sights import Sight
from neuralbrain.runtime import Emission

Seen = list[tuple[int, Sight]]
"""Ticks and pictures for people."""


class Mirror(Protocol):
    """A second body that does what the first one did.

    Attributes:
        sense: The message by which the first body's region says what it senses, once a tick.
        dear: A picture takes long to draw: so many times fewer are made.
    """

    sense: type[Message]
    dear: int

    def follow(self, emission: Emission) -> bool:
        """Do what was done, or compare what was sensed; False if it is not the same."""

    def picture(self) -> Sight:
        """Return a picture of the whole for the film."""

    def sight(self) -> Sight:
        """Return what a person sees who talks with the brain."""


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
    with mirror_of(embodiment, spec["config"]) as mirror:
        if not motion or mirror is None:
            return []
        senses = [isinstance(emission.message, mirror.sense) for emission in motion]
        stride, number, seen = mirror.dear * max(2, -(-sum(senses) // pictures)), 0, Seen()
        for emission, sensed in zip(motion, senses, strict=True):
            if not mirror.follow(emission):
                return []
            if sensed:
                if number % stride == 0:
                    seen.append((emission.tick, mirror.picture()))
                number += 1
        return [*seen, (motion[-1].tick + 1, mirror.picture())]


@contextlib.contextmanager
def mirror_of(embodiment: Embodiment, config: Mapping[str, Any]) -> Iterator[Mirror | None]:
    """Make the second body for what a body's region is set to; None if it cannot be made."""
    with world_of(config) as env:
        yield load(embodiment.rerun)(env) if getattr(env, "body", None) is not None else None


def motion_of(folder: Path, region: str) -> Iterator[Emission]:
    """Return what the body's region sent, but for pictures, as far as the record goes."""
    return read_log(folder / LOG, where=lambda sent_by, _, kind: sent_by == region and kind != "camera_frame")


@contextlib.contextmanager
def world_of(config: Mapping[str, Any]) -> Iterator[Any]:
    """Make the environment that a body's region names, and reset its body; None if that cannot be done.

    Nor is one made whose module has not been imported: a record is not trusted to name code.
    """
    import gymnasium  # noqa: PLC0415 - only a rerun makes a world

    name, env = str(config.get("env", "")), None
    try:
        if not is_path(name) or name.rpartition(":")[0] in sys.modules:
            env = gymnasium.make(name, **config.get("env_options", {})).unwrapped
            if hasattr(env, "body"):
                env.body.reset(config.get("env_seed", 0))
    except Exception:  # its code is somebody's, and so may its settings be
        _closed(env)
        env = None
    try:
        yield env
    finally:
        _closed(env)


def _closed(env: Any) -> None:
    if getattr(env, "body", None) is not None:
        env.body.close()
    if env is not None:
        env.close()
