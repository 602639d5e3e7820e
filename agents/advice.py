"""A language model for an episode or a study: which one, and what it may use."""

from dataclasses import dataclass, replace

from neuralbrain.agents.advised import advised
from neuralbrain.blueprint import Blueprint
from neuralbrain.language.budget import Budget, Limits, Prices, Used
from neuralbrain.language.known import remembered
from neuralbrain.language.probe import able
from neuralbrain.language.server import Server

NO_LIMITS, NOTHING = Limits(), Used()


@dataclass(frozen=True, kw_only=True)
class Model:
    """A language model, as a person has chosen it.

    Attributes:
        server: Where it is.
        each: What an episode may use.
        all: What the whole study may use.
        prices: What tokens cost; None: unknown.
        timeout: How long the server may be silent, s.
        max_output: The most tokens of an answer.
        clock: Whether the brain's time goes on while the model thinks.
        trust: Whether what only the model understands is done without asking the person.
        pictures: Whether it is shown what the camera sees.
        used: What the study has used.
        probing: What of that was used to learn what the server can do, since the last episode.
        warning: What a person should know of the server; empty for nothing.
    """

    server: Server
    each: Limits = NO_LIMITS
    all: Limits = NO_LIMITS
    prices: Prices | None = None
    timeout: float = 60.0
    max_output: int = 1500
    clock: bool = False
    trust: bool = False
    pictures: bool = False
    used: Used = NOTHING
    probing: Used = NOTHING
    warning: str = ""

    def ready(self) -> "Model":
        """Return the same with what the server can do: as it is remembered, or after asking it.

        Raises:
            ConfigurationError: It cannot be used; the message says what to set.
        """
        budget = Budget(self.all.left(self.used), self.prices)
        server, warning = able(self.server, budget, timeout=self.timeout, pictures=self.pictures)
        used, probing = self.used.plus(budget.used), self.probing.plus(budget.used)
        return replace(self, server=server, used=used, probing=probing, warning=warning)

    def after(self, used: Used) -> "Model":
        """Return the same after an episode that has used so much, and perhaps learnt about the server."""
        known = remembered(self.server) or self.server.abilities
        server = self.server.model_copy(update={"abilities": known})
        return replace(self, server=server, used=self.used.plus(used), probing=NOTHING)

    def join(self, blueprint: Blueprint) -> Blueprint:
        """Return a brain that asks it, within what is left.

        Raises:
            ConfigurationError: Nothing in the brain can ask a model.
        """
        return advised(
            blueprint,
            self.server,
            limits=self.each.within(self.all.left(self.used)),
            prices=self.prices,
            timeout=self.timeout,
            max_output=self.max_output,
            clock=self.clock,
            trust=self.trust,
            pictures=self.pictures,
        )
