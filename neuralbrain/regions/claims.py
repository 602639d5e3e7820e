"""What a brain claims when it is done, and what simulator truth says to it, for the record."""

from collections.abc import Iterable

from neuralbrain.body import Thing, Truthful
from neuralbrain.messages import Claim, Condition, Scene
from neuralbrain.planning.goal import Goal

Held = dict[str, tuple[Condition, ...]]
"""The fields of a `Truth`: "true", "false", "unknown"."""


def claim_of(goal: Goal, reached: Iterable[Condition], scene: Scene) -> Claim:
    """Return what a cortex claims that has reached its goals.

    Args:
        goal: What is still true of them, as it believes.
        reached: All that was, on the way.
        scene: The newest.
    """
    names = dict.fromkeys(name for condition in goal.conditions for name in condition.args)
    return Claim(
        conditions=goal.conditions,
        objects=tuple(obj for obj in map(scene.find, names) if obj is not None),
        locations=tuple(location for location in goal.locations if location.id in names),
        passed=tuple(dict.fromkeys(one for one in reached if one not in goal.conditions)),
    )


def held_against(body: Truthful, claim: Claim) -> Held:
    """Hold a claim against the truth."""
    things = {
        **{
            spot.id: Thing(category="location", position=spot.position, yaw=spot.yaw if spot.turned else None)
            for spot in claim.locations
        },
        **{
            obj.id: Thing(category=obj.category, color=obj.color, position=obj.position)
            for obj in claim.objects
        },
    }
    found: dict[bool | None, list[Condition]] = {True: [], False: [], None: list(claim.passed)}
    for condition in claim.conditions:
        about = [things.get(name, Thing(category=name)) for name in condition.args]
        truth = body.truth_of(condition.predicate, about)
        found[truth if truth is None else truth is not condition.negated].append(condition)
    return {"true": tuple(found[True]), "false": tuple(found[False]), "unknown": tuple(found[None])}
