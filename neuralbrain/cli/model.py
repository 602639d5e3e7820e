"""The options that choose a language model, and what they come to."""

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from neuralbrain.errors import ConfigurationError

if TYPE_CHECKING:
    from neuralbrain.agents.advice import Model
    from neuralbrain.agents.spending import Spending

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
    str,
    typer.Option(
        "--max-model-calls",
        help="40: at most so many requests to its server by this command. 5/40: at most 5 an episode, too.",
        rich_help_panel=PANEL,
    ),
]
MaxTokens = Annotated[
    str,
    typer.Option("--max-tokens", help="Likewise, input and output together.", rich_help_panel=PANEL),
]
MaxCost = Annotated[
    str,
    typer.Option("--max-cost", help="Likewise, in the currency of --price.", rich_help_panel=PANEL),
]
Price = Annotated[
    str,
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


SPENDING = {
    "max_model_calls": MaxCalls,
    "max_tokens": MaxTokens,
    "max_cost": MaxCost,
    "price": Price,
    "max_output": MaxOutput,
    "model_timeout": ModelTimeout,
}
"""What models may use: the fields of `neuralbrain.agents.spending.Spending` -> their options, everywhere."""


def chosen_model(
    cortex: str,
    name: str | None,
    base_url: str | None,
    spending: "Spending",
    trust: bool,
    real_time: bool,
    pictures: bool,
) -> "Model | None":
    """Return the model that was chosen; None: the cortex plans by itself.

    Args:
        cortex: Likewise all others: the options of these names.
        name: The model's name.
        base_url: Its server; it is put into the environment, for the key goes to no other.
        spending: What it may use.
        trust: Whether the person is not asked.
        real_time: Whether the brain's time goes on meanwhile.
        pictures: Whether it is shown what the camera sees.

    Raises:
        ConfigurationError: The options do not fit together.
    """
    from neuralbrain.language.key import chosen_url, read_environment
    from neuralbrain.language.server import checked

    if cortex not in ("embedded", "model"):
        raise ConfigurationError(f"--cortex {cortex!r}: there are embedded and model")
    if cortex == "embedded":
        with contextlib.suppress(ConfigurationError):  # what it refuses is then not taken
            read_environment()  # an agent's file may name a model, too
        if name is not None:
            raise ConfigurationError("--model names a language model: give --cortex model, too")
        return None
    if name is None:
        raise ConfigurationError("--cortex model: say which model to ask (--model NAME)")
    server = checked(chosen_url(base_url), name)
    return spending.model(server, clock=real_time, trust=trust, pictures=pictures)
