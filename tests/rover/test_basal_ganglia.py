"""The rover's basal ganglia, fed by hand: steps begin, behaviours are chosen, results are claimed."""

from typing import Any

import numpy as np
import pytest

from neuralbrain.messages import Condition, ExecutionTree, Message, Step, Verdict
from neuralbrain.rover.attempt import RoverAttempt
from neuralbrain.rover.basal_ganglia import VIEWS, BasalGanglia
from neuralbrain.rover.local_map import LocalMap
from neuralbrain.rover.messages import DriveReport
from tests.firing import inbox
from tests.rover.harness import felt, obj, pose, scene, schema, tree

NEAR = Condition(predicate="near", args=("red_pillar",))
GO = Step(id="go", skill="go_to", args={"target": "red_pillar"}, postconditions=(NEAR,), retries=1)
PUSH = Step(id="push", skill="push", args={"object": "green_ball", "target": "red_pillar"}, retries=0)
LOOK = Step(id="look", skill="look_around", args={})


class Bench:
    """Feeds a region tick by tick with a rover that is where it is put."""

    def __init__(self, **config: Any) -> None:
        self.region = BasalGanglia("basal_ganglia", BasalGanglia.Config(**config))
        self.region.reset(0)
        self.tick = 0
        self.heard: list[Message] = []

    def go(
        self, *messages: Message, ticks: int = 1, x: float = 0.0, turned: float = 0.0, **feels: Any
    ) -> None:
        """Let some ticks pass; the messages come with the first."""
        for number in range(ticks):
            own = [schema()] if self.tick == 0 else []
            now = felt(self.tick, **feels), pose(self.tick, x, 0.0, turned)
            out = self.region.step(self.tick, inbox(*own, *now, *(messages if number == 0 else ())))
            self.heard += [
                one for sent in out.values() for one in (sent if isinstance(sent, list) else [sent])
            ]
            self.tick += 1

    def of(self, kind: str) -> list[Any]:
        """Return what was said of a kind, and forget it."""
        found = [one for one in self.heard if one.kind == kind]
        self.heard = [one for one in self.heard if one.kind != kind]
        return found

    def states(self) -> list[str]:
        return [f"{one.step} {one.state}" for one in self.of("step_status")]


def test_nothing_is_asked_and_nothing_moves() -> None:
    bench = Bench()
    bench.go(ticks=10)
    assert bench.heard == []


def test_it_goes_claims_and_hears_the_verdict() -> None:
    bench = Bench()
    bench.go(tree(GO), scene(obj("red_pillar", 1.5, 0.0)), ticks=4)
    assert bench.states() == ["go started"]
    assert [choice.behaviour for choice in bench.of("rover_behaviour")] == ["approach"]
    drives = bench.of("rover_drive")
    assert all(drive.left == drive.right > 5.0 for drive in drives)
    assert bench.of("look_request")
    bench.go(ticks=4, x=1.3)
    (claim,) = bench.of("step_status")
    assert (claim.state, claim.request) == ("claimed", bench.of("look_request")[-1].request)
    assert bench.of("rover_drive")[-1].left == 0.0
    verdict = Verdict(tick=0, source="anomaly_monitor", plan="plan_1", step="go", holds=True)
    bench.go(verdict, x=1.3)
    assert bench.states() == [], "the picture is not here yet"
    bench.go(scene(obj("red_pillar", 1.5, 0.0), request=claim.request), x=1.3)
    assert bench.states() == ["go succeeded"]
    (plan,) = bench.of("plan_status")
    assert plan.succeeded


def test_what_is_not_borne_out_is_tried_again_and_then_fails() -> None:
    bench, pillar = Bench(), obj("red_pillar", 0.2, 0.0)
    verdict = Verdict(tick=0, source="m", plan="plan_1", step="go", holds=False, unmet=(NEAR,))
    bench.go(tree(GO), scene(pillar))
    for number in (1, 2):
        bench.go(ticks=4)
        claim = bench.of("step_status")[-1]
        assert (claim.state, claim.attempt) == ("claimed", number)
        bench.go(verdict, scene(pillar, request=claim.request))
    assert bench.states()[-1] == "go failed"
    (plan,) = bench.of("plan_status")
    assert plan.reason == "go: not seen to be true: near(red_pillar)"
    assert [one.level for one in bench.of("anomaly")] == ["retry"]


