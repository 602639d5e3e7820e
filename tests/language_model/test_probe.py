"""What is found out about a server before the simulation starts, and what is said where it cannot be used."""

import json

import pytest

from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget, Limits
from neuralbrain.language.key import KEY, OPENAI, read_environment
from neuralbrain.language.known import remembered
from neuralbrain.language.probe import UNLIKELY, able
from neuralbrain.language.server import Abilities, Server, checked

HELD = json.dumps({"colour": UNLIKELY})
FREE = json.dumps({"colour": "red"})


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(KEY, raising=False)


def form_of(body) -> str:
    return body.get("response_format", {}).get("type", "text")


def sees(body) -> bool:
    return isinstance(body["messages"][-1]["content"], list)


STRICT = ScriptedServer(lambda body: Reply(text=HELD if form_of(body) == "json_schema" else FREE))
OBJECT = ScriptedServer(
    lambda body: (
        Reply(status=500, error="response_format: json_schema unknown")
        if form_of(body) == "json_schema"
        else Reply(text=HELD if form_of(body) == "json_object" else FREE)
    )
)
WORDS = ScriptedServer(
    lambda body: Reply(text=FREE) if form_of(body) == "text" else Reply(status=400, error="response_format?")
)
SLACK = ScriptedServer(lambda body: Reply(text=FREE))


@pytest.mark.parametrize(
    ("server", "form", "calls"),
    [(STRICT, "schema", 2), (OBJECT, "object", 3), (WORDS, "text", 4), (SLACK, "text", 4)],
)
def test_a_server_is_asked_once_how_strict_it_can_be(server, form, calls):
    """The last of the calls asks whether it calls tools."""
    server.asked.clear()
    with server.running() as running:
        budget = Budget(Limits(), None)
        found = able(Server(base_url=running.url, model="scripted"), budget, timeout=5, pictures=False)
        assert found.abilities.form == form
        assert len(server.asked) == budget.used.calls == calls
        again = able(Server(base_url=running.url, model="scripted"), budget, timeout=5, pictures=False)
        assert again == found
        assert len(server.asked) == calls
        assert remembered(found) == found.abilities


def test_without_a_budget_nobody_is_asked():
    STRICT.asked.clear()
    with STRICT.running() as running:
        found = able(
            Server(base_url=running.url, model="scripted"),
            Budget(Limits(calls=0), None),
            timeout=5,
            pictures=True,
        )
    assert not STRICT.asked
    assert found.abilities.form == "text"
    assert remembered(found) is None


def test_pictures_are_tried_where_they_are_wanted():
    eyes = ScriptedServer(lambda body: Reply(text=HELD))
    blind = ScriptedServer(
        lambda body: (
            Reply(status=500, error="image input is not supported") if sees(body) else Reply(text=HELD)
        )
    )
    with eyes.running() as running:
        at = Server(base_url=running.url, model="scripted")
        assert able(at, Budget(Limits(), None), timeout=5, pictures=True).abilities.pictures
    with blind.running() as running:
        at = Server(base_url=running.url, model="scripted")
        with pytest.raises(ConfigurationError, match="takes no pictures"):
            able(at, Budget(Limits(), None), timeout=5, pictures=True)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401, error="bad key"), KEY),
        (Reply(status=404, error="no model"), "--model"),
        (Reply(raw=b"<html></html>"), "no OpenAI-compatible server"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_line(reply, words):
    with ScriptedServer(lambda _: reply).running() as running:
        at = Server(base_url=running.url, model="scripted")
        with pytest.raises(ConfigurationError, match=words) as raised:
            able(at, Budget(Limits(), None), timeout=5, pictures=False)
    assert "\n" not in str(raised.value)


def test_nobody_at_the_address_no_key_no_address():
    budget = Budget(Limits(), None)
    with pytest.raises(ConfigurationError, match="no server answers at http://127.0.0.1:9/v1"):
        able(Server(base_url="http://127.0.0.1:9/v1", model="m"), budget, timeout=5, pictures=False)
    with pytest.raises(ConfigurationError, match=f"set {KEY}"):
        able(Server(base_url=OPENAI, model="m"), budget, timeout=5, pictures=False)
    for bad in ("127.0.0.1:8000", "ftp://x/v1", "http://", "http://me:secret@host/v1", "http://[/v1"):
        with pytest.raises(ConfigurationError) as raised:
            checked(bad, "m")
        assert "\n" not in str(raised.value)
    assert budget.used.calls == 0


def test_the_two_variables_may_stand_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "gone")  # so that it is as before afterwards
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv(KEY, "mine")
    file = tmp_path / ".env"
    file.write_text("# notes\nexport OPENAI_BASE_URL='http://a/v1'\nOPENAI_API_KEY=other\nPATH=/evil\n")
    import os

    path = os.environ["PATH"]
    read_environment(file)
    assert os.environ["OPENAI_BASE_URL"] == "http://a/v1"
    assert os.environ[KEY] == "mine"
    assert os.environ["PATH"] == path


def test_a_damaged_memory_of_servers_is_no_memory(tmp_path):
    (tmp_path / "neuralbrain").mkdir()
    (tmp_path / "neuralbrain" / "servers.json").write_text("{not json")
    assert remembered(Server(base_url="http://a/v1", model="m")) is None
    (tmp_path / "neuralbrain" / "servers.json").write_text('{"http://a/v1 m": {"form": "magic"}}')
    assert remembered(Server(base_url="http://a/v1", model="m")) is None
    assert Abilities().form == "text"
