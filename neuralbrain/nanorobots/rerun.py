"""Robots swim again as they swam, for people to see."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.nanorobots.messages import Chemosense, MovesReport
from neuralbrain.record.sights import Sight
from neuralbrain.runtime import Emission

LONGEST = 5000
"""A picture shows the way of so many ticks at most."""


def moments(motion: Iterable[Emission]) -> Iterator[tuple[Chemosense, MovesReport | None]]:
    """Yield what was sensed, each time with what had been done before; at first nothing had."""
    report: MovesReport | None = None
    for emission in motion:
        if isinstance(emission.message, MovesReport):
            report = emission.message
        elif isinstance(emission.message, Chemosense):
            yield emission.message, report


class SwarmMirror:
    """A second swarm; see `neuralbrain.record.rerun.Mirror`.

    Args:
        env: Its environment.
    """

    sense = Chemosense
    dear = 2  # robots in their field take long to draw

    def __init__(self, env: Any) -> None:
        self._body = env.body
        self._path: deque[NDArray[np.float32]] = deque([self._body.places()], maxlen=LONGEST)

    def follow(self, emission: Emission) -> bool:
        """Move as was reported; compare the molecules with those sensed."""
        message = emission.message
        if isinstance(message, MovesReport):
            self._body.act(message.actions)
            self._path.append(self._body.places())
        if isinstance(message, Chemosense):
            return np.array_equal(self._body.sense().molecules, message.molecules)
        return True

    def picture(self) -> Sight:
        """Return the tissue from above, with the paths so far, or of the last `LONGEST` ticks."""
        return Sight(self._body.picture(np.stack(self._path)))

    def sight(self) -> Sight:
        """Return the same: there is no left and right in a tissue."""
        return self.picture()
