"""The anomaly monitor: a verdict for each claim, once its picture and its plan are there."""

import itertools
import pickle
from typing import Any, Literal

import pytest

from neuralbrain.messages import (
    Anomaly,
    Condition,
    ExecutionTree,
    Location,
    Message,
    Scene,
    Sequence,
    Step,
    StepStatus,
    Verdict,
)
from neuralbrain.regions.anomaly_monitor import AnomalyMonitor, AnomalyMonitorConfig
from tests.arm.planning.toy import obj, scene
from tests.firing import said

RED, BLUE = obj("red_block", 0.5, 0.1), obj("blue_block", 0.4, -0.1)
STACKED = obj("red_block", 0.4, -0.1, 0.06)
ON = Condition(predicate="on", args=("red_block", "blue_block"))
EMPTY = Condition(predicate="hand_empty", args=())
HELD = Condition(predicate="holding", args=("red_block",))
THERE = Condition(predicate="at", args=("red_block", "there"))


def step(name: str, skill: str, *post: Condition, **args: str) -> Step:
    return Step(id=name, skill=skill, args=args, postconditions=post)


def tree(*children: Step, plan: str = "plan_1", locations: tuple[Location, ...] = ()) -> ExecutionTree:
    root = Sequence(id="all", children=children)
    return ExecutionTree(tick=0, source="cortex", plan=plan, goal="a test", root=root, locations=locations)


STACK = step("stack", "stack", ON, object="red_block", target="blue_block")
TREE = tree(step("pick", "pick", HELD, object="red_block"), STACK)


def claimed(
    name: str = "stack",
    request: str = "r1",
    plan: str = "plan_1",
    state: Literal["started", "claimed", "succeeded", "failed"] = "claimed",
    holding: str = "",
) -> StepStatus:
    return StepStatus(
        tick=0,
        source="cerebellum",
        plan=plan,
        step=name,
        skill="stack",
        state=state,
        attempt=1,
        request=request,
        holding=holding,
    )


def pictured(*objects: Any, request: str = "r1") -> Scene:
    return scene(*(objects or (STACKED, BLUE)), request=request)


@pytest.fixture
def monitor() -> AnomalyMonitor:
    region = AnomalyMonitor("monitor", AnomalyMonitorConfig(embodiment="arm"))
    region.reset(0)
    return region


def fire(monitor: AnomalyMonitor, *messages: Message, tick: int = 5) -> tuple[list[Verdict], list[Anomaly]]:
    out = said(monitor, tick, *messages)
    return out.get("verdict", []), out.get("anomaly", [])


def test_what_is_seen_to_be_true_holds(monitor: AnomalyMonitor) -> None:
    (verdict,), anomalies = fire(monitor, TREE, claimed(), pictured())
    assert (verdict.plan, verdict.step, verdict.holds, verdict.unmet) == ("plan_1", "stack", True, ())
    assert anomalies == []


def test_what_is_not_seen_to_be_true_is_named(monitor: AnomalyMonitor) -> None:
    (verdict,), (anomaly,) = fire(monitor, TREE, claimed(), pictured(RED, BLUE))
    assert (verdict.holds, verdict.unmet) == (False, (ON,))
    assert (anomaly.level, anomaly.plan, anomaly.step) == ("retry", "plan_1", "stack")
    assert anomaly.what == "after stack red_block blue_block: not seen to be true: on(red_block, blue_block)"


def test_only_the_unmet_are_named_in_their_order(monitor: AnomalyMonitor) -> None:
    both = step("see", "look", THERE, EMPTY, ON, HELD, camera="overview")
    there = Location(id="there", position=(0.6, 0.2, 0.02))
    (verdict,), (anomaly,) = fire(monitor, tree(both, locations=(there,)), claimed("see"), pictured())
    assert verdict.unmet == (THERE, HELD)
    assert anomaly.what.endswith("not seen to be true: at(red_block, there), holding(red_block)")


def test_a_place_of_the_tree_is_known(monitor: AnomalyMonitor) -> None:
    put = step("put", "place", THERE, object="red_block", target="there")
    there = Location(id="there", position=(0.5, 0.1, 0.02))
    (verdict,), _ = fire(monitor, tree(put, locations=(there,)), claimed("put"), pictured(RED))
    assert verdict.holds


def test_an_object_that_is_not_seen_is_not_where_it_should_be(monitor: AnomalyMonitor) -> None:
    (verdict,), _ = fire(monitor, TREE, claimed(), pictured(BLUE))
    assert verdict.unmet == (ON,)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_tree_claim_and_scene_come_in_any_order_and_the_verdict_comes_once(
    monitor: AnomalyMonitor, order: tuple[int, ...]
) -> None:
    messages: list[Message] = [TREE, claimed(), pictured()]
    given = [fire(monitor, messages[which], tick=tick)[0] for tick, which in enumerate(order)]
    assert [len(verdicts) for verdicts in given] == [0, 0, 1]
    assert fire(monitor, claimed(), tick=9)[0] == [], "a claim is judged once"
    assert fire(monitor, pictured(RED, BLUE), tick=10)[0] == []


