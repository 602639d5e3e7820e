"""What the tests of language models share: a cache of their own, no key, and questions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from neuralbrain.agents.oracle.server import Asked, Reply, ScriptedServer
from neuralbrain.language.budget import Budget, Limits
from neuralbrain.language.client import Client
from neuralbrain.language.key import KEY, URL
from neuralbrain.language.server import Abilities, Server
from neuralbrain.messages import ModelRequest, Turn

FORM = '{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}'


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember nothing of other tests, and send nobody's key."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(KEY, "")
    monkeypatch.setenv(URL, "http://127.0.0.1:9/v1")  # nobody


def question(text: str = "what?", picture: str = "", name: str = "q_1") -> ModelRequest:
    turns = (Turn(role="system", text="You answer."), Turn(role="user", text=text))
    return ModelRequest(tick=3, source="cortex", request=name, turns=turns, form=FORM, picture=picture)


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """A script: one reply after the other, and the last one for ever."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def asking(
    script: Callable[[Asked], Reply],
    *,
    limits: Limits | None = None,
    abilities: Abilities | None = None,
    timeout: float = 5.0,
    max_output: int = 200,
) -> Iterator[tuple[Client, ScriptedServer, list[float]]]:
    """A client of a scripted server, which notes how long it would have slept."""
    slept: list[float] = []
    with ScriptedServer(script).running() as server:
        client = Client(
            Server(base_url=server.url, model="scripted", abilities=abilities or Abilities(form="schema")),
            Budget(limits or Limits(), None),
            max_output=max_output,
            timeout=timeout,
            sleep=slept.append,
        )
        try:
            yield client, server, slept
        finally:
            client.close()
