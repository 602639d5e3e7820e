"""The server of the page, for this machine and for whoever has its address.

It listens on 127.0.0.1. The address holds a random token, without which nothing is given or taken, so that
other users of the machine, and pages of other origins, cannot watch or speak. The name in the Host header is
checked, too: a page of another origin could else come in by a name that points here (DNS rebinding).
"""

import json
import secrets
import threading
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from socket import socket
from typing import Any

from neuralbrain.view.board import Board

PAGE = {
    "": ("index.html", "text/html; charset=utf-8"),
    "view.css": ("view.css", "text/css; charset=utf-8"),
    "view.js": ("view.js", "text/javascript; charset=utf-8"),
}
"""Path below the token -> file and media type."""
MOST_BYTES = 2000
"""A longer POST is refused."""
MOST_LETTERS = 400
"""A longer sentence is refused."""
MOST_AT_ONCE = 24
"""At most so many connections; what comes then is closed at once."""
SILENCE = 5.0
"""A page that waits is told so often that the server is there, s: so a page that has gone is noticed."""
BREATH = 0.1
"""From event to event of a page, s."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Server:
    """Serves a board at `url`; use it in a ``with``.

    Args:
        board: What is shown.
        say: Takes what a person types, in a thread of the server's; None: nobody may.
    """

    def __init__(self, board: Board, say: Callable[[str], None] | None) -> None:
        self._board, self._token = board, secrets.token_urlsafe(24)
        handler = partial(_Handler, board, say, self._token)
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self._server.server_port}/{self._token}/"

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._board.close("ended")
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()  # it waits for the pages, which are told that it is over


class _Server(ThreadingHTTPServer):
    """Bounded in connections."""

    daemon_threads = False  # so that closing waits for them
    request_queue_size = 16

    def __init__(self, *arguments: Any) -> None:
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Say nothing: a page that has gone is no error."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 2.0  # of a client that sends or takes nothing, s: browsers open connections in advance
    server_version, sys_version = "neuralbrain", ""

    def __init__(self, board: Board, say: Callable[[str], None] | None, token: str, *arguments: Any) -> None:
        self._board, self._say, self._token = board, say, token
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Serve the page, or its events."""
        path = self._path()
        if path is None:
            return
        if path == "events":
            self._events()
        elif path in PAGE:
            name, media = PAGE[path]
            self._answer(HTTPStatus.OK, (files("neuralbrain.view") / "page" / name).read_bytes(), media)
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Take a sentence, {"text": "..."}."""
        path = self._path()
        if path is None:
            return
        if path != "say" or self._say is None:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._answer(HTTPStatus.LENGTH_REQUIRED)
        elif len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif text := _sentence(self.rfile.read(int(length))):
            self._say(text)
            self._answer(HTTPStatus.NO_CONTENT)
        else:
            self._answer(HTTPStatus.BAD_REQUEST)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing: the terminal is the person's."""

    def _path(self) -> str | None:
        """Return the path below the token; None, and refused, where host, origin or token are not ours."""
        port = self.connection.getsockname()[1]
        hosts = [f"127.0.0.1:{port}", f"localhost:{port}"]
        origin = self.headers.get("Origin")
        _, token, *rest = [*self.path.partition("?")[0].split("/", 2), ""]
        known = secrets.compare_digest(token.encode(), self._token.encode())
        ours = origin is None or origin in [f"http://{host}" for host in hosts]
        if self.headers.get("Host") in hosts and ours and known:
            return rest[0]
        self._answer(HTTPStatus.FORBIDDEN)
        return None

    def _answer(self, status: HTTPStatus, body: bytes = b"", media: str = "text/plain") -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _events(self) -> None:
        """Tell a page what is new until it goes, or all is over."""
        self.send_response(HTTPStatus.OK)
        for name, value in {**HEADERS, "Content-Type": "text/event-stream"}.items():
            self.send_header(name, value)
        self.end_headers()
        version, picture = -1, 0
        with self._board.watching():
            while True:
                version, picture, shown = self._board.news(version, picture, SILENCE)
                event = ": here\n\n" if shown is None else f"data: {json.dumps(shown)}\n\n"
                self.wfile.write(event.encode())
                if shown is not None and shown["over"]:
                    return
                time.sleep(BREATH)


def _sentence(body: bytes) -> str:
    """Return what a page says; empty if it is none."""
    try:
        text = json.loads(body)["text"]
    except (ValueError, KeyError, TypeError):
        return ""
    fits = isinstance(text, str) and len(text) <= MOST_LETTERS and text.isprintable()
    return text.strip() if fits else ""
