"""A budget for a language model: what a call may use is set aside before it, so it is never overspent."""

import threading
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from neuralbrain.errors import ConfigurationError
from neuralbrain.words import counted

MILLION = 1_000_000


class Prices(BaseModel):
    """What tokens cost, in any one currency.

    Attributes:
        input: Of a million input tokens.
        output: Of a million output tokens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    input: float = Field(ge=0)
    output: float = Field(ge=0)

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Return what so many tokens cost."""
        return (input_tokens * self.input + output_tokens * self.output) / MILLION


class Limits(BaseModel):
    """The most that may be used; None: no limit.

    Attributes:
        calls: Requests that are sent to a server, those that are tried again included.
        tokens: Input and output tokens.
        cost: In the currency of the prices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    calls: int | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)

    def left(self, used: "Used") -> "Limits":
        """Return what is left of them after some use.

        Where the cost of what was used is not known, nothing is left of a limit of cost.
        """
        cost = None
        if self.cost is not None:
            cost = 0.0 if used.cost is None else max(0.0, self.cost - used.cost)
        return Limits(
            calls=None if self.calls is None else max(0, self.calls - used.calls),
            tokens=None if self.tokens is None else max(0, self.tokens - used.tokens),
            cost=cost,
        )

    def within(self, other: "Limits") -> "Limits":
        """Return the tighter of two, limit by limit."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in ("calls", "tokens", "cost"))
        least = [min((x for x in pair if x is not None), default=None) for pair in pairs]
        return Limits(calls=least[0], tokens=least[1], cost=least[2])


class Used(BaseModel):
    """What has been used.

    Attributes:
        calls: Requests sent.
        tokens: Input and output; where a server does not say, what was set aside counts.
        cost: None: unknown, because there are no prices.
    """

    model_config = ConfigDict(frozen=True)

    calls: int = 0
    tokens: int = 0
    cost: float | None = 0.0

    def __str__(self) -> str:
        cost = "cost unknown" if self.cost is None else f"cost {self.cost:.4g}"
        return f"{counted(self.calls, 'call')}, {counted(self.tokens, 'token')}, {cost}"

    def plus(self, other: "Used") -> "Used":
        """Return the sum; an unknown cost makes an unknown sum, unless no call was made."""
        costs = [one.cost for one in (self, other) if one.calls]
        cost = None if None in costs else float(sum(c for c in costs if c is not None))
        return Used(calls=self.calls + other.calls, tokens=self.tokens + other.tokens, cost=cost)


def total(each: Iterable[Used]) -> Used:
    """Return the sum of what was used."""
    used = Used()
    for one in each:
        used = used.plus(one)
    return used


class Budget:
    """Keeps account of one run's calls, from any thread.

    Args:
        limits: The most that may be used.
        prices: What tokens cost; None: unknown.

    Raises:
        ConfigurationError: Cost is limited, and nobody says what tokens cost.
    """

    def __init__(self, limits: Limits, prices: Prices | None) -> None:
        if limits.cost is not None and prices is None:
            raise ConfigurationError(
                "a limit of cost needs prices: say what a million input and output tokens cost "
                "(--price IN,OUT; in a blueprint `prices: {input: 0.4, output: 1.6}`)"
            )
        self.limits, self.prices = limits, prices
        self.used = Used()
        self._lock = threading.Lock()

    def reserve(self, input_tokens: int, output_tokens: int) -> str:
        """Set aside what a call may use at most.

        Returns:
            Why it may not be made; empty: it may, and `settle` or `give_back` has to follow.
        """
        tokens, cost = input_tokens + output_tokens, self._cost(input_tokens, output_tokens)
        with self._lock:
            left = self.limits.left(self.used)
            if left.calls == 0:
                return f"the budget allows {counted(self.limits.calls or 0, 'call')}, and no more"
            if left.tokens is not None and tokens > left.tokens:
                return f"another call may need {tokens} tokens, and {left.tokens} are left"
            if left.cost is not None and cost is not None and cost > left.cost:
                return f"another call may cost {cost:.4g}, and {left.cost:.4g} is left"
            self.used = self.used.plus(Used(calls=1, tokens=tokens, cost=cost))
        return ""

    def settle(
        self, reserved: tuple[int, int], input_tokens: int | None, output_tokens: int | None
    ) -> tuple[int, float | None]:
        """Count what a call has used in the place of what was set aside; what is not known stays set aside.

        Args:
            reserved: What `reserve` was told.
            input_tokens: As the server counts them; None: it does not say.
            output_tokens: Likewise.

        Returns:
            How many tokens the call counts for, and what it cost; None: unknown.
        """
        spent = (
            reserved[0] if input_tokens is None else input_tokens,
            reserved[1] if output_tokens is None else output_tokens,
        )
        self._change(0, reserved, spent)
        return sum(spent), self._cost(*spent)

    def give_back(self, *reserved: int) -> None:
        """Take back a call that was not made."""
        self._change(-1, reserved, (0, 0))

    def _change(self, calls: int, reserved: tuple[int, ...], spent: tuple[int, ...]) -> None:
        with self._lock:
            used, cost = self.used, self.used.cost
            if self.prices is not None and cost is not None:
                cost = max(0.0, cost + self.prices.of(*spent) - self.prices.of(*reserved))
            tokens, calls = used.tokens + sum(spent) - sum(reserved), used.calls + calls
            self.used = Used(calls=calls, tokens=tokens, cost=cost if calls else 0.0)

    def _cost(self, *tokens: int) -> float | None:
        return None if self.prices is None else self.prices.of(*tokens)

    def get_state(self) -> dict[str, Any]:
        """Return what has been used."""
        return self.used.model_dump()

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned; what has been used since then stays used."""
        then = Used.model_validate(state)
        with self._lock:
            now = self.used
            costs = [used.cost for used in (then, now) if used.calls]
            self.used = Used(
                calls=max(then.calls, now.calls),
                tokens=max(then.tokens, now.tokens),
                cost=None if None in costs else max((c for c in costs if c is not None), default=0.0),
            )
