"""``workspace.toml``: the model, the autonomy, the budget, the seed and the limits, as a person sets them."""

import re
import tomllib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralbrain.errors import ConfigurationError, RecordError
from neuralbrain.reading import decoding

FORMAT = 1
"""Of a workspace; it stands in its settings."""
Kind = Literal["read", "plot", "compute", "write", "install", "network", "robot"]
"""What an act does. read: looks at the workspace or NeuralBrain. plot: draws. compute: runs code or
a simulation. write: changes the notes. install: adds a package. network: fetches something from outside.
robot: sends commands to a body outside a simulation."""
KINDS: tuple[Kind, ...] = ("read", "plot", "compute", "write", "install", "network", "robot")
Level = Literal["ask", "once", "auto"]
"""ask: the person is asked before each act. once: before the first of a session. auto: never."""
LEVELS: tuple[Level, ...] = ("ask", "once", "auto")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Autonomy(_Part):
    """What the model may do without asking, by kind of act."""

    read: Level = "auto"
    plot: Level = "auto"
    compute: Level = "once"
    write: Level = "ask"
    install: Level = "ask"
    network: Level = "ask"
    robot: Level = "ask"

    def of(self, kind: Kind) -> Level:
        """Return the level of a kind."""
        level: Level = getattr(self, kind)
        return level

    def within(self, other: "Autonomy") -> "Autonomy":
        """Return the lesser of two, kind by kind."""
        both = {kind: (self.of(kind), other.of(kind)) for kind in KINDS}
        return Autonomy(**{kind: min(pair, key=LEVELS.index) for kind, pair in both.items()})


class ModelSettings(_Part):
    """Which language model. Its server and its key come from the environment, never from here.

    Attributes:
        name: Its name there; empty: none.
        input_price: Of a million input tokens; None: unknown.
        output_price: Of a million output tokens; None: unknown.
        max_output: The most tokens of an answer.
    """

    name: str = ""
    input_price: float | None = Field(default=None, ge=0)
    output_price: float | None = Field(default=None, ge=0)
    max_output: int = Field(default=1500, ge=16, le=100_000)


class Caps(_Part):
    """The most that the workspace may use, in all its sessions together.

    Attributes:
        calls: Requests to the model's server; None: no limit.
        tokens: Input and output.
        cost: In the currency of the prices.
        hours: Of acts, wall time.
    """

    calls: int | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)
    hours: float | None = Field(default=None, ge=0)


class BoxLimits(_Part):
    """What code in the box may use.

    Attributes:
        memory: Of all its processes, MiB.
        processes: At once.
        file: Of one file, MiB.
        disk: What all its cells may add to data/ and figures/, MiB.
        seconds: Of one cell, s.
    """

    memory: int = Field(default=2048, ge=256, le=2**20)
    processes: int = Field(default=128, ge=8, le=32768)
    file: int = Field(default=512, ge=1, le=2**20)
    disk: int = Field(default=2048, ge=1, le=2**20)
    seconds: float = Field(default=300.0, gt=0, le=86400)


class Settings(_Part):
    """All of it.

    Attributes:
        format: Of the workspace.
        seed: For cells, which find it as ``SEED``, and for runs that are given none; 0 to 2^31 - 1.
    """

    format: int = FORMAT
    seed: int = Field(default=0, ge=0, lt=2**31)
    model: ModelSettings = ModelSettings()
    autonomy: Autonomy = Autonomy()
    budget: Caps = Caps()
    box: BoxLimits = BoxLimits()


NEW = f"""\
# A NeuralBrain workspace. Change it by hand or in a session; it is read again at each start.
format = {FORMAT}
seed = 0

[model]
# name = "gpt-5-mini"     # its server: OPENAI_BASE_URL; its key: OPENAI_API_KEY
# input_price = 0.25      # of a million tokens
# output_price = 2.0

[autonomy]                # ask, once or auto
read = "auto"
plot = "auto"
compute = "once"
write = "ask"
install = "ask"
network = "ask"
robot = "ask"

[budget]                  # of all sessions together; nothing: no limit
# calls = 200
# tokens = 2000000
# cost = 5.0
# hours = 10

[box]                     # MiB and s
memory = 2048
processes = 128
file = 512
disk = 2048
seconds = 300
"""


def parsed(text: str, place: object) -> Settings:
    """Return settings.

    Args:
        text: TOML.
        place: The file.

    Raises:
        RecordError: It is no TOML, or of a later format.
        ConfigurationError: A setting is unknown or out of its range.
    """
    with decoding(place, "is not valid TOML"):
        data = tomllib.loads(text)
    held = data.get("format", FORMAT)
    if isinstance(held, int) and held > FORMAT:
        raise RecordError(
            f"{place}: the workspace has format {held}, and this version reads up to {FORMAT}: "
            "open it with the version that wrote it, or a later one"
        )
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{place}, {where}: {first['msg']}") from None


def changed(text: str, table: str, name: str, value: str) -> str:
    """Return TOML with one setting changed, and every other character as it stood.

    Args:
        text: The file.
        table: The table that the setting stands in.
        name: The setting.
        value: As TOML writes it.
    """
    head = re.search(rf"^\[{re.escape(table)}\][^\n]*\n?", text, re.MULTILINE)
    if head is None:
        return f"{text.rstrip()}\n\n[{table}]\n{name} = {value}\n"
    following = re.search(r"^\[", text[head.end() :], re.MULTILINE)
    end = head.end() + following.start() if following else len(text)
    body = text[head.end() : end]
    line = re.compile(rf"^{re.escape(name)}\s*=\s*[^#\n]*?(\s*#[^\n]*)?$", re.MULTILINE)
    if line.search(body):
        body = line.sub(lambda found: f"{name} = {value}{found[1] or ''}", body, count=1)
    else:
        body = f"{name} = {value}\n{body}"
    start = text[: head.end()]
    return f"{start if start.endswith(chr(10)) else start + chr(10)}{body}{text[end:]}"
