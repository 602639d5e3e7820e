"""An arm moves again as it was moved, for people to see."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.messages import MotorReport, Percept
from neuralbrain.record.rerun import Seen
from neuralbrain.runtime import Emission

CAMERA = "fixed"
"""The camera that is shown where the environment does not render, if the body has it; else its first."""
SAME = 1e-6
"""How near the joints must come to the recorded ones, rad: the same physics gives the same numbers."""


def again(env: Any, motion: Sequence[Emission], pictures: int) -> Seen:
    """Move an arm as it was moved, from percept to report; see `neuralbrain.record.rerun.rerun`."""
    body, percepts = env.body, [e.message for e in motion if isinstance(e.message, Percept)]
    reports = {e.tick: e.message for e in motion if isinstance(e.message, MotorReport)}
    if not body.cameras or not percepts:
        return []
    show, stride = _camera(env), max(2, -(-len(percepts) // pictures))
    last, seen = body.sense().joint_positions, []
    for number, percept in enumerate(percepts):
        report = reports.get(percept.tick)
        if np.abs(body.sense().joint_positions - percept.joint_positions).max() > SAME:
            return []
        if number % stride == 0:
            seen.append((percept.tick, show()))
        if report is None:
            break
        share = np.arange(1, body.servo_steps + 1)[:, None] / body.servo_steps
        body.act(last + share * (report.joints - last), report.gripper_width, report.gripper_force)
        last = report.joints
    seen.append((percepts[-1].tick + 1, show()))
    return seen


def _camera(env: Any) -> Callable[[], NDArray[np.uint8]]:
    """Return the way to show an arm: an environment that can render for people does, else a camera."""
    if "rgb_array" in env.metadata.get("render_modes", []):
        env.render_mode = "rgb_array"
        render: Callable[[], NDArray[np.uint8]] = env.render
        return render
    camera = CAMERA if CAMERA in env.body.cameras else env.body.cameras[0]
    return lambda: env.body.look(camera).rgb
