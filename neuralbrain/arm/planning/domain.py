"""What an arm can do with objects on a table, and what can be said of them."""

import json
from collections.abc import Iterable, Mapping

from neuralbrain.arm.body import ON_HAND, OVERVIEW
from neuralbrain.arm.catalogue import GRASPABLE
from neuralbrain.arm.messages import ArmSchema
from neuralbrain.arm.motor.kinematics import Arm, downward, solve
from neuralbrain.arm.motor.skills import known_skills, skill_class
from neuralbrain.arm.motor.skills.declaration import PLANNED
from neuralbrain.arm.planning.locations import free_spots, raised_to
from neuralbrain.arm.planning.state import SymbolicState
from neuralbrain.arm.planning.symbols import holds
from neuralbrain.arm.predicates import LOCATION, PREDICATES, RELATIONS, TABLE, TYPES, is_felt, suited
from neuralbrain.messages import BodySchema, Condition, Location, Scene, Step
from neuralbrain.planning.domain import Domain, SkillForm
from neuralbrain.planning.goal import Goal
from neuralbrain.words import listed


class TabletopDomain(Domain):
    """Objects on, in and at each other; drawers that open; a hand that holds one object."""

    constants = frozenset({TABLE})

    @property
    def skills(self) -> Mapping[str, SkillForm]:
        """Skill -> its arguments."""
        return {name: skill.form() for name, skill in known_skills().items()}

    @property
    def predicates(self) -> Mapping[str, int]:
        """Predicate -> how many objects it is about; those that skills bring in come last."""
        declared = [s.split() for skill in known_skills().values() for s in skill.after]
        felt = {predicate: len(args) for predicate, *args in declared if is_felt(predicate)}
        return {predicate: len(types) for predicate, types in PREDICATES.items()} | felt

    def felt(self, condition: Condition) -> bool:
        """Whether a condition is believed once the step that brings it about has succeeded."""
        return is_felt(condition.predicate)

    def state(self, scene: Scene, locations: Iterable[Location], holding: str | None) -> SymbolicState:
        """Return a scene in symbols."""
        return SymbolicState(scene, locations, holding)

    def holds(
        self, condition: Condition, scene: Scene, locations: Iterable[Location], holding: str | None
    ) -> bool:
        """Whether a condition is seen to be true in a scene."""
        return holds(condition, scene, locations, holding)

    def step(self, name: str, skill: str, args: Mapping[str, str], scene: Scene, retries: int) -> Step:
        """Return a step with the conditions that its skill declares."""
        found = skill_class(skill)
        categories = {obj.id: obj.category for obj in scene.objects}
        kinds = {thing: categories.get(thing, LOCATION) for thing in args.values()}
        return Step(
            id=name,
            skill=skill,
            args=dict(args),
            preconditions=found.preconditions(args, kinds),
            postconditions=found.postconditions(args, kinds),
            retries=retries,
        )

    def words_for(self, skill: str, argument: str) -> tuple[str, ...]:
        """Return the names of the cameras, where one is asked for."""
        return (OVERVIEW, ON_HAND) if argument == "camera" else ()

    def suited(self, condition: Condition, scene: Scene) -> Condition | None:
        """Return a condition of others' as scenes show it ("in" for a bowl); None if it makes no sense."""
        kinds = {obj.id: obj.category for obj in scene.objects} | {TABLE: TABLE}
        known = [kinds.get(name, LOCATION) for name in condition.args]
        if condition.predicate in RELATIONS and known[0] in BEARING:
            if known[1] == TABLE:
                return condition.model_copy(update={"predicate": "on"})
            return suited(condition, known[1]) if condition.args[0] != condition.args[1] else None
        sorts = {"open": ("drawer",), "closed": ("drawer",), "holding": GRASPABLE, "clear": BEARING}
        if condition.predicate in sorts:
            return condition if known[0] in sorts[condition.predicate] else None
        if condition.predicate in RELATIONS or {TABLE, LOCATION} & set(known):
            return None
        return condition

    def places(
        self, scene: Scene, body: BodySchema | None, taken: Iterable[Location]
    ) -> tuple[Location, ...]:
        """Return some free spots on the table."""
        return free_spots(scene, PLACES, ArmSchema.told(body), taken)

    def out_of_reach(
        self, name: str, scene: Scene, locations: Iterable[Location], body: BodySchema | None
    ) -> str:
        """Say why the hand does not come to an object or a location from above."""
        spots = {location.id: location.position for location in locations}
        spots |= {obj.id: obj.position for obj in scene.objects}
        if name not in spots:
            return ""
        arm = Arm(ArmSchema.told(body))
        middle = (arm.schema.lower + arm.schema.upper) / 2
        x, y, z = spots[name]
        # Where the elbow stands does not matter here, and to bring it to rest takes most of the time.
        if solve(arm, downward((x, y, z + ABOVE), 0.0), middle, swivel_gain=0.0).reached:
            return ""
        return f"{name} is out of the arm's reach"

    def words(self, condition: Condition) -> str:
        """Say a condition in words, as after "that"."""
        match condition.predicate, condition.args:
            case "holding", (obj,):
                return f"I {'do not hold' if condition.negated else 'hold'} the {obj.replace('_', ' ')}"
            case "hand_empty", _:
                return f"my hand is {'not ' if condition.negated else ''}empty"
            case "in_zone", (obj, zone):
                return super().words(Condition(predicate="on", args=(obj, zone), negated=condition.negated))
        if condition.predicate == "at" and condition.args[1].startswith(FREE):
            verb = "is not" if condition.negated else "is"
            return f"the {condition.args[0].replace('_', ' ')} {verb} on a free spot of the table"
        return super().words(condition)

    origin = "the foot of the arm"

    def terms(self) -> str:
        """Say which kinds of things are of which sort, and which needs of skills are no predicates' own."""
        used = {sort for skill in known_skills().values() for sorts in skill.arguments.values()
                for sort in sorts.split()}  # fmt: skip
        sorts = [
            f"{sort}: {listed(kinds, 'or')}"
            for sort, kinds in TYPES.items()
            if sort in used and kinds != (sort,) and sort != "any"
        ]
        narrow = {word for types in PREDICATES.values() for word in types if word != "any"}
        said = [p for p, types in PREDICATES.items() if set(types) & narrow]
        needs = [f"{name}: {text}" for name, text in PLANNED.items()]
        return (
            f'Sorts of things that skills take: {"; ".join(sorts)}; {LOCATION}: a name from "places". '
            f"{listed(said)} are said of a {listed(sorted(narrow))} only: as a need of another thing they "
            f"say nothing. Needs that the robot looks after, and that are no predicates: {'; '.join(needs)}."
        )

    def example(self, scene: Scene) -> str:
        """Return an example of a stage: a block is put into a bowl."""
        return EXAMPLE

    def placed(
        self, locations: tuple[Location, ...], steps: Iterable[Step], scene: Scene
    ) -> tuple[Location, ...]:
        """Return locations at the height of what is put there."""
        put = {
            step.args["target"]: step.args["object"]
            for step in steps
            if {"object", "target"} <= set(step.args)
        }
        return tuple(
            raised_to(spot, scene.find(put[spot.id])) if spot.id in put and spot.id.startswith(FREE) else spot
            for spot in locations
        )

    def held_by(self, goal: Goal) -> str | None:
        """Return what is held when a goal is reached."""
        return next((c.args[0] for c in goal.conditions if c.predicate == "holding" and not c.negated), None)


BEARING = (*GRASPABLE, "box")
"""On what something may stand, and what may be somewhere else."""
PLACES = 4
"""So many free spots are offered to a plan of others'."""
ABOVE = 0.12
"""So far above what it goes for the hand must come, m."""
FREE = "free_"
"""How the names of free spots begin (`neuralbrain.arm.planning.locations.free_spots`)."""
EXAMPLE = json.dumps(
    {
        "purpose": "put the block into the bowl",
        "needs": [{"predicate": "hand_empty", "args": [], "negated": False}],
        "steps": [
            {"skill": "pick", "object": "pink_block"},
            {"skill": "place", "object": "pink_block", "target": "white_bowl"},
        ],
        "brings": [{"predicate": "in", "args": ["pink_block", "white_bowl"], "negated": False}],
        "handlers": [
            {"anomaly": "failed", "level": "retry", "steps": []},
            {
                "anomaly": "not as expected",
                "level": "handler",
                "steps": [
                    {"skill": "look", "camera": "hand", "at": "pink_block"},
                    {"skill": "pick", "object": "pink_block"},
                    {"skill": "place", "object": "pink_block", "target": "white_bowl"},
                ],
            },
        ],
    }
)

DOMAIN = TabletopDomain()
