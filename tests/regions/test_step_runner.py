"""The account of a tree, with a body of which nothing is known: each try ends as the test has it."""

from typing import Any

import pytest

from neuralbrain.errors import PlanError
from neuralbrain.messages import (
    Condition,
    Done,
    ExecutionTree,
    Fallback,
    Halt,
    Message,
    Scene,
    Sequence,
    Step,
    TreeNode,
    Verdict,
)
from neuralbrain.planning.attempt import Attempt
from neuralbrain.region import Inbox
from neuralbrain.regions.step_runner import StepRunner, StepRunnerConfig
from tests.arm.planning.toy import obj

SEEN = Condition(predicate="near", args=("post",))


class Toy(StepRunner[Attempt]):
    """Says what the body would do.

    Attributes:
        did: That.
        fails: Steps whose body fails.
        tidies: What it does when a plan has failed.
    """

    embodiment = "rover"
    did: list[str]
    fails: frozenset[str] = frozenset()
    tidies: tuple[Step, ...] = ()

    def reset(self, seed: int) -> None:
        super().reset(seed)
        self.did = []

    def _feel(self, inbox: Inbox) -> bool:
        return True

    def _try(self, step: Step, number: int) -> Attempt:
        if step.skill == "fly":
            raise PlanError("it has no wings")
        return Attempt(step, number)

    def _act(self, attempt: Attempt) -> bool:
        self.did.append(f"{attempt.step.id} {attempt.number}")
        if attempt.step.id in self.fails:
            return self._fail(attempt, "it broke")
        if attempt.step.skill == "wait":
            return False
        self._look(attempt, "front", 1)
        if attempt.step.skill == "look":
            attempt.waits_for = "scene"
        else:
            self._claim(attempt)
        return False

    def _halt(self) -> None:
        self.did.append("halt")

    def _tidy(self) -> list[Step]:
        return list(self.tidies)


@pytest.fixture
def toy() -> Toy:
    region = Toy("runner", StepRunnerConfig(patience=3))
    region.reset(0)
    return region


def step(name: str, skill: str = "go", retries: int = 0) -> Step:
    return Step(id=name, skill=skill, args={}, postconditions=(SEEN,), retries=retries)


def plan(*children: TreeNode, name: str = "plan_1") -> ExecutionTree:
    root = Sequence(id="all", children=children)
    return ExecutionTree(tick=0, source="cortex", plan=name, goal="a test", root=root)


def seen(request: str) -> Scene:
    stamp: dict[str, Any] = {"tick": 0, "source": "eye", "camera": "front", "frame_tick": 0}
    return Scene(**stamp, request=request, objects=(), relations=())


def verdict(name: str, *unmet: Condition) -> Verdict:
    return Verdict(tick=0, source="monitor", plan="plan_1", step=name, holds=not unmet, unmet=unmet)


def fire(toy: Toy, *messages: Message, tick: int = 0) -> list[str]:
    """Return what is said, in few words."""
    said = []
    for message in [
        one for sent in toy.step(tick, Inbox([("in", m) for m in messages])).values() for one in sent
    ]:
        match message.kind:
            case "step_status":
                said.append(f"{message.step} {message.state} {message.attempt}")
            case "plan_status":
                said.append(f"{message.plan} {message.reason or 'succeeded'}")
            case "anomaly":
                said.append(f"{message.level} {message.step}: {message.what}")
            case "look_request":
                said.append(message.request)
    return said


def test_a_claim_waits_for_picture_and_verdict_and_a_look_for_its_picture(toy: Toy) -> None:
    said = fire(toy, plan(step("a"), step("b", "look")))
    assert said == ["plan_1/a/1/1", "a started 1", "a claimed 1"]
    assert fire(toy, verdict("a"), tick=1) == []
    assert fire(toy, seen("plan_1/a/1/1"), tick=2) == ["plan_1/b/1/1", "a succeeded 1", "b started 1"]
    assert fire(toy, seen("plan_1/b/1/1"), tick=3) == ["b succeeded 1", "plan_1 succeeded"]


