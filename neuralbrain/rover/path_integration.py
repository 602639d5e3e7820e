"""The region that knows where the rover is by the way it has come: wheels and gyro together."""

import math
from collections.abc import Mapping
from typing import ClassVar

from neuralbrain.messages import Message
from neuralbrain.region import Inbox, Outbox, Region
from neuralbrain.rover.messages import Pose, Proprioception, RoverSchema

STILL = 1e-4
"""A wheel that rolled less in a tick stands still, rad."""


class PathIntegration(Region):
    """Adds up the way, from where the rover started.

    How far it went is what both wheels rolled on average. How far it turned is what the gyro says: wheels
    slip, and are not quite as large as the data sheet says, which adds up in one direction, while the gyro's
    errors are random. While neither wheel turns it does not turn either, whatever the gyro says.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {"schema": RoverSchema, "proprioception": Proprioception}
    outputs: ClassVar[Mapping[str, type[Message]]] = {"pose": Pose}

    def reset(self, seed: int) -> None:
        """Be at the origin; nothing here is random."""
        self._schema: RoverSchema | None = None
        self._last: Proprioception | None = None
        self._x = self._y = self._heading = 0.0

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Go on by what was felt."""
        self._schema = inbox.latest(RoverSchema) or self._schema
        poses = [
            Pose(tick=tick, source=self.name, sensed=felt.tick, x=self._x, y=self._y, heading=self._heading)
            for felt in inbox.of(Proprioception)
            if self._went(felt)
        ]
        return {"pose": poses}

    def _went(self, felt: Proprioception) -> bool:
        """Add the way since what was felt last; whether it is known how large the rover is."""
        if self._schema is None:
            return False
        last, self._last = self._last, felt
        if last is None:
            return True
        rolled = (felt.wheel_angles - last.wheel_angles).tolist()
        if max(map(abs, rolled)) < STILL:
            return True
        seconds = (felt.tick - last.tick) * self._schema.tick_seconds
        turned = (felt.heading_rate + last.heading_rate) / 2 * seconds
        distance = (rolled[0] + rolled[1]) / 2 * self._schema.wheel_radius
        middle = self._heading + turned / 2
        self._x += distance * math.cos(middle)
        self._y += distance * math.sin(middle)
        self._heading += turned
        return True
