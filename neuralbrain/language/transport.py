"""One request to a model's server, and what can come of it.

Only this module imports openai, and only when something is sent.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from neuralbrain.language.server import Server, hidden, key
from neuralbrain.messages import ModelRequest

Fault = Literal[
    "", "cut", "declined", "too_long", "form", "busy", "server", "network", "timeout", "denied", "model",
    "protocol",
]  # fmt: skip
"""What went wrong; empty for nothing. form: it does not take this way to ask for a form, or another setting.
busy: it has too much to do (429). denied: the key, or the account. model: no such model or address. protocol:
what came is not OpenAI's."""

LONGEST_WAIT = 1e6
"""A server that wants to be left alone for longer is not believed, s."""

AGAIN: frozenset[Fault] = frozenset({"busy", "server", "network", "timeout"})
"""What may be over when it is tried again."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What came of one request.

    Attributes:
        fault: What went wrong.
        text: The answer as far as it came.
        reason: What went wrong, in words, in one line.
        input_tokens: As the server counts them; None: it did not say.
        output_tokens: Likewise.
        wait: How long the server wants to be left alone, s; None: it did not say.
        seconds: How long it took, s.
        kept_limit: Whether the answer was not longer than allowed.
    """

    fault: Fault
    seconds: float
    text: str = ""
    reason: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    wait: float | None = None
    kept_limit: bool = True


def connected(server: Server, timeout: float) -> Any:
    """Return a client of openai for a server: making one takes longer than a short answer."""
    import openai  # noqa: PLC0415 - takes half a second

    return openai.OpenAI(api_key=key() or "none", base_url=server.base_url, max_retries=0, timeout=timeout)


def send(client: Any, server: Server, request: ModelRequest, max_output: int, timeout: float) -> Response:
    """Send one request and read the answer as it streams in; nothing is tried again here.

    An answer that is longer than allowed is cut off, whatever the server thinks.

    Args:
        client: What `connected` returned.
        server: Where, and how.
        request: What is asked.
        max_output: The most tokens of the answer.
        timeout: How long the server may be silent, and four times that in all, s.
    """
    import openai  # noqa: PLC0415 - takes half a second

    begun = time.monotonic()
    said = _Answer(max_output)
    try:
        with client.chat.completions.create(**_body(server, request, max_output)) as stream:
            said.read(stream, begun + 4 * timeout)
        fault, reason, wait = said.fault, said.reason, None
    except openai.APIError as error:
        fault, wait = _fault(error)
        reason = _line(error)
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError, KeyError) as error:
        fault, reason, wait = "protocol", f"what it sends is not OpenAI's protocol ({_line(error)})", None
    except Exception as error:  # of httpx, in the middle of a stream
        fault, reason, wait = (
            "network",
            f"the connection broke ({type(error).__name__}: {_line(error)})",
            None,
        )
    if not fault and not said.text.strip():
        fault, reason = "protocol", "it answered nothing"
    return Response(
        fault=fault,
        seconds=time.monotonic() - begun,
        text=hidden(said.text),
        reason=hidden(reason),
        input_tokens=said.input_tokens,
        output_tokens=said.output_tokens,
        wait=wait,
        kept_limit=said.kept_limit,
    )


class _Answer:
    """An answer that streams in."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.text, self.reason = "", ""
        self.fault: Fault = ""
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.kept_limit = True

    def read(self, stream: Iterable[Any], deadline: float) -> None:
        """Read it, until it ends or is too long."""
        chunks, pieces, refusal, finish = 0, 0, "", None
        for chunk in stream:
            chunks += 1
            if chunk.usage is not None:
                self.input_tokens = _count(chunk.usage.prompt_tokens)
                self.output_tokens = _count(chunk.usage.completion_tokens)
            for choice in (chunk.choices or ())[:1]:
                self.text += choice.delta.content or ""
                refusal += getattr(choice.delta, "refusal", None) or ""
                pieces += bool(choice.delta.content)
                finish = choice.finish_reason or finish
            if pieces > self._most:
                self.fault, self.reason, self.kept_limit = "cut", "its answer was longer than allowed", False
                return
            if time.monotonic() > deadline:
                self.fault, self.reason = "timeout", "its answer took too long"
                return
        if refusal or finish == "content_filter":
            self.fault, self.reason = "declined", refusal or "it declined to answer"
        elif finish == "length":
            self.fault, self.reason = "cut", "its answer was cut off at its limit"
        elif not chunks:
            self.fault, self.reason = "protocol", "what it sends is not OpenAI's protocol"
        elif finish is None:
            self.fault, self.reason = "network", "its answer broke off"
        if self.output_tokens is not None and self.output_tokens > self._most:
            self.kept_limit = False


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**40 else None


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


def _fault(error: Any) -> tuple[Fault, float | None]:
    """Return the sort of fault that an error of openai is, and how long the server wants to be left alone."""
    import openai  # noqa: PLC0415

    if isinstance(error, openai.APITimeoutError):
        return "timeout", None
    if isinstance(error, openai.APIConnectionError):
        return "network", None
    status = getattr(error, "status_code", None)
    text = str(error).lower()
    if status is None:  # in the middle of a stream
        return "server", None
    if status == 429:
        quota = "insufficient_quota" in text
        return ("denied", None) if quota else ("busy", _retry_after(error))
    if status in (401, 403):
        return "denied", None
    if status in (404, 405):
        return "model", None
    if status >= 500:
        # Two servers answer so to a form or a picture that they do not know.
        about_form = any(
            word in text for word in ("response_format", "json_schema", "grammar", "image", "mmproj")
        )
        return ("form", None) if about_form and status == 500 else ("server", _retry_after(error))
    if status == 413 or any(
        word in text for word in ("context", "too long", "maximum length", "exceed", "too large")
    ):
        return "too_long", None
    return "form", None


def _retry_after(error: Any) -> float | None:
    """Return what the server says of how long to wait, s."""
    told = str(getattr(getattr(error, "response", None), "headers", {}).get("retry-after", ""))
    try:
        wait = float(told)
    except ValueError:
        try:
            wait = parsedate_to_datetime(told).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return wait if 0 <= wait < LONGEST_WAIT else None


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
