"""Asks a server once what it can do with a model: servers that call themselves compatible disagree."""

import json
from typing import Any

from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget
from neuralbrain.language.client import Client
from neuralbrain.language.server import KEY, URL, Abilities, Form, Server, hidden, key, remember, remembered
from neuralbrain.messages import ModelReply, ModelRequest, Turn

MAX_OUTPUT = 48
"""The most tokens of an answer to a probe."""
UNLIKELY = "teal"
"""What nobody would answer who is not held to the schema."""
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": [UNLIKELY]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
)
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wc53yE8AAAAASUVORK5CYII="
)
"""A red square, 8 x 8 pixels, as PNG."""


def able(server: Server, budget: Budget, *, timeout: float, pictures: bool) -> Server:
    """Return a server with its abilities: remembered ones, or what it shows when it is asked.

    Args:
        server: Where it is.
        budget: What the questions may use, a handful of a few tokens each; where it allows none, the server
            is taken for the least able.
        timeout: How long the server may be silent, s.
        pictures: Whether pictures will be sent.

    Raises:
        ConfigurationError: There is no such server or model, it wants another key, or it is not OpenAI-
            compatible; or it takes no pictures where they are wanted. The message says what to set.
    """
    known = remembered(server)
    if known is None or (pictures and not known.pictures):
        known = _asked(server, budget, timeout, pictures)
        server = server.model_copy(update={"abilities": known})
        if budget.limits.calls != 0:
            remember(server)
    if pictures and not known.pictures and budget.limits.calls != 0:
        raise ConfigurationError(
            f"the model {server.model!r} at {server.base_url} takes no pictures: leave --pictures out, or "
            "choose another model"
        )
    return server.model_copy(update={"abilities": known})


def _asked(server: Server, budget: Budget, timeout: float, pictures: bool) -> Abilities:
    """Ask the server, the strictest form first."""
    found = Abilities(
        context=_listed(server, timeout),
        limit="max_completion_tokens" if server.is_openai else "max_tokens",
    )
    forms: tuple[Form, ...] = ("schema", "object", "text")
    for form in forms:
        at = server.model_copy(update={"abilities": found.model_copy(update={"form": form})})
        client = Client(at, budget, max_output=MAX_OUTPUT, timeout=timeout)
        reply, calls = client.ask(_question("What colour is a ripe tomato? Answer as JSON."), 0, "probe")
        if reply.outcome == "spent":
            return found
        if reply.outcome == "failed":
            raise ConfigurationError(_advice(server, reply, calls[-1].outcome if calls else reply.reason))
        able_now = client.server.abilities
        found = able_now
        if able_now.form != form:  # it was loosened on the way, and has shown what it takes
            break
        if form == "text" or _is_held(reply.text):
            break
    if pictures:
        at = server.model_copy(update={"abilities": found.model_copy(update={"pictures": True})})
        client = Client(at, budget, max_output=MAX_OUTPUT, timeout=timeout, attempts=2)
        reply, _ = client.ask(_question("Which colour do you see? Answer as JSON.", PICTURE), 0, "probe")
        seen = reply.outcome in ("answered", "cut") and client.server.abilities.pictures
        found = found.model_copy(update={"pictures": seen})
    return found


def _question(text: str, picture: str = "") -> ModelRequest:
    turns = (Turn(role="system", text="You answer in JSON."), Turn(role="user", text=text))
    return ModelRequest(tick=0, source="probe", request="probe", turns=turns, form=SCHEMA, picture=picture)


def _is_held(text: str) -> bool:
    try:
        return bool(json.loads(text) == {"colour": UNLIKELY})
    except ValueError:
        return False


def _listed(server: Server, timeout: float) -> int | None:
    """Ask which models there are, which costs nothing; return the context of ours, if it is said.

    Raises:
        ConfigurationError: Nobody answers, or not as OpenAI's protocol has it.
    """
    import openai  # noqa: PLC0415 - takes half a second

    if server.is_openai and key() is None:
        raise ConfigurationError(
            f"{server.base_url} wants a key: set {KEY} in the environment or in .env, or set {URL} to a "
            "server of your own"
        )
    try:
        with openai.OpenAI(
            api_key=key() or "none", base_url=server.base_url, max_retries=1, timeout=timeout
        ) as client:
            models: list[Any] = list(client.models.list().data)
            names = [str(model.id) for model in models]
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ConfigurationError(
            f"{server.base_url} does not take the key in {KEY}: {_line(error)}"
        ) from None
    except openai.APIConnectionError as error:
        why = _line(error.__cause__ or error)
        raise ConfigurationError(
            f"no server answers at {server.base_url} ({why}): start it, or set {URL} (--base-url)"
        ) from None
    except openai.APIStatusError:
        return None  # some have no such list, and some are still loading
    except Exception as error:  # whatever else answers there
        raise ConfigurationError(
            f"what answers at {server.base_url} is no OpenAI-compatible server ({_line(error)}): set {URL} "
            "(--base-url), which often ends with /v1"
        ) from None
    ours = [model for model in models if model.id == server.model]
    if names and not ours and server.is_openai:
        raise ConfigurationError(
            f"{server.base_url} has no model {server.model!r}; it has {', '.join(names[:12])}"
        )
    for model in ours or models[:1]:
        extra = {**(model.model_extra or {}), **((model.model_extra or {}).get("meta") or {})}
        for name in ("max_model_len", "n_ctx", "context_length", "n_ctx_train"):
            if isinstance(extra.get(name), int) and extra[name] > 0:
                return int(extra[name])
    return None


def _advice(server: Server, reply: ModelReply, last: str) -> str:
    return hidden(
        f"the model {server.model!r} at {server.base_url} does not answer: {reply.reason or last}; "
        f"look at its name (--model), at {URL} and at {KEY}"
    )


def _line(error: BaseException) -> str:
    return hidden(" ".join(str(error).split())[:200]) or type(error).__name__
