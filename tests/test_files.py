"""Files are written whole or not at all."""

import os

import pytest

from neuralbrain.errors import RecordError
from neuralbrain.files import record_errors, write_file


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    write_file(path, "before")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RecordError, match="No space left on device"):
        write_file(path, "after, and longer")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_what_stood_there_and_no_draft(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint.npz"
    write_file(path, b"before")

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_read_says_what_to_give(tmp_path):
    path = tmp_path / "none"
    said = r"none cannot be read: No such file .*; give the folder of a run"
    with pytest.raises(RecordError, match=said), record_errors(path, "read"):
        path.read_text()
