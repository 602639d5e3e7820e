"""A second body does again what the first one did, and is looked at on the way."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import ArmBody
from neuralbrain.messages import MotorReport, Percept
from neuralbrain.record.folder import LOG
from neuralbrain.record.log import read_log

Show = Callable[[], NDArray[np.uint8]]
"""Takes a picture for people."""
CAMERA = "fixed"
"""The camera that is shown where the environment does not render, if the body has it; else its first."""
SAME = 1e-6
"""How near the joints must come to the recorded ones, rad: the same physics gives the same numbers."""


def rerun(folder: Path, manifest: Mapping[str, Any], pictures: int) -> list[tuple[int, NDArray[np.uint8]]]:
    """Return pictures of the whole motion of a recorded run: tick and colours, height x width x 3.

    Args:
        folder: The run's folder.
        manifest: Its manifest.
        pictures: At most so many, evenly spread, at least two ticks apart.

    Returns:
        Nothing if the body cannot be made here or does not do the same again.

    Raises:
        RecordError: The record cannot be read.
    """
    name = manifest["blueprint"]["body"]
    motion = [
        (percept, report)
        for percept, report in _ticks(folder, name)
        if percept is not None and report is not None
    ]
    if not motion:
        return []
    config = next(spec["config"] for spec in manifest["blueprint"]["regions"] if spec["name"] == name)
    stride = max(2, -(-len(motion) // pictures))
    with _world(config) as world:
        if world is None:
            return []
        body, show = world
        last, seen = body.sense().joint_positions, []
        for number, (percept, report) in enumerate(motion):
            if np.abs(body.sense().joint_positions - percept.joint_positions).max() > SAME:
                return []
            if number % stride == 0:
                seen.append((percept.tick, show()))
            share = np.arange(1, body.servo_steps + 1)[:, None] / body.servo_steps
            body.act(last + share * (report.joints - last), report.gripper_width, report.gripper_force)
            last = report.joints
        seen.append((motion[-1][0].tick + 1, show()))
        return seen


def _ticks(folder: Path, region: str) -> Iterator[tuple[Percept | None, MotorReport | None]]:
    """Yield what the body's region felt and sent, tick by tick."""
    percept: Percept | None = None
    for emission in read_log(folder / LOG, {"percept", "motor_report"}):
        if emission.region != region:
            continue
        if isinstance(emission.message, Percept):
            percept = emission.message
        elif isinstance(emission.message, MotorReport):
            yield percept, emission.message


@contextlib.contextmanager
def _world(config: Mapping[str, Any]) -> Iterator[tuple[ArmBody, Show] | None]:
    """Make the body that a brainstem's settings name, in its world, and the way to show it; None if it fails.

    An environment that can render for people does; else a camera of the body's is used.
    """
    import gymnasium  # noqa: PLC0415 - only a rerun makes a world

    try:
        env: Any = gymnasium.make(config["env"], **config.get("env_options", {})).unwrapped
    except (KeyError, gymnasium.error.Error, ImportError):
        yield None
        return
    body: ArmBody | None = getattr(env, "body", None)
    try:
        if body is None or not body.cameras:
            yield None
            return
        body.reset(config.get("env_seed", 0))
        if "rgb_array" in env.metadata.get("render_modes", []):
            env.render_mode = "rgb_array"
            yield body, env.render
        else:
            camera = CAMERA if CAMERA in body.cameras else body.cameras[0]
            yield body, lambda: body.look(camera).rgb
    finally:
        if body is not None:
            body.close()
        env.close()
