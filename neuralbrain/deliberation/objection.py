"""What is wrong with a model's answer."""

from typing import Literal

from neuralbrain.errors import PlanError
from neuralbrain.words import one_line

Stage = Literal["form", "skills", "names", "reach", "symbols", "limits", "meaning", "budget", "server"]
REASON = 300
"""The most characters of a reason: it may quote what the model wrote."""


class ObjectionError(PlanError):
    """A model's answer fails a check; the reason is told to the model.

    Args:
        stage: The check.
        reason: What is wrong where, and what would be right. It may quote anything: it is kept as one line
            of text, of `REASON` characters at most.
    """

    def __init__(self, stage: Stage, reason: str) -> None:
        self.stage, self.reason = stage, one_line(reason, REASON)
        super().__init__(f"{stage}: {self.reason}")

    def __reduce__(self) -> tuple[type["ObjectionError"], tuple[Stage, str]]:
        return type(self), (self.stage, self.reason)
