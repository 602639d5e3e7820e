"""The cortex, driven end to end by a world of symbols; its decisions at the edges by single messages."""

import itertools
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from neuralbrain.arm.catalogue import SHAPES
from neuralbrain.arm.planning.actions import Action, plan
from neuralbrain.arm.planning.domain import DOMAIN
from neuralbrain.envs.tabletop.tasks import TASKS, Setting
from neuralbrain.errors import PlanError
from neuralbrain.messages import (
    Anomaly,
    Condition,
    Done,
    ExecutionTree,
    Fallback,
    Instruction,
    Location,
    MemoryQuery,
    Message,
    PlanStatus,
    Recall,
    Scene,
    SceneObject,
    Sequence,
    StepStatus,
    TimeNotice,
    steps,
)
from neuralbrain.planning.goal import Goal
from neuralbrain.region import Inbox, Outbox
from neuralbrain.regions.cortex import Cortex, CortexConfig
from neuralbrain.runtime.trace import canonical, row
from tests.arm.motor.harness import PANDA
from tests.arm.planning.toy import Toy, obj, scene
from tests.firing import said


def laid(setting: Setting) -> tuple[SceneObject, ...]:
    """Turn what a task lays on the table into what perfect eyes would see."""
    seen = []
    for one in setting.objects:
        x, y, z = one.position
        foot = one.category in ("bowl", "zone", "drawer")
        depth = SHAPES["drawer"].size[0] / 2 + 0.03 if one.category == "drawer" else 0.0
        seen.append(
            obj(
                one.name,
                x + depth * np.cos(one.yaw),
                y + depth * np.sin(one.yaw),
                z + SHAPES[one.category].size[2] / 2 if foot else z,
                yaw=one.yaw,
            )
        )
    return tuple(seen)


class Brain:
    """A cortex and the toy that answers it, with messages that take their time."""

    def __init__(self, toy: Toy, sentence: str, rng: np.random.Generator, config: Any = None) -> None:
        self.toy, self.rng = toy, rng
        self.cortex = Cortex("cortex", config or CortexConfig(embodiment="arm"))
        self.cortex.fed = frozenset(Cortex.inputs) - {"reply"}
        self.cortex.reset(0)
        self.trees: list[ExecutionTree] = []
        self.queries: list[MemoryQuery] = []
        self._post: list[tuple[int, int, str, Message]] = []
        self._sent = 0
        self._deliver(0, "schema", PANDA.schema)
        self._deliver(0, "instruction", Instruction(tick=0, source="brainstem", text=sentence))

    def _deliver(self, at: int, port: str, message: Message) -> None:
        self._sent += 1
        self._post.append((at, self._sent, port, message))

    def run(self) -> Done:
        first: Scene | None = None
        for tick in range(100_000):
            now = sorted(p for p in self._post if p[0] <= tick)
            self._post = [p for p in self._post if p[0] > tick]
            if not now:
                assert self._post, "the cortex waits for what nobody will send"
                continue
            out: Mapping[str, Any] = self.cortex.step(tick, Inbox(now))
            messages = [m for v in out.values() for m in (v if isinstance(v, list) else [v])]
            for message in messages:
                if isinstance(message, Done):
                    assert len(messages) == 1
                    return message
                if isinstance(message, MemoryQuery):
                    self.queries.append(message)
                    assert first is not None
                    recall = Recall(tick=tick, source="h", query=message.query, objects=first.objects)
                    self._deliver(tick + 20, "recall", recall)
                if isinstance(message, ExecutionTree):
                    self.trees.append(message)
                    for answer in list(self.toy.run(message)):
                        first = first or (answer if isinstance(answer, Scene) else None)
                        port = "scene" if isinstance(answer, Scene) else "plan_status"
                        # Scenes and statuses travel apart: either may overtake the other.
                        self._deliver(tick + int(self.rng.integers(1, 30)), port, answer)
        raise AssertionError("the cortex never ends")


