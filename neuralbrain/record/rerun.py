"""A second body does again what the first one did, and is looked at on the way."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.body import ArmBody, SwarmBody
from neuralbrain.messages import Chemosense, Message, MotorReport, MovesReport, Percept
from neuralbrain.record.folder import LOG
from neuralbrain.record.log import read_log

DEAR = 2
"""A picture of robots in their field takes long to draw: so many times fewer are made."""
Show = Callable[[], NDArray[np.uint8]]
"""Takes a picture for people."""
Seen = list[tuple[int, NDArray[np.uint8]]]
CAMERA = "fixed"
"""The camera that is shown where the environment does not render, if the body has it; else its first."""
SAME = 1e-6
"""How near the joints must come to the recorded ones, rad: the same physics gives the same numbers."""


def rerun(folder: Path, manifest: Mapping[str, Any], pictures: int) -> Seen:
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
    config = next(spec["config"] for spec in manifest["blueprint"]["regions"] if spec["name"] == name)
    motion = list(motion_of(folder, name))
    if not motion:
        return []
    stride = max(2, -(-len(motion) // pictures))
    with world_of(config) as env:
        body = getattr(env, "body", None)
        if body is None:
            return []
        body.reset(config.get("env_seed", 0))
        if isinstance(motion[0][0], Chemosense):
            return _swarm_again(body, motion, DEAR * stride)
        if not body.cameras:
            return []
        return _arm_again(body, _camera(env, body), motion, stride)


def _arm_again(body: ArmBody, show: Show, motion: list[tuple[Any, Any]], stride: int) -> Seen:
    """Move an arm as it was moved, from percept to report."""
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


def _swarm_again(body: SwarmBody, motion: list[tuple[Any, Any]], stride: int) -> Seen:
    """Move robots as they were moved, from report to percept; at the first percept nothing has moved."""
    seen: Seen = []
    path = np.empty((len(motion), *body.places().shape), np.float32)
    for number, (percept, report) in enumerate(motion):
        if report is not None:
            body.act(report.actions)
        if not np.array_equal(body.sense().molecules, percept.molecules):
            return []
        path[number] = body.places()
        if number % stride == 0 or number == len(motion) - 1:
            seen.append((percept.tick, body.picture(path[: number + 1])))
    return seen


def motion_of(folder: Path, region: str) -> Iterator[tuple[Message, Message | None]]:
    """Yield what the body's region felt and what it sent, tick by tick, as far as the record goes."""
    percept: Message | None = None
    report: Message | None = None
    for emission in read_log(folder / LOG, {"percept", "motor_report", "chemosense", "moves_report"}):
        if emission.region != region:
            continue
        message = emission.message
        if isinstance(message, Percept):
            percept = message
        elif isinstance(message, MovesReport):
            report = message
        elif isinstance(message, MotorReport) and percept is not None:
            yield percept, message
        elif isinstance(message, Chemosense):
            yield message, report


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


def _camera(env: Any, body: ArmBody) -> Show:
    """Return the way to show an arm: an environment that can render for people does, else a camera."""
    if "rgb_array" in env.metadata.get("render_modes", []):
        env.render_mode = "rgb_array"
        render: Show = env.render
        return render
    camera = CAMERA if CAMERA in body.cameras else body.cameras[0]
    return lambda: body.look(camera).rgb
