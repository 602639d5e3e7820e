"""What language models may use, as a person says it on the command line."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from neuralbrain.agents.advice import Model
from neuralbrain.errors import ConfigurationError
from neuralbrain.language.budget import Budget, Limits, Prices
from neuralbrain.language.server import Server


@dataclass(frozen=True, kw_only=True)
class Spending:
    """The options of that, one each.

    A limit is a number like "40", for all that a command does, or two like "5/40", the first for an episode;
    "5/" is for an episode only, and an empty one is none.

    Attributes:
        max_model_calls: The most requests to a server.
        max_tokens: The most tokens, input and output together.
        max_cost: The most that they may cost, in the currency of the price.
        price: Of a million input and output tokens, like "0.4,1.6"; empty: unknown.
        max_output: The most tokens of an answer, 16 to 100,000.
        model_timeout: How long a server may be silent, s.
    """

    max_model_calls: str = ""
    max_tokens: str = ""
    max_cost: str = ""
    price: str = ""
    max_output: int = 1500
    model_timeout: float = 60.0

    def model(self, server: Server, **more: Any) -> Model:
        """Return a model that may use so much.

        Args:
            server: Where it is.
            more: What else `neuralbrain.agents.advice.Model` takes.

        Raises:
            ConfigurationError: An option is no such number, or cost is limited without a price.
        """
        each_calls, all_calls = self._limit("max_model_calls", whole=True)
        each_tokens, all_tokens = self._limit("max_tokens", whole=True)
        each_cost, all_cost = self._limit("max_cost", whole=False)
        each = Limits(calls=_whole(each_calls), tokens=_whole(each_tokens), cost=each_cost)
        most = Limits(calls=_whole(all_calls), tokens=_whole(all_tokens), cost=all_cost)
        prices = self._prices()
        Budget(most, prices), Budget(each, prices)  # or they are refused here
        return Model(
            server=server,
            each=each,
            all=most,
            prices=prices,
            timeout=self.model_timeout,
            max_output=self.max_output,
            **more,
        )

    def _limit(self, option: str, *, whole: bool) -> tuple[float | None, float | None]:
        """Return what an option allows an episode, and in all; None: no limit."""
        given = str(getattr(self, option))
        each, slash, most = given.rpartition("/")
        found = []
        for words in (each, most):
            try:
                number = float(words) if words else None
            except ValueError:
                number = -1.0
            wrong = number is not None and not (0 <= number < 2**53 and (not whole or number == int(number)))
            if wrong or (slash and not each):
                name = f"--{option.replace('_', '-')}"
                raise ConfigurationError(
                    f"{name} {given!r}: give a number, or two like 5/40 (an episode/in all)"
                )
            found.append(number)
        return found[0], found[1]

    def _prices(self) -> Prices | None:
        if not self.price:
            return None
        try:
            given, taken = map(float, self.price.split(","))
            return Prices(input=given, output=taken)
        except (ValueError, ValidationError):
            raise ConfigurationError(
                f"--price {self.price!r}: give two numbers from 0, like 0.4,1.6"
            ) from None


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
