"""What the Gymnasium environments of all worlds have in common."""

import copy
import math
import string
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec

from neuralbrain.arguments import expect, one_of
from neuralbrain.errors import ContractError

SENTENCE = spaces.Text(400, min_length=0, charset=string.ascii_letters + string.digits + " .,;:!?'")
"""The instruction as a part of an observation."""


class Timed:
    """An environment whose spec says after how many steps its time is up, as its parameters have it.

    Gymnasium's own limit could only be registered for the default parameters, and would cut off what is
    meant to last longer.
    """

    max_episode_steps: int
    """When the time is up."""
    _spec: EnvSpec | None = None

    @property
    def spec(self) -> EnvSpec | None:
        """How it was made; None if it was not made by Gymnasium."""
        return self._spec

    @spec.setter
    def spec(self, spec: EnvSpec | None) -> None:
        self._spec = copy.copy(spec)
        if self._spec is not None:
            self._spec.max_episode_steps = self.max_episode_steps


def render_mode_of(value: Any, known: tuple[str, ...]) -> str | None:
    """Return a render mode that there is, or None.

    Raises:
        UnknownNameError: There is no such mode.
    """
    return None if value is None else one_of("render mode", value, known)


def numbers_of(action: Any, length: int) -> list[float]:
    """Return an action as so many finite numbers.

    Raises:
        ContractError: It has another length, or an entry that is no number.
    """
    try:
        wanted: list[float] = np.asarray(action, np.float64).ravel().tolist()
    except (TypeError, ValueError):
        wanted = []
    if len(wanted) != length or not math.isfinite(sum(wanted)):
        raise ContractError(f"an action is {length} finite numbers from -1 to 1, not {action!r}")
    return wanted


def reset_options(given: Mapping[str, Any] | None, *known: str) -> Mapping[str, Any]:
    """Return the options of a `reset`; our worlds are changed by `gymnasium.make`, so few have any.

    Raises:
        ConfigurationError: They are no mapping.
        UnknownNameError: There is no such option: what it asks for would not be done.
    """
    if given is None:
        return {}
    expect("`options`", given, Mapping, "a mapping, or None")
    for name in given:
        one_of("option of reset", name, known)
    return given
