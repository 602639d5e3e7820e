"""The libraries of the extras, loaded when they are first used."""

from importlib import import_module
from typing import Any

from neuralbrain.errors import ConfigurationError

EXTRAS = {"torch": "eeg-deep", "moabb": "eeg-bench"}
"""Library -> the extra that brings it; all others come with ``eeg``."""


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
