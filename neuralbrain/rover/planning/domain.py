"""What a rover can do, and what can be said of where it and everything else is."""

import json
import math
from collections.abc import Iterable, Mapping

from neuralbrain.errors import PlanError
from neuralbrain.messages import BodySchema, Condition, Location, Scene, Step
from neuralbrain.planning.domain import Domain, SkillForm
from neuralbrain.rover.planning.viewpoints import viewpoints

ROVER = "rover"
"""What scenes call the rover itself."""
NEAR, AT = 0.36, 0.33
"""The rover is near to what is not farther from its middle, m; so is a ball at what it was pushed to."""
PUSHABLE = "ball"


class ArenaState:
    """A scene in symbols: what the rover is near to, and what is at what."""

    def __init__(self, scene: Scene, locations: Iterable[Location]) -> None:
        spots = _spots(scene, locations)
        self._categories = {obj.id: obj.category for obj in scene.objects}
        self._names = set(spots) - {ROVER}
        self.near = {name for name in self._names if _apart(spots, ROVER, name) <= NEAR}
        self.at = {
            ball: {name for name in self._names - {ball} if _apart(spots, ball, name) <= AT}
            for ball, category in self._categories.items()
            if category == PUSHABLE
        }

    def knows(self, name: str) -> bool:
        """Whether a name is an object that is seen, or a location."""
        return name in self._names

    def satisfies(self, condition: Condition) -> bool:
        """Whether a condition is true; false if it names something unknown."""
        if not all(map(self.knows, condition.args)):
            return False
        match condition.predicate:
            case "near":
                truth = condition.args[0] in self.near
            case "at":
                truth = condition.args[1] in self.at.get(condition.args[0], ())
            case _:
                truth = condition.predicate == "visible"
        return truth is not condition.negated

    def apply(self, step: Step) -> None:
        """Do what a step does when it succeeds.

        Raises:
            PlanError: It cannot be done in this state; the message says why.
        """
        target = step.args.get("target", "")
        if step.skill == "go_to":
            self.near = {target}
        elif step.skill == "push":
            ball = step.args["object"]
            category = self._categories.get(ball, "location")
            if category != PUSHABLE:
                raise PlanError(f"only a ball can be pushed, not a {category}")
            if ball == target:
                raise PlanError(f"{ball} cannot be pushed to itself")
            self.near, self.at[ball] = set(), {target}


class ArenaDomain(Domain):
    """Going, pushing and looking; being near, at and visible."""

    @property
    def predicates(self) -> Mapping[str, int]:
        """Predicate -> how many objects it is about."""
        return {"near": 1, "at": 2, "visible": 1}

    @property
    def skills(self) -> Mapping[str, SkillForm]:
        """Skill -> its arguments."""
        return {
            "go_to": SkillForm(
                needs=frozenset({"target"}),
                text="Drives to an object or a location; near(target) is true then.",
            ),
            "push": SkillForm(
                needs=frozenset({"object", "target"}),
                text="Pushes a ball to an object or a location; at(object, target) is true then.",
            ),
            "look_around": SkillForm(text="Turns once and takes pictures on the way."),
        }

    def step(self, name: str, skill: str, args: Mapping[str, str], scene: Scene, retries: int) -> Step:
        """Return a step with what must be seen before, and what is true after."""
        after: tuple[Condition, ...] = ()
        if skill == "go_to":
            after = (Condition(predicate="near", args=(args["target"],)),)
        elif skill == "push":
            after = (Condition(predicate="at", args=(args["object"], args["target"])),)
        seen = tuple(Condition(predicate="visible", args=c.args[:1]) for c in after)
        return Step(
            id=name, skill=skill, args=dict(args), preconditions=seen, postconditions=after, retries=retries
        )

    def suited(self, condition: Condition, scene: Scene) -> Condition | None:
        """Return a condition of others' as it is; None if it makes no sense: only a ball is at anything."""
        first = scene.find(condition.args[0])
        if condition.predicate == "at" and (first is None or first.category != PUSHABLE):
            return None
        return None if len(set(condition.args)) < len(condition.args) else condition

    def places(
        self, scene: Scene, body: BodySchema | None, taken: Iterable[Location]
    ) -> tuple[Location, ...]:
        """Return some locations between objects."""
        return viewpoints(scene)

    def words(self, condition: Condition) -> str:
        """Say a condition in words, as after "that"."""
        if condition.predicate == "near":
            where = "not near to" if condition.negated else "near to"
            return f"I am {where} the {condition.args[0].replace('_', ' ')}"
        return super().words(condition)

    origin = "where the robot stood at first"

    def meaning(self, predicate: str) -> str:
        """Say what a predicate states, and how near that is."""
        most = {"near": NEAR, "at": AT}.get(predicate)
        within = "" if most is None else f", its middle {100 * most:g} cm away at most"
        return super().meaning(predicate) + within

    def example(self, scene: Scene) -> str:
        """Return an example of a stage: a ball is pushed to a pillar."""
        return EXAMPLE

    def state(self, scene: Scene, locations: Iterable[Location], holding: str | None) -> ArenaState:
        """Return a scene in symbols; a rover holds nothing."""
        return ArenaState(scene, locations)

    def holds(
        self, condition: Condition, scene: Scene, locations: Iterable[Location], holding: str | None
    ) -> bool:
        """Whether a condition is seen to be true in a scene."""
        return ArenaState(scene, locations).satisfies(condition)


def _spots(scene: Scene, locations: Iterable[Location]) -> dict[str, tuple[float, float]]:
    """Return where everything is that can be named."""
    found = {location.id: location.position[:2] for location in locations}
    return {**found, **{obj.id: obj.position[:2] for obj in scene.objects}}


def _apart(spots: Mapping[str, tuple[float, float]], one: str, other: str) -> float:
    """Return how far two are apart, m; infinity where one is unknown."""
    return math.dist(spots[one], spots[other]) if one in spots and other in spots else math.inf


EXAMPLE = json.dumps(
    {
        "purpose": "push the ball to the pillar",
        "needs": [],
        "steps": [{"skill": "push", "object": "pink_ball", "target": "white_pillar"}],
        "brings": [{"predicate": "at", "args": ["pink_ball", "white_pillar"], "negated": False}],
        "handlers": [
            {"anomaly": "failed", "level": "retry", "steps": []},
            {
                "anomaly": "not as expected",
                "level": "handler",
                "steps": [
                    {"skill": "look_around"},
                    {"skill": "push", "object": "pink_ball", "target": "white_pillar"},
                ],
            },
        ],
    }
)

DOMAIN = ArenaDomain()
