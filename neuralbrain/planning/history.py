"""What has become of the things that a brain was asked for, and how it tells a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Ending = Literal["done", "already", "stopped", "failed"]

_TOLD: dict[Ending, str] = {
    "done": "I have done this",
    "already": "This was so already",
    "stopped": "I broke this off",
    "failed": "I could not do this",
}


@dataclass(frozen=True)
class PastGoal:
    """One intention that the brain has worked for.

    Attributes:
        words: What was asked for, as after "to".
        ending: What became of it: done; nothing had to be done; broken off by the person; given up.
        steps: Where it was not finished: what had been done for it by then, in words.
    """

    words: str
    ending: Ending
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.words} (done by then: {', '.join(self.steps)})" if self.steps else self.words


def summary(past: Sequence[PastGoal]) -> str:
    """Say what a sentence has come to, all of whose intentions are reached; at least one goal."""
    done = ", then ".join(str(goal) for goal in past if goal.ending == "done")
    already = ", then ".join(str(goal) for goal in past if goal.ending == "already")
    return " ".join([f"Done: {done}."] * bool(done) + [f"Already so: {already}."] * bool(already))


def account(past: Sequence[PastGoal]) -> str:
    """Answer what has been done, ending by ending."""
    sentences = []
    for ending, told in _TOLD.items():
        found = "; ".join(str(goal) for goal in past if goal.ending == ending)
        sentences += [f"{told}: {found}."] * bool(found)
    return " ".join(sentences) or "I have not done anything yet."
