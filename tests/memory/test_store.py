import contextlib
import fcntl
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chromadb import PersistentClient
from chromadb.config import Settings

from neuralbrain.errors import ConfigurationError, RecordError, UnknownNameError
from neuralbrain.memory import collection as held
from neuralbrain.memory import store
from neuralbrain.memory.embedding import embedding
from neuralbrain.memory.entry import Entry
from neuralbrain.memory.recall import ask
from neuralbrain.memory.store import count, read, write


def entry(text: str, **metadata: bool | int | float | str) -> Entry:
    return Entry(text=text, metadata={"success": True, **metadata})


def test_what_is_written_is_read_back_in_order(tmp_path: Path) -> None:
    texts = [f"episode {number} about block {number}" for number in range(5)]
    for text in texts:
        write(tmp_path / "a" / "store", [entry(text, ticks=7)])
    snapshot = read(tmp_path / "a" / "store")
    assert [passage.text for passage in snapshot.passages] == texts
    assert [passage.metadata["number"] for passage in snapshot.passages] == [0, 1, 2, 3, 4]
    assert snapshot.passages[0].metadata["success"] is True
    assert snapshot.passages[0].metadata["ticks"] == 7
    np.testing.assert_array_equal(snapshot.vectors, embedding("hash").passages(texts))


def test_the_same_again_is_a_memory_of_its_own(tmp_path: Path) -> None:
    first = write(tmp_path, [entry("one"), entry("two"), entry("one")])
    assert first[0][:-2] == first[2][:-2]
    assert [identity[-2:] for identity in first] == ["-1", "-1", "-2"]
    assert write(tmp_path, [entry("one")]) == [first[0][:-1] + "3"]
    assert write(tmp_path, [entry("one", success=False)])[0] not in first
    assert count(tmp_path) == 5


def test_ids_do_not_depend_on_the_order_of_the_metadata() -> None:
    assert (
        Entry(text="x", metadata={"a": 1, "b": 2}).digest == Entry(text="x", metadata={"b": 2, "a": 1}).digest
    )


def test_a_batch_larger_than_chroma_takes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BATCH", 3)
    write(tmp_path, [entry(f"episode {number}") for number in range(8)])
    assert [passage.metadata["number"] for passage in read(tmp_path).passages] == list(range(8))


def test_a_store_can_be_read_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, [entry(f"episode {number}") for number in range(6)])
    assert [p.text for p in read(tmp_path, first=4).passages] == [f"episode {number}" for number in range(4)]
    assert read(tmp_path, first=0).passages == ()
    with pytest.raises(RecordError, match="holds 6 memories, and 7 are to be read"):
        read(tmp_path, first=7)
    with pytest.raises(RecordError, match="gone"):
        read(tmp_path / "none", first=1)


def test_a_snapshot_does_not_see_what_is_written_later(tmp_path: Path) -> None:
    write(tmp_path, [entry("the red block")])
    before = read(tmp_path)
    write(tmp_path, [entry("the red block again"), entry("a red ball")])
    assert [passage.text for passage in before.near("red block", 5)] == ["the red block"]
    assert len(read(tmp_path).near("red block", 5)) == 3


def test_two_stores_filled_alike_answer_alike(tmp_path: Path) -> None:
    """Many memories of equal similarity: an approximate index would break such ties by chance."""
    entries = [entry(f"the red block{' ' * number}", ticks=number) for number in range(40)]
    entries += [entry(f"the red block by {number}", ticks=number) for number in range(40)]
    for name in ("a", "b"):
        write(tmp_path / name, entries)
    answers = [read(tmp_path / name).near("red block", 25) for name in ("a", "b")]
    told = [[(p.id, p.similarity, p.times) for p in answer] for answer in answers]
    assert told[0] == told[1]
    assert len({identity for identity, _, _ in told[0]}) == 25
    assert [(similarity, times) for _, similarity, times in told[0][:2]] == [(told[0][0][1], 1), (1.0, 40)]


@pytest.mark.slow
def test_every_memory_is_looked_at(tmp_path: Path) -> None:
    write(tmp_path, [entry("the needle"), *(entry(f"straw {number}") for number in range(5_500))])
    (found,) = ask(tmp_path, "where is the needle?")
    assert found.metadata["number"] == 0


