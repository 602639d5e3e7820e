"""The key to a model's server: where it comes from, where it goes, and that it is seen nowhere."""

import os
import re
from pathlib import Path

from neuralbrain.errors import ConfigurationError
from neuralbrain.reading import decoding, read_bytes

OPENAI = "https://api.openai.com/v1"
KEY, URL = "OPENAI_API_KEY", "OPENAI_BASE_URL"
"""The environment variables that everybody's clients read."""
SHORTEST_SECRET = 8
"""What is shorter is no secret but what people write where a server wants none ("none", "x", "ollama")."""
_SETTING = re.compile(
    rf"\s*(?:export\s+)?(?P<name>{KEY}|{URL})\s*=\s*"
    r"(?:(?P<quote>['\"])(?P<quoted>.*?)(?P=quote)|(?P<plain>.*?))\s*(?:(?<!\S)#.*)?"
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=:-]+")
"""A bearer token (RFC 6750, section 2.1). So it stands in no text in two ways, and is found in every one."""


def read_environment(file: Path = Path(".env")) -> None:
    """Read the two variables from a ``.env`` file in the present folder, where they are not set already.

    Other lines are not looked at, and nothing in it is carried out. A value may stand in quotes, and after it
    a comment ("# mine"). An address from there gets a key from there: else whoever brought the folder would
    be sent the person's own.

    Raises:
        RecordError: It cannot be read.
        ConfigurationError: It names an address, and the key comes from elsewhere.
    """
    if not file.is_file():
        return
    with decoding(file, "is no text"):
        text = read_bytes(file, 2**20).decode("utf-8-sig")  # some editors begin a file with a mark
        if "\0" in text:
            raise ValueError("it holds a byte of 0")
    told: dict[str, str] = {}
    for line in text.splitlines():
        if found := _SETTING.fullmatch(line):
            told.setdefault(found["name"], (found["quoted"] or found["plain"] or "").strip())
    if told.get(URL) and not os.environ.get(URL):
        if os.environ.get(KEY) and not told.get(KEY):
            raise ConfigurationError(
                f"{file} names the server {told[URL]}, and {KEY} is set elsewhere: should it be sent there, "
                f"set {URL} where the key is set, or put the key into {file}"
            )
        os.environ.update(told)
    for name, value in told.items():
        os.environ.setdefault(name, value)


def default_url() -> str:
    """Return the address that the environment names; OpenAI's own if it names none."""
    return (os.environ.get(URL) or OPENAI).rstrip("/")


def chosen_url(given: str | None) -> str:
    """Return the address that a person gives, else that of the environment or of ``.env``.

    It is put into the environment, for the key goes to no other.

    Raises:
        RecordError: ``.env`` cannot be read.
        ConfigurationError: It names an address, and the key comes from elsewhere.
    """
    if given:  # it counts before that of `.env`
        os.environ[URL] = given
    read_environment()
    os.environ[URL] = default_url()
    return os.environ[URL]


def key(base_url: str) -> str | None:
    """Return the key for a server, if there is one.

    It goes to the server that the environment names and to no other: a file of somebody else's may name a
    server of their own.

    Raises:
        ConfigurationError: What stands there is no key.
    """
    secret = os.environ.get(KEY, "").strip()
    if not secret or base_url.rstrip("/") != default_url():
        return None
    if not _TOKEN.fullmatch(secret):
        raise ConfigurationError(
            f"what stands in {KEY} is no key: one has letters, digits and . _ ~ + / = : - only; set it again"
        )
    return secret


def hidden(text: str) -> str:
    """Return a text in which the key does not stand, whoever has put it there."""
    secret = os.environ.get(KEY, "").strip()
    return text.replace(secret, "***") if len(secret) >= SHORTEST_SECRET else text


def holds_key(text: str) -> bool:
    """Whether the key stands in a text as it will be read: JSON's escapes undone, what is unseen left out."""
    secret = os.environ.get(KEY, "").strip()
    read = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)
    seen = "".join(sign for sign in read if sign.isprintable())
    return len(secret) >= SHORTEST_SECRET and secret in seen


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


def line(error: BaseException | str, most: int = 300) -> str:
    """Return what an error says in one line without the key, which is taken out before the line is cut."""
    words = hidden(" ".join(str(error).encode("utf-8", "replace").decode().split()))
    return words[:most] or type(error).__name__
