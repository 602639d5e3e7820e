"""What a workspace's sessions have used of a model, from its transcript."""

from collections.abc import Iterable

from neuralbrain.language.budget import Used
from neuralbrain.research.transcript import Entry


def spent(entries: Iterable[Entry]) -> Used:
    """Return the sum of all requests to a model's server; an unknown cost makes an unknown sum, and not 0.

    A request that has no end, since the session was killed, counts for what was set aside for it.
    """
    used: dict[str, Used] = {}
    for entry in entries:
        if entry.event == "cost":
            data = entry.data
            used[data["call"]] = Used(calls=data["calls"], tokens=data["tokens"], cost=data["cost"])
    total = Used()
    for one in used.values():
        total = total.plus(one)
    return total
