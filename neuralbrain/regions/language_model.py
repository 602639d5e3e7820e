"""The region that asks a language model: the one place of a brain that talks with a server."""

import contextlib
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, ClassVar, Literal

from pydantic import Field

from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget, Limits, Prices
from neuralbrain.language.cassette import Cassette
from neuralbrain.language.client import Client
from neuralbrain.language.key import KEY, default_url, key
from neuralbrain.language.known import remembered
from neuralbrain.language.server import LONGEST_NAME, Abilities, checked, prompt_hash
from neuralbrain.messages import Message, ModelCall, ModelReply, ModelRequest
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

Answers = tuple[ModelReply, list[ModelCall]]
Noticed = tuple[ModelCall, "Future[bool]"]
"""A request that is about to be sent, and whether it may be, which is said when it is in the record."""


class LanguageModelConfig(RegionConfig):
    """Settings. The key is none of them: it is read from the environment.

    Attributes:
        base_url: The address of an OpenAI-compatible server; None: the one that the environment names, else
            OpenAI's.
        model: The model's name there.
        abilities: What the server can do; None: as it is remembered on this machine, else the least.
            `episode` asks the server and fills this in.
        limits: What an episode may use at most.
        prices: What tokens cost; None: unknown.
        max_output: The most tokens of an answer.
        timeout: How long the server may be silent, and four times that for an answer in all, s of wall clock.
        waits: "lockstep": the brain's time stands still until the answer is there, so the trace does not
            depend on how long that took. "clock": time goes on, and the answer comes when it comes; the
            region then needs a period of 1.
        cassette: What was answered in a recorded run: it is answered again, and no server is asked.
    """

    base_url: str | None = None
    model: str = Field(default="", max_length=LONGEST_NAME)
    abilities: Abilities | None = None
    limits: Limits = Limits()
    prices: Prices | None = None
    max_output: int = Field(default=1500, ge=16, le=100_000)
    timeout: float = Field(default=60.0, gt=0, le=3600)
    waits: Literal["lockstep", "clock"] = "lockstep"
    cassette: Cassette | None = None


class LanguageModel(Region):
    """Sends on what it is asked, within the budget, and says what came of it.

    What it answers is taken for words, whatever stands in it: who asked decides what to make of it. Every
    request to the server is written down as a `ModelCall`, which is in the record and not in the trace. An
    answer that was paid for is kept: after a restored snapshot the same question has the same answer, and
    what was used stays used.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {"request": ModelRequest}
    outputs: ClassVar[Mapping[str, type[Message]]] = {"reply": ModelReply, "call": ModelCall}
    Config = LanguageModelConfig
    config: LanguageModelConfig

    def __init__(self, name: str, config: Any = None) -> None:
        super().__init__(name, config)
        self._client: Client | None = None
        self._begin()

    def reset(self, seed: int) -> None:
        """Begin an episode with a whole budget; nothing here is random.

        Raises:
            ConfigurationError: There is no model or no key, or the address or the budget makes no sense.
        """
        if self.config.cassette is None:
            if not self.config.model:
                raise ConfigurationError(
                    f"region {self.name!r} does not know which model to ask: set its `model` (--model)"
                )
            server = checked(self._base_url, self.config.model)
            if key(server.base_url) is None and server.is_openai:
                raise ConfigurationError(f"region {self.name!r} needs a key: set {KEY} in the environment")
        self._begin()

    def _begin(self) -> None:
        self.close()
        self._budget = Budget(self.config.limits, self.config.prices)
        self._cassette: Cassette | None = self.config.cassette
        self._asked: dict[str, Future[Answers]] = {}  # all that was asked for money
        self._notices: SimpleQueue[Noticed] = SimpleQueue()
        self._waiting: deque[tuple[int, ModelRequest]] = deque()  # since when

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Ask what there is to ask, and pass on what has been answered.

        Raises:
            RecordError: In a replay: something else is asked than was recorded.
            ConfigurationError: What stands in the environment is no key.
        """
        self._waiting.extend((tick, request) for request in inbox.of(ModelRequest))
        replies: list[ModelReply] = []
        calls: list[ModelCall] = []
        while self._waiting:
            since, request = self._waiting[0]
            answers = self._answers(tick, request)
            if answers is None:
                break
            self._waiting.popleft()
            calls += answers[1]
            replies.append(answers[0].model_copy(update={"tick": tick, "late": tick - since}))
        with contextlib.suppress(Empty):
            while True:
                call, allowed = self._notices.get_nowait()
                calls.append(call)
                allowed.set_result(True)
        return {"call": [call.model_copy(update={"tick": tick}) for call in calls], "reply": replies}

    def _answers(self, tick: int, request: ModelRequest) -> Answers | None:
        """Return what is answered; None: nothing yet."""
        if self._cassette is not None:
            reply = self._cassette.reply(request, tick, self.config.waits == "clock")
            return None if reply is None else (reply, [])
        asked = f"{request.request} {prompt_hash(request)}"
        if known := self._asked.get(asked):  # a snapshot was restored, or it is under way
            return known.result() if known.done() else None
        answers = self._asked[asked] = Future()
        client = self._connected()
        if self.config.waits == "lockstep":
            try:
                answers.set_result(client.ask(request, tick, self.name))
            except BaseException:
                del self._asked[asked]
                raise
            return answers.result()

        def ask() -> None:
            try:
                answers.set_result(client.ask(request, tick, self.name))
            except BaseException as error:  # it is raised where the answer is waited for
                answers.set_exception(error)

        # A server that hangs must not keep the process from ending: so no pool, whose threads are waited for.
        threading.Thread(target=ask, name="model", daemon=True).start()
        return None

    def _connected(self) -> Client:
        if self._client is None:
            config = self.config
            server = checked(self._base_url, config.model, config.abilities)
            if config.abilities is None and (known := remembered(server)):
                server = server.model_copy(update={"abilities": known})
            self._client = Client(
                server,
                self._budget,
                max_output=config.max_output,
                timeout=config.timeout,
                announce=self._notice if config.waits == "clock" else None,
            )
        return self._client

    @property
    def _base_url(self) -> str:
        return self.config.base_url or default_url()

    def _notice(self, call: ModelCall) -> bool:
        """Have a request written down before it is sent: when the answer comes the run may be over."""
        allowed: Future[bool] = Future()
        self._notices.put((call, allowed))
        return allowed.result()

    def get_state(self) -> dict[str, Any]:
        """Return what is waited for and what was used; a request under way is not part of it."""
        return {"waiting": tuple(self._waiting), "used": self._budget.get_state()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self._waiting = deque(state["waiting"])
        self._budget.set_state(state["used"])

    def close(self) -> None:
        """Wait for nothing that is under way, and send nothing more."""
        if self._client is not None:
            self._client.close()
            self._client = None
            with contextlib.suppress(Empty):
                while True:
                    self._notices.get_nowait()[1].set_result(False)
