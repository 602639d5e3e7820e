"""Whatever a server does, a question ends in one of the stated ways, in time, and in one line."""

import contextlib
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from neuralbrain.agents.oracle.server import Asked, Reply
from neuralbrain.language import transport
from neuralbrain.language.budget import Budget, Limits, Used
from neuralbrain.language.client import Client
from neuralbrain.language.faults import fault_of, retry_after
from neuralbrain.language.known import remembered
from neuralbrain.language.server import Abilities, Server
from neuralbrain.language.transport import Connection
from tests.language_model.conftest import asking, in_turn, question

GOOD = Reply(text='{"a": "b"}')
SSE = {"Content-Type": "text/event-stream"}
WHOLE = b'{"choices": [{"index": 0, "message": {"content": "fine"}, "finish_reason": "stop"}]}'
HTML = b"<html><body>It works!</body></html>"


def error(status: int, words: str = "no", **headers: str) -> Reply:
    return Reply(status=status, error=words, headers=headers)


ENDS = {
    "a good answer": (GOOD, "answered", 1),
    "an answer in one piece": (Reply(text='{"a": "b"}', whole=True), "answered", 1),
    "an answer without a count of tokens": (Reply(text='{"a": "b"}', usage=False), "answered", 1),
    "cut off at the limit": (Reply(text='{"a": "', finish="length"), "cut", 1),
    "a refusal": (Reply(refusal="I'd rather not"), "declined", 1),
    "a filter": (Reply(text="", finish="content_filter"), "declined", 1),
    "nothing": (Reply(text=""), "failed", 1),
    "blanks": (Reply(text=" \n"), "failed", 1),
    "too long a prompt, as OpenAI says it": (
        error(400, "This model's maximum context length is 4096 tokens."), "too_long", 1,
    ),
    "too long a prompt, as llama.cpp says it": (
        error(400, "the request exceeds the available context size, try increasing it"), "too_long", 1,
    ),
    "too long a prompt, as Anthropic says it": (error(400, "prompt is too long: 9 > 8"), "too_long", 1),
    "too long a prompt, as Gemini says it": (error(400, "The input token count exceeds it"), "too_long", 1),
    "too large a body": (error(413), "too_long", 1),
    "a wrong key": (error(401, "Incorrect API key"), "failed", 1),
    "no permission": (error(403), "failed", 1),
    "no money": (error(402), "failed", 1),
    "no quota left": (error(429, "insufficient_quota: check your plan and billing"), "failed", 1),
    "no such model": (error(404, "model 'x' not found"), "failed", 1),
    "no such model, as 400": (error(400, "The model x does not exist"), "failed", 1),
    "moved": (Reply(status=307, raw=b"", headers={"Location": "http://127.0.0.1:9/"}), "failed", 1),
    "a web page": (Reply(raw=HTML, headers={"Content-Type": "text/html"}), "failed", 1),
    "a web page that streams": (Reply(raw=b"data: <html>\n\n", headers=SSE), "failed", 1),
    "an empty stream": (Reply(raw=b"data: [DONE]\n\n", headers=SSE), "failed", 4),
    "JSON of another sort": (Reply(raw=b"[1, 2]"), "failed", 1),
    "a number": (Reply(raw=b"data: 7\n\n", headers=SSE), "failed", 1),
    "deep JSON": (Reply(raw=b"data: " + b"[" * 99_999 + b"\n\n", headers=SSE), "failed", 1),
    "odd types": (Reply(raw=b'data: {"choices": {"a": 1}, "usage": 3}\n\n', headers=SSE), "failed", 1),
    "no text but bytes": (Reply(raw=b"data: \xff\xfe\n\n", headers=SSE), "failed", 1),
    "an error in the middle": (
        Reply(raw=b'data: {"error": {"message": "out of memory"}}\n\n', headers=SSE), "failed", 4,
    ),
    "busy for ever": (error(429), "failed", 4),
    "broken for ever": (error(500), "failed", 4),
    "loading for ever": (error(503, "Loading model"), "failed", 4),
    "cut before anything came": (Reply(text="x", cut=True, raw=None), "failed", 4),
    "packed": (
        Reply(raw=gzip.compress(b"x" * 9999), headers={**SSE, "Content-Encoding": "gzip"}), "failed", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "outcome", "requests"), ENDS.values(), ids=ENDS.keys())
