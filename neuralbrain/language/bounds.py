"""HTTP within bounds: whatever a server sends, it ends, in time and in size, and leads nowhere else."""

import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import openai

http: Any = import_module(openai.DefaultHttpxClient.__mro__[-2].__module__.partition(".")[0])
"""The library that openai sends its requests with: httpx, or its successor."""


class TooMuchError(Exception):
    """An answer has no end, in time or in size."""


class _Bounded(http.SyncByteStream):  # type: ignore[misc]
    def __init__(self, stream: Any, most_bytes: int, seconds: float) -> None:
        self._stream, self._left, self._seconds = stream, most_bytes, seconds
        self._deadline = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0:
                raise TooMuchError("its answer has no end: more came than an answer can have")
            if time.monotonic() > self._deadline:
                raise TooMuchError(f"its answer was not at its end after {self._seconds:g} s")
            yield piece

    def close(self) -> None:
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
        seconds: How long an answer may take once it has begun, s.
    """

    def __init__(self, base_url: str, most_bytes: int, seconds: float) -> None:
        self._inner = http.HTTPTransport(proxy=_proxy(base_url))
        self._bounds = most_bytes, seconds

    def handle_request(self, request: Any) -> Any:
        """Send a request."""
        request.headers["Accept-Encoding"] = "identity"  # what is packed has two sizes
        response = self._inner.handle_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            with suppress(http.HTTPError):
                response.close()
            raise TooMuchError("its answer is packed, though it was told to send it as it is")
        return http.Response(
            status_code=response.status_code,
            headers=response.headers,
            stream=_Bounded(response.stream, *self._bounds),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()
