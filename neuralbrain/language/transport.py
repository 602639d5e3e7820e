"""One request to a model's server, and what can come of it.

Only this module imports openai, and only when something is sent.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from neuralbrain.language.faults import Fault, fault_of, retry_after
from neuralbrain.language.key import hidden, holds_key, key, line
from neuralbrain.language.server import Server
from neuralbrain.messages import ModelRequest

BYTES, BYTES_A_TOKEN = 2**20, 2**10
"""An answer has at most so many bytes, and so many for each token of it: a token comes in some 250."""
CHARACTERS_A_TOKEN = 128
"""The longest tokens there are, runs of blanks, have so many characters. So a text has a token for each so
many at least, whatever a server counts."""


class ForeignError(Exception):
    """What came is not OpenAI's protocol; the message says what it is."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What came of one request.

    Attributes:
        fault: What went wrong.
        text: The answer as far as it came.
        reason: What went wrong, in words, in one line.
        input_tokens: As the server counts them; None: it did not say, or what cannot be.
        output_tokens: Likewise.
        wait: How long the server wants to be left alone, s; None: it did not say.
        seconds: How long it took, s.
        kept_limit: Whether the answer was not longer than allowed.
        called_tool: Whether it called a tool.
    """

    fault: Fault
    seconds: float
    text: str = ""
    reason: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    wait: float | None = None
    kept_limit: bool = True
    called_tool: bool = False


class Connection:
    """Sends requests to one server, over connections that are kept.

    Args:
        base_url: The server's address.
        timeout: How long the server may be silent, and four times that for an answer in all, s.
        max_output: The most tokens of an answer.
    """

    def __init__(self, base_url: str, timeout: float, max_output: int) -> None:
        self.base_url, self._timeout, self._max_output = base_url, timeout, max_output

    @cached_property
    def _openai(self) -> Any:
        import openai  # noqa: PLC0415 - takes half a second

        from neuralbrain.language.bounds import BoundedTransport  # noqa: PLC0415 - likewise

        most_bytes = BYTES + BYTES_A_TOKEN * self._max_output
        bounds = BoundedTransport(self.base_url, most_bytes, 4 * self._timeout)
        http = openai.DefaultHttpxClient(transport=bounds, follow_redirects=False)
        return openai.OpenAI(
            api_key=key(self.base_url) or "none",
            base_url=self.base_url,
            max_retries=0,
            timeout=self._timeout,
            http_client=http,
            organization="",  # else it reads more variables, and tells the server
            project="",
        )

    def send(self, server: Server, request: ModelRequest, **more: Any) -> Response:
        """Send one request and read the answer as it streams in; nothing is tried again here.

        An answer that is longer than allowed is cut off, whatever the server thinks.

        Args:
            server: Which model, and how it is asked.
            request: What is asked.
            more: Further arguments of OpenAI's protocol.

        Raises:
            ConfigurationError: What stands in the environment is no key.
        """
        begun, said, wait = time.monotonic(), _Answer(self._max_output), None
        client = self._openai
        try:
            with client.chat.completions.create(**_body(server, request, self._max_output), **more) as stream:
                said.take(stream)
            fault, reason = said.fault, said.reason
        except Exception as error:  # of openai, of httpx, or because what came makes no sense
            fault, reason, wait = _told(error)
        text = hidden(said.text.encode("utf-8", "replace").decode())  # half a surrogate cannot be recorded
        if holds_key(text):  # in disguise: it would come out when the answer is read
            fault, reason, text = "protocol", "it sends the key back, in disguise", ""
        if not fault and not said.text.strip() and not said.tools:
            fault, reason = "protocol", "it answered nothing"
        return Response(
            fault=fault,
            seconds=time.monotonic() - begun,
            text=text,
            reason=line(reason) if reason else "",
            input_tokens=said.input_tokens or None,  # it was asked something
            output_tokens=_believed(said.output_tokens, len(said.text)),
            wait=wait,
            kept_limit=said.kept_limit,
            called_tool=said.tools,
        )

    def models(self) -> "list[dict[str, Any]] | Response":
        """Return what the server says of its models, which costs nothing; or what went wrong."""
        begun, client = time.monotonic(), self._openai
        try:
            answer = client.models.with_raw_response.list()
            if not _is(answer.headers, "application/json"):
                raise ForeignError(_sent(answer.headers))
            return [dict(model) for model in answer.parse().data]
        except Exception as error:  # likewise
            fault, reason, wait = _told(error)
            return Response(fault=fault, reason=line(reason), wait=wait, seconds=time.monotonic() - begun)

    def close(self) -> None:
        """Close what is open; a request under way ends."""
        if "_openai" in vars(self):
            self._openai.close()
            del self._openai

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class _Answer:
    """An answer that streams in."""

    def __init__(self, most: int) -> None:
        self._most, self._pieces = most, 0
        self.text, self.reason = "", ""
        self.fault: Fault = ""
        self.tools = False
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.kept_limit = True
        self._refusal, self._finish = "", None

    def take(self, stream: Any) -> None:
        """Read it, until it ends or is too long."""
        headers = stream.response.headers
        if _is(headers, "application/json"):  # it does not stream, though it was asked to
            self._read([_whole(json.loads(stream.response.read()))])
        else:
            self._read(stream)
            if self._finish is None and not self.fault and not _is(headers, "text/event-stream"):
                raise ForeignError(_sent(headers))
        if self._refusal or self._finish == "content_filter":
            self.fault, self.reason = "declined", self._refusal or "it declined to answer"
        elif self.fault:
            return
        elif self._finish == "length":
            self.fault, self.reason = "cut", "its answer was cut off at its limit"
        elif self._finish is None:
            self.fault, self.reason = "network", "its answer broke off"

    def _read(self, chunks: Iterable[Any]) -> None:
        for chunk in chunks:
            if chunk.usage is not None:
                self.input_tokens = _count(chunk.usage.prompt_tokens)
                self.output_tokens = _count(chunk.usage.completion_tokens)
                self.kept_limit = (self.output_tokens or 0) <= self._most
            for choice in (c for c in chunk.choices or () if not getattr(c, "index", 0)):
                self.text += choice.delta.content or ""
                self._refusal += getattr(choice.delta, "refusal", None) or ""
                self._pieces += bool(choice.delta.content)
                self.tools = self.tools or bool(choice.delta.tool_calls)
                self._finish = choice.finish_reason or self._finish
            if self._pieces > self._most or len(self.text) > CHARACTERS_A_TOKEN * self._most:
                self.fault, self.reason, self.kept_limit = "cut", "its answer was longer than allowed", False
                return


def _whole(data: Any) -> Any:
    """Return an answer that came in one piece as one piece of a stream.

    Raises:
        ValueError: It is none; openai.APIError where it is an error.
    """
    import openai  # noqa: PLC0415
    from openai.types.chat import ChatCompletionChunk  # noqa: PLC0415

    if isinstance(data, dict) and data.get("error"):
        raise openai.APIError(str(data["error"]), request=None, body=None)  # type: ignore[arg-type]
    choices = [{**choice, "delta": choice["message"]} for choice in data["choices"]]
    return ChatCompletionChunk.construct(**{"usage": None, **data, "choices": choices})


def _told(error: Exception) -> tuple[Fault, str, float | None]:
    """Return what an error means, what it says, and how long the server wants to be left alone."""
    import openai  # noqa: PLC0415

    from neuralbrain.language.bounds import TooMuchError, http  # noqa: PLC0415

    if isinstance(error, ForeignError):
        return "protocol", str(error), None
    inner = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
    if isinstance(inner, TooMuchError):
        return "timeout" if "not at its end" in str(inner) else "protocol", str(inner), None
    if isinstance(inner, http.ConnectError | http.ConnectTimeout):
        return "unreached", f"no connection could be made: {line(inner)}", None
    if isinstance(inner, openai.APITimeoutError | http.TimeoutException):
        return "timeout", "it was silent for too long", None
    if isinstance(inner, http.HTTPError | OSError | openai.APIConnectionError):
        return "network", f"the connection broke ({line(inner)})", None
    if isinstance(error, openai.APIStatusError):
        status, headers = error.status_code, error.response.headers
        where = headers.get("location", "")
        also = f" (it says that it has moved to {where})" if 300 <= status < 400 and where else ""
        said = f"{line(error)}{also}"
        return fault_of(status, said), said, retry_after(headers)
    if isinstance(error, openai.APIError):  # in the middle of an answer
        return "server", line(error), None
    return "protocol", "what it sends is not OpenAI's protocol", None  # what Python says of it helps nobody


def _is(headers: Any, kind: str) -> bool:
    """Whether something is of a media type, in whatever letters and with whatever parameters it says so."""
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower() == kind


def _sent(headers: Any) -> str:
    return f"it sends {line(headers.get('content-type') or 'something unnamed', 80)}"


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**40 else None


def _believed(tokens: int | None, characters: int) -> int | None:
    """Return what a server counts for a text; None where a text of that length has more tokens."""
    return None if tokens is None or tokens * CHARACTERS_A_TOKEN < characters else tokens


def _body(server: Server, request: ModelRequest, max_output: int) -> dict[str, Any]:
    """Return the arguments of a request."""
    able, form = server.abilities, json.loads(request.form)
    turns: list[dict[str, Any]] = [{"role": turn.role, "content": turn.text} for turn in request.turns]
    if able.form != "schema":  # it reads what others are held to
        turns[0] = {
            **turns[0],
            "content": f"{turns[0]['content']}\n\nAnswer with one JSON object that fits "
            f"this JSON schema, and with nothing else:\n{request.form}",
        }
    if request.picture and able.pictures:
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{request.picture}"}}
        turns[-1] = {**turns[-1], "content": [{"type": "text", "text": turns[-1]["content"]}, image]}
    body: dict[str, Any] = {"model": server.model, "messages": turns, "stream": True, able.limit: max_output}
    if able.usage:
        body["stream_options"] = {"include_usage": True}
    if able.temperature:
        body["temperature"] = 0
    if able.form == "schema":
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": form},
        }
    elif able.form == "object":
        body["response_format"] = {"type": "json_object"}
        body["extra_body"] = {"response_format": {"type": "json_object", "schema": form}}
    return body
