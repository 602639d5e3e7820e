"""A cerebellum some of whose skills fail at random, to see what a brain does about it."""

import numpy as np
from pydantic import Field

from neuralbrain.arm.cerebellum import Cerebellum
from neuralbrain.arm.motor.attempt import ArmAttempt
from neuralbrain.messages import Step
from neuralbrain.regions.step_runner import StepRunnerConfig


class FailingConfig(StepRunnerConfig):
    """Settings.

    Attributes:
        failing: The skills; of these every task of the tabletop takes one or two.
        share: The share of their tries that fail, 0 to 1.
    """

    failing: tuple[str, ...] = ("place", "stack", "push")
    share: float = Field(default=0.5, ge=0, le=1)


class FailingCerebellum(Cerebellum):
    """Tries of some skills fail when they have begun, as often as the settings say."""

    Config = FailingConfig
    config: FailingConfig

    def reset(self, seed: int) -> None:
        """Begin an episode; which tries fail is drawn from the seed."""
        super().reset(seed)
        self._random = np.random.default_rng(seed)
        self._fails = False  # whether the try at work is to fail

    def _try(self, step: Step, number: int) -> ArmAttempt:
        self._fails = step.skill in self.config.failing and self._random.random() < self.config.share
        return super()._try(step, number)

    def _act(self, attempt: ArmAttempt) -> bool:
        if self._fails:
            return self._fail(attempt, f"{attempt.step.skill} was made to fail")
        return super()._act(attempt)
