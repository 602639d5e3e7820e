"""A cerebellum one of whose skills fails at random, to see what a brain does about it."""

from typing import Any

import numpy as np
from pydantic import Field

from neuralbrain.arm.cerebellum import Cerebellum
from neuralbrain.errors import PlanError
from neuralbrain.messages import Step
from neuralbrain.regions.step_runner import StepRunnerConfig


class FailingConfig(StepRunnerConfig):
    """Settings.

    Attributes:
        failing: The skill.
        share: The share of its tries that fail, 0 to 1.
    """

    failing: str = "place"
    share: float = Field(default=0.5, ge=0, le=1)


class FailingCerebellum(Cerebellum):
    """Tries of one skill fail before they begin, as often as the settings say."""

    Config = FailingConfig
    config: FailingConfig

    def reset(self, seed: int) -> None:
        """Begin an episode; which tries fail is drawn from the seed."""
        super().reset(seed)
        self._random = np.random.default_rng(seed)

    def _try(self, step: Step, number: int) -> Any:
        if step.skill == self.config.failing and self._random.random() < self.config.share:
            raise PlanError(f"{step.skill} was made to fail")
        return super()._try(step, number)
