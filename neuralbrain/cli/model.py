"""The options that choose a language model, and what they come to."""

from typing import TYPE_CHECKING, Annotated

import typer

from neuralbrain.errors import ConfigurationError

if TYPE_CHECKING:
    from neuralbrain.agents.advice import Model
    from neuralbrain.language.budget import Prices

PANEL = "A language model in the cortex"

CortexKind = Annotated[
    str,
    typer.Option(
        "--cortex", help="embedded: plans by itself; model: asks a language model.", rich_help_panel=PANEL
    ),
]
ModelName = Annotated[
    str | None, typer.Option("--model", help="The model's name on its server.", rich_help_panel=PANEL)
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        help="An OpenAI-compatible server; by default OPENAI_BASE_URL, from the environment or .env.",
        rich_help_panel=PANEL,
    ),
]
MaxCalls = Annotated[
    str | None,
    typer.Option(
        "--max-model-calls",
        help="40: at most so many requests to its server by this command. 5/40: at most 5 an episode, too.",
        rich_help_panel=PANEL,
    ),
]
MaxTokens = Annotated[
    str | None,
    typer.Option("--max-tokens", help="Likewise, input and output together.", rich_help_panel=PANEL),
]
MaxCost = Annotated[
    str | None,
    typer.Option("--max-cost", help="Likewise, in the currency of --price.", rich_help_panel=PANEL),
]
Price = Annotated[
    str | None,
    typer.Option(
        "--price", help="Of a million input and output tokens, like 0.4,1.6.", rich_help_panel=PANEL
    ),
]
MaxOutput = Annotated[
    int,
    typer.Option(
        "--max-output", min=16, max=100_000, help="The most tokens of an answer.", rich_help_panel=PANEL
    ),
]
TrustModel = Annotated[
    bool,
    typer.Option(
        "--trust-model",
        help="Do what only the model understands without asking the person.",
        rich_help_panel=PANEL,
    ),
]
Pictures = Annotated[
    bool,
    typer.Option(
        "--pictures", help="Show it what the camera sees, with names drawn in.", rich_help_panel=PANEL
    ),
]
ModelTimeout = Annotated[
    float,
    typer.Option(
        "--model-timeout", min=0.1, help="How long its server may be silent, s.", rich_help_panel=PANEL
    ),
]
RealTime = Annotated[
    bool,
    typer.Option(
        "--real-time",
        help="Pace the body by the clock, and let it go on while the model thinks.",
        rich_help_panel=PANEL,
    ),
]


def chosen_model(
    cortex: str,
    name: str | None,
    base_url: str | None,
    limits: tuple[str | None, str | None, str | None],
    price: str | None,
    trust: bool,
    timeout: float,
    real_time: bool,
    pictures: bool,
    max_output: int,
) -> "Model | None":
    """Return the model that was chosen; None: the cortex plans by itself.

    Args:
        cortex: Likewise all others: the options of these names.
        name: The model's name.
        base_url: Its server; it is put into the environment, for the key goes to no other.
        limits: Of calls, tokens and cost.
        price: What tokens cost.
        trust: Whether the person is not asked.
        timeout: How long the server may be silent, s.
        real_time: Whether the brain's time goes on meanwhile.
        pictures: Whether it is shown what the camera sees.
        max_output: The most tokens of an answer.

    Raises:
        ConfigurationError: The options do not fit together.
    """
    from neuralbrain.agents.advice import Model
    from neuralbrain.language.budget import Budget, Limits
    from neuralbrain.language.key import chosen_url, read_environment
    from neuralbrain.language.server import checked

    if cortex not in ("embedded", "model"):
        raise ConfigurationError(f"--cortex {cortex!r}: there are embedded and model")
    read_environment()  # an agent's file may name a model, too
    if cortex == "embedded":
        if name is not None:
            raise ConfigurationError("--model names a language model: give --cortex model, too")
        return None
    if name is None:
        raise ConfigurationError("--cortex model: say which model to ask (--model NAME)")
    server = checked(chosen_url(base_url), name)
    calls, tokens, cost = limits
    (each_calls, all_calls), (each_tokens, all_tokens) = _two("calls", calls), _two("tokens", tokens)
    each_cost, all_cost = _two("cost", cost)
    each = Limits(calls=_whole(each_calls), tokens=_whole(each_tokens), cost=each_cost)
    most = Limits(calls=_whole(all_calls), tokens=_whole(all_tokens), cost=all_cost)
    prices = _prices(price)
    Budget(most, prices), Budget(each, prices)  # or they are refused here
    return Model(
        server=server,
        each=each,
        all=most,
        prices=prices,
        timeout=timeout,
        clock=real_time,
        trust=trust,
        pictures=pictures,
        max_output=max_output,
    )


def _two(what: str, given: str | None) -> tuple[float | None, float | None]:
    """Return what an option allows an episode, and in all; None: no limit."""
    each, slash, whole = (given or "").rpartition("/")
    found = []
    for words in (each, whole):
        try:
            number = float(words) if words else None
        except ValueError:
            number = -1.0
        wrong = number is not None and not (0 <= number < 2**53 and (what == "cost" or number == int(number)))
        if wrong or (slash and not each):
            name = "--max-model-calls" if what == "calls" else f"--max-{what}"
            raise ConfigurationError(f"{name} {given!r}: give a number, or two like 5/40 (an episode/in all)")
        found.append(number)
    return found[0], found[1]


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _prices(price: str | None) -> "Prices | None":
    from pydantic import ValidationError

    from neuralbrain.language.budget import Prices

    if price is None:
        return None
    try:
        given, taken = map(float, price.split(","))
        return Prices(input=given, output=taken)
    except (ValueError, ValidationError):
        raise ConfigurationError(f"--price {price!r}: give two numbers from 0, like 0.4,1.6") from None
