"""What can go wrong between a brain and a model's server, in the servers' many words."""

import math
import time
from email.utils import parsedate_to_datetime
from typing import Any, Literal

Fault = Literal[
    "", "cut", "declined", "too_long", "form", "busy", "server", "unreached", "network", "timeout", "denied",
    "model", "protocol",
]  # fmt: skip
"""What went wrong; empty for nothing. form: it does not take this way to ask for a form, or another setting.
busy: it has too much to do, or is still loading (429, 503). unreached: no connection was made, so nothing was
sent. network: it broke. denied: the key, or the account. model: no such
model or address. protocol: what came is not OpenAI's."""

AGAIN: frozenset[Fault] = frozenset({"busy", "server", "unreached", "network", "timeout"})
"""What may be over when it is tried again."""
REFUSED: frozenset[Fault] = frozenset({"busy", "denied", "model", "form", "too_long"})
"""The server has refused the request before the model saw it: it used no tokens."""

_TOO_LONG = (
    "context", "too long", "maximum length", "exceed", "too large", "too many tokens", "input length",
    "longer than",
)  # fmt: skip
_NO_MODEL = ("not found", "not exist", "invalid model", "unknown model", "no such model")
_NO_MONEY = ("insufficient_quota", "billing", "insufficient balance", "credit")
_ABOUT_FORM = ("response_format", "json_schema", "grammar", "image", "mmproj")


def fault_of(status: int | None, text: str) -> Fault:
    """Return the sort of fault that a server's error is.

    Args:
        status: Of HTTP; None: it came in the middle of an answer.
        text: What the server says.
    """
    said = text.lower()
    if status is None:
        return "server"
    if 300 <= status < 400 or status in (404, 405, 410):  # it is not followed: elsewhere nobody has chosen
        return "model"
    if status == 429:
        return "denied" if any(word in said for word in _NO_MONEY) else "busy"
    if status == 503:
        return "busy"
    if status in (401, 402, 403):
        return "denied"
    if status in (408, 409):
        return "server"
    if status == 500 and any(word in said for word in _ABOUT_FORM):
        return "form"  # two servers answer so to a form or a picture that they do not know
    if status >= 500:
        return "server"
    if status == 413 or any(word in said for word in _TOO_LONG):
        return "too_long"
    return "model" if "model" in said and any(word in said for word in _NO_MODEL) else "form"


def retry_after(headers: Any) -> float | None:
    """Return how long a server wants to be left alone, s; None: it does not say.

    It says it in seconds or as a date (RFC 9110, section 10.2.3).
    """
    said = str(headers.get("retry-after", "")).strip()
    try:
        wait = float(said)
    except ValueError:
        try:
            wait = parsedate_to_datetime(said).timestamp() - time.time()
        except (ValueError, OverflowError, TypeError, IndexError):
            return None
        wait = max(0.0, wait)
    return None if math.isnan(wait) or wait < 0 else wait
