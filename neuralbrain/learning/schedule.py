"""Quantities that change while learning goes on: the learning rate, and how much is explored."""

from typing import Any, Literal

import jax.numpy as jnp
from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuralbrain.errors import ConfigurationError

FORMS = "0.1, linear:1:0.05, or exponential:0.5:0.01, the last two with :STEPS if not over the whole run"

MOST = 2_000_000_000
"""Robot-steps of a run at most: a step more than a robot each, and they would not fit in 32 bits."""


class Schedule(BaseModel):
    """A value between 0 and 1 as a function of the robot-steps done.

    Attributes:
        kind: "constant": always ``start``; "linear": from ``start`` to ``end`` in even steps; "exponential":
            in even ratios. Both then stay at ``end``.
        start: At the beginning.
        end: From ``over`` robot-steps on.
        over: Robot-steps until ``end`` is reached.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["constant", "linear", "exponential"] = "constant"
    start: float = Field(ge=0.0, le=1.0)
    end: float = Field(ge=0.0, le=1.0)
    over: int = Field(default=1, ge=1, le=MOST)

    @model_validator(mode="after")
    def _has_ratios(self) -> "Schedule":
        if self.kind == "exponential" and not (self.start > 0 and self.end > 0):
            raise ValueError("an exponential schedule never reaches 0; give values above 0")
        return self

    @classmethod
    def parse(cls, name: str, text: str, steps: int) -> "Schedule":
        """Read a schedule as it is written on a command line.

        Args:
            name: What it is of, for the error.
            text: "0.1", "linear:1:0.05", "exponential:0.5:0.01", with ":STEPS" where it ends before the run.
            steps: The run's robot-steps.

        Raises:
            ConfigurationError: It cannot be read, or a value is not between 0 and 1.
        """
        kind, *numbers = text.split(":")
        try:
            if kind in ("linear", "exponential") and len(numbers) in (2, 3):
                over = int(float(numbers[2])) if len(numbers) == 3 else min(steps, MOST)
                return cls(kind=kind, start=float(numbers[0]), end=float(numbers[1]), over=over)
            return cls(start=float(text), end=float(text))
        except (ValueError, OverflowError) as error:  # pydantic's own is a ValueError
            raise ConfigurationError(
                f"{name} is {text!r}; give values from 0 to 1 (above 0 where exponential): {FORMS}"
            ) from error

    def at(self, step: Any) -> Any:
        """Return the value after some robot-steps; a number or a JAX array, float32."""
        if self.kind == "constant":
            return jnp.float32(self.start)
        share = jnp.minimum(jnp.float32(step) / self.over, 1.0)
        if self.kind == "linear":
            return self.start + (self.end - self.start) * share
        return self.start * (self.end / self.start) ** share
