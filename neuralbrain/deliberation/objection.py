"""What is wrong with a model's answer."""

from typing import Literal

from neuralbrain.errors import PlanError

Stage = Literal["form", "skills", "names", "reach", "symbols", "limits", "meaning", "budget", "server"]


class ObjectionError(PlanError):
    """A model's answer fails a check; the reason is told to the model.

    Args:
        stage: The check.
        reason: What is wrong where, in a line that says what would be right.
    """

    def __init__(self, stage: Stage, reason: str) -> None:
        self.stage, self.reason = stage, reason
        super().__init__(f"{stage}: {reason}")

    def __reduce__(self) -> tuple[type["ObjectionError"], tuple[Stage, str]]:
        return type(self), (self.stage, self.reason)
