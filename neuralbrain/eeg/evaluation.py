"""How well trials can be decoded: by fold and in all, with intervals, beside what luck reaches."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralbrain.eeg.chance import chance_level, interval, luck_bound
from neuralbrain.eeg.decoders import decoder
from neuralbrain.eeg.extra import library, one_thread
from neuralbrain.eeg.splits import Fold
from neuralbrain.eeg.trials import Names, Trials
from neuralbrain.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Score:
    """How well one fold was decoded.

    Attributes:
        name: What was tested.
        train: How many trials were learned from.
        test: How many were tested.
        accuracy: The share that was right.
        low: Where its 95 % interval begins.
        high: Where it ends.
        auc: The area under the curve of the receiver; None unless there are two classes, both in the test.
    """

    name: str
    train: int
    test: int
    accuracy: float
    low: float
    high: float
    auc: float | None


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How well trials were decoded.

    Attributes:
        classes: The labels.
        scores: A fold each.
        confusion: How often each class (row) was taken for each (column), shape (classes, classes).
        chance: What is right if the most frequent class is always said.
        luck: The share from which on luck is rarer than 1 in 20 (binomial).
        permuted: The accuracies with labels permuted inside each session; perhaps of no permutation.
    """

    classes: tuple[str, ...]
    scores: tuple[Score, ...]
    confusion: NDArray[np.int64]
    chance: float
    luck: float
    permuted: tuple[float, ...] = ()

    @property
    def trials(self) -> int:
        """How many were tested."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The share of all tested trials that was right."""
        return float(np.trace(self.confusion) / self.trials)

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return interval(int(np.trace(self.confusion)), self.trials)

    @property
    def p_value(self) -> float | None:
        """How often permuted labels are decoded as well, the true ones counted; None without permutations.

        B. Phipson and G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), 39.
        """
        if not self.permuted:
            return None
        return (1 + sum(each >= self.accuracy for each in self.permuted)) / (1 + len(self.permuted))

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        low, high = self.interval
        return {
            "classes": [*self.classes],
            "accuracy": self.accuracy,
            "low": low,
            "high": high,
            "trials": self.trials,
            "chance": self.chance,
            "luck": self.luck,
            "p_value": self.p_value,
            "confusion": self.confusion.tolist(),
            "folds": [asdict(score) for score in self.scores],
        }


@one_thread
def evaluate(
    trials: Trials, decoder_or_name: Any, folds: Sequence[Fold], *, permutations: int = 0, seed: int = 0
) -> Evaluation:
    """Decode trials, fold by fold.

    Args:
        trials: All.
        decoder_or_name: A name of `decoders.DECODERS`, or whatever has scikit-learn's fit and predict.
        folds: Which are learned from and tested.
        permutations: How often labels are permuted inside each session, and all is done again.
        seed: Of whatever is random.

    Raises:
        ConfigurationError: There is one class only, or no fold.
        UnknownNameError: There is no such decoder.
    """
    if len(trials.classes) < 2 or not folds:
        raise ConfigurationError(f"{len(trials.classes)} classes in {len(folds)} folds cannot be told apart")
    model = (
        decoder(decoder_or_name, trials.sampling_rate, seed)
        if isinstance(decoder_or_name, str)
        else decoder_or_name
    )
    model, signals = prepared(model, trials.signals)
    scores, confusion = [], np.zeros((len(trials.classes), len(trials.classes)), np.int64)
    for fold in folds:
        fitted = fit(model, signals, trials.labels, fold)
        said, true = fitted.predict(signals[fold.test]), trials.labels[fold.test]
        for number, name in enumerate(trials.classes):
            confusion[number] += [((true == name) & (said == other)).sum() for other in trials.classes]
        right = int((said == true).sum())
        low, high = interval(right, len(true))
        auc = _auc(fitted, signals[fold.test], true, trials.classes)
        scores.append(
            Score(
                name=fold.name,
                train=len(fold.train),
                test=len(true),
                accuracy=right / len(true),
                low=low,
                high=high,
                auc=auc,
            )
        )
    tested = np.concatenate([trials.labels[fold.test] for fold in folds])
    chance = chance_level(tested)
    rng = np.random.default_rng(seed)
    permuted = tuple(_permuted(model, signals, trials, folds, rng) for _ in range(permutations))
    return Evaluation(
        classes=trials.classes,
        scores=tuple(scores),
        confusion=confusion,
        chance=chance,
        luck=luck_bound(len(tested), chance),
        permuted=permuted,
    )


def fit(model: Any, signals: Any, labels: Names, fold: Fold) -> Any:
    """Return a copy of a decoder that has learned from a fold's trials."""
    return library("sklearn.base").clone(model).fit(signals[fold.train], labels[fold.train])


def prepared(model: Any, signals: Any) -> tuple[Any, Any]:
    """Return the part of a decoder that learns, and what the steps before it make of the signals.

    What learns nothing of other trials gives the same in every fold, and is done once.
    """
    steps = [*getattr(model, "steps", ())]
    fixed = import_module("neuralbrain.eeg.estimators").Fixed
    while len(steps) > 1 and isinstance(steps[0][1], fixed):
        signals = steps.pop(0)[1].transform(signals)
    if len(steps) == len(getattr(model, "steps", ())):
        return model, signals
    return library("sklearn.pipeline").Pipeline(steps), signals


def permute(trials: Trials, rng: np.random.Generator) -> Names:
    """Return the labels, permuted inside each session."""
    labels = trials.labels.copy()
    places = [f"{a}\0{b}" for a, b in zip(trials.subjects, trials.sessions, strict=True)]
    for place in dict.fromkeys(places):
        here = np.array([each == place for each in places])
        labels[here] = rng.permutation(labels[here])
    return labels


def _permuted(
    model: Any, signals: Any, trials: Trials, folds: Sequence[Fold], rng: np.random.Generator
) -> float:
    labels, right, count = permute(trials, rng), 0, 0
    for fold in folds:
        if len(np.unique(labels[fold.train])) < len(trials.classes):
            continue  # a part of a few trials may lose a class
        said = fit(model, signals, labels, fold).predict(signals[fold.test])
        right += int((said == labels[fold.test]).sum())
        count += len(fold.test)
    return right / count if count else float("nan")


def _auc(fitted: Any, signals: Any, true: Names, classes: Sequence[str]) -> float | None:
    if len(classes) != 2 or len(np.unique(true)) != 2:
        return None
    score = (
        fitted.decision_function(signals)
        if hasattr(fitted, "decision_function")
        else fitted.predict_proba(signals)[:, 1]
    )
    return float(library("sklearn.metrics").roc_auc_score(true == classes[1], score))
