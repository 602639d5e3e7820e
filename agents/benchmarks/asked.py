"""What an episode asks a language model, what it may use for that, and what becomes of the answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol, Self, TypeVar

from neuralbrain.agents.advice import NO_LIMITS, Model
from neuralbrain.agents.benchmarks.study import Outcome, every
from neuralbrain.agents.oracle import ORACLE, oracle_server
from neuralbrain.agents.spending import Spending
from neuralbrain.language.budget import Used, total
from neuralbrain.language.key import chosen_url
from neuralbrain.language.server import Abilities, checked
from neuralbrain.messages import Deliberated, ModelCall, StepStatus
from neuralbrain.runtime import Emission

FREE_SKILLS = ("look", "look_around", "home")
"""Skills for which nobody would ask a model."""
NO_MODEL = "none"
"""The name that stands for a brain without a model."""
PASSED = frozenset(("accepted", "confirm"))
"""Verdicts on a plan that has passed every check."""
SPENDING = Spending(max_model_calls="8/")
"""What an episode may use where nobody says."""


class _Job(Protocol):
    """What `kept` needs of a job: a named tuple with a model."""

    @property
    def model(self) -> Model | None: ...

    def _replace(self, *, model: Model | None) -> Self: ...


J = TypeVar("J", bound=_Job)


def asked_models(
    names: Sequence[str], base_url: str, spending: Spending, *, pictures: bool = False
) -> dict[str, Model | None]:
    """Return models by their names, ready to be asked, or None for `NO_MODEL`.

    What is used to learn what servers can do counts for all of them together.

    Args:
        names: The names; `ORACLE` is served by each episode itself, see `at_server`.
        base_url: The server of the others; empty: the one that the environment names.
        spending: What they may use.
        pictures: Whether they are shown what the camera sees.

    Raises:
        ConfigurationError: One cannot be used; the message says what to set.
    """
    found, used, url = dict[str, Model | None](), Used(), chosen_url(base_url or None)
    for name in names:
        model = None
        if name == ORACLE:
            able = Abilities(form="schema", pictures=pictures)
            model = spending.model(checked("http://127.0.0.1/v1", ORACLE, able), pictures=pictures)
        elif name != NO_MODEL:
            model = replace(spending.model(checked(url, name), pictures=pictures), used=used).ready()
            used = model.used
        found[name] = model
    return {name: model and replace(model, used=used) for name, model in found.items()}


@contextmanager
def at_server(model: Model | None, env: str) -> Iterator[Model | None]:
    """Give a model as an episode asks it; the oracle has its server there, as long as this lasts."""
    if model is None or model.server.model != ORACLE:
        yield model
        return
    with oracle_server(env) as server:
        yield replace(model, server=model.server.model_copy(update={"base_url": server.url}))


def kept(work: Callable[[J], Outcome], jobs: Sequence[J], processes: int) -> Iterator[Outcome]:
    """Yield the outcomes of jobs, as `every` does; where all together are limited, one job at a time.

    Args:
        work: Does a job; its outcome says under "used" what its model used, as fields of `Used`.
        jobs: They.
        processes: How many at a time, where nothing limits all together; 0: one a core.
    """
    if all(job.model is None or job.model.all == NO_LIMITS for job in jobs):
        yield from every(work, jobs, processes)
        return
    used = Used()
    for job in jobs:
        model = job.model and replace(job.model, used=job.model.used.plus(used))
        outcome = work(job._replace(model=model))
        used = used.plus(Used.model_validate(outcome["used"]))
        yield outcome


def remarks(models: Sequence[Model | None]) -> list[str]:
    """Return what a reader of a table must know of models' servers and limits."""
    some = [model for model in models if model is not None]
    first = next((model.used for model in some if model.used.calls), None)
    together = any(model.all != NO_LIMITS for model in some)
    return [
        *(f"{model.warning}." for model in some if model.warning),
        *([f"Before it, to learn what servers can do: {first}."] if first else []),
        *(["One episode at a time, to keep to what all may use together."] if together else []),
    ]


class Watch:
    """Counts what an episode sends: an observer."""

    def __init__(self) -> None:
        self.deliberated: list[Deliberated] = []
        self.calls: list[ModelCall] = []
        self.skills = 0

    def observe(self, _: int, batch: Sequence[Emission]) -> None:
        """Take in what was sent."""
        for emission in batch:
            match emission.message:
                case Deliberated() as told:
                    self.deliberated.append(told)
                case ModelCall() as call:
                    self.calls.append(call)
                case StepStatus(state="started", skill=skill) if skill not in FREE_SKILLS:
                    self.skills += 1

    def counted(self) -> dict[str, Any]:
        """Return requests, tokens, cost, waiting (s), skills begun, and the verdicts on the answers.

        Tokens are those that the server counts; under "used" stand with them those that were set aside, too.
        """
        verdicts = [told.verdict for told in self.deliberated]
        used = total(Used(calls=int(call.sent), tokens=call.tokens, cost=call.cost) for call in self.calls)
        return {
            "calls": used.calls,
            "tokens": sum((call.input_tokens or 0) + (call.output_tokens or 0) for call in self.calls),
            "cost": used.cost,
            "used": used.model_dump(),
            "seconds": round(sum(call.seconds for call in self.calls), 3),
            "skills": self.skills,
            "verdicts": verdicts,
            "first": verdicts[0] if verdicts else "",
            "stages": [told.stage for told in self.deliberated if told.stage],
        }
