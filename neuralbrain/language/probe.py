"""Asks a server once what it can do with a model: servers that call themselves compatible disagree."""

import json
from typing import Any

from neuralbrain.errors import ConfigurationError
from neuralbrain.language.advice import advice, no_key
from neuralbrain.language.budget import Budget
from neuralbrain.language.client import Client, count
from neuralbrain.language.faults import AGAIN
from neuralbrain.language.key import key
from neuralbrain.language.known import remember, remembered
from neuralbrain.language.listing import context, listed, missing
from neuralbrain.language.server import Abilities, Form, Server
from neuralbrain.language.transport import Connection
from neuralbrain.messages import ModelReply, ModelRequest, Turn

MAX_OUTPUT = 64
"""The most tokens of an answer to a probe."""
ATTEMPTS = 7
"""How often a server that is busy or still loading is asked, over a minute or two."""
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
TOOL = {
    "type": "function",
    "function": {
        "name": "paint",
        "description": "Paint it.",
        "parameters": {"type": "object", "properties": {"colour": {"type": "string"}}},
    },
}


def able(
    server: Server, budget: Budget, *, timeout: float, pictures: bool, sleep: Any = None
) -> tuple[Server, str]:
    """Return a server with its abilities: remembered ones, or what it shows when it is asked.

    Which models it lists is looked at each time: it may be down, or another may stand there now.

    Args:
        server: Where it is.
        budget: What the questions may use, a handful of a few tokens each; where it allows none, the server
            is taken for the least able.
        timeout: How long the server may be silent, s.
        pictures: Whether pictures will be sent.
        sleep: Waits so many seconds; None: by the clock.

    Returns:
        It, and a warning: that it does not list the model, though it answers to the name, as some do to any.

    Raises:
        ConfigurationError: There is no such server or model, it wants another key, or it is not OpenAI-
            compatible; or it takes no pictures where they are wanted. The message says what to set.
    """
    if server.is_openai and key(server.base_url) is None:
        raise ConfigurationError(no_key(server))
    models = listed(server, timeout)
    unlisted = missing(server, models)
    if unlisted and server.is_openai:
        raise ConfigurationError(f"{unlisted}: look at --model")
    known = remembered(server)
    if known is None or (pictures and not known.pictures):
        found, whole = _Probe(server, budget, timeout, sleep, context(server, models), unlisted).asked(
            pictures
        )
        known = found.abilities
        if whole:
            remember(found)
        elif not known.pictures:
            pictures = False  # nobody knows; it is found out on the way
    if pictures and not known.pictures:
        raise ConfigurationError(
            f"the model {server.model!r} at {server.base_url} takes no pictures: leave --pictures out, or "
            "choose another model"
        )
    warning = f"{unlisted}; who answers to that name is not known" if unlisted else ""
    return server.model_copy(update={"abilities": known}), warning


class _Probe:
    def __init__(
        self, server: Server, budget: Budget, timeout: float, sleep: Any, size: int | None, unlisted: str
    ) -> None:
        limit = "max_completion_tokens" if server.is_openai else "max_tokens"
        self._server = server.model_copy(update={"abilities": Abilities(limit=limit, context=size)})
        self._unlisted = unlisted
        self._budget, self._timeout, self._sleep = budget, timeout, sleep

    def asked(self, pictures: bool) -> tuple[Server, bool]:
        """Ask the server, the strictest form first.

        Returns:
            What it can do, and whether the budget was enough to ask for all.
        """
        forms: tuple[Form, ...] = ("schema", "object", "text")
        for form in forms:
            self._server = self._server.able(form=form)
            reply = self._ask("What colour is a ripe tomato? Answer as JSON.")
            if reply is None:
                return self._server.able(form="text"), False
            if self._server.abilities.form != form or form == "text" or _is_held(reply):
                break  # it was loosened on the way, or has shown what it takes
        if not self._tools():
            return self._server, False
        if pictures:
            self._server = self._server.able(pictures=True)
            reply = self._ask("Which colour do you see? Answer as JSON.", PICTURE)
            if reply is None:
                return self._server.able(pictures=False), False
        return self._server, True

    def _ask(self, text: str, picture: str = "") -> ModelReply | None:
        """Ask a question, and keep what was loosened for it; None where the budget does not allow it.

        Raises:
            ConfigurationError: There is no answer.
        """
        strict = self._server.abilities.form != "text"
        client = Client(
            self._server,
            self._budget,
            max_output=MAX_OUTPUT,
            timeout=self._timeout,
            attempts=ATTEMPTS,
            sleep=self._sleep,
            again=AGAIN - {"server"} if strict else AGAIN,  # it may break over the form
            keep=False,
        )
        try:
            reply, _ = client.ask(_question(text, picture), 0, "probe")
        finally:
            client.close()
        if reply.outcome == "spent":
            return None
        if reply.outcome == "failed":
            if not picture and not (strict and client.fault == "server"):
                reason = self._unlisted if client.fault == "model" and self._unlisted else reply.reason
                raise ConfigurationError(advice(self._server, client.fault, reason))
            self._server = self._server.able(pictures=False)
            return reply
        self._server = client.server
        return reply

    def _tools(self) -> bool:
        """Find out whether it calls a tool; whether the budget allows to ask."""
        request = _question("Paint it red.")
        reserved = (1000, MAX_OUTPUT)
        if self._budget.reserve(*reserved):
            return False
        with Connection(self._server.base_url, self._timeout, MAX_OUTPUT) as connection:
            plain = self._server.able(form="text")
            response = connection.send(plain, request, tools=[TOOL], tool_choice="required")
        count(self._budget, response, reserved)
        self._server = self._server.able(tools=response.called_tool)
        return True


def _question(text: str, picture: str = "") -> ModelRequest:
    turns = (Turn(role="system", text="You answer in JSON."), Turn(role="user", text=text))
    return ModelRequest(tick=0, source="probe", request="probe", turns=turns, form=SCHEMA, picture=picture)


def _is_held(reply: ModelReply) -> bool:
    """Whether the server keeps to the schema; where the model only thought, it has at least taken it."""
    if reply.outcome == "cut" and not reply.text.strip():
        return True
    try:
        return bool(json.loads(reply.text) == {"colour": UNLIKELY})
    except ValueError:
        return False
