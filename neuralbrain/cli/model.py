"""The options that choose a language model, and what they come to."""

import os
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
    int | None,
    typer.Option("--max-model-calls", min=0, help="In all, for this command.", rich_help_panel=PANEL),
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", min=0, help="Likewise, input and output.", rich_help_panel=PANEL)
]
MaxCost = Annotated[
    float | None, typer.Option("--max-cost", min=0, help="Likewise; needs --price.", rich_help_panel=PANEL)
]
Price = Annotated[
    str | None,
    typer.Option(
        "--price", help="Of a million input and output tokens, like 0.4,1.6.", rich_help_panel=PANEL
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
    limits: tuple[int | None, int | None, float | None],
    price: str | None,
    trust: bool,
    timeout: float,
    real_time: bool,
    pictures: bool,
) -> "Model | None":
    """Return the model that was chosen; None: the cortex plans by itself.

    Raises:
        ConfigurationError: The options do not fit together.
    """
    from neuralbrain.agents.advice import Model
    from neuralbrain.language.budget import Budget, Limits
    from neuralbrain.language.server import OPENAI, URL, checked, read_environment

    if cortex not in ("embedded", "model"):
        raise ConfigurationError(f"--cortex {cortex!r}: there are embedded and model")
    if cortex == "embedded":
        if name is not None:
            raise ConfigurationError("--model names a language model: give --cortex model, too")
        return None
    if name is None:
        raise ConfigurationError("--cortex model: say which model to ask (--model NAME)")
    read_environment()
    server = checked(base_url or os.environ.get(URL) or OPENAI, name)
    calls, tokens, cost = limits
    most, prices = Limits(calls=calls, tokens=tokens, cost=cost), _prices(price)
    Budget(most, prices)  # or it is refused here
    return Model(
        server=server,
        all=most,
        prices=prices,
        timeout=timeout,
        clock=real_time,
        trust=trust,
        pictures=pictures,
    )


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
