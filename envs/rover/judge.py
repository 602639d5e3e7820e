"""Says how a task stands, by simulator truth. No region ever does."""

import itertools
import math

from neuralbrain.body import Evaluation
from neuralbrain.envs.rover.tasks import Setting
from neuralbrain.envs.rover.world import World

REACH = 0.40
"""A pillar is visited when the rover's origin is so near to its middle, m: a hand's breadth from touching
it."""
AT_GOAL = 0.35
"""A ball is at a pillar when their middles are so near to each other, m; when they touch it is 0.14."""
STILL = 0.05
"""Speed below which a ball lies still, m/s."""
_BESIDE = 0.17
"""Distance of the middles when the rover is at the ball, m."""


class Judge:
    """Judges one episode.

    Args:
        setting: What was drawn.
    """

    def __init__(self, setting: Setting) -> None:
        self._ball, self._pillars = setting.ball, setting.pillars
        objects = {obj.name: (obj.x, obj.y) for obj in setting.layout.objects}
        self._goals = [objects[name] for name in setting.pillars]
        self.visited = 0
        """How many of the pillars have been visited, in their order."""
        start = setting.layout.start[:2]
        self._way = self._left(start, None if self._ball is None else objects[self._ball])

    def watch(self, rover: tuple[float, float]) -> None:
        """Take note of where the rover is after a tick, x and y, m."""
        if self._ball is None and self.visited < len(self._goals):
            self.visited += math.dist(rover, self._goals[self.visited]) < REACH

    def judge(self, world: World, rover: tuple[float, float]) -> Evaluation:
        """Say how the task stands.

        Args:
            world: As it stands.
            rover: Where the rover is, x and y, m.
        """
        if self._ball is None:
            ball = None
            last = math.dist(rover, self._goals[-1])
            success = self.visited == len(self._goals) and last < REACH
        else:
            ball = world.place(self._ball)
            near = math.dist(ball, self._goals[0]) < AT_GOAL
            success = near and world.speed(self._ball) < STILL
        share = 1.0 if success else 1.0 - self._left(rover, ball) / self._way
        return Evaluation(
            success=success,
            reward=share + success,
            info={"progress": min(max(share, 0.0), 1.0)},
        )

    def _left(self, rover: tuple[float, float], ball: tuple[float, float] | None) -> float:
        """Return how much of the way is left, m: the rover's, or the ball's and half of the rover's to it."""
        if ball is not None:
            way = max(math.dist(ball, self._goals[0]) - AT_GOAL, 0.0)
            return way + 0.5 * max(math.dist(rover, ball) - _BESIDE, 0.0)
        if self.visited == len(self._goals):
            return max(math.dist(rover, self._goals[-1]) - REACH, 0.0)
        ahead = [rover, *self._goals[self.visited :]]
        legs = [max(math.dist(a, b) - REACH, 0.0) for a, b in itertools.pairwise(ahead)]
        return sum(legs)
