"""Asks a model: within the budget, patiently, and with every request written down."""

import hashlib
import random
import threading
from collections.abc import Callable

from neuralbrain.language.budget import Budget
from neuralbrain.language.faults import AGAIN, REFUSED, Fault
from neuralbrain.language.known import remember
from neuralbrain.language.server import Abilities, Form, Server, prompt_hash
from neuralbrain.language.transport import Connection, Response
from neuralbrain.messages import ModelCall, ModelReply, ModelRequest
from neuralbrain.messages.model import UNDER_WAY, ReplyKind

PICTURE_TOKENS = 25_501
"""No picture counts for more: gpt-4o-mini takes 2833 for one and 5667 for each of its tiles of 512 pixels, of
which there are at most four (OpenAI's guide to images)."""
TURN_TOKENS = 32
"""What a template adds to a turn at most."""
TELLING_TOKENS = 128
"""What a template adds to the whole, and what is said of the form where the server does not know forms."""
LOOSER: dict[Form, Form] = {"schema": "object", "object": "text"}
"""What to ask for where a server does not take a form."""
TIMEOUTS = 2
"""A question is given up after so many silences: each is long."""
ENDS: dict[str, ReplyKind] = {"": "answered", "cut": "cut", "declined": "declined", "too_long": "too_long"}
"""What a request came to -> what became of the question, where it is not asked again."""