def test_each_fault_ends_as_it_is_said(reply: Reply, outcome: str, requests: int) -> None:
    with asking(lambda asked: reply) as (client, server, _):
        said, calls = client.ask(question(), 3, "model")
    assert (said.outcome, len(calls), len(server.asked)) == (outcome, requests, requests)
    assert (said.text == "") == (outcome in ("failed", "too_long", "declined")), said.text
    assert (said.reason == "") == (outcome == "answered")
    assert "\n" not in said.reason and len(said.reason) < 600


@pytest.mark.parametrize(
    "fault", [error(429), error(500), error(503, "Loading model"), Reply(text="x" * 99, cut=True)]
)
def test_what_is_over_after_a_while_is_tried_again(fault: Reply) -> None:
    with asking(in_turn(fault, fault, GOOD)) as (client, _, slept):
        said, calls = client.ask(question(), 3, "model")
    assert (said.outcome, said.text, len(calls)) == ("answered", GOOD.text, 3)
    assert [call.outcome == "answered" for call in calls] == [False, False, True]
    assert 0.5 <= slept[0] <= 1 <= slept[1] <= 2


@pytest.mark.parametrize(("header", "slept"), [("7", 7), ("0.5", 0.5), ("0", 0)])
def test_a_server_says_how_long_it_wants_to_be_left_alone(header: str, slept: float) -> None:
    with asking(in_turn(error(429, **{"Retry-After": header}), GOOD)) as (client, _, waits):
        assert client.ask(question(), 3, "model")[0].outcome == "answered"
    assert waits == [slept]


def test_it_may_say_so_with_a_date() -> None:
    soon = retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)})
    assert soon is not None and 20 < soon <= 30
    assert retry_after({"retry-after": formatdate(0, usegmt=True)}) == 0


@pytest.mark.parametrize("header", ["", "-3", "nan", "soon", "Mon, 99 Foo 2026"])
def test_nonsense_is_not_heeded(header: str) -> None:
    assert retry_after({"retry-after": header}) is None


@pytest.mark.parametrize("header", ["86400", "1e300", "inf"])
def test_who_wants_to_be_left_alone_for_too_long_is(header: str) -> None:
    with asking(lambda asked: error(429, **{"Retry-After": header})) as (client, server, waits):
        assert client.ask(question(), 3, "model")[0].outcome == "failed"
    assert (len(server.asked), waits) == (1, [])


def test_silence_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(lambda asked: Reply(text="x", hang=60), timeout=0.1) as (client, server, _):
        said, _ = client.ask(question(), 3, "model")
    assert (said.outcome, len(server.asked)) == ("failed", 2)
    assert said.reason == "it was silent for too long (after 2 tries)"


