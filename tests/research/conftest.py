"""A workspace of its own for each test, and a home that is nobody's."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from neuralbrain.research.commands import Commands, Reply
from neuralbrain.research.session import Session
from neuralbrain.research.workspace import Workspace

boxed = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    with Session(Workspace(folder)) as opened:
        yield opened


@pytest.fixture
def take(session: Session) -> Callable[[str], Reply]:
    return Commands(session).take
