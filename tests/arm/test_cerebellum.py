"""The cerebellum with an arm that obeys at once, and an eye and a judge that say what a test wants."""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import dist
from typing import Any

import numpy as np
import pytest

from neuralbrain.arm.cerebellum import Cerebellum
from neuralbrain.arm.messages import MotorCommand
from neuralbrain.messages import (
    Anomaly,
    Condition,
    ExecutionTree,
    Fallback,
    LookRequest,
    Message,
    PlanStatus,
    Scene,
    Sequence,
    Step,
    StepStatus,
    TreeNode,
    Verdict,
)
from neuralbrain.runtime.trace import canonical, row
from tests.arm.motor.harness import PANDA, inbox, sent
from tests.arm.planning.toy import obj, scene
from tests.arm.test_brainstem import REST, registered, stem

TABLE = scene(
    obj("red_block", 0.45, 0.10),
    obj("blue_block", 0.55, -0.05),
    obj("blue_bowl", 0.50, -0.20),
    obj("purple_drawer", 0.50, 0.20, 0.045, yaw=3.14),
)
IN_BOWL = Condition(predicate="in", args=("red_block", "blue_bowl"))
HOLDING = Condition(predicate="holding", args=("red_block",))
OPEN = Condition(predicate="open", args=("purple_drawer",))
ANSWER = 3
"""Ticks from a look to its scene, and from a claim to its verdict."""


@pytest.fixture(scope="module", autouse=True)
def arm_env() -> Iterator[None]:
    with registered():
        yield


def step(
    name: str, skill: str, *post: Condition, retries: int = 0, before: tuple[Condition, ...] = (), **args: str
) -> Step:
    return Step(id=name, skill=skill, args=args, preconditions=before, postconditions=post, retries=retries)


def pick(retries: int = 0, name: str = "pick") -> Step:
    return step(name, "pick", HOLDING, retries=retries, object="red_block")


def place(retries: int = 0, target: str = "blue_bowl") -> Step:
    return step("place", "place", IN_BOWL, retries=retries, object="red_block", target=target)


def pull(retries: int = 0, name: str = "pull") -> Step:
    return step(name, "open", OPEN, retries=retries, drawer="purple_drawer")


def in_order(*children: TreeNode, name: str = "all") -> Sequence:
    return Sequence(id=name, children=children)


def either(*children: TreeNode) -> Fallback:
    return Fallback(id="either", children=children)