def solved(setting: Setting, task: str, toy: Toy) -> bool:
    """Judge a task by where objects really are."""
    roles: Mapping[str, Any] = setting.roles
    at = {name: np.array(t.position) for name, t in toy.objects.items()}
    start = {name: np.array(t.position) for name, t in toy.start.items()}

    def near(a: Any, b: Any, close: float) -> bool:
        return float(np.linalg.norm(a - b)) < close

    match task:
        case "place":
            return near(at[roles["object"]][:2], at[roles["bowl"]][:2], 0.055)
        case "stack":
            pairs = zip(roles["order"], roles["order"][1:], strict=False)
            return all(near(at[b], at[a] + [0, 0, 0.04], 0.02) for a, b in pairs)
        case "sort":
            bowls = {t.color: t.id for t in toy.objects.values() if t.category == "bowl"}
            blocks = [t for t in toy.objects.values() if t.category == "block"]
            return all(near(at[b.id][:2], at[bowls[b.color]][:2], 0.07) for b in blocks)
        case "swap":
            a, b = roles["a"], roles["b"]
            return near(at[a], start[b], 0.025) and near(at[b], start[a], 0.025)
        case "pyramid":
            left, right, top = (at[roles[part]] for part in ("left", "right", "top"))
            apart = float(np.linalg.norm(left - right))
            return 0.04 < apart < 0.06 and near(top, (left + right) / 2 + [0, 0, 0.04], 0.015)
        case "row":
            line = [at[name] for name in roles["order"]]
            return all(
                0.05 < b[1] - a[1] < 0.14 and abs(a[0] - b[0]) < 0.02 for a, b in itertools.pairwise(line)
            )
        case "push":
            return near(at[roles["box"]][:2], at[roles["zone"]][:2], 0.04)
        case "drawer":
            drawer = toy.objects[roles["drawer"]]
            return drawer.extension < 0.01 and near(at[roles["object"]][:2], at[drawer.id][:2], 0.2)
        case "restore":
            return all(near(at[name], start[name], 0.02) for name in at)
        case _:
            parts = (roles["first"], roles["second"])
            part = Setting(objects=setting.objects, roles={}, sentence="", depth_noise=0.0)
            from dataclasses import replace

            return all(solved(replace(part, roles=p[1]), p[0], toy) for p in parts)


@pytest.mark.parametrize("task", sorted(TASKS))
def test_it_solves_each_task_with_able_hands(task: str) -> None:
    for seed in range(12):
        setting = TASKS[task].draw(np.random.default_rng(seed))
        toy = Toy(laid(setting), np.random.default_rng(seed))
        brain = Brain(toy, setting.sentence, np.random.default_rng(seed))
        done = brain.run()
        assert done.success, (setting.sentence, done.text)
        assert solved(setting, task, toy), (setting.sentence, toy.done)
        undone = any(word in setting.sentence for word in ("undo", "reverse"))  # it knows itself how that was
        assert len(brain.queries) == (task == "restore" and not undone)


class Relay:
    """A cortex whose state moves to a new one before each firing."""

    def __init__(self, cortex: Cortex) -> None:
        self.cortex = cortex

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        state = pickle.loads(pickle.dumps(self.cortex.get_state()))
        self.cortex = Cortex("cortex", CortexConfig(embodiment="arm"))
        self.cortex.fed = frozenset(Cortex.inputs) - {"reply"}
        self.cortex.reset(tick)
        self.cortex.set_state(state)
        return self.cortex.step(tick, inbox)


@pytest.mark.parametrize("task", ["restore", "sort", "two_step"])
def test_its_state_carries_over_in_the_middle_of_trouble(task: str) -> None:
    setting = TASKS[task].draw(np.random.default_rng(5))
    told = []
    for relayed in (False, True):
        toy = Toy(laid(setting), np.random.default_rng(5), clumsiness=0.4)
        brain = Brain(toy, setting.sentence, np.random.default_rng(5))
        if relayed:
            brain.cortex = Relay(brain.cortex)  # type: ignore[assignment]
        done = brain.run()
        assert len(brain.trees) > 3, "there was trouble"
        told.append(canonical([row(0, [("said", one) for one in [*brain.trees, *brain.queries, done]])]))
    assert told[0] == told[1]


