"""The region that asks a language model: the one place of a brain that talks with a server."""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ClassVar, Literal

from pydantic import Field

from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget, Limits, Prices
from neuralbrain.language.cassette import Cassette
from neuralbrain.language.client import Client
from neuralbrain.language.server import OPENAI, Abilities, checked, prompt_hash
from neuralbrain.messages import Message, ModelCall, ModelReply, ModelRequest
from neuralbrain.region import Inbox, Outbox, Region, RegionConfig

Answers = tuple[ModelReply, list[ModelCall]]


class LanguageModelConfig(RegionConfig):
    """Settings. The key is none of them: it is read from the environment.

    Attributes:
        base_url: The address of an OpenAI-compatible server.
        model: The model's name there.
        abilities: What the server can do; `episode` asks it and fills this in.
        limits: What an episode may use at most.
        prices: What tokens cost; None: unknown.
        max_output: The most tokens of an answer.
        timeout: How long the server may be silent, s of wall clock.
        waits: "lockstep": the brain's time stands still until the answer is there, so the trace does not
            depend on how long that took. "clock": time goes on, and the answer comes when it comes; the
            region then needs a period of 1.
        cassette: The answers of a recorded run: they are given again, and no server is asked.
    """

    base_url: str = OPENAI
    model: str = Field(default="", max_length=200)
    abilities: Abilities = Abilities()
    limits: Limits = Limits()
    prices: Prices | None = None
    max_output: int = Field(default=1500, ge=16, le=100_000)
    timeout: float = Field(default=60.0, gt=0, le=3600)
    waits: Literal["lockstep", "clock"] = "lockstep"
    cassette: tuple[ModelReply, ...] | None = None


class LanguageModel(Region):
    """Sends on what it is asked, within the budget, and says what came of it.

    What it answers is taken for words, whatever stands in it: who asked decides what to make of it. Every
    request to the server is written down as a `ModelCall`, which is in the record and not in the trace.
    An answer that was paid for is kept: after a restored snapshot the same question has the same answer.
    """

    inputs: ClassVar[Mapping[str, type[Message]]] = {"request": ModelRequest}
    outputs: ClassVar[Mapping[str, type[Message]]] = {"reply": ModelReply, "call": ModelCall}
    Config = LanguageModelConfig
    config: LanguageModelConfig

    def __init__(self, name: str, config: Any = None) -> None:
        super().__init__(name, config)
        self._paid: dict[str, Answers] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._under_way: Future[Answers] | None = None
        self._make()

    def reset(self, seed: int) -> None:
        """Begin an episode with a whole budget; nothing here is random.

        Raises:
            ConfigurationError: There is no model, or its address or its budget makes no sense.
        """
        if not self.config.model and self.config.cassette is None:
            raise ConfigurationError(
                f"region {self.name!r} does not know which model to ask: set its `model` (--model)"
            )
        self._paid, self._under_way = {}, None
        self._waiting: deque[ModelRequest] = deque()
        self._make()

    def _make(self) -> None:
        """Make what asks: a client, or the answers of a recorded run."""
        config = self.config
        self._budget = Budget(config.limits, config.prices)
        self._cassette = None if config.cassette is None else Cassette(config.cassette)
        server = checked(config.base_url, config.model or "recorded", config.abilities)
        self._client = Client(server, self._budget, max_output=config.max_output, timeout=config.timeout)

    def step(self, tick: int, inbox: Inbox) -> Outbox:
        """Ask what there is to ask, and pass on what has been answered.

        Raises:
            RecordError: In a replay: something else is asked than was recorded.
        """
        self._waiting.extend(inbox.of(ModelRequest))
        replies: list[ModelReply] = []
        calls: list[ModelCall] = []
        while self._waiting:
            answers = self._answers(tick, self._waiting[0])
            if answers is None:
                break
            self._waiting.popleft()
            reply = answers[0].model_copy(update={"tick": tick})
            replies.append(reply)
            calls += [call.model_copy(update={"tick": tick}) for call in answers[1]]
        return {"call": calls, "reply": replies}

    def _answers(self, tick: int, request: ModelRequest) -> Answers | None:
        """Return what is answered; None: nothing yet."""
        if self._cassette is not None:
            reply = self._cassette.reply(request, tick, self.config.waits == "clock")
            return None if reply is None else (reply, [])
        asked = f"{request.request} {prompt_hash(request)}"
        if asked in self._paid:
            return self._paid[asked][0], []
        if self.config.waits == "lockstep":
            self._paid[asked] = self._client.ask(request, tick, self.name)
            return self._paid[asked]
        if self._under_way is None:
            self._threads = self._threads or ThreadPoolExecutor(1, "model")
            self._under_way = self._threads.submit(self._client.ask, request, tick, self.name)
        if not self._under_way.done():
            return None
        self._paid[asked], self._under_way = self._under_way.result(), None
        return self._paid[asked]

    def get_state(self) -> dict[str, Any]:
        """Return what is waited for and what was used; a request under way is not part of it."""
        return {"waiting": tuple(self._waiting), "used": self._budget.get_state()} if self._begun else {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self._under_way = None
        if not state:
            vars(self).pop("_waiting", None)
            return
        self._waiting = deque(state["waiting"])
        self._budget.set_state(state["used"])

    @property
    def _begun(self) -> bool:
        return "_waiting" in vars(self)

    def close(self) -> None:
        """Wait for nothing that is under way."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()