def test_when_and_how_often(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    for ticks in (1, 2, 3):
        write(tmp_path, [entry("Lift the red block. ", ticks=ticks), entry("the red block")])
    first, second = ask(tmp_path, "red block")
    assert {(first.text, first.times), (second.text, second.times)} == {
        ("Lift the red block. ", 3), ("the red block", 3)
    }  # fmt: skip
    lifted = next(passage for passage in (first, second) if "Lift" in passage.text)
    assert lifted.metadata["ticks"] == 3, "the last of them"
    assert before <= datetime.fromisoformat(str(lifted.metadata["date"])) <= datetime.now(UTC)


def test_a_memory_that_has_changed_on_disk_is_found_out(tmp_path: Path) -> None:
    write(tmp_path, [entry("the red block"), entry("the blue block")])
    with _opened(tmp_path) as collection:
        (wrong,) = collection.get(where={"number": 1})["ids"]
        collection.update(ids=[wrong], documents=["the pink block"], embeddings=[[0.0] * 1024])
    with pytest.raises(RecordError, match="damaged, memory 1 has changed"):
        ask(tmp_path, "block")
    with _opened(tmp_path) as collection:
        collection.delete(ids=[wrong])
        collection.add(ids=["9"], documents=["x"], metadatas=[{"number": 7}], embeddings=[[0.0] * 1024])
    with pytest.raises(RecordError, match="damaged, 1 memory is gone"):
        ask(tmp_path, "block")


def test_a_store_keeps_the_embedding_that_it_was_made_with(tmp_path: Path) -> None:
    write(tmp_path, [entry("the red block")], "hash")
    for use in (count, read, lambda path, embedded: write(path, [entry("x")], embedded)):
        with pytest.raises(ConfigurationError, match="made with the embedding 'hash', here is set 'other'"):
            use(tmp_path, embedded="other")
    assert count(tmp_path) == 1
    with pytest.raises(UnknownNameError, match="no embedding 'other'"):
        ask(tmp_path, "block", embedded="other")


def test_asking_from_another_process_after_a_restart(tmp_path: Path) -> None:
    write(
        tmp_path, [entry("Asked: stack the red block on the blue block."), entry("Asked: open the drawer.")]
    )
    code = f"from neuralbrain.memory.recall import ask; print(ask({str(tmp_path)!r}, 'drawer?', 1)[0].text)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "Asked: open the drawer."
    assert ask(tmp_path, "what was stacked?")[0].metadata["success"] is True


def test_asking_where_nothing_is_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nothing has been remembered there yet"):
        ask(tmp_path / "none", "the red block")
    assert not (tmp_path / "none").exists()
    assert count(tmp_path / "none") == 0


@pytest.mark.parametrize(
    ("question", "n", "said"),
    [
        *((empty, 5, "has no words to look for") for empty in (" ", "the", "???", "did you?")),
        ("block", 0, "ask for 1 or more"),
    ],
)
def test_questions_that_make_no_sense(tmp_path: Path, question: str, n: int, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        ask(tmp_path, question, n)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigurationError, match="file"):
            read(path)
        with pytest.raises(ConfigurationError, match="file"):
            write(path, [entry("x")])


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held.os, "access", lambda path, mode: False)  # as root, every folder can be written
    with pytest.raises(RecordError, match="not writable"):
        write(tmp_path / "store", [entry("x")])
    assert not (tmp_path / "store").exists()


