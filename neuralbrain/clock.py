"""The logical clock: which ticks a region fires at, and what its seed is."""

import hashlib

TOP = 2**63


def next_firing(arrival: int, period: int | None, phase: int) -> int:
    """Return the first tick from ``arrival`` on at which a region fires.

    A region fires iff ``t % period == phase`` with t absolute (so a slice's start never matters); one
    without a period fires on arrival.

    Args:
        arrival: The tick at which a message arrives.
        period: Ticks, at least 1; None for a region that fires on arrival.
        phase: 0 to period - 1.
    """
    return arrival if period is None else arrival + (phase - arrival) % period


def region_seed(seed: int, name: str) -> int:
    """Return a region's own seed, 0 to 2**63 - 1: a hash of the run's seed and the region's name."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big") % TOP
