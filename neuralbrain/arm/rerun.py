"""An arm moves again as it was moved, for people to see."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.arm.body import OVERVIEW
from neuralbrain.arm.messages import MotorReport, Proprioception
from neuralbrain.arm.planning.references import AXES
from neuralbrain.body import Floats, Picture
from neuralbrain.record.rerun import Arrow, Sight
from neuralbrain.runtime import Emission

SAME = 1e-6
"""How near the joints must come to the recorded ones, rad: the same physics gives the same numbers."""
WORDS = {"left": "left", "right": "right", "front": "in front", "behind": "behind"}
"""A side of an object, as `neuralbrain.arm.planning.goals` has it -> the word that is drawn."""
ALONG_X, ALONG_Y = (0.45, -0.55), (0.76, 0.0)
"""Between which two arrows the words stand: where there is room on the table, m."""
GAP, LENGTH = 0.05, 0.19
"""Of an arrow: from where it is drawn, and how far, m."""


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

    def picture(self) -> NDArray[np.uint8]:
        """Return what the environment renders, else an overview camera's picture, else the first's."""
        if self._env.render_mode == "rgb_array":
            rendered: NDArray[np.uint8] = self._env.render()
            return rendered
        cameras = self._body.cameras
        camera = next((name for name, role in cameras.items() if role == OVERVIEW), next(iter(cameras)))
        seen: Picture = self._body.look(camera)
        return seen.rgb

    def sight(self) -> Sight:
        """Return the picture for people, with the directions as the cortex understands them."""
        if not hasattr(self._body, "front"):
            return Sight(self.picture())
        picture = self._body.front()
        return Sight(picture.rgb, tuple(_arrow(side, word, picture) for side, word in WORDS.items()))


def _arrow(side: str, word: str, picture: Picture) -> Arrow:
    """Return the arrow of a side, drawn on the table."""
    x, y = AXES[side]
    place = ALONG_X if x else ALONG_Y
    start, end = (
        _seen(picture, (place[0] + far * x, place[1] + far * y, 0.0)) for far in (GAP, GAP + LENGTH)
    )
    return Arrow(word, start, end)


def _seen(picture: Picture, point: tuple[float, float, float]) -> tuple[float, float]:
    """Return where a point of the world is in a picture, as shares of width and height."""
    height, width = picture.rgb.shape[:2]
    right, down, ahead = ((np.array(point) - picture.pose[:3, 3]) * picture.pose[:3, :3].T).sum(axis=1)
    focal, _, column, row = picture.intrinsics
    return float((column + focal * right / ahead) / width), float((row + focal * down / ahead) / height)
