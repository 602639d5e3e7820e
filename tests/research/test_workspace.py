"""A workspace is opened, resumed, mended and refused; what a person changed by hand stays."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralbrain.errors import ConfigurationError, NeuralBrainError, RecordError
from neuralbrain.research import ideas, knowledge
from neuralbrain.research.settings import NEW, Settings, changed, parsed
from neuralbrain.research.transcript import Transcript
from neuralbrain.research.workspace import Workspace


def test_a_new_one_is_made_and_found_again(folder: Path) -> None:
    with Workspace(folder) as one:
        one.transcript.write("person", "message", text="hello")
    with Workspace(folder) as again:
        assert [entry.data for entry in again.transcript.entries] == [{"text": "hello"}]
        assert again.settings == Settings()


def test_one_session_at_a_time(folder: Path) -> None:
    with Workspace(folder), pytest.raises(RecordError, match=f"process {os.getpid()}"):
        Workspace(folder)
    Workspace(folder).close()


def test_a_folder_of_something_else_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.tex").write_text("x")
    with pytest.raises(ConfigurationError, match="no workspace"):
        Workspace(folder)
    assert os.listdir(folder) == ["thesis.tex"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = 2", "has format 2, and this version reads up to 1"),
        ("seed = -1", "seed: Input should be greater"),
        ("[autonomy]\nread = 'always'", "autonomy.read"),
        ("[autonomy]\nfly = 'auto'", "autonomy.fly"),
        ("seed = ", "not valid TOML"),
    ],
)
def test_settings_that_cannot_be_are_one_line(folder: Path, text: str, said: str) -> None:
    Workspace(folder).close()
    (folder / "workspace.toml").write_text(text)
    with pytest.raises(NeuralBrainError, match=said) as caught:
        Workspace(folder)
    assert "\n" not in str(caught.value)


@settings(max_examples=20)
@given(cut=st.integers(1, 60))
def test_a_line_cut_short_is_taken_away_and_told(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("t") / "transcript.jsonl"
    one = Transcript(path)
    one.write("person", "message", text="first")
    whole = path.read_bytes()
    one.write("person", "message", text="größer als sonst")
    one.close()
    path.write_bytes(path.read_bytes()[:-cut])
    again = Transcript(path)
    assert [entry.data["text"] for entry in again.entries] == ["first"]
    assert again.lost
    assert path.read_bytes() == whole
    again.write("person", "message", text="second")
    again.close()
    assert [json.loads(line)["n"] for line in path.read_text().splitlines()] == [1, 2]


def test_a_line_that_was_changed_is_refused_with_its_number(folder: Path) -> None:
    with Workspace(folder) as one:
        for number in range(3):
            one.transcript.write("person", "message", text=str(number))
    path = folder / "transcript.jsonl"
    first, _, third = path.read_text().splitlines()
    path.write_text(f"{first}\n{third}\n")
    with pytest.raises(RecordError, match="line 2"):
        Workspace(folder)


def test_a_line_that_cannot_be_written_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace(folder) as one:
        one.transcript.write("person", "message", text="a")
        before = (folder / "transcript.jsonl").read_bytes()

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(RecordError, match="No space left"):
                one.transcript.write("person", "message", text="b")
        assert (folder / "transcript.jsonl").read_bytes() == before
        with pytest.raises(RecordError, match="NaN|nan"):
            one.transcript.write("person", "message", text=float("nan"))
        assert one.transcript.write("person", "message", text="c").n == 2


def test_a_setting_is_changed_and_all_else_stays() -> None:
    text = changed(NEW, "autonomy", "compute", '"auto"')
    assert parsed(text, "x").autonomy.compute == "auto"
    assert len(text.splitlines()) == len(NEW.splitlines())
    different = [(a, b) for a, b in zip(NEW.splitlines(), text.splitlines(), strict=True) if a != b]
    assert different == [('compute = "once"', 'compute = "auto"')]
    assert parsed(changed("seed = 1", "autonomy", "read", '"ask"'), "x").autonomy.read == "ask"


BY_HAND = """# Ideas

Some words of mine.

## i4: Does beta rebound tell more?
- why: faster
- state: open

It is *not* the same as mu.

## i2: And mu?
"""


def test_ideas_are_changed_line_by_line() -> None:
    text, name = ideas.added(BY_HAND, "A third\nquestion?", {"why": "because", "novelty": ""})
    assert name == "i5"
    assert text.startswith(BY_HAND.rstrip("\n"))
    assert ideas.find(ideas.parsed(text), "i5").question == "A third question?"
    picked = ideas.with_field(BY_HAND, "i4", "state", "picked")
    assert picked == BY_HAND.replace("- state: open", "- state: picked")
    planned = ideas.with_step(ideas.with_step(BY_HAND, "i4", "simulate"), "i4", "decode")
    steps = ideas.find(ideas.parsed(ideas.with_step_done(planned, "i4", 2)), "i4").plan
    assert [(step.text, step.done) for step in steps] == [("simulate", False), ("decode", True)]
    assert "It is *not* the same as mu." in planned
    with pytest.raises(ConfigurationError, match="no idea 'i9'"):
        ideas.with_field(BY_HAND, "i9", "state", "picked")
    with pytest.raises(ConfigurationError, match="no step of i4 '3'"):
        ideas.with_step_done(planned, "i4", 3)


def test_a_lesson_is_recalled_until_another_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "k1.md").write_text("Blinks are locked to the cue, so frontal channels decode.")
    for text, replaces in (("Use 8 to 30 Hz for motor imagery.", ""), ("The cue drives saccades.", "k1")):
        _, file, content = knowledge.written(tmp_path, text, knowledge.Facts(replaces=replaces, source="a3"))
        (tmp_path / file).write_text(content)
    assert [one.id for one in knowledge.recalled(tmp_path, "is anything locked to the cue?")] == ["k3"]
    assert [one.id for one in knowledge.recalled(tmp_path, "which band for imagery of motor acts")] == ["k2"]
    assert knowledge.recalled(tmp_path, "weather in Lisbon") == []
    (tmp_path / "k2-twice.md").write_text("x")
    with pytest.raises(RecordError, match="is k2, too"):
        knowledge.lessons(tmp_path)


def test_what_code_leaves_behind_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    with Workspace(folder) as one:
        (folder / "data" / "link").symlink_to(secret)
        os.mkfifo(folder / "data" / "pipe")
        for name in ("data/link", "data/pipe", "../secret"):
            with pytest.raises(NeuralBrainError):
                one.text(name)
        one.write("data/link", "mine")
        assert secret.read_text() == "s3cret"
        assert one.text("data/link") == "mine"
        for name in ("../x", "/tmp/x", "data/../x", "data/sub/x", "data/", ".lock"):
            with pytest.raises(ConfigurationError):
                one.write(name, "x")