def test_with_clumsy_hands_what_it_calls_done_is_done() -> None:
    ends = []
    for seed in range(4):
        for task in ("place", "stack", "drawer"):
            setting = TASKS[task].draw(np.random.default_rng(seed))
            toy = Toy(laid(setting), np.random.default_rng(seed), clumsiness=0.6)
            config = CortexConfig(embodiment="arm", max_replans=1)
            done = Brain(
                toy,
                setting.sentence,
                np.random.default_rng(seed),
                config,
            ).run()
            assert done.outcome != "refused"
            assert done.success <= solved(setting, task, toy), (setting.sentence, toy.done)
            ends.append(done.success)
    assert set(ends) == {True, False}, "these seeds show both ends"


# ---- the edges, by single messages

RED, GREEN = obj("red_block", 0.40, 0.10), obj("green_block", 0.50, -0.10)
BOWL = obj("blue_bowl", 0.50, 0.25)
TABLE = (RED, GREEN, BOWL)
PUT = "put the red block in the blue bowl"
SOLVED = (obj("red_block", 0.5, 0.25, 0.025), GREEN, BOWL)


class Talk:
    """A cortex that hears what a test says, message by message."""

    def __init__(self, sentence: str, **settings: Any) -> None:
        self.cortex = Cortex("cortex", CortexConfig(embodiment="arm", **settings))
        self.cortex.fed = frozenset(Cortex.inputs) - {"reply"}
        self.cortex.reset(0)
        said(self.cortex, 0, PANDA.schema)
        self.tick = 0
        self.first = self.hear(Instruction(tick=0, source="brainstem", text=sentence))

    def hear(self, *messages: Message) -> list[Any]:
        self.tick += 10
        return [one for sent in said(self.cortex, self.tick, *messages).values() for one in sent]

    def pictured(self, request: str, *objects: SceneObject) -> Scene:
        return scene(*objects, request=request, frame_tick=self.tick)

    def ended(self, tree: ExecutionTree, reason: str = "") -> PlanStatus:
        return PlanStatus(
            tick=self.tick, source="cerebellum", plan=tree.plan, succeeded=not reason, reason=reason
        )

    def answer(self, tree: ExecutionTree, *objects: SceneObject, reason: str = "") -> Any:
        """Say that a tree has ended and what is seen then; return the one message that follows."""
        request = f"{tree.plan}/{last_step(tree)}/1/1"
        (following,) = self.hear(self.pictured(request, *objects), self.ended(tree, reason))
        return following


def test_when_the_time_is_nearly_up_it_says_what_is_left_and_goes_on() -> None:
    notice = TimeNotice(tick=0, source="brainstem", left=1.5)
    talk, tree = looked(f"{PUT}. then put the green block in the blue bowl", *TABLE)
    (word,) = talk.hear(notice)
    assert word.outcome == "failed"
    assert word.text.startswith("The time is up before I could put the red block")
    assert "green block" in word.text and "Done" not in word.text
    talk.answer(tree, *SOLVED)
    (word,) = talk.hear(notice)
    assert word.text.startswith("The time is up before I could put the green block")
    assert "Done: put the red block" in word.text
    odd = Talk("make tea")
    assert odd.hear(notice) == [], "it has said already that it did not understand"


def last_step(tree: ExecutionTree) -> str:
    """Return the id of the step that ends a tree if nothing goes wrong."""
    node: Any = tree.root
    while isinstance(node, Sequence | Fallback):
        node = node.children[0 if isinstance(node, Fallback) else -1]
    return str(node.id)


def skills(tree: ExecutionTree) -> set[str]:
    return {step.skill for step in steps(tree.root)}


