"""The page's server: who is let in, what is told, what is taken, and that it ends."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from neuralbrain.messages import Done, Instruction
from neuralbrain.record.sights import Arrow
from neuralbrain.runtime import Emission
from neuralbrain.view.board import Board
from neuralbrain.view.server import MOST_AT_ONCE, MOST_BYTES, Server

said: list[str] = []


@pytest.fixture
def board() -> Board:
    return Board("a brain", talks=True)


@pytest.fixture
def server(board: Board) -> Iterator[Server]:
    said.clear()
    with Server(board, said.append) as running:
        yield running


def ask(server: Server, path: str = "", method: str = "GET", body: Any = None, **headers: str) -> Any:
    """Return the answer to a request, made by hand: its status, headers and body."""
    url = urlsplit(server.url)
    assert url.hostname
    connection = HTTPConnection(url.hostname, url.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path if path.startswith("/") else url.path + path, body, named)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def events(server: Server) -> Iterator[dict[str, Any]]:
    with urllib.request.urlopen(server.url + "events", timeout=10) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def test_the_page_is_whole_and_asks_nobody_else(server: Server) -> None:
    status, headers, page = ask(server)
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for name in ("view.css", "view.js"):
        assert name.encode() in page
        status, _, part = ask(server, name)
        assert status == 200
        assert b"http" not in part.replace(b"http://www.w3.org/2000/svg", b"")
    assert b"http" not in page


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert server._server.server_address[0] == "127.0.0.1"
    assert len(urlsplit(server.url).path) > 30


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/wrong/", {}, 403),
        ("/wrong/events", {}, 403),
        ("/wrong/say", {}, 403),
        ("", {"Host": "evil.example"}, 403),
        ("events", {"Host": "evil.example:80"}, 403),
        ("", {"Origin": "http://evil.example"}, 403),
        ("", {"Origin": "null"}, 403),
        ("nothing", {}, 404),
        ("../pyproject.toml", {}, 404),
        ("view.css/../../board.py", {}, 404),
    ],
)
def test_who_has_no_key_gets_nothing(server: Server, path: str, headers: dict[str, str], status: int) -> None:
    assert ask(server, path, **headers)[::2] == (status, b"")
    if path.startswith("/") or headers:
        post = ask(server, path if path.startswith("/") else "say", "POST", '{"text": "go"}', **headers)
        assert post[0] == 403
    assert said == []


def test_a_sentence_is_taken_if_it_is_one(server: Server) -> None:
    url = urlsplit(server.url)
    own = {"Origin": f"http://{url.netloc}", "Content_Type": "application/json"}
    assert ask(server, "say", "POST", '{"text": " go home "}', **own)[0] == 204
    assert said == ["go home"]
    for body in ("", "go", "[]", '{"text": 3}', '{"text": ""}', '{"text": "a\\nb"}', b"\xff\xfe"):
        assert ask(server, "say", "POST", body)[0] == 400
    assert ask(server, "say", "POST", json.dumps({"text": "x" * 401}))[0] == 400
    assert ask(server, "", "POST", '{"text": "x"}')[0] == 404
    assert said == ["go home"]


@pytest.mark.parametrize(
    ("length", "status"),
    [(str(MOST_BYTES + 1), 413), ("9" * 5000, 413), ("-1", 411), ("", 411), ("many", 411)],
)
def test_what_is_too_long_is_refused_unread(server: Server, length: str, status: int) -> None:
    url = urlsplit(server.url)
    with socket.create_connection((url.hostname, url.port), timeout=10) as wire:
        head = f"POST {url.path}say HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: {length}\r\n\r\n"
        wire.sendall(head.encode())
        assert wire.recv(100).split()[1] == str(status).encode()
    assert said == []


def test_nobody_may_type_where_nobody_listens() -> None:
    with Server(Board("a film", talks=False), None) as server:
        assert ask(server, "say", "POST", '{"text": "go"}')[0] == 404
        assert next(events(server))["talks"] is False


def test_events_tell_what_is_new(server: Server, board: Board) -> None:
    stream = events(server)
    first = next(stream)
    assert (first["status"], first["dialogue"], first["plan"]) == ("starting", [], None)
    assert "picture" not in first
    board.begin(0.05, ("cortex", "brainstem"))
    heard = Instruction(tick=2, source="person", text="go home")
    board.observe(3, [Emission(2, "person", "auditory_cortex.speech", heard)])
    board.show(b"jpeg", (Arrow("left", (0.1, 0.2), (0.3, 0.4)),), "live")
    second = next(stream)
    while "picture" not in second:
        second = next(stream)
    assert second["status"] == "acting"
    assert second["dialogue"] == [{"tick": 2, "who": "person", "text": "go home", "seconds": 0.1}]
    assert [region["name"] for region in second["regions"]] == ["brainstem", "cortex"]
    assert second["arrows"] == [{"word": "left", "start": [0.1, 0.2], "end": [0.3, 0.4]}]
    done = Done(tick=9, source="cortex", outcome="asked", text="which?", choices=("a", "b"))
    board.observe(10, [Emission(9, "cortex", "done", done)])
    third = next(stream)
    assert (third["status"], third["dialogue"][-1]["choices"]) == ("listening", ["a", "b"])
    assert "picture" not in third  # it has it
    board.close("ended")
    *_, last = stream  # it ends
    assert last["over"] == "ended"


def test_it_ends_though_pages_are_open(board: Board) -> None:
    threads = threading.active_count()
    with Server(board, None) as server:
        url = urlsplit(server.url)
        stream = events(server)
        next(stream)
        silent = socket.create_connection((url.hostname, url.port), timeout=10)
    assert [event["over"] for event in stream] == ["ended"]
    silent.close()
    assert threading.active_count() == threads
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url, timeout=2)


def test_there_is_an_end_to_connections(server: Server) -> None:
    url = urlsplit(server.url)
    wires = [socket.create_connection((url.hostname, url.port), timeout=10) for _ in range(MOST_AT_ONCE)]
    with socket.create_connection((url.hostname, url.port), timeout=10) as late:
        assert late.recv(10) == b""
    for wire in wires:
        wire.close()
