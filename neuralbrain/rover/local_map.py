"""What is around the rover now: the scene, what its beams and its bumper felt, and where it is by now."""

import math
from collections.abc import Iterable

from neuralbrain.messages import Location, Scene
from neuralbrain.rover.attempt import RoverAttempt
from neuralbrain.rover.body import Hull
from neuralbrain.rover.catalogue import BALL_RADIUS
from neuralbrain.rover.messages import Pose, Proprioception, RoverSchema
from neuralbrain.rover.navigation_state import GO, PUSH, NavigationState
from neuralbrain.rover.paths import Circle, Spot, ahead

BEAM = 0.6
"""A beam that meets something nearer than this, m, that is not known is taken for an obstacle."""
FELT_RADIUS, FELT_TICKS = 0.05, 100
"""Of what a beam or the bumper met, m; and for how long it is remembered."""
KNOWN = 0.12
"""What a beam meets so near to the edge of an object that is known is that object, m."""
LAG = 2
"""The rover acts so many ticks after what the newest pose says of it."""
ELSEWHERE = 0.20
"""A ball that was seen so far from the prongs is not between them, m."""
LOCATION = 0.15
"""It has arrived at a location on the floor so near to it, m."""


class LocalMap:
    """Kept up to date by the basal ganglia from all that arrives.

    Attributes:
        schema: What the rover is made of, once it is known.
        pose: Where it was when it last felt.
        scene: The newest scene.
    """

    def __init__(self) -> None:
        self.schema: RoverSchema | None = None
        self.pose: Pose | None = None
        self.scene: Scene | None = None
        self._felt: dict[int, Proprioception] = {}
        self._newest: Proprioception | None = None
        self._met: dict[Spot, int] = {}  # what was felt, and until when that is remembered

    @property
    def ready(self) -> bool:
        """Whether the rover knows itself."""
        return self.schema is not None and self.pose is not None and self._newest is not None

    @property
    def cradled(self) -> bool:
        """Whether something is between the prongs."""
        return self._newest is not None and self._newest.cradled

    def feel(self, felt: Iterable[Proprioception], poses: Iterable[Pose], tick: int) -> None:
        """Take in what was felt, and note what the beams met that is not known."""
        for one in felt:
            self._newest = self._felt[one.tick] = one
        for pose in poses:
            self.pose, own = pose, self._felt.get(pose.sensed)
            if own is not None and self.schema is not None:
                self._note(own, pose, self.schema, tick)
        if self.pose is not None:
            self._felt = {t: one for t, one in self._felt.items() if t >= self.pose.sensed}
        self._met = {spot: until for spot, until in self._met.items() if until > tick}

    def bump(self, tick: int) -> None:
        """Remember that something stands where the bumper was pressed."""
        if self._newest is None or self.schema is None or self.pose is None:
            return
        for quarter, angle in enumerate((0.0, math.pi / 2, math.pi, -math.pi / 2)):
            if self._newest.bumper[quarter]:
                away = self.schema.radius + FELT_RADIUS
                spot = ahead((self.pose.x, self.pose.y), self.pose.heading + angle, away)
                self._met[spot] = tick + FELT_TICKS

    def where(self) -> tuple[Spot, float]:
        """Return where the rover is and how it is turned, by now: as it was felt, and moved on since."""
        assert self.pose is not None
        assert self.schema is not None
        assert self._newest is not None
        seconds = LAG * self.schema.tick_seconds
        turned = self._newest.heading_rate * seconds
        left, right = self._newest.wheel_speeds.tolist()
        distance = (left + right) / 2 * self.schema.wheel_radius * seconds
        course = self.pose.heading + turned / 2
        return ahead((self.pose.x, self.pose.y), course, distance), self.pose.heading + turned

    def spot(self, name: str) -> Spot | None:
        """Return where an object is; None if that is not known."""
        obj = None if self.scene is None else self.scene.find(name)
        return None if obj is None else (obj.position[0], obj.position[1])

    def circles(self, without: Iterable[str] = ()) -> dict[str, Circle]:
        """Return what is known to stand there, by id."""
        found = {}
        for obj in () if self.scene is None else self.scene.objects:
            if obj.category != "rover" and obj.id not in without:
                length, width = obj.size[:2]
                box = obj.category == "obstacle"
                radius = math.sqrt(length * length + width * width) / 2 if box else length / 2
                found[obj.id] = Circle(obj.position[0], obj.position[1], radius)
        return found

    def navigation_state(
        self, attempt: RoverAttempt, locations: Iterable[Location], pressed: bool
    ) -> NavigationState:
        """Return what lies ahead of a step.

        Args:
            attempt: The step at work.
            locations: Those that its tree refers to.
            pressed: Whether the bumper was pressed of late.
        """
        rover, facing = self.where()
        location = next((location for location in locations if location.id == attempt.goal), None)
        goal = self.spot(attempt.goal) if location is None else (location.position[0], location.position[1])
        ball = self.spot(attempt.ball) if attempt.ball else None
        # A pillar breaks the beam between the prongs, too: it is the ball unless that was seen elsewhere.
        held = self.cradle()
        cradled = bool(attempt.ball) and self.cradled and (ball is None or math.dist(ball, held) < ELSEWHERE)
        ball = held if cradled else ball
        known = self.circles(without=(attempt.goal, attempt.ball))
        met = [Circle(*spot, FELT_RADIUS) for spot in self._met if not self._meant(spot, goal, ball)]
        further = {} if location is None else {"near": LOCATION}
        return NavigationState(
            asked=PUSH if attempt.ball else GO,
            rover=rover,
            facing=facing,
            goal=goal,
            ball=ball,
            others=[*known.values(), *met],
            cradled=cradled,
            pressed=pressed,
            side=attempt.side,
            **further,
        )

    def cradle(self) -> Spot:
        """Return where a ball is that lies between the prongs."""
        assert self.schema is not None
        hull = Hull(
            radius=self.schema.radius,
            prong_ahead=self.schema.prong_ahead,
            prong_aside=self.schema.prong_aside,
        )
        rover, facing = self.where()
        return ahead(rover, facing, hull.cradle(BALL_RADIUS))

    def _note(self, felt: Proprioception, pose: Pose, schema: RoverSchema, tick: int) -> None:
        """Note what the beams met and no object of the scene explains."""
        known = list(self.circles().values())
        for bearing, far in zip(schema.bearings, felt.ranges.tolist(), strict=True):
            if far >= BEAM or (felt.cradled and bearing == 0.0):
                continue
            hit = ahead((pose.x, pose.y), pose.heading + bearing, far + FELT_RADIUS)
            if any(math.dist(hit, t.middle) < t.radius + FELT_RADIUS + KNOWN for t in known):
                continue
            near = [spot for spot in self._met if math.dist(hit, spot) < FELT_RADIUS]
            for spot in near[:1]:
                del self._met[spot]
            self._met[hit] = tick + FELT_TICKS

    @staticmethod
    def _meant(spot: Spot, goal: Spot | None, ball: Spot | None) -> bool:
        """Whether what was felt is what the step is about."""
        return any(obj is not None and math.dist(spot, obj) < 0.25 for obj in (goal, ball))
