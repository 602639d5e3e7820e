"""A server is asked once what it can do, and a wrong setting is one line that says what to set."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from neuralbrain.agents.advice import Model
from neuralbrain.agents.oracle.server import Asked, Reply, ScriptedServer
from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.language.budget import Budget, Limits
from neuralbrain.language.key import KEY, OPENAI, URL, chosen_url, key, read_environment
from neuralbrain.language.known import remember, remembered
from neuralbrain.language.probe import able
from neuralbrain.language.server import Abilities, Server, checked
from tests.language_model.test_faults import error, picky

TEAL = Reply(text='{"colour": "teal"}')
RED = Reply(text='{"colour": "red"}')
CALL = {"index": 0, "id": "1", "type": "function", "function": {"name": "paint", "arguments": "{}"}}
CHOICE = {"index": 0, "delta": {"tool_calls": [CALL]}, "finish_reason": "tool_calls"}
TOOL = Reply(
    raw=b"data: " + json.dumps({"choices": [CHOICE]}).encode() + b"\n\ndata: [DONE]\n\n",
    headers={"Content-Type": "text/event-stream"},
)


def able_at(url: str, name: str = "m") -> Server:
    return able(Server(base_url=url, model=name), Budget(Limits(), None), timeout=5, pictures=False)[0]


def kind(asked: Asked) -> str:
    form = asked.get("response_format") or {}
    return "object and schema" if "schema" in form else form.get("type", "text")


def probed(
    script: Callable[[Asked], Reply], *, pictures: bool = False, limits: Limits | None = None, **more: Any
) -> tuple[Server, ScriptedServer]:
    with ScriptedServer(script, **more).running() as server:
        found, _ = able(
            Server(base_url=server.url, model="scripted"), Budget(limits or Limits(), None),
            timeout=5, pictures=pictures, sleep=lambda seconds: None,
        )  # fmt: skip
    return found, server


@pytest.mark.parametrize(
    ("held", "form"), [("json_schema", "schema"), ("object and schema", "object"), ("-", "text")]
)
def test_the_strictest_form_that_holds_is_found(held: str, form: str) -> None:
    found, server = probed(lambda asked: TEAL if kind(asked) == held else RED)
    assert (found.abilities.form, found.abilities.tools) == (form, False)
    assert [kind(asked) for asked in server.asked][-2] == (held if held != "-" else "text")  # then tools


def test_what_a_server_refuses_is_found_in_the_same_way() -> None:
    found, _ = probed(
        picky(json_schema="500 no", temperature="400 temperature", stream_options="400 stream_options")
    )
    assert found.abilities == Abilities(form="text", temperature=False, usage=False)


def test_a_model_that_only_thinks_takes_the_form() -> None:
    found, _ = probed(lambda asked: Reply(text="", finish="length"))
    assert found.abilities.form == "schema"


def test_tools_and_pictures_are_tried() -> None:
    found, _ = probed(lambda asked: TOOL if "tools" in asked else TEAL, pictures=True)
    assert (found.abilities.tools, found.abilities.pictures) == (True, True)


def test_the_context_is_read_from_the_list() -> None:
    listing = Reply(
        raw=json.dumps(
            {"object": "list", "data": [{"id": "scripted", "meta": {"n_ctx_train": 8192}}]}
        ).encode()
    )
    assert probed(lambda asked: TEAL, listing=listing)[0].abilities.context == 8192


def test_a_server_is_asked_once() -> None:
    with ScriptedServer(lambda asked: TEAL).running() as server:
        for _ in range(2):
            found = able_at(server.url, "a")
        assert found.abilities.form == "schema" and len(server.asked) == 2
        able_at(server.url, "b")
        assert len(server.asked) == 4


def test_a_budget_that_ends_in_the_middle_leaves_nothing_false() -> None:
    found, server = probed(lambda asked: RED, limits=Limits(calls=2))
    assert (found.abilities.form, len(server.asked), remembered(found)) == ("text", 2, None)


def test_a_model_that_is_loading_is_waited_for() -> None:
    count = iter(range(99))
    found, _ = probed(lambda asked: error(503, "Loading model") if next(count) < 5 else TEAL)
    assert found.abilities.form == "schema"


def ready(url: str, name: str = "scripted") -> Model:
    return Model(server=Server(base_url=url, model=name)).ready()


def test_a_server_that_is_known_is_looked_for_at_each_start() -> None:
    with ScriptedServer(lambda asked: TEAL).running() as server:
        assert ready(server.url).warning == "" and len(server.asked) == 2
        assert ready(server.url).probing.calls == 0 and len(server.asked) == 2
        for listing, words in (
            (error(401), f"{KEY} goes only to"),
            (Reply(raw=b"<html>", headers={"Content-Type": "text/html"}), "(it sends text/html): set"),
        ):
            server.listing = listing
            with pytest.raises(ConfigurationError, match=re.escape(words)):
                ready(server.url)
        server.listing = error(404, "no such thing here")  # some have no list
        assert ready(server.url).warning == ""
    with pytest.raises(ConfigurationError, match=r"no server answers at .*start it, or set"):
        ready(server.url)


def test_a_name_that_is_not_listed_is_said_with_names_that_are_near() -> None:
    names = ("scripted-large", "scripted-small", *(f"other{i}" for i in range(9)))
    with ScriptedServer(lambda asked: TEAL, names).running() as server:
        for _ in range(2):  # it takes any name: a warning, known or not
            assert re.match(
                r".* lists no model 'scripted'; it has scripted-small, scripted-large and 9 more; ",
                ready(server.url).warning,
            )
    told = said(lambda asked: error(404, "The model `scripted` does not exist"), models=("one", "two"))
    assert "lists no model 'scripted'; it has one, two" in told and "--model" in told


def test_a_key_that_a_server_lists_as_a_name_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(lambda asked: TEAL, ("sk-of-the-person", "x" * 500)).running() as server:
        monkeypatch.setenv(KEY, "sk-of-the-person")
        monkeypatch.setenv(URL, server.url)
        warning = ready(server.url).warning
    assert "it has ***, xxx" in warning and len(warning) < 400


# ---- the cache


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"x": ' * 99, b"\xff", b"null"])
def test_a_damaged_cache_is_no_cache(content: bytes, tmp_path: Path) -> None:
    server = Server(base_url="http://h/v1", model="m", abilities=Abilities(form="object"))
    remember(server)
    (tmp_path / "cache/neuralbrain/servers.json").write_bytes(content)
    assert remembered(server) is None
    remember(server)
    assert remembered(server) == server.abilities


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    server = Server(base_url="http://h/v1", model="m")
    remember(server)
    assert remembered(server) is None


def test_many_may_write_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from neuralbrain.language.known import remember\n"
        "from neuralbrain.language.server import Server\n"
        "for i in range(8): remember(Server(base_url='http://h/v1', model=f'{sys.argv[1]}_{i}'))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(n)]) for n in range(3)]
    assert [one.wait() for one in running] == [0, 0, 0]
    names = [f"{n}_{i}" for n in range(3) for i in range(8)]
    assert all(remembered(Server(base_url="http://h/v1", model=name)) for name in names)


# ---- what is wrong is said


def said(script: Callable[[Asked], Reply], **more: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        probed(script, **more)
    words = str(caught.value)
    assert "\n" not in words and len(words) < 600
    return words


def test_wrong_settings_are_one_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    html = Reply(raw=b"<html>It works!</html>", headers={"Content-Type": "text/html"})
    assert URL in said(lambda asked: html, listing=html) and "/v1" in said(lambda asked: html, listing=html)
    assert "has no model 'scripted'" in said(lambda asked: error(404, "model not found"))
    assert "often ends with /v1" in said(
        lambda asked: error(404, "Not Found"), listing=error(404, "Not Found")
    )
    assert f"{KEY} goes only to the server in {URL}" in said(lambda asked: error(401), listing=error(401))
    assert "does not answer" in said(lambda asked: error(500, "out of memory"))
    assert "moved to http://elsewhere/" in said(
        lambda asked: Reply(status=308, raw=b"", headers={"Location": "http://elsewhere/"})
    )

    def blind(asked: Asked) -> Reply:
        return error(400, "no images here") if "image_url" in json.dumps(asked) else TEAL

    assert "leave --pictures out" in said(blind, pictures=True)
    with pytest.raises(
        ConfigurationError, match=r"no server answers at http://127.0.0.1:9/v1 .*start it, or set"
    ):
        able(
            Server(base_url="http://127.0.0.1:9/v1", model="m"),
            Budget(Limits(), None),
            timeout=5,
            pictures=False,
        )


def test_no_key_for_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "")
    with pytest.raises(ConfigurationError, match=f"wants a key: set {KEY}"):
        able(Server(model="gpt-5"), Budget(Limits(), None), timeout=5, pictures=False)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost:8000",
        "ftp://h/v1",
        "http://",
        "http://h:99999/v1",
        "http://[::1/v1",
        "http://u:sk-1@h/v1",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked(address, "m")
    assert "sk-1" not in str(caught.value) and "\n" not in str(caught.value)


# ---- the key


def test_the_key_goes_to_the_server_that_the_environment_names_and_to_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY, "sk-secret-secret")
    with (
        ScriptedServer(lambda asked: TEAL).running() as ours,
        ScriptedServer(lambda asked: TEAL).running() as other,
    ):
        monkeypatch.setenv(URL, ours.url + "/")
        for server in (ours, other):
            able_at(server.url)
        assert {headers["authorization"] for headers in ours.headers} == {"Bearer sk-secret-secret"}
        assert {headers["authorization"] for headers in other.headers} == {"Bearer none"}
    monkeypatch.setenv(URL, "")
    assert key(OPENAI) == "sk-secret-secret" and key(ours.url) is None


@pytest.mark.parametrize(
    "secret", ["sk secret secret", "sk-sécret-secret", "sk-secret\nX: y", 'sk-"secret"', "sk-secret\\n"]
)
def test_what_is_no_key_is_refused_and_not_shown(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, secret)
    with pytest.raises(ConfigurationError) as caught:
        key(os.environ[URL])
    assert "secret" not in str(caught.value).replace(KEY, "")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("\ufeffOPENAI_API_KEY=sk-1234-5678", "sk-1234-5678"),
        ("OPENAI_API_KEY = sk-1234-5678\t# mine\r", "sk-1234-5678"),
        ("export OPENAI_API_KEY='sk-1234-5678' # 'mine'", "sk-1234-5678"),
        ('OPENAI_API_KEY="sk-1234-5678"', "sk-1234-5678"),
        ("OPENAI_API_KEY=sk#1234", "sk#1234"),
        ("OPENAI_API_KEY=  # none", ""),
        ("# OPENAI_API_KEY=sk-1234-5678", None),
        ("MY_OPENAI_API_KEY=sk-1234-5678", None),
    ],
)
def test_a_line_of_it(line: str, value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    file = tmp_path / ".env"
    file.write_text(line)
    read_environment(file)
    assert os.environ.get(KEY) == value


@pytest.mark.parametrize("content", [b"OPENAI_API_KEY=sk-\x00-12345678", b"\xff\xfeO\x00"])
def test_what_is_no_text_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(RecordError, match="is no text"):
        read_environment(file)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\0b", "x" * 201, "\u202ea"])
def test_what_is_no_name_of_a_model_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="is no model's name"):
        checked("http://h/v1", name)


def test_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    file = tmp_path / ".env"
    file.write_text(f"export {KEY}='sk-from-a-file'\n{URL}=http://elsewhere/v1\nPATH=/nowhere\n# x\n=\n")
    read_environment(file)
    assert key(os.environ[URL]) == "sk-from-a-file" and os.environ["PATH"] != "/nowhere"
    assert os.environ[URL] == "http://127.0.0.1:9/v1"  # what is set already counts
    os.environ.pop(KEY)


def test_an_address_of_a_folder_gets_no_key_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "sk-of-the-person")
    monkeypatch.delenv(URL, raising=False)
    file = tmp_path / ".env"
    file.write_text(f"{URL}=http://elsewhere/v1\n")
    with pytest.raises(ConfigurationError, match="names the server http://elsewhere/v1, and OPENAI_API_KEY"):
        read_environment(file)
    assert URL not in os.environ
    file.write_text(f"{URL}=http://elsewhere/v1\n{KEY}=sk-of-the-folder\n")
    read_environment(file)
    assert key("http://elsewhere/v1") == "sk-of-the-folder"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEY, "sk-of-the-person")
    file.write_text(f"{URL}=http://elsewhere/v1\n")
    assert chosen_url("http://typed/v1") == "http://typed/v1"
    assert key("http://typed/v1") == "sk-of-the-person"
