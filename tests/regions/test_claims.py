"""What a cortex claims when it is done, and what simulator truth says to that."""

from collections.abc import Sequence

import pytest

from neuralbrain.body import Thing
from neuralbrain.messages import Claim, Condition, Location, Truth
from neuralbrain.planning.goal import Goal
from neuralbrain.regions.claims import claim_of, held_against
from tests.arm.planning.toy import obj, scene

IN = Condition(predicate="in", args=("red_block", "blue_bowl"))
AT = Condition(predicate="at", args=("red_block", "spot"))
ON = Condition(predicate="on", args=("red_block", "table"))
SHAKEN = Condition(predicate="shaken", args=("red_block",))
SPOT = Location(id="spot", position=(0.4, 0.1, 0.02), yaw=0.5, turned=True)


class Known:
    """A simulator that knows the truth of some predicates."""

    def __init__(self, **truths: bool | None) -> None:
        self.truths, self.asked = truths, list[tuple[Thing, ...]]()

    def truth_of(self, predicate: str, things: Sequence[Thing]) -> bool | None:
        self.asked.append(tuple(things))
        return self.truths.get(predicate)


def test_a_claim_has_all_that_its_conditions_are_about() -> None:
    goal = Goal("", (IN, AT), (SPOT, SPOT.model_copy(update={"id": "elsewhere"})))
    seen = scene(obj("red_block", 0.5, 0.0), obj("blue_bowl", 0.5, 0.2), obj("green_block", 0.4, 0.0))
    claim = claim_of(goal, (IN, SHAKEN, SHAKEN), seen)
    assert claim.conditions == (IN, AT)
    assert [one.id for one in claim.objects] == ["red_block", "blue_bowl"]
    assert claim.locations == (SPOT,)
    assert claim.passed == (SHAKEN,)


def test_each_condition_is_held_against_the_truth() -> None:
    block = obj("red_block", 0.5, 0.0)
    claim = Claim(conditions=(IN, AT, ON), objects=(block,), locations=(SPOT,), passed=(SHAKEN,))
    body = Known(at=True, on=False)
    assert held_against(body, claim) == {"true": (AT,), "false": (ON,), "unknown": (SHAKEN, IN)}
    red = Thing(category="block", color="red", position=block.position)
    assert body.asked[1] == (red, Thing(category="location", position=SPOT.position, yaw=0.5))
    assert body.asked[2] == (red, Thing(category="table"))
    negated = Claim(conditions=(ON.model_copy(update={"negated": True}),), objects=(block,))
    assert held_against(body, negated)["true"] == negated.conditions


@pytest.mark.parametrize(
    ("held", "standing"),
    [
        ({"true": (IN,)}, "believed and true"),
        ({"true": (IN,), "unknown": (SHAKEN,)}, "believed"),
        ({"true": (IN,), "false": (AT,), "unknown": (SHAKEN,)}, "believed but false"),
        ({}, "believed"),
    ],
)
def test_only_what_is_known_whole_is_called_true(
    held: dict[str, tuple[Condition, ...]], standing: str
) -> None:
    truth = Truth.model_validate({"tick": 0, "source": "brainstem", **held})
    assert truth.standing == standing
    assert truth.headline().startswith(standing)
