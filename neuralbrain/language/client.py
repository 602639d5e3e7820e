"""Asks a model: within the budget, patiently, and with every request written down."""

import hashlib
import random
import time
from collections.abc import Callable
from typing import Any

from neuralbrain.language.budget import Budget
from neuralbrain.language.server import Form, Server, hidden, prompt_hash
from neuralbrain.language.transport import AGAIN, Response, connected, send
from neuralbrain.messages import ModelCall, ModelReply, ModelRequest
from neuralbrain.messages.model import ReplyKind

PICTURE_TOKENS = 4096
"""No picture of ours counts for more: the largest that is sent has 640 x 480 pixels."""
TURN_TOKENS = 32
"""What a template adds to a turn at most."""
LOOSER: dict[Form, Form] = {"schema": "object", "object": "text"}
"""What to ask for where a server does not take a form."""


class Client:
    """Asks one model.

    Args:
        server: Where it is, and what it can do.
        budget: What may be used.
        max_output: The most tokens of an answer.
        timeout: How long the server may be silent, s.
        attempts: How many requests a question may take.
        longest_wait: The longest time between two of them, s.
    """

    def __init__(
        self,
        server: Server,
        budget: Budget,
        *,
        max_output: int,
        timeout: float,
        attempts: int = 4,
        longest_wait: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.server, self.budget = server, budget
        self._max_output, self._timeout = max_output, timeout
        self._attempts, self._longest_wait, self._sleep = attempts, longest_wait, sleep
        self._connection: Any = None  # made for the first request

    def ask(self, request: ModelRequest, tick: int, source: str) -> tuple[ModelReply, list[ModelCall]]:
        """Ask, and ask again while that may help.

        Args:
            request: The question.
            tick: For the messages that are returned.
            source: Likewise.

        Returns:
            The answer, and each request that was sent.
        """
        asked = prompt_hash(request)
        calls: list[ModelCall] = []
        outcome: ReplyKind = "failed"
        text = reason = ""
        while True:
            reserved = self.reservation(request)
            refused = self.budget.reserve(*reserved)
            if refused:
                reason = f"{refused} ({reason})" if reason else refused
                outcome = "spent"
                break
            self._connection = self._connection or connected(self.server, self._timeout)
            response = send(self._connection, self.server, request, self._max_output, self._timeout)
            cost = self.budget.settle(reserved, response.input_tokens, response.output_tokens)
            calls.append(self._call(request, asked, tick, source, len(calls) + 1, reserved, response, cost))
            text, reason = response.text, response.reason
            if not response.kept_limit and self.server.abilities.keeps_limit:
                self._adapt(keeps_limit=False)
            if response.fault in ("", "cut", "declined", "too_long"):
                outcome = {"": "answered", "cut": "cut", "declined": "declined", "too_long": "too_long"}[  # type: ignore[assignment]
                    response.fault
                ]
                break
            if len(calls) >= self._attempts or not self._may_help(response, len(calls)):
                reason = f"{reason} (after {len(calls)} requests)" if len(calls) > 1 else reason
                text = ""
                break
        reply = ModelReply(
            tick=tick, source=source, request=request.request, prompt_sha256=asked, outcome=outcome,
            text=text, reason=hidden(reason),
        )  # fmt: skip
        return reply, calls

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def reservation(self, request: ModelRequest) -> tuple[int, int]:
        """Return the most tokens that a question and its answer can have.

        A token is at least a byte of the text; a template adds a few to each turn.
        """
        words = sum(len(turn.text.encode()) + TURN_TOKENS for turn in request.turns)
        form = 2 * len(request.form.encode())  # servers put it into the prompt, some of them formatted
        return words + form + (PICTURE_TOKENS if request.picture else 0), self._max_output

    def _may_help(self, response: Response, number: int) -> bool:
        """Wait, or ask in another way; whether it is worth trying again."""
        if response.fault == "form":
            return self._loosen(response.reason)
        if response.fault not in AGAIN:
            return False
        # Jitter, so that many brains do not come back at one moment; it reaches no message.
        wait = min(1 << (number - 1), self._longest_wait) * random.uniform(0.5, 1.5)
        if response.wait is not None:
            wait = response.wait
        if wait > self._longest_wait:
            return False
        self._sleep(wait)
        return True

    def _loosen(self, reason: str) -> bool:
        """Leave out what the server does not take; False if nothing is left to leave out."""
        able, words = self.server.abilities, reason.lower()
        if "temperature" in words and able.temperature:
            self._adapt(temperature=False)
        elif "max_completion_tokens" in words and able.limit == "max_tokens":
            self._adapt(limit="max_completion_tokens")
        elif "stream_options" in words and able.usage:
            self._adapt(usage=False)
        elif ("image" in words or "mmproj" in words) and able.pictures:
            self._adapt(pictures=False)
        elif able.form in LOOSER:
            self._adapt(form=LOOSER[able.form])
        else:
            return False
        return True

    def _adapt(self, **changes: object) -> None:
        able = self.server.abilities.model_copy(update=changes)
        self.server = self.server.model_copy(update={"abilities": able})

    def _call(
        self,
        request: ModelRequest,
        asked: str,
        tick: int,
        source: str,
        attempt: int,
        reserved: tuple[int, int],
        response: Response,
        cost: float | None,
    ) -> ModelCall:
        picture = hashlib.sha256(request.picture.encode()).hexdigest() if request.picture else ""
        return ModelCall(
            tick=tick,
            source=source,
            request=request.request,
            attempt=attempt,
            model=self.server.model,
            prompt_sha256=asked,
            picture_sha256=picture,
            answer=response.text,
            outcome=response.reason if response.fault else "answered",
            input_tokens=response.input_tokens,
            output_tokens=response.output_tokens,
            reserved_tokens=sum(reserved),
            cost=cost,
            seconds=response.seconds,
        )