def looked(sentence: str, *objects: SceneObject, **settings: Any) -> tuple[Talk, Any]:
    """Return a talk in which the table has been seen, and what the cortex says to it."""
    talk = Talk(sentence, **settings)
    (look,) = talk.first
    assert skills(look) == {"look"}
    return talk, talk.answer(look, *objects)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("sing the red block a song", "I do not know the words 'sing' and 'song'"),
        ("put the red block in in the blue bowl", "from 'in' on"),
        ("", "That says nothing"),
    ],
)
def test_what_it_does_not_understand_is_refused_with_what_it_can_do(sentence: str, why: str) -> None:
    talk = Talk(sentence)
    (done,) = talk.first
    assert isinstance(done, Done), "it does not even look"
    assert done.outcome == "refused"
    for words in (*(why, "I can pick up, put, stack, sort", "put the red block in the blue bowl"),):
        assert words in done.text
    assert talk.hear(talk.pictured("r", *TABLE)) == []
    (look,) = talk.hear(Instruction(tick=0, source="b", text=PUT))
    assert skills(look) == {"look"}, "it listens for another sentence"


@pytest.mark.parametrize(
    ("other", "outcome", "words"),
    [
        ("green_block", "asked", "Which do you mean by 'the block': the green block or the red block?"),
        ("red_block_2", "asked", "the red block on the right or the red block on the left"),
    ],
)
def test_an_ambiguous_name_is_asked_about_before_anything_moves(other: str, outcome: str, words: str) -> None:
    _, done = looked("put the block in the blue bowl", RED, BOWL, obj(other, 0.5, -0.1))
    assert done.outcome == outcome
    assert words in done.text


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("put the blue bowl on the red block", "I cannot pick up the blue bowl"),
        ("put the red block on the red block", "The red block cannot be in or on itself"),
        ("close the blue bowl", "I cannot open or close the blue bowl, only the drawer."),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_moves(sentence: str, why: str) -> None:
    _, done = looked(sentence, *TABLE)
    assert done.outcome == "refused"
    assert why in done.text


def test_what_turns_out_ambiguous_after_it_has_moved_is_asked_about() -> None:
    talk, act = looked(f"{PUT}, then put the green block on the table", *TABLE)
    assert "place" in skills(act)
    done = talk.answer(act, *SOLVED, obj("green_block_2", 0.5, -0.2))
    assert isinstance(done, Done)
    assert done.outcome == "asked"


def test_what_is_not_found_is_looked_for_from_every_lookout_and_then_given_up() -> None:
    talk, said = looked(PUT, GREEN, BOWL)
    spots = []
    while isinstance(said, ExecutionTree):
        assert skills(said) == {"look"}, "nothing moves"
        assert said.goal == "look for the red block"
        (step,) = steps(said.root)
        assert step.args["camera"] == "hand"
        location = said.location(step.args["at"])
        assert location is not None
        spots.append(location.position)
        said = talk.answer(said, GREEN, BOWL)
    assert len(spots) == len(set(spots)) == 6
    assert isinstance(said, Done)
    assert said.outcome == "refused"
    assert said.text.startswith("I cannot find the red block")
    assert said.text.endswith("I see the green block.")


def test_all_that_is_missing_is_looked_for_first_and_together() -> None:
    _, said = looked(PUT, GREEN)
    assert said.goal == "look for the red block and the blue bowl"
    _, said = looked(f"{PUT}, then put the green block on the red block", RED, BOWL)
    assert said.goal == "look for the green block"


def test_after_a_failure_every_lookout_counts_again() -> None:
    talk, search = looked(PUT, GREEN, BOWL)
    act = talk.answer(search, *TABLE)
    look = talk.answer(act, GREEN, BOWL, reason="it rolled away")
    count, done = searched(talk, talk.answer(look, GREEN, BOWL), GREEN, BOWL)
    assert count == 6
    assert done.text.startswith("I cannot find the red block")


