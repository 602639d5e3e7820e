"""HTTP within bounds: whatever a server sends, it ends, in time and in size, and leads nowhere else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import openai

http: Any = import_module(openai.DefaultHttpxClient.__mro__[-2].__module__.partition(".")[0])
"""The library that openai sends its requests with: httpx, or its successor."""


class TooMuchError(Exception):
    """An answer has no end, in time or in size."""


class _Deadline:
    """Breaks a connection when its time is up: a head that comes letter by letter is no answer to look at."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self._seconds, self._over = seconds, threading.Event()
        self._timer = threading.Timer(seconds, self._break, (end,))
        self._timer.daemon = True
        self._timer.start()

    def _break(self, end: Callable[[], None]) -> None:
        self._over.set()
        with suppress(Exception):  # it may be closing at this moment
            end()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Say that the time was up, if that is why something broke."""
        try:
            yield
        except Exception as error:
            self.cancel()
            if self._over.is_set():
                raise TooMuchError(f"its answer was not at its end after {self._seconds:g} s") from error
            raise

    def check(self) -> None:
        """Raise TooMuchError if the time is up."""
        if self._over.is_set():
            raise TooMuchError(f"its answer was not at its end after {self._seconds:g} s")

    def cancel(self) -> None:
        """The answer is over."""
        self._timer.cancel()


class _Bounded(http.SyncByteStream):  # type: ignore[misc]
    def __init__(self, stream: Any, most_bytes: int, deadline: _Deadline) -> None:
        self._stream, self._left, self._deadline = stream, most_bytes, deadline

    def __iter__(self) -> Iterator[bytes]:
        with self._deadline.kept():
            for piece in self._stream:
                self._left -= len(piece)
                if self._left < 0:
                    raise TooMuchError("its answer has no end: more came than an answer can have")
                self._deadline.check()
                yield piece

    def close(self) -> None:
        self._deadline.cancel()
        self._stream.close()


def _proxy(base_url: str) -> str | None:
    parts, known = urlsplit(base_url), getproxies()
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    return known.get(parts.scheme) or known.get("all")


class BoundedTransport(http.BaseTransport):  # type: ignore[misc]
    """Sends requests; of each answer it takes so much and no more.

    Args:
        base_url: Where they go: through the proxy that the environment names for it, if any, but never to
            this machine.
        most_bytes: The most bytes of an answer.
        seconds: How long an answer may take from the request to its end, s.
    """

    def __init__(self, base_url: str, most_bytes: int, seconds: float) -> None:
        self._inner = http.HTTPTransport(proxy=_proxy(base_url))
        self._most_bytes, self._seconds = most_bytes, seconds

    def handle_request(self, request: Any) -> Any:
        """Send a request."""
        request.headers["Accept-Encoding"] = "identity"  # what is packed has two sizes
        deadline = _Deadline(self._seconds, self._inner.close)
        with deadline.kept():
            response = self._inner.handle_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            deadline.cancel()
            with suppress(http.HTTPError):
                response.close()
            raise TooMuchError("its answer is packed, though it was told to send it as it is")
        return http.Response(
            status_code=response.status_code,
            headers=response.headers,
            stream=_Bounded(response.stream, self._most_bytes, deadline),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()
