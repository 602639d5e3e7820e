"""Which trials a decoder learns from, and which it is tested with: divided by what the test is about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.eeg.trials import Trials
from neuralbrain.errors import ConfigurationError

Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """One division of the trials.

    Attributes:
        name: What is tested: "1, session 2, part 3".
        train: The numbers of the trials to learn from.
        test: The numbers of those to be tested with.
    """

    name: str
    train: Indices
    test: Indices


def within(trials: Trials, folds: int = 5, seed: int | None = None) -> list[Fold]:
    """Return folds inside each session: parts of it, one after the other in time, each tested in turn.

    Args:
        trials: All.
        folds: Into how many parts, at least 2.
        seed: Mix the trials of a session by it before; None: not, so that slow drift cannot help.

    Raises:
        ConfigurationError: A part would have no trial, or what is left lacks a class.
    """
    found = []
    for subject, session, which in _sessions(trials):
        if not 2 <= folds <= len(which):
            raise ConfigurationError(f"{len(which)} trials of subject {subject} are not parted into {folds}")
        ordered = which[np.argsort(trials.begins[which], kind="stable")]
        if seed is not None:
            ordered = _mixed(trials, ordered, folds, seed)
        for number, test in enumerate(np.array_split(ordered, folds), 1):
            name = f"{subject}, session {session}, part {number}"
            found.append(_fold(trials, name, np.setdiff1d(which, test), np.sort(test, kind="stable")))
    return found


def across_sessions(trials: Trials) -> list[Fold]:
    """Return folds that test each session of a subject with what was learned from its others.

    Raises:
        ConfigurationError: A subject has but one session.
    """
    found = []
    for subject in np.unique(trials.subjects):
        own = trials.subjects == subject
        for session in np.unique(trials.sessions[own]):
            test = own & (trials.sessions == session)
            found.append(_fold(trials, f"{subject}, session {session}", _where(own & ~test), _where(test)))
    return found


def across_subjects(trials: Trials) -> list[Fold]:
    """Return folds that test each subject with what was learned from the others.

    Raises:
        ConfigurationError: There is but one subject.
    """
    return [
        _fold(trials, str(subject), _where(trials.subjects != subject), _where(trials.subjects == subject))
        for subject in np.unique(trials.subjects)
    ]


def few_shot(trials: Trials, shots: int = 5) -> list[Fold]:
    """Return folds that test each subject with what was learned from its first trials and from the others.

    Args:
        trials: All.
        shots: How many first trials of each class are learned from, at least 1.

    Raises:
        ConfigurationError: A subject has no trial left to test.
    """
    found = []
    for subject in np.unique(trials.subjects):
        own = _where(trials.subjects == subject)
        ordered = own[np.lexsort((trials.begins[own], trials.sessions[own]))]
        first = np.concatenate([ordered[trials.labels[ordered] == name][:shots] for name in trials.classes])
        train = np.concatenate([_where(trials.subjects != subject), first])
        found.append(_fold(trials, f"{subject}, after {shots}", np.sort(train), np.setdiff1d(own, first)))
    return found


def _sessions(trials: Trials) -> list[tuple[str, str, Indices]]:
    pairs = dict.fromkeys(zip(trials.subjects.tolist(), trials.sessions.tolist(), strict=True))
    return [
        (subject, session, _where((trials.subjects == subject) & (trials.sessions == session)))
        for subject, session in pairs
    ]


def _mixed(trials: Trials, ordered: Indices, folds: int, seed: int) -> Indices:
    """Return trials mixed, so that each part of them has its share of every class."""
    rng = np.random.default_rng(seed)
    by_class = [rng.permutation(ordered[trials.labels[ordered] == name]) for name in trials.classes]
    dealt = np.concatenate(by_class)
    return np.concatenate([dealt[number::folds] for number in range(folds)])


def _where(mask: Any) -> Indices:
    return np.nonzero(mask)[0]


def _fold(trials: Trials, name: str, train: Indices, test: Indices) -> Fold:
    missing = sorted({*trials.classes} - {*trials.labels[train].tolist()})
    if not len(test) or missing:
        said = f"no trial of {missing[0]!r} to learn from" if missing else "no trial to test with"
        raise ConfigurationError(f"{name}: {said}: record more, or split otherwise")
    return Fold(name=name, train=train, test=test)


SPLITS: dict[str, Callable[[Trials], list[Fold]]] = {
    "within": within,
    "sessions": across_sessions,
    "subjects": across_subjects,
    "few-shot": few_shot,
}
"""What is held apart -> how."""
