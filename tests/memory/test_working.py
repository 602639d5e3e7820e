from neuralbrain.memory.working import WorkingMemory
from neuralbrain.messages import (
    Anomaly,
    Condition,
    Done,
    ExecutionTree,
    Instruction,
    Relation,
    Scene,
    SceneObject,
    Sequence,
    Step,
    StepStatus,
)


def obj(name: str, x: float = 0.5) -> SceneObject:
    color, category = name.split("_")
    return SceneObject(
        id=name, category=category, color=color, position=(x, -0.1, 0.02), yaw=0.0, size=(0.04, 0.04, 0.04),
        confidence=1.0, seen_tick=0,
    )  # fmt: skip


def scene(frame_tick: int, *objects: SceneObject, inside: tuple[str, str] | None = None) -> Scene:
    relations = (Relation(subject=inside[0], predicate="in", object=inside[1]),) if inside else ()
    return Scene(
        tick=frame_tick + 1, source="eye", camera="fixed", request=f"r{frame_tick}", frame_tick=frame_tick,
        objects=objects, relations=relations,
    )  # fmt: skip


def status(tick: int, step: str, skill: str, state: str, attempt: int = 1, reason: str = "") -> StepStatus:
    return StepStatus.model_validate(
        {"tick": tick, "source": "hand", "plan": "p", "step": step, "skill": skill, "state": state,
         "attempt": attempt, "reason": reason}
    )  # fmt: skip


TREE = ExecutionTree(
    tick=12, source="cortex", plan="p", goal="the red block in the blue bowl",
    root=Sequence(id="all", children=(
        Step(id="0", skill="look", args={"camera": "fixed"}),
        Step(id="1", skill="pick", args={"object": "red_block"},
             postconditions=(Condition(predicate="holding", args=("red_block",)),)),
        Step(id="2", skill="place", args={"object": "red_block", "target": "blue_bowl"}),
    )),
)  # fmt: skip
RED, BOWL, HIDDEN = obj("red_block"), obj("blue_bowl", 0.6), obj("green_block", 0.4)


def test_the_start_is_the_newest_scene_before_anything_moved() -> None:
    working = WorkingMemory()
    working.take_in(scene(10, RED))
    working.take_in(TREE)
    working.take_in(status(20, "0", "look", "started"))
    working.take_in(scene(40, RED, HIDDEN))
    assert working.start is not None
    assert working.start.objects == (RED, HIDDEN)
    working.take_in(status(60, "1", "pick", "started"))
    working.take_in(scene(90, BOWL))
    assert working.start.objects == (RED, HIDDEN)
    assert working.now is not None
    assert working.now.objects == (BOWL,)


def test_a_picture_taken_before_and_understood_after_still_belongs_to_the_start() -> None:
    working = WorkingMemory()
    working.take_in(scene(10, RED))
    working.take_in(status(60, "1", "pick", "started"))
    working.take_in(scene(60, RED, HIDDEN))
    working.take_in(scene(61, HIDDEN))
    working.take_in(scene(50, BOWL))
    assert working.start is not None
    assert working.start.objects == (RED, HIDDEN)
    assert working.now is not None
    assert working.now.objects == (HIDDEN,)


def test_the_story_of_an_episode() -> None:
    working = WorkingMemory()
    for message in (
        Instruction(tick=0, source="stem", text="put the red block in the blue bowl"),
        scene(10, RED, BOWL),
        TREE,
        status(40, "1", "pick", "started"),
        status(80, "1", "pick", "failed", reason="it slipped"),
        Anomaly(tick=80, source="hand", level="retry", what="it slipped", plan="p", step="1"),
        status(81, "1", "pick", "started", attempt=2),
        status(99, "1", "pick", "succeeded", attempt=2),
        status(100, "2", "place", "started"),
        status(140, "2", "place", "claimed"),
        scene(150, BOWL, obj("red_block", 0.6), inside=("red_block", "blue_bowl")),
        status(170, "2", "place", "succeeded"),
        Done(tick=180, source="cortex", outcome="done", text="I have done it."),
    ):
        working.take_in(message)
    assert working.story() == (
        "Asked: put the red block in the blue bowl\n"
        "There at the start: red block (0.50 -0.10), blue bowl (0.60 -0.10).\n"
        "Goals: the red block in the blue bowl.\n"
        "Steps: pick red block: succeeded at attempt 2; "
        "place red block (target blue bowl): succeeded.\n"
        "Anomalies: it slipped (retry).\n"
        "There at the end: blue bowl (0.60 -0.10), red block in blue bowl (0.60 -0.10).\n"
        "Result: done. I have done it."
    )
    entry = working.entry(seed=7)
    assert entry.text == working.story()
    assert entry.metadata == {
        "instruction": "put the red block in the blue bowl", "success": True, "outcome": "done", "ticks": 180,
        "steps": 2, "anomalies": 1, "region_seed": 7,
    }  # fmt: skip


def test_an_episode_that_breaks_off() -> None:
    working = WorkingMemory()
    working.take_in(Instruction(tick=0, source="stem", text="stack them"))
    working.take_in(status(40, "1", "pick", "started"))
    entry = working.entry(seed=0)
    assert "Steps: pick: did not end." in entry.text
    assert entry.text.endswith("Result: it broke off before it was done.")
    assert entry.metadata["success"] is False


def test_an_instruction_that_was_not_understood() -> None:
    working = WorkingMemory()
    working.take_in(Instruction(tick=0, source="stem", text="sing"))
    working.take_in(Done(tick=10, source="cortex", outcome="refused", text="I cannot sing."))
    assert working.story() == "Asked: sing\nResult: refused. I cannot sing."
    assert working.entry(seed=0).metadata["outcome"] == "refused"
