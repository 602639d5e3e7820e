"""What is wrong with a result? Leaks, eyes, luck, and numbers that do not come out again."""

from collections.abc import Callable, Iterator
from typing import Any

from neuralbrain.eeg.analysis import Analysis
from neuralbrain.eeg.check import confounds, leaks, luck, outputs
from neuralbrain.eeg.check.finding import Finding, Report
from neuralbrain.eeg.extra import one_thread
from neuralbrain.eeg.rerun import can_rerun

__all__ = ["CHECKS", "Finding", "Report", "check"]

CHECKS: dict[str, Callable[[Analysis], Iterator[Finding]]] = {
    "no samples in train and test": leaks.shared_samples,
    "no trial, session or person in both": leaks.shared_origin,
    "no step learned from the test": leaks.fitted_on_test,
    "the eyes do not tell the classes": confounds.eyes,
    "no channel tells them by itself": confounds.channel,
    "chance is what it is said to be": luck.chance,
    "enough trials, and a score above luck": luck.few_trials,
    "not the best of many": luck.tries,
    "shuffled labels are not decoded": luck.shuffle,
    "the score comes out again": luck.score,
    "the notebook's numbers come out again": outputs.notebook,
}
"""What has to be so -> what looks whether it is."""


@one_thread
def check(analysis: Analysis) -> Report:
    """Look for what is wrong with a result.

    Args:
        analysis: The analysis, described.

    Raises:
        ConfigurationError: A library is missing.
    """
    findings: list[Finding] = []
    passed, skipped = [], _skipped(analysis)
    for name, look in CHECKS.items():
        found = [*look(analysis)]
        findings += found
        if not found and name not in skipped:
            passed.append(name)
    return Report(name=analysis.name, findings=findings, passed=passed, skipped=skipped)


def _skipped(analysis: Analysis) -> dict[str, str]:
    """Return what cannot be looked at, and why."""
    found: dict[str, Any] = {}
    if why := can_rerun(analysis):
        found["the score comes out again"] = why
        if analysis.claim.shuffled is None:
            found["shuffled labels are not decoded"] = why
    if analysis.predict is not None and not analysis.steps:
        found["no step learned from the test"] = "its steps are not described"
    if not confounds.eye_signals(analysis.windows)[0].shape[1]:
        found["the eyes do not tell the classes"] = "no channel shows the eyes"
    if all(cell.again is None for cell in analysis.cells):
        found["the notebook's numbers come out again"] = "it was not run again"
    if len(analysis.windows.channels) < 2:
        found["no channel tells them by itself"] = "there is but one"
    if analysis.claim.chance is None:
        found["chance is what it is said to be"] = "none is said"
    return found
