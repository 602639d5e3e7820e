"""What is believed to stand where, merged over pictures, in the frame in which the rover started."""

import math
from dataclasses import dataclass, field

from neuralbrain.rover.catalogue import BALL_RADIUS, OBSTACLE_HEIGHT, PILLAR_HEIGHT, PILLAR_RADIUS
from neuralbrain.rover.messages import Pose
from neuralbrain.rover.vision.recognise import CELL, Sighting, View

FRESH = 0.7
"""What a new picture of a pillar counts for where it is; the rest is what was known."""
SAME = 0.12
"""Obstacles whose outlines are nearer to each other than this are the same one, m."""
FADING = 0.01
"""By so much an obstacle's outline shrinks towards what a new picture shows, m: the rover's frame drifts."""
WIDEST = 0.45
"""No obstacle is wider, m."""
MISSES = 2
"""An object that so many pictures in a row should show and do not is gone."""
BEHIND = 0.25
"""What is seen so much farther than an object is seen through it, m."""
_SIZES = {
    "pillar": (2 * PILLAR_RADIUS, 2 * PILLAR_RADIUS, PILLAR_HEIGHT),
    "ball": (2 * BALL_RADIUS,) * 3,
}


@dataclass
class Known:
    """An object that is believed to be there.

    Attributes:
        id: Its name.
        category: What it is.
        color: A colour word.
        x: Of its middle, m.
        y: Likewise.
        size: Along x, along y, and up, m.
        seen: The tick of the last picture that showed it.
        misses: Pictures in a row that should have shown it and did not.
    """

    id: str
    category: str
    color: str
    x: float
    y: float
    size: tuple[float, float, float]
    seen: int
    misses: int = 0

    @property
    def radius(self) -> float:
        """Return the radius of a circle around it, m."""
        if self.category == "obstacle":
            return math.sqrt(self.size[0] * self.size[0] + self.size[1] * self.size[1]) / 2
        return self.size[0] / 2


@dataclass
class Belief:
    """All that is believed to be there.

    Attributes:
        known: By id.
        obstacles: How many obstacles have ever been met: they are numbered.
    """

    known: dict[str, Known] = field(default_factory=dict)
    obstacles: int = 0

    def update(self, view: View, sightings: list[Sighting], pose: Pose, tick: int) -> None:
        """Take in a picture.

        Args:
            view: The picture.
            sightings: What was recognised in it.
            pose: Where the rover was when it was taken.
            tick: When that was.
        """
        c, s = math.cos(pose.heading), math.sin(pose.heading)

        def placed(x: float, y: float) -> tuple[float, float]:
            return pose.x + c * x - s * y, pose.y + s * x + c * y

        for sighting in sightings:
            if sighting.category == "obstacle":
                self._meet([placed(*point) for point in sighting.points], tick)
            else:
                self._see(sighting, placed(sighting.x, sighting.y), tick)
        for obj in list(self.known.values()):
            if obj.seen != tick:
                dx, dy = obj.x - pose.x, obj.y - pose.y
                self._miss(obj, view, c * dx + s * dy, c * dy - s * dx)

    def _see(self, sighting: Sighting, place: tuple[float, float], tick: int) -> None:
        """Note where a coloured object is; a ball may have rolled, a pillar has not."""
        name = f"{sighting.color}_{sighting.category}"
        before = self.known.get(name)
        x, y = place
        if before is not None and sighting.category == "pillar":
            x, y = FRESH * x + (1 - FRESH) * before.x, FRESH * y + (1 - FRESH) * before.y
        self.known[name] = Known(
            name, sighting.category, sighting.color, x, y, _SIZES[sighting.category], tick
        )

    def _meet(self, points: list[tuple[float, float]], tick: int) -> None:
        """Note an obstacle: its outline grows by what other sides show."""
        back, front, right, left = (
            bound(point[axis] for point in points) for axis in (0, 1) for bound in (min, max)
        )
        for obj in self.known.values():
            b, f = obj.x - obj.size[0] / 2, obj.x + obj.size[0] / 2
            r, l = obj.y - obj.size[1] / 2, obj.y + obj.size[1] / 2  # noqa: E741
            apart = max(back - f, b - front, right - l, r - left)
            if obj.category == "obstacle" and apart < SAME:
                back, front = min(back, b + FADING), max(front, f - FADING)
                right, left = min(right, r + FADING), max(left, l - FADING)
                name = obj.id
                break
        else:
            self.obstacles += 1
            name = f"obstacle_{self.obstacles}"
        length, width = (min(max(extent, CELL), WIDEST) for extent in (front - back, left - right))
        middle = ((back + front) / 2, (right + left) / 2)
        self.known[name] = Known(name, "obstacle", "grey", *middle, (length, width, OBSTACLE_HEIGHT), tick)

    def _miss(self, obj: Known, view: View, ahead: float, left: float) -> None:
        """Doubt an object that is not seen where it should be; ahead and left: from the rover, m."""
        height = BALL_RADIUS if obj.category == "ball" else OBSTACLE_HEIGHT / 2
        depths = view.depths(ahead, left, height)
        if depths is None:
            return
        own, seen = depths
        if seen < own + BEHIND + obj.radius:
            return  # something stands before it
        obj.misses += 1
        if obj.misses >= MISSES:
            del self.known[obj.id]
