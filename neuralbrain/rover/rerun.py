"""A rover drives again as it drove, for people to see."""

from typing import Any

import numpy as np

from neuralbrain.record.sights import Sight
from neuralbrain.rover.messages import DriveReport, Proprioception
from neuralbrain.runtime import Emission

SAME = 1e-6
"""How near the wheels must come to the recorded ones, rad: the same physics gives the same numbers."""


class RoverMirror:
    """A second rover; see `neuralbrain.record.rerun.Mirror`.

    Args:
        env: Its environment.
    """

    sense, dear = Proprioception, 1

    def __init__(self, env: Any) -> None:
        self._body = env.body

    def follow(self, emission: Emission) -> bool:
        """Drive as was reported; compare the wheels with what was felt."""
        message = emission.message
        if isinstance(message, Proprioception):
            off = self._body.sense().wheel_angles - message.wheel_angles
            return bool(np.abs(off).max() <= SAME)
        if isinstance(message, DriveReport):
            self._body.act(message.left, message.right)
        return True

    def picture(self) -> Sight:
        """Return the arena from above."""
        return Sight(self._body.snapshot())

    def sight(self) -> Sight:
        """Return the same: a rover's sentences name objects, not sides."""
        return self.picture()