def test_what_is_found_on_the_way_is_worked_with_at_once() -> None:
    talk, search = looked(PUT, GREEN, BOWL)
    again = talk.answer(search, GREEN, BOWL)
    act = talk.answer(again, *TABLE)
    assert skills(act) == {"pick", "place", "look"}
    assert act.goal == "put the red block in the blue bowl"
    done = talk.answer(act, *SOLVED)
    assert isinstance(done, Done)
    assert done.success
    assert done.text == "Done: put the red block in the blue bowl."
    assert talk.hear(talk.pictured("r", *TABLE), talk.ended(act)) == [], "it is said once"


def test_the_status_of_an_old_plan_is_ignored() -> None:
    talk, act = looked(PUT, *TABLE)
    (old,) = talk.first
    assert talk.hear(talk.ended(old), talk.ended(old, "too late")) == []
    other = act.model_copy(update={"plan": "plan_9"})
    assert talk.hear(talk.ended(other, "not mine")) == []
    assert isinstance(talk.answer(act, *SOLVED), Done)


def test_a_success_waits_for_the_picture_that_shows_it() -> None:
    talk, act = looked(PUT, *TABLE)
    shown = f"{act.plan}/{last_step(act)}"
    assert talk.hear(talk.ended(act)) == []
    assert talk.hear(talk.pictured("plan_1/look/1/9", *SOLVED)) == []
    assert talk.hear(talk.pictured(f"{act.plan}/0_look/1/1", *SOLVED)) == []
    (done,) = talk.hear(talk.pictured(f"{shown}/1/1", *SOLVED))
    assert done.success


def test_the_picture_may_come_before_the_status_and_from_the_handler() -> None:
    talk, act = looked(PUT, *TABLE)
    assert talk.hear(talk.pictured(f"{act.plan}/{last_step(act)}_again/2/3", *SOLVED)) == []
    (done,) = talk.hear(talk.ended(act))
    assert done.success


def test_a_failure_waits_for_nothing() -> None:
    talk, act = looked(PUT, *TABLE)
    (look,) = talk.hear(talk.ended(act, "1_pick: it slipped"))
    assert look.goal == "look again: 1_pick: it slipped"
    assert skills(look) == {"look"}


def test_an_older_picture_does_not_replace_a_newer_one() -> None:
    talk, act = looked(PUT, *TABLE)
    newest = talk.pictured(f"{act.plan}/{last_step(act)}/1/1", *SOLVED)
    older = scene(*TABLE, request="plan_1/look/1/2", frame_tick=1)
    (done,) = talk.hear(newest, older, talk.ended(act))
    assert done.success


@pytest.mark.parametrize("most", [0, 1, 3])
def test_a_plan_that_fails_is_made_anew_so_often_and_then_given_up_with_the_reason(most: int) -> None:
    talk, act = looked(PUT, *TABLE, max_replans=most)
    plans = {act.plan}
    for number in range(most):
        look = talk.answer(act, *TABLE, reason=f"trouble {number}")
        assert look.goal == f"look again: trouble {number}"
        act = talk.answer(look, *TABLE)
        assert skills(act) == {"pick", "place", "look"}
        plans |= {look.plan, act.plan}
    done = talk.answer(act, *TABLE, reason="the last straw")
    assert isinstance(done, Done)
    assert done.outcome == "failed"
    assert done.text == (
        f"I gave up after {most + 1} plans to put the red block in the blue bowl: the last straw."
    )
    assert len(plans) == 2 * most + 1, "each plan has a name of its own"


def test_what_was_wrong_is_better_known_by_the_monitor() -> None:
    talk, act = looked(PUT, *TABLE)
    for name, what in ((act.plan, "the bowl is gone"), ("plan_0", "something else")):
        anomaly = Anomaly(tick=1, source="monitor", level="retry", what=what, plan=name)
        assert talk.hear(anomaly) == []
    assert talk.answer(act, *TABLE, reason="a step failed").goal == "look again: the bowl is gone"