def test_a_look_around_is_a_whole_turn_of_pictures() -> None:
    bench = Bench()
    bench.go(tree(LOOK))
    for degrees in range(0, 400, 4):
        bench.go(turned=np.radians(degrees).item())
    looks = bench.of("look_request")
    assert len(looks) == VIEWS
    assert len({look.request for look in looks}) == VIEWS
    assert all(drive.right > 0 > drive.left for drive in bench.of("rover_drive")[:-1])
    bench.go(scene(request=looks[-1].request))
    assert bench.states()[-1] == "look succeeded"


def test_what_is_out_of_sight_is_searched_for_and_given_up() -> None:
    bench = Bench()
    bench.go(tree(GO.model_copy(update={"retries": 0})), scene(), ticks=200)
    assert {choice.behaviour for choice in bench.of("rover_behaviour")} == {"search"}
    (plan,) = bench.of("plan_status")
    assert plan.reason == "go: lost sight of red_pillar"


@pytest.mark.parametrize(("x", "y", "held"), [(1.0, 1.0, False), (0.17, 0.0, True)])
def test_a_pillar_between_the_prongs_is_no_ball(x: float, y: float, held: bool) -> None:
    around = LocalMap()
    around.schema, around.scene = (
        schema(),
        scene(obj("red_pillar", 2.0, 0.0), obj("green_ball", x, y, 0.12)),
    )
    around.feel([felt(0, cradled=True)], [pose(0)], 1)
    assert around.navigation_state(RoverAttempt(PUSH, 1), (), pressed=False).cradled is held


def test_the_reflex_is_an_anomaly_and_what_was_met_is_remembered() -> None:
    bench = Bench()
    bench.go(tree(GO), scene(obj("red_pillar", 1.5, 0.0)), ticks=6)
    report = DriveReport(tick=0, source="brainstem", left=-5, right=-5, clamped=("reflex",), held=False)
    bench.go(report, bumper=np.array([True, False, False, False]))
    (anomaly,) = bench.of("anomaly")
    assert (anomaly.level, anomaly.step) == ("reflex", "go")
    bench.go(ticks=30, x=-0.2)
    assert {"round left", "round right"} & {one.behaviour for one in bench.of("rover_behaviour")}


def test_a_new_tree_replaces_the_old_one() -> None:
    bench = Bench()
    bench.go(tree(GO), scene(obj("red_pillar", 1.5, 0.0)), ticks=3)
    second: ExecutionTree = tree(LOOK, plan="plan_2")
    bench.go(second)
    steps = [(one.plan, one.step, one.state) for one in bench.of("step_status")]
    assert steps[-2:] == [("plan_1", "go", "failed"), ("plan_2", "look", "started")]
    assert bench.of("plan_status") == []


@pytest.mark.parametrize(
    ("config", "why"),
    [({"time_limit": 20}, "it takes too long"), ({"patience": 20, "look": 500}, "was not answered")],
)
def test_nothing_goes_on_for_ever(config: dict[str, int], why: str) -> None:
    bench = Bench(**config)
    where = 0.2 if "patience" in config else 3.0
    bench.go(tree(GO.model_copy(update={"retries": 0})), scene(obj("red_pillar", where, 0.0)), ticks=60)
    (plan,) = bench.of("plan_status")
    assert why in plan.reason


def test_an_unknown_skill_fails() -> None:
    bench = Bench()
    bench.go(tree(Step(id="fly", skill="fly", args={})))
    (plan,) = bench.of("plan_status")
    assert plan.reason.startswith("fly: There is no skill 'fly'.")