def test_only_the_picture_that_was_asked_for_counts(monitor: AnomalyMonitor) -> None:
    assert fire(monitor, TREE, claimed(), pictured(RED, BLUE, request="r0"))[0] == []
    assert fire(monitor, pictured(request="r1"), tick=6)[0][0].holds


def test_only_claims_are_judged(monitor: AnomalyMonitor) -> None:
    for state in ("started", "succeeded", "failed"):
        assert fire(monitor, TREE, claimed(state=state), pictured()) == ([], [])


def test_each_try_is_judged_by_its_own_picture(monitor: AnomalyMonitor) -> None:
    fire(monitor, TREE, claimed(request="r1"), claimed(request="r2"))
    verdicts, _ = fire(monitor, pictured(RED, BLUE, request="r1"), pictured(request="r2"))
    assert [verdict.holds for verdict in verdicts] == [False, True]


def test_an_old_plan_is_not_judged_by_a_new_tree(monitor: AnomalyMonitor) -> None:
    fire(monitor, TREE, claimed())
    opposite = Condition(predicate="on", args=("red_block", "blue_block"), negated=True)
    new = tree(step("stack", "stack", opposite, object="red_block", target="blue_block"), plan="plan_2")
    assert fire(monitor, new, pictured()) == ([], [])
    (verdict,), _ = fire(monitor, claimed(request="r2", plan="plan_2"), pictured(RED, BLUE, request="r2"))
    assert (verdict.plan, verdict.holds) == ("plan_2", True)


def test_a_step_that_the_tree_does_not_have_is_not_judged(monitor: AnomalyMonitor) -> None:
    assert fire(monitor, TREE, claimed("dance"), pictured()) == ([], [])


HAND = tree(
    step("pick", "pick", HELD, object="red_block"),
    step("see", "look", HELD, camera="overview"),
    step("stack", "stack", EMPTY, object="red_block", target="blue_block"),
    step("see_again", "look", EMPTY, camera="overview"),
)


def test_what_is_held_is_what_the_cerebellum_said_last(monitor: AnomalyMonitor) -> None:
    def holds(name: str, request: str, holding: str = "") -> bool:
        (verdict,), _ = fire(monitor, claimed(name, request, holding=holding), pictured(request=request))
        return verdict.holds

    fire(monitor, HAND)
    assert not holds("see", "r1")
    assert holds("see", "r2", "red_block")
    assert not holds("see", "r3", "blue_block")
    assert not holds("see_again", "r4", "red_block")
    assert holds("see_again", "r5")


def test_what_has_left_the_hand_since_the_claim_is_not_held(monitor: AnomalyMonitor) -> None:
    fire(monitor, HAND, claimed("see", holding="red_block"))
    fire(monitor, claimed("stack", state="failed", holding=""))
    (verdict,), _ = fire(monitor, pictured())
    assert verdict.unmet == (HELD,)


def test_its_state_carries_over_between_claim_and_scene(monitor: AnomalyMonitor) -> None:
    fire(monitor, HAND, claimed("see", holding="red_block"))
    other = AnomalyMonitor("monitor", AnomalyMonitorConfig(embodiment="arm"))
    other.reset(0)
    other.set_state(pickle.loads(pickle.dumps(monitor.get_state())))
    assert fire(other, pictured()) == fire(monitor, pictured())
    assert fire(other, claimed("see")) == ([], [])


def test_a_new_episode_knows_nothing_of_the_last(monitor: AnomalyMonitor) -> None:
    fire(monitor, HAND, claimed("see", holding="red_block"), pictured())
    monitor.reset(0)
    assert fire(monitor, claimed("see"), pictured()) == ([], [])
    (verdict,), _ = fire(monitor, HAND)
    assert verdict.unmet == (HELD,)


def test_old_scenes_and_claims_are_forgotten(monitor: AnomalyMonitor) -> None:
    sizes = []
    fire(monitor, TREE)
    for number in range(300):
        fire(monitor, pictured(request=f"seen {number:03}"), claimed(request=f"never seen {number:03}"))
        (verdict,), _ = fire(monitor, claimed(request=f"r{number:03}"), pictured(request=f"r{number:03}"))
        assert verdict.holds
        sizes.append(len(pickle.dumps(monitor.get_state())))
    assert sizes[299] == sizes[150]
    assert fire(monitor, claimed(request="r299")) == ([], []), "what was judged of late is not judged again"
