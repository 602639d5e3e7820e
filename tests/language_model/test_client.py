"""What a model's server may do, and what comes of it: each fault, with a scripted server on loopback."""

import json

import pytest

from neuralbrain.agents.oracle.server import Reply, ScriptedServer
from neuralbrain.language.budget import Budget, Limits, Prices
from neuralbrain.language.client import Client
from neuralbrain.language.key import KEY
from neuralbrain.language.server import Abilities, Server
from neuralbrain.messages import ModelRequest, Turn

FORM = json.dumps({"type": "object", "properties": {}, "required": [], "additionalProperties": False})
OK = Reply(text='{"fine": true}')
SECRET = "sk-very-secret-0123456789"


def request(text: str = "hello", picture: str = "") -> ModelRequest:
    turns = (Turn(role="system", text="You answer."), Turn(role="user", text=text))
    return ModelRequest(tick=0, source="cortex", request="q_1", turns=turns, form=FORM, picture=picture)


class Asked:
    """A client of a server that gives some replies one after the other, the last for ever."""

    def __init__(self, *replies: Reply, able: Abilities | None = None, **limits: float) -> None:
        self._replies = list(replies)
        self.server = ScriptedServer(self._next)
        self.able = able or Abilities(form="schema")
        self.budget = Budget(Limits.model_validate(limits), Prices(input=1, output=2))
        self.waits: list[float] = []

    def _next(self, _: object) -> Reply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def ask(self, question: ModelRequest | None = None, *, timeout: float = 5.0, max_output: int = 100):
        with self.server.running() as running:
            client = Client(
                Server(base_url=running.url, model="scripted", abilities=self.able),
                self.budget,
                max_output=max_output,
                timeout=timeout,
                sleep=self.waits.append,
            )
            reply, calls = client.ask(question or request(), 3, "model")
            self.client = client
            client.close()
        assert self.budget.used.calls == len(calls) == len(self.server.asked)
        return reply, calls


def test_an_answer_streams_in_and_is_counted():
    asked = Asked(Reply(text='{"a": "' + "x" * 300 + '"}'))
    reply, (call,) = asked.ask()
    assert (reply.outcome, reply.reason) == ("answered", "")
    assert json.loads(reply.text)["a"] == "x" * 300
    assert (call.input_tokens, call.attempt, call.outcome) == (100, 1, "answered")
    assert call.output_tokens is not None
    assert call.cost == pytest.approx((100 + 2 * call.output_tokens) / 1e6)
    assert call.prompt_sha256 == reply.prompt_sha256
    assert call.seconds > 0
    body = asked.server.asked[0]
    assert (body["model"], body["temperature"], body["max_tokens"], body["stream"]) == (
        "scripted",
        0,
        100,
        True,
    )
    assert body["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize(
    ("bad", "wait"),
    [
        (Reply(status=429, error="slow down", headers={"Retry-After": "7"}), 7.0),
        (Reply(status=429, error="slow down", headers={"Retry-After": "soon"}), None),
        (Reply(status=429, error="slow down", headers={"Retry-After": "-3"}), None),
        (Reply(status=500, error="oops"), None),
        (Reply(status=503, error="Loading model"), None),
        (Reply(text="{}" * 200, cut=True), None),
        (Reply(text="{}", hang=1.0), None),
    ],
)
def test_what_may_be_over_is_tried_again(bad, wait):
    asked = Asked(bad, OK)
    reply, calls = asked.ask(timeout=0.4)
    assert reply.outcome == "answered"
    assert [call.attempt for call in calls] == [1, 2]
    assert calls[0].outcome != "answered"
    assert len(asked.waits) == 1
    assert asked.waits[0] == wait if wait is not None else 0.5 <= asked.waits[0] <= 1.5


def test_a_retry_after_as_a_date_is_kept():
    from datetime import UTC, datetime, timedelta
    from email.utils import format_datetime

    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    asked = Asked(Reply(status=429, error="slow down", headers={"Retry-After": soon}), OK)
    assert asked.ask()[0].outcome == "answered"
    assert 20 <= asked.waits[0] <= 31