ENDLESS = {
    "pieces": b'data: {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": null}]}\n\n',
    "large pieces": b'data: {"choices": [{"index": 0, "delta": {"content": "' + b"x" * 9999 + b'"}}]}\n\n',
    "nothing": b": still there\n\n",
    "one line": b"data: " + b"x" * 4096,
    "no SSE": b"\0" * 4096,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_without_end_is_cut_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BYTES", 2**17)
    with asking(lambda asked: Reply(raw=ENDLESS[name], endless=True)) as (client, _, _):
        said, (call,) = client.ask(question(), 3, "model")
    if "pieces" in name:
        assert (said.outcome, call.kept_limit, client.server.abilities.keeps_limit) == ("cut", False, False)
    else:
        assert said.outcome == "failed" and "no end" in said.reason


def test_an_error_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BYTES", 2**17)
    with asking(lambda asked: Reply(status=400, raw=b"x" * 4096, endless=True)) as (client, _, _):
        assert client.ask(question(), 3, "model")[0].outcome == "failed"


def test_an_answer_that_trickles_ends_in_time() -> None:
    def script(asked: Asked) -> Reply:
        return Reply(raw=b": still there\n\n", endless=True)

    with asking(script, timeout=0.05, max_output=10**6) as (client, _, _):
        said, calls = client.ask(question(), 3, "model")
    assert said.outcome == "failed" and "not at its end after 0.2 s" in calls[0].outcome


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x="])
@pytest.mark.parametrize("drop", [b"x", b"HTTP/1.1 103 Early Hints\r\n\r\n"])
def test_a_head_that_trickles_ends_in_time(begun: bytes, drop: bytes) -> None:
    def trickle(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(2**16)
                    connection.sendall(begun)
                    while True:
                        connection.sendall(drop)
                        time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=trickle, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        with Connection(url, 0.1, 10) as connection:
            response = connection.send(Server(base_url=url, model="m"), question())
    assert response.fault in ("timeout", "network", "protocol"), "and not for ever"


def test_of_several_answers_the_first_is_read() -> None:
    piece = b'data: {"choices": [{"index": %d, "delta": {"content": "%s"}, "finish_reason": "stop"}]}\n\n'
    raw = piece % (0, b"one") + piece % (1, b"two") + b"data: [DONE]\n\n"
    with asking(lambda asked: Reply(raw=raw, headers=SSE)) as (client, _, _):
        assert client.ask(question(), 3, "model")[0].text == "one"


DISGUISES = ("sk\\u002dsecret-secret-42", "sk-sec\u200bret-secret-42", "sk\\-secret-secret-42")


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_key_in_disguise_is_not_passed_on(disguise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-secret-42")
    with asking(lambda asked: Reply(text=f'{{"reply": "{disguise}"}}')) as (client, _, _):
        said, calls = client.ask(question(), 3, "model")
    assert "secret" not in said.text + said.reason + "".join(call.answer for call in calls)
    assert said.outcome == "failed"


def test_half_a_character_can_be_recorded() -> None:
    with asking(lambda asked: Reply(text="\ud83d!")) as (client, _, _):
        assert client.ask(question(), 3, "model")[0].text == "?!"


def test_nobody_there() -> None:
    server = Server(base_url="http://127.0.0.1:9/v1", model="m")
    client = Client(server, Budget(Limits(), None), max_output=10, timeout=1, sleep=lambda s: None)
    said, calls = client.ask(question(), 3, "model")
    assert (said.outcome, len(calls)) == ("failed", 4) and "no connection could be made" in said.reason
    assert {(call.sent, call.tokens, call.cost) for call in calls} == {(False, 0, 0.0)}
    assert client.budget.used == Used(), "nothing was sent, so nothing counts"
    client.close()


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=UTF-8", "APPLICATION/JSON"])
def test_a_media_type_is_known_in_any_letters(kind: str) -> None:
    with asking(lambda asked: Reply(raw=WHOLE, headers={"Content-Type": kind})) as (client, _, _):
        assert client.ask(question(), 3, "model")[0].text == "fine"


def test_what_is_no_protocol_is_named_in_words() -> None:
    page = Reply(raw=b"<html>It works!</html>", headers={"Content-Type": "text/html; charset=utf-8"})
    with asking(lambda asked: page) as (client, _, _):
        assert client.ask(question(), 3, "model")[0].reason == "it sends text/html; charset=utf-8"


@pytest.mark.parametrize("told", [(0, 0), (100, 0), (0, 1)])
def test_a_count_that_cannot_be_is_not_believed(told: tuple[int, int]) -> None:
    with asking(lambda asked: Reply(text="word " * 30, tokens=told)) as (client, _, _):
        _, (call,) = client.ask(question(), 3, "model")
        given, taken = client.reservation(question())
    assert call.tokens == (told[0] or given) + taken, "what was set aside stays"


@pytest.mark.parametrize(("status", "counts"), [(400, False), (429, False), (500, True), (503, False)])
def test_what_a_server_has_refused_counts_nothing_and_what_broke_in_it_may_have(
    status: int, counts: bool
) -> None:
    with asking(in_turn(error(status, "no"), GOOD)) as (client, _, _):
        _, calls = client.ask(question(), 3, "model")
        assert calls[0].tokens == (sum(client.reservation(question())) if counts else 0)


def test_a_proxy_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(lambda asked: GOOD) as (client, server, _):
        monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))
        far = Client(
            Server(base_url="http://models.invalid/v1", model="m"), client.budget, max_output=9, timeout=5
        )
        assert far.ask(question(), 3, "model")[0].outcome == "answered"
        far.close()
        assert server.headers[0]["host"] == "models.invalid"
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        assert client.ask(question(), 3, "model")[0].outcome == "answered"


# ---- servers that disagree


def picky(**refused: str) -> Callable[[Asked], Reply]:
    """A server that refuses what it does not know, in its own words."""

    def script(asked: Asked) -> Reply:
        for name, words in refused.items():
            kind = (asked.get("response_format") or {}).get("type")
            if (
                name in asked
                or name == kind
                or (name == "schema" and "schema" in (asked.get("response_format") or {}))
            ):
                status, _, text = words.partition(" ")
                return error(int(status), text)
        return GOOD

    return script


PICKY = {
    "no strict schema": ({"json_schema": "400 response_format is not supported"}, {"form": "object"}),
    "no strict schema, as 500": ({"json_schema": "500 unknown response_format"}, {"form": "object"}),
    "no forms at all": ({"response_format": "400 Unrecognized request argument"}, {"form": "text"}),
    "no temperature": ({"temperature": "400 'temperature' does not support 0"}, {"temperature": False}),
    "no stream_options": ({"stream_options": "422 extra inputs: stream_options"}, {"usage": False}),
    "max_completion_tokens only": (
        {"max_tokens": "400 Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."},
        {"limit": "max_completion_tokens"},
    ),
    "all of these": (
        {
            "temperature": "400 temperature?", "stream_options": "400 stream_options?",
            "max_tokens": "400 use max_completion_tokens", "response_format": "400 what?",
        },
        {"temperature": False, "usage": False, "limit": "max_completion_tokens", "form": "text"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("refused", "learnt"), PICKY.values(), ids=PICKY.keys())
def test_what_a_server_does_not_take_is_left_out_and_remembered(
    refused: dict[str, str], learnt: dict[str, Any]
) -> None:
    with asking(picky(**refused)) as (client, server, slept):
        assert client.ask(question(), 3, "model")[0].outcome == "answered"
        count = len(server.asked)
        assert client.ask(question(), 3, "model")[0].outcome == "answered"
        assert len(server.asked) == count + 1  # it asks no more than once
        known = remembered(client.server)
    assert known == Abilities(**{"form": "schema", **learnt}) and slept == []


def test_an_old_server_wants_max_tokens() -> None:
    script = picky(max_completion_tokens="400 Unrecognized: max_completion_tokens")
    with asking(script, abilities=Abilities(form="schema", limit="max_completion_tokens")) as (client, _, _):
        assert client.ask(question(), 3, "model")[0].outcome == "answered"
        assert client.server.abilities.limit == "max_tokens"


def test_what_did_not_help_is_not_remembered() -> None:
    with asking(lambda asked: error(400, "something is wrong with you")) as (client, server, _):
        assert client.ask(question(), 3, "model")[0].outcome == "failed"
        assert (client.server.abilities, remembered(client.server)) == (Abilities(form="schema"), None)
        assert len(server.asked) == 3


def test_a_picture_that_is_not_taken_is_left_out() -> None:
    def script(asked: Asked) -> Reply:
        return (
            error(500, "image input is not supported, provide the mmproj")
            if "image_url" in json.dumps(asked)
            else GOOD
        )

    with asking(script, abilities=Abilities(form="schema", pictures=True)) as (client, _, _):
        said, calls = client.ask(question(picture="aGk="), 3, "model")
    assert (said.outcome, len(calls)) == ("answered", 2)
    assert [bool(call.picture_sha256) for call in calls] == [True, False]


def test_statuses() -> None:
    assert [fault_of(status, "") for status in (301, 404, 409, 418, 429, 500, 529)] == [
        "model", "model", "server", "form", "busy", "server", "server",
    ]  # fmt: skip
