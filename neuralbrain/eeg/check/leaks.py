"""What is in train and test alike: samples, trials, sessions, people; steps that saw the test."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neuralbrain.eeg.analysis import Analysis
from neuralbrain.eeg.check.finding import Finding
from neuralbrain.eeg.rerun import can_rerun, scores
from neuralbrain.eeg.splits import Indices
from neuralbrain.words import counted, listed

SUPERVISED = ("select", "csp", "csp-lda", "fbcsp")
"""Steps that learn from labels: where they saw the test, a score is worth nothing."""


def shared_samples(analysis: Analysis) -> Iterator[Finding]:
    """Find windows of the test that share samples with windows that were learned from.

    By where the windows lie, and by what they hold: the same samples of all channels are the same recording,
    under whatever name.
    """
    windows = analysis.windows
    columns = np.ascontiguousarray(windows.signals.transpose(0, 2, 1)).reshape(-1, len(windows.channels))
    alive = columns.std(axis=1) > 0 if columns.shape[1] > 1 else np.zeros(len(columns), bool)
    raw = columns.view(np.dtype((np.void, columns.dtype.itemsize * columns.shape[1]))).ravel()
    _, ids = np.unique(raw, return_inverse=True)
    ids = np.where(alive, ids, -1).reshape(len(windows), -1)
    shared, total = 0, 0
    for fold in analysis.folds:
        same = np.isin(ids[fold.test], np.setdiff1d(ids[fold.train], [-1])).any(axis=1)
        shared += int((same | _overlapping(analysis, fold.train, fold.test)).sum())
        total += len(fold.test)
    if shared:
        yield Finding(
            kind="overlap",
            sure=True,
            said=f"{shared} of {counted(total, 'tested window')} share samples with windows learned from.",
            do="Split by trial before cutting windows.",
            evidence={"shared": shared, "tested": total},
        )


def _overlapping(analysis: Analysis, train: Indices, test: Indices) -> NDArray[np.bool_]:
    """Return which tested windows lie over a window of the same session that was learned from."""
    windows, length = analysis.windows, analysis.windows.seconds
    slack = 0.5 / windows.sampling_rate
    found = np.zeros(len(test), bool)
    for row, number in enumerate(test):
        here = (windows.subjects[train] == windows.subjects[number]) & (
            windows.sessions[train] == windows.sessions[number]
        )
        apart = np.abs(windows.begins[train][here] - windows.begins[number])
        found[row] = bool((apart < length - slack).any())
    return found


def shared_origin(analysis: Analysis) -> Iterator[Finding]:
    """Find trials that are in both, and sessions or people where the claim is about new ones."""
    windows, across = analysis.windows, analysis.claim.across
    places = [
        ("same trial", analysis.parts_of.astype(str), "trial", "Keep all windows of a trial on one side."),
    ]
    if across != "trials":
        sessions = np.array([f"{a}\0{b}" for a, b in zip(windows.subjects, windows.sessions, strict=True)])
        places.append(("same session", sessions, "session", "Leave whole sessions out."))
    if across == "subjects":
        places.append(("same subject", windows.subjects, "person", "Leave whole people out."))
    for kind, names, noun, advice in places:
        both = [np.isin(names[fold.test], names[fold.train]) for fold in analysis.folds]
        shared, total = sum(int(each.sum()) for each in both), len(analysis.tested)
        if shared:
            claim = "" if noun == "trial" else f" and the claim is about new {across}"
            yield Finding(
                kind=kind,  # type: ignore[arg-type]
                sure=True,
                said=f"{shared} of {counted(total, 'tested window')} are of a {noun} learned from{claim}.",
                do=advice,
                evidence={"shared": shared, "tested": total},
            )


def fitted_on_test(analysis: Analysis) -> Iterator[Finding]:
    """Find steps that learned from the windows that are tested; say what the score is without."""
    leaking = [step for step in analysis.steps if step.fitted_on in ("all", "test")]
    if not leaking:
        return
    names = listed([step.does for step in leaking])
    said, evidence = f"{names} learned from the windows that are tested", {}
    if not can_rerun(analysis) and analysis.predict is None:
        (as_said,) = scores(analysis, [analysis.labels])
        (inside,) = scores(analysis, [analysis.labels], inside=True)
        evidence = {"as_described": as_said, "inside_folds": inside}
        said += f": {as_said:.2f} so, {inside:.2f} if every step learns inside its fold"
    yield Finding(
        kind="fitted on test",
        sure=True,
        said=f"{said}.",
        do="Put every step that learns into the pipeline that is fitted in each fold.",
        evidence=evidence,
    )
