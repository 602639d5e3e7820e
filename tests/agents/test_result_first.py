"""First the result, then everything else: what fails after it is said, and takes nothing with it."""

import errno
import json
import re
from pathlib import Path

import pytest
from mcap.writer import Writer

from neuralbrain.agents.episode import run_episode
from neuralbrain.errors import ContractError
from neuralbrain.record.folder import read_manifest
from tests.agents.toys import ToyBody, ToyMind


def fails(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def run(toy_agent, toy_env, tmp_path):
    return lambda **more: run_episode(
        str(toy_agent), toy_env, 4, out=tmp_path / "runs", allow_code=True, **more
    )


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (
            (ToyMind, "commit"),
            "could not let the regions keep what is to last: region 'mind' failed at .* in commit: OSError",
        ),
        ((ToyBody, "close"), "could not close everything: region 'body' failed at tick .* in close: OSError"),
        (
            (Writer, "finish"),
            "could not close everything: [^ ]*/episode.mcap cannot be written: No space left",
        ),
    ],
)
def test_a_result_outlives_what_comes_after_it(run, monkeypatch, place, says):
    monkeypatch.setattr(*place, fails)
    result = run()
    assert result.success
    (warning,) = result.warnings
    assert re.match(says, warning)
    manifest = read_manifest(Path(result.run_dir))
    assert manifest["status"] == "done"
    assert manifest["result"] == json.loads(json.dumps(result.as_dict()))


def test_a_result_outlives_a_manifest_that_cannot_be_written(run, monkeypatch):
    written = []
    plain = Path.replace

    def full(path: Path, target: Path) -> Path:
        written.append(target.name)
        return plain(path, target) if written.count("run.json") < 2 else fails()

    monkeypatch.setattr(Path, "replace", full)
    result = run()
    assert result.success
    (warning,) = result.warnings
    assert "could not write the result down: " in warning
    assert "run.json cannot be written: No space left on device" in warning
    assert read_manifest(Path(result.run_dir))["status"] == "running"


def test_an_interruption_after_the_result_leaves_it(run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ToyMind, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        run()
    (folder,) = [Path(note.removeprefix("record: ")) for note in caught.value.__notes__]
    assert read_manifest(folder)["status"] == "done"


def test_the_first_error_is_told_whatever_the_report_does_next(run, toy_agent, monkeypatch, tmp_path):
    toy_agent.write_text(toy_agent.read_text().replace("last_tick: 60", "broken_at: 20"))
    monkeypatch.setattr("neuralbrain.agents.episode.write_report", lambda folder: {}["gone"])
    with pytest.raises(ContractError, match="the arm came off") as caught:
        run()
    (folder,) = (tmp_path / "runs").iterdir()
    assert caught.value.__notes__ == [
        "could not write the report: KeyError: 'gone'",
        f"record: {folder}",
    ]
    assert read_manifest(folder)["status"] == "crashed"
