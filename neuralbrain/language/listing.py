"""Which models a server lists: whether anybody is there, who has the model, and how much fits into it."""

from difflib import get_close_matches
from typing import Any

from neuralbrain.errors import ConfigurationError
from neuralbrain.language.advice import advice
from neuralbrain.language.faults import Fault
from neuralbrain.language.key import line
from neuralbrain.language.server import Server
from neuralbrain.language.transport import Connection, Response

SECONDS = 10.0
"""A list is no work: a server that is silent for longer does not answer, s."""
MOST_NAMES = 6
"""So many names are told at most."""
LONGEST_NAME = 80
"""Of a name so many characters."""
NOBODY: frozenset[Fault] = frozenset({"unreached", "network", "timeout", "denied", "protocol"})
"""What says that it is no use to go on. Some servers have no list, and some are still loading."""
SIZES = ("max_model_len", "n_ctx", "context_length", "n_ctx_train")
"""What servers call the number of tokens that prompt and answer may have together."""


def listed(server: Server, timeout: float) -> list[dict[str, Any]]:
    """Return what a server says of its models, which costs nothing; nothing where it has no such list.

    Args:
        server: It.
        timeout: How long it may be silent, s; for a list that is `SECONDS` at most.

    Raises:
        ConfigurationError: Nobody answers, it wants another key, or it is not OpenAI-compatible.
    """
    with Connection(server.base_url, min(timeout, SECONDS), 0) as connection:
        models = connection.models()
        if isinstance(models, Response) and models.fault in ("unreached", "network"):
            models = connection.models()
    if not isinstance(models, Response):
        return models
    if models.fault in NOBODY:
        raise ConfigurationError(advice(server, models.fault, models.reason))
    return []


def missing(server: Server, models: list[dict[str, Any]]) -> str:
    """Return what to say of a model that a server does not list; empty where it does, or lists none."""
    names = [str(model.get("id")) for model in models]
    if not names or server.model in names:
        return ""
    near = get_close_matches(server.model, names, n=MOST_NAMES, cutoff=0.5) or names[:MOST_NAMES]
    more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
    told = ", ".join(line(name, LONGEST_NAME) for name in near)
    return f"{server.base_url} lists no model {server.model!r}; it has {told}{more}"


def context(server: Server, models: list[dict[str, Any]]) -> int | None:
    """Return how many tokens prompt and answer may have together; None where the list does not say."""
    ours = [model for model in models if model.get("id") == server.model]
    for model in ours or models[:1]:
        extra = {**model, **(model.get("meta") or {})}
        for name in SIZES:
            size = extra.get(name)
            if isinstance(size, int) and 0 < size < 2**40:
                return size
    return None
