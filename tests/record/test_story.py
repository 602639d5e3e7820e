"""The story: what is made of thousands of messages."""

import pytest

from neuralbrain.messages import Anomaly, Done, ExecutionTree, PlanStatus, Scene, Sequence, Step, StepStatus
from neuralbrain.record.story import Story
from neuralbrain.runtime import Emission, run_brain
from tests.agents.toys import toy_brain
from tests.rover.harness import obj


def tell(*messages):
    story = Story()
    story.observe(99, [Emission(m.tick, m.source, "port", m) for m in messages])
    return story


def stamp(tick):
    return {"tick": tick, "source": "cerebellum"}


def status(tick, state, attempt=1, step="a", plan="p"):
    return StepStatus(**stamp(tick), plan=plan, step=step, skill="pick", state=state, attempt=attempt)


def trouble(tick, step="a", plan="p"):
    return Anomaly(**stamp(tick), level="retry", what="slipped", plan=plan, step=step)


def tree(tick, plan):
    return ExecutionTree(
        **stamp(tick),
        plan=plan,
        goal="g",
        root=Sequence(id="s", children=(Step(id="a", skill="pick", args={"object": "x"}),)),
    )


def test_a_whole_episode():
    story = Story()
    result = run_brain(toy_brain(), 0, observers=[story])
    assert story.instruction == "put the red block in the blue bowl"
    assert [(a.step, a.number, a.state) for a in story.attempts] == [
        ("pick_red_block", 1, "failed"),
        ("pick_red_block", 2, "succeeded"),
        ("place_red_block", 1, "succeeded"),
    ]
    assert story.attempts[0].reason == "nothing between the fingers"
    assert (story.plan.tree.plan, story.plan.succeeded) == ("p1", True)
    assert story.recovered == len(story.troubles) == 1
    assert story.done.success
    assert story.stop.reason == "done"
    assert story.until == result.ticks
    assert story.state("p1", "pick_red_block") == "succeeded"
    assert story.state("p1", "another") == "waiting"
    assert story.sent["body"] > story.sent["mind"] > 0
    assert story.running(story.attempts[1].begun).number == 2
    assert story.running(0) is None


@pytest.mark.parametrize(
    ("after", "recovered"),
    [
        ([], 0),
        ([status(5, "failed")], 0),
        ([status(5, "succeeded", 2)], 1),
        ([status(5, "succeeded", 2, step="b")], 0),
        ([status(5, "succeeded", 2, plan="q")], 0),
        ([PlanStatus(**stamp(6), plan="p", succeeded=True)], 1),
        ([PlanStatus(**stamp(6), plan="p", succeeded=False, reason="no")], 0),
        ([PlanStatus(**stamp(6), plan="q", succeeded=True)], 0),
        ([Done(**stamp(7), outcome="done", text="all well")], 1),
        ([Done(**stamp(7), outcome="failed", text="alas")], 0),
    ],
)
def test_when_an_anomaly_counts_as_recovered(after, recovered):
    assert tell(status(1, "started"), trouble(2), *after).recovered == recovered


def test_a_success_before_an_anomaly_recovers_nothing():
    assert tell(status(1, "started"), status(2, "succeeded"), trouble(3)).recovered == 0


def test_what_is_seen_is_news_only_when_it_has_changed():
    seen = [
        Scene(
            tick=at,
            source="eye",
            camera="c",
            request="",
            frame_tick=at,
            objects=(obj("red_ball", 1, 1),) * n,
            relations=(),
        )
        for at, n in enumerate((1, 1, 2, 2, 1))
    ]
    assert [text.split(" from")[0] for _, _, text in tell(*seen).news] == [
        "sees 1 object",
        "sees 2 objects",
        "sees 1 object",
    ]


def test_a_new_plan_replaces_the_one_before():
    story = tell(tree(1, "p"), tree(9, "q"))
    assert [(p.tree.plan, p.ended, p.succeeded) for p in story.plans] == [("p", 9, None), ("q", None, None)]
    assert story.plan is story.plans[1]


def test_each_try_stands_for_itself():
    story = tell(status(1, "started"), status(3, "failed"), status(4, "started", 2), status(6, "claimed", 2))
    assert [(a.begun, a.ended, a.state) for a in story.attempts] == [(1, 3, "failed"), (4, None, "checking")]
    assert story.state("p", "a") == "checking"
