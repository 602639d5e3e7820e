"""The libraries of the extras, loaded when they are first used."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

from neuralbrain.errors import ConfigurationError

EXTRAS = {"moabb": "eeg-bench"}
"""Library -> the extra that brings it; all others come with ``eeg``."""

P = ParamSpec("P")
R = TypeVar("R")


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function compute with one thread.

    So sums are added in one order; and matrices as small as ours are many times as quick (FastICA of 19
    channels on two busy cores: 5 s, against 49 s with as many threads as cores).
    """

    @wraps(function)
    def limited(*args: P.args, **options: P.kwargs) -> R:
        with threadpool_limits(limits=1):
            return function(*args, **options)

    return limited


def library(name: str) -> Any:
    """Return a module of a library that an extra brings: "mne", "sklearn.pipeline".

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        top = name.partition(".")[0]
        if (error.name or "").partition(".")[0] != top:
            raise
        extra = EXTRAS.get(top, "eeg")
        raise ConfigurationError(
            f"{top} is not installed: python -m pip install 'neuralbrain[{extra}]'"
        ) from error
