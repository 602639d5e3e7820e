"""A scripted server on loopback that speaks OpenAI's protocol, as far as a cortex needs it."""

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Asked = Mapping[str, Any]
"""The body of a request."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a scripted server answers.

    Attributes:
        text: The answer; None: an error.
        finish: Why it ends: "stop", "length", "content_filter".
        status: Of HTTP.
        headers: Further ones.
        error: The message of an error.
        refusal: What it says where it declines.
        cut: Whether the connection is cut in the middle of the answer.
        hang: How long it is silent first, s.
        raw: Bytes to send as they are, whatever they mean; None: none.
        endless: Whether `raw` is sent again and again, until nobody listens.
        whole: Whether it sends the answer in one piece, though it was asked to stream it.
        usage: Whether it counts tokens.
        tokens: What it counts for input and output; None: 100, and one for each piece of 40 characters.
    """

    text: str | None = None
    finish: str = "stop"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    refusal: str = ""
    cut: bool = False
    hang: float = 0.0
    raw: bytes | None = None
    endless: bool = False
    whole: bool = False
    usage: bool = True
    tokens: tuple[int, int] | None = None


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone; all else is a fault of the script."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class ScriptedServer:
    """Answers what a script says, and counts.

    Args:
        script: Request -> reply; called for each, one after the other.
        models: What it lists as its models.
        listing: What it answers instead where it is asked for them.

    Attributes:
        listing: Likewise; it may be set anew.
        url: Its address, once it runs.
        asked: The requests so far.
        headers: The headers of each, their names in small letters.
    """

    def __init__(
        self,
        script: Callable[[Asked], Reply],
        models: tuple[str, ...] = ("scripted",),
        listing: Reply | None = None,
    ) -> None:
        self._script, self._models, self.listing = script, models, listing
        self._lock = threading.Lock()
        self.asked: list[Asked] = []
        self.headers: list[Mapping[str, str]] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        """Serve on a free port of loopback."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if outer.listing is not None:
                    self._reply(outer.listing)
                    return
                models = [
                    {"id": name, "object": "model", "created": 0, "owned_by": "us"} for name in outer._models
                ]
                self._send(200, json.dumps({"object": "list", "data": models}).encode())

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer._lock:
                    outer.asked.append(body)
                    outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                    reply = outer._script(body)
                self._reply(reply)

            def _reply(self, reply: Reply) -> None:
                if reply.hang:
                    outer._closing.wait(reply.hang)
                if reply.raw is not None and reply.endless:
                    self._send_for_ever(reply)
                elif reply.raw is not None:
                    self._send(reply.status, reply.raw, reply.headers)
                elif reply.text is None and not reply.refusal:
                    error = {"error": {"message": reply.error or "no", "type": "error", "code": None}}
                    self._send(reply.status, json.dumps(error).encode(), reply.headers)
                elif reply.whole:
                    self._send(200, _whole(reply))
                else:
                    chunks = b"".join(_chunks(reply))
                    if reply.cut:
                        self.send_response(200)
                        self.send_header("Content-Type", "text/event-stream")
                        self.send_header("Content-Length", str(len(chunks)))
                        self.end_headers()
                        self.wfile.write(chunks[: len(chunks) // 3])
                        self.close_connection = True
                    else:
                        self._send(200, chunks, {"Content-Type": "text/event-stream"})

            def _send_for_ever(self, reply: Reply) -> None:
                self.send_response(reply.status)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.close_connection = True
                with contextlib.suppress(OSError):  # the client has gone
                    while not outer._closing.is_set():
                        self.wfile.write(reply.raw or b"")

            def _send(self, status: int, data: bytes, headers: Mapping[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data)
                except OSError:
                    return  # the client has gone

            def log_message(self, *_: object) -> None:
                pass

        self._closing = threading.Event()
        with _Quiet(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self._closing.set()
                server.shutdown()
                thread.join()


def _chunks(reply: Reply) -> Iterator[bytes]:
    """Yield an answer as it is streamed."""
    text = reply.text or ""
    pieces = _pieces(text)
    deltas: list[dict[str, Any]] = [{"content": piece} for piece in pieces]
    if reply.refusal:
        deltas = [{"refusal": reply.refusal}]
    for delta in deltas:
        yield _chunk([{"index": 0, "delta": delta, "finish_reason": None}])
    yield _chunk([{"index": 0, "delta": {}, "finish_reason": reply.finish}])
    if reply.usage:
        yield _chunk([], _usage(reply.tokens or (100, len(pieces))))
    yield b"data: [DONE]\n\n"


def _pieces(text: str) -> list[str]:
    return [text[i : i + 40] for i in range(0, len(text), 40)] or [""]


def _whole(reply: Reply) -> bytes:
    """Return an answer in one piece."""
    message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal or None}
    choices = [{"index": 0, "message": message, "finish_reason": reply.finish}]
    data = {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": choices}
    return json.dumps(
        data
        | ({"usage": _usage(reply.tokens or (100, len(_pieces(reply.text or ""))))} if reply.usage else {})
    ).encode()


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}


def _chunk(choices: list[Any], usage: Mapping[str, int] | None = None) -> bytes:
    data = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": choices,
        "usage": usage,
    }
    return b"data: " + json.dumps(data).encode() + b"\n\n"