@pytest.mark.parametrize(
    ("bad", "reason", "requests"),
    [
        (Reply(status=429, error="busy", headers={"Retry-After": "3600"}), "busy", 1),
        (Reply(status=429, error="insufficient_quota: pay"), "quota", 1),
        (Reply(status=401, error="no such key"), "no such key", 1),
        (Reply(status=403, error="not you"), "not you", 1),
        (Reply(status=404, error="no model 'scripted'"), "no model", 1),
        (Reply(status=500, error="oops"), "oops", 4),
        (Reply(raw=b"<html>hello</html>"), "", 1),
        (Reply(raw=b"data: {not json\n\n"), "", 1),
        (Reply(raw=b'data: {"choices": 3}\n\n'), "", 1),
        (Reply(raw=b""), "", 1),
        (Reply(text=""), "nothing", 1),
        (Reply(status=302, error="", headers={"Location": "http://127.0.0.1:9/"}), "", None),
    ],
)
def test_what_does_not_pass_fails_with_the_reason(bad, reason, requests):
    asked = Asked(bad)
    reply, calls = asked.ask()
    assert (reply.outcome, reply.text) == ("failed", "")
    assert reason in reply.reason
    assert reply.reason
    assert "\n" not in reply.reason
    assert requests in (None, len(calls))


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (Reply(text='{"a": [1, 2', finish="length"), "cut"),
        (Reply(text="", refusal="I would rather not"), "declined"),
        (Reply(text="no", finish="content_filter"), "declined"),
        (Reply(status=400, error="This model's maximum context length is 8192 tokens"), "too_long"),
        (Reply(status=400, error="the request exceeds the available context size"), "too_long"),
        (Reply(status=413, error="payload too large"), "too_long"),
    ],
)
def test_what_the_cortex_has_to_know_is_told(given, outcome):
    reply, calls = Asked(given).ask()
    assert (reply.outcome, len(calls)) == (outcome, 1)


def test_an_endless_answer_is_cut_off_at_its_limit():
    asked = Asked(Reply(text="x" * 400_000, usage=False))
    reply, _ = asked.ask(max_output=20)
    assert reply.outcome == "cut"
    assert len(reply.text) <= 21 * 40
    assert not asked.client.server.abilities.keeps_limit


@pytest.mark.parametrize(
    ("first", "changed"),
    [
        (Reply(status=400, error="response_format.json_schema is not supported"), {"form": "object"}),
        (Reply(status=500, error="response_format: unknown type json_schema"), {"form": "object"}),
        (Reply(status=422, error="extra fields"), {"form": "object"}),
        (Reply(status=400, error="'temperature' does not support 0"), {"temperature": False}),
        (
            Reply(
                status=400, error="Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            ),
            {"limit": "max_completion_tokens"},
        ),
        (Reply(status=400, error="stream_options: unknown field"), {"usage": False}),
    ],
)
def test_what_a_server_does_not_take_is_left_out(first, changed):
    asked = Asked(first, OK)
    assert asked.ask()[0].outcome == "answered"
    assert not asked.waits
    assert asked.client.server.abilities == Abilities(form="schema").model_copy(update=changed)


def test_the_loosest_form_is_words():
    asked = Asked(Reply(status=400, error="response_format"), Reply(status=400, error="response_format"), OK)
    assert asked.ask()[0].outcome == "answered"
    assert "response_format" not in asked.server.asked[-1]
    assert FORM in asked.server.asked[-1]["messages"][0]["content"]


def test_the_key_comes_back_from_nowhere(monkeypatch):
    monkeypatch.setenv(KEY, SECRET)
    for echo in (Reply(text=f"your key is {SECRET}"), Reply(status=401, error=f"bad key {SECRET}")):
        reply, calls = Asked(echo).ask()
        assert SECRET not in repr((reply, calls))
        assert "***" in repr((reply, calls))


def test_no_call_is_made_that_the_budget_does_not_allow():
    asked = Asked(Reply(status=500, error="oops"), calls=2)
    reply, calls = asked.ask()
    assert (reply.outcome, len(calls)) == ("spent", 2)
    assert "2 calls" in reply.reason
    assert "oops" in reply.reason


def test_a_picture_is_sent_where_it_can_be():
    asked = Asked(OK, able=Abilities(form="schema", pictures=True))
    asked.ask(request(picture="aGVsbG8="))
    words, image = asked.server.asked[0]["messages"][1]["content"]
    assert words == {"type": "text", "text": "hello"}
    assert image["image_url"]["url"] == "data:image/png;base64,aGVsbG8="
