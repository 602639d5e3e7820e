"""What a region remembers of messages that belong together, for as long as these may still come."""

from typing import Any

KEPT = 64
"""So many are remembered: what belongs together comes within some ticks."""


def forget_old(remembered: dict[str, Any]) -> None:
    """Keep the newest only, so that a long run needs no more memory than a short one."""
    for old in list(remembered)[:-KEPT]:
        del remembered[old]