@dataclass
class Rig:
    """The two motor regions, ticking with delays of one, and the answers to what they ask.

    Attributes:
        eye: Request -> what is seen; None: no answer comes.
        judge: Claim -> what is not true; None: no answer comes.
        handover: So often, in ticks, a new cerebellum takes over the state of the old one; 0: never.
        log: What the cerebellum has said, but for its commands.
        commands: Those, with the tick.
    """

    patience: int = 40
    eye: Callable[[str], Scene | None] = lambda request: TABLE
    judge: Callable[[StepStatus], tuple[Condition, ...] | None] = lambda claim: ()
    verdict_after: int = ANSWER
    handover: int = 0
    tick: int = 0
    log: list[Message] = field(default_factory=list)
    commands: list[MotorCommand] = field(default_factory=list)
    post: list[tuple[int, str, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stem, self.arm = stem()
        self.arm.between = 0.04
        self.cerebellum = self.new()
        self.orders: list[tuple[str, Message]] = []
        self.tell("scene", TABLE)

    def new(self) -> Cerebellum:
        region = Cerebellum("cerebellum", Cerebellum.Config(patience=self.patience))
        region.reset(0)
        return region

    def tell(self, port: str, message: Message, after: int = 0) -> None:
        self.post.append((self.tick + after, port, message))

    def start(self, root: TreeNode, plan: str = "plan_1") -> None:
        tree = ExecutionTree(tick=self.tick, source="cortex", plan=plan, goal="a test", root=root)
        self.tell("tree", tree)

    def do(self, root: TreeNode, plan: str = "plan_1") -> PlanStatus:
        self.start(root, plan)
        return self.until(lambda said: isinstance(said, PlanStatus))

    def until(self, wanted: Callable[[Message], bool], limit: int = 1500) -> Any:
        """Tick until the cerebellum says something, and return that."""
        for _ in range(limit):
            found = [message for message in self.advance() if wanted(message)]
            if found:
                return found[0]
        raise AssertionError(f"it was not said: {self.told()}")

    def until_moving(self, ticks: int = 3) -> None:
        """Tick until the arm is on its way."""
        self.until(lambda said: isinstance(said, StepStatus))
        for _ in range(ticks):
            self.advance()

    def advance(self) -> list[Message]:
        if self.handover and self.tick % self.handover == 0:
            old, self.cerebellum = self.cerebellum, self.new()
            self.cerebellum.set_state(pickle.loads(pickle.dumps(old.get_state())))
        due = [(port, message) for at, port, message in self.post if at <= self.tick]
        self.post = [entry for entry in self.post if entry[0] > self.tick]
        felt = self.stem.step(self.tick, inbox(*self.orders))
        out = self.cerebellum.step(self.tick, inbox(*due))
        for port in ("schema", "proprioception", "report"):
            for message in sent(felt, port):
                self.tell(port, message, after=1)
        commands = sent(out, "command")
        self.orders = [("command", command) for command in commands]
        said: list[Message] = [
            message
            for port in ("step_status", "anomaly", "look", "plan_status")
            for message in sent(out, port)
        ]
        assert all((m.tick, m.source) == (self.tick, "cerebellum") for m in [*said, *commands])
        for message in said:
            self._answer(message)
        self.log += said
        self.commands += commands
        self.tick += 1
        return said

    def _answer(self, said: Message) -> None:
        if isinstance(said, LookRequest):
            seen = self.eye(said.request)
            if seen is not None:
                stamp = {"tick": self.tick, "request": said.request, "frame_tick": self.tick}
                self.tell("scene", seen.model_copy(update=stamp), after=ANSWER)
        if isinstance(said, StepStatus) and said.state == "claimed":
            unmet = self.judge(said)
            if unmet is not None:
                self.tell("verdict", verdict(said, unmet), after=self.verdict_after)

    def told(self, *, looks: bool = False) -> list[str]:
        """Return what was said, in few words."""
        return [_words(message) for message in self.log if looks or not isinstance(message, LookRequest)]

    def of(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.log if isinstance(message, kind)]


def _words(message: Message) -> str:
    match message:
        case StepStatus():
            return f"{message.step} {message.state} {message.attempt}"
        case Anomaly():
            return f"anomaly {message.level}"
        case LookRequest():
            return f"look {message.camera}"
        case PlanStatus():
            return f"{message.plan} {'succeeded' if message.succeeded else 'failed'}"
    raise AssertionError(message)


def verdict(claim: StepStatus, unmet: tuple[Condition, ...], plan: str = "", step: str = "") -> Verdict:
    return Verdict(
        tick=claim.tick,
        source="monitor",
        plan=plan or claim.plan,
        step=step or claim.step,
        holds=not unmet,
        unmet=unmet,
    )


# ---- what a plan does


def test_a_tree_is_done_step_by_step_and_said_in_order() -> None:
    rig = Rig()
    status = rig.do(in_order(pick(), place()))
    assert (status.plan, status.succeeded, status.reason) == ("plan_1", True, "")
    assert rig.told(looks=True) == [
        "pick started 1",
        "pick succeeded 1",
        "place started 1",
        "place claimed 1",
        "look fixed",
        "place succeeded 1",
        "plan_1 succeeded",
    ]
    claim, look = rig.of(StepStatus)[3], rig.of(LookRequest)[0]
    assert claim.request == look.request
    assert claim.tick == look.tick
    assert [status.skill for status in rig.of(StepStatus)] == ["pick"] * 2 + ["place"] * 3
    assert [status.holding for status in rig.of(StepStatus)] == ["", *["red_block"] * 2, "", ""]
    assert rig.arm.width > 0.04, "the fingers have let go"
    assert np.allclose(rig.arm.joints, REST), "and the arm is out of the camera's way"
    for _ in range(20):
        assert rig.advance() == [], "it is said once"


def test_a_motion_is_played_to_its_end() -> None:
    rig = Rig()
    assert rig.do(pull()).succeeded
    assert len(rig.commands) > 5
    for one, following in pairwise(rig.commands):
        assert following.start >= one.start + len(one.joints)
        assert np.abs(following.joints[0] - one.joints[-1]).max() < 0.02


def test_a_step_without_postconditions_is_not_looked_at() -> None:
    rig = Rig()
    assert rig.do(step("pull", "open", drawer="purple_drawer")).succeeded
    assert rig.told(looks=True) == ["pull started 1", "pull succeeded 1", "plan_1 succeeded"]


def test_a_step_counts_only_when_it_is_seen_and_judged() -> None:
    rig = Rig()
    rig.start(pull())
    claim = rig.until(lambda said: isinstance(said, StepStatus) and said.state == "claimed")
    done = rig.until(lambda said: isinstance(said, StepStatus) and said.state == "succeeded")
    assert done.tick == claim.tick + ANSWER


@pytest.mark.parametrize("camera", ["fixed", "wrist"])
def test_a_result_is_looked_at_from_where_its_target_was_seen(camera: str) -> None:
    seen = {one.id: one for one in TABLE.objects}
    seen["blue_bowl"] = seen["blue_bowl"].model_copy(update={"seen_by": camera})
    rig = Rig()
    rig.tell("scene", scene(*seen.values()))
    assert rig.do(in_order(pick(), place())).succeeded
    assert [look.camera for look in rig.of(LookRequest)] == [camera]


@pytest.mark.parametrize("verdict_after", [1, ANSWER, 12])
def test_scene_and_verdict_come_in_either_order(verdict_after: int) -> None:
    rig = Rig(verdict_after=verdict_after)
    assert rig.do(pull()).succeeded
    claim, succeeded = rig.of(StepStatus)[-2:]
    assert succeeded.tick == claim.tick + max(ANSWER, verdict_after)


def test_nothing_is_said_or_moved_without_a_tree() -> None:
    rig = Rig()
    for _ in range(20):
        rig.advance()
    assert rig.log == []
    assert rig.commands == []


def test_a_tree_that_comes_before_the_first_feeling_waits_for_it() -> None:
    rig = Rig()
    rig.start(step("go", "home"))
    assert rig.advance() == [], "the first proprioception arrives at the second tick"
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded


# ---- failures, retries and handlers


def test_a_failed_step_is_tried_again_after_another_look_and_then_its_handler() -> None:
    rig = Rig()
    rig.arm.between = 0.0
    status = rig.do(either(pick(retries=2), step("give_up", "home")))
    assert status.succeeded
    assert rig.told(looks=True) == [
        "pick started 1",
        "pick started 2",
        "anomaly retry",
        "look fixed",
        "pick started 3",
        "anomaly retry",
        "look fixed",
        "pick failed 3",
        "give_up started 1",
        "anomaly handler",
        "give_up succeeded 1",
        "plan_1 succeeded",
    ]
    anomalies = rig.of(Anomaly)
    assert {anomaly.what for anomaly in anomalies} == {
        "the fingers closed on nothing where 'red_block' was seen"
    }
    assert {(anomaly.plan, anomaly.step) for anomaly in anomalies} == {("plan_1", "pick")}


def test_another_try_goes_where_the_object_is_seen_now() -> None:
    rig = Rig(eye=lambda request: scene(obj("red_block", 0.60, -0.10)))
    rig.arm.between = 0.0
    rig.start(pick(retries=1))
    rig.until(lambda said: isinstance(said, LookRequest))
    rig.arm.between = 0.04
    rig.until(lambda said: isinstance(said, PlanStatus))
    tools = [PANDA.forward(row).position for command in rig.commands[-4:] for row in command.joints]
    grasp = min(tools, key=lambda tool: tool[2])
    assert dist(grasp[:2], (0.60, -0.10)) < 0.005


def test_a_handler_does_the_same_step_under_its_own_name() -> None:
    rig = Rig()
    rig.arm.between = 0.0
    rig.start(either(pick(), in_order(step("see", "look", camera="overview"), pick(name="again"), name="h")))
    rig.until(lambda said: isinstance(said, StepStatus) and said.step == "see")
    rig.arm.between = 0.04
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded
    assert [word for word in rig.told() if "anomaly" not in word] == [
        "pick started 1",
        "pick failed 1",
        "see started 1",
        "see succeeded 1",
        "again started 1",
        "again succeeded 1",
        "plan_1 succeeded",
    ]


def test_a_sequence_ends_with_its_first_failure() -> None:
    rig = Rig()
    rig.arm.between = 0.0
    status = rig.do(in_order(pick(), place()))
    assert not status.succeeded
    assert status.reason == "pick: the fingers closed on nothing where 'red_block' was seen"
    assert rig.told() == ["pick started 1", "pick failed 1", "plan_1 failed"]
    assert rig.of(StepStatus)[-1].reason == "the fingers closed on nothing where 'red_block' was seen"


def test_a_verdict_that_does_not_hold_causes_another_try() -> None:
    rig = Rig(judge=lambda claim: (OPEN,) if claim.attempt == 1 else ())
    assert rig.do(pull(retries=1)).succeeded
    assert rig.told(looks=True) == [
        "pull started 1",
        "pull claimed 1",
        "look fixed",
        "pull started 2",
        "anomaly retry",
        "look fixed",
        "pull claimed 2",
        "look fixed",
        "pull succeeded 2",
        "plan_1 succeeded",
    ]
    assert rig.of(Anomaly)[0].what == "not seen to be true: open(purple_drawer)"
    requests = [look.request for look in rig.of(LookRequest)]
    assert len(set(requests)) == 3
    assert all(request.startswith(("plan_1/pull/1/", "plan_1/pull/2/")) for request in requests)


def test_verdicts_that_never_hold_are_a_failure_with_what_is_unmet() -> None:
    rig = Rig(judge=lambda claim: (OPEN,))
    status = rig.do(pull(retries=2))
    assert not status.succeeded
    assert status.reason == "pull: not seen to be true: open(purple_drawer)"
    assert [status.attempt for status in rig.of(StepStatus) if status.state == "claimed"] == [1, 2, 3]


def test_what_has_left_the_hand_is_not_placed_again() -> None:
    rig = Rig(judge=lambda claim: (IN_BOWL,))
    assert not rig.do(in_order(pick(), place(retries=2))).succeeded
    assert rig.told()[-3:] == ["place claimed 1", "place failed 1", "plan_1 failed"]


@pytest.mark.parametrize(("plan", "name"), [("plan_0", "pull"), ("plan_1", "push")])
def test_a_verdict_on_something_else_means_nothing(plan: str, name: str) -> None:
    rig = Rig(verdict_after=10)
    rig.start(pull())
    claim = rig.until(lambda said: isinstance(said, StepStatus) and said.state == "claimed")
    rig.tell("verdict", verdict(claim, (OPEN,), plan=plan, step=name), after=1)
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded
    assert rig.of(Anomaly) == []


def test_a_verdict_before_the_claim_means_nothing() -> None:
    rig = Rig(patience=25, judge=lambda claim: None)
    rig.start(pull())
    started = rig.until(lambda said: isinstance(said, StepStatus))
    rig.tell("verdict", verdict(started, ()), after=1)
    assert not rig.until(lambda said: isinstance(said, PlanStatus)).succeeded


def test_a_look_that_is_not_answered_fails_when_patience_ends() -> None:
    rig = Rig(patience=25, eye=lambda request: None if request.startswith("plan_1/see") else TABLE)
    status = rig.do(step("see", "look", camera="overview"))
    assert not status.succeeded
    asked, failed = rig.of(LookRequest)[0], rig.of(StepStatus)[-1]
    assert failed.reason == f"the look {asked.request!r} was not answered"
    assert failed.tick == asked.tick + 26


def test_a_claim_that_is_not_judged_fails_when_patience_ends() -> None:
    rig = Rig(patience=25, judge=lambda claim: None)
    status = rig.do(pull())
    assert not status.succeeded
    claim, failed = rig.of(StepStatus)[-2:]
    assert claim.state == "claimed"
    assert failed.tick == claim.tick + 26
    assert claim.request in failed.reason


@pytest.mark.parametrize(
    ("impossible", "reason"),
    [
        (step("dance", "dance"), "dance: There is no skill 'dance'"),
        (step("grab", "pick"), "grab: pick needs the argument object"),
        (place(), "place: the hand does not hold 'red_block'"),
    ],
)
def test_a_step_that_cannot_be_begun_fails_and_nothing_moves(impossible: Step, reason: str) -> None:
    rig = Rig()
    status = rig.do(impossible)
    assert not status.succeeded
    assert status.reason.startswith(reason)
    assert rig.told() == [f"{impossible.id} failed 1", "plan_1 failed"]
    assert rig.commands == []


def test_a_step_about_what_is_not_seen_fails_with_its_name() -> None:
    status = Rig().do(step("grab", "pick", object="green_ball"))
    assert status.reason == "grab: the scene has no 'green_ball'"


# ---- the hand


def carry(rig: Rig, root: TreeNode, name: str) -> None:
    """Run a tree until a step moves what is held."""
    rig.start(root)
    rig.until(lambda said: isinstance(said, StepStatus) and (said.step, said.state) == (name, "started"))
    for _ in range(8):
        rig.advance()


def test_what_slips_from_the_hand_fails_the_placing() -> None:
    rig = Rig()
    carry(rig, in_order(pick(), place(retries=2)), "place")
    rig.arm.between = 0.0
    before = len(rig.commands)
    failed = rig.until(lambda said: isinstance(said, StepStatus) and said.state == "failed")
    assert failed.reason == "'red_block' slipped from the hand"
    assert failed.holding == ""
    assert len(rig.commands[before].joints) == 1, "the arm stops where it is"
    status = rig.until(lambda said: isinstance(said, PlanStatus))
    assert status.reason == "place: 'red_block' slipped from the hand"


def test_what_slips_from_the_hand_is_an_anomaly_where_a_handler_can_take_it_again() -> None:
    rig = Rig()
    again = in_order(pick(name="pick_again"), step("lift", "home"), name="again")
    carry(rig, either(in_order(pick(), place(), name="do"), again), "place")
    rig.arm.between = 0.0
    slipped = rig.until(lambda said: isinstance(said, Anomaly))
    assert (slipped.level, slipped.what, slipped.step) == (
        "handler",
        "'red_block' slipped from the hand",
        "place",
    )
    rig.arm.between = 0.04
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded


def test_what_slips_from_the_hand_is_an_anomaly_and_the_step_is_tried_again() -> None:
    rig = Rig()
    carry(rig, in_order(pick(), step("lift", "home", retries=1)), "lift")
    rig.arm.between = 0.0
    slipped = rig.until(lambda said: isinstance(said, Anomaly))
    assert (slipped.level, slipped.what, slipped.step) == (
        "retry",
        "'red_block' slipped from the hand",
        "lift",
    )
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded
    assert rig.told(looks=True)[-3:] == ["anomaly retry", "lift succeeded 2", "plan_1 succeeded"]


def test_what_a_failed_plan_leaves_in_the_hand_is_laid_down_before_it_is_told() -> None:
    rig = Rig()
    lost = step("place", "place", object="red_block", target="green_bowl")
    rig.start(in_order(pick(), lost))
    rig.until(lambda said: isinstance(said, StepStatus) and said.state == "failed")
    assert rig.arm.width == 0.04, "it is still held"
    tools = []
    while not rig.of(PlanStatus):
        rig.advance()
        if rig.arm.width == 0.04:
            tools.append(PANDA.forward(rig.arm.joints).position)
    x, y, z = tools[-1]
    assert z < 0.03, "it was let go just above the table"
    others = [one for one in TABLE.objects if one.id != "red_block"]
    assert all(dist((x, y), one.position[:2]) > 0.06 for one in others)
    assert rig.told(looks=True) == [
        "pick started 1",
        "pick succeeded 1",
        "place started 1",
        "place failed 1",
        "look fixed",
        "plan_1 failed",
    ], "to lay it down is no step of the plan"
    assert rig.of(PlanStatus)[0].reason == "place: the scene has no 'green_bowl'"
    assert np.allclose(rig.arm.joints, REST)


def test_an_empty_hand_only_looks_after_a_failed_plan() -> None:
    rig = Rig()
    rig.do(step("dance", "dance"))
    assert rig.told(looks=True) == ["dance failed 1", "look fixed", "plan_1 failed"]
    assert rig.of(LookRequest)[0].request == "plan_1/_look/1/1"


def test_where_there_is_no_room_it_stays_in_the_hand() -> None:
    crowd = [obj(f"red_box_{i}", 0.36 + 0.1 * (i % 4), -0.3 + 0.1 * (i // 4)) for i in range(28)]
    rig = Rig(eye=lambda request: scene(*crowd))
    see, lost = step("see", "look", camera="overview"), step("place", "place", object="red_block", target="x")
    assert not rig.do(in_order(pick(), see, lost)).succeeded
    assert rig.arm.width == 0.04


def test_a_failed_plan_ends_even_if_nobody_looks() -> None:
    rig = Rig(patience=20, eye=lambda request: None)
    status = rig.do(step("dance", "dance"))
    assert status.reason.startswith("dance: There is no skill")
    assert status.tick > 20


# ---- another tree


def test_a_new_tree_replaces_the_old_one_at_once_and_the_arm_holds_where_it_is() -> None:
    rig = Rig()
    rig.start(pick())
    rig.until_moving(ticks=8)
    moving = rig.commands[-1]
    rig.start(step("see", "look", camera="overview"), plan="plan_2")
    before, now = len(rig.commands), rig.tick
    rig.advance()
    hold, onward = rig.commands[before:]
    assert (len(hold.joints), hold.start) == (1, now + 1)
    assert np.array_equal(hold.joints[0], moving.joints[now - moving.start])
    assert (hold.gripper_width, hold.gripper_force) == (moving.gripper_width, moving.gripper_force)
    assert np.abs(onward.joints[0] - hold.joints[0]).max() < 0.05, "it goes on from there"
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded
    assert rig.told() == [
        "pick started 1",
        "pick failed 1",
        "see started 1",
        "see succeeded 1",
        "plan_2 succeeded",
    ]


def test_an_arm_at_rest_is_not_told_to_hold() -> None:
    rig = Rig(eye=lambda request: None)
    rig.start(step("see", "look", camera="overview"))
    rig.until_moving()
    rig.start(step("see", "look", camera="overview"), plan="plan_2")
    rig.advance()
    assert rig.commands == []


def test_a_scene_for_the_old_tree_is_no_answer_for_the_new_one() -> None:
    rig = Rig(eye=lambda request: TABLE if request.startswith("plan_1") else None, patience=15)
    rig.start(step("see", "look", camera="overview"))
    rig.until(lambda said: isinstance(said, LookRequest))
    status = rig.do(step("see", "look", camera="overview"), plan="plan_2")
    assert not status.succeeded


def test_what_is_held_stays_in_the_hand_from_tree_to_tree() -> None:
    rig = Rig()
    assert rig.do(pick()).succeeded
    assert rig.do(place(), plan="plan_2").succeeded
    assert rig.do(place(), plan="plan_3").reason == "place: the hand does not hold 'red_block'"


def test_a_new_tree_while_it_is_laid_down_takes_over() -> None:
    rig = Rig()
    rig.start(in_order(pick(), step("place", "place", object="red_block", target="green_bowl")))
    rig.until(lambda said: isinstance(said, StepStatus) and said.state == "failed")
    rig.advance()
    assert rig.do(place(), plan="plan_2").succeeded
    assert "plan_1 failed" not in rig.told()


@pytest.mark.parametrize("where", [(0.45, 0.10, 0.06), (0.60, -0.10, 0.02)])
def test_what_must_be_true_before_a_step_is_looked_at_when_it_begins(where: tuple[float, ...]) -> None:
    """A block under another is left alone; one beside it is taken."""
    clear = Condition(predicate="clear", args=("red_block",))
    rig = Rig()
    rig.tell("scene", scene(obj("red_block", 0.45, 0.10), obj("green_block", *where), request="later"), 2)
    for _ in range(4):
        rig.advance()
    bound = pick(retries=1).model_copy(update={"preconditions": (clear,)})
    status, high = rig.do(bound), where[2] > 0.05
    assert status.succeeded is not high
    assert (status.reason == "pick: not seen to be true before it: clear(red_block)") is high


def test_where_one_camera_shows_nothing_the_other_looks() -> None:
    rig = Rig()
    by_hand = "plan_1/see/1/2"
    rig.eye = lambda request: TABLE.model_copy(update={"fault": "" if request == by_hand else "dark"})
    status = rig.do(step("see", "look", camera="overview"))
    assert status.succeeded
    assert [look.camera for look in rig.of(LookRequest)] == ["fixed", "fixed", "fixed", "wrist"]


# ---- the reflex


@pytest.mark.parametrize("before_the_end", [15, 3, 1])
def test_after_the_reflex_the_step_is_tried_again(before_the_end: int) -> None:
    rig = Rig()
    rig.start(pull(retries=1))
    rig.until_moving(ticks=1)
    first = rig.commands[0]
    while rig.tick < first.start + len(first.joints) - before_the_end:
        rig.advance()
    rig.arm.pressed = 99.0
    rig.advance()
    rig.arm.pressed = 0.0
    reflex, retry = (rig.until(lambda said: isinstance(said, Anomaly)) for _ in range(2))
    assert (reflex.level, retry.level) == ("reflex", "retry")
    assert reflex.what == retry.what == "the arm pressed against something and drew back"
    assert retry.tick - reflex.tick >= rig.stem.config.withdrawal - 2, "it waits until the arm stands still"
    quiet = [c for c in rig.commands if reflex.tick <= c.tick < retry.tick]
    assert quiet == [], "the arm would not obey"
    assert rig.until(lambda said: isinstance(said, PlanStatus)).succeeded
    assert rig.told()[-3:] == ["pull claimed 2", "pull succeeded 2", "plan_1 succeeded"]


def test_a_reflex_that_is_not_its_fault_fails_no_step() -> None:
    rig = Rig()
    for _ in range(5):
        rig.advance()
    rig.arm.pressed = 99.0
    reflex = rig.until(lambda said: isinstance(said, Anomaly))
    rig.arm.pressed = 0.0
    assert (reflex.level, reflex.plan, reflex.step) == ("reflex", "", "")
    for _ in range(10):
        rig.advance()
    assert rig.do(step("go", "home")).succeeded


def test_an_arm_that_rested_knows_where_the_reflex_has_taken_it() -> None:
    """It goes back over the ticks of rest first, in which it stands still: that is not the end."""
    rig = Rig()
    assert rig.do(pick()).succeeded
    for _ in range(3):
        rig.advance()
    assert np.array_equal(rig.stem._trail[-1], rig.stem._trail[-3]), "it rests"
    assert not np.allclose(rig.stem._trail[-1], rig.stem._trail[-7], atol=0.01), "and came a moment ago"
    rig.arm.pressed = 99.0
    rig.advance()
    rig.arm.pressed = 0.0
    for _ in range(rig.stem.config.withdrawal + 3):
        rig.advance()
    player = rig.cerebellum._player
    assert player is not None
    assert not player.withdrawing
    assert np.array_equal(player.joints(rig.tick), rig.stem._trail[-1]), "where it is told to stay"


# ---- its state


@pytest.mark.parametrize("handover", [1, 7])
def test_its_state_carries_over_in_the_middle_of_everything(handover: int) -> None:
    def run(rig: Rig) -> bytes:
        rig.judge = lambda claim: (OPEN,) if claim.attempt == 1 else ()
        rig.start(
            in_order(
                pull(retries=1),
                either(in_order(pick(), place(target="red_bowl"), name="do"), step("lift", "home")),
                step("place", "place", object="red_block", target="green_bowl"),
            )
        )
        rig.until_moving(ticks=20)
        rig.arm.pressed = 99.0
        rig.advance()
        rig.arm.pressed = 0.0
        rig.until(lambda said: isinstance(said, PlanStatus))
        return canonical([row(0, [("said", message) for message in [*rig.log, *rig.commands]])])

    assert run(Rig(handover=handover)) == run(Rig())


def test_a_new_episode_knows_nothing_of_the_last() -> None:
    rig = Rig()
    assert rig.do(pick()).succeeded
    rig.cerebellum.reset(0)
    rig.tell("schema", PANDA.schema)
    assert rig.do(place(), plan="plan_2").reason == "place: the hand does not hold 'red_block'"


def test_a_plan_that_a_handler_saved_has_no_reason_to_tell() -> None:
    rig = Rig()
    rig.arm.between = 0.0
    status = rig.do(either(pick(), step("give_up", "home")))
    assert (status.succeeded, status.reason) == (True, "")
