"""Run folders: never written over, and their files whole or not there."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from neuralbrain.errors import RecordError
from neuralbrain.record import folder as folders
from neuralbrain.record.folder import EPISODE, TRAINING, checksum, new_folder, read_manifest, write_manifest
from neuralbrain.record.manifest import dependencies, versions

NOW = datetime(2026, 1, 2, 3, 4, 5)


def test_names_never_collide(tmp_path):
    made = [new_folder(tmp_path / "runs", "tabletop-place", 7, NOW) for _ in range(3)]
    assert [path.name for path in made] == [
        "20260102T030405-tabletop-place-s7",
        "20260102T030405-tabletop-place-s7-2",
        "20260102T030405-tabletop-place-s7-3",
    ]


def test_an_unwritable_place_is_one_clear_error(tmp_path):
    (tmp_path / "runs").write_text("I am a file")
    with pytest.raises(RecordError, match=r"runs cannot be written: .*; free some room or choose .* --out"):
        new_folder(tmp_path / "runs", "x", 0, NOW)


def test_a_manifest_comes_back(tmp_path):
    manifest = {
        "format": TRAINING, "status": "running", "env": "a", "task": "b", "seed": 0, "started": "",
        "versions": {}, "result": None, "words": "größer",
    }  # fmt: skip
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path, (TRAINING,)) == manifest | {"checksum": checksum(manifest)}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory; give the folder of a run"),
        ("{", "is not valid JSON"),
        (json.dumps({"format": 99}), "is not a run that this version reads"),
        ("[]", "is not a run that this version reads"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path: Path, content, message):
    if content is not None:
        (tmp_path / folders.MANIFEST).write_text(content)
    with pytest.raises(RecordError, match=message):
        read_manifest(tmp_path)


def test_versions_cover_every_dependency():
    found = versions()
    assert set(found) >= {"neuralbrain", "python", "system", *dependencies()}
    assert {"numpy", "pybullet", "mcap"} <= set(dependencies())
    assert "pytest" not in dependencies()


REGION = {"name": "b", "type": "arm.brainstem"}
WHOLE = {
    "format": EPISODE, "seed": 1, "env": "a", "task": "t", "runtime": "inline", "status": "done",
    "started": "", "instruction": None, "versions": {}, "result": None,
    "blueprint": {"name": "n", "regions": [REGION], "body": "b"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("seed", "x"),
        ("seed", None),
        ("blueprint", 7),
        ("blueprint", {}),
        ("blueprint", WHOLE["blueprint"] | {"body": "c"}),
        ("blueprint", WHOLE["blueprint"] | {"tick_seconds": -1}),
        ("blueprint", WHOLE["blueprint"] | {"projections": [{"from": "b.x", "to": "gone.y", "delay": 1}]}),
        ("result", {"ticks": 1}),
        ("env", 3),
        ("runtime", "elsewhere"),
        ("versions", {"numpy": None}),
    ],
)
def test_a_manifest_that_cannot_be_is_refused_by_name(tmp_path: Path, entry: str, value: object) -> None:
    write_manifest(tmp_path, WHOLE)
    kept = read_manifest(tmp_path)
    assert kept | {"blueprint": 0} == WHOLE | {"checksum": checksum(WHOLE), "blueprint": 0}
    assert kept["blueprint"]["tick_seconds"] == 0.05
    assert kept["blueprint"]["regions"][0]["period"] == 1
    write_manifest(tmp_path, WHOLE | {entry: value})
    with pytest.raises(RecordError, match=f"is damaged: {entry}"):
        read_manifest(tmp_path)


def test_what_a_result_may_leave_out_is_there_when_it_is_read(tmp_path: Path) -> None:
    result = {
        "success": True, "outcome": "done", "ticks": 3, "sim_seconds": 0.1, "wall_seconds": 0.1,
        "model_calls": 0, "judged_by": "world", "trace_sha256": "0" * 64,
    }  # fmt: skip
    write_manifest(tmp_path, WHOLE | {"result": result})
    kept = read_manifest(tmp_path)["result"]
    assert {name: kept[name] for name in result} == result
    assert (kept["waited_seconds"], kept["standing"], kept["conditions"]) == (0.0, "", {})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"a": "\xff"}', "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON: maximum recursion depth"),
        (b"[" * 100 + b"]" * 100, "nested deeper than 64"),
        (b'{"seed": %s}' % (b"9" * 6001), "is not valid JSON"),
        (b'{"seed": %d}' % 10**30, "a whole number of 100 bits"),
        (b'{"seed": NaN}', "holds NaN"),
        (b'{"seed": 1e999}', "holds inf"),
    ],
)
def test_what_no_run_writes_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RecordError, match=says):
        read_manifest(tmp_path)


def test_a_manifest_that_was_edited_is_noticed(tmp_path: Path) -> None:
    write_manifest(tmp_path, WHOLE)
    path = tmp_path / "run.json"
    text = path.read_text()
    path.write_text(json.dumps(json.loads(text)))  # laid out in another way: the same entries
    read_manifest(tmp_path)
    path.write_text(text.replace('"seed": 1', '"seed": 2'))
    with pytest.raises(RecordError, match="is not as it was written"):
        read_manifest(tmp_path)


def test_a_run_keeps_room_for_the_manifest_of_its_end(tmp_path, monkeypatch):
    write_manifest(tmp_path, {"status": "running"})
    held = sum(path.stat().st_size for path in tmp_path.iterdir())
    write_manifest(tmp_path, {"status": "crashed", "error": "x" * 60_000})
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < held
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
