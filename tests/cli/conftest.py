"""The toy brain and its environment, and a way to run the command line."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from neuralbrain.cli import main
from tests.agents.conftest import toy_agent, toy_env  # noqa: F401


@dataclass
class Outcome:
    status: int
    out: str
    err: str


@pytest.fixture
def cli(capfd, monkeypatch, tmp_path) -> Callable[..., Outcome]:
    """Run a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: object) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        return Outcome(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def episode(cli, toy_agent, toy_env):  # noqa: F811
    """Run an episode of the toy brain."""

    def call(*words: object) -> Outcome:
        return cli(
            "episode",
            "--allow-code",
            "--agent",
            toy_agent,
            "--env",
            "toy-task",
            "--runtime",
            "inline",
            *words,
        )

    return call
