"""Run folders: never written over, and their files whole or not there."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from neuralbrain.errors import RecordError
from neuralbrain.record import folder as folders
from neuralbrain.record.folder import EPISODE, TRAINING, new_folder, read_manifest, write_manifest
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
    manifest = {"format": TRAINING, "status": "running", "words": "größer"}
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path, (TRAINING,)) == manifest


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


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "x"},
        {"seed": None},
        {"blueprint": 7},
        {"blueprint": {}},
        {"result": {"ticks": 1}},
        {"env": 3},
    ],
)
def test_a_manifest_that_cannot_be_is_refused_by_name(tmp_path: Path, change: dict[str, object]) -> None:
    whole = {
        "format": EPISODE, "seed": 1, "env": "a", "runtime": "inline", "status": "done", "versions": {},
        "result": None, "blueprint": {"regions": [], "body": "b", "tick_seconds": 0.05},
    }  # fmt: skip
    write_manifest(tmp_path, whole)
    assert read_manifest(tmp_path) == whole
    write_manifest(tmp_path, whole | change)
    with pytest.raises(RecordError, match=f"damaged: its {next(iter(change))} cannot be"):
        read_manifest(tmp_path)
    (tmp_path / "run.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(RecordError, match="not valid JSON"):
        read_manifest(tmp_path)


def test_a_run_keeps_room_for_the_manifest_of_its_end(tmp_path, monkeypatch):
    write_manifest(tmp_path, {"status": "running"})
    held = sum(path.stat().st_size for path in tmp_path.iterdir())
    write_manifest(tmp_path, {"status": "crashed", "error": "x" * 60_000})
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < held
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
