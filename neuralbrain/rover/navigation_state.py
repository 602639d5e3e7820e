"""What lies before the rover when it is about something: what a table of behaviours chooses by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from neuralbrain.rover.catalogue import BALL_RADIUS, PILLAR_RADIUS
from neuralbrain.rover.paths import Circle, Path, Spot, ahead, heading, path, wrapped

GO, PUSH = "go_to", "push"
"""What it can be about."""
CLEAR = 0.155
"""The rover's middle keeps so far from the edge of everything, m."""
BALL_CLEAR = 0.17
"""So does the middle of a ball that it pushes."""
BEHIND = 0.32
"""From so far behind the ball a push begins, m."""
NEAR, AT = 0.31, 0.25
"""It has arrived at an object so near to its middle, and a ball at its goal, m."""
LINED = 0.16
"""Ball and goal are in line if they differ by no more, rad."""
AWRY = 0.9
"""A ball between the prongs whose goal is so far aside is let go, rad."""

ENTRIES: Final = (
    "asked",
    "known",
    "bearing",
    "left",
    "lined up",
    "way",
    "cradled",
    "pressed",
)
"""What is observed: see `Prospect.row`."""
BINS: Final = (
    (0, (0.5,)),
    (1, (0.5,)),
    (2, (0.15, 0.9)),
    (3, (0.0,)),
    (4, (0.5,)),
    (5, (0.5, 1.5)),
    (6, (0.5,)),
    (7, (0.5,)),
)
"""How a table tells observations apart: entry, and the inner edges of its bins."""


@dataclass(frozen=True)
class NavigationState:
    """Where all is that matters, in one frame.

    Attributes:
        asked: `GO` or `PUSH`.
        rover: Where the rover is.
        facing: Its heading, rad.
        goal: Where to go, or where to push the ball; None if that is not known.
        ball: Where the ball is; None if that is not known, or none is asked for.
        others: What else stands there.
        cradled: Whether the ball is between the prongs.
        pressed: Whether the bumper was pressed of late.
        side: On which side what is in the way is being passed: 1 left, -1 right, 0 neither.
        near: How near to the goal is near enough, m.
    """

    asked: str
    rover: Spot
    facing: float
    goal: Spot | None
    ball: Spot | None
    others: Sequence[Circle]
    cradled: bool = False
    pressed: bool = False
    side: int = 0
    near: float = NEAR

    @property
    def known(self) -> bool:
        """Whether it is known where everything is."""
        return self.goal is not None and (self.asked == GO or self.ball is not None)

    @property
    def target(self) -> Spot:
        """What to face: the goal; a ball that is not held yet."""
        spot = self.ball if self.asked == PUSH and not self.cradled else self.goal
        assert spot is not None
        return spot

    @property
    def bearing(self) -> float:
        """Return where the target is from the rover's axis, rad, left positive."""
        return wrapped(heading(self.rover, self.target) - self.facing)

    @property
    def left(self) -> float:
        """Return how much of the way is left, m; below 0 it is done."""
        assert self.goal is not None
        if self.asked == GO:
            return math.dist(self.rover, self.goal) - self.near
        assert self.ball is not None
        return math.dist(self.ball, self.goal) - AT

    @cached_property
    def ball_path(self) -> Path:
        """Return the ball's way to its goal."""
        assert self.ball is not None
        assert self.goal is not None
        return path(self.ball, self.goal, self.others, BALL_CLEAR)

    @property
    def behind(self) -> Spot:
        """Return the spot from which to push the ball."""
        assert self.ball is not None
        return ahead(self.ball, self.ball_path.best, -BEHIND)

    @property
    def lined_up(self) -> bool:
        """Whether to drive at the ball drives it to its goal; with the ball held, whether it goes there."""
        if self.asked == GO:
            return False
        assert self.ball is not None
        if self.cradled:
            return abs(wrapped(self.ball_path.best - self.facing)) < AWRY
        off = wrapped(heading(self.rover, self.ball) - self.ball_path.best)
        return abs(off) < LINED and math.dist(self.rover, self.ball) < BEHIND + 0.12

    @cached_property
    def path(self) -> Path:
        """Return the rover's way to where it must be next."""
        assert self.goal is not None
        if self.asked == GO or self.cradled or self.lined_up:
            far = math.dist(self.rover, self.target)
            end = ahead(self.rover, heading(self.rover, self.target), max(far - self.near, 0.02))
            return path(self.rover, end, self.others, CLEAR, self.side)
        assert self.ball is not None
        both = (Circle(*self.ball, BALL_RADIUS), Circle(*self.goal, PILLAR_RADIUS))
        return path(self.rover, self.behind, [*self.others, *both], CLEAR, self.side)

    def row(self) -> NDArray[np.float32]:
        """Return it as a table knows it, in the order of `ENTRIES`, shape (8,).

        Whether a push is asked for; whether all is known; how far aside the target is, rad; how much of the
        way is left, m; whether it is lined up; the way: 0 free, 1 or 2: blocked, and the left or the right
        detour is the shorter; whether something is cradled; whether the bumper was pressed.
        """
        push = float(self.asked == PUSH)
        if not self.known:
            unknown = (push, 0.0, math.pi, 1.0, 0.0, 0.0, float(self.cradled), float(self.pressed))
            return np.array(unknown, np.float32)
        return np.array(
            (
                push,
                1.0,
                abs(self.bearing),
                self.left,
                float(self.lined_up),
                float(self.path.side % 3),
                float(self.cradled),
                float(self.pressed),
            ),
            np.float32,
        )