class Client:
    """Asks one model.

    Args:
        server: Where it is, and what it can do.
        budget: What may be used.
        max_output: The most tokens of an answer.
        timeout: How long the server may be silent, s.
        attempts: How many tries a question may take, besides those that a server refuses for their form.
        longest_wait: The longest time between two of them, s.
        announce: Told of each request before it is sent; False: it may not be sent any more.
        again: The faults after which a question is asked again.
        keep: Whether what is learnt about the server on the way is remembered.
        sleep: Waits so many seconds; None: until then, or until it is closed.

    Attributes:
        server: The server, with what has been learnt about it.
        fault: What went wrong with the last request.
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
        announce: Callable[[ModelCall], bool] | None = None,
        again: frozenset[Fault] = AGAIN,
        keep: bool = True,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.server, self.budget, self._keep = server, budget, keep
        self._again = again
        self.fault: Fault = ""
        self._max_output, self._attempts, self._longest_wait = max_output, attempts, longest_wait
        self._timeout = timeout
        self._connection = Connection(server.base_url, timeout, max_output)
        self._announce, self._closed = announce, threading.Event()
        self._sleep = sleep or self._closed.wait

    def ask(self, request: ModelRequest, tick: int, source: str) -> tuple[ModelReply, list[ModelCall]]:
        """Ask, and ask again while that may help.

        Args:
            request: The question.
            tick: For the messages that are returned.
            source: Likewise.

        Returns:
            The answer, and each try: those that reached nobody are no requests, and use nothing.

        Raises:
            ConfigurationError: What stands in the environment is no key.
        """
        outcome: ReplyKind = "failed"
        known, calls, reason, text = self.server.abilities, list[ModelCall](), "", ""
        silences = refused = 0
        while True:
            reserved = self.reservation(request)
            spent = self.budget.reserve(*reserved)
            if spent:
                outcome, reason = "spent", f"{spent} ({reason})" if reason else spent
                break
            call = self._call(request, tick, source, len(calls) + 1, reserved)
            if self._closed.is_set() or (self._announce is not None and not self._announce(call)):
                self.budget.give_back(*reserved)
                reason = "the brain has stopped"
                break
            response = self._connection.send(self.server, request)
            calls.append(self._settled(call, response, reserved))
            text, reason, self.fault = response.text, response.reason, response.fault
            if response.fault in ENDS:
                outcome = ENDS[response.fault]
                break
            text = ""
            nobody = response.fault == "unreached" and response.seconds >= self._timeout
            silences += response.fault == "timeout" or nobody
            if response.fault == "form":
                refused += 1
                again = self._loosen(response.reason)
            else:
                patient = len(calls) - refused < self._attempts and silences < TIMEOUTS
                again = patient and self._wait(response, len(calls) - refused)
            if not again:
                reason = f"{reason} (after {len(calls)} tries)" if len(calls) > 1 else reason
                break
        self._learn(known, outcome)
        reply = ModelReply(
            tick=tick, source=source, request=request.request, prompt_sha256=prompt_hash(request),
            outcome=outcome, text=text, reason=reason,
        )  # fmt: skip
        return reply, calls

    def reservation(self, request: ModelRequest) -> tuple[int, int]:
        """Return the most tokens that a question and its answer can have.

        A token is at least a byte of the text; a template adds a few to each turn.
        """
        words = sum(len(turn.text.encode()) + TURN_TOKENS for turn in request.turns)
        form = 2 * len(request.form.encode())  # servers put it into the prompt, some of them formatted
        picture = PICTURE_TOKENS if request.picture and self.server.abilities.pictures else 0
        return words + form + picture + TELLING_TOKENS, self._max_output

    def close(self) -> None:
        """Ask nothing more; a request under way ends, if it can be ended."""
        self._closed.set()
        self._connection.close()

    def _wait(self, response: Response, number: int) -> bool:
        """Wait as long as the server wants, or longer each time; False where it is not worth it."""
        if response.fault not in self._again:
            return False
        # Jitter, so that many brains do not come back at one moment; it reaches no message.
        wait = min(1 << (number - 1), self._longest_wait) * random.uniform(0.5, 1.0)
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
            self.server = self.server.able(temperature=False)
        elif "max_completion_tokens" in words and able.limit == "max_tokens":
            self.server = self.server.able(limit="max_completion_tokens")
        elif "max_completion_tokens" in words and "max_tokens" not in words.replace("max_completion", ""):
            self.server = self.server.able(limit="max_tokens")
        elif "stream_options" in words and able.usage:
            self.server = self.server.able(usage=False)
        elif any(word in words for word in ("image", "mmproj", "vision")) and able.pictures:
            self.server = self.server.able(pictures=False)
        elif able.form in LOOSER:
            self.server = self.server.able(form=LOOSER[able.form])
        else:
            return False
        return True

    def _learn(self, known: Abilities, outcome: ReplyKind) -> None:
        """Keep what was learnt about the server, if it led to an answer."""
        if self.server.abilities == known:
            return
        if outcome in ("answered", "cut", "declined"):
            if self._keep:
                remember(self.server)
        elif outcome == "failed":
            self.server = self.server.model_copy(update={"abilities": known})

    def _call(
        self, request: ModelRequest, tick: int, source: str, attempt: int, reserved: tuple[int, int]
    ) -> ModelCall:
        """Return a request as it stands before it is sent."""
        picture = hashlib.sha256(request.picture.encode()).hexdigest() if request.picture else ""
        return ModelCall(
            tick=tick,
            source=source,
            request=request.request,
            attempt=attempt,
            model=self.server.model,
            prompt_sha256=prompt_hash(request),
            picture_sha256=picture if self.server.abilities.pictures else "",
            outcome=UNDER_WAY,
            reserved_tokens=sum(reserved),
            tokens=sum(reserved),
            cost=None if self.budget.prices is None else self.budget.prices.of(*reserved),
            seconds=0.0,
        )

    def _settled(self, call: ModelCall, response: Response, reserved: tuple[int, int]) -> ModelCall:
        """Return it as it stands when it is over, and count it."""
        if not response.kept_limit:
            self.server = self.server.able(keeps_limit=False)
        tokens, cost = count(self.budget, response, reserved)
        return call.model_copy(
            update={
                "sent": response.fault != "unreached",
                "answer": response.text,
                "outcome": response.reason if response.fault else "answered",
                "input_tokens": response.input_tokens,
                "output_tokens": response.output_tokens,
                "tokens": tokens,
                "cost": cost,
                "kept_limit": response.kept_limit,
                "seconds": response.seconds,
            }
        )


def count(budget: Budget, response: Response, reserved: tuple[int, int]) -> tuple[int, float | None]:
    """Count what a request has used in the place of what was set aside for it.

    What did not reach the server is no request; what the server refused has used no tokens. An error of the
    server's own may have: unless it says how many, what was set aside stays.

    Returns:
        How many tokens it counts for, and what it cost; None: unknown.
    """
    if response.fault == "unreached":
        budget.give_back(*reserved)
        return 0, 0.0
    used = (0, 0) if response.fault in REFUSED else (response.input_tokens, response.output_tokens)
    return budget.settle(reserved, *used)
