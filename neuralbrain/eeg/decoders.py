"""Decoders of trials, all by scikit-learn's interface: fit, predict, predict_proba.

A decoder takes signals of shape (trials, channels, samples) in V as they were recorded, and filters them
itself. All that it learns, it learns in ``fit``: so no fold can leak into another.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from neuralbrain.eeg.extra import library
from neuralbrain.errors import UnknownNameError

MOTOR_BAND = (8.0, 30.0)
"""Where the rhythms of mu and beta are, Hz."""
FILTERS = 6
"""How many common spatial patterns are kept: three for each end of two classes' spectrum (B. Blankertz et
al., IEEE Signal Processing Magazine 25, 2008)."""


def decoder(name: str, sampling_rate: float, seed: int = 0) -> Any:
    """Return a decoder that has learned nothing yet.

    Args:
        name: "csp-lda": common spatial patterns and a linear discriminant; "fbcsp": the same in many bands
            (Ang et al., 2012); "tangent": logistic regression in the tangent space of covariances (A.
            Barachant et al., Neurocomputing 112, 2013).
        sampling_rate: Of the trials, Hz.
        seed: Of whatever is random in it.

    Raises:
        UnknownNameError: There is no such decoder.
        ConfigurationError: Its libraries are not installed.
    """
    if name not in DECODERS:
        raise UnknownNameError("decoder", name, DECODERS)
    return DECODERS[name](sampling_rate, seed)


def _steps() -> Any:
    """Return the module of our own steps."""
    library("sklearn")
    library("pyriemann")
    return import_module("neuralbrain.eeg.estimators")


def _pipeline(*steps: Any) -> Any:
    return library("sklearn.pipeline").make_pipeline(*steps)


def _discriminant() -> Any:
    return library("sklearn.discriminant_analysis").LinearDiscriminantAnalysis(
        solver="lsqr", shrinkage="auto"
    )


def _csp_lda(sampling_rate: float, seed: int) -> Any:
    own = _steps()
    patterns = library("pyriemann.spatialfilters").CSP(FILTERS)
    return _pipeline(own.Band(*MOTOR_BAND, sampling_rate), own.Covariance(), patterns, _discriminant())


def _fbcsp(sampling_rate: float, seed: int) -> Any:
    own = _steps()
    return _pipeline(own.FilterBank(sampling_rate), own.FilterBankCSP(seed=seed), _discriminant())


def _tangent(sampling_rate: float, seed: int) -> Any:
    own = _steps()
    space = library("pyriemann.tangentspace").TangentSpace("riemann")
    regression = library("sklearn.linear_model").LogisticRegression(max_iter=1000)
    return _pipeline(own.Band(*MOTOR_BAND, sampling_rate), own.Covariance(), space, regression)


DECODERS: dict[str, Callable[[float, int], Any]] = {"csp-lda": _csp_lda, "fbcsp": _fbcsp, "tangent": _tangent}
"""Name -> what makes one from a sampling rate and a seed."""
