"""Code in the box does what code does, and does not get out; what it tries stands in the transcript."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import neuralbrain
from neuralbrain.research import notebook
from neuralbrain.research.box import fence as fences
from neuralbrain.research.commands import Commands
from neuralbrain.research.session import Session
from neuralbrain.research.workspace import Workspace
from tests.research.conftest import boxed
from tests.research.escapes import ENDS, QUICK, attempts

LIMITS = "[box]\nmemory = 1024\nprocesses = 64\nfile = 64\ndisk = 64\n"


def settings_of(folder: Path, seconds: int) -> None:
    Workspace(folder).close()
    path = folder / "workspace.toml"
    path.write_text(path.read_text().partition("[box]")[0] + f"{LIMITS}seconds = {seconds}\n")


@pytest.fixture(scope="module")
def bubblewrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with opened(tmp_path_factory.mktemp("box"), "bubblewrap", seconds=60) as one:
        yield one


@pytest.fixture(scope="module", params=["bubblewrap", "namespaces and Landlock"])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with opened(tmp_path_factory.mktemp("box"), request.param, seconds=4) as one:
        yield one


@contextlib.contextmanager
def opened(folder: Path, fence: str, seconds: int) -> Iterator[Session]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.setenv("OPENAI_API_KEY", "s3cret-s3cret")
        if fence == "bubblewrap" and fences.bubblewrap_fails():
            pytest.skip(fences.bubblewrap_fails())
        if fence != "bubblewrap":
            if fences.namespaces_fail():
                pytest.skip(fences.namespaces_fail())
            patch.setattr(fences, "bubblewrap_fails", lambda: "it is not used here")
        settings_of(folder / "w", seconds)
        (folder / "secret").write_text("s3cret")
        (folder / "outside").mkdir(mode=0o777)
        with Session(Workspace(folder / "w")) as one:
            yield one


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[dict[str, object]]:
    with (
        socket.socket() as port,
        socket.socket(socket.AF_UNIX) as path,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        port.bind(("127.0.0.1", 0))
        path.bind(str(folder / "s"))
        abstract.bind(f"\0nb-{os.getpid()}")
        for one in (port, path, abstract):
            one.listen()
        yield {
            "port": port.getsockname()[1], "socket": folder / "s", "abstract": f"nb-{os.getpid()}",
            "pid": os.getpid(), "secret": folder / "secret", "outside": folder / "outside",
            "workspace": folder / "w", "package": Path(neuralbrain.__file__).parent, "python": sys.prefix,
            "home": Path.home(),
        }  # fmt: skip


def filled(code: str, names: dict[str, object]) -> str:
    for name, value in names.items():
        code = code.replace(f"{{{name}}}", str(value))
    return code


ALLOWED = {"namespaces and Landlock": {"socket by path"}}
"""What the fallback leaves open, and says so."""


def escaped(held: Session, wanted: Iterable[str]) -> list[tuple[str, str]]:
    """Return which attempts got out; each stands in the transcript."""
    tries, before, found = attempts(), len(held.acts.all()), []
    with listening(held.workspace.root.parent) as names:
        for what in wanted:
            result = held.do("run_cell", code=filled(tries[what], names))
            if "ESCAPED" in result.text.splitlines() or "s3cret" in result.text:
                found.append((what, result.text[:200]))
    acts = held.acts.all()[before:]
    assert [act.state in ("done", "failed") for act in acts] == [True] * len(list(wanted))
    outside = held.workspace.root.parent
    assert list((outside / "outside").iterdir()) == []
    assert (outside / "secret").read_text() == "s3cret"
    return found


@boxed
def test_no_attempt_gets_out_and_each_is_told(bubblewrapped: Session) -> None:
    assert escaped(bubblewrapped, QUICK) == []


@pytest.mark.slow
def test_none_of_all_attempts_gets_out(held: Session) -> None:
    allowed = ALLOWED.get(held.kernel().fence.name, set())
    assert len(attempts()) >= 90
    assert [one for one in escaped(held, attempts()) if one[0] not in allowed] == []


@boxed
@pytest.mark.parametrize("what", ["the kernel itself", "the disk"])
def test_a_kernel_that_ends_is_noticed_and_the_next_cell_runs(bubblewrapped: Session, what: str) -> None:
    ends(bubblewrapped, what)


@pytest.mark.slow
@pytest.mark.parametrize("what", ENDS)
def test_what_takes_too_much_is_ended_and_the_next_cell_runs(held: Session, what: str) -> None:
    ends(held, what)


def ends(held: Session, what: str) -> None:
    code, said = ENDS[what]
    result = held.do("run_cell", code=code)
    assert not result.ok
    assert any(words in result.text for words in said), result.text
    assert held.do("run_cell", code="print(6 * 7)").text == "42"


@boxed
def test_cells_land_in_the_notebook_and_come_out_again(bubblewrapped: Session) -> None:
    held = bubblewrapped
    for name in ("data", "figures"):
        for path in (held.workspace.root / name).iterdir():
            path.unlink()
    (held.workspace.root / "session.ipynb").unlink(missing_ok=True)
    held.stop_kernel()
    run = Commands(held).take
    reply = run("/run import random, json\nx = random.random()\nprint(x)\n{'a', 'b', 'c'}")
    assert reply.ok and reply.data["cites"] == ["c1"]
    drawn = run("/run open('figures/a.png', 'wb').write(b'x')")
    assert drawn.data["figures"] == ["figures/a.png"]
    assert not run("/run 1 / 0").ok
    assert run("/notebook check").text == "3 cells ran again from the start: the same to the last digit"
    run("/run import time; print(time.time_ns())")
    checked = run("/notebook check")
    assert not checked.ok and checked.data["cites"] == ["c4"]
    path = held.workspace.root / "session.ipynb"
    path.write_text(path.read_text().replace("import random, json", "import random"))  # by hand, in Jupyter
    run("/run print(x)")
    cells = notebook.code_cells(notebook.read(path))
    assert cells[0].source.startswith("import random\n") and len(cells) == 5


def test_without_a_box_code_is_refused_or_said_to_be_loose(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fences, "bubblewrap_fails", lambda: "bubblewrap is not installed")
    monkeypatch.setattr(fences, "namespaces_fail", lambda: "the kernel has no Landlock")
    with Session(Workspace(folder)) as one:
        reply = Commands(one).take("/run 1")
        assert not reply.ok and "apt install bubblewrap" in reply.text and "--allow-unfenced" in reply.text
    with Session(Workspace(folder), allow_unfenced=True) as one:
        assert Commands(one).take("/run print(1)").text == "1"
        assert any("not fenced: anything" in news for news in one.news)
