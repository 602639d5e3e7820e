"""A language model's server: where it is, what it can do, and how that is kept from run to run."""

import hashlib
import json
import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.files import write_file
from neuralbrain.messages import ModelRequest
from neuralbrain.reading import decoding, parse_json, read_bytes

OPENAI = "https://api.openai.com/v1"
KEY, URL = "OPENAI_API_KEY", "OPENAI_BASE_URL"
"""The environment variables that everybody's clients read."""

Form = Literal["schema", "object", "text"]
"""How an answer is held to its schema: by ``json_schema``, by ``json_object`` with it, or by words."""


class Abilities(BaseModel):
    """What a server can do with a model.

    Attributes:
        form: The strictest way to hold an answer to a schema.
        pictures: Whether it takes pictures.
        tools: Whether it calls tools when it is told to.
        context: How many tokens prompt and answer may have together; None: it does not say.
        limit: What it calls the most tokens of an answer.
        keeps_limit: Whether it keeps that.
        temperature: Whether it takes one.
        usage: Whether it counts tokens while it streams.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Form = "text"
    pictures: bool = False
    tools: bool = False
    context: int | None = Field(default=None, ge=1)
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
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
    model: str = Field(min_length=1)
    abilities: Abilities = Abilities()

    @field_validator("base_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            host = parts.hostname
        except ValueError as error:
            raise ValueError(f"{value!r} is no address: {error}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError(f"{value!r} is no address of a server: it looks like http://127.0.0.1:8000/v1")
        if parts.username or parts.password or parts.query:
            raise ValueError(f"an address carries no key and no password: put the key into {KEY}")
        return value.rstrip("/")

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI's own, which needs a key."""
        return urlsplit(self.base_url).hostname == urlsplit(OPENAI).hostname


def prompt_hash(request: ModelRequest) -> str:
    """Return the hash of what a model is asked: the turns, the form of the answer and the picture."""
    asked = [[turn.role, turn.text] for turn in request.turns]
    return hashlib.sha256(json.dumps([asked, request.form, request.picture]).encode()).hexdigest()


def read_environment(file: Path = Path(".env")) -> None:
    """Read the two variables from a ``.env`` file in the present folder, where they are not set already.

    Other lines are not looked at, and nothing in it is carried out.

    Raises:
        RecordError: It cannot be read.
    """
    if not file.is_file():
        return
    with decoding(file, "is no text"):
        lines = read_bytes(file, 2**20).decode().splitlines()
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.strip() in (KEY, URL):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def key() -> str | None:
    """Return the key, if there is one."""
    return os.environ.get(KEY) or None


def hidden(text: str) -> str:
    """Return a text in which the key does not stand, whoever has put it there."""
    secret = key()
    return text.replace(secret, "***") if secret else text


def remembered(server: Server) -> Abilities | None:
    """Return what was found out about a model on a server; None if nobody has asked it."""
    try:
        known = _read()
        return Abilities.model_validate(known[_name(server)])
    except (KeyError, ValidationError):
        return None


def remember(server: Server) -> None:
    """Keep what was found out, as far as it can be kept: else it is asked again."""
    try:
        write_file(_path(), json.dumps(_read() | {_name(server): server.abilities.model_dump()}, indent=1))
    except (RecordError, OSError):
        return


def _read() -> dict[str, object]:
    try:
        path = _path()
        found = parse_json(read_bytes(path, 2**20), path)
    except (RecordError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _name(server: Server) -> str:
    return f"{server.base_url} {server.model}"


def _path() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "neuralbrain"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "servers.json"


def checked(base_url: str, model: str, abilities: Abilities | None = None) -> Server:
    """Return a server.

    Raises:
        ConfigurationError: The address is none, or the model has no name.
    """
    try:
        return Server(base_url=base_url, model=model, abilities=abilities or Abilities())
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(
            str(
                first["ctx"]["error"]
                if "ctx" in first and "error" in first["ctx"]
                else f"{first['loc'][0]}: {first['msg']}"
            )
        ) from None
