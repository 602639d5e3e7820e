"""Whether a notebook's numbers come out again."""

import re
from collections.abc import Iterator, Sequence

from neuralbrain.eeg.analysis import Analysis, Cell
from neuralbrain.eeg.check.finding import Finding

PASSING = re.compile(
    r"0x[0-9a-f]+|\d{4}-\d\d-\d\d[T ]?|\d\d?:\d\d(:\d\d(\.\d+)?)?"
    r"|\d+(\.\d+)?\s*(µs|us|ms|s|sec|secs|seconds?|min|minutes?|it/s|MB|GB|KB|MiB)\b",
    re.IGNORECASE,
)
"""What is another each time and no result: addresses, dates, times of day, how long it took."""
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])", re.IGNORECASE)


def numbers(text: str) -> list[str]:
    """Return the numbers of a text as they are printed, without those that are no result."""
    return NUMBER.findall(PASSING.sub(" ", text))


def differing(cells: Sequence[Cell]) -> list[tuple[int, str, str]]:
    """Return the cells whose numbers did not come out again: which (from 1), a number before, and after."""
    found = []
    for place, cell in enumerate(cells, 1):
        if cell.again is None:
            continue
        before, after = numbers(cell.output), numbers(cell.again)
        pairs = [*zip(before, after, strict=False)]
        wrong = [pair for pair in pairs if pair[0] != pair[1]]
        if wrong:
            found.append((place, *wrong[0]))
        elif len(before) != len(after):
            longer = before if len(before) > len(after) else after
            extra = longer[min(len(before), len(after))]
            found.append((place, *((extra, "nothing") if longer is before else ("nothing", extra))))
    return found


def notebook(analysis: Analysis) -> Iterator[Finding]:
    """Find cells whose numbers did not come out again."""
    wrong = differing(analysis.cells)
    if wrong:
        place, before, after = wrong[0]
        yield Finding(
            kind="notebook",
            sure=True,
            said=f"{len(wrong)} of {len(analysis.cells)} cells print other numbers when run again, first "
            f"cell {place}: {before} became {after}.",
            do="Restart, run all in order, set every seed, and save what comes out.",
            evidence={"differing": len(wrong), "cells": len(analysis.cells)},
        )