def test_a_full_disk_is_no_damage(tmp_path: Path) -> None:
    write(tmp_path, [entry("x")])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "chroma.sqlite3").stat().st_size, limits[1]))
    try:
        with pytest.raises(RecordError, match=r"cannot be written .*; free some room"):
            write(tmp_path, [entry("long " * 20_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert count(tmp_path) == 1


@pytest.mark.parametrize("content", [b"", b"this is no database" * 300])
def test_a_malformed_store(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "good", [entry("x")])
    good = (tmp_path / "good" / "chroma.sqlite3").read_bytes()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "chroma.sqlite3").write_bytes(content or good[: len(good) // 2])
    with pytest.raises(RecordError, match="not readable as a store of memories"):
        read(tmp_path / "bad")


def test_a_store_without_its_database_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    write(tmp_path, [entry("x")])
    (tmp_path / "chroma.sqlite3").unlink()
    for use in (count, read, lambda path: write(path, [entry("y")])):
        with pytest.raises(RecordError, match="damaged, chroma.sqlite3 is gone"):
            use(tmp_path)


def test_a_damaged_store_is_refused_or_answers_as_before(tmp_path: Path) -> None:
    """Over a damaged page Chroma may end the process, so this would."""
    write(tmp_path / "good", [entry("move the red block"), entry("tea")])
    refused = 0
    for seed in range(12):
        rng, bad = random.Random(seed), tmp_path / f"bad{seed}"
        shutil.copytree(tmp_path / "good", bad)
        data = bytearray((bad / "chroma.sqlite3").read_bytes())
        start = rng.randrange(len(data))
        data[start : start + 4096] = rng.randbytes(len(data[start : start + 4096]))
        (bad / "chroma.sqlite3").write_bytes(data)
        try:
            assert [passage.text for passage in ask(bad, "a red block")] == ["move the red block"]
        except RecordError as error:
            refused += 1
            assert len(str(error).splitlines()) == 1 and "give another folder" in str(error)
    assert refused > 3


def test_a_store_that_another_process_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [entry("x")])
    monkeypatch.setattr(held, "PATIENCE", 0.1)
    with (tmp_path / "neuralbrain.lock").open("r+") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        for act in (lambda: read(tmp_path), lambda: write(tmp_path, [entry("y")])):
            with pytest.raises(RecordError, match="another process has held it"):
                act()
    assert count(tmp_path) == 1


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from neuralbrain.memory.entry import Entry; from neuralbrain.memory.store import write\n"
        "for k in range(5): write(sys.argv[1], [Entry(text='same', metadata={'k': k})])"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    passages = read(tmp_path).passages
    assert [p.metadata["number"] for p in passages] == list(range(10))
    assert len({p.id for p in passages}) == 10


def test_a_store_of_before_is_brought_over(tmp_path: Path) -> None:
    write(tmp_path, [entry("refused", refused=True), entry("done", refused=False)])
    write(tmp_path, [entry("failed", success=False, refused=False), entry("of another kind")])
    with _opened(tmp_path) as collection:
        collection.modify(metadata={"made": "before formats had numbers"})
        collection.update(ids=collection.get()["ids"], embeddings=[[0.5] * 1024] * 4)
    told = [passage.metadata for passage in read(tmp_path).passages]
    assert [p.similarity for p in ask(tmp_path, "refusing")] == [1.0], "embedded again"
    assert [words.get("outcome") for words in told] == ["refused", "done", "failed", None]
    assert not any("refused" in words for words in told)
    with _opened(tmp_path) as collection:
        assert collection.metadata == {"format": held.FORMAT, "embedding": "hash"}


def test_a_store_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    write(tmp_path, [entry("one")])
    with _opened(tmp_path) as collection:
        collection.modify(metadata={"format": held.FORMAT + 1})
    for use in (count, read, lambda path: write(path, [entry("two")])):
        with pytest.raises(RecordError, match=rf"format {held.FORMAT + 1}, .* reads {held.FORMAT}: "):
            use(tmp_path)
    with _opened(tmp_path) as collection:
        assert collection.count() == 1


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    client = PersistentClient(str(path.resolve()), settings=Settings(anonymized_telemetry=False))
    try:
        yield client.get_collection(held.COLLECTION)
    finally:
        client.close()


@pytest.mark.parametrize("harm", ["bytes", "trigger"])
def test_a_damaged_database_is_found_out_before_chroma_opens_it(tmp_path, harm):
    store = tmp_path / "memory"
    write(store, [Entry(text="the red block", metadata={"a": 1})])
    file = store / "chroma.sqlite3"
    if harm == "bytes":
        data = bytearray(file.read_bytes())
        data[5000:60_000] = bytes(55_000)
        file.write_bytes(data)
    else:
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TRIGGER t AFTER INSERT ON collections BEGIN DELETE FROM segments; END")
    with pytest.raises(RecordError, match="not readable as a store of memories"):
        read(store)