@pytest.mark.parametrize("state", ["started", "succeeded"])
def test_an_anomaly_that_is_overcome_is_no_reason_of_a_later_failure(state: str) -> None:
    talk, act = looked(PUT, *TABLE)
    talk.hear(Anomaly(tick=1, source="monitor", level="retry", what="it fell", plan=act.plan))
    of_step = {"plan": act.plan, "step": last_step(act), "skill": "place", "state": state, "attempt": 2}
    talk.hear(StepStatus.model_validate({"tick": 2, "source": "cerebellum", **of_step}))
    assert talk.answer(act, *TABLE, reason="it slipped").goal == "look again: it slipped"


def test_a_plan_that_succeeds_without_effect_is_made_anew() -> None:
    talk, act = looked(PUT, *TABLE)
    look = talk.answer(act, *TABLE)
    assert look.goal == "look again: not seen to be true: in(red_block, blue_bowl)"
    assert "place" in skills(talk.answer(look, *TABLE))


def test_each_goal_may_fail_as_often() -> None:
    talk, act = looked(f"{PUT}, then put the green block on the red block", *TABLE, max_replans=1)
    act = talk.answer(talk.answer(act, *TABLE, reason="first"), *TABLE)
    second = talk.answer(act, RED, GREEN, obj("blue_bowl", 0.40, 0.10))
    assert "stack" in skills(second)
    look = talk.answer(second, RED, GREEN, obj("blue_bowl", 0.40, 0.10), reason="second")
    assert look.goal == "look again: second"


def test_what_an_earlier_goal_has_reached_must_stay() -> None:
    green = (obj("green_bowl", 0.4, -0.25), obj("green_block", 0.4, -0.25, 0.025))
    talk, act = looked(f"{PUT}, then put the green block in the green bowl", *TABLE, green[0])
    second = talk.answer(act, *SOLVED, green[0])
    assert moved(second) == {"green_block"}
    look = talk.answer(second, RED, BOWL, *green)
    assert look.goal == "look again: not seen to be true: in(red_block, blue_bowl)"
    assert moved(talk.answer(look, RED, BOWL, *green)) == {"red_block"}


def test_after_a_failed_plan_the_hand_is_empty() -> None:
    talk, act = looked("pick up the red block, then put the green block in the blue bowl", *TABLE)
    (second,) = talk.hear(talk.ended(act))
    first_of = [steps(tree.root)[0] for tree in (act, second)]
    assert [step.skill for step in first_of] == ["pick", "place"], "it puts down what it holds"
    again = talk.answer(talk.answer(second, *TABLE, reason="x"), *TABLE)
    assert steps(again.root)[0].skill == "pick"


def test_a_plan_that_does_not_pass_its_check_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(*_: Any) -> tuple[tuple[Action, ...], tuple[Location, ...]]:
        return (Action("pick", {"object": "red_block"}),), ()

    monkeypatch.setattr("neuralbrain.arm.planning.actions.plan", careless)
    talk, look = looked(PUT, *TABLE)
    assert skills(look) == {"look"}
    assert look.goal == "look again: plan plan_2: it does not reach in(red_block, blue_bowl)"
    done = talk.answer(look, *TABLE)
    assert not done.success
    assert done.text.endswith("it does not reach in(red_block, blue_bowl)")


def test_without_any_picture_it_looks_again_and_then_gives_up() -> None:
    talk = Talk(PUT, max_replans=2)
    (look,) = talk.first
    for _ in range(2):
        (look,) = talk.hear(talk.ended(look, "the look was not answered"))
        assert look.goal == "look again: no picture has come"
    (done,) = talk.hear(talk.ended(look, "the look was not answered"))
    assert done.text.endswith("no picture has come.")


