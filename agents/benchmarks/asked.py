"""What an episode asks a language model, and what becomes of the answers."""

from collections.abc import Sequence
from typing import Any

from neuralbrain.language.budget import Used
from neuralbrain.messages import Deliberated, ModelCall, StepStatus
from neuralbrain.runtime import Emission

FREE_SKILLS = ("look", "look_around", "home")
"""Skills for which nobody would ask a model."""
NO_MODEL = "none"
"""The name that stands for a brain without a model."""
PASSED = frozenset(("accepted", "confirm"))
"""Verdicts on a plan that has passed every check."""


class Watch:
    """Counts what an episode sends: an observer."""

    def __init__(self) -> None:
        self.deliberated: list[Deliberated] = []
        self.calls: list[ModelCall] = []
        self.skills = 0

    def observe(self, _: int, batch: Sequence[Emission]) -> None:
        """Take in what was sent."""
        for emission in batch:
            match emission.message:
                case Deliberated() as told:
                    self.deliberated.append(told)
                case ModelCall() as call:
                    self.calls.append(call)
                case StepStatus(state="started", skill=skill) if skill not in FREE_SKILLS:
                    self.skills += 1

    def counted(self) -> dict[str, Any]:
        """Return requests, tokens, cost, waiting (s), skills begun, and the verdicts on the answers."""
        verdicts = [told.verdict for told in self.deliberated]
        used = Used()
        for call in self.calls:
            tokens = (call.input_tokens or 0) + (call.output_tokens or 0)
            used = used.plus(Used(calls=1, tokens=tokens, cost=call.cost))
        return {
            "calls": used.calls,
            "tokens": used.tokens,
            "cost": used.cost,
            "seconds": round(sum(call.seconds for call in self.calls), 3),
            "skills": self.skills,
            "verdicts": verdicts,
            "first": verdicts[0] if verdicts else "",
            "stages": [told.stage for told in self.deliberated if told.stage],
        }
