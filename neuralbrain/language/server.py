"""A language model's server: where it is, and what it can do."""

import hashlib
import json
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from neuralbrain.errors import ConfigurationError
from neuralbrain.language.key import KEY, OPENAI
from neuralbrain.messages import ModelRequest
from neuralbrain.words import shown

Form = Literal["schema", "object", "text"]
"""How an answer is held to its schema: by ``json_schema``, by ``json_object`` with it, or by words."""
LONGEST_NAME = 200
"""A model's name has no more characters."""
Limit = Literal["max_tokens", "max_completion_tokens"]


class Abilities(BaseModel):
    """What a server can do with a model.

    Attributes:
        form: The strictest way to hold an answer to a schema.
        pictures: Whether it takes pictures.
        tools: Whether it calls a tool when it is told to.
        context: How many tokens prompt and answer may have together; None: it does not say.
        limit: What it calls the most tokens of an answer.
        keeps_limit: Whether it keeps that.
        temperature: Whether it takes one.
        usage: Whether it takes being asked to count tokens while it streams.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Form = "text"
    pictures: bool = False
    tools: bool = False
    context: int | None = Field(default=None, ge=1)
    limit: Limit = "max_tokens"
    keeps_limit: bool = True
    temperature: bool = True
    usage: bool = True


class Server(BaseModel):
    """A model on a server. Its key is in the environment, never here.

    Attributes:
        base_url: Of the API ("http://127.0.0.1:8000/v1").
        model: The model's name there.
        abilities: What it can do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = OPENAI
    model: str
    abilities: Abilities = Abilities()

    @field_validator("model")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if not (value.strip() and value.isprintable() and len(value) <= LONGEST_NAME):
            raise ValueError(
                f"{shown(value)} is no model's name: it has 1 to {LONGEST_NAME} letters that can be read"
            )
        return value

    @field_validator("base_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError(f"{value!r} is no address: {error}") from None
        if parts.username or parts.password or parts.query:  # it is not shown: a key may stand in it
            raise ValueError(f"an address carries no key and no password: put the key into {KEY}")
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError(f"{value!r} is no address of a server: it looks like http://127.0.0.1:8000/v1")
        return value.rstrip("/")

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI's own, which needs a key."""
        return urlsplit(self.base_url).hostname == urlsplit(OPENAI).hostname

    def able(self, **changes: object) -> "Server":
        """Return the same with other abilities."""
        abilities = self.abilities.model_copy(update=changes)
        return self.model_copy(update={"abilities": abilities})


def prompt_hash(request: ModelRequest) -> str:
    """Return the hash of what a model is asked: the turns, the form of the answer and the picture."""
    asked = [[turn.role, turn.text] for turn in request.turns]
    return hashlib.sha256(json.dumps([asked, request.form, request.picture]).encode()).hexdigest()


def checked(base_url: str, model: str, abilities: Abilities | None = None) -> Server:
    """Return a server.

    Raises:
        ConfigurationError: The address is none, or the model has no name.
    """
    try:
        return Server(base_url=base_url, model=model, abilities=abilities or Abilities())
    except ValidationError as error:
        first = error.errors()[0]
        reason = first.get("ctx", {}).get("error") or f"{first['loc'][0]}: {first['msg']}"
        raise ConfigurationError(str(reason)) from None