def test_where_no_plan_can_be_made_it_looks_once_more_and_then_says_why() -> None:
    crowd = [obj(f"red_box_{i}", 0.36 + 0.1 * (i % 4), -0.3 + 0.1 * (i // 4)) for i in range(28)]
    sentence = "line up the red block and the green block from left to right"
    talk, look = looked(sentence, RED, GREEN, *crowd)
    assert look.goal.startswith("look again: There is no room on the table for a row of 2")
    done = talk.answer(look, RED, GREEN, *crowd)
    assert done.outcome == "failed"
    assert done.text.startswith("There is no room on the table for a row of 2")


def test_where_a_plan_was_made_since_it_looks_once_more_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clueless = iter([True, False, True])

    def moody(*args: Any) -> Any:
        if next(clueless):
            raise PlanError("I have no idea.")
        return plan(*args)

    monkeypatch.setattr("neuralbrain.arm.planning.actions.plan", moody)
    talk, look = looked(PUT, *TABLE)
    assert look.goal == "look again: I have no idea."
    act = talk.answer(look, *TABLE)
    assert "place" in skills(act)
    look = talk.answer(talk.answer(act, *TABLE, reason="x"), *TABLE)
    assert look.goal == "look again: I have no idea."


def test_a_cortex_that_was_not_told_of_its_hand_says_what_is_missing() -> None:
    talk = Talk(PUT)
    talk.cortex = Cortex("cortex", CortexConfig(embodiment="arm"))
    talk.cortex.fed = frozenset(Cortex.inputs) - {"reply"}
    talk.cortex.reset(0)
    (look,) = talk.hear(Instruction(tick=0, source="brainstem", text=PUT))
    again = talk.answer(look, *TABLE)
    done = talk.answer(again, *TABLE)
    assert (done.outcome, "bring the brainstem's `schema` to the cortex" in done.text) == ("failed", True)


def test_what_is_true_already_needs_no_plan() -> None:
    _, done = looked(PUT, *SOLVED)
    assert isinstance(done, Done)
    assert done.success


def test_going_home_and_taking_an_object_need_no_picture() -> None:
    for sentence, skill in (("go home", "home"), ("pick up the red block", "pick")):
        talk, act = looked(sentence, *TABLE)
        assert skill in skills(act)
        (done,) = talk.hear(talk.ended(act))
        assert done.success


# ---- what has vanished

YELLOW = obj("yellow_block", 0.6, 0.0)
YELLOW_BOWL = obj("yellow_bowl", 0.4, -0.2)
BLUE_BLOCK = obj("blue_block", 0.4, 0.0)
COLORED = (BOWL, YELLOW_BOWL, YELLOW, BLUE_BLOCK)


def searched(talk: Talk, said: Any, *objects: SceneObject) -> tuple[int, Any]:
    """Answer every search; return how many there were, and what is said then."""
    count = 0
    while isinstance(said, ExecutionTree) and said.goal.startswith("look for"):
        count += 1
        said = talk.answer(said, *objects)
    return count, said


def moved(tree: ExecutionTree) -> set[str]:
    return {step.args["object"] for step in steps(tree.root) if "object" in step.args}


def test_an_object_of_the_goal_that_has_vanished_is_looked_for_and_then_done_without() -> None:
    talk, act = looked("sort the blocks by color", *COLORED)
    assert moved(act) == {"yellow_block", "blue_block"}
    look = talk.answer(act, *COLORED, reason="it rolled away")
    search = talk.answer(look, BOWL, YELLOW_BOWL, BLUE_BLOCK)
    assert search.goal == "look for yellow_block"
    count, act = searched(talk, search, BOWL, YELLOW_BOWL, BLUE_BLOCK)
    assert count == 6
    assert moved(act) == {"blue_block"}, "the goal is said again: as far as it can be seen"
    done = talk.answer(act, BOWL, YELLOW_BOWL, obj("blue_block", 0.5, 0.25, 0.025))
    assert done.success


def test_a_block_whose_bowl_is_not_found_stays_where_it_is() -> None:
    seen = (BOWL, YELLOW, BLUE_BLOCK)
    talk, search = looked("sort the blocks by color", *seen)
    assert search.goal == "look for the yellow bowl"
    count, act = searched(talk, search, *seen)
    assert count == 6
    assert moved(act) == {"blue_block"}


def test_an_object_of_the_goal_that_has_vanished_and_is_found_again_belongs_to_it() -> None:
    talk, act = looked("sort the blocks by color", *COLORED)
    search = talk.answer(talk.answer(act, *COLORED, reason="x"), BOWL, YELLOW_BOWL, BLUE_BLOCK)
    act = talk.answer(search, *COLORED)
    assert moved(act) == {"yellow_block", "blue_block"}


def test_an_object_that_has_come_back_under_another_name_is_the_one_that_is_meant() -> None:
    talk, act = looked(PUT, *TABLE)
    look = talk.answer(act, *TABLE, reason="it fell")
    renamed = (obj("red_block_2", 0.40, 0.10), GREEN, BOWL)
    search = talk.answer(look, *renamed)
    assert search.goal == "look for red_block"
    count, act = searched(talk, search, *renamed)
    assert count == 6
    assert moved(act) == {"red_block_2"}


def test_what_is_held_is_not_lost_when_nobody_sees_it() -> None:
    talk, act = looked("pick up the red block", *TABLE)
    (done,) = talk.hear(talk.pictured("r", GREEN, BOWL), talk.ended(act))
    assert done.success


def test_what_a_goal_lacks_is_named_once_and_in_order() -> None:
    conditions = (
        Condition(predicate="on", args=("red_block", "table")),
        Condition(predicate="at", args=("pink_block", "there")),
        Condition(predicate="in", args=("red_block", "blue_bowl")),
        Condition(predicate="hand_empty", args=()),
    )
    goal = Goal("x", conditions, (Location(id="there", position=(0.5, 0.0, 0.02)),))
    assert DOMAIN.unseen(goal, scene(*TABLE)) == ("pink_block",)
    assert DOMAIN.unseen(goal, scene(GREEN)) == ("red_block", "pink_block", "blue_bowl")
    assert DOMAIN.unseen(Goal("x", ()), scene()) == ()


# ---- as it was


def recalled(query: str, *objects: SceneObject) -> Recall:
    return Recall(tick=1, source="hippocampus", query=query, objects=objects)


def test_to_restore_it_asks_how_everything_was_at_the_start() -> None:
    talk, act = looked(f"{PUT}, then put everything back as it was", *TABLE)
    query = talk.answer(act, *SOLVED)
    assert isinstance(query, MemoryQuery)
    assert query.about == "start"
    assert talk.hear(recalled("another question", *TABLE)) == []
    assert talk.hear(talk.pictured("r", *SOLVED), talk.ended(act)) == [], "it waits for the answer"
    (back,) = talk.hear(recalled(query.query, *TABLE))
    assert moved(back) == {"red_block"}
    location = back.location("start_red_block")
    assert location is not None
    assert location.position == RED.position
    done = talk.answer(back, *TABLE)
    assert done.success


def test_without_a_hippocampus_it_goes_by_what_it_has_seen_first_itself() -> None:
    talk = Talk(f"{PUT}, then put everything back as it was")
    talk.cortex.fed = frozenset(Cortex.inputs) - {"recall", "reply"}
    (look,) = talk.first
    back = talk.answer(talk.answer(look, *TABLE), *SOLVED)
    assert isinstance(back, ExecutionTree)
    assert moved(back) == {"red_block"}


def test_it_asks_once_even_if_the_plan_fails() -> None:
    talk, act = looked(f"{PUT}, then put everything back as it was", *TABLE)
    query = talk.answer(act, *SOLVED)
    (back,) = talk.hear(recalled(query.query, *TABLE))
    again = talk.answer(talk.answer(back, *SOLVED, reason="x"), *SOLVED)
    assert isinstance(again, ExecutionTree)
    assert moved(again) == {"red_block"}


def test_a_new_episode_knows_nothing_of_the_last() -> None:
    talk, _ = looked(PUT, *TABLE)
    talk.cortex.reset(0)
    (look,) = talk.hear(Instruction(tick=0, source="brainstem", text="go home"))
    assert (look.plan, skills(look)) == ("plan_1", {"look"})
