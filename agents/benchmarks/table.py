"""What every benchmark returns: a table that reads well in a terminal and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

Cell = str | int | float | bool | None


class Least(NamedTuple):
    """The least value of a benchmark's option."""

    value: int


Count = Annotated[int, Least(1)]
"""An option that counts what there must be one of at least."""
Natural = Annotated[int, Least(0)]
"""An option that may be 0."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """The result of a benchmark.

    Every module of this package with a function ``measure(**options) -> Table`` is a command of ``bench``.

    Attributes:
        title: What was measured, and in which unit.
        columns: The heading of each column.
        rows: One cell a column.
        notes: How it was measured, and what a reader must know to trust it.
        reached: Figure -> whether the goal that we set ourselves was reached.
        interrupted: How much was measured when it was interrupted ("3 of 54"); empty for all of it. A part of
            a study reaches no figure.
        details: Whatever else belongs into the JSON.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    reached: Mapping[str, bool] = field(default_factory=dict)
    interrupted: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data, one mapping a row."""
        return {
            "title": self.title,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "notes": list(self.notes),
            "reached": {} if self.interrupted else dict(self.reached),
            **({"interrupted": self.interrupted} if self.interrupted else {}),
            **self.details,
        }
