"""An analysis done again: as it is described, or with every step learning inside its fold."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from neuralbrain.eeg.analysis import Analysis, Step
from neuralbrain.eeg.decoders import DECODERS, decoder
from neuralbrain.eeg.extra import library, one_thread
from neuralbrain.eeg.head import Floats
from neuralbrain.eeg.trials import Names


def can_rerun(analysis: Analysis) -> str:
    """Return why an analysis cannot be done again; empty if it can."""
    if analysis.predict is not None:
        return ""
    if not analysis.steps:
        return "no steps are described"
    unknown = [step.does for step in analysis.steps if step.does not in STEPS and step.does not in DECODERS]
    return f"no step {unknown[0]!r} is known" if unknown else ""


def predictions(
    analysis: Analysis, labelings: Sequence[Names], *, signals: Floats | None = None, inside: bool = False
) -> list[list[Names]]:
    """Return what is said of the windows that each fold tests, for each of several labelings.

    Args:
        analysis: What to do; `can_rerun` says whether it can be.
        labelings: Labels to learn from and, where a step is so described, to leak.
        signals: Others than the windows', of the same shape.
        inside: Let every step learn only from the windows that its fold learns from.
    """
    given = analysis.windows.signals if signals is None else signals
    if analysis.predict is not None:
        predict = analysis.predict
        return [
            [np.asarray(predict(given, labels, f.train, f.test)) for f in analysis.folds]
            for labels in labelings
        ]
    rate, own = analysis.windows.sampling_rate, import_module("neuralbrain.eeg.estimators")
    steps = [(step, part) for step in analysis.steps for part in _parts(_estimator(step, rate))]
    early: Any = given
    while len(steps) > 1:  # what depends neither on labels nor on folds is done once
        step, part = steps[0]
        blind = step.fitted_on == "all" and not inside and isinstance(part, own.Normalise | own.Components)
        if not (blind or isinstance(part, own.Fixed)):
            break
        early = part.fit(early).transform(early)
        del steps[0]
    return [
        [_fold(steps, early, labels, fold.train, fold.test, inside) for fold in analysis.folds]
        for labels in labelings
    ]


@one_thread
def scores(
    analysis: Analysis, labelings: Sequence[Names], *, signals: Floats | None = None, inside: bool = False
) -> list[float]:
    """Return the score for each of several labelings, by the claim's measure; see `predictions`."""
    found = predictions(analysis, labelings, signals=signals, inside=inside)
    return [_accuracy(analysis, said, labels) for said, labels in zip(found, labelings, strict=True)]


def _accuracy(analysis: Analysis, said: list[Names], labels: Names) -> float:
    true = np.concatenate([labels[fold.test] for fold in analysis.folds])
    right = np.concatenate(said) == true
    if analysis.claim.measure == "accuracy":
        return float(right.mean())
    return float(np.mean([right[true == name].mean() for name in np.unique(true)]))


def _fold(
    steps: list[tuple[Step, Any]], signals: Any, labels: Names, train: Any, test: Any, inside: bool
) -> Names:
    clone = library("sklearn.base").clone
    now = signals
    for step, estimator in steps[:-1]:
        learned_from = {"all": np.arange(len(labels)), "test": test}.get(step.fitted_on, train)
        rows = train if inside else learned_from
        now = clone(estimator).fit(now[rows], labels[rows]).transform(now)
    step, last = steps[-1]
    everything = step.fitted_on == "all" and not inside
    rows = np.arange(len(labels)) if everything else train
    return np.asarray(clone(last).fit(now[rows], labels[rows]).predict(now[test]))


def _estimator(step: Step, rate: float) -> Any:
    own: Any = import_module("neuralbrain.eeg.estimators")
    if step.does in DECODERS:
        return decoder(step.does, rate)
    if step.does == "normalise" and step.fitted_on == "window":
        return own.NormaliseWindow()
    return STEPS[step.does](own, rate, step.settings)


def _parts(estimator: Any) -> list[Any]:
    """Return the steps of a pipeline, or what is none."""
    return [each for _, each in estimator.steps] if hasattr(estimator, "steps") else [estimator]


def _lda(own: Any, rate: float, settings: dict[str, float]) -> Any:
    return library("sklearn.discriminant_analysis").LinearDiscriminantAnalysis(
        solver="lsqr", shrinkage="auto"
    )


def _logistic(own: Any, rate: float, settings: dict[str, float]) -> Any:
    scaled = library("sklearn.preprocessing").StandardScaler()
    regression = library("sklearn.linear_model").LogisticRegression(max_iter=1000)
    return library("sklearn.pipeline").make_pipeline(scaled, regression)


def _svm(own: Any, rate: float, settings: dict[str, float]) -> Any:
    scaled = library("sklearn.preprocessing").StandardScaler()
    return library("sklearn.pipeline").make_pipeline(scaled, library("sklearn.svm").SVC())


def _select(own: Any, rate: float, settings: dict[str, float]) -> Any:
    selection = library("sklearn.feature_selection")
    return selection.SelectKBest(selection.f_classif, k=int(settings.get("keep", 10)))


def _csp(own: Any, rate: float, settings: dict[str, float]) -> Any:
    patterns = library("pyriemann.spatialfilters").CSP(int(settings.get("filters", 6)))
    return library("sklearn.pipeline").make_pipeline(own.Covariance(), patterns)


def _tangent(own: Any, rate: float, settings: dict[str, float]) -> Any:
    space = library("pyriemann.tangentspace").TangentSpace("riemann")
    return library("sklearn.pipeline").make_pipeline(own.Covariance(), space)


STEPS: dict[str, Callable[[Any, float, dict[str, float]], Any]] = {
    "band": lambda own, rate, s: own.Band(s.get("low", 8.0), s.get("high", 30.0), rate),
    "normalise": lambda own, rate, s: own.Normalise(),
    "ica": lambda own, rate, s: own.Components(int(s.get("parts", 0))),
    "power": lambda own, rate, s: own.Power(),
    "samples": lambda own, rate, s: own.Means(int(s.get("parts", 8))),
    "csp": _csp,
    "tangent-space": _tangent,
    "select": _select,
    "lda": _lda,
    "logistic": _logistic,
    "svm": _svm,
}
"""Step -> what makes it. Its settings: ``band`` low and high, Hz; ``ica`` parts, 0 for all; ``samples``
parts, into which each window is averaged; ``csp`` filters; ``select`` keep. A decoder of `decoders.DECODERS`
is a step, too."""
