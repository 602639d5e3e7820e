"""One try of one step: what it is about, the looks on the way, and what it waits for."""

from dataclasses import dataclass, field
from typing import Literal

from neuralbrain.messages import Step, Verdict
from neuralbrain.rover.behaviours import Behaviour
from neuralbrain.rover.navigation_state import GO, PUSH

LOOK_AROUND = "look_around"
"""The skill that only looks; the others are `GO` and `PUSH`."""
SKILLS = (GO, PUSH, LOOK_AROUND)


@dataclass
class Attempt:
    """One try of one step.

    Attributes:
        step: The step.
        number: 1 for the first try.
        begun: The tick at which it began.
        phase: "act": on its way; "withdraw": away from a ball that has been pushed, so that it is seen;
            "look": the picture named by ``request`` is awaited; "verdict": that, and the monitor's verdict.
        request: The last look that was asked for.
        asked: When it was.
        looks: How many have been.
        behaviour: What it is doing.
        side: On which side what is in the way is being passed: 1 left, -1 right, 0 neither.
        searched: How far it has turned in search of something, rad.
        until: When the phase is over that is.
        verdict: The monitor's, once it has come.
    """

    step: Step
    number: int
    begun: int
    phase: Literal["act", "withdraw", "look", "verdict"] = "act"
    request: str = ""
    asked: int = -1000
    looks: int = 0
    behaviour: Behaviour | None = None
    side: int = 0
    searched: float = 0.0
    until: int = 0
    verdict: Verdict | None = field(default=None)

    @property
    def goal(self) -> str:
        """Return the id of where to go, or of where to push a ball."""
        return self.step.args.get("target", "")

    @property
    def ball(self) -> str:
        """Return the id of what to push; empty for nothing."""
        return self.step.args.get("object", "") if self.step.skill == PUSH else ""
