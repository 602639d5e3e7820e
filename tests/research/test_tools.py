"""Papers are cited to the page, and brains run outside of the box, from names alone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from neuralbrain.errors import NeuralBrainError
from neuralbrain.research import command
from neuralbrain.research.commands import Reply
from neuralbrain.research.registry import tools
from neuralbrain.research.session import Session
from neuralbrain.research.settings import KINDS

Take = Callable[[str], Reply]


def pdf(*pages: str) -> bytes:
    """Return a PDF of a line a page (ISO 32000-1, by hand)."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    font = "<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    for n, text in enumerate(pages):
        stream = f"BT /F 12 Tf 50 700 Td ({text}) Tj ET"
        page = f"/MediaBox [0 0 600 800] /Resources {font} /Contents {4 + 2 * n} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {page} >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return data + f"{tail}startxref\n{len(data)}\n%%EOF\n".encode()


def test_every_tool_says_what_it_does_and_is_of_a_kind() -> None:
    found = tools()
    assert len(found) > 20
    for one in found.values():
        assert one.about.endswith(".") and one.kind in KINDS
        assert one.takes.model_config["extra"] == "forbid"


def test_papers_are_searched_and_cited_to_the_page(take: Take, folder: Path) -> None:
    shelf = folder / "literature"
    (shelf / "graz.pdf").write_bytes(
        pdf("Motor imagery in Graz", "Mu rhythm desynchronisation is contralateral")
    )
    (shelf / "notes.txt").write_text("About blinks\fBlinks follow the cue by 300 ms")
    (shelf / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (shelf / "out.txt").symlink_to("/etc/hostname")
    ask = '/do search_literature {"question": "%s"}'
    assert take(ask % "which side does the mu rhythm desynchronise on?").data["cites"][0] == "graz.pdf p. 2"
    found = take(ask % "when do blinks follow a cue?")
    assert found.data["cites"][0] == "notes.txt p. 2"
    assert "broken.pdf cannot be read" in found.text and "out.txt" in found.text
    assert "contralateral" in take('/do read_page {"paper": "graz.pdf", "page": 2}').text
    for given in ('{"paper": "graz.pdf", "page": 3}', '{"paper": "../workspace.toml", "page": 1}'):
        assert not take(f"/do read_page {given}").ok
    assert not take(ask % "???").ok


def test_a_command_loads_no_code_of_the_workspace(
    folder: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "import pathlib; pathlib.Path(__file__).with_name('ran').touch()"
    for name in ("evil.py", "sitecustomize.py", "usercustomize.py", "yaml.py", "typer.py"):
        (folder / "data" / name).write_text(evil)
    monkeypatch.chdir(folder / "data")
    monkeypatch.setenv("PYTHONPATH", str(folder / "data"))
    rows, status = command.run(["envs"], seconds=120)
    assert status == 0 and {"short", "agent"} <= rows[0].keys()
    assert not (folder / "data" / "ran").exists()
    with pytest.raises(NeuralBrainError, match="There is no"):
        command.run(["brain", "show", "--", "nobody"], seconds=120)


def test_a_command_that_takes_too_long_is_ended() -> None:
    with pytest.raises(NeuralBrainError, match="took longer than 0.01 s"):
        command.run(["envs"], seconds=0.01)


@pytest.mark.slow
def test_a_brain_runs_is_read_replayed_and_asked(take: Take, session: Session) -> None:
    ran = take('/do run_episode {"env": "nanoseek", "agent": "nanorobot", "seed": 3}')
    assert ran.ok, ran.text
    (run,) = ran.data["cites"]
    assert run in take("/do list_runs").text
    assert take(f'/do read_run {{"run": "{run}"}}').data["result"]["seed"] == 3
    assert take(f'/do replay_run {{"run": "{run}"}}').text == "the same trace"
    ask = '/do recall_memory {"run": "%s", "question": "which block was put away?"}'
    assert "remembers" in take(ask % run).text  # it has no hippocampus that lasts
    arm = take('/do run_episode {"instruction": "put the red block in the blue bowl"}')
    assert take(ask % arm.data["cites"][0]).ok
    assert "regions:" in take('/do show_agent {"agent": "nanorobot"}').text
    trained = take('/do train_policy {"env": "nanoseek", "steps": 1000, "robots": 16}')
    assert trained.ok and trained.data["cites"], trained.text
    assert take('/do run_bench {"name": "graph", "options": {}}').ok
    assert not take('/do run_bench {"name": "nothing"}').ok


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("NO_NETWORK") is not None, reason="there is no network")
def test_a_package_is_installed_for_the_box(take: Take) -> None:
    assert take('/do install_package {"package": "tomli==2.0.1"}').ok
    assert take("/run import tomli; print(tomli.__file__.split('/')[-3])").text == "packages"
    assert not take('/do install_package {"package": "no-such-package-of-neuralbrain"}').ok
