"""What a check says: a finding with its evidence, and a report of all."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal[
    "overlap",
    "same trial",
    "same session",
    "same subject",
    "fitted on test",
    "eyes",
    "shuffle",
    "chance",
    "few trials",
    "channel",
    "score",
    "tries",
    "notebook",
]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong with a result, or may be.

    Attributes:
        kind: Of which kind.
        sure: Whether it is wrong for certain; else it has to be looked at.
        said: What was found, with its figures.
        do: What to do.
        evidence: The figures by name.
    """

    kind: Kind
    sure: bool
    said: str
    do: str
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found.

    Attributes:
        name: The analysis.
        findings: What is wrong with it.
        passed: What was looked at and is well.
        skipped: What could not be looked at -> why.
    """

    name: str
    findings: Sequence[Finding]
    passed: Sequence[str]
    skipped: Mapping[str, str]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that were found."""
        return tuple(dict.fromkeys(finding.kind for finding in self.findings))

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return it in words."""
        said = [
            f"{'wrong' if finding.sure else 'look at'}: {finding.kind}: {finding.said} {finding.do}"
            for finding in self.findings
        ]
        said += [f"well: {name}" for name in self.passed]
        return said + [f"not checked: {name}: {why}" for name, why in self.skipped.items()]