def test_what_is_not_confirmed_is_tried_again_and_then_the_handler_has_its_turn(toy: Toy) -> None:
    fire(toy, plan(Fallback(id="either", children=(step("a", retries=1), step("b", "wait")))))
    again = fire(toy, seen("plan_1/a/1/1"), verdict("a", SEEN), tick=1)
    assert again == ["plan_1/a/2/1", "a started 2", "a claimed 2", "retry a: not seen to be true: near(post)"]
    handled = ["a failed 2", "b started 1", "handler a: the look 'plan_1/a/2/1' was not answered"]
    assert [fire(toy, tick=tick) for tick in (2, 3, 4, 5)] == [[], [], [], handled]


def test_a_step_that_cannot_be_begun_has_failed(toy: Toy) -> None:
    assert fire(toy, plan(step("a", "fly", retries=2))) == ["a failed 1", "plan_1 a: it has no wings"]


def test_a_step_begins_only_if_what_must_be_true_before_is_seen_to_be(toy: Toy) -> None:
    before = Condition(predicate="visible", args=("red_ball",))
    bound = step("a", retries=2).model_copy(update={"preconditions": (before,)})
    said = fire(toy, plan(Fallback(id="either", children=(bound, step("b", "wait")))))
    unmet = "not seen to be true before it: visible(red_ball)"
    assert said == ["a failed 1", "b started 1", f"handler a: {unmet}"]
    assert toy.did == ["b 1"], "nothing has moved for it"
    shown = seen("").model_copy(update={"objects": (obj("red_ball", 0.5, 0.0),)})
    said = fire(toy, shown, plan(bound, name="plan_2"), tick=1)
    assert said[1:] == ["b failed 1", "a started 1", "a claimed 1"]


def test_a_picture_that_shows_nothing_is_taken_again_and_then_the_try_has_failed(toy: Toy) -> None:
    fire(toy, plan(step("a", retries=1)))
    request = "plan_1/a/1/1"
    blind = "nothing is seen by the front camera: the picture is dark"
    for tick in (1, 2):
        dark = seen(request).model_copy(update={"fault": "the picture is dark"})
        request = f"{request}/again"
        assert fire(toy, dark, tick=tick) == [request, "a claimed 1", f"retry a: {blind}"]
    dark = seen(request).model_copy(update={"fault": "the picture is dark"})
    said = fire(toy, dark, tick=3)
    assert said == ["plan_1/a/2/1", "a started 2", "a claimed 2", *[f"retry a: {blind}"] * 2]
    assert fire(toy, seen("plan_1/a/2/1"), verdict("a"), tick=4) == ["a succeeded 2", "plan_1 succeeded"]


def test_nothing_is_said_of_what_is_done_after_a_plan_has_failed(toy: Toy) -> None:
    toy.fails, toy.tidies = frozenset("a"), (step("put_down", "fly"), step("see", "look"))
    assert fire(toy, plan(step("a"))) == ["plan_1/see/1/1", "a started 1", "a failed 1"]
    assert toy.did == ["a 1", "see 1"]
    assert fire(toy, seen("plan_1/see/1/1"), tick=1) == ["plan_1 a: it broke"]


def test_a_call_to_stop_ends_the_plan_and_no_tree_counts_before_it_is_answered(toy: Toy) -> None:
    fire(toy, plan(step("a", "wait", retries=2)))
    stop = Halt(tick=0, source="auditory_cortex", text="stop")
    why = "the person said: stop"
    assert fire(toy, stop, tick=1) == ["a failed 1", f"plan_1 {why}"]
    assert toy.did[-1] == "halt"
    late, new = plan(step("b", "wait"), name="plan_2"), plan(step("c", "wait"), name="plan_3")
    assert fire(toy, late, tick=2) == []
    done = Done(tick=0, source="cortex", outcome="halted", text="I stopped.")
    assert fire(toy, done, new, tick=3) == ["c started 1"]


def test_its_state_carries_over_between_claim_and_verdict(toy: Toy) -> None:
    fire(toy, plan(step("a"), step("b", "wait")))
    other = Toy("runner", toy.config)
    other.set_state(toy.get_state())
    answers = seen("plan_1/a/1/1"), verdict("a")
    assert fire(other, *answers, tick=1) == fire(toy, *answers, tick=1) == ["a succeeded 1", "b started 1"]
