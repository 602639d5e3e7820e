"""A scripted server on loopback that speaks OpenAI's protocol, as far as a cortex needs it."""

import json
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
        usage: Whether it counts tokens.
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
    usage: bool = True


class ScriptedServer:
    """Answers what a script says, and counts.

    Args:
        script: Request -> reply; called for each, one after the other.
        models: What it lists as its models.

    Attributes:
        url: Its address, once it runs.
        asked: The requests so far.
    """

    def __init__(self, script: Callable[[Asked], Reply], models: tuple[str, ...] = ("scripted",)) -> None:
        self._script, self._models = script, models
        self._lock = threading.Lock()
        self.asked: list[Asked] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        """Serve on a free port of loopback."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                models = [
                    {"id": name, "object": "model", "created": 0, "owned_by": "us"} for name in outer._models
                ]
                self._send(200, json.dumps({"object": "list", "data": models}).encode())

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer._lock:
                    outer.asked.append(body)
                    reply = outer._script(body)
                self._reply(reply, bool(body.get("stream")))

            def _reply(self, reply: Reply, stream: bool) -> None:
                if reply.hang:
                    outer._closing.wait(reply.hang)
                if reply.raw is not None:
                    self._send(reply.status, reply.raw)
                elif reply.text is None and not reply.refusal:
                    error = {"error": {"message": reply.error or "no", "type": "error", "code": None}}
                    self._send(reply.status, json.dumps(error).encode(), reply.headers)
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
        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
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
    pieces = [text[i : i + 40] for i in range(0, len(text), 40)] or [""]
    deltas: list[dict[str, Any]] = [{"content": piece} for piece in pieces]
    if reply.refusal:
        deltas = [{"refusal": reply.refusal}]
    for delta in deltas:
        yield _chunk([{"index": 0, "delta": delta, "finish_reason": None}])
    yield _chunk([{"index": 0, "delta": {}, "finish_reason": reply.finish}])
    if reply.usage:
        usage = {"prompt_tokens": 100, "completion_tokens": len(pieces), "total_tokens": 100 + len(pieces)}
        yield _chunk([], usage)
    yield b"data: [DONE]\n\n"


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
