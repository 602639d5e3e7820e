"""An arm moves again as it was moved, for people to see."""

from functools import cache
from typing import Any

import numpy as np

from neuralbrain.arm import EMBODIMENT
from neuralbrain.arm.body import OVERVIEW
from neuralbrain.arm.messages import MotorReport, Proprioception
from neuralbrain.body import Floats, Picture
from neuralbrain.record.sights import Arrow, Sight, compass
from neuralbrain.runtime import Emission

SAME = 1e-6
"""How near the joints must come to the recorded ones, rad: the same physics gives the same numbers."""


class ArmMirror:
    """A second arm; see `neuralbrain.record.rerun.Mirror`.

    Args:
        env: Its environment. One whose body takes pictures for people (``front``) shows these to who talks
            with the brain; else what it renders is shown, else a camera's picture.
    """

    sense, dear = Proprioception, 1

    def __init__(self, env: Any) -> None:
        self._env, self._body = env, env.body
        self._last: Floats = self._body.sense().joint_positions
        if "rgb_array" in env.metadata.get("render_modes", []):
            env.render_mode = "rgb_array"

    def follow(self, emission: Emission) -> bool:
        """Move as was reported; compare the joints with what was felt."""
        body, message = self._body, emission.message
        if isinstance(message, Proprioception):
            felt = body.sense().joint_positions
            return bool(np.abs(felt - message.joint_positions).max() <= SAME)
        if isinstance(message, MotorReport):
            share = np.arange(1, body.servo_steps + 1)[:, None] / body.servo_steps
            targets = self._last + share * (message.joints - self._last)
            body.act(targets, message.gripper_width, message.gripper_force)
            self._last = message.joints
        return True

    def picture(self) -> Sight:
        """Return what the environment renders, else an overview camera's picture, else the first's."""
        if self._env.render_mode == "rgb_array":
            return Sight(self._env.render(), self._arrows())
        cameras = self._body.cameras
        camera = next((name for name, role in cameras.items() if role == OVERVIEW), next(iter(cameras)))
        return _sight(self._body.look(camera))

    def sight(self) -> Sight:
        """Return the picture for people."""
        return _sight(self._body.front()) if hasattr(self._body, "front") else self.picture()

    @cache  # noqa: B019 - a mirror lives as long as its film
    def _arrows(self) -> tuple[Arrow, ...]:
        """Return the directions in what is rendered: it is seen from where the picture for people is."""
        return _sight(self._body.front()).arrows if hasattr(self._body, "front") else ()


def _sight(picture: Picture) -> Sight:
    return Sight(picture.rgb, compass(picture, EMBODIMENT.directions))
