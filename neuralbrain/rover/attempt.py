"""One try of one step: what it is about, and how far it has come."""

from dataclasses import dataclass

from neuralbrain.planning.attempt import Attempt
from neuralbrain.rover.behaviours import Behaviour
from neuralbrain.rover.navigation_state import GO, PUSH

LOOK_AROUND = "look_around"
"""The skill that only looks; the others are `GO` and `PUSH`."""
SKILLS = (GO, PUSH, LOOK_AROUND)


@dataclass
class RoverAttempt(Attempt):
    """One try of one step, by behaviours.

    Attributes:
        begun: The tick at which it began.
        looks: How many pictures have been asked for.
        behaviour: What it is doing.
        side: On which side what is in the way is being passed: 1 left, -1 right, 0 neither.
        searched: How far it has turned in search of something, rad.
        withdraws_until: The tick until which it backs away from a ball that has been pushed, so that it is
            seen; None before that.
    """

    begun: int = 0
    looks: int = 0
    behaviour: Behaviour | None = None
    side: int = 0
    searched: float = 0.0
    withdraws_until: int | None = None

    @property
    def goal(self) -> str:
        """Return the id of where to go, or of where to push a ball."""
        return self.step.args.get("target", "")

    @property
    def ball(self) -> str:
        """Return the id of what to push; empty for nothing."""
        return self.step.args.get("object", "") if self.step.skill == PUSH else ""
